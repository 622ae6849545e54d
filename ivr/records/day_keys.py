"""Keys of days: by them a call is known in its records, and by nobody once they are thrown away.

The carrier's name for a call is hashed with a secret of the day on which the call began. A call that began
before midnight goes on after it, and nothing in a step tells so; therefore until NOON a call has two names, one
by each day's secret, and the records tell which of them it is (`ivr.records.upkeep`). At noon yesterday's secret is
thrown away: no call lasts longer, and nobody who knows a call can find its records any more.

All replicas of a line take the secrets of the database. Copies in a folder are for when it does not answer; a
day's secret is made on the day before, so that the database may be gone over midnight.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from ivr.store.database import Database, Queue
from ivr.store.private import new_file
from ivr.store.tables import call_key

NOON = timedelta(hours=12)
"""After midnight: until then calls of the day before may go on [own value]; carriers end a call after 24 h at
most, this line long before (R22), a talk with a desk hardly later."""

SECRET_BYTES, NAME_BYTES, ASKED_BYTES = 32, 16, 8
"""Bytes of a day's secret, of a call's name, and of an address among those of one call [own values]."""

_ENDING = ".key"
_DAY = timedelta(days=1)


class Names(NamedTuple):
    """By what a step is known: the call's name by today's secret; that by the secret of the day before, "" where the
    call cannot have begun then; and the name of the address that was asked, "" where it is not told. An address
    holds where a call stands, and at some carriers a number: it is told by its name alone."""

    call: str
    before: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class _Span:
    """From `start` to just before `end` (s of the epoch) calls are named by these secrets."""

    start: float
    end: float
    secret: bytes
    before: bytes | None


_NEVER = _Span(0.0, 0.0, b"", None)


class DayKeys:
    """The secrets, as one process knows them. `folder`: where the copies are; `zone`: whose days they are."""

    def __init__(self, database: Database, folder: Path, zone: tzinfo):
        self._database = database
        self._folder = folder
        self._zone = zone
        self._secrets: dict[date, bytes] = {}
        self._shared: set[date] = set()
        self._forgotten = date.min  # all before it
        self._span = _NEVER

    def names(self, call: str, at: float, address: str = "") -> Names:
        """The names of a call, by the carrier's, at `at` (s of the epoch), and of the address that it asked."""
        span = self._span
        if not span.start <= at < span.end:
            span = self._span = self._span_at(at)
        known = call.encode("utf-8", "replace")
        asked = _hashed(address.encode("utf-8", "replace"), span.secret, ASKED_BYTES) if address else ""
        before = _hashed(known, span.before, NAME_BYTES) if span.before else ""
        return Names(_hashed(known, span.secret, NAME_BYTES), before, asked)

    def share(self, now: datetime) -> None:
        """Take the secrets of today and tomorrow from the database, where they are made if need be, and
        yesterday's if calls may still have it. DatabaseGone."""
        today = self._day(now)
        wanted = {today, today + _DAY}
        if wanted <= self._shared:
            return
        with self._database.reading() as connection:
            found = _stored(connection)
        if not wanted <= found.keys():
            with self._database.writing(Queue.RECORDS) as connection:
                for day in wanted - _stored(connection).keys():
                    connection.execute(insert(call_key).values(day=day, secret=self._known(day) or _made()))
                found = _stored(connection)
        for day, secret in found.items():
            if day >= self._oldest(now):
                self._secrets[day] = secret
                self._keep(day, secret)
        self._shared = wanted
        self._span = _NEVER

    def forget(self, now: datetime) -> None:
        """Throw away what no call can have any more, here and in the database. DatabaseGone, where it is
        thrown away here all the same."""
        oldest = self._oldest(now)
        if oldest == self._forgotten:
            return
        for day in [day for day in tuple(self._secrets) if day < oldest]:
            del self._secrets[day]
        self._span = _NEVER
        for day, path in self._copies():
            if day < oldest:
                with suppress(OSError):
                    path.unlink()
        with self._database.reading() as connection:
            old = connection.execute(select(call_key.c.day).where(call_key.c.day < oldest).limit(1)).first()
        if old is not None:
            with self._database.writing(Queue.RECORDS) as connection:
                connection.execute(delete(call_key).where(call_key.c.day < oldest))
        self._forgotten = oldest

    # --- days ----------------------------------------------------------------------------------

    def _day(self, now: datetime) -> date:
        return now.astimezone(self._zone).date()

    def _oldest(self, now: datetime) -> date:
        """The first day whose calls may still go on."""
        return self._day(now - NOON)

    def _span_at(self, at: float) -> _Span:
        now = datetime.fromtimestamp(at, self._zone)
        midnight = datetime.combine(now.date(), time(), self._zone)
        noon, end = midnight + NOON, midnight + _DAY
        secret = self._known(now.date()) or self._own(now.date())
        if now < noon:
            return _Span(midnight.timestamp(), noon.timestamp(), secret, self._known(now.date() - _DAY))
        return _Span(noon.timestamp(), end.timestamp(), secret, None)

    # --- copies --------------------------------------------------------------------------------

    def _known(self, day: date) -> bytes | None:
        """The secret of a day as it is known without the database; None where there is none yet."""
        if day not in self._secrets:
            with suppress(OSError, ValueError):
                kept = bytes.fromhex(self._copy(day).read_text("ascii"))
                if len(kept) == SECRET_BYTES:
                    self._secrets[day] = kept
        return self._secrets.get(day)

    def _own(self, day: date) -> bytes:
        """A secret made here, since the database was not asked yet or does not answer: one for all
        processes of this folder. The database takes it where it has none."""
        made = _made()
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", dir=self._folder) as part:
                part.write(made.hex())
                part.flush()
                try:
                    os.link(part.name, self._copy(day))  # whoever comes first
                except FileExistsError:
                    made = self._known(day) or made
        return self._secrets.setdefault(day, made)

    def _keep(self, day: date, secret: bytes) -> None:
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with new_file(self._copy(day)) as copy:
                copy.write(secret.hex().encode())

    def _copy(self, day: date) -> Path:
        return self._folder / f"{day}{_ENDING}"

    def _copies(self) -> Iterator[tuple[date, Path]]:
        for path in self._folder.glob(f"*{_ENDING}"):
            with suppress(ValueError):
                yield date.fromisoformat(path.stem), path


def _stored(connection: Connection) -> dict[date, bytes]:
    return {row.day: bytes(row.secret) for row in connection.execute(select(call_key))}


def _made() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def _hashed(what: bytes, secret: bytes, size: int) -> str:
    return blake2b(what, key=secret, digest_size=size).hexdigest()
