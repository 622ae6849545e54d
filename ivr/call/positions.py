"""Where a call stands: all that the line remembers of it, short enough for an address."""

import re
from dataclasses import dataclass, replace

from ivr.line.speeds import Speed
from ivr.line.values import Line

LONGEST_TRAIL = 16
"""No call gets deeper: a node enters the trail once as a page and once as a transfer."""

_PLACE = re.compile(r"([a-z][a-z0-9_]*)(?:\.([a-z0-9_]+))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the call: a node of the line, or the keypad's help, pause and languages.

    `step` is where in it: the number of a passage from 0, "end" after the last one, "join"
    while a desk is being rung, how a transfer failed, minutes of a pause, a language.
    """

    node: str
    step: str = ""

    def __str__(self) -> str:
        return f"{self.node}.{self.step}" if self.step else self.node

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Read what `str` wrote; ValueError where it did not."""
        match = _PLACE.fullmatch(text)
        if not match:
            raise ValueError(f"{text!r} is no place")
        return cls(match[1], match[2] or "")

    @property
    def page(self) -> str:
        """What stays the same while one moves on within the place."""
        return f"{self.node}.join" if self.step in TRANSFER_STEPS else self.node


FAILURES = ("busy", "no_answer", "failed", "canceled")
"""How a transfer can fail, as steps of a desk's place."""

TRANSFER_STEPS = ("join", *FAILURES)


@dataclass(frozen=True, slots=True)
class Position:
    """All that a call carries. `tries` counts silences, `run` digits keyed in a row,
    `offers` what keys 1 to 4 mean where that depends on the hour it was offered at."""

    edition: str
    language: str
    trail: tuple[Place, ...]
    speed: Speed = Speed.NORMAL
    tries: int = 0
    run: int = 0
    offers: tuple[Place, ...] = ()

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
    return (
        position.language in line.languages
        and 0 < len(position.trail) <= LONGEST_TRAIL
        and all(_exists(line, position.language, place) for place in (*position.trail, *position.offers))
    )


def _exists(line: Line, language: str, place: Place) -> bool:
    match place.node:
        case "help" | "pause":
            return place.step.isdecimal()
        case "language":
            return place.step.isdecimal() or place.step in line.languages
    if place.node in line.menus:
        return place.step == ""
    if place.node in line.texts:
        return place.step == "end" or _numbered(place.step, len(line.passages(place.node, language)))
    if place.node in line.desks:
        return place.step in ("end", *TRANSFER_STEPS) or _numbered(place.step, 3)
    return False


def _numbered(step: str, count: int) -> bool:
    return step.isdecimal() and int(step) < count
