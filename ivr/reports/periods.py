"""The periods that are reported on: a month, or a fiscal year of Japanese offices, which begins in April.

No others: whoever could choose any two days would find what is hidden of one by subtracting.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

APRIL = 4

_TEXT = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?", re.ASCII)
_YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class Period:
    """The month, or the fiscal year where `month` is None."""

    year: int
    month: int | None = None

    def __str__(self) -> str:
        return f"{self.year}" if self.month is None else f"{self.year}-{self.month:02}"

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read what `str` wrote; ValueError where it did not."""
        match = _TEXT.fullmatch(text)
        if not match or int(match[1]) not in _YEARS or (match[2] and not 1 <= int(match[2]) <= 12):
            raise ValueError(f"{text!r} is neither a month nor a year")
        return cls(int(match[1]), int(match[2]) if match[2] else None)

    @classmethod
    def month_of(cls, day: date) -> "Period":
        """The month in which a day lies."""
        return cls(day.year, day.month)

    @classmethod
    def year_of(cls, day: date) -> "Period":
        """The fiscal year in which a day lies."""
        return cls(day.year if day.month >= APRIL else day.year - 1)

    @property
    def since(self) -> date:
        """Its first day."""
        return date(self.year, self.month or APRIL, 1)

    @property
    def until(self) -> date:
        """The day after its last one."""
        if self.month is None:
            return date(self.year + 1, APRIL, 1)
        return date(self.year + self.month // 12, self.month % 12 + 1, 1)

    @property
    def months(self) -> tuple["Period", ...]:
        """The months of a year, in order; of a month itself."""
        if self.month is not None:
            return (self,)
        return tuple(Period(self.year + number // 12, number % 12 + 1) for number in range(APRIL - 1, APRIL + 11))

    def told_until(self, today: date) -> date:
        """The day after the last one that is told of: of a month the last that is over, of a year the last of a month
        that is. So a year that goes on grows by whole months, each of which has a report of its own."""
        over = today if self.month else today.replace(day=1)
        return max(self.since, min(self.until, over))

    def is_to_keep(self, today: date) -> bool:
        """Whether its report may be kept and handed on: not while a month goes on, since two such reports tell of the
        days between them."""
        return self.month is None or self.until <= today

    def days(self, today: date) -> tuple[date, ...]:
        """Its days that are told of."""
        number = (self.told_until(today) - self.since).days
        return tuple(self.since + timedelta(days=each) for each in range(number))


def told_of(months: Iterable[date], today: date) -> Iterator[Period]:
    """The periods that there is something to tell of, the newest first: each year before its months."""
    known = sorted({Period.month_of(day) for day in months if day <= today}, key=lambda each: each.since, reverse=True)
    years: list[Period] = []
    for month in known:
        year = Period.year_of(month.since)
        if year not in years:
            years.append(year)
            yield year
        yield month
