"""Whom a caller can reach from where they are, at that moment and in their language (R1, R23)."""

from collections.abc import Iterable
from enum import StrEnum

from ivr.call.acts import Say
from ivr.call.speaking import SENTENCE
from ivr.call.state import CallState
from ivr.call.whispers import matter
from ivr.line import prompt_keys as keys
from ivr.line import tree
from ivr.line.tree import JOIN, Place
from ivr.line.values import Kind
from ivr.line.words import Part

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
    told = () if _help_of_matter(call) else (key for key in desks if _announced(call, key))
    return Place(next(iter(told), desks[0]), "0")


def told_of_zero(call: CallState, key: str) -> tuple[Say, ...]:
    """A prompt that names the keys which always work, as it is where 0 gives what it gives now; nothing of 0 where
    it leads to the very page that the caller is on."""
    there = _called_from(call)
    place = reached(there)
    given, here = _given(there, place), f"{key}_here"
    if given is Reach.RINGS:
        return call.words(key)
    stays = place.node == there.place.node and here in call.language.prompts
    return call.words(here if stays else f"{key}_{given}")


def _given(call: CallState, place: Place) -> Reach:
    """What 0 gives that leads there."""
    if place.step == JOIN:
        return Reach.RINGS
    return Reach.NUMBER if call.desk_named(place.node).hours.is_open(call.now) else Reach.HOURS


def _called_from(call: CallState) -> CallState:
    """Where the help or a pause was called from."""
    while call.place.node in tree.KEYPAD:
        call = call.back()
    return call


def person_told(call: CallState) -> tuple[Part, ...]:
    """Whom 0 rings from a menu that cannot wait, which has words of it: its first desk, in these words; any other,
    in those of a person. Nothing where 0 rings nobody."""
    menu, place = call.line.menus[call.place.node], reached(call)
    words = call.speaker.optional(keys.of_node(Kind.MENU, call.place.node, keys.PERSON))
    if not words or place.step != JOIN:
        return ()
    return words if place.node in menu.desks[:1] else call.speaker.optional(keys.ANY_PERSON)


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
    """The desks of any hour that are told of first where the caller is, the nearest place's; the first menu's,
    where nobody knows yet what it is about."""
    unknown = matter(call) == call.line.start
    return _help_of_matter(call) or (tree.help_now_at(call.line, call.line.start) if unknown else ())


def _help_of_matter(call: CallState) -> tuple[str, ...]:
    nodes = (place.node for place in reversed(call.position.trail) if place.node != call.line.start)
    return next(filter(None, (tree.help_now_at(call.line, node) for node in nodes)), ())


def help_at_the_end(call: CallState) -> tuple[Say, ...]:
    """Where help is at any hour, before a call ends: what is told of first here and what the place names; else what
    the first menu has."""
    named = (key for key in call.named_here() if call.desk_named(key).hours.always)
    wanted = dict.fromkeys((*help_now(call), *named)) or tree.help_now_at(call.line, call.line.start)
    return _told_at_once(call, wanted)


def told_now(call: CallState) -> tuple[Say, ...]:
    """Where help is now: on the page of a desk that is closed."""
    if call.desk is None or call.desk.hours.is_open(call.now):
        return ()
    return _told_at_once(call, (key for key in help_now(call) if key != call.place.node))


def _told_at_once(call: CallState, desks: Iterable[str]) -> tuple[Say, ...]:
    """These desks, each in one breath, as far as they are open."""
    told = (call.speaker.now(desk) for desk in map(call.desk_named, desks) if desk.hours.is_open(call.now))
    return tuple(say for parts in told for say in call.speaker.with_numbers((*parts, SENTENCE)))


def _announced(call: CallState, key: str) -> bool:
    """Whether a desk is open, but the line can only tell its number. One of any hour is for one matter alone:
    it counts where the place names it."""
    desk = call.desk_named(key)
    fits = not desk.hours.always or key in call.named_here()
    return fits and desk.dial is None and desk.hours.is_open(call.now)
