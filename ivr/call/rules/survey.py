"""What the rules look at: every state that a caller can reach, and what was found wrong in one."""

import gc
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from ivr.call.acts import Ask, Dial, HangUp, Heard, Say, Turn, words_of
from ivr.call.arrival import arrive
from ivr.call.conversation import step
from ivr.call.goals import Seconds
from ivr.call.positions import start
from ivr.call.state import CallState
from ivr.call.walking import Visit, visited_again, walk
from ivr.line import prompt_keys as keys
from ivr.line import tree
from ivr.line.sentences import Sentence, as_sentence
from ivr.line.text import whole
from ivr.line.tree import JOIN, Place
from ivr.line.values import Kind, Line
from ivr.line.words import Chunk, Part


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a rule found. An error must be mended; a note is for somebody to look at."""

    rule: str
    place: str
    message: str
    error: bool = True

    def __str__(self) -> str:
        return f"{'error' if self.error else 'note'}  {self.rule:<4} {self.place}: {self.message}"

    @property
    def told(self) -> Sentence:
        """All of it on one line, which remembers its parts."""
        return as_sentence(self.message).about(self.place, str(self))


@dataclass(frozen=True, slots=True)
class Survey:
    """Every state of the line in every language, at an hour when all is open and at one when
    all is closed, with what a rule needs to judge it."""

    line: Line
    seconds: Seconds
    visits: tuple[tuple[datetime, Visit], ...]
    _notes: dict[datetime, dict[Hashable, Any]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, line: Line, hours: Iterable[datetime], seconds: Seconds) -> "Survey":
        """Walk the whole line at these hours (aware)."""
        with uncollected():
            visits = tuple((now, visit) for now in hours for visit in walk(line, tuple(line.languages), now))
        return cls(line, seconds, visits)

    @classmethod
    def again(cls, line: Line, ways: Iterable[tuple[datetime, str, str]], seconds: Seconds) -> "Survey":
        """Only the states to which these ways lead: an hour, the language of the greeting, and keys."""
        return cls(line, seconds, tuple((now, visited_again(line, begun, keys, now)) for now, begun, keys in ways))

    def step(self, turn: Turn, heard: Heard, now: datetime) -> Turn:
        """What the line does when `heard` comes after a turn, at an hour of the survey."""
        return step(self.line, turn.position, heard, now, notes=self._notes.setdefault(now, {}))

    def length(self, says: Iterable[Say]) -> float:
        """Seconds that these take to say."""
        return sum(self.seconds(say) for say in says)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without Python's search for circles of values that nobody needs: it would look through all turns of a line
    again and again, a third of the time, and they are in none."""
    searches = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searches:
            gc.enable()


def open_and_closed(line: Line, moment: datetime) -> tuple[datetime, datetime]:
    """An hour at which most desks that the line can ring are open, and one when none is."""
    hours = [_at(moment, day, hour) for day in range(14) for hour in range(24)]

    def count(hour: datetime) -> int:
        return sum(desk.dial is not None and desk.hours.is_open(hour) for desk in line.desks.values())

    return max(hours, key=count), min(hours, key=count)


def _at(moment: datetime, day: int, hour: int) -> datetime:
    return datetime.combine(moment.date() + timedelta(days=day), time(hour), moment.tzinfo)


def said_in(turn: Turn, key: str) -> bool:
    parts = (part for say in says_of(turn) for part in say.parts if isinstance(part, Chunk))
    return any(keys.of_chunk(part.key) == key for part in parts)


def one_of_each_place(survey: Survey) -> Iterator[tuple[datetime, Visit]]:
    """The nearest visit to each place in each language, at each hour; of what is read, to its beginning."""
    seen = set()
    for now, visit in survey.visits:
        here = (visit.turn.position.language, visit.place, now)
        if here in seen or (whole(visit.place.step) or 0) > 0 or visit.turn.position.tries:
            continue
        seen.add(here)
        yield now, visit


def key_named(part: Part) -> int | None:
    """The key that these words tell one to press."""
    named = keys.taken_apart(part.key) if isinstance(part, Chunk) else None
    return named.number if named and named.family == keys.PRESS else None


def desks_read(survey: Survey) -> Iterator[tuple[datetime, str, str]]:
    """Every desk's page in every language, at the hours of the survey."""
    line = survey.line
    hours = dict.fromkeys(now for now, _ in survey.visits)
    yield from ((now, code, desk) for now in hours for code in line.languages for desk in line.desks)


def places_read(line: Line, code: str, node: str) -> tuple[Place, ...]:
    """The passages of a node, as places."""
    count = tree.passages_at(line, code, Place(node, "0"))
    return tuple(Place(node, str(number)) for number in range(count))


def read_at(line: Line, code: str, place: Place, now: datetime) -> tuple[Say, ...]:
    """What is said at a place to whoever comes there."""
    return says_of(arrive(CallState(line, start(line, code).into(place), now)))


def ask_of(turn: Turn) -> Ask | None:
    return next((act for act in turn.acts if isinstance(act, Ask)), None)


def says_of(turn: Turn) -> tuple[Say, ...]:
    return words_of(turn.acts)


def rings_somebody(turn: Turn) -> bool:
    return any(isinstance(act, Dial) for act in turn.acts)


def is_question(visit: Visit) -> bool:
    """Whether the state waits for a choice rather than reading, pausing or ringing."""
    place, acts = visit.place, visit.turn.acts
    goodbye = any(isinstance(act, HangUp) for act in acts)
    return not (goodbye or place.node == Kind.PAUSE or place.step == JOIN or whole(place.step) is not None)
