"""Tries to sign in, counted by account and by where they come from.

A stranger who tries locks out only where the stranger is. One with many addresses (a botnet) is
held up by a count over all of them, which browsers that somebody signed in with before do not
feel: each has a count of its own. So nobody can keep staff out of the browsers that they use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Connection, delete, func, insert, select

from ivr.store.tables import attempt

TRIES = 5
"""Wrong tries at an account from one place or browser, after which it may try no more for LOCKED
[own values]."""

LOCKED = timedelta(minutes=15)

STRANGERS = 30
"""Wrong tries at an account within LOCKED from all places together, after which it is open to
browsers that it knows alone [own value]."""

KNOWN = timedelta(days=180)
"""How long a browser is known after somebody signed in with it [own value]."""

NO_ACCOUNT = ""
"""What tries at sign-in names that nobody has are counted under."""

_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try comes from: `place`: who it counts as among all visitors of the network; and the browser's own id
    with the accounts that signed in with it, and when (id -> aware)."""

    place: str = ""
    browser: str = ""
    accounts: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))

    def knows(self, account: str, since: datetime | None, now: datetime) -> bool:
        """Whether that account signed in with this browser lately, and (if the account was set up
        anew) after `since`."""
        seen = self.accounts.get(account)
        return seen is not None and seen <= now < seen + KNOWN and (since is None or seen >= since)


NOWHERE = Origin()
"""The machine itself."""


def count(connection: Connection, account: str, origin: Origin, known: bool, now: datetime) -> int:
    """Count a try before it is looked at. Which one it is in a row from there; 0 where none may be
    made now, and then nothing is counted."""
    if not known and strangers(connection, account, now) >= STRANGERS:
        return 0
    where = _where(account, origin, known)
    row = connection.execute(select(attempt).filter_by(**where)).first()
    if row is not None and row.until is not None and now < row.until:
        return 0
    going_on = row is not None and row.until is None and now - row.since < LOCKED
    tries, since = (row.tries + 1, row.since) if row is not None and going_on else (1, now)
    until = now + LOCKED if tries >= TRIES else None
    connection.execute(delete(attempt).filter_by(**where))
    connection.execute(delete(attempt).where(attempt.c.since < now - _KEPT))
    connection.execute(insert(attempt).values(**where, known=known, tries=tries, since=since, until=until))
    return tries


def strangers(connection: Connection, account: str, now: datetime) -> int:
    """Tries at an account lately from wherever it is not known."""
    query = select(func.coalesce(func.sum(attempt.c.tries), 0)).where(
        attempt.c.account == account, attempt.c.known.is_(False), attempt.c.since > now - LOCKED
    )
    return int(connection.execute(query).scalar_one())


def forgive(connection: Connection, account: str, origin: Origin, known: bool) -> None:
    """Forget the tries from there: one was right. What others tried elsewhere stays."""
    connection.execute(delete(attempt).filter_by(**_where(account, origin, known)))


def forget(connection: Connection, account: str) -> None:
    """Forget all tries at an account, wherever they came from."""
    connection.execute(delete(attempt).where(attempt.c.account == account))


def locks(connection: Connection, now: datetime) -> dict[str, datetime]:
    """The accounts at which somewhere no more may be tried, and until when at the longest."""
    query = select(attempt.c.account, func.max(attempt.c.until).label("last")).where(attempt.c.until > now)
    return {row.account: row.last for row in connection.execute(query.group_by(attempt.c.account))}


def _where(account: str, origin: Origin, known: bool) -> dict[str, str]:
    return {"account": account, "origin": f"browser {origin.browser}" if known else origin.place}
