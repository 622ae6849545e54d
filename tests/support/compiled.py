"""Made once for all applications of a process, since each test has an application of its own:
compiled templates, the functions that build addresses, and the tables of an empty database."""

from collections.abc import Callable
from functools import cache

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, create_engine
from werkzeug.routing import Rule

from ivr.store import schema

migrated = schema.upgrade
"""The real thing, whatever database it is."""

_built: dict[object, Callable[..., tuple[str, str]]] = {}
_compile = Rule._compile_builder


class _InMemory(BytecodeCache):
    """Compiled templates by what stands in them."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


def _builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """The function that builds a rule's addresses. It is told the rule, and made of nothing but these."""
    if rule.defaults:
        return _compile(rule, append_unknown)
    made_of = (rule.rule, tuple(rule._trace), append_unknown)
    if made_of not in _built:
        _built[made_of] = _compile(rule, append_unknown)
    return _built[made_of]


def _upgrade(connection: Connection) -> None:
    """Fill an empty SQLite database with what the migrations made of another one; any other is migrated."""
    if connection.dialect.name != "sqlite" or not schema.is_empty(connection):
        migrated(connection)
        return
    for statement in _tables():
        connection.exec_driver_sql(statement)


@cache
def _tables() -> tuple[str, ...]:
    """What an empty SQLite database is after all migrations, in SQL."""
    with create_engine("sqlite://").connect() as connection:
        migrated(connection)
        connection.commit()
        database = connection.connection.driver_connection
        assert database
        return tuple(each for each in database.iterdump() if each not in ("BEGIN TRANSACTION;", "COMMIT;"))


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _InMemory()}
Rule._compile_builder = _builder  # type: ignore[method-assign, assignment]
schema.upgrade = _upgrade
