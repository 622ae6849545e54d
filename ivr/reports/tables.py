"""The tables of a report as they are shown: no number in them is one that is hidden."""

from dataclasses import dataclass
from enum import StrEnum

from ivr.reports.grids import TOTAL, Grid
from ivr.reports.intervals import Interval, share


class Unit(StrEnum):
    """What a number counts; a share is one of 1, a moment is in ISO 8601."""

    CALLS = "calls"
    SHARE = "share"
    SECONDS = "seconds"
    MINUTES = "minutes"
    YEN = "yen"


class Items(StrEnum):
    """What the rows of a table are named by."""

    RESULT = "result"
    ONCE = "once"
    DAY = "day"
    HOUR = "hour"
    MONTH = "month"
    LANGUAGE = "language"
    NODE = "node"
    STANDING = "standing"
    BAND = "band"
    LEG = "leg"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class Value:
    """A number, and the interval that it lies in (95 %), where that is told. `amount` None: it is `hidden`, or there
    is none."""

    amount: float | None = None
    unit: Unit = Unit.CALLS
    low: float | None = None
    high: float | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what it is of, and a value for each column."""

    item: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `name` says what it tells (`ivr.reports.words`), `items` what its rows are named by; `total`: the
    last row, None where nothing is summed up."""

    name: str
    items: Items
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row | None = None

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """The rows with that of the total."""
        return (*self.rows, *([self.total] if self.total else []))


HIDDEN = frozenset[tuple[str, str]]


def number(grid: Grid, few: HIDDEN, item: str, column: str) -> Value:
    """A number of a grid."""
    if (item, column) in few:
        return Value(hidden=True)
    total = item == TOTAL and TOTAL not in grid.rows
    return Value(grid.total if total else grid.rows[item][grid.columns.index(column)])


def part(of: Value, whole: Value, certain: bool = True) -> Value:
    """The share of a number in another; hidden where either is. `certain`: without its interval."""
    if of.hidden or whole.hidden:
        return Value(unit=Unit.SHARE, hidden=True)
    if of.amount is None or not whole.amount:
        return Value(unit=Unit.SHARE)
    found = share(min(round(of.amount), round(whole.amount)), round(whole.amount))
    return of_interval(found, Unit.SHARE) if not certain else Value(found.value, Unit.SHARE)


def of_interval(found: Interval, unit: Unit) -> Value:
    """A value with its interval."""
    return Value(found.value, unit, found.low, found.high)


def numbers(name: str, items: Items, grid: Grid, few: HIDDEN, column: str = "calls") -> Table:
    """A table of one column."""
    rows = tuple(Row(item, (number(grid, few, item, column),)) for item in grid.rows)
    return Table(name, items, (column,), rows, Row(TOTAL, (number(grid, few, TOTAL, column),)))


def shares(name: str, items: Items, grid: Grid, few: HIDDEN, certain: bool = True) -> Table:
    """A table of parts and their shares."""
    column = grid.columns[0]
    total = number(grid, few, TOTAL, column)

    def row(item: str) -> Row:
        found = number(grid, few, item, column)
        return Row(item, (found, part(found, total, certain)))

    return Table(
        name, items, (column, "share"), tuple(map(row, grid.rows)), Row(TOTAL, (total, Value(unit=Unit.SHARE)))
    )


def listed(name: str, items: Items, grid: Grid, few: HIDDEN) -> Table:
    """A table of numbers that make up nothing."""
    rows = tuple(Row(item, (number(grid, few, item, grid.columns[0]),)) for item in grid.rows)
    return Table(name, items, grid.columns, rows)


def with_share(
    name: str, items: Items, grid: Grid, few: HIDDEN, part_of: tuple[str, str], header: str, certain: bool = True
) -> Table:
    """A table of all columns of a grid, and the share of the one in the other behind it, under its own header."""
    one, whole = part_of
    after = grid.columns.index(one) + 1

    def row(item: str) -> Row:
        found = [number(grid, few, item, column) for column in grid.columns]
        shown = part(found[after - 1], found[grid.columns.index(whole)], certain)
        return Row(item, (*found[:after], shown, *found[after:]))

    columns = (*grid.columns[:after], header, *grid.columns[after:])
    return Table(name, items, columns, tuple(map(row, grid.rows)))
