"""When a desk answers.

The usual week (`ivr.line.week`) is one part of it; what happens on public holidays, days closed
every year and single closures are the others. opening-hours-py's own `PH` is not used: version
2.1.4 takes the Japanese citizens' holiday 2026-09-22 and the substitute holiday 2027-03-22 for
working days. Public holidays come from the `holidays` package instead, which agrees with the
Cabinet Office's rules for 2020-2050.

A shift belongs to the day on which it begins, also the part of it after midnight: where that day
is a holiday or closed, there is no such shift; a holiday that begins while a shift lasts does not
end it.

Every `now` is an aware time and is read in the desk's own zone; an interval holds its first
instant and not its last, so that a desk that closes at 17:15 is open at 17:14:59 and closed
at 17:15:00. Hours that cannot be read, or that are not known for sure, are never open: files with
such are refused when they are loaded.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from zoneinfo import ZoneInfo

import holidays

from ivr.line.sentences import sentence
from ivr.line.text import folded
from ivr.line.week import NEVER, SUNDAY, MonthDay, Span, Week, read, within

LOOK_AHEAD_DAYS = 400
"""How far `next_opening` looks: a desk that opens in one season only opens within a year, and its
first day may be a holiday [own value]."""

ALWAYS_OPEN_DAYS = 7
"""A desk that will not close for so many days is said to be open without a closing time."""

_MONTH_DAY = re.compile("([0-9]{2})-([0-9]{2})")


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

    first: MonthDay
    last: MonthDay

    def covers(self, day: date) -> bool:
        """Whether `day` falls into it."""
        return within((day.month, day.day), self.first, self.last)

    def __str__(self) -> str:
        ends = dict.fromkeys((self.first, self.last))
        return "/".join(f"{month:02}-{day:02}" for month, day in ends)

    @classmethod
    def parse(cls, text: str) -> "YearlyClosing":
        """Read ``12-29/01-03`` or one day, ``06-02``. ValueError where it is neither."""
        ends = folded(text).split("/")
        if len(ends) > 2:
            raise ValueError(sentence("%(text)r is no span of days: write it as 12-29/01-03", text=text))
        return cls(_month_day(ends[0]), _month_day(ends[-1]))


def _month_day(text: str) -> MonthDay:
    match = _MONTH_DAY.fullmatch(text.strip())
    if not match:
        raise ValueError(sentence("%(text)r is no day of the year: write month and day as 12-29", text=text))
    month, day = int(match[1]), int(match[2])
    date(2024, month, day)  # a leap year, so that 02-29 is a day
    return month, day


@dataclass(frozen=True, slots=True)
class Hours:
    """A desk's hours: the usual week, public holidays, days closed every year, and single
    closures such as "closed this afternoon", which are kept in order and apart from one another."""

    weekly: str
    on_holidays: OnHolidays
    closings: tuple[YearlyClosing, ...]
    zone: str
    country: str = "JP"
    closures: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "closures", _apart(self.closures))

    @property
    def week(self) -> Week:
        """The usual week; one that never opens where it cannot be read."""
        return _week(self.weekly)

    def is_open(self, now: datetime) -> bool:
        """Whether the desk answers at `now` (aware)."""
        return not self._held(now) and self._usually_open(now)

    def suspended(self, now: datetime) -> bool:
        """Whether a single closure alone keeps it from answering at `now` (aware): its usual hours would not."""
        return self._held(now) and self._usually_open(now)

    def closes(self, now: datetime) -> datetime | None:
        """When the desk that is open at `now` closes; None where it is closed or does not
        close within ALWAYS_OPEN_DAYS."""
        usual = None if self._held(now) else self._usual_at(now, ALWAYS_OPEN_DAYS + 1)
        if usual is None:
            return None
        closure = self._closure_from(now)
        end = min(usual.end, closure.start) if closure else usual.end
        return None if end - now >= timedelta(days=ALWAYS_OPEN_DAYS) else end

    def next_opening(self, now: datetime) -> datetime | None:
        """The next time after `now` at which it opens; None within LOOK_AHEAD_DAYS."""
        zone, closure = ZoneInfo(self.zone), self._closure_from(now)
        since = closure.end if closure and closure.start <= now else now
        today, first = now.astimezone(zone).date(), since.astimezone(zone).date()
        usual = self._usual(first, LOOK_AHEAD_DAYS - (first - today).days)
        found = (interval.start for each in usual if each.end > since for interval in self._left_of(each, since))
        return next((start for start in found if start > now), None)

    def edges(self, now: datetime) -> Iterator[datetime]:
        """When it opens and closes in the days around `now` (aware), and when a closing comes so near that it is
        told: what is told of it is the same from one of these to the next, within a day."""
        local = now.astimezone(ZoneInfo(self.zone))
        for usual in _usual_on(self._without_closures(), local.date(), ALWAYS_OPEN_DAYS + 1):
            for interval in self._left_of(usual, usual.start):
                yield from (interval.start, interval.end, interval.end - timedelta(days=ALWAYS_OPEN_DAYS))

    @property
    def last_year(self) -> int | None:
        """The last year in which it opens at all; None where no year ends it."""
        rules = [rule for rule in self.week.rules if rule.spans]
        if not rules or any(not rule.years for rule in rules):
            return None
        last = max(last for rule in rules for _, last in rule.years)
        return None if last >= date.max.year else last

    def last_opening(self, after: date) -> date | None:
        """The last day from `after` on at which it opens; None where no year ends it, or where it
        never opens again."""
        if self.last_year is None or self.last_year < after.year:
            return None
        end = date(self.last_year, 12, 31)
        days = (end - timedelta(days=offset) for offset in range((end - after).days + 1))
        return next((day for day in days if self._shifts(day)), None)

    @property
    def always(self) -> bool:
        """Whether it answers at any hour of every day, but for single closures."""
        return self.week.always and self.on_holidays is OnHolidays.AS_USUAL and not self.closings

    def times(self) -> tuple[time, ...]:
        """Every time of day at which the usual week opens or closes, in order."""
        return tuple(time(edge // 60, edge % 60) for edge in sorted(self.week.edges))

    def _usually_open(self, now: datetime) -> bool:
        return self._usual_at(now, days=1) is not None  # later days tell only when it closes

    def _usual_at(self, now: datetime, days: int) -> Interval | None:
        """The open interval of the usual hours around `now`, as far as it can be seen in so many days."""
        local = now.astimezone(ZoneInfo(self.zone))
        for interval in _usual_on(self._without_closures(), local.date(), days):
            if interval.start <= local < interval.end:
                return interval
        return None

    def _without_closures(self) -> "Hours":
        """The usual hours alone: found as quickly however many closures there are."""
        return replace(self, closures=()) if self.closures else self

    def _held(self, now: datetime) -> bool:
        """Whether a single closure holds at `now`."""
        closure = self._closure_from(now)
        return closure is not None and closure.start <= now

    def _closure_from(self, now: datetime) -> Interval | None:
        """The closure that holds at `now`, else the next one."""
        return next(self._closures_from(now), None)

    def _closures_from(self, since: datetime) -> Iterator[Interval]:
        """The closures that end after a moment, in order."""
        first = bisect_right(self.closures, since, key=attrgetter("end"))
        return islice(self.closures, first, None)

    def _left_of(self, usual: Interval, since: datetime) -> Iterator[Interval]:
        """What closures leave of an interval of the usual hours from a moment on, in order."""
        start = max(usual.start, since)
        for closure in self._closures_from(start):
            if closure.start >= usual.end:
                break
            if start < closure.start:
                yield Interval(start, closure.start)
            start = closure.end
        if start < usual.end:
            yield Interval(start, usual.end)

    def _usual(self, first: date, days: int) -> Iterator[Interval]:
        """The open intervals of the usual hours that touch some days, in order; those that meet are one. Shifts of
        the days before may last into the first."""
        zone = ZoneInfo(self.zone)
        open_since: Interval | None = None
        for offset in range(-self.week.longest, days):
            if (day := _later(first, offset)) is None:
                continue
            for start, end in self._shifts(day):
                shift = Interval(_moment(day, start, zone), _moment(day, end, zone))
                if open_since and shift.start <= open_since.end:
                    open_since = Interval(open_since.start, max(open_since.end, shift.end))
                    continue
                if open_since:
                    yield open_since
                open_since = shift
        if open_since:
            yield open_since

    def _shifts(self, day: date) -> tuple[Span, ...]:
        """The shifts that begin on a day."""
        if any(closing.covers(day) for closing in self.closings):
            return ()
        if not is_public_holiday(day, self.country) or self.on_holidays is OnHolidays.AS_USUAL:
            return _spans(self.weekly, day, None)
        if self.on_holidays is OnHolidays.CLOSED:
            return ()
        return _spans(self.weekly, day, SUNDAY)


@lru_cache(maxsize=512)  # every step of a call asks for each desk's hours of the day [own value]
def _usual_on(hours: Hours, first: date, days: int) -> tuple[Interval, ...]:
    """The open intervals of hours without closures that touch some days."""
    return tuple(hours._usual(first, days))


def _later(day: date, offset: int) -> date | None:
    """So many days later; None where the calendar ends."""
    try:
        return day + timedelta(days=offset)
    except OverflowError:
        return None


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A minute of a day, or of the next where it lies after 24:00."""
    midnight = datetime.combine(day, time(), zone)
    try:
        return midnight + timedelta(minutes=minute)
    except OverflowError:
        return datetime.max.replace(tzinfo=zone)


def _apart(closures: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same time in order; closures that meet are one, and those that end before they begin are none."""
    found: list[Interval] = []
    for closure in sorted((each for each in closures if each.start < each.end), key=attrgetter("start")):
        if found and closure.start <= found[-1].end:
            before = found.pop()
            found.append(Interval(before.start, max(before.end, closure.end)))
        else:
            found.append(closure)
    return tuple(found)


@lru_cache(maxsize=4096)
def is_public_holiday(day: date, country: str = "JP") -> bool:
    """Whether `day` is a public, substitute or citizens' holiday."""
    return day in _calendar(country, day.year)


@lru_cache
def _calendar(country: str, year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=year)


@lru_cache(maxsize=512)
def _week(weekly: str) -> Week:
    try:
        return read(weekly)
    except ValueError:
        return NEVER


@lru_cache(maxsize=8192)
def _spans(weekly: str, day: date, weekday: int | None) -> tuple[Span, ...]:
    return _week(weekly).spans(day, weekday)


def check_weekly(weekly: str) -> None:
    """ValueError where `weekly` cannot be read."""
    read(weekly)
