"""Connections: many readers, one writer at a time, and one named error when nobody answers.

A database is opened when it is first used, and again after it was gone: its tables are looked
at and brought up to date then, so that one that comes back, or a backup in its place, is taken
up without a restart. A file of SQLite is made once; one that is gone or damaged later is never
replaced by an empty one, unless an administrator asks for that (`begin_anew`).
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text, update
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from ivr.store import schema
from ivr.store.failures import DatabaseGone, NotStorable, in_short, meaning
from ivr.store.files import PRIVATE, DatabaseFile, Known, disk
from ivr.store.health import Health, Part, Trouble
from ivr.store.tables import pulse

__all__ = ["BUSY_MILLISECONDS", "AlreadyThere", "Database", "DatabaseGone", "NotStorable", "Queue"]

BUSY_MILLISECONDS = 5000
"""How long a writer waits for another one."""

LARGEST_CHECKED = 50_000_000
"""Bytes. A larger file is not read whole when it is opened: that would take seconds [own value]."""

NEW_DATABASE = "flask line new-database"
"""The command that begins an empty database where there was another one."""

_QUICK_TO_FAIL = {"connect_timeout": 2, "tcp_user_timeout": 3000}
_UNWRITABLE = (Trouble.FULL, Trouble.READ_ONLY)  # what only a write can tell, and can tell to be over
_SPOILT = (Trouble.DAMAGED, Trouble.FOREIGN, Trouble.EMPTY)  # of a file that was ours: put aside


class Queue(IntEnum):
    """In which writers wait for one another, by its advisory lock on PostgreSQL: any numbers that nobody else uses.
    Who writes in one writes no table of the other, so that no two of them ever meet. SQLite has one for all."""

    RECORDS = 0x6D796E6D
    """What calls did: counting an hour of a busy day takes long, and an alert must not wait for it. Whoever waits in
    both waits here first, so that none does."""

    ACTS = 0x6D796E6C
    """What staff do, and what follows from it."""


class AlreadyThere(Exception):
    """There is a database already: a new one is not made over it."""


class Database:
    """A database by its SQLAlchemy URL.

    Acts of staff are few, so that all writers of a `Queue` wait for one another: no act can fall between another
    one's look and its leap, and no two can wait for each other. `folder`: where it is remembered
    that there was a database; `health` is told how it is; `prepare` is done once after opening,
    in the first act.
    """

    def __init__(
        self,
        url: str,
        folder: Path | None = None,
        health: Health | None = None,
        prepare: Callable[[Connection], None] | None = None,
    ):
        where = make_url(url)
        self.engine = _engine(where)
        self.health = health or Health()
        self._file = _file(where)
        self._known = Known(folder, _address(where, self._file, folder))
        self._prepare = prepare
        self._opened: object = None  # which file, or True; None: it must be opened (again)
        self._met = self._prepared = False
        self._suspect = False  # it was called damaged: look at all of it before it is used again
        self._unwritable: Trouble | None = None
        self._well_at = 0.0  # s of the epoch
        self._opening = RLock()
        event.listen(self.engine, "handle_error", self._failed)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look. DatabaseGone where there is none to be had."""
        with self._telling():
            self._open()
            with self._look() as connection:
                yield connection
        self._is_well(written=False)

    @contextmanager
    def writing(self, queue: Queue = Queue.ACTS) -> Iterator[Connection]:
        """The only writer of its queue until the end, all of whose work is kept, or none of it where an
        error is raised. DatabaseGone where the database does not answer, or takes nothing."""
        with self._telling():
            self._open()
            with self._act(queue) as connection:
                if queue is Queue.ACTS and self._prepare and not self._prepared:
                    self._prepare(connection)
                yield connection
            self._prepared |= queue is Queue.ACTS
        self._is_well(written=True)

    def upgrade(self) -> None:
        """Open it, its tables brought up to date. Several processes may do so at once: the first
        does it and the others find it done. DatabaseGone."""
        with self._telling():
            self._open()
        self._is_well(written=False)

    def look_after(self) -> None:
        """To be called now and then: whether a disk that was full takes acts again, and what is to be done once."""
        if self._met:
            self._known.tell()
        if self._unwritable or (self._met and not self._prepared):
            with self.writing() as connection:
                connection.execute(update(pulse).values(stamp=pulse.c.stamp))

    def begin_anew(self) -> None:
        """Make an empty database where there was another one. AlreadyThere; DatabaseGone."""
        with self._telling():
            if self._file is None:
                self._fill_empty()
            else:
                with self._file.held():
                    if self._file.identity():
                        raise AlreadyThere(str(self._file.path))
                    self._make(self._file)
            self._known.tell()
            self._open()

    def replace(self, fill: Callable[[Connection], None]) -> str | None:
        """Put the database that `fill` makes (tables and all) in the place of this one, all or nothing. A
        file that was there is kept: its new name. DatabaseGone; whatever `fill` raises."""
        kept = None
        with self._telling():
            if self._file is None:
                with self._act(*Queue) as connection:
                    schema.drop(connection)
                    fill(connection)
            else:
                with self._file.held():
                    kept = self._make(self._file, fill, over=True)
            self._known.tell()
            self._opened = None
            self._open()
        return kept

    def close(self) -> None:
        """Let all connections go; those of a forked parent must not be used by its children."""
        self.engine.dispose()

    # --- transactions ------------------------------------------------------------------------

    @contextmanager
    def _look(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def _act(self, *queues: Queue) -> Iterator[Connection]:
        """A transaction that writes, once its turn has come in these, in their order."""
        before = self._file and self._file.identity()
        with self.engine.connect() as connection:
            connection.execution_options(writing=True)
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SET LOCAL lock_timeout = {BUSY_MILLISECONDS}"))
                    for queue in queues:
                        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": queue})
                yield connection
                if self._file and self._file.identity() != before:  # the act would vanish with the old file
                    raise DatabaseGone(Trouble.ABSENT, "it was taken away in the middle of an act")

    # --- opening -----------------------------------------------------------------------------

    def _open(self) -> None:
        if self._opened is not None and self._opened == self._there():
            return
        with self._opening:
            if self._file is None:
                self._open_server()
            else:
                self._open_file(self._file)
        self._begin()

    def _there(self) -> object:
        return self._file.identity() if self._file else True

    def _begin(self) -> None:
        """Opened: what is to be done once is done now, or in the first act that the disk takes."""
        self._met, self._suspect, self._prepared = True, False, self._prepare is None
        self._known.tell()
        if self._prepare is None:
            return
        try:
            with self._act(Queue.ACTS) as connection:
                self._prepare(connection)
            self._prepared = True
        except DatabaseGone as gone:
            if gone.trouble not in _UNWRITABLE:
                self._opened = None
                raise
            self._is_ill(gone)

    def _open_server(self) -> None:
        with self._look() as connection:
            empty = schema.is_empty(connection)
            current = not empty and schema.is_current(connection)
        if empty and (self._met or self._known):
            raise DatabaseGone(Trouble.EMPTY, "there was one with this line's data")
        if not current:
            with self._act(*Queue) as connection:
                schema.upgrade(connection)
        self._opened = True

    def _open_file(self, file: DatabaseFile) -> None:
        known = self._met or bool(self._known)
        if not known:
            file.path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        with file.held():
            if file.identity() is None:
                if known:
                    file.clear_beside()
                    raise DatabaseGone(Trouble.ABSENT)
                self._make(file)
            try:
                self._see_to(file, known)
            except DatabaseGone as gone:
                if gone.trouble in _SPOILT and (known or self._is_home(file)) and not disk(file.path.parent):
                    self._known.tell()
                    file.put_aside()
                raise
            self._opened = file.identity()

    def _see_to(self, file: DatabaseFile, known: bool) -> None:
        """Look at the file's tables, and bring them up to date. DatabaseGone."""
        with self._look() as connection:
            empty = schema.is_empty(connection)
            if empty and known:
                raise DatabaseGone(Trouble.EMPTY, "there was one with this line's data")
            current = not empty and schema.is_current(connection)
            if self._suspect or file.path.stat().st_size <= LARGEST_CHECKED:
                found = str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
                if found != "ok":
                    raise DatabaseGone(Trouble.DAMAGED, found.splitlines()[0])
        self._use_wal()
        if not current:
            with self._act(*Queue) as connection:
                schema.upgrade(connection)

    def _use_wal(self) -> None:
        """Readers then never wait for the writer. It is written into the file, once: a file that is
        not ours must stay as it is, and so must one that cannot be written."""
        connection = self.engine.raw_connection()
        try:
            with suppress(sqlite3.Error):
                connection.cursor().execute("PRAGMA journal_mode = WAL")
        finally:
            connection.close()

    def _make(
        self, file: DatabaseFile, fill: Callable[[Connection], None] | None = None, over: bool = False
    ) -> str | None:
        """A new file, with empty tables, or with what `fill` makes in it."""

        def filled(part: Path) -> None:
            made = Database(f"sqlite:///{part}")
            made._use_wal()
            try:
                with made._telling(), made._act(*Queue) as connection:
                    (fill or schema.upgrade)(connection)
            finally:
                made.close()

        return file.make(filled, over)

    def _fill_empty(self) -> None:
        with self._act(*Queue) as connection:
            if not schema.is_empty(connection):
                raise AlreadyThere(_without_password(self.engine.url))
            schema.upgrade(connection)

    def _is_home(self, file: DatabaseFile) -> bool:
        """Whether the file lies under DATA_DIR, where all is ours."""
        folder = self._known.folder
        return folder is not None and file.path.is_relative_to(folder.parent.absolute())

    # --- failing -----------------------------------------------------------------------------

    def _failed(self, context: ExceptionContext) -> Exception | None:
        found = meaning(context)
        unclear = (Trouble.SILENT, Trouble.READ_ONLY)
        if isinstance(found, DatabaseGone) and found.trouble in unclear and self._file:
            return self._closer(self._file, found)
        return found

    def _closer(self, file: DatabaseFile, gone: DatabaseGone) -> DatabaseGone:
        """A file that cannot be opened may be gone, or its disk full: SQLite does not say so."""
        if file.identity() is None:
            return DatabaseGone(Trouble.ABSENT, gone.detail)
        found = disk(file.path.parent)
        return DatabaseGone(found[0], gone.detail) if found else gone

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except DatabaseGone as gone:
            if not self._found_well_after(gone):
                self._is_ill(gone)
            raise
        except (PoolTimeout, OSError) as error:
            silent = DatabaseGone(Trouble.SILENT, in_short(error))
            self._is_ill(silent)
            raise silent from error

    def _found_well_after(self, gone: DatabaseGone) -> bool:
        """A file that is called damaged while it is used is looked at as a whole at once, and put
        aside where that is true: once, before anything is told."""
        if self._file is None or self._opened is None or gone.trouble not in _SPOILT:
            return False
        self._opened, self._suspect = None, True
        with suppress(DatabaseGone):
            self._open()
        return self._opened is not None

    def _is_ill(self, gone: DatabaseGone) -> None:
        if gone.trouble is Trouble.BUSY:
            return
        if gone.trouble in _UNWRITABLE:
            self._unwritable = gone.trouble
        else:
            self._opened = None
        trouble, kept = gone.trouble, None
        if self._file and trouble in (Trouble.ABSENT, *_SPOILT):
            kept = self._file.aside(max(self._known.since(), self._well_at))
            trouble = Trouble.DAMAGED if kept else trouble
        self.health.ill(Part.DATABASE, trouble, self._sentence(trouble, gone.detail, kept))

    def _is_well(self, written: bool) -> None:
        self._well_at = time.time()
        if written:
            self._unwritable = None
        if self._unwritable is None:
            self.health.well(Part.DATABASE)

    def _sentence(self, trouble: Trouble, detail: str, kept: str | None) -> str:
        where = str(self._file.path) if self._file else _without_password(self.engine.url)
        why = f" ({detail})" if detail else ""
        said = {
            Trouble.ABSENT: f"There is no database at {where} any more{why}. ",
            Trouble.DAMAGED: f"The database {where} is damaged{why}. ",
            Trouble.EMPTY: f"The database {where} is empty{why}. ",
            Trouble.FOREIGN: f"What is at {where} is no database of this program{why}. ",
            Trouble.NEWER: f"The database {where} was made by a newer release{why}. ",
            Trouble.FULL: f"The disk of the database {where} is full{why}. ",
            Trouble.READ_ONLY: f"The database {where} cannot be written{why}. ",
        }.get(trouble, f"The database {where} does not answer{why}. ")
        if kept:
            said = f"The database {where} was damaged and is kept as {kept}. "
        done = {
            Trouble.NEWER: "Run that release, or put a backup of this one's in its place.",
            Trouble.FULL: "Make room; it goes on by itself.",
            Trouble.READ_ONLY: "Make it writable; it goes on by itself.",
            Trouble.SILENT: "It is taken up by itself when it answers.",
        }.get(
            trouble,
            f"Put a backup in its place, which is taken up by itself, or begin an empty one: {NEW_DATABASE}.",
        )
        return f"{said}Calls hear what was last known. {done}"


def _file(where: URL) -> DatabaseFile | None:
    if where.get_backend_name() != "sqlite":
        return None
    return DatabaseFile(Path(os.path.abspath(where.database or "line.db")))


def _address(where: URL, file: DatabaseFile | None, folder: Path | None) -> str:
    """By what a database is known: it stays when DATA_DIR is moved."""
    if file is None:
        return _without_password(where)
    home = folder.parent.absolute() if folder else Path("/")
    return f"sqlite:{file.path.relative_to(home) if file.path.is_relative_to(home) else file.path}"


def _without_password(where: URL) -> str:
    return where.set(password=None, query={}).render_as_string()


def _engine(where: URL) -> Engine:
    if where.get_backend_name() != "sqlite":
        quick = {key: value for key, value in _QUICK_TO_FAIL.items() if key not in where.query}
        return create_engine(where, pool_pre_ping=True, pool_timeout=5, connect_args=quick, hide_parameters=True)
    # A connection for each look or act: at rest nobody holds the file, which then is whole by itself,
    # and may be copied, put back or taken away by anybody at any time. Opening one takes 0.2 ms.
    engine = create_engine(where, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "do_connect", _connect_sqlite)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _connect_sqlite(
    _dialect: Dialect, _entry: ConnectionPoolEntry, arguments: list[Any], options: dict[str, Any]
) -> None:
    """Open what is there: SQLite would make an empty database of a name that leads nowhere. On a disk
    that takes nothing it could not even be read, for want of the files beside it, unless it is told
    that nobody writes; which is true there."""
    path = Path(arguments[0]).absolute()
    way = "mode=ro&immutable=1" if disk(path.parent) and not _has_wal(path) else "mode=rw"
    arguments[:] = [f"file:{quote(str(path))}?{way}"]
    options["uri"] = True


def _has_wal(path: Path) -> bool:
    try:
        return Path(f"{path}-wal").stat().st_size > 0
    except OSError:
        return False


def _prepare_sqlite(connection: object, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # transactions are begun below
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "synchronous = FULL",  # an act that was confirmed survives a power cut
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
