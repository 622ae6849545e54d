"""The usual hours as they are written, read into values.

They are written in OpenStreetMap's `opening_hours` syntax. opening-hours-py says whether a text
is that syntax and writes it in one way ("mo-fr 8:30-17:15" as ``Mo-Fr 08:30-17:15``); what it
wrote is read here, since the words that callers hear are made from these values and so must keep
all that they say. Read are: weekdays, numbered ones (``Sa[2,4]``, ``Fr[-1]`` for the last),
months and days of the year (``Apr-Sep``, ``Dec 24``), years, several spans a day, spans past
midnight, whole days, ``24/7`` and ``off``. Everything else is refused with what to write.

A span belongs to the day on which it begins, also the part after midnight: a later rule, a
holiday or a closing takes the whole span away or leaves it whole.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain, zip_longest

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined,unused-ignore]

from ivr.line.text import folded

DAY = 24 * 60
"""Minutes of a day."""

LAST = -1
"""The number of the last weekday of its name in a month."""

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SUNDAY = 6

MonthDay = tuple[int, int]
Span = tuple[int, int]
"""From a minute of the day to just before another, which lies after 24:00 where it is on the next day."""

_SIGNS = str.maketrans({"〜": "-", "~": "-", "、": ",", "。": ";"})
"""What Japanese writes between hours, in the syntax's place."""


class HoursFault(ValueError):
    """Hours that cannot be kept or said. `message` is English with places for `facts`, such as
    %(text)s, so that it can be translated where it is shown."""

    def __init__(self, message: str, **facts: object):
        self.message = message
        self.facts = facts
        super().__init__(message % facts)


def _(message: str) -> str:
    """Marks a message that is translated where it is shown."""
    return message


_REFUSED = (
    (r"\b[PS]H\b", _("“%(text)s”: leave PH and SH out; say what happens on public holidays with 'holidays'.")),
    (r'"', _("“%(text)s” holds a comment, which nobody hears: say it in what the desk advises on, not here.")),
    (r"\bunknown\b", _("“%(text)s” holds times that are not sure: leave them out, or write off.")),
    (
        r"(?i)\b(sunrise|sunset|dawn|dusk)\b",
        _("“%(text)s” follows the sun: write times of day, such as 09:00-17:00."),
    ),
    (r"[0-9]:[0-9][0-9]\s*\+", _("“%(text)s” has an open end: write when it closes, 17:00-20:00 rather than 17:00+.")),
    (r"\|\|", _("“%(text)s” holds ||: write one rule for each time, with ; between them.")),
    (r"(?i)\bweek\b", _("“%(text)s” counts weeks of the year: write months or days, Apr-Sep or Apr 1-Sep 30.")),
    (r"(?i)\beaster\b", _("“%(text)s” follows Easter: write the day, such as 2027 Mar 28.")),
    (r":[0-9][0-9]\s*/", _("“%(text)s” has times that come again and again: write one span, such as 09:00-12:00.")),
)
_RULE = re.compile(r"(; |, )")
_YEARS = r"[0-9]{4}(?:-[0-9]{4})?"
_DAYS = r"[A-Z][a-z]{2}(?: [0-9]{1,2})?(?:-[A-Z][a-z]{2}(?: [0-9]{1,2})?)?"
_WEEKDAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_NAMED = rf"{_WEEKDAY}(?:-{_WEEKDAY}|\[-?[0-9](?:,-?[0-9])*\])?"
_TIMES = r"[0-9][0-9]:[0-9][0-9]-[0-9][0-9]:[0-9][0-9]"
_SHAPE = re.compile(
    rf"(?P<years>{_YEARS}(?:,{_YEARS})*)?\s?(?P<days>{_DAYS}(?:,{_DAYS})*)?\s?"
    rf"(?P<weekdays>{_NAMED}(?:,{_NAMED})*)?\s?(?P<times>{_TIMES}(?:,{_TIMES})*|24/7)?\s?(?P<closed>closed)?"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds on some days: `spans`, none where it is closed. `years` and `days` are ranges, both
    ends included, empty for all; `weekdays` pairs of a weekday (0 is Monday) and its number in the
    month, 0 for every one, LAST for the last. `added`: beside what earlier rules say of that day."""

    years: tuple[tuple[int, int], ...]
    days: tuple[tuple[MonthDay, MonthDay], ...]
    weekdays: frozenset[tuple[int, int]]
    spans: tuple[Span, ...]
    added: bool

    def holds(self, year: int, day: MonthDay, weekday: int, numbers: frozenset[int]) -> bool:
        """Whether it is about a day of that weekday, which has these numbers (0 among them)."""
        return (
            (not self.years or any(first <= year <= last for first, last in self.years))
            and (not self.days or any(within(day, *ends) for ends in self.days))
            and (not self.weekdays or any((weekday, number) in self.weekdays for number in numbers))
        )


@dataclass(frozen=True, slots=True)
class Week:
    """The rules, in order; `text` is how they are written."""

    text: str
    rules: tuple[Rule, ...]

    @property
    def always(self) -> bool:
        """Whether it never closes."""
        all_days = frozenset((weekday, 0) for weekday in range(7))
        return len(self.rules) == 1 and all(
            not rule.years and not rule.days and rule.weekdays in (frozenset(), all_days) and rule.spans == ((0, DAY),)
            for rule in self.rules
        )

    def spans(self, day: date, weekday: int | None = None) -> tuple[Span, ...]:
        """The spans that begin on `day`, in order and apart; with `weekday`, as if it were that one."""
        numbers = numbers_of(day)
        return self.at(day.year, (day.month, day.day), day.weekday() if weekday is None else weekday, numbers)

    def at(self, year: int, day: MonthDay, weekday: int, numbers: frozenset[int]) -> tuple[Span, ...]:
        """The same for a day that is no more than described."""
        found: tuple[Span, ...] = ()
        for rule in self.rules:
            if rule.holds(year, day, weekday, numbers):
                found = (*found, *rule.spans) if rule.added else rule.spans
        return united(found)

    @property
    def edges(self) -> frozenset[int]:
        """Every minute of the day at which a span begins or ends."""
        return frozenset(edge % DAY for rule in self.rules for span in rule.spans for edge in span)

    @property
    def longest(self) -> int:
        """How many days a span may reach beyond its own."""
        return max(((end - 1) // DAY for rule in self.rules for _, end in rule.spans), default=0)


NEVER = Week("off", ())


def plain(text: str) -> str:
    """Hours in the letters, figures and signs of the syntax, however they were typed."""
    return folded(text).translate(_SIGNS)


@lru_cache(maxsize=512)
def read(text: str) -> Week:
    """The week that is written. HoursFault tells what to write instead."""
    source = plain(text)
    for pattern, message in _REFUSED:
        if re.search(pattern, source):
            raise HoursFault(message, text=source)
    try:
        written = str(OpeningHours(source))
    except ParserError as error:
        raise HoursFault("“%(text)s” is not opening_hours syntax, such as Mo-Fr 08:30-17:15.", text=source) from error
    pieces = _RULE.split(written)
    rules = [_rule(piece, before == ", ") for before, piece in zip(["; ", *pieces[1::2]], pieces[::2], strict=True)]
    if _timeless(pieces[::2]) > len(re.findall(r"0?0:00-24:00", source)):
        raise HoursFault(
            "“%(text)s” names days without times: write Mo-Fr 08:30-17:15 or Mo-Fr 00:00-24:00.", text=source
        )
    return Week(_as_written(pieces), tuple(rules))


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that touch or overlap made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def within(day: MonthDay, first: MonthDay, last: MonthDay) -> bool:
    """Whether a day of the year lies in a range, both ends included, that may cross New Year."""
    return first <= day <= last if first <= last else day >= first or day <= last


def numbers_of(day: date) -> frozenset[int]:
    """How a day's weekday is numbered in its month: 0, first to fifth, and LAST where it is."""
    last = {LAST} if (day + timedelta(days=7)).month != day.month else set()
    return frozenset({0, (day.day + 6) // 7, *last})


def _timeless(pieces: list[str]) -> int:
    return sum(not re.search(r"[0-9]:[0-9]|24/7|closed", piece) for piece in pieces)


def _as_written(pieces: list[str]) -> str:
    """The canonical text; whole days, which opening-hours-py leaves out, are named again."""
    rules = (f"{piece} 00:00-24:00" if _timeless([piece]) else piece for piece in pieces[::2])
    named = "".join(chain.from_iterable(zip_longest(rules, pieces[1::2], fillvalue="")))
    text = named.replace("24/7 closed", "off").replace("closed", "off")
    return re.sub(r"([0-9])([A-Z])", r"\1 \2", text)


def _rule(text: str, added: bool) -> Rule:
    found = _SHAPE.fullmatch(text)
    if not found:
        raise HoursFault("“%(text)s” cannot be said: write years, months, weekdays and times of day.", text=text)
    years = tuple(_years(each) for each in _listed(found["years"]))
    days = tuple(_days(each) for each in _listed(found["days"]))
    times = found["times"] or "00:00-24:00"
    if found["closed"] and found["times"] not in (None, "24/7"):
        raise HoursFault("“%(text)s” closes for hours: write the open spans, We 09:00-12:00,13:00-17:00.", text=text)
    if years and any(first > last for first, last in days):
        raise HoursFault("“%(text)s” crosses New Year within a year: write the years apart, with ; between.", text=text)
    spans = () if found["closed"] else ((0, DAY),) if times == "24/7" else tuple(map(_span, times.split(",")))
    return Rule(years, days, frozenset(_weekdays(found["weekdays"])), spans, added)


def _listed(text: str | None) -> list[str]:
    return text.split(",") if text else []


def _years(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    if int(last or first) < int(first):
        raise HoursFault("“%(text)s” ends before it begins: write the earlier year first.", text=text)
    return int(first), int(last or first)


def _days(text: str) -> tuple[MonthDay, MonthDay]:
    first, _, last = text.partition("-")
    return _month_day(first, 1), _month_day(last or first, 31)


def _month_day(text: str, otherwise: int) -> MonthDay:
    name, _, figure = text.partition(" ")
    month = MONTHS.index(name) + 1
    longest = 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
    if figure and int(figure) > longest:
        raise HoursFault("“%(text)s” is no day: that month has %(days)s days at most.", text=text, days=longest)
    return month, int(figure) if figure else min(otherwise, longest)


def _weekdays(text: str | None) -> Iterator[tuple[int, int]]:
    for name, last, numbers in re.findall(r"([A-Z][a-z])(?:-([A-Z][a-z])|\[([-0-9,]+)\])?", text or ""):
        first = WEEKDAYS.index(name)
        if numbers:
            yield from ((first, _number(figure)) for figure in numbers.split(","))
        else:
            count = (WEEKDAYS.index(last or name) - first) % 7 + 1
            yield from (((first + offset) % 7, 0) for offset in range(count))


def _number(figure: str) -> int:
    number = int(figure)
    if not (1 <= number <= 5 or number == LAST):
        raise HoursFault(
            "“[%(text)s]” cannot be said: count weekdays from 1 to 5, or write [-1] for the last.", text=figure
        )
    return number


def _span(text: str) -> Span:
    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in text.split("-"))
    if start == end:
        raise HoursFault("“%(text)s” begins and ends at once: write 00:00-24:00 for a whole day.", text=text)
    end = end if end > start else end + DAY
    if end - start > DAY:
        raise HoursFault("“%(text)s” is longer than a day: write the days one by one.", text=text)
    return start, end
