"""How soon a caller has what cannot wait (R19): the ways to it, walked with a clock.

The clock starts when the line answers. Who is in a hurry presses a key one second after it was named; a key
that the call has named before, one second after the first sentence of what is read now. No menu's lead and
no "you are in ..." is what is waited for, but the text's own first sentence, the first digit of a number, or
the desk's telephone ringing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.call.acts import Ask, Dial, Key, NoInput, Ring, Say, Turn, words_of
from ivr.call.conversation import step
from ivr.call.positions import start
from ivr.line import prompt_keys as keys
from ivr.line.named_numbers import is_number
from ivr.line.tree import key_paths
from ivr.line.values import Line
from ivr.line.words import Chunk, Part

Seconds = Callable[[Say], float]
"""How long a speech takes: measured where there is audio, else estimated."""

REACTION = 1.0
"""Seconds from a key's name until it is pressed (R19) [own value]."""

MOST_TURNS = 40
"""Turns after which what is waited for does not come: more than any text has passages."""

PERSON = "0"

_ENDS = "。！？.!?"

_PERSON_NAMED = re.compile(r"0\D{0,2}")
"""How key 0 is written where it is named; telephone numbers and hours are longer, or have no reading."""


class Awaited(StrEnum):
    """What a caller waits for at the end of a way."""

    TEXT = "its text begins"
    DIGIT = "first digit of its number"
    RING = "its desk rings"


@dataclass(frozen=True, slots=True)
class Goal:
    """At a menu or text, what is awaited, and in how many seconds from answering. A desk rings by 0."""

    node: str
    awaited: Awaited
    seconds: float


GOALS = (
    Goal("mail", Awaited.TEXT, 18),
    Goal("call", Awaited.TEXT, 20),
    Goal("paid", Awaited.TEXT, 15),
    Goal("paid", Awaited.RING, 30),
    Goal("fraud", Awaited.RING, 25),
    Goal("lost", Awaited.DIGIT, 28),
    Goal("leaked", Awaited.TEXT, 22),
)
"""Of the shipped line, by its nodes; a line that has no such node has no such goal [own values]."""


@dataclass(frozen=True, slots=True)
class TimedWay:
    """A goal's way in one language, the keys, and the seconds it takes; None where it is never reached."""

    goal: Goal
    language: str
    keys: str
    seconds: float | None

    @property
    def kept(self) -> bool:
        """Whether it is reached in time."""
        return self.seconds is not None and self.seconds <= self.goal.seconds


def timed(line: Line, hours: tuple[datetime, ...], seconds: Seconds) -> Iterator[TimedWay]:
    """Every goal in every language, at the worst of these hours (aware); a ringing desk at the best, since a
    closed one never rings. The call begins in the language."""
    paths = key_paths(line)
    for goal in GOALS:
        if goal.node not in paths:
            continue
        way = (*paths[goal.node], *([PERSON] if goal.awaited is Awaited.RING else []))
        for code in line.languages:
            took = [seconds_to(line, code, way, goal, now, seconds) for now in hours]
            reached = [each for each in took if each is not None]
            complete = reached and (len(reached) == len(took) or goal.awaited is Awaited.RING)
            pick = min if goal.awaited is Awaited.RING else max
            yield TimedWay(goal, code, "".join(way), pick(reached) if complete else None)


def seconds_to(
    line: Line, language: str, way: tuple[str, ...], goal: Goal, now: datetime, seconds: Seconds
) -> float | None:
    """Seconds of a call from its greeting in a language by these keys to what is awaited; None: it never comes."""
    turn = step(line, start(line, language), Ring(), now)
    clock, person_named = 0.0, False
    for key in way:
        after = _pressed(line, turn, key, now, seconds, known=key == PERSON and person_named)
        if after is None:
            return None
        took, person, turn = after
        clock += took + REACTION
        person_named |= person
        turn = step(line, turn.position, Key(key), now)
    last = _until_awaited(line, turn, goal, now, seconds)
    return None if last is None else clock + last


def _pressed(
    line: Line, turn: Turn, key: str, now: datetime, seconds: Seconds, *, known: bool
) -> tuple[float, bool, Turn] | None:
    """Seconds until this key is named, or, of one that is known, until the first sentence has been said; whether
    0 was named by then; and the turn in which it is pressed."""
    clock, person = 0.0, False
    for _ in range(MOST_TURNS):
        says, ask = words_of(turn.acts), _ask(turn)
        if known:
            return _first_sentence(says, seconds), True, turn
        for _say, part, ended in _timed_parts(says, seconds):
            named = tuple(_keys_named(part))
            person |= PERSON in named
            if key in named:
                return clock + ended, person, turn
        if ask is None:
            return None
        clock += sum(map(seconds, says)) + ask.wait
        turn = step(line, turn.position, NoInput(), now)
    return None


def _until_awaited(line: Line, turn: Turn, goal: Goal, now: datetime, seconds: Seconds) -> float | None:
    clock = 0.0
    for _ in range(MOST_TURNS):
        says = words_of(turn.acts)
        ask = _ask(turn)
        if goal.awaited is Awaited.RING:
            if any(isinstance(act, Dial) for act in turn.acts):
                return clock + sum(map(seconds, says)) + (ask.wait if ask else 0)
            return None
        for say, part, ended in _timed_parts(says, seconds):
            if _is_awaited(goal, part):
                return clock + ended - seconds(Say(say.language, say.speed, (part,)))
        if ask is None:
            return None
        clock += sum(map(seconds, says)) + ask.wait
        turn = step(line, turn.position, NoInput(), now)
    return None


def _timed_parts(says: tuple[Say, ...], seconds: Seconds) -> Iterator[tuple[Say, Part, float]]:
    """Each part that is said, and the second at which it ends."""
    clock = 0.0
    for say in says:
        for part in say.parts:
            clock += seconds(Say(say.language, say.speed, (part,)))
            yield say, part, clock


def _is_awaited(goal: Goal, part: Part) -> bool:
    """Whether the caller has what the goal is about where this part begins."""
    if not isinstance(part, Chunk):
        return False
    if goal.awaited is Awaited.TEXT:
        return keys.of_chunk(part.key) == keys.passage(goal.node, 1)
    return is_number(part)


def _keys_named(part: Part) -> Iterator[str]:
    """The keys that these words tell one to press: of an option, or 0 wherever it is named."""
    if not isinstance(part, Chunk):
        return
    named = keys.taken_apart(part.key)
    if named.family == keys.PRESS and named.number is not None:
        yield str(named.number)
    if any(span.reading and _PERSON_NAMED.fullmatch(span.written) for span in part.spans):
        yield PERSON


def _first_sentence(says: tuple[Say, ...], seconds: Seconds) -> float:
    """Until the first sentence has been said; within one sound time passes evenly with its letters."""
    for say, part, ended in _timed_parts(says, seconds):
        if not isinstance(part, Chunk):
            continue
        end = next((at for at, letter in enumerate(part.spoken, 1) if letter in _ENDS), None)
        if end is not None:
            length = seconds(Say(say.language, say.speed, (part,)))
            return ended - length * (1 - end / len(part.spoken))
    return sum(map(seconds, says))


def _ask(turn: Turn) -> Ask | None:
    return next((act for act in turn.acts if isinstance(act, Ask)), None)
