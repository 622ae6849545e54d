"""Which alerts are in force when: looked up, and the same as by comparing each with the time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.line.loading import read
from ivr.line.values import Alert, Line
from tests.support.given import PROMPTS

pytestmark = pytest.mark.timeless  # every moment is handed in

LINE = read(PROMPTS)
NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ZONES = st.sampled_from([UTC, ZoneInfo("Asia/Tokyo"), timezone(timedelta(hours=-5))])
MOMENTS = st.builds(
    lambda minutes, zone: (NOON + timedelta(minutes=minutes)).astimezone(zone), st.integers(-30, 30), ZONES
)


def with_alerts(spans: list[tuple[datetime, datetime]]) -> Line:
    """The line with alerts from and to these moments."""
    return replace(
        LINE, alerts=tuple(Alert(f"alert.{number}", {}, start, end) for number, (start, end) in enumerate(spans))
    )


@given(st.lists(st.tuples(MOMENTS, MOMENTS), max_size=12), st.lists(MOMENTS, min_size=1, max_size=20))
def test_those_in_force_are_those_that_have_begun_and_not_ended(
    spans: list[tuple[datetime, datetime]], times: list[datetime]
) -> None:
    line = with_alerts(spans)
    instants = [at + timedelta(microseconds=micros) for at in [*times, *sum(spans, ())] for micros in (-1, 0, 1)]
    for now in instants:
        assert line.alerts_at(now) == tuple(each for each in line.alerts if each.start <= now < each.end), now


def test_an_alert_that_ends_as_another_begins_gives_way_to_it() -> None:
    later, last = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    line = with_alerts([(later, last), (NOON, later)])
    assert [alert.key for alert in line.alerts_at(later - timedelta(microseconds=1))] == ["alert.1"]
    assert [alert.key for alert in line.alerts_at(later)] == ["alert.0"]
    assert line.alerts_at(last) == ()
