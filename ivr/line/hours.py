"""When a desk answers.

A week is written in the OpenStreetMap `opening_hours` syntax and read by
opening-hours-py. Its `PH` is not used: version 2.1.4 takes the Japanese citizens' holiday
2026-09-22 and the substitute holiday 2027-03-22 for working days. Public holidays come from
the `holidays` package instead, which agrees with the Cabinet Office's rules for 2020-2050.

Every `now` is an aware time and is read in the desk's own zone; an interval holds its first
instant and not its last, so that a desk that closes at 17:15 is open at 17:14:59 and closed
at 17:15:00.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined,unused-ignore]

LOOK_AHEAD_DAYS = 60
"""How far `next_opening` looks. The longest closing known, New Year in Golden-Week style
bridges included, is under two weeks; a desk closed for longer has no useful next opening."""

ALWAYS_OPEN_DAYS = 7
"""A desk that will not close for so many days is said to be open without a closing time."""

_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")


class OnHolidays(StrEnum):
    """What a desk does on a public holiday."""

    CLOSED = "closed"
    AS_USUAL = "as usual"
    AS_SUNDAY = "as Sunday"


@dataclass(frozen=True, slots=True)
class Interval:
    """From the first instant to just before the last, in the desk's zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class YearlyClosing:
    """Days closed every year, both ends included, as (month, day); may cross New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def covers(self, day: date) -> bool:
        """Whether `day` falls into it."""
        month_day = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= month_day <= self.last
        return month_day >= self.first or month_day <= self.last

    @classmethod
    def parse(cls, text: str) -> "YearlyClosing":
        """Read ``12-29/01-03`` or one day, ``06-02``. ValueError where it is neither."""
        ends = text.split("/")
        if len(ends) > 2:
            raise ValueError(f"{text!r} is no span of days: write it as 12-29/01-03")
        return cls(_month_day(ends[0]), _month_day(ends[-1]))


def _month_day(text: str) -> tuple[int, int]:
    match = _MONTH_DAY.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is no day of the year: write month and day as 12-29")
    month, day = int(match[1]), int(match[2])
    date(2024, month, day)  # a leap year, so that 02-29 is a day
    return month, day


@dataclass(frozen=True, slots=True)
class Hours:
    """A desk's hours: the usual week, public holidays, days closed every year, and single
    closures such as "closed this afternoon"."""

    weekly: str
    on_holidays: OnHolidays
    closings: tuple[YearlyClosing, ...]
    zone: str
    country: str = "JP"
    closures: tuple[Interval, ...] = ()

    def is_open(self, now: datetime) -> bool:
        """Whether the desk answers at `now` (aware)."""
        return self._interval_at(now, days=1) is not None  # later days tell only when it closes

    def closes(self, now: datetime) -> datetime | None:
        """When the desk that is open at `now` closes; None where it is closed or does not
        close within ALWAYS_OPEN_DAYS."""
        interval = self._interval_at(now, days=ALWAYS_OPEN_DAYS + 1)
        if interval is None or interval.end - now >= timedelta(days=ALWAYS_OPEN_DAYS):
            return None
        return interval.end

    def next_opening(self, now: datetime) -> datetime | None:
        """The next time after `now` at which it opens; None within LOOK_AHEAD_DAYS."""
        local = now.astimezone(ZoneInfo(self.zone))
        for offset in range(LOOK_AHEAD_DAYS):
            for interval in self._intervals(local.date() + timedelta(days=offset), days=1):
                if interval.start > local:
                    return interval.start
        return None

    def times(self) -> tuple[time, ...]:
        """Every time of day at which the usual week opens or closes, in order."""
        monday = date(2024, 1, 1)  # four weeks show first to fourth weekdays
        found = {
            edge.time()
            for offset in range(31)
            for interval in _weekly_intervals(self.weekly, monday + timedelta(days=offset), self.zone)
            for edge in (interval.start, interval.end)
        }
        return tuple(sorted(found))

    def _interval_at(self, now: datetime, days: int) -> Interval | None:
        """The open interval around `now`, as far as it can be seen in so many days."""
        local = now.astimezone(ZoneInfo(self.zone))
        for interval in self._intervals(local.date(), days):
            if interval.start <= local < interval.end:
                return interval
        return None

    def _intervals(self, first: date, days: int) -> tuple[Interval, ...]:
        """The open intervals of some days, those that meet at midnight made one."""
        found = (interval for offset in range(days) for interval in self._day(first + timedelta(days=offset)))
        joined: list[Interval] = []
        for interval in found:
            if joined and joined[-1].end == interval.start:
                joined.append(Interval(joined.pop().start, interval.end))
            else:
                joined.append(interval)
        return _without(tuple(joined), self.closures)

    def _day(self, day: date) -> tuple[Interval, ...]:
        if any(closing.covers(day) for closing in self.closings):
            return ()
        if not is_public_holiday(day, self.country) or self.on_holidays is OnHolidays.AS_USUAL:
            return _weekly_intervals(self.weekly, day, self.zone)
        if self.on_holidays is OnHolidays.CLOSED:
            return ()
        return self._like_sunday(day)

    def _like_sunday(self, day: date) -> tuple[Interval, ...]:
        sunday = day + timedelta(days=6 - day.weekday())
        shift = day - sunday
        return tuple(
            Interval(interval.start + shift, interval.end + shift)
            for interval in _weekly_intervals(self.weekly, sunday, self.zone)
        )


def _without(intervals: tuple[Interval, ...], closures: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """The intervals less the closures."""
    for closure in closures:
        before = (Interval(i.start, min(i.end, closure.start)) for i in intervals)
        after = (Interval(max(i.start, closure.end), i.end) for i in intervals)
        intervals = tuple(sorted((i for i in (*before, *after) if i.start < i.end), key=lambda i: i.start))
    return intervals


@lru_cache(maxsize=4096)
def is_public_holiday(day: date, country: str = "JP") -> bool:
    """Whether `day` is a public, substitute or citizens' holiday."""
    return day in _calendar(country, day.year)


@lru_cache
def _calendar(country: str, year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=year)


@lru_cache
def _week(weekly: str) -> OpeningHours:
    if re.search(r"\b[PS]H\b", weekly):
        raise ValueError("leave PH and SH out; say what happens on public holidays with 'holidays'")
    try:
        return OpeningHours(weekly)
    except ParserError as error:
        raise ValueError(f"{weekly!r} is not opening_hours syntax, such as 'Mo-Fr 08:30-17:15'") from error


@lru_cache(maxsize=4096)
def _weekly_intervals(weekly: str, day: date, zone: str) -> tuple[Interval, ...]:
    start = datetime.combine(day, time())
    end = start + timedelta(days=1)
    tz = ZoneInfo(zone)
    return tuple(
        Interval(first.replace(tzinfo=tz), last.replace(tzinfo=tz))
        for first, last, state, _comment in _week(weekly).intervals(start, end)
        if state == State.OPEN
    )


def check_weekly(weekly: str) -> None:
    """ValueError where `weekly` cannot be read."""
    _week(weekly)
