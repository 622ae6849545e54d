"""Sends what is in the outbox: a thread in each process, of which one at a time has the turn.

    postman = Postman(rooms)
    postman.begin()  # once, in a process that serves

A turn lasts LEASE, and is renewed before each letter, so that a process that was killed or hangs does not keep it.
"""

import fcntl
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from weakref import finalize, ref

from sqlalchemy import Connection, or_, select, update

from ivr.notices import outbox
from ivr.notices.kinds import Kind, Letter, Way
from ivr.notices.outbox import Notice
from ivr.notices.sending import Sender, Undelivered
from ivr.notices.wishes import WishBook, Wishes, wishing
from ivr.people.telling import Told, told
from ivr.store.database import Database, DatabaseGone
from ivr.store.tables import notice as notice_table
from ivr.store.tables import notice_turn

log = logging.getLogger(__name__)

ROUND_SECONDS = 5.0
"""How often the outbox is looked at [own value]."""

AT_ONCE = 20
"""Letters of a round at most [own value]."""

LEASE = timedelta(minutes=2)
"""How long a turn lasts unless it is renewed [own value]: longer than any letter takes."""

FORGET_EVERY = 720
"""Rounds after which what is old is let go [own value]: an hour."""

SILENT = timedelta(minutes=1)
"""So long the database must be silent before that is told without it [own value]."""

Words = Callable[[Notice, Wishes], Letter]
"""A notice in the words of the one who gets it."""


@dataclass(frozen=True, slots=True)
class Mailroom:
    """What it takes to send notices. `watch` writes down what nobody does but time; `ills` tells what is wrong
    with the database; `folder`: of this machine's processes; `now`: the time (aware)."""

    database: Database
    book: WishBook
    words: Words
    senders: Mapping[Way, Sender]
    watch: Callable[[datetime], None]
    ills: Callable[[], Told | None]
    folder: Path
    now: Callable[[], datetime]


class Postman:
    """The sending of one process."""

    def __init__(self, room: Mailroom):
        self.room = room
        self._me = secrets.token_hex(8)
        self._rounds = 0
        self._known: dict[str, tuple[Wishes, frozenset[Way]]] = {}  # who is told where the database is silent
        self._silent_since: datetime | None = None
        self._told_without = False
        self._lock: int | None = None
        self._thread: Thread | None = None
        self._starting = Lock()
        self._stop = Event()
        finalize(self, self._stop.set).atexit = False

    def begin(self) -> None:
        """Send from now on, beside all else."""
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=_rounds, args=(ref(self), self._stop), daemon=True, name="notices")
                self._thread.start()

    def round(self) -> None:
        """What the thread does again and again."""
        now = self.room.now()
        try:
            self.room.watch(now)
            self._deliver(now)
            self._remember()
        except DatabaseGone:
            pass  # its trouble is told below
        except Exception as error:
            log.error("notices are not sent just now: %s", type(error).__name__)
        self._rounds += 1
        self._tell_of_database(now)

    # --- from the outbox -----------------------------------------------------------------------

    def _deliver(self, now: datetime) -> None:
        found = outbox.waiting(self.room.database, now, AT_ONCE)
        if self._rounds % FORGET_EVERY == 0:
            with self.room.database.writing() as connection:
                outbox.forget(connection, now)
        down: set[Way] = set()
        for notice in found:
            if notice.way not in down and not self._try(notice, self.room.now()):
                down.add(notice.way)
        if found:
            self._end_turn(self.room.now())

    def _try(self, notice: Notice, now: datetime) -> bool:
        """Try to send one, where it is this process's turn; false where nothing gets there this way just now."""
        with self.room.database.writing() as connection:
            if not has_turn(connection, self._me, now) or not _is_due(connection, notice):
                return False
            outbox.try_begins(connection, notice, now)
        try:
            self._send(notice)
        except Undelivered as why:
            log.warning("a notice by %s is not sent: %s", notice.way, type(why.__cause__ or why).__name__)
            with self.room.database.writing() as connection:
                outbox.failed(connection, notice, why.told, why.for_good)
            return not why.down
        with self.room.database.writing() as connection:
            outbox.sent(connection, notice, now)
        return True

    def _send(self, notice: Notice) -> None:
        wishes = self.room.book.of(notice.account)
        if not (to := wishes.to(notice.way)):
            raise Undelivered(told("There is no address any more that it could go to."), for_good=True)
        self.room.senders[notice.way].send(to, self.room.words(notice, wishes))

    def _end_turn(self, now: datetime) -> None:
        with self.room.database.writing() as connection:
            mine = notice_turn.c.holder == self._me
            connection.execute(update(notice_turn).where(mine).values(until=now))

    # --- without the database ------------------------------------------------------------------

    def _remember(self) -> None:
        """Keep in mind whom to tell where the database is silent, since it cannot be asked then."""
        if self._rounds % 12:
            return
        with self.room.database.reading() as connection:
            wished = list(wishing(connection, Kind.UNHEALTHY))
        ways: dict[str, set[Way]] = {}
        for account, way in wished:
            ways.setdefault(account, set()).add(way)
        self._known = {account: (self.room.book.of(account), frozenset(by)) for account, by in ways.items()}

    def _tell_of_database(self, now: datetime) -> None:
        """Tell what is wrong with the database, and that it is well again, from one process of this machine, once:
        nothing can be written down then."""
        why = self.room.ills()
        self._silent_since = (self._silent_since or now) if why else None
        if why and self._silent_since and now - self._silent_since >= SILENT and not self._told_without:
            self._told_without = self._is_the_one()
            if self._told_without:
                self._tell_known(why, now)
        elif why is None and self._told_without:
            self._told_without = False
            self._tell_known(told("The database answers again."), now)

    def _tell_known(self, message: Told, now: datetime) -> None:
        for account, (wishes, ways) in self._known.items():
            for way in ways:
                key = f"without-{now:%Y%m%d%H%M%S}"
                notice = Notice(0, key, account, "", way, Kind.UNHEALTHY, message, "/staff", now, None, 1, None, None)
                try:
                    self.room.senders[way].send(wishes.to(way), self.room.words(notice, wishes))
                except Undelivered as error:
                    log.error("how the database is cannot be told by %s: %s", way, type(error).__name__)

    def _is_the_one(self) -> bool:
        """Whether this process is the one of this machine that tells; where no file can be locked, each is."""
        if self._lock is None:
            with suppress(OSError):
                handle = os.open(self.room.folder / "notices.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(handle)
                    return False
                self._lock = handle
        return True


def has_turn(connection: Connection, me: str, now: datetime) -> bool:
    """Take the turn where nobody has it, or renew it."""
    free = or_(
        notice_turn.c.until <= now,
        notice_turn.c.holder == me,
        notice_turn.c.until > now + 2 * LEASE,  # a clock was set back
    )
    return connection.execute(update(notice_turn).where(free).values(holder=me, until=now + LEASE)).rowcount == 1


def _is_due(connection: Connection, notice: Notice) -> bool:
    """Whether it is as it was when it was looked at: nobody else tried it since."""
    table = notice_table
    same = select(table.c.id).where(table.c.id == notice.id, table.c.tries == notice.tries, table.c.sent_at.is_(None))
    return connection.execute(same.where(table.c.next.is_not(None))).first() is not None


def _rounds(of: "ref[Postman]", stop: Event) -> None:
    """Rounds until the postman is no more."""
    while not stop.wait(ROUND_SECONDS):
        postman = of()
        if postman is None:
            return
        postman.round()
        del postman
