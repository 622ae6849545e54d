"""Connections: many readers, one writer at a time, and one named error when nobody answers."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MILLISECONDS = 5000
"""How long a writer waits for another one."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_WRITERS = 0x6D796E6C  # the advisory lock of all writers on PostgreSQL; any number nobody else uses
_QUICK_TO_FAIL = {"connect_timeout": 2, "tcp_user_timeout": 3000}


class DatabaseGone(Exception):
    """The database does not answer. The cause is chained; the message is for staff."""

    def __init__(self) -> None:
        super().__init__("The database does not answer. What callers hear goes on; nothing was changed.")


class Database:
    """A database by its SQLAlchemy URL.

    Acts of staff are few, so that all writers queue up: no act can fall between another
    one's look and its leap, and no two can wait for each other.
    """

    def __init__(self, url: str):
        self.engine = _engine(url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look. DatabaseGone where there is none to be had."""
        with _telling(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only writer until the end, all of whose work is kept, or none of it where an
        error is raised. DatabaseGone where the database does not answer."""
        with _telling(), self.engine.connect() as connection:
            connection.execution_options(writing=True)
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SET LOCAL lock_timeout = {BUSY_MILLISECONDS}"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS})
                yield connection

    def upgrade(self) -> None:
        """Bring the tables up to date. Several processes may do so at once: the first does it
        and the others find it done."""
        with self.writing() as connection:
            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Let all connections go; those of a forked parent must not be used by its children."""
        self.engine.dispose()


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise DatabaseGone from error


def _engine(url: str) -> Engine:
    where = make_url(url)
    if where.get_backend_name() != "sqlite":
        quick = {key: value for key, value in _QUICK_TO_FAIL.items() if key not in where.query}
        return create_engine(where, pool_pre_ping=True, pool_timeout=5, connect_args=quick)
    if where.database:
        with suppress(OSError):  # SQLite says, as DatabaseGone, what cannot be opened
            Path(where.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(where)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: object, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # transactions are begun below
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "journal_mode = WAL",
        "synchronous = FULL",  # an act that was confirmed survives a power cut
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
