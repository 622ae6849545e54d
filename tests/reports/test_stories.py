"""What a call adds to the figures: of real calls, as the line answers and records them."""

from datetime import datetime, timedelta
from itertools import permutations

from flask import Flask

from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.records.kept import Between, delete_records
from ivr.records.recorder import Recorder
from ivr.records.steps import Step
from ivr.records.stories import adds
from ivr.records.takeover import NewRecord
from ivr.records.tallies import recount
from ivr.reports.at_once import AtOnce, at_once
from ivr.reports.counts import Among, Counts, hearers, read
from ivr.store.database import Database
from tests.records.conftest import TOKYO
from tests.support.clock import MOMENT
from tests.support.given import ORIGIN, SIGNER
from tests.support.stores import EDITOR


def database_of(app: Flask) -> Database:
    found: Database = app.extensions["ivr.office"].database
    return found


def take(app: Flask) -> None:
    recorder: Recorder = app.extensions["ivr.records"]
    recorder.take_all()


def counted(app: Flask) -> Counts:
    take(app)
    return read(database_of(app), Among())


def figures(counts: Counts, *names: str) -> set[tuple[str, str, int]]:
    return {
        (figure, item, sums.number) for (figure, item), sums in counts.sums.items() if figure in names and sums.number
    }


def ring(app: Flask, at: datetime = MOMENT) -> Handset:
    made = Handset(Wsgi(app, SIGNER, ORIGIN), at=at)
    made.dial()
    return made


def test_a_text_is_heard_to_its_end_where_its_last_passage_ends_by_itself(app: Flask) -> None:
    listener, hasty = ring(app), ring(app)
    for caller in (listener, hasty):
        caller.press("1")
        caller.press("1")
    passages = app.extensions["ivr.line"]("", MOMENT).passages("mail", "ja")
    for _ in passages:
        listener.wait()
    for _ in range(8):
        hasty.press("#")
    for caller in (listener, hasty):
        caller.hang_up()
    found = counted(app)
    assert figures(found, "begun", "heard") == {("begun", "mail", 2), ("heard", "mail", 1)}
    assert figures(found, "result", "left") == {("result", "alone", 2), ("left", "mail.end", 2)}


def test_steps_of_one_instant_tell_the_same_in_any_order() -> None:
    """What comes in is held against what is there, and counted anew later: a database gives rows as it likes."""
    rows = [
        NewRecord("", number, MOMENT, "call", None, None, "1", "", language, place, heard, "", "goes on", 0, None)
        for number, (language, place, heard) in enumerate(
            [("ja", "main", "ring"), ("en", "main", "key 9"), ("en", "mail", "key 1"), ("en", "main", "key *")]
        )
    ]
    told = [adds(order, TOKYO) for order in permutations(rows)]
    assert told[0] and all(each == told[0] for each in told)


def test_a_caller_who_is_joined_costs_two_legs(app: Flask) -> None:
    caller = ring(app)
    caller.press("0")
    caller.wait()
    caller.transfer("completed", seconds=125)
    found = counted(app)
    assert figures(found, "joined", "rung", "dialled", "left") == {
        ("joined", "city", 1),
        ("rung", "city", 1),
        ("dialled", "city.completed", 1),
    }
    assert found.seconds("talked", "city") == 3, "minutes, the third of which has begun"  # type: ignore[arg-type]
    assert found.seconds("minutes") >= 3  # type: ignore[arg-type]


def test_a_desk_that_is_closed_or_busy_is_told(app: Flask) -> None:
    by_night = ring(app, MOMENT + timedelta(hours=12))
    by_night.press("0")
    by_day = ring(app)
    by_day.press("0")
    by_day.wait()
    by_day.transfer("busy")
    for caller in (by_night, by_day):
        caller.hang_up()
    found = counted(app)
    assert figures(found, "closed") == {("closed", "city", 1)}
    assert figures(found, "dialled") == {("dialled", "city.busy", 1)}
    assert figures(found, "result") == {("result", "in vain", 2)}
    assert ("left", "city.unanswered", 1) in figures(found, "left")


def test_of_a_record_that_was_lost_the_others_tell(app: Flask) -> None:
    recorder: Recorder = app.extensions["ivr.records"]
    for place, heard, desk, outcome in (
        ("mail.2", "silence", "", "goes on"),
        ("mail.end", "silence", "", "goes on"),
        ("city.join", "dial:completed", "city", "ends"),
    ):
        recorder.note("CA1", Step("0123456789", "", "ja", place, heard, desk, outcome), MOMENT)
    found = counted(app)
    assert found.items("begun") == found.items("heard") == {"mail": 1}  # type: ignore[arg-type]
    assert found.items("rung") == found.items("joined") == {"city": 1}  # type: ignore[arg-type]


def test_an_open_desk_that_the_line_does_not_ring_is_told_of(app: Flask) -> None:
    caller = ring(app)
    for key in "210":
        caller.press(key)
    caller.hang_up()
    assert figures(counted(app), "told", "result") == {("told", "card_stop", 1), ("result", "alone", 1)}


def test_calls_are_known_by_the_alert_that_they_heard(app: Flask) -> None:
    office = app.extensions["ivr.office"]
    words = {"ja": "偽のメールが届いています。", "en": "Fake e-mails are going around."}

    since, until = MOMENT - timedelta(hours=1), MOMENT + timedelta(hours=1)
    alert = office.announcements.warn(words, since, until, EDITOR, since)
    office.shelf.refresh()
    ring(app).hang_up()
    take(app)
    assert hearers(database_of(app), MOMENT.date()) == {str(alert.id): 1}
    assert read(database_of(app), Among(alert=str(alert.id))).calls == 1
    assert read(database_of(app), Among(alert=str(alert.id), without=True)).calls == 0


def test_all_of_very_many_alerts_that_a_call_heard_are_known(app: Flask) -> None:
    office = app.extensions["ivr.office"]
    since, until = MOMENT - timedelta(hours=1), MOMENT + timedelta(hours=1)
    words = {"ja": "偽のメールが届いています。", "en": "Fake e-mails are going around."}
    alerts = [office.announcements.warn(words, since, until, EDITOR, since) for _ in range(100)]
    office.shelf.refresh()
    ring(app).hang_up()
    take(app)
    assert hearers(database_of(app), MOMENT.date()) == {str(alert.id): 1 for alert in alerts}


def test_figures_are_counted_anew_and_go_with_the_records(app: Flask) -> None:
    for _ in range(2):
        ring(app).hang_up()
    before = counted(app)
    assert recount(database_of(app), TOKYO) == 1 and counted(app) == before
    delete_records(database_of(app), Between(MOMENT - timedelta(days=1), MOMENT + timedelta(days=1)))
    assert read(database_of(app), Among()).calls == 0 and recount(database_of(app), TOKYO) == 0


def now(app: Flask) -> AtOnce:
    take(app)
    return at_once(database_of(app), MOMENT + timedelta(minutes=2))


def test_calls_under_way_are_told_as_soon_as_there_are_five(app: Flask) -> None:
    callers = [ring(app) for _ in range(4)]
    assert now(app).under_way.hidden and now(app).last_hour.hidden
    callers += [ring(app) for _ in range(2)]
    assert (now(app).under_way.amount, now(app).last_hour.amount) == (6, 6)
    callers[0].hang_up()
    assert (now(app).under_way.amount, now(app).last_hour.amount) == (5, 6)
    later = at_once(database_of(app), MOMENT + timedelta(minutes=20))
    assert later.under_way.amount == 0, "whoever does nothing for so long is gone"


def test_a_desk_that_does_not_answer_is_told(app: Flask) -> None:
    for status in ("busy", "no-answer"):
        caller = ring(app)
        caller.press("0")
        caller.wait()
        caller.transfer(status)
    (city,) = now(app).unanswered
    assert city.desk == "city" and city.rung.hidden and city.answered.hidden
    for _ in range(3):
        caller = ring(app)
        caller.press("0")
        caller.wait()
        caller.transfer("completed", seconds=60)
    assert now(app).unanswered == ()
