"""The usual hours in words, made from the hours themselves by the words of a language (`hours.…`
and `calendar.…` of its file).

Each sentence is one chunk, so that it is said in one melody and can be rendered like any other; the
same sentence at two desks is the same chunk.
"""

from collections.abc import Iterator, Sequence
from datetime import time
from itertools import groupby

from ivr.line.dates import day_of_year, filled, time_of_day
from ivr.line.hours import Hours, OnHolidays
from ivr.line.prompt_keys import calendar, closing, own_hours
from ivr.line.prompt_keys import hours as hours_key
from ivr.line.usual import Days, Opening, Period, Usual, Weekday, Years, usual
from ivr.line.values import Desk, Language
from ivr.line.week import DAY, LAST, MonthDay
from ivr.line.week import Span as Shift
from ivr.line.words import Chunk, Span

KEY = "hours:"
"""How the keys of the sentences begin."""

Words = tuple[Span, ...]


def usual_hours(language: Language, hours: Hours) -> tuple[Chunk, ...]:
    """The usual hours, a chunk a sentence. usual.CannotSay where they cannot be put into words."""
    return tuple(_sentences(_HoursWords(language), usual(hours)))


def said_hours(language: Language, desk: Desk) -> tuple[Chunk, ...]:
    """The usual hours of a desk as callers hear them: words of one's own where the language has some,
    else made from its hours."""
    own = language.prompts.get(own_hours(desk.key))
    return usual_hours(language, desk.heard_in(language.code).hours) if own is None else own.chunks()


def _sentences(words: "_HoursWords", told: Usual) -> Iterator[Chunk]:
    if told.always:
        yield _sentence("24/7", words.fill("always"))
    else:
        for number, opening in enumerate(told.openings):
            also = "also " if number else ""  # which other words begin than the first sentence
            yield _sentence(f"{also}{opening}", words.opening(opening, first=number == 0))
    if told.holidays is OnHolidays.AS_USUAL:
        yield _sentence("PH as usual", words.fill("holidays_as_usual"))
    if told.holidays is OnHolidays.AS_SUNDAY:
        yield _sentence("PH as Sunday", words.fill("holidays_as_sunday"))
    closed = [words.fill("closed_holidays")] if told.holidays is OnHolidays.CLOSED else []
    closed += [words.closed(period) for period in told.closed]
    if closed:
        names = [*(["PH"] if told.holidays is OnHolidays.CLOSED else []), *map(str, told.closed)]
        yield _sentence(f"{', '.join(names)} off", words.fill("closed", closed=words.listed(closed)))


def _sentence(what: str, words: Words) -> Chunk:
    """It begins with a capital, where the script has them."""
    first, *rest = words
    return Chunk(f"{KEY}{what}", (Span(first.written[:1].upper() + first.written[1:], first.reading), *rest))


class _HoursWords:
    """The words of a language for what makes up hours."""

    def __init__(self, language: Language):
        self.language = language

    def fill(self, part: str, number: int | None = None, /, **slots: Words) -> Words:
        return filled(self.language.prompts[hours_key(part, number)], slots)

    # --- open ---------------------------------------------------------------------------------

    def opening(self, opening: Opening, first: bool) -> Words:
        """A sentence: which days, which times. The first one goes on from the words before it."""
        times = self.times(opening.spans)
        period = opening.period
        if opening.daily and len(period.days) == 1 and _is_day(period.days[0]):
            return self.fill("on_day", period=self.period(period), times=times)
        if opening.daily:
            said = self.fill("daily", times=times)
        else:
            said = self.fill("first" if first else "more", days=self.days(opening.days), times=times)
        return said if period == Period() else self.fill("in_period", period=self.period(period), hours=said)

    def days(self, days: Sequence[Weekday]) -> Words:
        """Weekdays: three or more in a row as a range; numbered ones after the others."""
        plain = [day for day in days if day.weekday is not None and not day.numbers]
        numbered = [day for day in days if day.numbers]
        holidays = [self.fill("holidays")] if Weekday(None) in days else []
        ranges = self._ranges([day.weekday or 0 for day in plain])
        return self.listed([*ranges, *map(self._numbered, numbered), *holidays])

    def _ranges(self, weekdays: Sequence[int]) -> Iterator[Words]:
        for _, group in groupby(enumerate(weekdays), key=lambda each: each[1] - each[0]):
            run = [self._weekday(weekday) for _, weekday in group]
            if len(run) >= 3:
                yield self.fill("range", first=run[0], last=run[-1])
            else:
                yield from run

    def _weekday(self, weekday: int) -> Words:
        return self.fill("weekdays", weekday + 1)

    def _numbered(self, day: Weekday) -> Words:
        numbers = [self.fill("last") if number == LAST else self.fill("nth", number) for number in day.numbers]
        one = len(numbers) == 1 and LAST not in day.numbers
        key = "nth_weekday" if one else "nth_weekdays"
        return self.fill(key, nth=self.listed(numbers), weekday=self._weekday(day.weekday or 0))

    def times(self, shifts: Sequence[Shift]) -> Words:
        """Spans of a day, from and to."""
        return self.listed([self._shift(*shift) for shift in shifts], joint="spans_and", comma="spans_comma")

    def _shift(self, start: int, end: int) -> Words:
        if (start, end) == (0, DAY):
            return self.fill("whole_day")
        return self.fill("overnight" if end > DAY else "span", start=self._time(start), end=self._time(end))

    def _time(self, minute: int) -> Words:
        return time_of_day(self.language, time(minute // 60 % 24, minute % 60)).spans

    # --- periods ------------------------------------------------------------------------------

    def period(self, period: Period) -> Words:
        """When in the year and in which years."""
        days = self.listed([self._days(each, "range") for each in period.days]) if period.days else ()
        if period.years is None:
            return days
        years = self._years(period.years)
        if days:
            return self.fill("year_and_days", year=years, days=days)
        return self.fill("in_year", year=years) if period.years[0] == period.years[1] else years

    def _years(self, years: Years) -> Words:
        first, last = years
        named = {"first": self._year(first), "last": self._year(last)}
        if first == last:
            return named["first"]
        if first is None:
            return self.fill("until_year", year=named["last"])
        if last is None:
            return self.fill("from_year", year=named["first"])
        return self.fill("range", **named)

    def _year(self, year: int | None) -> Words:
        return self.fill("year", year=(Span(str(year)),))

    def _days(self, days: Days, range_: str) -> Words:
        first, last = days
        if _whole_months(days):
            months = [filled(self.language.prompts[calendar("months", day[0])], {}) for day in days]
        else:
            months = [self._day(first), self._day(last)]
        return months[0] if months[0] == months[1] else self.fill(range_, first=months[0], last=months[1])

    def _day(self, day: MonthDay) -> Words:
        return day_of_year(self.language, *day).spans

    # --- closed -------------------------------------------------------------------------------

    def closed(self, period: Period) -> Words:
        """What is closed in a period: its name, a day, a month, or from when to when."""
        (days,) = period.days
        if period.years is None and (name := _closing_name(days)) in self.language.prompts:
            return filled(self.language.prompts[name], {})

        def dated(words: Words) -> Words:
            years = period.years
            return words if years is None else self.fill("year_and_days", year=self._years(years), days=words)

        if _is_day(days):
            return self.fill("closed_day", day=dated(self._day(days[0])))
        if _whole_months(days) and days[0][0] == days[1][0]:
            return self.fill("closed_month", month=dated(self._days(days, "range")))
        return dated(self._days(days, "closed_days"))

    # --- lists --------------------------------------------------------------------------------

    def listed(self, items: Sequence[Words], joint: str = "and", comma: str = "comma") -> Words:
        """A row of things: commas, and the last one joined by an "and"."""
        *before, last = items
        if not before:
            return last
        row = before[0]
        for item in before[1:]:
            row = self.fill(comma, first=row, last=item)
        return self.fill(joint, first=row, last=last)


def _is_day(days: Days) -> bool:
    return days[0] == days[1]


def _whole_months(days: Days) -> bool:
    (_, first), (month, last) = days
    return first == 1 and last >= {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)


def _closing_name(days: Days) -> str:
    first, last = (f"{month:02}-{day:02}" for month, day in days)
    return closing(first if first == last else f"{first}_to_{last}")
