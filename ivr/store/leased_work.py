"""Work that is a row: carried out beside the request that asked for it, once, whatever becomes of the process.

A press writes down what is to be done; a thread does it. Another process takes up what one that died has left, as
soon as somebody looks.
"""

import time
from collections.abc import Callable
from datetime import datetime
from threading import Thread

from sqlalchemy import Table, or_, update

from ivr.store.database import Database
from ivr.store.failures import DatabaseGone
from ivr.store.leases import LEASE, Leases

AGAIN = 0.1
"""Seconds between two tries of what cannot be done yet [own value]."""

Attempt = Callable[[], bool]
"""Tries to carry something out: true once that has come to an end."""


def once(attempt: Attempt) -> None:
    """Try here and now, and leave the rest to whoever looks next."""
    attempt()


def beside(attempt: Attempt) -> None:
    """Try in a thread of its own until it is done."""
    Thread(target=_persist, args=(attempt,), name="errand", daemon=True).start()


def _persist(attempt: Attempt) -> None:
    while not attempt():
        time.sleep(AGAIN)


class LeasedWork:
    """The work of a table with the columns `id`, `until` (its lease) and `ended_at`, None while it is under way.
    `tried` tries a row by its number: true once it has come to an end. `begin` has one tried until then; `leases`
    tell other processes that this one lives."""

    def __init__(
        self,
        database: Database,
        table: Table,
        tried: Callable[[int], bool],
        begin: Callable[[Attempt], None] = once,
        leases: Leases | None = None,
    ):
        self.begin, self.leases = begin, leases
        self._database, self._table, self._tried = database, table, tried

    def until(self, now: datetime) -> datetime | None:
        """Until when a row that is written now is held by this process."""
        return now + LEASE if self.leases else None

    def start(self, row: int) -> None:
        """Do what was just written down."""
        if self.leases:
            self.leases.hold((self, row), lambda until: self.note(row, until=until))
        self.begin(lambda: self._attempt(row))

    def take_up(self, row: int, now: datetime) -> None:
        """Do it here where it was left undone by a process that is gone."""
        table = self._table
        free = or_(table.c.until.is_(None), table.c.until < now)
        claim = update(table).where(table.c.id == row, table.c.ended_at.is_(None), free)
        with self._database.writing() as connection:
            taken = connection.execute(claim.values(until=self.until(now))).rowcount
        if taken:
            self.start(row)

    def note(self, row: int, **values: object) -> None:
        """Write down something about it; about what has ended nothing more."""
        table = self._table
        with self._database.writing() as connection:
            connection.execute(update(table).where(table.c.id == row, table.c.ended_at.is_(None)).values(**values))

    def _attempt(self, row: int) -> bool:
        try:
            ended = self._tried(row)
        except DatabaseGone:
            return False  # it comes back, or this process ends
        if ended and self.leases:
            self.leases.release((self, row))
        return ended
