"""For how long a line says the same: nothing that it says depends on the time within a span."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ivr.line.values import Line


class Span(NamedTuple):
    """From a moment to just before another, in UTC."""

    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it is now."""
        return self.since <= now < self.until


def span_at(line: Line, now: datetime) -> Span:
    """From `now` (aware) to the next change: a desk opens or closes, an alert begins or ends, a day ends. A line
    with other words, alerts or closures is another line."""
    until = min(moment for moment in _changes(line, now) if moment > now)
    return Span(now.astimezone(UTC), until.astimezone(UTC))


def _changes(line: Line, now: datetime) -> Iterator[datetime]:
    hours = [version.hours for desk in line.desks.values() for version in desk.versions]
    for each in hours:
        yield from each.edges(now)
    for alert in line.alerts:
        yield from (alert.start, alert.end)
    for zone in {line.zone, *(ZoneInfo(each.zone) for each in hours)}:
        yield _midnight(now, zone)


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """When the next day begins in a zone."""
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
