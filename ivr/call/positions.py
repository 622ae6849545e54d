"""Where a call stands: all that the line remembers of it, short enough for an address."""

from dataclasses import dataclass, replace

from ivr.line.speeds import Speed
from ivr.line.tree import KEYPAD, Place, exists
from ivr.line.values import Line

LONGEST_TRAIL = 16
"""No call gets deeper: a node enters the trail once as a page and once as a transfer."""


MOST_DIGITS = 12
"""So many digits in a row are counted: those of a My Number."""

LONGEST_HEARD = 2048
"""Bits of `Position.heard`: a line of two hundred texts has fewer [own value]."""


@dataclass(frozen=True, slots=True)
class BeforeDigits:
    """Where a call stood when the first of some digits in a row was keyed."""

    language: str
    trail: tuple[Place, ...]
    speed: Speed


@dataclass(frozen=True, slots=True)
class Position:
    """All that a call carries. `tries` counts silences, `offers` is what keys 1 to 4 mean where that depends
    on the hour it was offered at.

    `typed` counts the digits that came in a row, up to MOST_DIGITS, `run` those of them that did not steer
    what is read; `keyed` is the second of the day (UTC) of the last of them, `origin` where the call stood
    before the first. `unbroken` counts the digits since the last silence, up to MOST_DIGITS, whatever stars and
    hashes came among them. None of them tells which digits they were.

    `heard` are the places that were heard (`heard_places`), `repeats` what the caller did since without
    coming to a new one, in parts of repetition.ONE, `began` the minute of the day (UTC) of the first turn; None
    before it.
    """

    edition: str
    language: str
    trail: tuple[Place, ...]
    speed: Speed = Speed.NORMAL
    tries: int = 0
    run: int = 0
    offers: tuple[Place, ...] = ()
    typed: int = 0
    keyed: int = 0
    origin: BeforeDigits | None = None
    heard: int = 0
    repeats: int = 0
    began: int | None = None
    unbroken: int = 0

    @property
    def place(self) -> Place:
        """Where the caller is."""
        return self.trail[-1]

    def at(self, place: Place) -> "Position":
        """Moved within the present place."""
        return replace(self, trail=(*self.trail[:-1], place))

    def into(self, place: Place) -> "Position":
        """Gone on to `place`; back to it where the call has already been there."""
        pages = [known.page for known in self.trail]
        kept = self.trail[: pages.index(place.page)] if place.page in pages else self.trail
        return replace(self, trail=(*kept, place))

    def back(self) -> "Position":
        """One step back; the first place has none before it."""
        return replace(self, trail=self.trail[:-1] or self.trail)


def start(line: Line, language: str | None = None) -> Position:
    """Where a call to the line begins."""
    code = language if language in line.languages else line.first_language.code
    assert code is not None  # an unknown language is in no line
    return Position(line.edition, code, (Place(line.start),))


def fits(line: Line, position: Position) -> bool:
    """Whether every place of the position exists in this edition of the line."""
    origin = position.origin
    return (
        _fits(line, position.language, position.trail)
        and all(exists(line, position.language, place) for place in position.offers)
        and (origin is None or _fits(line, origin.language, origin.trail))
    )


def _fits(line: Line, language: str, trail: tuple[Place, ...]) -> bool:
    return (
        language in line.languages
        and 0 < len(trail) <= LONGEST_TRAIL
        and trail[0].node not in KEYPAD
        and all(exists(line, language, place) for place in trail)
    )
