"""What the rules of the call say of an edition: found once a day, in the background, known to all workers.

To hold every state of a call against the rules takes many seconds. An edition never changes, so that
what was found on a day is remembered for it: here, and in the database for other workers and after a
restart. Whoever asks first starts it and is told since when it is under way; nobody waits in a request.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock

from cachetools import LRUCache
from sqlalchemy import Connection, Row, delete, insert, select, update

from ivr.editions.edition import Edition
from ivr.line.loading import LineError
from ivr.people.refusals import Later, Refused
from ivr.store.database import Database
from ivr.store.tables import checked as table

log = logging.getLogger(__name__)

REMEMBERED = 64
"""Editions whose problems a worker keeps in memory [own value]."""

KEPT = timedelta(days=7)
"""How long they stay in the database [own value]; they are good for a day."""

CLAIM = timedelta(minutes=6)
"""After so long a check that has not ended is begun anew, since its worker must have died [own value]:
three in a row, each of which may take two minutes."""


_Key = tuple[str, date]  # an edition's digest, and the day in its line's zone


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules are asked about: an edition whose files make a line, and the time (aware)."""

    edition: Edition
    now: datetime


Rules = Callable[[Asked], Sequence[str]]
"""The errors of an edition, each a sentence with its place; none where it may be published."""

Begin = Callable[[Callable[[], None]], bool]
"""Has work done; false where there is too much of it already."""


@dataclass(frozen=True, slots=True)
class Checked:
    """`problems` are why the edition may not be published, () where it may; None while the rules are
    still at it. `since`: when that began."""

    problems: tuple[str, ...] | None
    since: datetime


class Unchecked(Refused):
    """The rules are still at it: ask again in a moment."""

    def __init__(self, since: datetime):
        self.since = since
        super().__init__("The rules of the call are still being checked. Try again in a moment.")


def at_once(work: Callable[[], None]) -> bool:
    """Do it here and now."""
    work()
    return True


class Checks:
    """All that is known of editions. `rules` finds the problems, `begin` has that done."""

    def __init__(self, database: Database, rules: Rules, begin: Begin = at_once):
        self.rules = rules
        self.begin = begin
        self._database = database
        self._known: LRUCache[_Key, Checked] = LRUCache(REMEMBERED)
        self._lock = Lock()

    def of(self, edition: Edition, now: datetime) -> Checked:
        """What is known; where that is nothing, it is begun. Refused where the rules have failed, and
        Later where too many wait to be checked: then the next one who asks begins anew."""
        try:
            day = now.astimezone(edition.line.zone).date()
        except LineError as error:
            return Checked(tuple(str(problem) for problem in error.problems), now)
        key = (edition.digest, day)
        if found := self._remembered(key):
            return found
        found = self._stored(key, now)
        if found is None:
            self._begin(Asked(edition, now), key)
            return self._remembered(key) or Checked(None, now)
        if found.problems is not None:
            self._remember(key, found)
        return found

    def problems(self, edition: Edition, now: datetime) -> tuple[str, ...]:
        """Why it may not be published, () where it may. Unchecked while that is not known."""
        found = self.of(edition, now)
        if found.problems is None:
            raise Unchecked(found.since)
        return found.problems

    def _remembered(self, key: _Key) -> Checked | None:
        with self._lock:
            return self._known.get(key)

    def _remember(self, key: _Key, found: Checked) -> None:
        with self._lock:
            self._known[key] = found

    def _stored(self, key: _Key, now: datetime) -> Checked | None:
        """What any worker knows; None where this one is to find it, and has the claim to it."""
        with self._database.reading() as connection:
            found = _found(_row(connection, key), now)
        if found is not None:
            return found
        with self._database.writing() as connection:
            row = _row(connection, key)
            if (found := _found(row, now)) is not None:
                return found
            _forget(connection, key)
            if row is None or row.until is not None:
                connection.execute(delete(table).where(table.c.day < key[1] - KEPT))
                connection.execute(insert(table).values(digest=key[0], day=key[1], at=now, until=now + CLAIM))
                return None
        raise Refused("The rules could not be checked. Try again, and tell whoever runs the line.")

    def _begin(self, asked: Asked, key: _Key) -> None:
        if self.begin(lambda: self._find(asked, key)):
            return
        with self._database.writing() as connection:
            _forget(connection, key)
        raise Later("Many drafts are being checked just now. Try again in a moment.")

    def _find(self, asked: Asked, key: _Key) -> None:
        try:
            problems = tuple(self.rules(asked))
        except Exception:
            log.exception("the rules could not be checked")
            self._note(key, until=None)
            return
        self._remember(key, Checked(problems, asked.now))
        self._note(key, problems=list(problems))

    def _note(self, key: _Key, **values: object) -> None:
        with self._database.writing() as connection:
            here = (table.c.digest == key[0], table.c.day == key[1])
            connection.execute(update(table).where(*here).values(**values))


def _row(connection: Connection, key: _Key) -> Row[tuple[object, ...]] | None:
    return connection.execute(select(table).where(table.c.digest == key[0], table.c.day == key[1])).first()


def _found(row: Row[tuple[object, ...]] | None, now: datetime) -> Checked | None:
    """What a row says; None where the check failed, was given up or never begun."""
    if row is None:
        return None
    if row.problems is not None:
        return Checked(tuple(row.problems), row.at)
    return Checked(None, row.at) if row.until is not None and now < row.until else None


def _forget(connection: Connection, key: _Key) -> None:
    connection.execute(delete(table).where(table.c.digest == key[0], table.c.day == key[1]))
