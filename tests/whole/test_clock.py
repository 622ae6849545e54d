"""Desks by the clock: Japanese time whatever the machine's, holidays, and the exact minute.

CI's machine is in UTC; `test_the_machine_may_be_anywhere` moves it about all the same.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from ivr.handset.handset import Handset
from ivr.line.hours import Hours, Interval, OnHolidays, YearlyClosing, check_weekly
from ivr.line.values import Line
from tests.support.given import moment

pytestmark = pytest.mark.timeless  # every moment is handed in

Ring = Callable[..., Handset]
JST = ZoneInfo("Asia/Tokyo")
KEYS = {"police": "331", "consumer": "332", "ppc": "333", "city": "33411", "yoke": "33422"}
NEW_YEAR = (YearlyClosing.parse("12-29/01-03"),)


@pytest.fixture
def app(standing: Flask) -> Flask:
    return standing


def rung(ring: Ring, line: Line, at: str) -> set[str]:
    """The desks that ring when one asks for each of them at that time."""
    found = set()
    for desk, keys in KEYS.items():
        caller = ring(at)
        caller.press(keys, after=0)
        if caller.heard("つなぐには、1番") or caller.ringing or caller.heard("おつなぎします"):
            if not caller.heard("おつなぎします"):
                caller.press("1", after=0)
            caller.wait()
            if caller.ringing:
                assert caller.ringing.number == line.desks[desk].dial, "nobody else"
                found.add(desk)
    return found


@pytest.mark.parametrize(
    ("at", "desks"),
    [
        ("2026-11-24 11:00", {"police", "consumer", "ppc", "city", "yoke"}),
        ("2026-09-22 11:00", set()),  # citizens' holiday
        ("2027-03-22 11:00", set()),  # substitute holiday
        ("2026-05-06 11:00", set()),  # substitute holiday
        ("2026-12-29 11:00", set()),  # New Year
        ("2027-01-03 11:00", set()),
        ("2027-01-04 11:00", {"police", "consumer", "ppc", "city", "yoke"}),
        ("2026-11-24 08:29:50", set()),
        ("2026-11-24 08:30:00", {"police"}),
        ("2026-11-24 17:14:40", {"police", "consumer", "ppc", "city"}),
        ("2026-11-24 17:20:00", {"consumer", "ppc"}),
        ("2026-11-28 10:30", {"consumer", "yoke"}),  # fourth Saturday
        ("2026-11-21 10:30", {"consumer"}),  # third Saturday
        ("2026-11-29 16:40", {"consumer"}),
        ("2026-11-29 16:45", set()),
    ],
)
def test_exactly_the_open_desks_are_rung(ring: Ring, line: Line, at: str, desks: set[str]) -> None:
    assert rung(ring, line, at) == desks


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.mark.parametrize("elsewhere", ["UTC", "America/Los_Angeles", "Pacific/Auckland"], indirect=True)
def test_the_machine_may_be_anywhere(elsewhere: None, ring: Ring, line: Line) -> None:
    assert rung(ring, line, "2026-11-24 08:31") == {"police"}


def hours(weekly: str, on_holidays: OnHolidays = OnHolidays.CLOSED, closures: tuple[Interval, ...] = ()) -> Hours:
    return Hours(weekly, on_holidays, NEW_YEAR, "Asia/Tokyo", closures=closures)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


def test_the_minute_of_opening_and_closing_is_exact() -> None:
    desk = hours("Mo-Fr 08:30-17:15")
    assert not desk.is_open(at("2026-11-24 08:29:59.999999"))
    assert desk.is_open(at("2026-11-24 08:30"))
    assert desk.is_open(at("2026-11-24 17:14:59.999999"))
    assert not desk.is_open(at("2026-11-24 17:15"))


def test_lunch_is_a_gap() -> None:
    desk = hours("Mo-Fr 10:00-11:30,12:30-16:30")
    assert desk.closes(at("2026-11-24 11:00")) == at("2026-11-24 11:30")
    assert not desk.is_open(at("2026-11-24 12:00"))
    assert desk.next_opening(at("2026-11-24 12:00")) == at("2026-11-24 12:30")


def test_the_next_opening_jumps_over_holidays_and_new_year() -> None:
    desk = hours("Mo-Fr 08:30-17:15")
    assert desk.next_opening(at("2026-09-18 18:00")) == at("2026-09-24 08:30")
    assert desk.next_opening(at("2026-12-28 18:00")) == at("2027-01-04 08:30")


def test_a_desk_may_keep_sundays_hours_on_holidays() -> None:
    desk = hours("Mo-Fr 09:30-20:00; Sa,Su 09:30-17:30", OnHolidays.AS_SUNDAY)
    assert desk.closes(at("2026-11-23 12:00")) == at("2026-11-23 17:30")
    assert desk.closes(at("2026-11-24 12:00")) == at("2026-11-24 20:00")


def test_hours_may_pass_midnight_or_never_end() -> None:
    night = hours("Mo-Fr 22:00-02:00")
    assert night.closes(at("2026-11-24 23:00")) == at("2026-11-25 02:00")
    assert night.is_open(at("2026-11-25 01:59"))
    always = Hours("24/7", OnHolidays.AS_USUAL, (), "Asia/Tokyo")
    assert always.is_open(at("2026-12-31 23:59")) and always.closes(at("2026-11-24 00:00")) is None


def test_a_part_day_closure_holds_and_ends_by_itself() -> None:
    desk = hours("Mo-Fr 08:30-17:15", closures=(Interval(at("2026-11-24 13:00"), at("2026-11-24 15:00")),))
    assert desk.closes(at("2026-11-24 11:00")) == at("2026-11-24 13:00")
    assert not desk.is_open(at("2026-11-24 13:00"))
    assert desk.next_opening(at("2026-11-24 13:30")) == at("2026-11-24 15:00")
    assert desk.is_open(at("2026-11-24 15:00"))


def test_a_closed_desk_of_today_is_not_rung_on_the_line(line: Line) -> None:
    closed = line.live((), {"police": (Interval(at("2026-11-24 00:00"), at("2026-11-25 00:00")),)})
    assert not closed.desks["police"].hours.is_open(moment("2026-11-24 11:00", line))
    assert closed.desks["city"].hours.is_open(moment("2026-11-24 11:00", line))


@pytest.mark.parametrize("weekly", ["Mo-Fr 08:30", "mornings", "Mo-Fr 08:30-17:15; PH off"])
def test_hours_that_cannot_be_read_are_refused(weekly: str) -> None:
    with pytest.raises(ValueError, match=r"opening_hours|PH"):
        check_weekly(weekly)
