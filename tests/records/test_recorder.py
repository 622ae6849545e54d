"""What calls do is recorded as they do it, and no record costs a call."""

import gc
import logging
import shutil
import time
from pathlib import Path
from threading import Event, Thread
from weakref import ref

import pytest
from flask import Flask
from sqlalchemy import event

from ivr.carrier.wire import BUILT_IN_ACCOUNT
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.records.journal import Spare, journals, left_journals
from ivr.records.kept import Between, singles
from ivr.records.recorder import HELP_AFTER, LOOK_EVERY, Recorder
from ivr.store.database import Database
from ivr.store.health import Part, Trouble
from ivr.wiring import create_app
from tests.records.conftest import STEP, Office, dies
from tests.support.carriers import CASES
from tests.support.clock import MOMENT
from tests.support.given import ORIGIN, SIGNER, settings_for


def recorder_of(app: Flask) -> Recorder:
    found: Recorder = app.extensions["ivr.records"]
    return found


def told(app: Flask, *names: str) -> list[tuple[object, ...]]:
    """What the records tell, in order of time: these columns of it."""
    recorder_of(app).take_all()
    return [tuple(row[name] for name in names) for row in singles(app.extensions["ivr.office"].database, Between())]


def test_a_call_is_recorded_from_its_ring_to_its_end(app: Flask, caller: Handset) -> None:
    caller.press("1111")
    caller.wait()
    caller.transfer("busy")
    caller.hang_up()
    rows = told(app, "heard", "place", "desk", "outcome", "language")
    assert rows[0] == ("ring", "main", "", "goes on", "ja")
    assert ("rings", "police") in {(outcome, desk) for _, _, desk, outcome, _ in rows}
    assert ("dial:busy", "police") in {(heard, desk) for heard, _, desk, _, _ in rows}
    assert rows[-1] == ("end", "", "", "completed", "")
    assert len(set(told(app, "call"))) == 1
    (ended,) = (seconds for heard, seconds in told(app, "heard", "seconds") if heard == "end")
    assert isinstance(ended, int) and ended > 0


def test_the_built_in_telephones_are_never_recorded(app: Flask) -> None:
    caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=MOMENT, account_sid=BUILT_IN_ACCOUNT)
    caller.dial()
    caller.press("1")
    caller.hang_up()
    assert told(app, "heard") == [] and journals(recorder_of(app).journal.folder) == {}


def test_calls_of_staff_who_record_are_never_recorded(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path, STAFF_NUMBER="+815099999999", LINE_NUMBER="+815012345678"))
    caller = Handset(Wsgi(app, SIGNER, ORIGIN), to="+815099999999", at=MOMENT)
    caller.dial("/voice/staff")
    caller.hang_up()
    assert told(app, "heard") == []


@pytest.mark.parametrize("name", CASES)
def test_each_carrier_tells_how_a_call_ended(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    app = create_app(settings_for(tmp_path, **case.environ))
    caller = Handset(Wsgi(app, case.signer, ORIGIN), at=MOMENT, sid=case.sid)
    caller.dial()
    caller.hang_up()
    assert told(app, "heard", "outcome") == [("ring", "goes on"), ("end", "completed")]


def test_the_thread_takes_over_by_itself_and_ends_with_its_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.records.recorder.ROUND_SECONDS", 0.01)
    recorder = Office(Database(f"sqlite:///{tmp_path}/line.db"), tmp_path / "journal").process()
    del recorder._start  # as it is, with its thread
    recorder.note("CA1", STEP, MOMENT)
    thread, until = recorder._thread, time.monotonic() + 20
    while recorder._waiting() and time.monotonic() < until:
        time.sleep(0.01)
    assert not recorder._waiting()
    gone = ref(recorder)
    del recorder
    assert thread
    thread.join(20)
    gc.collect()
    assert not thread.is_alive() and gone() is None
    assert len(list(left_journals(tmp_path / "journal"))) == 1, "and with it its file"


# --- faults --------------------------------------------------------------------------------------


def test_without_a_database_calls_go_on_and_nothing_is_lost(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    process = office.process()
    process.note("CA1", STEP, office.now)
    process.round()
    (tmp_path / "line.db").rename(tmp_path / "away.db")
    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            process.note("CA1", STEP, office.now)
            process.round()
            assert office.health.trouble(Part.RECORDS) is (Trouble.ABSENT if office.now.minute >= 1 else None)
            office.later(seconds=30)
    assert len([record for record in caplog.records if record.getMessage().startswith("records ")]) == 1
    (tmp_path / "away.db").rename(tmp_path / "line.db")
    process.round()
    assert len(office.records("heard")) == 6 and office.faults() == ()
    assert office.health.trouble(Part.RECORDS) is None


def test_a_journal_that_is_full_is_told_once_and_costs_no_call(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    process = office.process()
    process.journal._most = 300
    with caplog.at_level(logging.ERROR):
        for _ in range(20):
            process.note("CA1", STEP, office.now)
        process.round()
        process.round()
    assert len(caplog.records) == 1 and "takes nothing" in caplog.text
    assert office.health.trouble(Part.RECORDS) is Trouble.FULL
    assert len(office.records("heard")) == 20 and office.faults() == (), "the database takes what the disk does not"


def test_where_nothing_takes_a_step_it_is_left_out_and_told(office: Office) -> None:
    process = office.process()
    process.journal._most, process.journal.spare = 300, Spare(most=300)
    for _ in range(20):
        process.note("CA1", STEP, office.now)
    process.round()
    assert "is not recorded" in office.health.ills[Part.RECORDS].sentence
    assert 0 < len(office.records("heard")) < 20 and office.faults() == ()


def test_a_backup_in_the_place_of_the_database_is_given_what_it_does_not_have(office: Office) -> None:
    process, file = office.process(), office.folder.parent / "line.db"
    process.note("CA1", STEP, office.now)
    process.round()
    backup = file.read_bytes()
    process.note("CA2", STEP, office.now)
    process.round()
    file.unlink()
    file.write_bytes(backup)
    for _ in range(LOOK_EVERY):
        process.round()
    assert len(office.records("call")) == 2 and office.faults() == (), "also of a process that no call has rung since"


def test_a_folder_that_is_taken_away_loses_nothing(office: Office) -> None:
    process = office.process()
    process.note("CA1", STEP, office.now)
    for path in office.folder.iterdir():
        path.unlink()
    office.folder.rmdir()
    process.round()
    process.note("CA2", STEP, office.now)
    process.round()
    assert len(office.records("heard")) == 2
    assert list(journals(office.folder)) == [process.journal.name]


def test_a_journal_that_cannot_be_taken_up_keeps_none_waiting(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (office.folder / "0.journal").mkdir(parents=True)  # opens, and cannot be read
    process = office.process()
    process.note("CA1", STEP, office.now)
    dies(process)
    taker = office.process()
    for _ in range(2):
        taker.take_all()
    assert office.records("heard") == ["ring"]
    assert [record.getMessage()[:40] for record in caplog.records] == [f"journal {office.folder}/0.journal"[:40]]


def test_what_cannot_be_recorded_costs_no_call(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    process = office.process()
    for _ in range(3):
        process.note("CA1", None, office.now)  # type: ignore[arg-type]
    assert [record.getMessage() for record in caplog.records] == ["a step of a call cannot be recorded: AttributeError"]


def test_a_call_without_a_name_is_nobody_s(office: Office) -> None:
    process = office.process()
    process.note("", STEP, office.now)
    process.ended("", "completed", 1, office.now)
    process.round()
    assert office.records("heard") == []


def test_what_was_taken_over_does_not_stay_in_a_journal(office: Office) -> None:
    process = office.process()
    process.note("CA1", STEP, office.now)
    process.round()
    assert journals(office.folder)
    office.later(hours=1)
    for _ in range(LOOK_EVERY):
        process.round()
    assert journals(office.folder) == {}
    process.note("CA2", STEP, office.now)
    process.round()
    assert len(office.records("heard")) == 2 and office.faults() == ()


def test_journals_and_keys_are_for_their_user_alone(app: Flask, caller: Handset) -> None:
    caller.hang_up()
    folder = recorder_of(app).journal.folder
    written = [folder, *folder.iterdir()]
    assert {path.suffix for path in written} == {"", ".journal", ".key"}
    assert not any(path.stat().st_mode & 0o077 for path in written)


def test_a_large_journal_gives_way_to_a_new_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.records.recorder.TURN_BYTES", 1000)
    process = office.process()
    for _ in range(3):
        for _ in range(10):
            process.note("CA1", STEP, office.now)
        process.round()
    process._rounds = 0
    process.round()
    assert len(office.records("heard")) == 30 and journals(office.folder) == {} and office.faults() == ()


def test_a_large_journal_gives_way_while_steps_come_in_without_a_pause(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.records.recorder.TURN_BYTES", 1000)
    process = office.process()

    def another(_connection: object) -> None:
        process.note("CA1", STEP, office.now)

    for _ in range(10):
        another(None)
    event.listen(office.database.engine, "commit", another)
    process.round()
    event.remove(office.database.engine, "commit", another)
    assert sum(journals(office.folder).values()) < 1000
    process.round()
    assert len(office.records("heard")) > 10 and office.faults() == ()


# --- one process takes over what others write ------------------------------------------------------


def helped(office: Office) -> tuple[Recorder, Recorder]:
    """A process that answers calls, and one that takes over what it writes."""
    answering, helper = office.process(), office.process()
    answering.begin(helped=True)
    helper.begin(helping=True)
    return answering, helper


def test_who_is_helped_takes_nothing_over(office: Office) -> None:
    answering, helper = helped(office)
    for number in range(3):
        answering.note(f"CA{number}", STEP, office.now)
        answering.round()
        assert len(office.records("heard")) == number
        helper.round()
        assert len(office.records("heard")) == number + 1
        office.later(seconds=1)
    office.later(hours=1)
    for _ in range(LOOK_EVERY + 1):
        answering.round()
        helper.round()
    assert journals(office.folder) == {} and office.faults() == ()


def test_who_is_not_helped_any_more_takes_over_by_itself_until_he_is_again(office: Office) -> None:
    answering, helper = helped(office)
    office.later(hours=2)  # nothing was to be done, so that nobody was missed
    answering.round()
    answering.note("CA1", STEP, office.now)
    answering.round()
    assert office.records("heard") == []
    office.later(seconds=HELP_AFTER.total_seconds())
    answering.round()
    assert len(office.records("heard")) == 1
    answering.note("CA2", STEP, office.now)
    answering.round()
    assert len(office.records("heard")) == 2, "at once, since there is nobody"
    answering.note("CA3", STEP, office.now)
    helper.round()
    answering.round()
    answering.note("CA4", STEP, office.now)
    answering.round()
    assert len(office.records("heard")) == 3, "there is somebody again"
    helper.round()
    assert len(office.records("heard")) == 4 and office.faults() == ()


def test_who_is_helped_leaves_the_end_of_a_full_journal_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.records.recorder.TURN_BYTES", 1000)
    answering, helper = helped(office)
    for number in range(30):
        answering.note(f"CA{number}", STEP, office.now)
    helper.round()
    answering.note("CA30", STEP, office.now)
    full = answering.journal.name
    answering.round()
    answering.note("CA31", STEP, office.now)
    assert answering.journal.name != full and len(office.records("heard")) == 30
    for _ in range(LOOK_EVERY):
        helper.round()
    assert len(office.records("heard")) == 32 and full not in journals(office.folder) and office.faults() == ()


def test_who_is_helped_too_slowly_takes_over_by_itself(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.records.recorder.MOST_WAITING", 1000)
    answering = office.process()
    answering.begin(helped=True)
    answering.note("CA0", STEP, office.now)
    answering.round()
    assert office.records("heard") == []
    for number in range(1, 30):
        answering.note(f"CA{number}", STEP, office.now)
    answering.round()
    assert len(office.records("heard")) == 30 and office.faults() == ()


def test_a_journal_that_nobody_finds_is_taken_over_by_whose_it_is(office: Office) -> None:
    answering = office.process()
    answering.begin(helped=True)
    answering.note("CA0", STEP, office.now)
    answering.round()
    assert office.records("heard") == []
    shutil.rmtree(office.folder)
    answering.note("CA1", STEP, office.now)
    answering.round()
    assert len(office.records("heard")) == 2 and office.faults() == ()


def test_both_at_once_keep_each_step_once(office: Office) -> None:
    answering, helper = office.process(), office.process()
    answering.begin()  # as one that thinks that nobody helps
    helper.begin(helping=True)
    over = Event()

    def helping() -> None:
        while not over.is_set():
            helper.round()

    other = Thread(target=helping)
    other.start()
    for number in range(200):
        answering.note(f"CA{number}", STEP, office.now)
        if number % 5 == 0:
            answering.round()
    over.set()
    other.join()
    answering.round()
    helper.round()
    assert len(office.records("heard")) == 200 and office.faults() == ()


def test_a_living_journal_that_cannot_be_read_keeps_none_waiting(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    processes = [office.process() for _ in range(2)]
    for process in processes:
        process.begin(helped=True)
        process.note("CA1", STEP, office.now)
    first = min(journals(office.folder))
    (office.folder / f"{first}.journal").rename(office.folder / "elsewhere")
    (office.folder / f"{first}.journal").mkdir()
    helper = office.process()
    helper.begin(helping=True)
    helper.round()
    helper.round()
    assert len(office.records("heard")) == 1
