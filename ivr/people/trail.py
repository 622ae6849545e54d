"""The audit trail: who did what and when, what was before and after.

Rows are only appended (triggers refuse all else) and each holds the hash of the one before,
so that a row that somebody altered or took out behind the program's back shows.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, false, func, insert, or_, select

from ivr.people.persons import Person
from ivr.store.cells import escape
from ivr.store.database import Database
from ivr.store.tables import audit

_FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody did. `at` is aware; `who` the person's id, `name` their name
    then; `act` a short verb such as ``draft.save``; `what` it was done to."""

    at: datetime
    who: str
    name: str
    act: str
    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An act in the trail, its number and the hash that ties it to all before it."""

    seq: int
    act: Act
    hash: str


@dataclass(frozen=True, slots=True)
class Term:
    """Something that an act must have to do with: `words` that stand anywhere in it, or one of these `acts`, or a
    `what` that holds one of `whats` or ends in one of `ends`. All that is not empty counts, and one is enough."""

    words: str = ""
    acts: tuple[str, ...] = ()
    whats: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


def record(connection: Connection, act: Act) -> None:
    """Append an act, in the transaction that performs it: neither is kept without the other.
    `connection` is one of `Database.writing`."""
    last = connection.execute(select(audit).order_by(audit.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, _FIRST)
    at, who, name, verb, what, before, after = astuple(act)
    connection.execute(
        insert(audit).values(
            seq=seq,
            at=at,
            who=who,
            name=name,
            act=verb,
            what=what,
            before=before,
            after=after,
            previous=previous,
            hash=_hash(seq, act, previous),
        )
    )


def note(
    connection: Connection, by: Person, now: datetime, act: str, what: str, before: str = "", after: str = ""
) -> None:
    """Append an act of a person, in the transaction that performs it."""
    record(connection, Act(now, by.id, by.name, act, what, before, after))


def verify(database: Database, head: tuple[int, str] | None = None) -> int | None:
    """The number of the first row that is not as it was written; None where all are. With
    `head` (number and hash noted down earlier, outside the database), also None only where
    that row still stands: a trail cut off at its end has no other witness."""
    previous, seq, seen = _FIRST, 0, {0: _FIRST}
    with database.reading() as connection:
        for row in connection.execute(select(audit).order_by(audit.c.seq)):
            seq += 1
            if row.seq != seq or row.previous != previous or row.hash != _hash(seq, _act(row), previous):
                return seq
            previous = row.hash
            seen[seq] = previous
    if head is not None and seen.get(head[0]) != head[1]:
        return min(head[0], seq + 1)
    return None


def head(database: Database) -> tuple[int, str]:
    """The number and hash of the last row, to be noted down elsewhere; (0, zeros) of none."""
    with database.reading() as connection:
        last = connection.execute(select(audit).order_by(audit.c.seq.desc()).limit(1)).first()
    return (last.seq, last.hash) if last else (0, _FIRST)


def search(
    database: Database,
    words: str = "",
    who: str = "",
    act: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 200,
    before: int | None = None,
    terms: Iterable[Term] = (),
) -> tuple[Entry, ...]:
    """Acts, the newest first. `words` stand anywhere in them; `who` is a person's id; `act` a
    verb or its beginning; `since` <= at < `until` (aware); `before`: a number, to turn pages; all of
    the `terms` hold."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(limit)
    for term in (*([Term(words)] if words else ()), *terms):
        query = query.where(_holds(term))
    if who:
        query = query.where(audit.c.who == who)
    if act:
        query = query.where(audit.c.act.startswith(act, autoescape=True))
    if since:
        query = query.where(audit.c.at >= since)
    if until:
        query = query.where(audit.c.at < until)
    if before is not None:
        query = query.where(audit.c.seq < before)
    return _entries(database, query)


def people(database: Database) -> dict[str, str]:
    """Everybody who ever did something: their ids, and what they were last called."""
    with database.reading() as connection:
        rows = connection.execute(
            select(audit.c.who, audit.c.name, func.max(audit.c.seq).label("last")).group_by(audit.c.who, audit.c.name)
        )
        return {row.who: row.name for row in sorted(rows, key=lambda row: row.last)}


def as_csv(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV; no cell can be taken for a formula. Write it with the encoding ``utf-8-sig``, by which
    spreadsheets know Japanese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heading)
    for row in rows:
        writer.writerow([cell if isinstance(cell, int) else escape(str(cell)) for cell in row])
    return out.getvalue()


def _holds(term: Term) -> ColumnElement[bool]:
    columns = (audit.c.name, audit.c.act, audit.c.what, audit.c.before, audit.c.after)
    found = [column.icontains(term.words, autoescape=True) for column in columns if term.words]
    found += [audit.c.what.contains(what, autoescape=True) for what in term.whats]
    found += [audit.c.what.endswith(what, autoescape=True) for what in term.ends]
    return or_(false(), *found, *([audit.c.act.in_(term.acts)] if term.acts else ()))


def _entries(database: Database, query: Select[tuple[object, ...]]) -> tuple[Entry, ...]:
    with database.reading() as connection:
        return tuple(Entry(row.seq, _act(row), row.hash) for row in connection.execute(query))


def _act(row: Row[tuple[object, ...]]) -> Act:
    return Act(row.at, row.who, row.name, row.act, row.what, row.before, row.after)


def _hash(seq: int, act: Act, previous: str) -> str:
    at, *rest = astuple(act)
    told = json.dumps([seq, at.astimezone(UTC).isoformat(timespec="microseconds"), *rest, previous])
    return hashlib.sha256(told.encode()).hexdigest()
