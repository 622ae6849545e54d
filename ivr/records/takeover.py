"""From journals into the database: each entry once, whatever dies in between.

How far a journal was taken over is kept in the transaction that keeps its entries: either both are there or
neither. So it does not matter who takes a journal over, or how often somebody begins to.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from ivr.records import tallies
from ivr.records.entries import Entry, entries
from ivr.records.stories import Told
from ivr.store.database import Database, Queue
from ivr.store.tables import journal, record

BATCH_BYTES = 128 * 1024
"""Of a journal in one transaction: about 1,000 steps, 40 ms and 3 MB of memory [own value]."""

MOST_ASKED = 500
"""Calls that one query asks for [own value]: databases bound the parameters of a query."""


@dataclass
class NewRecord:
    """A row of the table of records."""

    journal: str
    seq: int
    at: datetime
    call: str
    before: str | None
    asked: str | None
    edition: str
    alert: str
    language: str
    place: str
    heard: str
    desk: str
    outcome: str
    seconds: int | None
    talked: int | None


There = Mapping[str, Sequence[Row[Any]]]
"""Of calls, the records that are there."""

New = dict[str, list[NewRecord]]
"""Of calls, those that come in."""


class Readable(Protocol):
    """A journal as it is taken over."""

    @property
    def name(self) -> str:
        """By which the database knows it."""

    def read(self, start: int, most: int) -> bytes:
        """What stands in it from `start` on, `most` bytes of it. Unreadable."""


def take_over(database: Database, source: Readable, now: datetime, zone: tzinfo, left: bool = False) -> int:
    """Take over whatever a journal holds that the database does not have yet; where its owner has `left` it,
    a piece of a line at its end is none. How many bytes of it are taken over then. The days of its figures are those
    of `zone`. DatabaseGone; Unreadable."""
    while True:
        with database.writing(Queue.RECORDS) as connection:
            taken, more = _take_batch(connection, source, now, zone, left)
        if not more:
            return taken


def taken_of(database: Database, name: str) -> int:
    """How many bytes of a journal the database has. DatabaseGone."""
    with database.reading() as connection:
        return connection.execute(select(journal.c.taken).where(journal.c.id == name)).scalar() or 0


def _take_batch(connection: Connection, source: Readable, now: datetime, zone: tzinfo, left: bool) -> tuple[int, bool]:
    """One batch: how far it has come, and whether there may be more."""
    known = connection.execute(select(journal).where(journal.c.id == source.name)).one_or_none()
    start, kept = (known.taken, known.entries) if known else (0, 0)
    content = source.read(start, BATCH_BYTES)
    more = len(content) == BATCH_BYTES
    whole = content[: content.rfind(b"\n") + 1]
    torn = content[len(whole) :] if (left and not more) or (more and not whole) else b""
    if not whole and not torn:
        return start, False
    lines = list(entries(whole))
    found = [entry for entry in lines if entry is not None]
    there = dict(tallies.by_call(connection, {entry.names.call for entry in found}))
    fit = _new(there, found)
    left_out = (known.left_out if known else 0) + len(lines) - len(fit) + bool(torn)
    end = start + len(whole) + len(torn)
    state = {"taken": end, "entries": kept + len(fit), "left_out": left_out, "at": now}
    if known is None:
        connection.execute(insert(journal).values(id=source.name, gone=0, **state))
    else:
        connection.execute(update(journal).where(journal.c.id == source.name).values(**state))
    new = _rows(source.name, kept, fit, there)
    _keep(connection, new, there)
    tallies.came_in(connection, [(there.get(call, ()), rows) for call, rows in new.items()], zone)
    return end, more


def _new(there: There, found: Sequence[Entry]) -> list[Entry]:
    """The entries of addresses that their call has not asked before. The carrier asks one twice where it had no
    answer, such as of a process that died; no call comes by itself to an address again, which tells all that it did."""
    seen = {(call, row.asked) for call, rows in there.items() for row in rows}
    new = []
    for entry in found:
        step = entry.names.call, entry.names.asked
        if step not in seen:
            new.append(entry)
            if entry.names.asked:
                seen.add(step)
    return new


def _rows(name: str, after: int, found: Sequence[Entry], there: There) -> New:
    """The rows of entries, numbered after those that are there, each with the seconds since its call began."""
    began = {call: min(row.at for row in rows) for call, rows in there.items()}
    for entry in found:
        began[entry.names.call] = min(entry.at, began.get(entry.names.call, entry.at))
    new: New = defaultdict(list)
    for seq, entry in enumerate(found, after + 1):
        new[entry.names.call].append(_row(name, seq, entry, began[entry.names.call]))
    return new


def _keep(connection: Connection, new: New, there: There) -> None:
    """Insert rows."""
    if not new:
        return
    connection.execute(insert(record), [vars(row) for rows in new.values() for row in rows])
    earlier = (call for call, rows in new.items() if call in there and _first(rows) < _first(there[call]))
    reckon(connection, earlier)


def _first(rows: Sequence[Told]) -> datetime:
    return min(row.at for row in rows)


def reckon(connection: Connection, calls: Iterable[str]) -> None:
    """Count the seconds of these calls anew, since an earlier step of them has come in, which another process had
    in its journal. What a carrier said of a whole call stays."""
    columns = [record.c[name] for name in ("journal", "seq", "call", "at", "language")]
    for some in _in_pieces(calls):
        rows = connection.execute(select(*columns).where(record.c.call.in_(some))).all()
        first: dict[str, datetime] = {}
        for row in rows:
            first[row.call] = min(row.at, first.get(row.call, row.at))
        counted = [
            {"of": row.journal, "number": row.seq, "since": _seconds(first[row.call], row.at)}
            for row in rows
            if row.language
        ]
        if counted:
            one = (record.c.journal == bindparam("of")) & (record.c.seq == bindparam("number"))
            connection.execute(update(record).where(one).values(seconds=bindparam("since")), counted)


def _row(name: str, seq: int, entry: Entry, began: datetime) -> NewRecord:
    step = entry.step
    return NewRecord(
        journal=name,
        seq=seq,
        at=entry.at,
        call=entry.names.call,
        before=entry.names.before or None,
        asked=entry.names.asked or None,
        edition=step.edition,
        alert=step.alert,
        language=step.language,
        place=step.place,
        heard=step.heard,
        desk=step.desk,
        outcome=step.outcome,
        seconds=_seconds(began, entry.at) if step.language else entry.seconds,
        talked=entry.talked,
    )


def _seconds(began: datetime, at: datetime) -> int:
    return round((at - began).total_seconds())


def _in_pieces(calls: Iterable[str]) -> Iterable[list[str]]:
    waiting = iter(sorted(calls))
    while some := list(islice(waiting, MOST_ASKED)):
        yield some
