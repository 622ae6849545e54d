"""The usual hours as a caller is told them, in no language yet: which days, which times, what is
closed. `ivr.line.hours_words` says it in words.

It is not the rules that are told but what comes of them, so that "Mo-Fr 09:00-17:00; We off" is told
as Monday, Tuesday, Thursday and Friday. What holds for most of a year is told without a season; a
stretch shorter than EXCEPTION_DAYS beside it is told as its exception.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby

from ivr.line.hours import Hours, OnHolidays, YearlyClosing
from ivr.line.week import DAY, LAST, MONTHS, SUNDAY, WEEKDAYS, HoursFault, MonthDay, Span, Week

EXCEPTION_DAYS = 28
"""Shorter stretches of the year than a month are told as exceptions [own value]."""

_LEAP_YEAR = [date(2024, 1, 1) + timedelta(days=offset) for offset in range(366)]
_EVERY = ({1}, {2}, {3}, {4}, {4, LAST}, {5, LAST})
"""How a weekday can be numbered in its month."""

Years = tuple[int | None, int | None]
"""From a year to another, both included; None: without a first, without a last."""

Days = tuple[MonthDay, MonthDay]
_Pattern = tuple[tuple[tuple[Span, ...], ...], ...]  # spans by weekday and by _EVERY


class CannotSay(HoursFault):
    """These hours cannot be put into words; the message says why."""


@dataclass(frozen=True, slots=True)
class Period:
    """When in the year, and in which years; `days` empty: all year, `years` None: every year."""

    days: tuple[Days, ...] = ()
    years: Years | None = None

    def __str__(self) -> str:
        first, last = self.years or (None, None)
        years = "" if self.years is None else f"{first}" if first == last else f"{first or ''}-{last or ''}"
        return " ".join(filter(None, (years, ",".join(f"{_day(a)}-{_day(b)}" for a, b in self.days))))


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday (0 is Monday), or the holidays (None); `numbers` in the month, empty for all."""

    weekday: int | None
    numbers: tuple[int, ...] = ()

    def __str__(self) -> str:
        name = "PH" if self.weekday is None else WEEKDAYS[self.weekday]
        return f"{name}[{','.join(map(str, self.numbers))}]" if self.numbers else name


@dataclass(frozen=True, slots=True)
class Opening:
    """On these days of a period, these spans."""

    period: Period
    days: tuple[Weekday, ...]
    spans: tuple[Span, ...]

    @property
    def daily(self) -> bool:
        """Whether it is every day of the week."""
        return {Weekday(weekday) for weekday in range(7)} <= set(self.days)

    def __str__(self) -> str:
        spans = ",".join(f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}" for start, end in self.spans)
        return " ".join(filter(None, (str(self.period), ",".join(map(str, self.days)), spans)))


@dataclass(frozen=True, slots=True)
class Usual:
    """All that is told: when it is open, exceptions last; which periods are closed; and what happens
    on public holidays: `holidays` is None where the rest tells it."""

    openings: tuple[Opening, ...]
    closed: tuple[Period, ...]
    holidays: OnHolidays | None

    @property
    def always(self) -> bool:
        """Whether it never closes but on what is `closed`."""
        return [(each.daily, each.spans, each.period) for each in self.openings] == [(True, ((0, DAY),), Period())]


@lru_cache(maxsize=256)  # each language of each edition asks for each desk's [own value]
def usual(hours: Hours) -> Usual:
    """The hours as they are told. CannotSay where that cannot be."""
    told = tuple(_told(hours.week))
    openings = tuple(opening for period, pattern in told for opening in _openings(period, pattern))
    if not openings:
        raise CannotSay("The desk would never open.")
    closed = tuple(period for period, pattern in told if _never(pattern))
    yearly = tuple(Period((_ends(closing),)) for closing in hours.closings)
    return _with_holidays(hours, openings, (*yearly, *closed))


def _with_holidays(hours: Hours, openings: tuple[Opening, ...], closed: tuple[Period, ...]) -> Usual:
    always = all(each.daily for each in openings) and len(openings) == 1
    if hours.on_holidays is not OnHolidays.AS_SUNDAY:
        whole = always and openings[0].spans == ((0, DAY),) and hours.on_holidays is OnHolidays.AS_USUAL
        return Usual(openings, closed, None if whole else hours.on_holidays)
    if any(each.numbers and each.weekday == SUNDAY for opening in openings for each in opening.days):
        raise CannotSay("Holidays are as on Sundays, but not all Sundays are alike.")
    sundays = [Weekday(SUNDAY) in opening.days for opening in openings]
    if not any(sundays):
        return Usual(openings, closed, OnHolidays.CLOSED)
    if always:
        return Usual(openings, closed, None if openings[0].spans == ((0, DAY),) else OnHolidays.AS_USUAL)
    if len({opening.period for opening in openings if Weekday(SUNDAY) in opening.days}) < len(
        {opening.period for opening in openings}
    ) or any(opening.daily for opening in openings):
        return Usual(openings, closed, OnHolidays.AS_SUNDAY)
    joined = (
        Opening(each.period, (*each.days, Weekday(None)) if sunday else each.days, each.spans)
        for each, sunday in zip(openings, sundays, strict=True)
    )
    return Usual(tuple(joined), closed, None)


# --- the year -----------------------------------------------------------------------------------


def _told(week: Week) -> Iterator[tuple[Period, _Pattern]]:
    """Patterns of a week with their periods; the main ones first, then exceptions."""
    classes = [(years, *_divided(_runs(week, years))) for years in _year_classes(week)]
    for main, group in groupby(classes, key=lambda each: each[1]):
        alike = [each[0] for each in group]
        span = None if len(alike) == len(classes) else (alike[0][0], alike[-1][1])
        yield from ((Period(days, span), pattern) for days, pattern in main if not _never(pattern))
    everywhere = set.intersection(*(set(each[2]) for each in classes))
    yield from ((Period((days,)), pattern) for days, pattern in classes[0][2] if (days, pattern) in everywhere)
    for years, _, exceptions in classes:
        yield from ((Period((days,), years), found) for days, found in exceptions if (days, found) not in everywhere)


def _year_classes(week: Week) -> list[Years]:
    """Stretches of years between which the rules may change, in order."""
    edges = sorted({edge for rule in week.rules for first, last in rule.years for edge in (first, last + 1)})
    edges = [edge for edge in edges if edge <= date.max.year]
    return list(zip([None, *edges], [*(edge - 1 for edge in edges), None], strict=True))


def _runs(week: Week, years: Years) -> list[tuple[Days, _Pattern]]:
    """The year in stretches of one pattern, in order; the last may be one with the first."""
    first, last = years
    year = first or last or _LEAP_YEAR[0].year
    starts = {(1, 1)}
    for rule in week.rules:
        starts |= {edge for begin, end in rule.days for edge in (begin, _after(end))}
    ordered = sorted(starts)
    runs = [(day, _pattern(week, year, day)) for day in ordered]
    kept = [run for number, run in enumerate(runs) if number == 0 or run[1] != runs[number - 1][1]]
    ends = [*(_before(day) for day, _ in kept[1:]), (12, 31)]
    return [((day, end), pattern) for (day, pattern), end in zip(kept, ends, strict=True)]


def _divided(
    runs: list[tuple[Days, _Pattern]],
) -> tuple[tuple[tuple[tuple[Days, ...], _Pattern], ...], tuple[tuple[Days, _Pattern], ...]]:
    """What a year is told by: patterns with their stretches (none: all year), and exceptions."""
    runs = _round(runs)
    most = max(runs, key=lambda run: sum(_length(days) for days, pattern in runs if pattern == run[1]))[1]
    short = [run for run in runs if _length(run[0]) < EXCEPTION_DAYS and run[1] != most]
    long = [run for run in runs if run not in short]
    bridged: list[tuple[Days, _Pattern]] = []
    for days, pattern in long:
        if bridged and bridged[-1][1] == pattern:
            bridged[-1] = ((bridged[-1][0][0], days[1]), pattern)
        else:
            bridged.append((days, pattern))
    if len(bridged) > 1 and bridged[0][1] == bridged[-1][1]:
        bridged = [((bridged[-1][0][0], bridged[0][0][1]), bridged[0][1]), *bridged[1:-1]]
    if len(bridged) == 1:
        return (((), bridged[0][1]),), tuple(sorted(short))
    bridged.sort()
    patterns = dict.fromkeys(pattern for _, pattern in bridged)
    main = ((tuple(days for days, found in bridged if found == pattern), pattern) for pattern in patterns)
    return tuple(main), tuple(sorted(short))


def _round(runs: list[tuple[Days, _Pattern]]) -> list[tuple[Days, _Pattern]]:
    """The runs of a year without the seam of New Year."""
    if len(runs) == 1 or runs[0][1] != runs[-1][1]:
        return runs
    return [*runs[1:-1], ((runs[-1][0][0], runs[0][0][1]), runs[0][1])]


def _pattern(week: Week, year: int, day: MonthDay) -> _Pattern:
    return tuple(
        tuple(week.at(year, day, weekday, frozenset({0, *numbers})) for numbers in _EVERY) for weekday in range(7)
    )


def _never(pattern: _Pattern) -> bool:
    return not any(spans for row in pattern for spans in row)


# --- the week -----------------------------------------------------------------------------------


def _openings(period: Period, pattern: _Pattern) -> Iterator[Opening]:
    """The days of a pattern, those with the same spans together."""
    rows = [(spans, day) for weekday, row in enumerate(pattern) for spans, day in _weekday(weekday, row) if spans]
    for spans in dict.fromkeys(spans for spans, _ in rows):
        yield Opening(period, tuple(day for each, day in rows if each == spans), spans)


def _weekday(weekday: int, row: Sequence[tuple[Span, ...]]) -> Iterator[tuple[tuple[Span, ...], Weekday]]:
    if len(set(row)) == 1:
        yield row[0], Weekday(weekday)
        return
    for spans in dict.fromkeys(row):
        if spans:
            yield spans, Weekday(weekday, _numbers(number for number, each in enumerate(row) if each == spans))


def _numbers(held: Iterable[int]) -> tuple[int, ...]:
    """The numbers that name these of _EVERY and no others; with the last only where it is needed."""
    wanted = set(held)
    for numbers in ((1, 2, 3, 4, 5), (LAST, 1, 2, 3, 4, 5)):
        named: dict[int, set[int]] = {}
        for number in numbers:
            meant = {index for index, each in enumerate(_EVERY) if number in each}
            if meant <= wanted and not meant <= set().union(*named.values()):
                named[number] = meant
        if set().union(*named.values()) == wanted:
            return tuple(sorted(named, key=lambda number: (number == LAST, number)))
    raise CannotSay("A weekday has numbers that cannot be said, such as every Friday but the last.")


# --- days of the year ---------------------------------------------------------------------------


def _ends(closing: YearlyClosing) -> Days:
    return closing.first, closing.last


def _after(day: MonthDay) -> MonthDay:
    return _shifted(day, 1)


def _before(day: MonthDay) -> MonthDay:
    return _shifted(day, -1)


def _shifted(day: MonthDay, offset: int) -> MonthDay:
    found = _LEAP_YEAR[(_LEAP_YEAR.index(date(2024, *day)) + offset) % len(_LEAP_YEAR)]
    return found.month, found.day


def _length(days: Days) -> int:
    first, last = (_LEAP_YEAR.index(date(2024, *day)) for day in days)
    return (last - first) % len(_LEAP_YEAR) + 1


def _day(day: MonthDay) -> str:
    return f"{MONTHS[day[0] - 1]} {day[1]}"
