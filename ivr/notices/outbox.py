"""The outbox: what is still to be sent, what was, and what could not be.

A notice is one row for each person and way. It is written in the transaction of what it tells, so that neither is
there without the other. Before it is sent, its next try is set: whoever is killed meanwhile has lost nothing, and
what was sent but not noted down is sent once more, under the same id.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from ivr.notices.kinds import Kind, Way
from ivr.notices.wishes import wishing
from ivr.people.persons import Person
from ivr.people.telling import Told
from ivr.store.database import Database
from ivr.store.tables import account as account_table
from ivr.store.tables import notice as notice_table

MOMENT = "moment"
DAY = "day"
"""How a fact that is a moment or a day is kept: under this word, in ISO 8601."""

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=6),
    timedelta(hours=10),
)
"""Between one try and the next; after the last, about a day later, a notice is given up [own values]."""

KEPT = timedelta(days=30)
"""How long it is known what was sent and what was not [own value]."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A row of the outbox. `at`: when it happened; `next`: when it is tried next, None: never more;
    `problem`: why the last try failed."""

    id: int
    key: str
    account: str
    name: str
    way: Way
    kind: Kind
    told: Told
    path: str
    at: datetime
    next: datetime | None
    tries: int
    sent_at: datetime | None
    problem: Told | None


def notify(
    connection: Connection,
    kind: Kind,
    message: Told,
    path: str,
    now: datetime,
    by: Person | None = None,
    key: str = "",
    only: Collection[str] | None = None,
) -> int:
    """Tell whoever wishes to hear of this kind, `by` apart; how many notices that makes. `connection`: of
    `Database.writing`; `path`: of the page to go to, below PUBLIC_URL. What has a `key` is told once for ever;
    `only`: accounts (ids) that it is for. Facts are words, numbers, days and moments (aware), which are
    shown in the reader's language and the line's zone; never a secret, a code or a caller's number."""
    key = key or secrets.token_hex(16)
    readers = [
        (account, way)
        for account, way in wishing(connection, kind)
        if not (by is not None and account == by.id) and (only is None or account in only)
    ]
    return sum(add(connection, account, way, kind, message, path, now, key) for account, way in readers)


def add(
    connection: Connection,
    account: str,
    way: Way,
    kind: Kind,
    message: Told,
    path: str,
    now: datetime,
    key: str = "",
) -> bool:
    """A notice to one person by one way, whatever they wish; false where one of that key is there."""
    key = key or secrets.token_hex(16)
    same = select(notice_table.c.id).filter_by(key=key, account=account, way=way)
    if connection.execute(same).first() is not None:
        return False
    sentence, facts = message
    kept = {name: _kept(fact) for name, fact in facts.items()}
    row = {"key": key, "account": account, "way": way, "kind": kind, "message": sentence, "facts": kept, "path": path}
    connection.execute(insert(notice_table).values(**row, at=now, next=now, tries=0))
    return True


def waiting(database: Database, now: datetime, most: int) -> tuple[Notice, ...]:
    """What is to be tried now, the oldest first. DatabaseGone."""
    due = or_(notice_table.c.next <= now, notice_table.c.next > now + 2 * max(PAUSES))  # a clock was set back
    return _found(database, due, most, newest=False)


def try_begins(connection: Connection, notice: Notice, now: datetime) -> None:
    """Set the next try before this one is made, or that there is none."""
    pause = PAUSES[notice.tries] if notice.tries < len(PAUSES) else None
    _put(connection, notice.id, tries=notice.tries + 1, next=now + pause if pause else None)


def sent(connection: Connection, notice: Notice, now: datetime) -> None:
    """It is where it should be."""
    _put(connection, notice.id, sent_at=now, next=None, problem=None)


def failed(connection: Connection, notice: Notice, problem: Told, for_good: bool) -> None:
    """It did not get there; `for_good`: no other try would do better."""
    message, facts = problem
    more = {"next": None} if for_good else {}
    _put(connection, notice.id, problem=[message, {name: str(fact) for name, fact in facts.items()}], **more)


def unsent(database: Database, most: int = 100) -> tuple[Notice, ...]:
    """What could not be sent, and is or is not tried again; the newest first. DatabaseGone."""
    return _found(database, notice_table.c.sent_at.is_(None) & notice_table.c.problem.is_not(None), most)


def of_account(database: Database, account: str, most: int = 5) -> tuple[Notice, ...]:
    """The latest notices to somebody, the newest first. DatabaseGone."""
    return _found(database, notice_table.c.account == account, most)


def try_again(connection: Connection, now: datetime) -> int:
    """Try all that was given up, or waits for another try, now; how many that is."""
    which = notice_table.c.sent_at.is_(None) & notice_table.c.problem.is_not(None)
    return connection.execute(update(notice_table).where(which).values(next=now, tries=0)).rowcount


def forget(connection: Connection, now: datetime) -> None:
    """Let go what is old."""
    connection.execute(delete(notice_table).where(notice_table.c.at < now - KEPT))


def _found(database: Database, which: Any, most: int, newest: bool = True) -> tuple[Notice, ...]:
    order = notice_table.c.id.desc() if newest else notice_table.c.id
    named = select(notice_table, account_table.c.name).join(account_table, account_table.c.id == notice_table.c.account)
    with database.reading() as connection:
        return tuple(map(_notice, connection.execute(named.where(which).order_by(order).limit(most))))


def _notice(row: Row[Any]) -> Notice:
    facts = {name: _meant(fact) for name, fact in row.facts.items()}
    problem = (row.problem[0], row.problem[1]) if row.problem else None
    return Notice(
        row.id,
        row.key,
        row.account,
        row.name,
        Way(row.way),
        Kind(row.kind),
        (row.message, facts),
        row.path,
        row.at,
        row.next,
        row.tries,
        row.sent_at,
        problem,
    )


def _kept(fact: object) -> object:
    if isinstance(fact, datetime):
        return {MOMENT: fact.isoformat()}
    if isinstance(fact, date):
        return {DAY: fact.isoformat()}
    return fact if isinstance(fact, int) else str(fact)


def _meant(fact: Any) -> object:
    match fact:
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
    return fact


def _put(connection: Connection, notice: int, **values: object) -> None:
    connection.execute(update(notice_table).where(notice_table.c.id == notice).values(**values))
