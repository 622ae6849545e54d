"""Hours as a table that people fill in, and times, days and weeks however they are typed."""

import pytest

from ivr.line.typed_times import day_of, minute_of, time_text, weeks_of
from ivr.line.week import read
from ivr.line.weekly_table import table_of, written

pytestmark = pytest.mark.timeless  # no moment is asked for


@pytest.mark.parametrize(
    "hours",
    [
        "Mo-Fr 08:45-17:15",
        "24/7",
        "off",
        "Mo-Fr 08:45-17:15; Sa[2,4] 10:00-12:30",
        "Mo,We,Fr 09:00-12:00,13:00-17:00",
        "Fr[-1] 10:00-12:00",
        "Sa[1,-1] 10:00-12:00",
        "Su 22:00-06:00",
        "Mo-Fr 09:00-17:00; Jul 20-Aug 31 Mo-Fr 09:00-15:00; Dec 24 off",
        "Apr-Sep Sa[2,4] 09:00-12:00; Mo-Fr 09:00-17:00",
        "Mo-Fr 09:00-17:00; We off",
        "Sa 09:00-12:00; Aug Sa[1] 09:00-12:00",
    ],
)
def test_a_table_says_what_the_hours_say_and_is_written_alike(hours: str) -> None:
    table = table_of(read(hours))
    assert table is not None
    again = read(written(table))
    assert table_of(again) == table, "and is the same when it is shown again"
    for month in range(1, 13):
        for day in (1, 9, 15, 20, 25, 28):
            for weekday in range(7):
                for numbers in ({0, 1}, {0, 2}, {0, 4}, {0, 4, -1}, {0, 5, -1}):
                    asked = (2024, (month, day), weekday, frozenset(numbers))
                    assert again.at(*asked) == read(hours).at(*asked), (hours, asked)


@pytest.mark.parametrize(
    "hours",
    ["2026 Mo-Fr 09:00-17:00", "Mo[1] 09:00-10:00; Mo[2] 10:00-11:00", "Mo 09:00-10:00,11:00-12:00,13:00-14:00"],
)
def test_what_no_table_holds_has_none(hours: str) -> None:
    assert table_of(read(hours)) is None


@pytest.mark.parametrize("typed", ["8:45", "8時45分", "８：４５", "0845", "845", "午前8時45分", "08.45"])
def test_a_time_is_read_however_it_is_typed(typed: str) -> None:
    assert time_text(minute_of(typed)) == "8:45"


def test_times_of_the_afternoon_and_of_the_day_s_end() -> None:
    assert [time_text(minute_of(typed)) for typed in ("17時", "午後5時半", "正午", "24:00")] == [
        "17:00",
        "17:30",
        "12:00",
        "24:00",
    ]


@pytest.mark.parametrize("typed", ["25:00", "12:60", "24:01", "9-17", "あさ", "午後13時", "88888"])
def test_what_is_no_time_is_told(typed: str) -> None:
    with pytest.raises(ValueError, match="is no time of day"):
        minute_of(typed)


def test_days_of_the_year_and_weeks_of_the_month() -> None:
    assert {day_of(typed) for typed in ("12月29日", "12/29", "12-29", "１２／２９")} == {(12, 29)}
    assert {weeks_of(typed) for typed in ("第2・第4", "2,4", "第２と第４", "第2第4", "4、2")} == {(2, 4)}
    assert weeks_of("最終") == (-1,) and weeks_of("毎週") == weeks_of("") == ()
    for wrong in ("2/30", "13/1", "元日"):
        with pytest.raises(ValueError, match="is no day of the year"):
            day_of(wrong)
    with pytest.raises(ValueError, match="names no weeks"):
        weeks_of("第6")
