"""Whom a caller can reach from where they are, at that moment and in their language (R1, R23)."""

from enum import StrEnum

from ivr.call.acts import Say
from ivr.call.speaking import SENTENCE
from ivr.call.state import CallState
from ivr.line import tree
from ivr.line.tree import JOIN, Place

MOST_ALTERNATIVES = 2
"""Open desks offered in place of one that cannot be reached [own value]."""


class Reach(StrEnum):
    """What 0 gives: somebody who answers, the number of a desk that is open, or hours."""

    RINGS = "rings"
    NUMBER = "number"
    HOURS = "hours"


def reached(call: CallState) -> Place:
    """Where 0 leads: the first of the fitting desks that can be rung. One of any hour that the line only
    announces counts like these where the place names it; any other open one, such as a national line, where
    nobody can be rung and nothing more urgent is to be told. Else the page of the desk that fits best."""
    desks = call.fitting_desks()
    for key in desks:
        if call.can_ring(call.desk_named(key)):
            return Place(key, JOIN)
        if call.desk_named(key).hours.always and _announced(call, key):
            return Place(key, "0")
    told = () if help_now(call) else (key for key in desks if _announced(call, key))
    return Place(next(iter(told), desks[0]), "0")


def reach(call: CallState) -> Reach:
    """What 0 gives here, for the words that tell of it."""
    while call.place.node in tree.KEYPAD:
        call = call.back()
    place = reached(call)
    if place.step == JOIN:
        return Reach.RINGS
    return Reach.NUMBER if call.desk_named(place.node).hours.is_open(call.now) else Reach.HOURS


def told_of_zero(call: CallState, key: str) -> tuple[Say, ...]:
    """A prompt that names the keys which always work, as it is where 0 gives what it gives now."""
    given = reach(call)
    return call.words(key if given is Reach.RINGS else f"{key}_{given}")


def others(call: CallState, but: str) -> tuple[Place, ...]:
    """Whom one can reach in place of a desk: those that fit the matter and can be rung; where there are none, the
    first that is open and only announced."""
    matter = call.named_desks(but_at=call.line.start)
    everywhere = [key for key in call.fitting_desks() if key != but]
    fitting = [key for key in everywhere if key in matter] or everywhere
    rung = tuple(Place(key, JOIN) for key in fitting if call.can_ring(call.desk_named(key)))
    told = tuple(Place(key, "0") for key in everywhere if _announced(call, key))
    return rung[:MOST_ALTERNATIVES] or told[:1]


def help_now(call: CallState) -> tuple[str, ...]:
    """The desks of any hour that are told of first where the caller is, the nearest place's."""
    for place in reversed(call.position.trail):
        if found := tree.help_now_at(call.line, place.node):
            return found
    return ()


def told_now(call: CallState) -> tuple[Say, ...]:
    """Where help is now: on the page of a desk that is closed."""
    if call.desk is None or call.desk.hours.is_open(call.now):
        return ()
    asked = (call.desk_named(key) for key in help_now(call) if key != call.place.node)
    told = (call.speaker.now(desk) for desk in asked if desk.hours.is_open(call.now))
    return tuple(say for parts in told for say in call.speaker.with_numbers((*parts, SENTENCE)))


def _announced(call: CallState, key: str) -> bool:
    """Whether a desk is open, but the line can only tell its number. One of any hour is for one matter alone:
    it counts where the place names it."""
    desk = call.desk_named(key)
    fits = not desk.hours.always or key in call.named_here()
    return fits and desk.dial is None and desk.hours.is_open(call.now)
