"""Before and after: what an edition or an alert changed, as far as so few calls can tell.

The difference of two groups of calls, with an interval of 95 % (`ivr.reports.intervals`). It tells that they differ,
not why: the days of the week, the news and the season change with them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ivr.records.stories import Figure
from ivr.reports import grids as raw
from ivr.reports.counts import Among, Counts, read
from ivr.reports.grids import CALLS, TOTAL, Grids, Hidden
from ivr.reports.hiding import FEWEST
from ivr.reports.intervals import mean, mean_difference, share, share_difference
from ivr.reports.report import Town
from ivr.reports.tables import Items, Row, Table, Unit, Value, number, of_interval
from ivr.store.database import Database

WINDOW = timedelta(days=28)
"""Before and after an edition, and before an alert, so many days are looked at [own value]: four whole weeks, so that
each day of the week is there as often."""

MEANS = (Figure.SECONDS, Figure.LENGTH)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The calls before and after, how many there were, and the table of what changed: a measure's value before and
    after, and the difference."""

    before: Among
    after: Among
    calls: tuple[Value, Value]
    table: Table


def of_edition(edition: str, since: date, previous: str, today: date) -> tuple[Among, Among]:
    """The calls of the edition that is heard since that day, and before them those of the previous one. The day itself
    has calls of both."""
    return (
        Among(since - WINDOW, since + timedelta(days=1), edition=previous),
        Among(since, max(since, min(since + WINDOW, today)), edition=edition),
    )


def of_alert(alert: str, since: date, last: date, today: date) -> tuple[Among, Among]:
    """The calls that heard an alert, from its first day to its last one, and those before that did not."""
    after = Among(since, max(since, min(last + timedelta(days=1), today)), alert=alert)
    return replace(after, since=since - WINDOW, until=since + timedelta(days=1), without=True), after


def compared(database: Database, before: Among, after: Among, town: Town) -> Comparison:
    """What changed. DatabaseGone."""
    sides = _Side.of(database, before, town), _Side.of(database, after, town)
    rows = (*_shares(*sides), *_means(*sides))
    table = Table("comparison", Items.MEASURE, ("before", "after", "difference"), rows)
    return Comparison(before, after, (sides[0].calls, sides[1].calls), table)


@dataclass(frozen=True, slots=True)
class _Side:
    counts: Counts
    filled: Grids
    few: Hidden

    @classmethod
    def of(cls, database: Database, among: Among, town: Town) -> "_Side":
        counts = read(database, among)
        filled = raw.grids(counts, town.desks, town.switchboard, ())
        return cls(counts, filled, raw.hidden(filled, town.switchboard))

    @property
    def calls(self) -> Value:
        return number(self.filled["hours"], self.few["hours"], TOTAL, CALLS)

    def part(self, grid: str, item: str) -> tuple[int, int] | None:
        """How many of all calls; None where that is hidden, or there is none."""
        found = number(self.filled[grid], self.few[grid], item, CALLS)
        if found.amount is None or self.calls.hidden or not self.counts.calls:
            return None
        return round(found.amount), self.counts.calls


def _shares(before: _Side, after: _Side) -> Iterator[Row]:
    for grid in ("results", "once"):
        for item in before.filled[grid].rows:
            one, other = before.part(grid, item), after.part(grid, item)
            values = (_share(one, before), _share(other, after))
            yield Row(item, (*values, _difference(one, other, values)))


def _share(part: tuple[int, int] | None, side: _Side) -> Value:
    if part is None:
        return Value(unit=Unit.SHARE, hidden=side.counts.calls > 0)
    return of_interval(share(*part), Unit.SHARE)


def _difference(before: tuple[int, int] | None, after: tuple[int, int] | None, values: tuple[Value, Value]) -> Value:
    if before is None or after is None:
        return Value(unit=Unit.SHARE, hidden=any(each.hidden for each in values))
    return of_interval(share_difference(before, after), Unit.SHARE)


def _means(before: _Side, after: _Side) -> Iterator[Row]:
    for figure in MEANS:
        samples = before.counts.sample(figure), after.counts.sample(figure)
        hides = [0 < sample.number < FEWEST for sample in samples]
        values = [
            Value(unit=Unit.SECONDS, hidden=few)
            if few or not sample.number
            else of_interval(mean(sample), Unit.SECONDS)
            for sample, few in zip(samples, hides, strict=True)
        ]
        told = not any(hides) and all(sample.number for sample in samples)
        change = (
            of_interval(mean_difference(*samples), Unit.SECONDS)
            if told
            else Value(unit=Unit.SECONDS, hidden=any(hides))
        )
        yield Row(figure, (*values, change))
