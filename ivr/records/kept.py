"""The records that are kept, for whoever asks: singly, as counts, and whether all is as it should be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, delete, func, select, true

from ivr.records import entries, tallies
from ivr.records.upkeep import COUNTED, remove
from ivr.store.database import Database, Queue
from ivr.store.tables import journal, record, record_count

SINGLE = ("at", "call", "seconds", *COUNTED)
"""What a record tells. `at` (aware); `call` stands for a call and for nobody; `seconds` since the call began, and
at its end (`heard` is "end", `outcome` how) the carrier's own measure, None where it told none."""

COUNT = ("hour", *COUNTED, "number", "seconds")
"""What a count tells: `number` records alike in the hour that begins at `hour` (aware), `seconds` their sum."""

_AT_ONCE = 1000  # rows


@dataclass(frozen=True, slots=True)
class Between:
    """From `since` to just before `until` (aware); None: without a bound."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The days that lie in it at least in part, in the zone of its bounds: the first, and that after the last."""
        last = self.until - timedelta(microseconds=1) if self.until else None
        return self.since and self.since.date(), last and last.date() + timedelta(days=1)

    def of(self, moment: Column[datetime]) -> ColumnElement[bool]:
        """Whether a moment lies between them."""
        bounds = [moment >= self.since] if self.since else []
        return and_(true(), *bounds, *([moment < self.until] if self.until else []))


def singles(database: Database, between: Between) -> Iterator[Mapping[str, Any]]:
    """The records, in order of time. DatabaseGone."""
    query = select(*(record.c[name] for name in SINGLE)).where(between.of(record.c.at))
    yield from _rows(database, query.order_by(record.c.at, record.c.journal, record.c.seq))


def counts(database: Database, between: Between) -> Iterator[Mapping[str, Any]]:
    """The counts of what is no longer kept singly, in order of time. DatabaseGone."""
    query = select(*(record_count.c[name] for name in COUNT)).where(between.of(record_count.c.hour))
    yield from _rows(database, query.order_by(record_count.c.hour, record_count.c.seq))


def delete_records(database: Database, between: Between) -> tuple[int, int]:
    """Delete records and counts: how many of each. DatabaseGone."""
    with database.writing(Queue.RECORDS) as connection:
        single = remove(connection, between.of(record.c.at))
        counted = connection.execute(delete(record_count).where(between.of(record_count.c.hour))).rowcount
        tallies.remove_days(connection, *between.days)
    return single, counted


def faults(database: Database, sizes: Mapping[str, int]) -> tuple[str, ...]:
    """What is not as it should be, a sentence each: journals that are not taken over as far as these `sizes`
    (bytes), records that are missing or doubled, and whatever has not the form of a name. DatabaseGone."""
    with database.reading() as connection:
        return (
            *_waiting(connection, sizes),
            *_miscounted(connection),
            *(told for table in (record, record_count) for told in _unfit(connection, table)),
        )


def _rows(database: Database, query: Any) -> Iterator[Mapping[str, Any]]:
    with database.reading() as connection:
        for row in connection.execute(query, execution_options={"yield_per": _AT_ONCE}).mappings():
            yield dict(row)


def _waiting(connection: Connection, sizes: Mapping[str, int]) -> Iterator[str]:
    taken = {row.id: row.taken for row in connection.execute(select(journal.c.id, journal.c.taken))}
    for name, size in sizes.items():
        if (left := size - taken.get(name, 0)) > 0:
            yield f"Journal {name} holds {left} bytes that are not taken over."


def _miscounted(connection: Connection) -> Iterator[str]:
    there = select(record.c.journal, func.count().label("number")).group_by(record.c.journal).subquery()
    known = select(journal, func.coalesce(there.c.number, 0).label("number")).outerjoin(
        there, there.c.journal == journal.c.id
    )
    gone = 0
    for row in connection.execute(known):
        gone += row.gone
        if row.number != row.entries - row.gone:
            yield f"Of journal {row.id} there are {row.number} records; there should be {row.entries - row.gone}."
    counted = connection.execute(select(func.coalesce(func.sum(record_count.c.number), 0))).scalar_one()
    if counted > gone:
        yield f"The counts are of {counted} records, but only {gone} ever became counts."


def _unfit(connection: Connection, table: Table) -> Iterator[str]:
    steps = table.c.heard != entries.END
    for name in COUNTED:
        for value in connection.execute(select(table.c[name]).where(steps).distinct()).scalars():
            if not entries.fits(name, value):
                yield f"Table {table.name} holds a {name} that has not the form of one."
    for row in connection.execute(select(*(table.c[name] for name in COUNTED)).where(~steps).distinct()):
        if row.outcome not in entries.ENDS or any((row.edition, row.alert, row.language, row.place, row.desk)):
            yield f"Table {table.name} holds the end of a call that has not the form of one."
