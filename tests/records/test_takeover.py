"""From journals into the database: each entry once, whatever dies in between."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from ivr.records.day_keys import Names
from ivr.records.entries import step_line
from ivr.records.journal import ENDING, journals, left_journals
from ivr.records.kept import Between, delete_records
from ivr.store.database import Database
from tests.records.conftest import STEP, Office, dies, open_office
from tests.support.clock import MACHINE
from tests.support.given import ROOT
from tests.support.stores import new_database


def test_steps_come_into_the_database_in_their_order(office: Office) -> None:
    process = office.process()
    for heard in ("ring", "key 1", "silence"):
        process.note("CA1", replace(STEP, heard=heard), office.now)
        office.later(seconds=7)
    process.round()
    assert office.records("heard", "seconds") == [("ring", 0), ("key 1", 7), ("silence", 14)]
    assert len(set(office.records("call"))) == 1
    assert office.faults() == ()


def test_the_end_of_a_call_tells_how_and_how_long(office: Office) -> None:
    process = office.process()
    process.note("CA1", STEP, office.now)
    process.ended("CA1", "completed", 61, office.later(seconds=63))
    process.ended("CA1", "in-progress", None, office.now)  # no end
    process.round()
    assert office.records("heard", "outcome", "seconds") == [("ring", "goes on", 0), ("end", "completed", 61)]


def test_any_process_may_answer_any_step(each_office: Office) -> None:
    """The one that began the call comes last with what it has."""
    office = each_office
    one, other = office.process(), office.process()
    one.note("CA1", STEP, office.now)
    other.note("CA1", replace(STEP, heard="key 1"), office.later(seconds=5))
    other.ended("CA1", "completed", 9, office.later(seconds=5))
    other.round()
    one.round()
    assert office.records("heard", "seconds") == [("ring", 0), ("key 1", 5), ("end", 9)]
    assert len(set(office.records("call"))) == 1


def test_what_the_carrier_asks_again_is_kept_once(each_office: Office) -> None:
    """Of a process that wrote a step down and died before it answered."""
    office = each_office
    one, other = office.process(), office.process()
    one.note("CA1", STEP, office.now, "/voice")
    one.note("CA1", replace(STEP, heard="key 1"), office.later(seconds=5), "/voice/1/main")
    dies(one)
    other.note("CA1", replace(STEP, heard="key 1"), office.later(seconds=1), "/voice/1/main")
    other.note("CA2", STEP, office.now, "/voice")
    other.note("CA1", replace(STEP, heard="key 2"), office.later(seconds=1), "/voice/1/main-fraud")
    other.note("CA1", replace(STEP, heard="key 2"), office.now, "/voice/1/main-fraud")
    other.round()
    other.ended("CA1", "completed", 9, office.later(seconds=2), "/voice/status")
    other.ended("CA1", "completed", 9, office.later(seconds=2), "/voice/status")
    other.round()
    assert sorted(office.records("heard")) == ["end", "key 1", "key 2", "ring", "ring"]
    assert office.faults() == ()


def test_what_is_taken_over_is_not_taken_again(office: Office) -> None:
    process = office.process()
    process.note("CA1", STEP, office.now)
    for _ in range(3):
        process.round()
    for path in office.folder.glob(f"*{ENDING}"):  # as after a restore of DATA_DIR
        path.with_name(f"f{path.name[1:]}").write_bytes(b"")
    dies(process)
    office.process().round()
    assert office.records("heard") == ["ring"]
    assert journals(office.folder) == {}, "all of them were left, and are thrown away"


def test_a_journal_is_left_alone_as_long_as_its_owner_lives(office: Office) -> None:
    owner = office.process()
    owner.note("CA1", STEP, office.now)
    assert list(left_journals(office.folder)) == []
    office.process().round()
    assert office.records("heard") == []
    dies(owner)
    office.process().round()
    assert office.records("heard") == ["ring"]


def test_a_torn_last_line_is_left_out_not_lost_others(office: Office) -> None:
    owner = office.process()
    owner.note("CA1", STEP, office.now)
    os.write(owner.journal._file, step_line(1.0, Names("0" * 32), STEP)[:40])
    dies(owner)
    office.process().round()
    assert office.records("heard") == ["ring"]
    assert office.faults() == () and journals(office.folder) == {}


def test_a_database_of_yesterday_s_backup_gets_what_the_journal_still_has(office: Office) -> None:
    process = office.process()
    process.note("CA1", STEP, office.now)
    process.round()
    with office.database.writing() as connection:
        for table in ("record", "journal"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    process.note("CA1", replace(STEP, heard="key 1"), office.later(seconds=3))
    process.round()
    assert office.records("heard", "seconds") == [("ring", 0), ("key 1", 3)]


def test_what_comes_in_is_asked_for_once_however_much_it_is(office: Office) -> None:
    process = office.process()

    def asked(calls: int) -> list[str]:
        for number in range(calls):
            for heard in ("ring", "key 1", "silence"):
                process.note(f"CA{number}", replace(STEP, heard=heard), office.later(seconds=1))
        said: list[str] = []

        def listens(*told: Any) -> None:
            said.append(told[2].partition(" IN ")[0])

        event.listen(office.database.engine, "before_cursor_execute", listens)
        process._take_own(office.now)
        event.remove(office.database.engine, "before_cursor_execute", listens)
        return said

    asked(1)  # the journal has its row from then on
    few, many = asked(2), asked(100)
    assert many == few and sum("FROM record" in each for each in few) == 1


# --- dying ---------------------------------------------------------------------------------------


class Died(BaseException):
    """The process ends here."""


@contextmanager
def dying_after(database: Database, statements: int) -> Iterator[None]:
    """The process dies before its n-th statement, commits counted as such."""
    left = [statements]

    def count(*_args: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Died

    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)
    try:
        yield
    except Died:
        pass
    finally:
        event.remove(database.engine, "before_cursor_execute", count)
        event.remove(database.engine, "commit", count)


@pytest.mark.slow(1)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.integers(1, 4), min_size=1, max_size=4), deaths=st.lists(st.integers(0, 12), max_size=4))
def test_whatever_dies_and_whenever_each_step_is_there_once(
    office: Office, lines: list[int], deaths: list[int]
) -> None:
    """Processes write so many steps each, and die in the middle of a round; the last one lives."""
    delete_records(office.database, Between())
    written, waiting = 0, list(deaths)
    for steps in lines:
        process = office.process()
        for _ in range(steps):
            process.note(f"CA{written % 3}", replace(STEP, place=f"text.{written}"), office.later(seconds=1))
            written += 1
        if waiting:
            with dying_after(office.database, waiting.pop()):
                process._do(office.now)
        dies(process)
    for death in waiting:
        with dying_after(office.database, death):
            office.process()._do(office.now)
    office.process().round()
    assert office.records("place") == [f"text.{number}" for number in range(written)]
    assert office.faults() == ()


def test_on_each_kind_of_database(each_office: Office) -> None:
    office = each_office
    for death in range(9):
        process = office.process()
        process.note("CA1", replace(STEP, place=f"text.{death}"), office.later(seconds=1))
        with dying_after(office.database, death):
            process._do(office.now)
        dies(process)
    office.process().round()
    assert office.records("place") == [f"text.{number}" for number in range(9)]
    assert office.faults() == ()


WRITER = """
import sys
from pathlib import Path
from zoneinfo import ZoneInfo
from ivr.clock import utc_now
from ivr.records.recorder import Kept, Recorder
from ivr.records.steps import Step
from ivr.store.database import Database
from ivr.store.health import Health
import ivr.records.recorder
ivr.records.recorder.ROUND_SECONDS = 0.01
database, folder, zone = Database(sys.argv[1]), Path(sys.argv[2]), ZoneInfo("Asia/Tokyo")
recorder = Recorder(database, folder, zone, Kept(90, 24), Health(), utc_now)
recorder.begin()
for number in range(10**6):
    step = Step("0123456789", "", "ja", f"text.{number % 1000}", "key 1", "", "goes on")
    recorder.note("CA1", step, utc_now())
    print(number, flush=True)
"""


@pytest.mark.slow(2)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def test_a_process_that_is_killed_has_lost_nothing(kind: str, tmp_path: Path) -> None:
    """Each step that it has told of is there, once, and those after it in their order."""
    url = new_database(kind, tmp_path)
    with open_office(url, tmp_path) as office:
        command = [sys.executable, "-c", WRITER, url, str(office.folder)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            told = [writer.stdout.readline() for _ in range(2000)]
            writer.send_signal(signal.SIGKILL)
            told += writer.stdout.read().splitlines(keepends=True)
        office.now = MACHINE()  # as the writer's clock had it
        office.process().round()
        kept = office.records("place")
        assert kept == [f"text.{number % 1000}" for number in range(len(kept))]
        assert sum(line.endswith(b"\n") for line in told) <= len(kept)
        assert office.faults() == ()
