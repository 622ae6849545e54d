"""Databases that are deleted, garbled, emptied, of another program or of another time, and disks
that are full or read-only: calls go on, nothing is overwritten, and everybody is told once."""

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from ivr.config import ConfigError
from ivr.editions.office import office, open_office
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.loading import read
from ivr.store import schema
from ivr.store.database import AlreadyThere, Database, DatabaseGone, NotStorable
from ivr.store.health import Health, Part, Trouble
from ivr.store.tables import account, edition, pulse
from ivr.wiring import create_app
from tests.support.given import ORIGIN, PROMPTS, SIGNER, greeting, settings_for
from tests.support.stores import NOON, City, city_hall, server, shipped

pytestmark = pytest.mark.timeless

HALF = 2


def zeroed(content: bytes) -> bytes:
    return bytes(len(content))


def in_the_middle(content: bytes) -> bytes:
    """Every page but the first is rubbish."""
    return content[:4096] + b"\xaa" * (len(content) - 4096)


def of_another_program(_content: bytes) -> bytes:
    other = sqlite3.connect(":memory:")
    other.execute("CREATE TABLE cats (name TEXT)")
    return other.serialize()


DAMAGES = {
    "zeroed": zeroed,
    "garbled": lambda content: os.urandom(len(content)),
    "text": lambda _content: b"I am no database at all",
    "empty": lambda _content: b"",
    "cut off": lambda content: content[: len(content) // HALF],
    "in the middle": in_the_middle,
    "another program's": of_another_program,
}


@pytest.fixture(name="city")
def a_city(tmp_path: Path) -> Iterator[City]:
    """A city hall over SQLite, whose live greeting is its own."""
    made = city_hall(f"sqlite:///{tmp_path}/line.db", tmp_path / "live")
    made.publish(ja="一")
    made.office.shelf.refresh()
    yield made
    made.office.database.close()


def restarted(city: City) -> City:
    """The same city hall after a restart, whatever is left of its files."""
    url = city.office.database.engine.url.render_as_string(hide_password=False)
    rooms = office(url, shipped(), lambda line: [], "secret", city.folder, lambda: NOON)
    open_office(rooms, NOON)
    return City(rooms, city.folder, city.now)


def database_of(city: City) -> Path:
    return city.folder.parent / "line.db"


def kept_aside(city: City) -> list[bytes]:
    return [path.read_bytes() for path in city.folder.parent.glob("line.db.damaged-*")]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_put_aside_and_calls_hear_what_was_live(
    city: City, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    whole = database_of(city).read_bytes()
    broken = DAMAGES[damage](whole)
    database_of(city).write_bytes(broken)
    later = restarted(city)
    assert later.heard() == "一"
    assert kept_aside(city) == [broken] and not database_of(city).exists()
    with pytest.raises(DatabaseGone):
        later.draft(ja="二")
    told = [record.message for record in caplog.records if record.name == "ivr.store.health"]
    assert len(told) == 1 and "is kept as line.db.damaged-" in told[0] and "flask line new-database" in told[0]

    database_of(city).write_bytes(whole)  # the backup
    later.later(minutes=1).publish(ja="二")
    assert later.later(minutes=2).heard() == "二"
    assert len(kept_aside(city)) == 1
    assert later.office.health.ills == {}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_while_running_is_noticed_in_the_next_look(city: City, damage: str) -> None:
    broken = DAMAGES[damage](database_of(city).read_bytes())
    database_of(city).write_bytes(broken)
    for _ in range(HALF):
        with pytest.raises(DatabaseGone):
            city.later(minutes=1).draft(ja="二")
    assert city.heard() == "一"
    assert kept_aside(city) == [broken]
    assert city.office.health.trouble(Part.DATABASE) is Trouble.DAMAGED


def test_two_workers_that_start_at_once_put_it_aside_once(city: City) -> None:
    database_of(city).write_bytes(bytes(9999))
    program = (
        "import sys\nfrom pathlib import Path\nfrom ivr.store.database import *\n"
        "try: Database(sys.argv[1], Path(sys.argv[2])).upgrade()\nexcept DatabaseGone: print('gone')"
    )
    command = [sys.executable, "-c", program, f"sqlite:///{database_of(city)}", str(city.folder)]
    root = Path(__file__).parents[2]
    running = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate(timeout=60)[0] for process in running] == ["gone\n"] * 3
    assert kept_aside(city) == [bytes(9999)]


def test_a_deleted_database_is_not_replaced_by_an_empty_one(city: City, caplog: pytest.LogCaptureFixture) -> None:
    whole = database_of(city).read_bytes()
    database_of(city).unlink()
    for _ in range(3):
        with pytest.raises(DatabaseGone):
            city.later(minutes=1).draft(ja="二")
        assert city.heard() == "一" == restarted(city).heard()
    assert not database_of(city).exists()
    assert city.office.health.trouble(Part.DATABASE) is Trouble.ABSENT
    mine = [r.message for r in caplog.records if r.name == "ivr.store.health"]
    assert len(mine) == 1 + 3, "once, and once after each restart"
    database_of(city).write_bytes(whole)
    assert city.heard() == "一"
    assert city.office.health.ills == {}
    assert "well again" in caplog.records[-1].message


def test_an_act_is_not_lost_in_a_file_that_was_taken_away_meanwhile(city: City) -> None:
    database = city.office.database
    aside = database_of(city).with_name("moved.db")

    def act() -> None:
        with database.writing() as connection:
            connection.execute(update(pulse).values(stamp="lost"))
            database_of(city).rename(aside)

    with pytest.raises(DatabaseGone):
        act()
    aside.rename(database_of(city))
    with database.reading() as connection:
        assert connection.execute(select(pulse.c.stamp)).scalar_one() != "lost"


def test_at_rest_the_database_is_one_file_that_anybody_may_copy(city: City) -> None:
    city.later(minutes=1).publish(ja="二")
    assert sorted(path.name for path in city.folder.parent.glob("line.db*")) == ["line.db"]


def test_a_backup_over_the_running_database_is_taken_up(city: City) -> None:
    backup = database_of(city).read_bytes()
    city.later(minutes=1).publish(ja="二")
    assert city.later(minutes=2).heard() == "二"
    database_of(city).write_bytes(backup)
    assert city.later(minutes=3).heard() == "一"


def test_an_old_backup_is_migrated_without_a_restart(city: City) -> None:
    other = city_hall_of(f"sqlite:///{city.folder.parent}/old.db", city.folder.parent / "other")
    (city.folder.parent / "old.db").unlink()
    (city.folder.parent / "old.db").touch()
    with other.office.database.engine.connect() as connection, connection.begin():
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    content = (city.folder.parent / "old.db").read_bytes()
    database_of(city).unlink()
    with pytest.raises(DatabaseGone):
        city.later(minutes=1).draft(ja="二")
    database_of(city).write_bytes(content)
    city.later(minutes=1).publish(ja="二")
    with city.office.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM held")).scalar_one() == 0


def test_the_whole_folder_deleted_is_written_again_from_memory(city: City) -> None:
    shutil.rmtree(city.folder.parent)
    with pytest.raises(DatabaseGone):
        city.later(minutes=1).draft(ja="二")
    assert city.heard() == "一"
    assert not database_of(city).exists(), "an empty one would hide that all is gone"
    assert restarted(city).heard() == "一"
    assert city.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in city.folder.iterdir()} == {0o600}


def test_an_administrator_may_begin_anew(city: City) -> None:
    with pytest.raises(AlreadyThere):
        city.office.database.begin_anew()
    database_of(city).unlink()
    running = restarted(city)
    city.office.database.begin_anew()
    assert running.heard() != "一"
    assert running.office.health.ills == {}
    assert running.office.library.publications() == ()


def test_nothing_outside_the_line_s_folder_is_moved_unless_it_was_the_line_s(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(of_another_program(b""))
    before = other.read_bytes()
    database = Database(f"sqlite:///{other}", tmp_path / "data" / "live")
    with pytest.raises(DatabaseGone):
        database.upgrade()
    assert other.read_bytes() == before


@pytest.mark.usefixtures("database")
def test_a_newer_release_s_database_is_left_alone(url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """`alembic upgrade` would end in a traceback."""
    database = Database(url)
    with database.writing() as connection:
        head = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    again = Database(url, tmp_path / "live", health := Health())
    for _ in range(HALF):
        with pytest.raises(DatabaseGone) as error:
            again.upgrade()
        assert error.value.trouble is Trouble.NEWER
    assert "newer release" in health.ills[Part.DATABASE].sentence
    assert len([r for r in caplog.records if r.name == "ivr.store.health"]) == 1
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
    again.upgrade()
    assert health.ills == {}
    for each in (database, again):
        each.close()


@pytest.mark.xdist_group("postgresql")
def test_a_postgresql_that_is_dead_at_the_start_is_migrated_when_it_comes(tmp_path: Path) -> None:
    own = server()
    url = own.database(f"late{os.getpid()}")
    own.stop()
    try:
        early = city_hall_of(url, tmp_path)
        assert early.heard()
        with pytest.raises(DatabaseGone):
            early.draft(ja="一")
        assert early.office.health.trouble(Part.DATABASE) is Trouble.SILENT
    finally:
        own.start()
    early.publish(ja="一")
    assert early.heard() == "一"
    assert early.office.health.ills == {}
    early.office.database.close()


@pytest.mark.xdist_group("postgresql")
def test_a_postgresql_whose_tables_are_gone_is_not_filled_by_itself(tmp_path: Path) -> None:
    """A backup could not be put back into tables that are there already."""
    city = city_hall(server().database(f"emptied{os.getpid()}"), tmp_path / "live")
    city.publish(ja="一")
    city.office.shelf.refresh()
    with city.office.database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    later = restarted(city)
    assert later.heard() == "一" == city.heard()
    assert later.office.health.trouble(Part.DATABASE) is Trouble.EMPTY
    later.office.database.begin_anew()
    assert later.heard() != "一"
    for each in (city, later):
        each.office.database.close()


def city_hall_of(url: str, folder: Path) -> City:
    rooms = office(url, shipped(), lambda line: [], "secret", folder / "live", lambda: NOON)
    open_office(rooms, NOON)
    return City(rooms, folder / "live")


# --- disks -----------------------------------------------------------------------------------


@pytest.fixture(name="disk")
def a_small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of two megabytes, that can be filled and made read-only."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no byte free."""
    filling = folder / "filling"
    with filling.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
    return filling


def test_a_full_disk_is_told_refused_and_over_when_there_is_room(disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    city = city_hall(f"sqlite:///{disk}/line.db", disk / "live")
    city.publish(ja="一")
    assert city.heard() == "一"
    filling = fill(disk)
    for _ in range(3):
        with pytest.raises(DatabaseGone) as error:
            city.later(minutes=1).draft(ja="二" * 5000)
        assert error.value.trouble is Trouble.FULL
        assert city.heard() == "一" == restarted(city).heard()
    assert {city.office.health.trouble(part) for part in (Part.DATABASE, Part.DISK)} == {Trouble.FULL}
    assert sum("database full" in record.message for record in caplog.records) <= 1 + 3
    filling.unlink()
    assert city.heard() == "一"
    assert city.office.health.ills == {}
    city.later(minutes=1).publish(ja="二")
    assert city.later(minutes=2).heard() == "二"


def test_a_disk_that_became_read_only_is_told_and_over_when_it_is_not(disk: Path) -> None:
    city = city_hall(f"sqlite:///{disk}/line.db", disk / "live")
    city.publish(ja="一")
    assert city.heard() == "一"
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        with pytest.raises(DatabaseGone) as error:
            city.later(minutes=1).draft(ja="二")
        assert error.value.trouble is Trouble.READ_ONLY
        assert city.heard() == "一" == restarted(city).heard()
        assert city.office.health.trouble(Part.DISK) is Trouble.READ_ONLY
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    city.later(minutes=1).publish(ja="二")
    assert city.later(minutes=2).heard() == "二"
    assert city.office.health.ills == {}


def test_a_worker_starts_on_a_disk_that_became_read_only(disk: Path) -> None:
    create_app(settings_for(disk)).extensions["ivr.office"].database.close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    app = create_app(settings_for(disk))
    caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=NOON)
    caller.dial()
    assert caller.heard(greeting(read(PROMPTS)))
    assert app.extensions["ivr.office"].health.trouble(Part.DISK) is Trouble.READ_ONLY


def test_a_line_does_not_begin_on_a_disk_that_is_read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(ConfigError, match="DATA_DIR"):
        settings_for(disk)


def test_a_database_that_may_grow_no_more_refuses_in_words(tmp_path: Path) -> None:
    """The same where no disk can be mounted: SQLite's own limit says "database or disk is full"."""
    city = city_hall(f"sqlite:///{tmp_path}/line.db", tmp_path / "live")
    with city.office.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    event.listen(city.office.database.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(DatabaseGone) as error:
        grow(city)
    assert error.value.trouble is Trouble.FULL
    assert city.heard()


def grow(city: City) -> None:
    for _ in range(50):
        city.draft(ja="二" * 5000)


# --- values ----------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{"stamp": "a\ud800"}, {"id": 10**30}])
def test_what_no_database_keeps_is_refused_by_name(database: Database, values: dict[str, object]) -> None:
    with pytest.raises(NotStorable), database.writing() as connection:
        connection.execute(update(pulse).values(values))


SECRET = "SECRET-OF-SOMEBODY"


@pytest.mark.parametrize("name", ["x\x00", None, "x" * 300])
def test_no_error_of_a_database_tells_what_was_to_be_kept(
    database: Database, name: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """A NUL in a name once put the password's hash and the TOTP secret into the log."""
    row = {"id": "1", "login": "eto", "roles": [], "password": SECRET, "secret": SECRET, "stamp": SECRET}
    values = row | {"name": name, "step": 0, "tries": 0, "at": NOON}
    try:
        with database.writing() as connection:
            connection.execute(insert(account).values(values))
            connection.execute(insert(account).values(values))
    except Exception:
        logging.getLogger("test").exception("as any handler would log it")
    assert caplog.records and SECRET not in caplog.text


def test_a_broken_constraint_says_which_and_not_what(database: Database) -> None:
    row = {"id": "0123456789", "digest": SECRET, "files": {}, "origin": "draft", "at": NOON}
    with pytest.raises(IntegrityError, match=r"(?i)unique") as error, database.writing() as connection:
        connection.execute(insert(edition), [row, row | {"id": "x"}])
    assert SECRET not in f"{error.value} {error.value.__cause__}"


# --- what is told ------------------------------------------------------------------------------


def test_the_line_starts_and_tells_over_any_rubbish(tmp_path: Path) -> None:
    (tmp_path / "line.db").write_bytes(b"rubbish" * 999)
    app = create_app(settings_for(tmp_path))
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 200
    first, *parts = answer.text.splitlines()
    assert first == "calls ok, database damaged"
    assert any(part.startswith("database: damaged. ") and "line.db.damaged-" in part for part in parts)
    assert {"live edition: ok", "snapshot: ok", "disk: ok"} <= set(parts)
    assert 'ivr_unwell{part="database"} 1.0' in app.test_client().get("/metrics").text
    assert [path.read_bytes() for path in tmp_path.glob("line.db.damaged-*")] == [b"rubbish" * 999]


def test_the_terminal_says_it_in_a_sentence(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path))
    (tmp_path / "line.db").unlink()
    shown = app.test_cli_runner().invoke(args=["staff", "list"])
    assert shown.exit_code == 1 and shown.output == "Error: The database cannot be used. Nothing was changed.\n"
    assert app.test_cli_runner().invoke(args=["line", "new-database"], input="n\n").exit_code == 1
    assert "flask staff add" in app.test_cli_runner().invoke(args=["line", "new-database", "--yes"]).output
    assert "nothing is overwritten" in app.test_cli_runner().invoke(args=["line", "new-database", "--yes"]).output
    assert app.test_cli_runner().invoke(args=["staff", "list"]).exit_code == 0


def test_a_part_is_told_to_the_log_when_it_changes(caplog: pytest.LogCaptureFixture) -> None:
    health = Health()
    for _ in range(3):
        health.ill(Part.DISK, Trouble.FULL, "There is no room.")
    for _ in range(3):
        health.well(Part.DISK)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert health.told().splitlines()[0] == "ok"
