"""What the rules of the call say of an edition: found once a day, in the background, known to all workers.

To hold every state of a call against the rules takes many seconds. An edition never changes, so that
what was found on a day is remembered for it: here, and in the database for other workers and after a
restart. Whoever asks first starts it and is told since when it is under way; nobody waits in a request.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import Lock

from cachetools import LRUCache
from sqlalchemy import Connection, Row, delete, insert, select, update

from ivr.editions.edition import Edition
from ivr.line.loading import LineError
from ivr.line.sentences import packed, unpacked
from ivr.people.refusals import Later, Refused
from ivr.store.database import Database
from ivr.store.leases import LEASE, Leases
from ivr.store.tables import checked as table

log = logging.getLogger(__name__)

REMEMBERED = 64
"""Editions whose problems a worker keeps in memory [own value]."""

KEPT = timedelta(days=7)
"""How long they stay in the database [own value]; they are good for a day."""

CLAIM = timedelta(minutes=6)
"""After so long a check that has not ended is begun anew, since its worker must have died, where the worker
does not say again and again that it lives (`Leases`) [own value]: three in a row, each of two minutes at most."""

STEPS = ("walk", "states", "words")
"""What the rules come to, one after the other: every state of the call is walked, held against the rules, and
then what is said in it. Where only words have changed, the last alone."""


_Key = tuple[str, date]  # an edition's digest, and the day in its line's zone


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules are asked about: an edition whose files make a line, and the time (aware). `told` hears
    which of the STEPS they come to."""

    edition: Edition
    now: datetime
    told: Callable[[str], None] = lambda _step: None


Rules = Callable[[Asked], Sequence[str]]
"""The errors of an edition, each a sentence with its place (`ivr.line.sentences`); none where it may be published."""

Begin = Callable[[Callable[[], None]], bool]
"""Has work done; false where there is too much of it already."""


@dataclass(frozen=True, slots=True)
class Checked:
    """`problems` are why the edition may not be published, () where it may; None while the rules are
    still at it. `since`: when that began; `step`: which of the STEPS they have come to, "" while it waits."""

    problems: tuple[str, ...] | None
    since: datetime
    step: str = ""


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
    """All that is known of editions. `rules` finds the problems, `begin` has that done; `leases` tell other
    workers that this one lives, so that they take up at once what it leaves."""

    def __init__(self, database: Database, rules: Rules, begin: Begin = at_once, leases: Leases | None = None):
        self.rules = rules
        self.begin = begin
        self.leases = leases
        self._database = database
        self._known: LRUCache[_Key, Checked] = LRUCache(REMEMBERED)
        self._lock = Lock()

    def of(self, edition: Edition, now: datetime) -> Checked:
        """What is known; where that is nothing, it is begun. Refused where the rules have failed, and
        Later where too many wait to be checked: then the next one who asks begins anew."""
        try:
            day = now.astimezone(edition.line.zone).date()
        except LineError as error:
            return Checked(tuple(problem.told for problem in error.problems), now)
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
                connection.execute(insert(table).values(digest=key[0], day=key[1], at=now, until=now + self._claim))
                return None
        raise Refused("The rules could not be checked. Try again, and tell whoever runs the line.")

    @property
    def _claim(self) -> timedelta:
        return CLAIM if self.leases is None else LEASE

    def _begin(self, asked: Asked, key: _Key) -> None:
        if self.leases:
            self.leases.hold(key, lambda until: self._note(key, until=until))
        if self.begin(lambda: self._find(asked, key)):
            return
        self._release(key)
        with self._database.writing() as connection:
            _forget(connection, key)
        raise Later("Many drafts are being checked just now. Try again in a moment.")

    def _release(self, key: _Key) -> None:
        if self.leases:
            self.leases.release(key)

    def _find(self, asked: Asked, key: _Key) -> None:
        try:
            problems = tuple(self.rules(replace(asked, told=lambda step: self._note(key, step=step[:20]))))
        except Exception:
            log.exception("the rules could not be checked")
            self._release(key)
            self._note(key, until=None)
            return
        self._remember(key, Checked(problems, asked.now))
        self._note(key, problems=list(map(packed, problems)))
        self._release(key)

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
        return Checked(tuple(map(unpacked, row.problems)), row.at)
    return Checked(None, row.at, row.step or "") if row.until is not None and now < row.until else None


def _forget(connection: Connection, key: _Key) -> None:
    connection.execute(delete(table).where(table.c.digest == key[0], table.c.day == key[1]))
