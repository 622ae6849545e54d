"""The usual hours as a table that people fill in: a row for each weekday, in a season or all year.

    table_of(read("Mo-Fr 08:45-17:15; Sa[2,4] 09:00-12:00"))    # the table, None where none says the same
    written(table)                                              # the hours in their one way of writing

What no table holds are years, and weekdays that are open at other times in other weeks of the month.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from ivr.line.typed_times import time_text
from ivr.line.week import DAY, LAST, MONTHS, WEEKDAYS, HoursFault, MonthDay, Span, Week, read

MOST_SPANS = 2
"""Times a day that the table has room for: before and after noon."""

ALWAYS = "24/7"
NEVER = "off"

_EVERY = (frozenset({0, 1}), frozenset({0, 2}), frozenset({0, 3}), frozenset({0, 4}), frozenset({0, 4, LAST}))
_FIFTH = frozenset({0, 5, LAST})
_ORDINALS = (*_EVERY, _FIFTH)
"""How a weekday can be numbered in its month, as `Week.at` takes it."""

_ORDINARY_YEAR = 2024  # a leap year, so that February 29 is among its days


@dataclass(frozen=True, slots=True)
class DayRow:
    """A weekday: when it is open, in which weeks of the month (() for all)."""

    spans: tuple[Span, ...] = ()
    weeks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Season:
    """Seven rows, Monday first; `days`: from a day of the year to another, both included, None for all year."""

    rows: tuple[DayRow, ...]
    days: tuple[MonthDay, MonthDay] | None = None


@dataclass(frozen=True, slots=True)
class WeeklyTable:
    """The first season is the whole year, those behind it are its exceptions; `always`: it never closes."""

    seasons: tuple[Season, ...]
    always: bool = False


EMPTY = WeeklyTable((Season((DayRow(),) * 7),))


def table_of(week: Week) -> WeeklyTable | None:
    """The table that says the same as these hours; None where there is none."""
    if week.always:
        return replace(EMPTY, always=True)
    if any(rule.years for rule in week.rules):
        return None
    periods = tuple(dict.fromkeys(days for rule in week.rules for days in rule.days))
    all_year = _rows(Week(week.text, tuple(rule for rule in week.rules if not rule.days)), (1, 1))
    seasons = [all_year, *(_rows(week, days[0]) for days in periods)]
    if any(rows is None for rows in seasons):
        return None
    named = zip((None, *periods), seasons, strict=True)
    table = WeeklyTable(tuple(Season(rows, days) for days, rows in named if rows is not None))
    return table if _same(week, table) else None


def _rows(week: Week, day: MonthDay) -> tuple[DayRow, ...] | None:
    """The rows that hold on a day of the year; None where a row would hold two times of one weekday."""
    rows = [_row([week.at(_ORDINARY_YEAR, day, weekday, numbers) for numbers in _ORDINALS]) for weekday in range(7)]
    return tuple(row for row in rows if row is not None) if None not in rows else None


def _row(spans: list[tuple[Span, ...]]) -> DayRow | None:
    """A row of the spans that a weekday has in each of its _ORDINALS; None where they are of two kinds."""
    kinds = {each for each in spans if each}
    if len(kinds) > 1 or any(len(each) > MOST_SPANS for each in kinds):
        return None
    held = {index for index, each in enumerate(spans) if each}
    return DayRow(kinds.pop(), () if all(spans) else _weeks(held)) if kinds else DayRow()


def _weeks(held: set[int]) -> tuple[int, ...]:
    """The numbers that name these of _ORDINALS, with the last only where it is needed."""
    numbers = tuple(number for number in range(1, 6) if _meant(number) <= held)
    if set().union(*map(_meant, numbers)) == held:
        return numbers
    return (*(number for number in numbers if not _meant(number) <= _meant(LAST)), LAST)


def _meant(number: int) -> set[int]:
    return {index for index, names in enumerate(_ORDINALS) if number in names}


def _same(week: Week, table: WeeklyTable) -> bool:
    """Whether the table is as good as the hours: the same on every kind of day."""
    try:
        other = read(written(table))
    except HoursFault:
        return False
    edges = {(1, 1), *(edge for each in (week, other) for rule in each.rules for days in rule.days for edge in days)}
    days = {day for edge in edges for day in _around(edge)}
    return all(
        week.at(_ORDINARY_YEAR, day, weekday, numbers) == other.at(_ORDINARY_YEAR, day, weekday, numbers)
        for day in days
        for weekday in range(7)
        for numbers in _ORDINALS
    )


def _around(day: MonthDay) -> Iterator[MonthDay]:
    """A day, the one before and the one after: where seasons begin and end."""
    month, number = day
    yield day
    yield (month, number - 1) if number > 1 else ((month - 2) % 12 + 1, 31)
    yield (month, number + 1) if number < 31 else (month % 12 + 1, 1)


# --- written ------------------------------------------------------------------------------------


def written(table: WeeklyTable) -> str:
    """The hours of a table as they are kept."""
    if table.always:
        return ALWAYS
    base = table.seasons[0]
    rules = [*_rules(base.rows, "")]
    for season in table.seasons[1:]:
        rules += _rules(season.rows, _period(season.days), base.rows)
    return "; ".join(rules) or NEVER


def _rules(rows: Iterable[DayRow], period: str, otherwise: Iterable[DayRow] = ()) -> Iterator[str]:
    """The rules of a season; where others hold otherwise, what is closed is said to be."""
    rows, before = tuple(rows), tuple(otherwise)
    if before:
        closed = [day for day, row in enumerate(rows) if before[day].spans and (not row.spans or row.weeks)]
        yield from (f"{period} {days} {NEVER}" for days in _runs(closed))
    open_rows = [(day, row) for day, row in enumerate(rows) if row.spans]
    for row, group in groupby(
        sorted(open_rows, key=lambda each: _first_of(each[1], open_rows)), key=lambda each: each[1]
    ):
        weekdays = [day for day, _ in group]
        names = (_numbered(day, row.weeks) for day in weekdays) if row.weeks else _runs(weekdays)
        yield f"{period} {','.join(names)} {','.join(map(_span, row.spans))}".strip()


def _first_of(row: DayRow, rows: list[tuple[int, DayRow]]) -> int:
    """The first weekday with such a row, by which rows that are alike come together."""
    return next(day for day, each in rows if each == row)


def _runs(weekdays: list[int]) -> Iterator[str]:
    """Weekdays that follow one another as one: Mo-Fr."""
    for _, group in groupby(enumerate(weekdays), key=lambda each: each[1] - each[0]):
        run = [WEEKDAYS[day] for _, day in group]
        yield run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run)


def _numbered(day: int, weeks: tuple[int, ...]) -> str:
    return f"{WEEKDAYS[day]}[{','.join(map(str, weeks))}]"


def _period(days: tuple[MonthDay, MonthDay] | None) -> str:
    first, last = days or ((1, 1), (12, 31))
    if first == last:
        return _day(first)
    return f"{_day(first)}-{_day(last)}"


def _day(day: MonthDay) -> str:
    return f"{MONTHS[day[0] - 1]} {day[1]:02}"


def _span(span: Span) -> str:
    start, end = span
    until = end if end <= DAY else end - DAY
    return f"{time_text(start):0>5}-{time_text(until):0>5}"
