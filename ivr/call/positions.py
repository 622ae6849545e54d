"""Where a call stands: all that the line remembers of it, short enough for an address."""

from dataclasses import dataclass, replace

from ivr.line.speeds import Speed
from ivr.line.tree import KEYPAD, Place, exists
from ivr.line.values import Line

LONGEST_TRAIL = 16
"""No call gets deeper: a node enters the trail once as a page and once as a transfer."""


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
        and position.trail[0].node not in KEYPAD
        and all(exists(line, position.language, place) for place in (*position.trail, *position.offers))
    )
