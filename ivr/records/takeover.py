"""From journals into the database: each entry once, whatever dies in between.

How far a journal was taken over is kept in the transaction that keeps its entries: either both are there or
neither. So it does not matter who takes a journal over, or how often somebody begins to.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, func, insert, select, update

from ivr.records import tallies
from ivr.records.entries import Entry, entries
from ivr.store.database import Database
from ivr.store.tables import journal, record

BATCH_BYTES = 256 * 1024
"""Of a journal in one transaction: about 2,000 steps, a tenth of a second [own value]."""

MOST_ASKED = 500
"""Calls that one query asks for [own value]: databases bound the parameters of a query."""


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
        with database.writing() as connection:
            taken, more = _take_batch(connection, source, now, zone, left)
        if not more:
            return taken


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
    fit = _new(connection, [entry for entry in lines if entry is not None])
    left_out = (known.left_out if known else 0) + len(lines) - len(fit) + bool(torn)
    end = start + len(whole) + len(torn)
    state = {"taken": end, "entries": kept + len(fit), "left_out": left_out, "at": now}
    if known is None:
        connection.execute(insert(journal).values(id=source.name, gone=0, **state))
    else:
        connection.execute(update(journal).where(journal.c.id == source.name).values(**state))
    _keep(connection, source.name, kept, fit)
    calls = {entry.names.call for entry in fit}
    tallies.came_in(connection, calls, lambda row: row.journal == source.name and row.seq > kept, zone)
    return end, more


def _new(connection: Connection, found: Sequence[Entry]) -> list[Entry]:
    """The entries of addresses that their call has not asked before. The carrier asks one twice where it had no
    answer, such as of a process that died; no call comes by itself to an address again, which tells all that it did."""
    seen: set[tuple[str, str]] = set()
    for some in _in_pieces({entry.names.asked for entry in found} - {""}):
        calls = {entry.names.call for entry in found if entry.names.asked in some}
        query = select(record.c.call, record.c.asked).where(record.c.asked.in_(some), record.c.call.in_(calls))
        seen.update((row.call, row.asked) for row in connection.execute(query))
    new = []
    for entry in found:
        step = entry.names.call, entry.names.asked
        if step not in seen:
            new.append(entry)
            if entry.names.asked:
                seen.add(step)
    return new


def _keep(connection: Connection, name: str, after: int, found: Sequence[Entry]) -> None:
    """Insert entries, numbered after those that are there, each with the seconds since its call began."""
    if not found:
        return
    known = beginnings(connection, {entry.names.call for entry in found})
    began: dict[str, datetime] = {}
    for entry in found:
        began[entry.names.call] = min(entry.at, began.get(entry.names.call, entry.at))
    earlier = {call for call, at in began.items() if call in known and at < known[call]}
    first = {**known, **{call: at for call, at in began.items() if call not in known or call in earlier}}
    rows = [_row(name, seq, entry, first[entry.names.call]) for seq, entry in enumerate(found, after + 1)]
    connection.execute(insert(record), rows)
    reckon(connection, earlier)


def beginnings(connection: Connection, calls: Iterable[str]) -> Mapping[str, datetime]:
    """When calls began, of those that have a record."""
    found: dict[str, datetime] = {}
    began = func.min(record.c.at)
    for some in _in_pieces(calls):
        query = select(record.c.call, began.label("began")).where(record.c.call.in_(some)).group_by(record.c.call)
        found.update((row.call, row.began) for row in connection.execute(query))
    return found


def reckon(connection: Connection, calls: Iterable[str]) -> None:
    """Count the seconds of these calls anew, since an earlier step of them has come in, which another process had
    in its journal. What a carrier said of a whole call stays."""
    steps = record.c.language != ""
    for some in _in_pieces(calls):
        first = beginnings(connection, some)
        query = select(record.c.journal, record.c.seq, record.c.call, record.c.at).where(record.c.call.in_(some), steps)
        rows = [
            {"of": row.journal, "number": row.seq, "since": _seconds(first[row.call], row.at)}
            for row in connection.execute(query)
        ]
        if rows:
            one = (record.c.journal == bindparam("of")) & (record.c.seq == bindparam("number"))
            connection.execute(update(record).where(one).values(seconds=bindparam("since")), rows)


def _row(name: str, seq: int, entry: Entry, began: datetime) -> dict[str, Any]:
    step = entry.step
    return {
        "journal": name,
        "seq": seq,
        "at": entry.at,
        "call": entry.names.call,
        "before": entry.names.before or None,
        "asked": entry.names.asked or None,
        "edition": step.edition,
        "alert": step.alert,
        "language": step.language,
        "place": step.place,
        "heard": step.heard,
        "desk": step.desk,
        "outcome": step.outcome,
        "seconds": _seconds(began, entry.at) if step.language else entry.seconds,
        "talked": entry.talked,
    }


def _seconds(began: datetime, at: datetime) -> int:
    return round((at - began).total_seconds())


def _in_pieces(calls: Iterable[str]) -> Iterable[list[str]]:
    waiting = iter(sorted(calls))
    while some := list(islice(waiting, MOST_ASKED)):
        yield some
