"""Which edition is live: decided from what was published, for any moment, by no job.

The list is append-only. Publishing puts an edition on top of those before it, rolling back
takes the top one off, withdrawing takes back what has not come yet. Under all of them lies
the edition that callers heard before anything was published: one that the program was shipped with,
then or, where nothing was ever published, now. So one is live at every moment.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class PublicationKind(StrEnum):
    """What was done to the list."""

    PUBLISH = "publish"
    ROLL_BACK = "roll back"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Publication:
    """One act. It takes effect `at` and was done at `done` (aware). `edition`: what is live
    from then on, None of a withdrawal; `target`: what is withdrawn; `draft`: what it came from, and
    `base` the edition that this changed."""

    seq: int
    kind: PublicationKind
    at: datetime
    edition: str | None
    target: int | None
    draft: int | None
    by: str
    name: str
    done: datetime
    base: str | None = None


def standing(publications: Iterable[Publication]) -> tuple[Publication, ...]:
    """What was published or rolled back and not withdrawn, in the order of its effect."""
    rows = tuple(publications)
    withdrawn = {row.target for row in rows if row.kind is PublicationKind.WITHDRAW}
    left = (row for row in rows if row.kind is not PublicationKind.WITHDRAW and row.seq not in withdrawn)
    return tuple(sorted(left, key=lambda row: (row.at, row.seq)))


class Layer(NamedTuple):
    """An edition and the one that it lies upon; None of the lowest."""

    edition: str
    below: "Layer | None" = None

    def down(self) -> Iterator[str]:
        """The editions from this one down."""
        layer: Layer | None = self
        while layer is not None:
            yield layer.edition
            layer = layer.below


@dataclass(frozen=True, slots=True)
class Timeline:
    """What was published, in order, so that any moment is looked up. `moments` are those at which something
    took effect, `tops` what is live before the first of them and from each one on; `first_heard` tells of each
    edition since when."""

    moments: tuple[datetime, ...]
    tops: tuple[Layer, ...]
    first_heard: Mapping[str, datetime]

    @classmethod
    def of(cls, publications: Iterable[Publication], shipped: str) -> "Timeline":
        """That of a list. `shipped`: what is heard where nothing was published."""
        rows = standing(publications)
        first = next((at for at, row in enumerate(rows) if row.base), len(rows))
        tops = [Layer(shipped), *_tops(rows[:first], shipped)]
        if first < len(rows):  # from here on it is known what lay under all of them
            tops += list(_tops(rows, str(rows[first].base)))[first:]
        heard: dict[str, datetime] = {}
        for row in rows:
            if row.edition:
                heard.setdefault(row.edition, row.at)
        return cls(tuple(row.at for row in rows), tuple(tops), heard)

    def top(self, now: datetime) -> Layer:
        """What is live at `now` (aware), upon what was before."""
        return self.tops[bisect_right(self.moments, now)]

    def was_heard(self, edition: str, now: datetime) -> bool:
        """Whether it had been live by `now`."""
        return edition in self.first_heard and self.first_heard[edition] <= now

    def needed(self, since: datetime, until: datetime | None = None) -> frozenset[str]:
        """The editions that a call can need from a moment on, to another where that is given: all that are live
        then, and the one below each, for a roll-back and for when it cannot be had."""
        last = len(self.moments) if until is None else bisect_right(self.moments, until)
        tops = self.tops[bisect_right(self.moments, since) : last + 1]
        return frozenset(edition for top in tops for edition in (top.edition, *(top.below or top)[:1]))


def _tops(rows: Iterable[Publication], bottom: str) -> Iterator[Layer]:
    """What is live after each of these."""
    top = Layer(bottom)
    for row in rows:
        if row.kind is PublicationKind.ROLL_BACK:
            top = top.below or top
        elif row.edition is not None:
            top = Layer(row.edition, top)
        yield top


def stack_at(publications: Iterable[Publication], now: datetime, shipped: str) -> tuple[str, ...]:
    """The editions upon each other at `now`, the live one last. `shipped`: what is heard where nothing
    was published."""
    return tuple(Timeline.of(publications, shipped).top(now).down())[::-1]


def live_at(publications: Iterable[Publication], now: datetime, shipped: str) -> str:
    """The one edition that a call at `now` hears."""
    return Timeline.of(publications, shipped).top(now).edition


def scheduled(publications: Iterable[Publication], now: datetime) -> tuple[Publication, ...]:
    """What stands and has not come yet, the next first."""
    return tuple(row for row in standing(publications) if row.at > now)
