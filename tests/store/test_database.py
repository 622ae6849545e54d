"""Tables that migrations make, one writer at a time, and a named error when nobody answers."""

import ast
import re
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from ivr.store import blobs
from ivr.store.database import Database, DatabaseGone, Queue
from ivr.store.health import Trouble
from ivr.store.tables import APPEND_ONLY, blob, edition, metadata, pulse
from tests.support import stores
from tests.support.stores import NOON

MIGRATE = "import sys; from ivr.store.database import Database; Database(sys.argv[1]).upgrade()"
COUNT_UP = """
import sys
from sqlalchemy import select, update
from ivr.store.database import Database
from ivr.store.tables import pulse
database = Database(sys.argv[1])
for _ in range(25):
    with database.writing() as connection:
        count = int(connection.execute(select(pulse.c.stamp)).scalar_one() or 0)
        connection.execute(update(pulse).values(stamp=str(count + 1)))
"""


def run_at_once(program: str, url: str, times: int) -> None:
    command = [sys.executable, "-W", "error", "-c", program, url]
    running = [subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE) for _ in range(times)]
    for process in running:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()


def test_migrations_make_the_tables_that_the_program_uses(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.upgrade()


def test_several_workers_may_start_at_once(url: str) -> None:
    run_at_once(MIGRATE, url, 3)
    database = Database(url)
    with database.reading() as connection:
        assert connection.execute(select(pulse.c.stamp)).scalars().all() == [""]
    database.close()


def test_writers_in_two_processes_queue_up(database: Database) -> None:
    run_at_once(COUNT_UP, database.engine.url.render_as_string(hide_password=False), 2)
    with database.reading() as connection:
        assert connection.execute(select(pulse.c.stamp)).scalar_one() == "50"


def test_an_act_that_fails_leaves_nothing_behind(database: Database) -> None:
    def fail() -> None:
        with database.writing() as connection:
            connection.execute(update(pulse).values(stamp="half"))
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with database.reading() as connection:
        assert connection.execute(select(pulse.c.stamp)).scalar_one() == ""


def test_moments_come_back_aware_and_without_a_zone_are_refused(database: Database) -> None:
    row = {"id": "0123456789", "digest": "d", "files": {}, "origin": "draft"}
    with database.writing() as connection:
        connection.execute(insert(edition).values(**row, at=NOON))
        assert connection.execute(select(edition.c.at)).scalar_one() == NOON
    with pytest.raises(StatementError, match="no time zone"), database.writing() as connection:
        connection.execute(insert(edition).values(**row | {"id": "x"}, at=datetime(2026, 1, 1)))  # noqa: DTZ001


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("act", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_what_was_done_is_not_rewritten(database: Database, table: str, act: str) -> None:
    with database.writing() as connection:
        _one_row_everywhere(connection)
    column = "done = done" if table == "publication" else "at = at"
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
        connection.execute(text(act.replace("at = at", column).format(table)))


def _one_row_everywhere(connection) -> None:  # type: ignore[no-untyped-def]
    at = "'2026-01-01 00:00:00'"
    for statement in (
        f"INSERT INTO edition (id, digest, files, origin, at) VALUES ('e', 'd', '{{}}', 'shipped', {at})",
        "INSERT INTO draft (title, base, status, version, by, by_name, at, reason, sent_back) "
        f"VALUES ('t', 'e', 'open', 1, 'p', 'n', {at}, '', '')",
        "INSERT INTO revision (draft, file, key, version, text, act, by, by_name, at) "
        f"VALUES (1, 'f', 'k', 1, 't', 'a', 'p', 'n', {at})",
        "INSERT INTO publication (kind, at, edition, draft, by, by_name, done) "
        f"VALUES ('publish', {at}, 'e', 1, 'p', 'n', {at})",
        "INSERT INTO audit (seq, at, who, name, act, what, before, after, previous, hash) "
        f"VALUES (1, {at}, 'p', 'n', 'a', 'w', '', '', 'x', 'y')",
    ):
        connection.execute(text(statement))


@pytest.mark.xdist_group("postgresql")
def test_what_staff_do_does_not_wait_until_an_hour_of_records_is_counted(tmp_path: Path) -> None:
    database = Database(stores.new_database("postgresql", tmp_path))
    with database.writing(Queue.RECORDS), database.writing() as act:
        act.execute(update(pulse).values(stamp="an alert"))
    database.close()


@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize("queue", Queue, ids=lambda queue: queue.name)
def test_tables_are_changed_while_nobody_writes(tmp_path: Path, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    url = stores.new_database("postgresql", tmp_path)
    database, starting = Database(url), Database(url)
    monkeypatch.setattr("ivr.store.database.BUSY_MILLISECONDS", 100)
    monkeypatch.setattr("ivr.store.schema.is_current", lambda _connection: False)
    with database.writing(queue), pytest.raises(DatabaseGone) as gone:
        starting.upgrade()
    assert gone.value.trouble is Trouble.BUSY
    database.close()
    starting.close()


@pytest.mark.xdist_group("postgresql")
def test_an_alert_does_not_wait_for_a_release_that_waits_for_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = stores.new_database("postgresql", tmp_path)
    database, starting = Database(url), Database(url)
    database.upgrade()
    monkeypatch.setattr("ivr.store.schema.is_current", lambda _connection: False)
    waits = text("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")

    def start() -> None:
        with suppress(DatabaseGone):
            starting.upgrade()

    upgrading = Thread(target=start)
    with database.writing(Queue.RECORDS) as counting:
        upgrading.start()
        while counting.execute(waits).first() is None:
            assert upgrading.is_alive()
        with database.writing() as act:
            act.execute(update(pulse).values(stamp="an alert"))
        assert upgrading.is_alive(), "it waits, and the alert is on the line"
    upgrading.join()
    database.close()
    starting.close()


RECORDS = {"call_key", "journal", "record", "record_count", "tally", "upkeep"}
"""The tables of what calls did."""


def test_each_table_is_written_in_one_queue() -> None:
    """Nobody waits in the queue of the others: who wrote there all the same could lose what these have just written."""
    package = Path(__file__).parents[2] / "ivr"
    sources = {path: path.read_text() for path in package.rglob("*.py") if path.parent != package / "store"}
    sources = {path: source for path, source in sources.items() if "ivr.store." in source}
    for path, source in sources.items():
        tables = _tables(source)
        if package / "records" in path.parents:
            assert tables <= RECORDS, f"{path.name} has tables of what staff do"
            assert source.count(".writing(") == source.count(".writing(Queue.RECORDS)"), path.name
        else:
            assert "Queue.RECORDS" not in source, path.name
            assert not (tables & RECORDS and re.search(r"\b(insert|update|delete)\(", source)), path.name
    assert sum(bool(_tables(source) & RECORDS) for source in sources.values()) > 5, "they were looked for rightly"


def _tables(source: str) -> set[str]:
    """The tables that a module imports."""
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom))
    names = {each.name for node in found if node.module == "ivr.store.tables" for each in node.names}
    return names & metadata.tables.keys()


def test_what_is_to_be_done_once_follows_a_full_disk_though_records_are_taken_first(url: str) -> None:
    full, done = [True], [False]

    def arrive(_connection: Connection) -> None:
        if full[0]:
            raise DatabaseGone(Trouble.FULL)
        done[0] = True

    database = Database(url, prepare=arrive)
    database.upgrade()
    full[0] = False
    with database.writing(Queue.RECORDS):
        pass
    assert not done[0], "it is nothing that records wait for"
    database.look_after()
    assert done[0]
    database.close()


def test_a_database_that_does_not_answer_has_a_name(tmp_path: Path) -> None:
    nobody = Database(f"postgresql+psycopg://postgres@/none?host={tmp_path}")
    with pytest.raises(DatabaseGone, match="does not answer"), nobody.reading():
        pass
    nobody.close()


def test_equal_bytes_are_kept_once_and_altered_ones_are_found_out(database: Database) -> None:
    with database.writing() as connection:
        at = blobs.keep(connection, b"words")
        assert blobs.keep(connection, b"words") == at
        assert blobs.fetch(connection, [at]) == {at: b"words"}
        connection.execute(update(blob).values(content=b"other words"))
        with pytest.raises(blobs.Spoilt):
            blobs.fetch(connection, [at])


def test_a_write_on_sqlite_survives_while_others_read(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/deep/line.db")
    database.upgrade()
    with database.reading() as reading:
        reading.execute(select(pulse.c.stamp)).scalar_one()
        with database.writing() as writing:
            writing.execute(update(pulse).values(stamp="new"))
        assert reading.execute(select(pulse.c.stamp)).scalar_one() == "", "one consistent look"
    database.close()
