"""What becomes of records with time: numbers of an hour, and then nothing."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from ivr.records.kept import Between, counts, delete_records
from ivr.records.tallies import recount, remove_days
from ivr.records.upkeep import keep_up
from ivr.reports.counts import Among, read
from ivr.store.tables import journal, record
from tests.records.conftest import STEP, TOKYO, TUESDAY, Office, dies


def counted(office: Office) -> list[tuple[str, int, int]]:
    return [(row["heard"], row["number"], row["seconds"]) for row in counts(office.database, Between())]


def of_one_morning(office: Office) -> None:
    """Two calls, in two hours."""
    process = office.process()
    for call in ("CA1", "CA2"):
        process.note(call, STEP, office.now)
        process.note(call, replace(STEP, heard="key 1"), office.later(seconds=10))
        process.ended(call, "completed", 31, office.later(seconds=20))
        office.later(hours=1)
    process.round()
    dies(process)


def test_records_are_kept_singly_and_then_as_numbers_of_an_hour(each_office: Office) -> None:
    office = each_office
    of_one_morning(office)
    office.now = TUESDAY + timedelta(days=90, hours=1)
    keep_up(office.database, office.now, TOKYO, days=90, months=24)
    assert len(office.records("call")) == 3, "the second hour is not over for so long"
    assert sorted(counted(office)) == [("end", 1, 31), ("key 1", 1, 10), ("ring", 1, 0)]
    office.later(hours=2)
    keep_up(office.database, office.now, TOKYO, days=90, months=24)
    assert office.records("call") == []
    assert sum(number for _, number, _ in counted(office)) == 6
    assert {row["hour"] for row in counts(office.database, Between())} == {TUESDAY, TUESDAY + timedelta(hours=1)}
    assert office.faults() == ()


def test_figures_that_an_earlier_release_did_not_count_are_counted(office: Office) -> None:
    of_one_morning(office)
    before = read(office.database, Among())
    with office.database.writing() as connection:
        remove_days(connection, None, None)
    keep_up(office.database, office.later(hours=2), TOKYO, days=90, months=24)
    assert read(office.database, Among()) == before and before.calls == 2


def test_figures_outlive_the_records_and_go_as_their_counts_do(office: Office) -> None:
    of_one_morning(office)
    keep_up(office.database, office.later(days=100), TOKYO, days=90, months=24)
    assert office.records("call") == [] and read(office.database, Among()).calls == 2
    assert recount(office.database, TOKYO) == 0 and read(office.database, Among()).calls == 2
    keep_up(office.database, office.later(days=365 * 2), TOKYO, days=90, months=24)
    assert read(office.database, Among()).calls == 0


def test_steps_alike_are_one_number(office: Office) -> None:
    process = office.process()
    for number in range(5):
        process.note(f"CA{number}", STEP, office.later(seconds=1))
    process.round()
    keep_up(office.database, office.later(days=91), TOKYO, days=90, months=24)
    assert counted(office) == [("ring", 5, 0)]


def test_numbers_go_as_well_and_nothing_is_left(office: Office) -> None:
    of_one_morning(office)
    keep_up(office.database, office.later(days=100), TOKYO, days=90, months=24)
    assert counted(office)
    keep_up(office.database, office.later(days=365 * 2 - 100), TOKYO, days=90, months=24)
    assert counted(office), "24 months are not over"
    keep_up(office.database, office.later(days=2), TOKYO, days=90, months=24)
    with office.database.reading() as connection:
        assert [connection.execute(select(func.count()).select_from(each)).scalar() for each in (record, journal)] == [
            0,
            0,
        ]
    assert counted(office) == []


def test_a_journal_that_comes_late_is_counted_too(office: Office) -> None:
    late = office.process()
    late.note("CA0", STEP, office.now)
    dies(late)
    office.folder.rename(office.folder.with_name("a machine that is off"))
    of_one_morning(office)
    office.now = TUESDAY + timedelta(days=92)
    keep_up(office.database, office.now, TOKYO, days=90, months=24)
    for path in office.folder.with_name("a machine that is off").glob("*.journal"):
        path.rename(office.folder / path.name)
    office.process().take_all()
    keep_up(office.database, office.later(hours=1), TOKYO, days=90, months=24)
    assert sum(number for heard, number, _ in counted(office) if heard == "ring") == 3
    assert office.records("call") == [] and office.faults() == ()


def test_it_is_done_once_an_hour_by_whoever_comes_first(office: Office) -> None:
    process = office.process()
    keep_up(office.database, office.now, TOKYO, days=1, months=1)
    process.note("CA1", STEP, office.now - timedelta(days=3))
    process.round()
    keep_up(office.database, office.later(minutes=59), TOKYO, days=1, months=1)
    assert office.records("call"), "it was done already"
    keep_up(office.database, office.later(minutes=1), TOKYO, days=1, months=1)
    assert office.records("call") == []


def test_a_clock_that_was_set_back_stops_nothing(office: Office) -> None:
    keep_up(office.database, office.now + timedelta(days=365), TOKYO, days=90, months=24)
    process = office.process()
    process.note("CA1", STEP, office.now - timedelta(days=91))
    process.take_all()
    keep_up(office.database, office.now, TOKYO, days=90, months=24)
    assert office.records("call") == []


def test_days_are_deleted_when_somebody_says_so(office: Office) -> None:
    of_one_morning(office)
    assert delete_records(office.database, Between(TUESDAY + timedelta(hours=1), None)) == (3, 0)
    assert office.records("heard", "outcome")[-1] == ("end", "completed")
    keep_up(office.database, office.later(days=100), TOKYO, days=90, months=24)
    assert delete_records(office.database, Between(None, TUESDAY)) == (0, 0)
    assert delete_records(office.database, Between()) == (0, 3)
    assert office.faults() == () and counted(office) == []
