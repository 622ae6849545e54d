"""Finished answers, remembered: exact, bounded, and of this process alone.

An answer is found by all that decides it: the line and the span in which nothing of it changes, the address
less its times, what was heard as its meaning, the number that was rung, and how soon the step came. Nothing that a
caller said is among these, nor anything that a caller is known by.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from threading import Lock
from typing import NamedTuple

from cachetools import LRUCache

from ivr.call.day_times import Haste
from ivr.carrier.finished import Finished
from ivr.line.spans import Span, span_at
from ivr.line.values import Line

MOST_BYTES = 16_000_000
"""Of documents in memory [own value]: some 3,000, while all ways through the menus have fewer than 1,000."""

BESIDE = 1500
"""Bytes of an answer beside its document: its key, what is counted and what is recorded [own value]."""

_MAKING = 64  # locks: threads are fewer, so that two answers seldom share one

LINES = 64
"""Lines whose span is known [own value]: the live one, and those of calls under way. The one that came first is
forgotten first, with its answers."""


class Question(NamedTuple):
    """What decides an answer. `span` is the number of a line and a span of it."""

    span: int
    address: str
    meant: str
    called: str
    haste: Haste


@dataclass(frozen=True, slots=True)
class _Spanned:
    line: Line
    span: Span
    number: int


class Memory:
    """The answers of this process, `most` bytes of them; those that were not asked for longest are forgotten
    first. Nobody waits for it: whoever finds it busy does without. Only for an answer that somebody is `making`
    they wait."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._answers: LRUCache[Question, Finished] = LRUCache(most, getsizeof=_size)
        self._spans: dict[int, _Spanned] = {}
        self._numbers = count()
        self._lock = Lock()
        self._making = tuple(Lock() for _ in range(_MAKING))

    def span(self, line: Line, now: datetime) -> int | None:
        """The number of a line in its span at `now` (aware); None where it is not known."""
        known = self._spans.get(id(line))
        return known.number if known and known.line is line and known.span.holds(now) else None

    def new_span(self, line: Line, now: datetime) -> int:
        """The same, found out where it is not known."""
        known = self.span(line, now)
        if known is not None:
            return known
        made = _Spanned(line, span_at(line, now), next(self._numbers))
        if len(self._spans) >= LINES:
            self._spans.pop(next(iter(tuple(self._spans))), None)
        self._spans[id(line)] = made
        return made.number

    def find(self, question: Question) -> Finished | None:
        """An answer that was remembered."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            return self._answers.get(question)
        finally:
            self._lock.release()

    def making(self, question: Question) -> Lock:
        """Held while an answer is made: right after a publication many ask the same at once, and each would make it."""
        return self._making[hash(question) % _MAKING]

    def keep(self, question: Question, answer: Finished) -> None:
        """Remember an answer, unless it is larger than all that may be."""
        if self._lock.acquire(blocking=False):
            try:
                with suppress(ValueError):
                    self._answers[question] = answer
            finally:
                self._lock.release()

    def forget(self, unless: Callable[[Iterable[str]], bool]) -> None:
        """Forget answers that play sounds, `unless` these names of them hold: they may have gone, or been damaged."""
        with self._lock:
            playing = [(question, answer.sounds) for question, answer in self._answers.items() if answer.sounds]
        lost = {name for name in set[str]().union(*(sounds for _, sounds in playing)) if not unless((name,))}
        with self._lock:
            for question, sounds in playing if lost else ():
                if lost & sounds:
                    self._answers.pop(question, None)


def _size(answer: Finished) -> int:
    return len(answer.document) + BESIDE
