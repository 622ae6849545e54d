"""No call lasts for ever (R22): what follows where a caller brings nothing new for long.

A stuck key, a forgotten receiver, a machine or a television in the room would hold the line for hours, for
which the city pays by the minute. So what a caller does is counted while it leads to nothing that was not
heard before in this call. A key that moves on among the passages of a text is a part of one: to page through the
whole of it counts as much as to hear one place again. After SAID_AGAIN_MOST of it, and fewer once the call has
lasted LONGEST_MINUTES, the line says that it will end the call, and waits; silence ends it, and so do
MORE_AFTER_WARNING keys that bring nothing new again. Any new place takes the count back to nothing, so that
whoever moves on is never cut, however slowly. There are finitely many places: no way of keying goes on for ever.

Silence is not counted: where it is asked for, it ends the call by itself (R6), and elsewhere a text is read
on. A pause is never cut (R8), but counts, and so does its running out; and a person who is asked for is rung (R1).
"""

from dataclasses import replace

from ivr.call.acts import Ask, DialEnded, HangUp, Heard, Key, NumberGiven, Turn, Words
from ivr.call.arrival import WAITS
from ivr.call.day_times import LONGEST_MINUTES, MINUTES, minute
from ivr.call.heard_places import heard as heard_before
from ivr.call.heard_places import with_heard
from ivr.call.patience import last_words
from ivr.call.state import CallState
from ivr.line.tree import JOIN
from ivr.line.values import Kind

ONE = 60
"""A key or word that brings nothing new, as it is counted: many numbers of passages divide it."""

SAID_AGAIN_MOST = 20
"""Keys and words in a row that lead to nothing new, until the line says that it will end the call. Whoever
hears a menu five times, changes the speed, pauses and goes on again needs about fifteen [own value]."""

MORE_AFTER_WARNING = 10
"""The same, from there to the end: from any place to any other it is six keys, three back and three on
[own value]."""

LATE = 4
"""As how many each key that brings nothing new counts in a long call (`day_times.LONGEST_MINUTES`)."""

_DONE_BY_CALLER = (Key, Words, NumberGiven, DialEnded)


def begun(call: CallState) -> CallState:
    """The call, which knows from its first turn on when it began."""
    return call if call.position.began is not None else call.to(replace(call.position, began=minute(call.now)))


def was_warned(call: CallState) -> bool:
    """Whether the last turn said that the call will end: silence ends it then."""
    return call.position.repeats == SAID_AGAIN_MOST * ONE


def within_limits(call: CallState, event: Heard, turn: Turn) -> Turn:
    """The turn that follows `event`, counted; or a warning, or the end, in its stead."""
    if any(isinstance(act, HangUp) for act in turn.acts):
        return turn
    position = with_heard(call.line, turn.position)
    if not heard_before(call.line, turn.position, position.place) and position.place.node != Kind.PAUSE:
        return Turn(turn.acts, replace(position, repeats=0) if position.repeats else position)
    pause_ran_out = call.kind is Kind.PAUSE and position.place.node != Kind.PAUSE
    if not (isinstance(event, _DONE_BY_CALLER) or pause_ran_out):
        return Turn(turn.acts, position)
    return _repeated(call, Turn(turn.acts, position))


def ended(call: CallState) -> Turn:
    """The city's own desk, its number and hours, and goodbye; no key keeps the call any longer."""
    return Turn((*call.words("say.call_ends"), *last_words(call), HangUp()), call.position)


def _repeated(call: CallState, turn: Turn) -> Turn:
    """A turn that brought nothing new."""
    before = call.position.repeats
    warned = before >= SAID_AGAIN_MOST * ONE
    limit = (SAID_AGAIN_MOST + MORE_AFTER_WARNING if warned else SAID_AGAIN_MOST) * ONE
    late = _minutes(call) >= LONGEST_MINUTES
    repeats = min(limit, before + _share(call, turn) * (LATE if late else 1))
    if repeats < limit or _never_cut(call, turn):
        return Turn(turn.acts, replace(turn.position, repeats=min(repeats, limit - 1)))
    there = call.to(replace(turn.position, repeats=repeats, tries=0))
    if warned:
        return ended(there)
    return Turn((Ask(there.words("say.nothing_new"), WAITS[-1]),), there.position)


def _share(call: CallState, turn: Turn) -> int:
    """How much of ONE a turn counts that brought nothing new: within what is read in passages, each of them, and
    the choices behind, as one among them."""
    here, there = call.place, turn.position.place
    moved = here.page == there.page and here.step != there.step and call.position.language == turn.position.language
    return -(-ONE // (call.passages + 1)) if moved and call.kind in (Kind.TEXT, Kind.DESK) else ONE


def _never_cut(call: CallState, turn: Turn) -> bool:
    """A pause, and a person who has just been asked for."""
    place = turn.position.place
    return place.node == Kind.PAUSE or (place.step == JOIN and call.place.step != JOIN)


def _minutes(call: CallState) -> int:
    began = call.position.began
    return 0 if began is None else (minute(call.now) - began) % MINUTES
