"""The figures of some days, read from what is kept of them: as many rows as there are figures, however many calls."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from sqlalchemy import Column, ColumnElement, Connection, and_, func, select

from ivr.records.stories import Figure, Sums
from ivr.records.tallies import days
from ivr.reports.intervals import Sample
from ivr.store.database import Database
from ivr.store.tables import tally

NONE = Sums()

By = TypeVar("By", date, str)


@dataclass(frozen=True, slots=True)
class Among:
    """Calls from the day `since` to just before `until`; where `edition` is given, of this edition alone; where `alert`
    is, those that heard it, or with `without`, those that did not."""

    since: date | None = None
    until: date | None = None
    edition: str = ""
    alert: str = ""
    without: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """What calls came to: `sums` by figure and item; calls by the day, and by the language."""

    sums: Mapping[tuple[str, str], Sums] = field(default_factory=dict)
    days: Mapping[date, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """All calls."""
        return self.number(Figure.CALLS)

    def number(self, figure: Figure, item: str = "") -> int:
        """How many calls."""
        return max(0, self.sums.get((figure, item), NONE).number)

    def seconds(self, figure: Figure, item: str = "") -> int:
        """The sum of seconds, or of minutes."""
        return max(0, self.sums.get((figure, item), NONE).seconds)

    def sample(self, figure: Figure, item: str | None = None) -> Sample:
        """All values of an item; of all items where none is named."""
        found = [sums for (of, what), sums in self.sums.items() if of == figure and item in (None, what)]
        return Sample(*(sum(each) for each in zip(*found, strict=True))) if found else Sample(0, 0, 0)

    def items(self, figure: Figure) -> Mapping[str, int]:
        """How many calls there were of each item, the most first."""
        found = {item: sums.number for (of, item), sums in self.sums.items() if of == figure and sums.number > 0}
        return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def read(database: Database, among: Among) -> Counts:
    """The figures of these calls. DatabaseGone."""
    with database.reading() as connection:
        which = _which(connection, among)
        each = tally.c.figure, tally.c.item
        sums = (func.sum(tally.c[name]) for name in Sums._fields)
        rows = connection.execute(select(*each, *sums).where(which).group_by(*each))
        found = {(row[0], row[1]): Sums(*map(int, row[2:])) for row in rows}
        calls = and_(which, tally.c.figure == Figure.CALLS)
        return Counts(found, _by(connection, tally.c.day, calls), _by(connection, tally.c.language, calls))


def by_month(database: Database, until: date) -> Mapping[date, int]:
    """All calls that are known of days before `until`, by the first day of the month. DatabaseGone."""
    with database.reading() as connection:
        by_day = _by(connection, tally.c.day, and_(days(None, until), tally.c.figure == Figure.CALLS))
    found: dict[date, int] = defaultdict(int)
    for day, number in by_day.items():
        found[day.replace(day=1)] += number
    return dict(sorted(found.items()))


def hearers(database: Database, since: date) -> Mapping[str, int]:
    """How many calls since that day heard each alert, by its number. DatabaseGone."""
    with database.reading() as connection:
        which = and_(days(since, None), tally.c.figure == Figure.CALLS, tally.c.alert != "")
        found: dict[str, int] = defaultdict(int)
        for alerts, number in _by(connection, tally.c.alert, which).items():
            for alert in alerts.split(","):
                found[alert] += number
    return dict(found)


def _by(connection: Connection, column: Column[By], which: ColumnElement[bool]) -> Mapping[By, int]:
    """How many calls there were of each that stands in this column."""
    rows = connection.execute(select(column, func.sum(tally.c.number)).where(which).group_by(column).order_by(column))
    return {row[0]: int(row[1]) for row in rows if row[1] > 0}


def _which(connection: Connection, among: Among) -> ColumnElement[bool]:
    which = days(among.since, among.until)
    if among.edition:
        which = and_(which, tally.c.edition == among.edition)
    if among.alert:
        told = connection.execute(select(tally.c.alert).where(which).distinct()).scalars()
        hears = tally.c.alert.in_([alerts for alerts in told if among.alert in alerts.split(",")])
        which = and_(which, ~hears if among.without else hears)
    return which
