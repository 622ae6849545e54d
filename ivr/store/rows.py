"""All that is in a database, row by row, in words that both kinds of database read and write.

A row is a line of JSON: bytes in base64, moments in ISO 8601 with their zone, all else as it is. So a backup is
made without the tools of a database, and what SQLite had can be put into PostgreSQL.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    insert,
    null,
    select,
    text,
)

from ivr.store import schema
from ivr.store.tables import metadata

AT_ONCE = 50
"""Rows that are in memory at a time: a recording may be in each [own value]."""

WORK = frozenset({"account", "audit", "draft", "publication", "record"})
"""What is empty until somebody works with the line, or rings it; all else makes itself."""

PASSING = frozenset({"attempt", "call_key", "code", "guess", "notice", "notice_turn", "paper", "spent", "stash"})
"""What lasts minutes, must not outlive its day, or is made again when it is asked for: no backup keeps it."""

Rows = Callable[[str], Iterable[str] | None]
"""The rows of a table by its name; None where there are none to be had."""


def tables(connection: Connection) -> list[Table]:
    """Our tables as they are there, but for what passes, each after those that it points to."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in metadata.tables and name not in PASSING)
    return found.sorted_tables


def has_work(connection: Connection) -> bool:
    """Whether anybody has worked with it, or rung it."""
    named = [table for table in tables(connection) if table.name in WORK]
    return any(connection.execute(select(table).limit(1)).first() is not None for table in named)


def rows_of(connection: Connection, table: Table) -> Iterator[str]:
    """The rows of a table, in the order of its key."""
    columns = list(table.columns)
    asked = select(table).order_by(*table.primary_key)
    for row in connection.execute(asked, execution_options={"yield_per": AT_ONCE}):
        values = {column.name: _told(column, value) for column, value in zip(columns, row, strict=True)}
        yield json.dumps(values, ensure_ascii=False, allow_nan=False)


def fill(connection: Connection, revision: str, rows: Rows) -> None:
    """Make the tables of a revision in an empty database, put the rows in, and bring them up to date.
    DatabaseGone where the revision is not known; ValueError where rows are none of this program's."""
    schema.make_at(connection, revision)
    for table in tables(connection):
        _clear(connection, table)
        _put(connection, table, rows(table.name) or ())
        if connection.dialect.name == "postgresql":
            _go_on_counting(connection, table)
    schema.upgrade(connection)


def _clear(connection: Connection, table: Table) -> None:
    """The rows with which a migration begins a table; one that is only appended to has none."""
    if connection.execute(select(table).limit(1)).first() is not None:
        connection.execute(table.delete())


def _put(connection: Connection, table: Table, rows: Iterable[str]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(_values(connection, table, row))
        if len(batch) == AT_ONCE:
            _insert(connection, table, batch)
            batch = []
    _insert(connection, table, batch)


def _insert(connection: Connection, table: Table, batch: list[dict[str, Any]]) -> None:
    if batch:
        connection.execute(insert(table), batch)


def _values(connection: Connection, table: Table, row: str) -> dict[str, Any]:
    told = json.loads(row)
    if not isinstance(told, dict) or told.keys() != set(table.columns.keys()):
        raise ValueError(f"a row of the table {table.name} has other columns")
    sqlite = connection.dialect.name == "sqlite"
    return {name: _meant(table.columns[name], value, sqlite) for name, value in told.items()}


def _told(column: Column[Any], value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, bytes | memoryview) and isinstance(column.type, LargeBinary):
        return b64encode(value).decode()
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _meant(column: Column[Any], value: Any, sqlite: bool) -> Any:
    """A value as the database has it. SQLite knows no zones: its moments are in UTC."""
    if value is None:
        return null() if isinstance(column.type, JSON) and column.nullable else None
    if isinstance(column.type, LargeBinary):
        return b64decode(value)
    if isinstance(column.type, DateTime):
        moment = datetime.fromisoformat(value).astimezone(UTC)
        return moment.replace(tzinfo=None) if sqlite else moment
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let the next row that is added have the next number."""
    for column in table.primary_key:
        counter = connection.execute(
            text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
        ).scalar()
        if counter:
            connection.execute(
                text(f'SELECT setval(:counter, max("{column.name}")) FROM "{table.name}" HAVING count(*) > 0'),
                {"counter": counter},
            )
