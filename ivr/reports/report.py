"""A report: all that is told of the calls of a month or a year.

report = made(database, Period(2026, 11), Reader(...), today)
report.tables[0].rows[0].values[0].amount
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ivr.records.stories import Figure
from ivr.reports import grids as raw
from ivr.reports.counts import Among, Counts, by_month, read
from ivr.reports.grids import CALLS, TOTAL, Grid, Grids, Hidden, Scheme
from ivr.reports.hiding import FEWEST
from ivr.reports.intervals import mean
from ivr.reports.periods import Period
from ivr.reports.tables import (
    Items,
    Row,
    Table,
    Unit,
    Value,
    listed,
    number,
    numbers,
    of_interval,
    shares,
    with_share,
)
from ivr.store.database import Database

MONTHS_BEFORE = 12
"""Months that are told of beside one [own value]: the same one of the year before is among them."""

CALL, TALK = "call", "talk"
"""The two legs that a carrier counts: that of the caller, and that to a desk."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What the carrier takes for a minute of either leg (yen); None where nobody has said."""

    call: Decimal | None = None
    talk: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Town:
    """What a report needs to know of the line: the nodes that are desks, those of them that help in any matter, and the
    carrier's prices."""

    desks: frozenset[str] = frozenset()
    switchboard: tuple[str, ...] = ()
    prices: Prices = field(default_factory=Prices)


@dataclass(frozen=True, slots=True)
class Report:
    """The tables of a period; `last`: its last day that is told of, None where none is over; `calls`: how many there
    were, and `lasted` how long they did."""

    period: Period
    last: date | None
    calls: Value
    lasted: Value
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """The table of that name."""
        return next(table for table in self.tables if table.name == name)


def made(database: Database, period: Period, town: Town, today: date) -> Report:
    """The report on a period, up to the day before `today` (of the line's zone). DatabaseGone."""
    days = period.days(today)
    counts = _read(database, period, today)
    until = period.told_until(today)
    parts = [each for each in period.months if each.until <= until] if period.month is None else []
    before = raw.kept_hidden(_hidden(_read(database, each, today), each, town, today) for each in parts)
    filled, few = _hidden(counts, period, town, today, before)
    months = _months(by_month(database, today), period, until)
    return Report(
        period,
        days[-1] if days else None,
        number(filled["hours"], few["hours"], TOTAL, CALLS),
        _mean(counts, Figure.LENGTH, "", few["hours"]),
        tuple(_tables(counts, filled, few, months, town)),
    )


def _read(database: Database, period: Period, today: date) -> Counts:
    return read(database, Among(period.since, period.told_until(today)))


def _hidden(
    counts: Counts, period: Period, town: Town, today: date, before: Hidden | None = None
) -> tuple[Grids, Hidden]:
    days = [day.isoformat() for day in period.days(today)] if period.month else []
    filled = raw.grids(counts, town.desks, town.switchboard, days)
    return filled, raw.hidden(filled, town.switchboard, before)


def _months(known: Mapping[date, int], period: Period, until: date) -> Grid:
    """The months of a year, which make it up; or those before a month, and this."""
    within = period.since if period.month is None else date.min
    told = [day for day in known if within <= day < until][-MONTHS_BEFORE - 1 :]
    rows = {str(Period.month_of(day)): (known[day],) for day in told}
    if period.month is None:
        return Grid((CALLS,), rows, Scheme.PARTS, total=sum(known[day] for day in told))
    return Grid((CALLS,), rows, Scheme.SINGLE)


def _tables(counts: Counts, filled: Grids, few: Hidden, months: Grid, town: Town) -> Sequence[Table]:
    def of(name: str) -> tuple[Grid, frozenset[tuple[str, str]]]:
        return filled[name], few[name]

    def parts(name: str, items: Items) -> Table:
        return shares(name, items, *of(name))

    return (
        shares("results", Items.RESULT, *of("results"), certain=False),
        _without(with_share("once", Items.ONCE, *of("once"), (CALLS, raw.ALL), "share"), raw.ALL),
        (listed if months.scheme is Scheme.SINGLE else numbers)("months", Items.MONTH, months, months.hidden()),
        *([numbers("days", Items.DAY, *of("days"))] if filled["days"].rows else []),
        numbers("hours", Items.HOUR, *of("hours")),
        parts("languages", Items.LANGUAGE),
        with_share("texts", Items.NODE, *of("texts"), (raw.HEARD, raw.BEGUN), "share heard"),
        with_share("desks", Items.NODE, *of("desks"), (raw.ANSWERED, raw.RUNG), "share answered"),
        parts("left", Items.STANDING),
        parts("ended", Items.STANDING),
        listed("wrong", Items.STANDING, *of("wrong")),
        listed("silent", Items.STANDING, *of("silent")),
        parts("bands", Items.BAND),
        _firsts(counts, *of("firsts")),
        _cost(counts, filled, few, town.prices),
    )


def _without(table: Table, column: str) -> Table:
    """A table less a column that only tells the whole."""
    place = table.columns.index(column)
    rows = tuple(Row(row.item, (*row.values[:place], *row.values[place + 1 :])) for row in table.rows)
    return Table(table.name, table.items, (*table.columns[:place], *table.columns[place + 1 :]), rows, table.total)


def _firsts(counts: Counts, grid: Grid, few: frozenset[tuple[str, str]]) -> Table:
    """How long callers waited for what they came for, by what that was."""

    def row(item: str, of: str | None) -> Row:
        return Row(item, (number(grid, few, item, CALLS), _mean(counts, Figure.SECONDS, of, few, item)))

    rows = tuple(row(item, item) for item in grid.rows)
    return Table("firsts", Items.NODE, (CALLS, "seconds"), rows, row(TOTAL, None))


def _mean(counts: Counts, figure: Figure, of: str | None, few: frozenset[tuple[str, str]], item: str = TOTAL) -> Value:
    sample = counts.sample(figure, of)
    if (item, CALLS) in few or 0 < sample.number < FEWEST:
        return Value(unit=Unit.SECONDS, hidden=True)
    return of_interval(mean(sample), Unit.SECONDS) if sample.number else Value(unit=Unit.SECONDS)


def _cost(counts: Counts, filled: Grids, few: Hidden, prices: Prices) -> Table:
    """What the carrier takes: a minute that has begun is a whole one; a talk with a desk is a second leg."""
    calls = number(filled["hours"], few["hours"], TOTAL, CALLS)
    talks = number(filled["talks"], few["talks"], TOTAL, CALLS)
    minutes = counts.sample(Figure.MINUTES).total, counts.sample(Figure.TALKED).total
    rows = (
        _leg(CALL, calls, minutes[0], prices.call),
        _leg(TALK, talks, minutes[1], prices.talk),
    )
    yen = [row.values[-1] for row in rows]
    return Table("cost", Items.LEG, (CALLS, "minutes", "yen"), rows, Row(TOTAL, (Value(), Value(), _sum(yen))))


def _leg(name: str, calls: Value, minutes: int, price: Decimal | None) -> Row:
    if calls.hidden:
        return Row(name, (calls, *(Value(unit=unit, hidden=True) for unit in (Unit.MINUTES, Unit.YEN))))
    yen = None if price is None else float(minutes * price)
    return Row(name, (calls, Value(minutes, Unit.MINUTES), Value(yen, Unit.YEN)))


def _sum(values: Sequence[Value]) -> Value:
    if any(each.hidden for each in values):
        return Value(unit=Unit.YEN, hidden=True)
    known = [each.amount for each in values if each.amount is not None]
    return Value(sum(known) if len(known) == len(values) else None, Unit.YEN)
