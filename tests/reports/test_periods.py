"""Months, and fiscal years that begin in April."""

from datetime import date

import pytest

from ivr.reports.periods import Period, told_of

pytestmark = pytest.mark.timeless


def test_a_year_begins_in_april() -> None:
    year = Period.parse("2026")
    assert (year.since, year.until) == (date(2026, 4, 1), date(2027, 4, 1))
    assert [str(month) for month in year.months] == [
        *(f"2026-{month:02}" for month in range(4, 13)),
        *(f"2027-{month:02}" for month in range(1, 4)),
    ]
    assert Period.year_of(date(2027, 3, 31)) == year != Period.year_of(date(2027, 4, 1))


def test_a_month_ends_before_the_next() -> None:
    assert (Period.parse("2026-12").since, Period.parse("2026-12").until) == (date(2026, 12, 1), date(2027, 1, 1))
    assert len(Period.parse("2028-02").days(date(2030, 1, 1))) == 29


def test_today_is_not_over() -> None:
    assert Period.parse("2026-11").days(date(2026, 11, 24))[-1] == date(2026, 11, 23)
    assert Period.parse("2026-12").days(date(2026, 11, 24)) == ()


def test_a_year_that_goes_on_is_told_by_whole_months_and_a_month_is_kept_once_it_is_over() -> None:
    year, today = Period.parse("2026"), date(2026, 11, 24)
    assert year.days(today)[-1] == date(2026, 10, 31) and year.is_to_keep(today)
    assert year.days(date(2026, 4, 30)) == () and year.days(date(2027, 6, 1))[-1] == date(2027, 3, 31)
    assert not Period.parse("2026-11").is_to_keep(today) and Period.parse("2026-10").is_to_keep(today)
    assert Period.parse("2026-11").is_to_keep(date(2026, 12, 1))


@pytest.mark.parametrize("text", ["", "2026-13", "2026-00", "26-11", "2026-11-24", "november", "9999", "２０２６"])
def test_nothing_else_is_a_period(text: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        Period.parse(text)


def test_there_is_a_year_to_every_month() -> None:
    told = [str(each) for each in told_of([date(2026, 3, 1), date(2026, 11, 1), date(2027, 1, 1)], date(2026, 12, 1))]
    assert told == ["2026", "2026-11", "2025", "2026-03"]
