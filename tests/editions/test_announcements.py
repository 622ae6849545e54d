"""Alerts and closures: live at once, with an end, and over by themselves."""

from datetime import timedelta
from pathlib import Path

import pytest

from ivr.editions.announcements import LONGEST_ALERT
from ivr.editions.closures import LONGEST_CLOSURE
from ivr.editions.office import office
from ivr.people import trail
from ivr.people.persons import Person, Role
from ivr.people.refusals import NotAllowed, NotFound, Refused
from tests.support.stores import APPROVER, BOTH, EDITOR, City, city_hall, shipped

WORDS = {"ja": "偽のメールが届いています。", "en": "False e-mails are about."}
HOUR = timedelta(hours=1)


def heard_alerts(city: City) -> list[str]:
    city.office.shelf.refresh()
    line = city.office.shelf.line("", city.now)
    return [alert.words["ja"].chunks()[0].written for alert in line.alerts_at(city.now)]


def open_desk(city: City, desk: str = "city") -> bool:
    city.office.shelf.refresh()
    return city.office.shelf.line("", city.now).desks[desk].hours.is_open(city.now)


def test_an_alert_is_heard_from_its_start_to_just_before_its_end(city: City) -> None:
    city.office.announcements.warn(WORDS, city.now + HOUR, city.now + 2 * HOUR, EDITOR, city.now)
    assert heard_alerts(city) == []
    assert heard_alerts(city.later(hours=1)) == [WORDS["ja"]]
    assert heard_alerts(city.later(hours=2)) == []
    assert [alert.by_name for alert in city.office.announcements.alerts(city.now)] == ["江藤"]
    assert city.office.announcements.alerts(city.later(hours=2).now) == ()


def test_alerts_that_begin_together_keep_their_order_when_one_is_approved(city: City) -> None:
    told = city.office.announcements
    first, *_ = [
        told.warn({**WORDS, "ja": words}, city.now, city.now + HOUR, EDITOR, city.now)
        for words in ("一。", "二。", "三。")
    ]
    before = heard_alerts(city)
    told.approve_alert(first.id, APPROVER, city.now)
    assert heard_alerts(city) == before == ["一。", "二。", "三。"]


def test_a_press_twice_makes_one_alert_and_closes_once_but_what_is_to_come_does_not_count(town: City) -> None:
    told, end = town.office.announcements, town.now + 9 * HOUR
    coming = told.warn(WORDS, town.now + HOUR, end, EDITOR, town.now)
    first = told.warn(WORDS, town.now, end, EDITOR, town.now)
    assert first.id != coming.id, "what is to be heard in an hour is not heard now"
    again = town.later(seconds=2)
    assert told.warn(WORDS, again.now, end, EDITOR, again.now).id == first.id
    assert told.warn(WORDS, again.now, end, EDITOR, again.now, practice=True).practice
    assert told.warn(WORDS, again.now, end, BOTH, again.now).id not in (first.id, coming.id)
    closed = told.close("city", town.now, end, EDITOR, town.now)
    assert told.close("city", again.now, end, EDITOR, again.now).id == closed.id


def test_practice_is_on_no_callers_line(city: City) -> None:
    city.office.announcements.warn(WORDS, city.now, city.now + HOUR, EDITOR, city.now, practice=True)
    city.office.shelf.refresh()
    assert heard_alerts(city) == [] and city.office.announcements.alerts(city.now) == ()
    assert [each.key for each in city.office.shelf.draft_line("", city.now).alerts] == ["alert.1"]
    assert city.office.shelf.line("", city.now).alerts == ()


def test_an_alert_ends_early(city: City) -> None:
    alert = city.office.announcements.warn(WORDS, city.now, city.now + 9 * HOUR, EDITOR, city.now)
    assert heard_alerts(city.later(minutes=1)) == [WORDS["ja"]]
    ended = city.later(minutes=2)
    city.office.announcements.end_alert(alert.id, BOTH, ended.now)
    assert heard_alerts(ended.later(seconds=1)) == []
    with pytest.raises(Refused, match="ended already"):
        city.office.announcements.end_alert(alert.id, BOTH, ended.later(seconds=1).now)


def test_an_alert_ended_before_its_start_is_never_heard(town: City) -> None:
    alert = town.office.announcements.warn(WORDS, town.now + 2 * HOUR, town.now + 3 * HOUR, EDITOR, town.now)
    town.office.announcements.end_alert(alert.id, EDITOR, town.now + HOUR)
    assert heard_alerts(town.later(hours=2)) == []


def test_an_alert_is_approved_afterwards_by_somebody_else(town: City) -> None:
    alert = town.office.announcements.warn(WORDS, town.now, town.now + HOUR, BOTH, town.now)
    with pytest.raises(NotAllowed, match="Somebody else"):
        town.office.announcements.approve_alert(alert.id, BOTH, town.now)
    assert town.office.announcements.approve_alert(alert.id, APPROVER, town.now).approved_by_name == "安部"
    assert [each.approved_by for each in town.office.announcements.past_alerts()] == ["a1"]
    assert [entry.act.act for entry in trail.search(town.office.database)] == ["alert.approve", "alert.warn"]


def test_an_alert_that_nobody_approves_ends_after_two_hours(city: City) -> None:
    alert = city.office.announcements.warn(WORDS, city.now + HOUR, city.now + 9 * HOUR, EDITOR, city.now)
    assert alert.pending == alert.until == city.now + 3 * HOUR, "two hours from when it is heard first"
    assert heard_alerts(city.later(hours=3, seconds=-1)) == [WORDS["ja"]]
    assert heard_alerts(city.later(hours=3)) == []
    assert city.office.announcements.alerts(city.later(hours=3).now) == ()
    told = city.office.announcements.lapsed_alerts
    assert [each.id for each in told(EDITOR, city.later(hours=3).now)] == [alert.id]
    assert told(EDITOR, city.now) == told(BOTH, city.later(hours=3).now) == told(EDITOR, city.later(days=8).now) == ()


def test_an_approved_alert_is_heard_to_its_end(town: City) -> None:
    alert = town.office.announcements.warn(WORDS, town.now, town.now + 9 * HOUR, EDITOR, town.now)
    town.office.announcements.approve_alert(alert.id, APPROVER, town.later(hours=1, minutes=59).now)
    assert heard_alerts(town.later(hours=8)) == [WORDS["ja"]]
    assert heard_alerts(town.later(hours=9)) == []
    assert town.office.announcements.lapsed_alerts(EDITOR, town.later(hours=8).now) == ()
    with pytest.raises(Refused, match="安部 has approved"):
        town.office.announcements.approve_alert(alert.id, APPROVER, town.later(hours=2).now)


def test_an_alert_that_has_lapsed_does_not_come_back(town: City) -> None:
    alert = town.office.announcements.warn(WORDS, town.now, town.now + 9 * HOUR, EDITOR, town.now)
    with pytest.raises(Refused, match="write it anew"):
        town.office.announcements.approve_alert(alert.id, APPROVER, town.later(hours=2).now)
    assert heard_alerts(town.later(hours=3)) == []


def test_a_short_alert_ends_at_its_own_end(town: City) -> None:
    alert = town.office.announcements.warn(WORDS, town.now, town.now + HOUR, EDITOR, town.now)
    assert alert.pending is None and alert.until == town.now + HOUR
    assert town.office.announcements.lapsed_alerts(EDITOR, town.later(hours=5).now) == ()


def test_it_ends_with_the_database_gone(tmp_path: Path) -> None:
    """Also for a process that starts then, and knows of it from disk alone."""
    city = city_hall(f"sqlite:///{tmp_path}/line.db", tmp_path / "live")
    city.office.announcements.warn(WORDS, city.now, city.now + 9 * HOUR, EDITOR, city.now)
    assert heard_alerts(city) == [WORDS["ja"]]
    city.office.database.close()
    nowhere = f"postgresql+psycopg://postgres@/none?host={tmp_path}"
    alone = City(office(nowhere, shipped(), lambda line: [], "secret", tmp_path / "live", lambda: city.now), tmp_path)
    assert heard_alerts(alone.later(hours=2, seconds=-1)) == [WORDS["ja"]]
    assert heard_alerts(alone.later(hours=2)) == []
    alone.office.database.close()


def test_a_city_sets_how_long_an_alert_may_go_unapproved(tmp_path: Path) -> None:
    city = city_hall(f"sqlite:///{tmp_path}/line.db", tmp_path / "live", unapproved=HOUR)
    city.office.announcements.warn(WORDS, city.now, city.now + 9 * HOUR, EDITOR, city.now)
    assert heard_alerts(city.later(minutes=59)) and not heard_alerts(city.later(hours=1))
    city.office.database.close()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"ja": "一"}, "en is missing"),
        ({"ja": " ", "en": "One"}, "ja is missing"),
        ({"ja": "{desk}", "en": "One"}, "no slots"),
        ({"ja": "{", "en": "One"}, "stands alone"),
        ({"ja": "あ" * 121, "en": "One"}, "at most 120"),
    ],
)
def test_words_that_cannot_be_an_alert(town: City, words: dict[str, str], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        town.office.announcements.warn(words, town.now, town.now + HOUR, EDITOR, town.now)


def test_an_end_is_a_must_and_not_far_off(town: City) -> None:
    warn, close = town.office.announcements.warn, town.office.announcements.close
    with pytest.raises(Refused, match="after the start"):
        warn(WORDS, town.now + HOUR, town.now + HOUR, EDITOR, town.now)
    with pytest.raises(Refused, match="after the start"):
        warn(WORDS, town.now - 2 * HOUR, town.now - HOUR, EDITOR, town.now)
    with pytest.raises(Refused, match="7 days"):
        warn(WORDS, town.now, town.now + LONGEST_ALERT + HOUR, EDITOR, town.now)
    with pytest.raises(Refused, match="31 days"):
        close("city", town.now, town.now + LONGEST_CLOSURE + HOUR, EDITOR, town.now)


def test_a_desk_is_closed_today_and_opens_again_by_itself(city: City) -> None:
    assert open_desk(city)
    city.office.announcements.close("city", city.now, city.now + 2 * HOUR, EDITOR, city.now)
    assert not open_desk(city)
    assert open_desk(city, "police"), "the others go on"
    assert open_desk(city.later(hours=2))
    assert [each.desk for each in city.office.announcements.closures(city.now)] == ["city"]


def test_a_desk_is_opened_before_its_time(town: City) -> None:
    closure = town.office.announcements.close("city", town.now, town.now + 2 * HOUR, EDITOR, town.now)
    town.office.announcements.reopen(closure.id, EDITOR, town.later(minutes=30).now)
    assert not open_desk(town.later(minutes=29))
    assert open_desk(town.later(minutes=30))


def test_no_desk_no_row_no_right(town: City) -> None:
    rooms = town.office.announcements
    with pytest.raises(NotFound, match="no desk nowhere"):
        rooms.close("nowhere", town.now, town.now + HOUR, EDITOR, town.now)
    with pytest.raises(NotFound):
        rooms.end_alert(7, EDITOR, town.now)
    keeper = Person("k", "管", frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(NotAllowed):
        rooms.warn(WORDS, town.now, town.now + HOUR, keeper, town.now)
