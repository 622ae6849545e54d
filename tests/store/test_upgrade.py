"""A database from before is carried over with all that is in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, insert, select, text

from ivr.store import schema
from ivr.store.database import Database
from ivr.store.schema import MIGRATIONS
from ivr.store.tables import account, alert
from tests.support import compiled
from tests.support.stores import NOON


@contextmanager
def of_release(url: str, revision: str) -> Iterator[Connection]:
    """A database as an earlier release has left it."""
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        yield connection
    engine.dispose()


def test_accounts_and_alerts_from_before_are_kept(url: str) -> None:
    with of_release(url, "0003") as connection:
        connection.execute(
            text(
                "INSERT INTO account (id, login, name, roles, password, secret, stamp, step, tries, at)"
                " VALUES ('1', 'eto', '江藤', '[\"editor\"]', 'hash', 'SECRET', 'stamp', 7, 3, '2026-01-01 00:00:00')"
            )
        )
        connection.execute(
            text(
                'INSERT INTO alert (words, start, "end", by, by_name, at) VALUES'
                " ('{}', '2026-01-01 00:00:00', '2026-01-02 00:00:00', '1', '江藤', '2026-01-01 00:00:00')"
            )
        )
    database = Database(url)
    database.upgrade()
    with database.writing() as connection:
        kept = connection.execute(select(account)).one()
        assert (kept.login, kept.secret, kept.step, kept.link, kept.set_up_at) == ("eto", "SECRET", 7, None, None)
        assert connection.execute(select(alert)).one().lapses is None, "what is on the line keeps its end"
        more = {"name": "x", "roles": [], "password": "", "secret": "s" * 200, "stamp": "", "step": 0, "at": NOON}
        connection.execute(insert(account).values(id="2", login="new", link="a" * 64, **more))
    database.close()


def test_the_newest_revision_is_alembic_s_own() -> None:
    """A start reads it from the names of the files, without Alembic."""
    known = ScriptDirectory.from_config(schema._config())
    head, revisions = schema._revisions()
    assert head == known.get_current_head()
    assert revisions == {each.revision for each in known.walk_revisions()}


def test_a_database_of_the_tests_is_the_one_that_the_migrations_make(tmp_path: Path) -> None:
    """They make one in each process, and the others are copied (tests/support/compiled.py)."""
    dumped = []
    for name, upgrade in (("migrated", compiled.migrated), ("copied", schema.upgrade)):
        with create_engine(f"sqlite:///{tmp_path}/{name}.db").begin() as connection:
            upgrade(connection)
            assert schema.is_current(connection)
            database = connection.connection.driver_connection
            assert database
            dumped.append(list(database.iterdump()))
    assert dumped[0] == dumped[1]
