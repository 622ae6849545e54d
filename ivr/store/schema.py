"""Which tables a database has, and the migrations that bring them up to date.

Alembic carries them out. It is loaded where there are any: a start finds the tables up to date nearly always.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from ivr.store.failures import DatabaseGone, NotStorable
from ivr.store.health import Trouble
from ivr.store.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = "alembic_version"


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this program. DatabaseGone, with the trouble, where they
    cannot be made so: of a newer release, of another program, or lost in part."""
    return not _behind(connection)


def is_empty(connection: Connection) -> bool:
    """Whether nothing of ours is in it, and in a file of SQLite nothing at all."""
    names = _names(connection)
    return not names if connection.dialect.name == "sqlite" else not names & {_VERSION, *metadata.tables}


def upgrade(connection: Connection) -> None:
    """Make the tables, or bring them up to date, all or nothing."""
    if is_empty(connection) or _behind(connection):
        try:
            _migrate(connection, "head")
        except (DatabaseGone, NotStorable):
            raise
        except Exception as error:  # a migration that fails must not stop the start
            raise DatabaseGone(Trouble.SILENT, f"its tables cannot be migrated: {type(error).__name__}") from error


def revision(connection: Connection) -> str:
    """Which revision its tables have."""
    return str(connection.execute(text(f"SELECT version_num FROM {_VERSION}")).scalar_one())


def make_at(connection: Connection, wanted: str) -> None:
    """Make the tables in an empty database as an earlier release left them. DatabaseGone where this program
    knows no such revision."""
    head, known = _revisions()
    if wanted not in known:
        raise DatabaseGone(Trouble.NEWER, f"its tables have version {wanted!r}, this program knows up to {head!r}")
    if wanted == head:
        upgrade(connection)
        return
    _migrate(connection, wanted)


def drop(connection: Connection) -> None:
    """Take all tables of this program away (PostgreSQL, which does so in a transaction)."""
    for name in sorted(_names(connection) & {_VERSION, *metadata.tables}):
        connection.execute(text(f'DROP TABLE IF EXISTS "{name}" CASCADE'))


def _behind(connection: Connection) -> bool:
    names = _names(connection)
    if _VERSION not in names:
        raise DatabaseGone(Trouble.FOREIGN, "its tables are not those of this program")
    version = connection.execute(text(f"SELECT version_num FROM {_VERSION}")).scalars().all()
    head, known = _revisions()
    if len(version) != 1 or version[0] not in known:
        ours = len(version) == 1 and names & metadata.tables.keys()
        told = f"its tables have version {version[0]!r}, this program knows up to {head!r}" if ours else ""
        raise DatabaseGone(Trouble.NEWER if ours else Trouble.FOREIGN, told or "its tables have no version")
    if version[0] != head:
        return True
    if missing := metadata.tables.keys() - names:
        raise DatabaseGone(Trouble.FOREIGN, f"its table {min(missing)!r} is missing")
    return False


def _names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def _migrate(connection: Connection, to: str) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@cache
def _revisions() -> tuple[str, frozenset[str]]:
    """The newest revision that this program knows, and all: the first words of their files' names, in order."""
    known = sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    return known[-1], frozenset(known)
