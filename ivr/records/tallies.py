"""The figures of each day, kept beside the records and in the same transaction: asked for, they are there.

What a call adds is taken out and put in anew whenever a step of it comes in, so that figures are right whichever
process had the step in its journal, and however late. They outlive the records that they are of.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ivr.records.stories import Cell, Sums, Told, adds
from ivr.store.database import Database, Queue
from ivr.store.tables import record, record_count, tally

MOST_ASKED = 500
"""Calls that one query asks for [own value]: databases bound the parameters of a query."""

_COLUMNS = ("call", "asked", *Told.__annotations__)
_BOTH = (record, "call"), (tally, "day")
_INSERT: Mapping[str, Callable[..., Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

Change = dict[Cell, Sums]


def came_in(connection: Connection, calls: Iterable[tuple[Sequence[Told], Sequence[Told]]], zone: tzinfo) -> None:
    """Records have come in: of each of these calls, those that were there before, and the new ones. `zone`: whose days
    they are."""
    change: Change = {}
    for before, new in calls:
        _put(change, adds(before, zone), -1)
        _put(change, adds((*before, *new), zone), 1)
    _store(connection, change)


class Joining:
    """Calls become one with others, which were theirs all along: what they add is taken out, and then put in."""

    def __init__(self, connection: Connection, zone: tzinfo):
        self._connection = connection
        self._zone = zone
        self._change: Change = {}

    def out(self, calls: Iterable[str]) -> None:
        """What these calls add, as they are now, is taken out."""
        self._add(calls, -1)

    def back(self, calls: Iterable[str]) -> None:
        """What these calls add, as they are now, is put in."""
        self._add(calls, 1)
        _store(self._connection, self._change)

    def _add(self, calls: Iterable[str], sign: int) -> None:
        for _, rows in by_call(self._connection, calls):
            _put(self._change, adds(rows, self._zone), sign)


def recount(database: Database, zone: tzinfo) -> int:
    """Count anew what is kept singly, and how many days that was: those before the records of which some have gone
    already keep their figures. DatabaseGone."""
    with database.writing(Queue.RECORDS) as connection:
        first = _first_whole_day(connection, zone)
        if first is None:
            return 0
        connection.execute(delete(tally).where(tally.c.day >= first))
        counted = _counted(connection, first, zone)
        _store(connection, counted)
    return len({cell.day for cell in counted})


def faults(database: Database, zone: tzinfo) -> tuple[str, ...]:
    """The days whose figures are not those of their records, a sentence each, where all of these are kept singly:
    older figures have nothing left that they could be held against. It reads every record once. DatabaseGone."""
    with database.reading() as connection:
        first = _first_whole_day(connection, zone)
        if first is None:
            return ()
        kept = {_cell(row): Sums(*(row[name] for name in Sums._fields)) for row in _rows_since(connection, first)}
        counted = _counted(connection, first, zone)
    wrong = Counter(cell.day for cell in {*kept, *counted} if kept.get(cell, Sums()) != counted.get(cell, Sums()))
    return tuple(f"{number} figures of {day} are not those of its records." for day, number in sorted(wrong.items()))


def _counted(connection: Connection, first: date, zone: tzinfo) -> Change:
    """The figures of the days from `first` on, counted from their records."""
    change: Change = {}
    for _, rows in by_call(connection, _calls_since(connection, datetime.combine(first, time(), zone))):
        _put(change, adds(rows, zone), 1)
    return {cell: sums for cell, sums in change.items() if cell.day >= first}


def _rows_since(connection: Connection, first: date) -> Iterator[RowMapping]:
    return iter(connection.execute(select(tally).where(tally.c.day >= first)).mappings())


def _cell(row: RowMapping) -> Cell:
    return Cell(*(row[name] for name in Cell._fields))


def are_missing(database: Database) -> bool:
    """Whether there are records but no figures, as of a release that had none. DatabaseGone."""
    with database.reading() as connection:
        there = [connection.execute(select(table.c[column]).limit(1)).first() for table, column in _BOTH]
    return there[0] is not None and there[1] is None


def remove_days(connection: Connection, since: date | None, until: date | None) -> None:
    """Delete the figures of days from `since` to just before `until`; None: without a bound."""
    connection.execute(delete(tally).where(days(since, until)))


def days(since: date | None, until: date | None) -> ColumnElement[bool]:
    """Whether a figure is of a day from `since` to just before `until`; None: without a bound."""
    bounds = [tally.c.day >= since] if since else []
    return and_(True, *bounds, *([tally.c.day < until] if until else []))


def by_call(connection: Connection, calls: Iterable[str]) -> Iterator[tuple[str, Sequence[Row[Any]]]]:
    """Each of these calls that has records, and its records."""
    columns = [record.c[name] for name in _COLUMNS]
    waiting = iter(sorted(set(calls)))
    while some := list(islice(waiting, MOST_ASKED)):
        found: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in connection.execute(select(*columns).where(record.c.call.in_(some))):
            found[row.call].append(row)
        yield from found.items()


def _put(change: Change, added: Mapping[Cell, Sums], sign: int) -> None:
    for cell, sums in added.items():
        change[cell] = change.get(cell, Sums()).plus(sums, sign)


def _store(connection: Connection, change: Mapping[Cell, Sums]) -> None:
    """Add to what is kept."""
    new = _INSERT[connection.dialect.name](tally)
    more = {name: tally.c[name] + new.excluded[name] for name in Sums._fields}
    rows = [{**cell._asdict(), **sums._asdict()} for cell, sums in change.items() if any(sums)]
    if rows:
        connection.execute(new.on_conflict_do_update(index_elements=list(Cell._fields), set_=more), rows)


def _first_whole_day(connection: Connection, zone: tzinfo) -> date | None:
    """The first day all of whose records are there: where some are counts by now, not the one in which they begin."""
    oldest = connection.execute(select(record.c.at).order_by(record.c.at).limit(1)).scalar()
    if oldest is None:
        return None
    gone = connection.execute(select(record_count.c.hour).limit(1)).first()
    first: date = oldest.astimezone(zone).date()
    return first + timedelta(days=1) if gone else first


def _calls_since(connection: Connection, since: datetime) -> Sequence[str]:
    return connection.execute(select(record.c.call).where(record.c.at >= since).distinct()).scalars().all()
