"""Ends that one press names: until the end of today, until a desk next opens, and the like."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ivr.line.values import Desk

MORNING = time(8, 30)
"""When a city hall opens [own value]."""


class End(StrEnum):
    """When something ends."""

    TODAY = "today"
    """As the day does."""
    HOUR = "hour"
    """In an hour, to the minute."""
    MORNING = "morning"
    """Tomorrow, before the city hall opens."""
    OPENING = "opening"
    """When the desk would next open by its usual hours: each desk at its own time."""
    WEEK = "week"
    """As the week does, on Sunday night."""
    SET = "set"
    """At a time that is set."""


OF_ALERTS = (End.TODAY, End.HOUR, End.MORNING, End.WEEK, End.SET)
OF_DESKS = (End.TODAY, End.MORNING, End.OPENING, End.HOUR, End.WEEK)
"""Those that are offered of an alert, and of a desk, the most wanted first."""


def end_at(end: End, now: datetime, zone: ZoneInfo) -> datetime:
    """When that is, from `now` (aware) on, in the line's zone. ValueError of those that a desk or a person sets."""
    local = now.astimezone(zone)
    match end:
        case End.TODAY:
            return _midnight(local, 1)
        case End.HOUR:
            return (local + timedelta(hours=1)).replace(second=0, microsecond=0)
        case End.MORNING:
            return datetime.combine(local.date() + timedelta(days=1), MORNING, zone)
        case End.WEEK:
            return _midnight(local, 7 - local.weekday())
        case _:
            raise ValueError(end)


def ends_of(end: End, desks: Iterable[Desk], now: datetime, zone: ZoneInfo) -> Mapping[str, datetime]:
    """When that is for each of these desks. One that never closes opens next in the morning."""
    if end is not End.OPENING:
        return {desk.key: end_at(end, now, zone) for desk in desks}
    return {desk.key: next(_openings(desk, now), end_at(End.MORNING, now, zone)) for desk in desks}


def _openings(desk: Desk, now: datetime) -> Iterator[datetime]:
    """When it opens next; of one that is closed by its hours, the opening after that: the next one would be no
    closure at all."""
    after = now
    for _ in range(1 if desk.hours.is_open(now) else 2):
        opening = desk.hours.next_opening(after)
        if opening is None:
            return
        after = opening
    yield after


def _midnight(local: datetime, days: int) -> datetime:
    return datetime.combine(local.date() + timedelta(days=days), time(), local.tzinfo)
