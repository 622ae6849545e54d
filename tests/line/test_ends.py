"""Ends that one press names."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.line.ends import End, end_at, ends_of
from ivr.line.values import Line
from tests.support.clock import MOMENT

ZONE = ZoneInfo("Asia/Tokyo")
EVENING = MOMENT + timedelta(hours=9)


@pytest.mark.parametrize(
    ("end", "moment"),
    [
        (End.TODAY, "2026-11-25T00:00+09:00"),
        (End.HOUR, "2026-11-24T12:00+09:00"),
        (End.MORNING, "2026-11-25T08:30+09:00"),
        (End.WEEK, "2026-11-30T00:00+09:00"),
    ],
)
def test_an_end_is_a_moment(end: End, moment: str) -> None:
    assert end_at(end, MOMENT, ZONE).isoformat(timespec="minutes") == moment


def test_each_desk_opens_next_at_its_own_time(line: Line) -> None:
    desks = [line.desks[key] for key in ("city", "ppc", "emergency")]
    told = {key: f"{end.astimezone(ZONE):%d %H:%M}" for key, end in ends_of(End.OPENING, desks, MOMENT, ZONE).items()}
    assert told == {"city": "25 08:45", "ppc": "25 09:30", "emergency": "25 08:30"}


def test_a_desk_that_is_closed_already_stays_so_over_its_next_day(line: Line) -> None:
    ends = ends_of(End.OPENING, [line.desks["city"]], EVENING, ZONE)
    assert f"{ends['city'].astimezone(ZONE):%d %H:%M}" == "26 08:45"
