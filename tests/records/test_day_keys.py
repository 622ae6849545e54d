"""Keys of days: one call has one name, and nobody can make that name again afterwards."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.records.day_keys import DayKeys, Names
from ivr.records.upkeep import join_names
from ivr.store.database import Database, DatabaseGone
from ivr.store.tables import call_key
from tests.records.conftest import STEP, TOKYO, Office

EVENING = datetime(2026, 11, 24, 23, 50, tzinfo=TOKYO)
MORNING = EVENING + timedelta(minutes=20)
AFTERNOON = EVENING + timedelta(hours=13)


@pytest.fixture
def keys(office: Office) -> DayKeys:
    return DayKeys(office.database, office.folder, TOKYO)


def named(keys: DayKeys, at: datetime) -> Names:
    return keys.names("CA1", at.timestamp())


def test_a_call_has_one_name_on_its_day_and_another_on_the_next(keys: DayKeys) -> None:
    keys.share(EVENING)
    assert named(keys, EVENING) == named(keys, EVENING - timedelta(hours=8))
    assert named(keys, EVENING)[0] != named(keys, MORNING)[0]
    assert keys.names("CA2", EVENING.timestamp()) != named(keys, EVENING)


def test_after_midnight_a_call_may_still_have_the_name_that_it_began_with(keys: DayKeys) -> None:
    keys.share(EVENING)
    assert named(keys, EVENING)[1] == "", "there was no day before"
    assert named(keys, MORNING)[1] == named(keys, EVENING)[0]
    assert named(keys, AFTERNOON)[1] == ""


def test_all_replicas_of_a_database_name_a_call_alike(keys: DayKeys, office: Office, tmp_path: Path) -> None:
    other = DayKeys(office.database, tmp_path / "another machine", TOKYO)
    own = named(keys, EVENING)
    other.share(EVENING)
    keys.share(EVENING)
    assert named(keys, EVENING) == named(other, EVENING)
    assert named(keys, MORNING) == named(other, MORNING)
    assert own != named(other, EVENING), "before it was asked, it had a key of its own"


def test_without_a_database_the_processes_of_a_machine_name_a_call_alike(tmp_path: Path) -> None:
    gone = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    one, other = (DayKeys(gone, tmp_path / "journal", TOKYO) for _ in range(2))
    with pytest.raises(DatabaseGone):
        one.share(EVENING)
    assert named(one, EVENING) == named(other, EVENING)


def test_the_database_may_be_gone_over_midnight_and_a_process_start_anew(keys: DayKeys, office: Office) -> None:
    keys.share(EVENING)
    restarted = DayKeys(Database("postgresql+psycopg://nobody@127.0.0.1:1/none"), office.folder, TOKYO)
    assert named(restarted, MORNING) == named(keys, MORNING)


def test_a_key_is_thrown_away_once_no_call_can_have_it(keys: DayKeys, office: Office) -> None:
    keys.share(EVENING)
    before = named(keys, EVENING)
    keys.forget(MORNING)
    assert named(keys, MORNING)[1] == before[0], "calls may still go on"
    keys.share(AFTERNOON)
    keys.forget(AFTERNOON)
    with office.database.reading() as connection:
        days = set(connection.execute(select(call_key.c.day)).scalars())
    assert days == {AFTERNOON.date(), AFTERNOON.date() + timedelta(days=1)}
    assert {path.stem for path in office.folder.glob("*.key")} == {day.isoformat() for day in days}
    assert named(keys, EVENING)[0] != before[0], "nobody can make that name again"


def test_a_key_is_thrown_away_here_even_where_the_database_is_gone(tmp_path: Path) -> None:
    keys = DayKeys(Database("postgresql+psycopg://nobody@127.0.0.1:1/none"), tmp_path, TOKYO)
    before = named(keys, EVENING)
    with pytest.raises(DatabaseGone):
        keys.forget(AFTERNOON)
    assert list(tmp_path.glob("*.key")) == [] and named(keys, EVENING) != before


def test_a_damaged_copy_is_none(keys: DayKeys, office: Office) -> None:
    office.folder.mkdir()
    for rubbish in (b"", b"\xff\x00", b"0123"):
        (office.folder / f"{EVENING.date()}.key").write_bytes(rubbish)
        assert named(DayKeys(office.database, office.folder, TOKYO), EVENING)[0]
    keys.share(EVENING)
    assert named(DayKeys(office.database, office.folder, TOKYO), EVENING) == named(keys, EVENING)


def test_a_call_over_midnight_is_one_call_in_the_records(each_office: Office) -> None:
    office = each_office
    office.now = EVENING
    one, other = office.process(), office.process()
    one.begin()
    one.note("CA1", STEP, office.now)
    other.begin()
    for call in ("CA1", "CA2"):
        other.note(call, STEP, office.later(minutes=20))
    other.round()
    one.round()
    assert len(set(office.records("call"))) == 3
    with office.database.writing() as connection:
        join_names(connection, office.now, TOKYO)
    assert office.records("seconds") == [0, 1200, 0]
    first, second, third = office.records("call")
    assert first == second != third
