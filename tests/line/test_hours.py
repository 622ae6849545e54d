"""The usual hours: kept to the minute, and said in words that keep them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

import holidays as calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.call import rules
from ivr.call.speaking import Speaker, joinable
from ivr.line.chunks import all_chunks
from ivr.line.hours import Hours, Interval, OnHolidays, YearlyClosing
from ivr.line.hours_words import said_hours, usual_hours
from ivr.line.loading import LineError, load
from ivr.line.own_hours import faults, stands_for, understood
from ivr.line.speeds import Speed
from ivr.line.usual import usual
from ivr.line.values import Language, Line
from ivr.line.week import WEEKDAYS, HoursFault, read
from ivr.line.words import Chunk, Part, parse
from tests.support.given import PROMPTS

pytestmark = pytest.mark.timeless  # every moment is handed in

JST = ZoneInfo("Asia/Tokyo")
NEW_YEAR = (YearlyClosing.parse("12-29/01-03"),)
CLOSED, AS_USUAL, AS_SUNDAY = OnHolidays


def hours(weekly: str, on_holidays: OnHolidays = CLOSED, closings: tuple[YearlyClosing, ...] = NEW_YEAR) -> Hours:
    return Hours(read(weekly).text, on_holidays, closings, "Asia/Tokyo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


def words(language: Language, of: Hours) -> str:
    return language.joint.join(chunk.written for chunk in usual_hours(language, of))


def written(parts: tuple[Part, ...]) -> str:
    return "".join(part.written for part in parts if isinstance(part, Chunk))


# --- what callers hear ------------------------------------------------------------------------

SAID = [
    (
        hours("Mo-Fr 08:45-17:15"),
        "月曜日から金曜日の、午前8時45分から午後5時15分までです。祝日と年末年始は、お休みです。",
        "Monday to Friday, 8:45 a.m. to 5:15 p.m. It is closed on public holidays and over New Year.",
    ),
    (
        hours("Mo-Fr 09:00-12:00,13:00-17:00", closings=()),
        "月曜日から金曜日の、午前9時から正午までと、午後1時から午後5時までです。祝日は、お休みです。",
        "Monday to Friday, 9 a.m. to noon and 1 p.m. to 5 p.m. It is closed on public holidays.",
    ),
    (
        hours("Mo,We,Fr 09:00-12:00; Tu,Th 13:00-17:00", AS_USUAL, ()),
        "月曜日、水曜日と金曜日の、午前9時から正午までです。火曜日と木曜日は、午後1時から午後5時までです。"
        "祝日も、ふだんどおりです。",
        "Monday, Wednesday and Friday, 9 a.m. to noon. Tuesday and Thursday, 1 p.m. to 5 p.m. "
        "Public holidays are like other days.",
    ),
    (
        hours("Mo-Fr 10:00-16:30; Sa[2,4] 10:00-12:30"),
        "月曜日から金曜日の、午前10時から午後4時30分までです。第2と第4の土曜日は、午前10時から午後0時30分までです。"
        "祝日と年末年始は、お休みです。",
        "Monday to Friday, 10 a.m. to 4:30 p.m. The second and fourth Saturday of the month, 10 a.m. to 12:30 p.m. "
        "It is closed on public holidays and over New Year.",
    ),
    (
        hours("Fr[-1] 10:00-12:00", closings=()),
        "最後の金曜日の、午前10時から正午までです。祝日は、お休みです。",
        "The last Friday of the month, 10 a.m. to noon. It is closed on public holidays.",
    ),
    (
        hours("Apr-Sep Mo-Fr 09:00-17:00; Oct-Mar Mo-Fr 09:00-16:00", closings=()),
        "4月から9月の、月曜日から金曜日の、午前9時から午後5時までです。"
        "10月から3月の、月曜日から金曜日は、午前9時から午後4時までです。祝日は、お休みです。",
        "April to September, Monday to Friday, 9 a.m. to 5 p.m. October to March, Monday to Friday, 9 a.m. to 4 p.m. "
        "It is closed on public holidays.",
    ),
    (
        hours("2026 Mo-Fr 09:00-17:00", closings=()),
        "2026年の、月曜日から金曜日の、午前9時から午後5時までです。祝日は、お休みです。",
        "In 2026, Monday to Friday, 9 a.m. to 5 p.m. It is closed on public holidays.",
    ),
    (
        hours("2026 Mo 09:00-10:00; 2027+ Mo 09:00-11:00", closings=()),
        "2026年の、月曜日の、午前9時から午前10時までです。2027年以降の、月曜日は、午前9時から午前11時までです。"
        "祝日は、お休みです。",
        "In 2026, Monday, 9 a.m. to 10 a.m. From 2027, Monday, 9 a.m. to 11 a.m. It is closed on public holidays.",
    ),
    (
        hours("Mo-Fr 09:00-17:00; Dec 24 off; Dec 28 09:00-12:00; 2026 Nov 24 off"),
        "月曜日から金曜日の、午前9時から午後5時までです。12月28日は、午前9時から正午までです。"
        "祝日、年末年始、12月24日と2026年の11月24日は、お休みです。",
        "Monday to Friday, 9 a.m. to 5 p.m. On December 28th, 9 a.m. to noon. "
        "It is closed on public holidays, over New Year, on December 24th and on November 24th, 2026.",
    ),
    (
        hours("Fr 22:00-02:00", AS_USUAL, ()),
        "金曜日の、午後10時から翌日の午前2時までです。祝日も、ふだんどおりです。",
        "Friday, 10 p.m. to 2 a.m. the next day. Public holidays are like other days.",
    ),
    (hours("24/7", AS_USUAL, ()), "24時間、毎日です。", "24 hours, every day."),
    (
        hours("Mo-Su 09:00-24:00", AS_SUNDAY, ()),
        "毎日、午前9時から深夜0時までです。祝日も、ふだんどおりです。",
        "Every day, 9 a.m. to midnight. Public holidays are like other days.",
    ),
    (
        hours("Mo-Fr 09:30-20:00; Sa,Su 09:30-17:30", AS_SUNDAY),
        "月曜日から金曜日の、午前9時30分から午後8時までです。土曜日、日曜日と祝日は、午前9時30分から午後5時30分までです。"
        "年末年始は、お休みです。",
        "Monday to Friday, 9:30 a.m. to 8 p.m. Saturday, Sunday and public holidays, 9:30 a.m. to 5:30 p.m. "
        "It is closed over New Year.",
    ),
    (
        hours("Mo-Fr 09:00-17:00", AS_SUNDAY, (YearlyClosing.parse("06-02"), YearlyClosing.parse("12-28/01-04"))),
        "月曜日から金曜日の、午前9時から午後5時までです。祝日、6月2日と12月28日から1月4日までは、お休みです。",
        "Monday to Friday, 9 a.m. to 5 p.m. "
        "It is closed on public holidays, on June 2nd and from December 28th to January 4th.",
    ),
]


@pytest.mark.parametrize(("of", "japanese", "english"), SAID, ids=[each[0].weekly for each in SAID])
def test_hours_of_every_kind_are_said_and_understood_again(line: Line, of: Hours, japanese: str, english: str) -> None:
    for code, expected in (("ja", japanese), ("en", english)):
        language = line.languages[code]
        assert words(language, of) == expected
        said = understood(language, expected)
        assert said.whole and not said.figures
        assert said.days == {day.weekday for each in usual(of).openings for day in each.days if day.weekday is not None}
        assert said.times >= of.week.edges


def test_what_is_said_can_be_rendered_like_all_else(line: Line) -> None:
    for language in line.languages.values():
        every = {chunk.key: chunk for chunk in all_chunks(line, language)}
        for desk in line.desks.values():
            for chunk in said_hours(language, desk):
                assert every[chunk.key] == chunk


def test_the_words_follow_the_hours(line: Line) -> None:
    japanese = line.languages["ja"]
    assert "午後5時15分" in words(japanese, hours("Mo-Fr 08:30-17:15"))
    assert "午後5時15分" not in words(japanese, hours("Mo-Fr 08:30-17:00"))


@pytest.mark.parametrize(
    ("weekly", "on_holidays"),
    [("off", CLOSED), ("Fr 10:00-12:00; Fr[-1] off", CLOSED), ("Su[2] 10:00-12:00", AS_SUNDAY)],
)
def test_hours_that_no_words_keep_ask_for_words_of_one_s_own(weekly: str, on_holidays: OnHolidays) -> None:
    files = {path.name: path.read_text() for path in PROMPTS.glob("*.toml")}
    before = 'hours = "Mo-Fr 08:30-17:15"\nholidays = "closed"'
    assert before in files["line.toml"]
    files["line.toml"] = files["line.toml"].replace(before, f'hours = "{weekly}"\nholidays = "{on_holidays}"', 1)
    with pytest.raises(LineError, match=r"ja\.toml: desk\.police\.hours: .* words of your own"):
        load({name: text.encode() for name, text in files.items()})
    for name in ("ja.toml", "en.toml"):
        files[name] = files[name].replace("[desk.police]\n", '[desk.police]\nhours = "{x|y}"\n', 1)
    assert load({name: text.encode() for name, text in files.items()})


# --- what is refused, and what is folded --------------------------------------------------------


@pytest.mark.parametrize(
    ("weekly", "told"),
    [
        ('Mo-Fr 08:45-17:15 "予約制"', "comment"),
        ('"予約制"', "comment"),
        ("Mo-Fr 09:00-17:00 unknown", "not sure"),
        ('Mo-Fr 09:00-17:00 || "by appointment"', "comment"),
        ("Mo-Fr sunrise-sunset", "sun"),
        ("Mo-Fr (dawn+01:00)-17:00", "sun"),
        ("Mo-Fr 17:00+", "open end"),
        ("Mo-Fr 09:00-17:00+", "open end"),
        ("Mo-Fr 09:00-12:00/01:00", "again and again"),
        ("week 1-53/2 Mo 09:00-17:00", "weeks"),
        ("easter 09:00-12:00", "Easter"),
        ("Mo-Fr 09:00-12:00 || Sa 10:00-11:00", r"\|\|"),
        ("Mo-Fr, Su 10:00-12:00", "without times"),
        ("Mo-Fr", "without times"),
        ("2026", "without times"),
        ("Mo-Fr 09:00-17:00; We 12:00-13:00 off", "closes for hours"),
        ("2026 Dec 31-2027 Jan 3 off", "cannot be said"),
        ("2026 Nov-Mar Mo 09:00-10:00", "crosses New Year"),
        ("Feb 30 off", "29 days"),
        ("Sa[-2] 10:00-12:00", "cannot be said"),
        ("Mo 10:00-10:00", "begins and ends at once"),
        ("Mo 10:00-48:00", "longer than a day"),
        ("Mo-Fr 09:00-17:00; PH off", "PH"),
        ("mornings", "opening_hours"),
    ],
)
def test_what_words_cannot_keep_is_refused_and_never_open(weekly: str, told: str) -> None:
    with pytest.raises(HoursFault, match=told):
        read(weekly)
    unread = Hours(weekly, AS_USUAL, (), "Asia/Tokyo")
    assert not any(unread.is_open(at("2026-11-24 00:00") + timedelta(minutes=15 * quarter)) for quarter in range(96))
    assert unread.next_opening(at("2026-11-24 00:00")) is None


@pytest.mark.parametrize(
    "typed",
    [
        "Ｍｏ－Ｆｒ　８：３０－１７：１５",
        "mo-fr 8:30-17:15",
        "Mo–Fr 08:30–17:15",
        "Mo〜Fr 8:30〜17:15",
        "  Mo-Fr   08:30-17:15 ",
        "Ｍｏ，Ｔｕ、We,Th,Fr ８：３０～１７：１５",
    ],
)
def test_full_width_and_other_hands_are_folded(typed: str) -> None:
    assert read(typed).rules == read("Mo-Fr 08:30-17:15").rules


def test_a_desk_with_a_comment_is_told_with_file_key_and_fix() -> None:
    files = {path.name: path.read_bytes() for path in PROMPTS.glob("*.toml")}
    files["line.toml"] = files["line.toml"].replace(b'"Mo-Fr 08:45-17:15"', "'Mo-Fr 08:45-17:15 \"予約制\"'".encode())
    with pytest.raises(LineError, match=r"line\.toml: desk\.city\.hours: .*comment.*advises on"):
        load(files)


# --- shifts, holidays, the calendar ---------------------------------------------------------------


def test_a_shift_goes_on_into_a_holiday_and_one_that_begins_on_it_does_not_exist() -> None:
    night = hours("Mo-Su 22:00-02:00")  # Tuesday 2026-11-03 is a holiday
    assert night.is_open(at("2026-11-03 01:59"))
    assert night.closes(at("2026-11-02 23:00")) == at("2026-11-03 02:00")
    assert not night.is_open(at("2026-11-03 23:00")) and not night.is_open(at("2026-11-04 01:00"))
    assert night.next_opening(at("2026-11-03 02:00")) == at("2026-11-04 22:00")


def test_a_shift_goes_on_into_a_closing_and_one_that_begins_in_it_does_not_exist() -> None:
    night = hours("Mo-Su 22:00-02:00", AS_USUAL)
    assert night.is_open(at("2026-12-29 01:59")) and not night.is_open(at("2026-12-29 02:00"))
    assert not night.is_open(at("2026-12-29 22:00")) and not night.is_open(at("2027-01-04 01:00"))
    assert night.is_open(at("2027-01-04 22:00"))


def test_a_shift_belongs_to_its_own_day_of_the_week_the_season_and_the_year() -> None:
    assert hours("Fr 22:00-02:00").is_open(at("2026-11-28 01:00"))
    assert not hours("Fr 22:00-02:00; Sa off").is_open(at("2026-11-28 02:00"))
    assert hours("Fr 22:00-02:00; Sa off").is_open(at("2026-11-28 01:00"))
    assert hours("Apr-Sep Mo-Su 22:00-02:00").is_open(at("2026-10-01 01:00"))
    assert not hours("Apr-Sep Mo-Su 22:00-02:00").is_open(at("2026-04-01 01:00"))
    assert hours("2026 Mo-Su 22:00-02:00", AS_USUAL, ()).is_open(at("2027-01-01 01:00"))
    assert not hours("2026 Mo-Su 22:00-02:00", AS_USUAL, ()).is_open(at("2026-01-01 01:00"))


def test_a_holiday_as_sunday_has_sunday_s_shift_and_not_its_own() -> None:
    night = hours("Mo-Fr 22:00-02:00; Su 20:00-23:00", AS_SUNDAY)  # Tuesday 2026-11-03
    assert night.is_open(at("2026-11-03 01:00")), "Monday's shift goes on"
    assert night.closes(at("2026-11-03 20:30")) == at("2026-11-03 23:00")
    assert not night.is_open(at("2026-11-04 01:00"))
    assert hours("Su 22:00-02:00", AS_SUNDAY).is_open(at("2026-11-04 01:00"))


@pytest.mark.parametrize("holiday", ["2026-09-22", "2027-03-22", "2026-05-06"])
def test_the_holidays_that_opening_hours_py_gets_wrong_stay_right(holiday: str) -> None:
    office = hours("Mo-Su 08:30-17:15")
    assert not office.is_open(at(f"{holiday} 11:00"))
    assert replace(office, on_holidays=AS_USUAL).is_open(at(f"{holiday} 11:00"))


def test_the_last_weekday_of_a_month_is_known() -> None:
    last = hours("Fr[-1] 10:00-12:00", closings=())
    assert [day for day in range(1, 31) if last.is_open(at(f"2026-11-{day:02} 11:00"))] == [27]


def test_the_next_opening_is_found_beyond_a_season() -> None:
    assert hours("Apr-Sep Mo-Fr 09:00-17:00").next_opening(at("2026-10-01 12:00")) == at("2027-04-01 09:00")


@pytest.mark.parametrize(
    ("weekly", "now", "said"),
    [
        ("Mo-Su 22:00-02:00", "2026-11-24 23:00", "明日の、午前2時までです。"),
        ("Mo-Su 22:00-02:00", "2026-11-25 01:00", "今日は、午前2時までです。"),
        ("Mo-Su 09:00-24:00", "2026-11-24 23:00", "今日は、深夜0時までです。"),
        ("Tu-Fr 00:00-24:00", "2026-11-24 12:00", "11月27日金曜日、深夜0時"),
    ],
)
def test_until_when_it_is_open_is_told_with_its_day(line: Line, weekly: str, now: str, said: str) -> None:
    desk = replace(line.desks["city"], hours=hours(weekly, AS_USUAL, ()))
    assert said in written(Speaker(line, line.languages["ja"], Speed.NORMAL).status(desk, at(now)))


def test_a_desk_whose_hours_are_not_sure_is_not_rung(line: Line) -> None:
    desk = replace(line.desks["city"], hours=Hours('24/7 "予約制"', AS_USUAL, (), "Asia/Tokyo"))
    assert not joinable(desk, at("2026-11-24 11:00"))


# --- years that end -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weekly", "today", "told", "error"),
    [
        ("2026 Mo-Fr 09:00-17:00", "2027-01-04", "never opens again", True),
        ("2026 Mo-Fr 09:00-17:00", "2026-12-30", "never opens again", True),
        ("2025-2026 Mo-Fr 09:00-17:00", "2026-12-01", "end on 2026-12-28", False),
        ("Mo-Fr 09:00-17:00; 2025 Nov 24 off", "2026-01-10", "name 2025, which is over", False),
        ("2026 Mo-Fr 09:00-17:00", "2026-06-01", "", False),
        ("2026+ Mo-Fr 09:00-17:00", "2030-06-01", "", False),
    ],
)
def test_years_that_are_over_or_will_be_soon_are_found(
    line: Line, weekly: str, today: str, told: str, error: bool
) -> None:
    city = replace(line.desks["city"], hours=hours(weekly))
    spoilt = replace(line, desks=MappingProxyType({"city": city}))
    found = list(rules.ending_hours(spoilt, date.fromisoformat(today)))
    assert [(finding.rule, finding.error) for finding in found] == ([("R15", error)] if told else [])
    assert all(told in finding.message and finding.place == "line.toml: desk.city.hours" for finding in found)


# --- words of one's own ---------------------------------------------------------------------------

OWN = {
    "ja": "平日と土曜日のご案内です。月曜日から金曜日の、午前8時45分から午後5時15分までです。"
    "祝日と年末年始は、お休みです。",
    "en": "From Monday to Friday, 8:45 a.m. to 5:15 p.m. No calls on public holidays and over New Year.",
}


def in_own_words(line: Line, code: str, text: str, stands: str | None = None) -> list[str]:
    """What is wrong with these words for the city's desk, Mo-Fr 08:45-17:15."""
    desk, language = line.desks["city"], line.languages[code]
    prompts: Mapping[str, object] = {**language.prompts, "desk.city.hours": parse("desk.city.hours", text)}
    named = {"city": stands_for(desk.hours) if stands is None else stands}
    own = replace(language, prompts=MappingProxyType(prompts), hours_for=MappingProxyType(named))  # type: ignore[arg-type]
    assert written(said_hours(own, desk)) == text
    return list(faults(own, desk))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ja", "月曜日から金曜日は、午前8時45分から、午後5時15分まで。祝日と年末年始は、受け付けません。"),
        (
            "ja",
            "月曜日、火曜日、水曜日、木曜日、金曜日は午前８時４５分から午後５時１５分まで。祝日、年末年始は休みです。",
        ),
        ("en", "Mondays to Fridays from 8:45 a.m. to 5:15 p.m. Closed on public holidays and over New Year."),
    ],
)
def test_words_of_one_s_own_that_keep_the_hours_are_taken(line: Line, code: str, text: str) -> None:
    assert in_own_words(line, code, text) == []


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("ja", "午後5時15分", "午後5時"),
        ("ja", "午後5時15分", "午後5時1分"),
        ("ja", "午後5時15分", "午後5時15分以降"),
        ("ja", "午後5時15分", "午後5時半"),
        ("ja", "午後5時15分", "17時15分"),
        ("ja", "午後5時15分", "17:15"),
        ("ja", "午前8時45分", "午前18時45分"),
        ("ja", "午後5時15分", "午前5時15分"),
        ("ja", "金曜日", "木曜日"),
        ("ja", "月曜日から金曜日", "火曜日から金曜日"),
        ("ja", "月曜日から金曜日", "月曜日と金曜日"),
        ("ja", "月曜日から金曜日の", "毎日"),
        ("ja", "月曜日から金曜日の", "第2金曜日の"),
        ("ja", "月曜日から金曜日の", "4月から9月の、月曜日から金曜日の"),
        ("ja", "月曜日から金曜日の", "2026年の、月曜日から金曜日の"),
        ("ja", "までです。祝日", "までです。土曜日は、午前9時から正午までです。祝日"),
        ("ja", "祝日と年末年始", "年末年始"),
        ("ja", "祝日と年末年始", "祝日"),
        ("en", "5:15 p.m.", "5 p.m."),
        ("en", "5:15 p.m.", "15:15 p.m."),
        ("en", "5:15 p.m.", "5:15 a.m."),
        ("en", "Monday to Friday", "Monday and Friday"),
        ("en", "Monday to Friday", "Monday to Saturday"),
        ("en", "on public holidays and over New Year", "over New Year"),
    ],
)
def test_words_of_one_s_own_that_do_not_keep_the_hours_are_found(
    line: Line, code: str, before: str, after: str
) -> None:
    good = words(line.languages[code], line.desks["city"].hours)
    assert before in good and in_own_words(line, code, good) == []
    assert in_own_words(line, code, good.replace(before, after, 1)) != []


def test_words_of_one_s_own_name_the_hours_that_they_stand_for(line: Line) -> None:
    japanese = words(line.languages["ja"], line.desks["city"].hours)
    (fault,) = in_own_words(line, "ja", japanese, "Mo-Fr 08:45-17:00; holidays closed; closed 12-29/01-03")
    assert 'hours_for = "Mo-Fr 08:45-17:15; holidays closed; closed 12-29/01-03"' in fault


@pytest.mark.parametrize("with_hours_for", [True, False])
def test_words_of_one_s_own_are_read_from_the_file_and_checked(with_hours_for: bool) -> None:
    files = {path.name: path.read_text() for path in PROMPTS.glob("*.toml")}
    more = 'hours_for = "Mo-Fr 08:45-17:15; holidays closed; closed 12-29/01-03"\n' if with_hours_for else ""
    own = "月曜日から金曜日の、午前8時45分から午後5時15分までです。昼休みもお受けします。祝日と年末年始は、お休みです。"
    files["ja.toml"] = files["ja.toml"].replace("[desk.city]\n", f'[desk.city]\nhours = "{own}"\n{more}', 1)
    changed = load({name: text.encode() for name, text in files.items()})
    assert "昼休み" in written(said_hours(changed.languages["ja"], changed.desks["city"]))
    assert "desk.city.hours_for" not in changed.languages["ja"].prompts
    assert list(faults(changed.languages["ja"], changed.desks["city"])) == []


# --- any week at all ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shift:
    """Spans of some weekdays, from and to in quarters of an hour, `numbers` of the month (none: all)."""

    weekdays: frozenset[int]
    numbers: frozenset[int]
    spans: tuple[tuple[int, int], ...]

    def __str__(self) -> str:
        numbers = f"[{','.join(map(str, sorted(self.numbers)))}]" if self.numbers else ""
        days = ",".join(WEEKDAYS[day] + numbers for day in sorted(self.weekdays))
        return f"{days} {','.join(f'{_time(a)}-{_time(b)}' for a, b in self.spans)}" if self.spans else f"{days} off"

    def holds(self, weekday: int, day: int) -> bool:
        return weekday in self.weekdays and (not self.numbers or (day - 1) // 7 + 1 in self.numbers)


def _time(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


@st.composite
def shifts(draw: st.DrawFn) -> Shift:
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1))
    numbers = draw(st.frozensets(st.integers(1, 5), max_size=3))
    edges = sorted(draw(st.sets(st.integers(0, 96), min_size=0, max_size=4)))
    edges = edges[: len(edges) // 2 * 2]
    spans = [(edges[index], edges[index + 1]) for index in range(0, len(edges), 2)]
    if spans and spans[-1][0] and draw(st.booleans()):
        first, _ = spans[-1]
        spans[-1] = (first, draw(st.integers(97, 95 + first))) if first >= 2 else spans[-1]
    return Shift(weekdays, numbers, tuple(spans))


_HOLIDAYS = calendar.country_holidays("JP", years=[2025, 2026, 2027])


def oracle(
    rules_of_week: list[Shift], on_holidays: OnHolidays, closed: tuple[tuple[int, int], ...], now: datetime
) -> bool:
    """Whether somebody who knows the rules by heart would say that it is open."""
    for back in (0, 1):
        day = now.date() - timedelta(days=back)
        if (day.month, day.day) in closed or (day in _HOLIDAYS and on_holidays is CLOSED):
            continue
        weekday = 6 if day in _HOLIDAYS and on_holidays is AS_SUNDAY else day.weekday()
        spans: tuple[tuple[int, int], ...] = ()
        for shift in rules_of_week:
            if shift.holds(weekday, day.day):
                spans = shift.spans
        minute = back * 1440 + now.hour * 60 + now.minute
        if any(first * 15 <= minute < last * 15 for first, last in spans):
            return True
    return False


@settings(max_examples=150, deadline=None)
@given(
    st.lists(shifts(), min_size=1, max_size=4),
    st.sampled_from(OnHolidays),
    st.sampled_from(["2026-05-01", "2026-09-18", "2026-12-27", "2027-03-19", "2026-02-26"]),
    st.booleans(),
)
def test_any_week_is_kept_minute_by_minute(
    week: list[Shift], on_holidays: OnHolidays, first: str, closes: bool
) -> None:
    closings = NEW_YEAR if closes else ()
    closed = tuple((12, d) for d in (29, 30, 31)) + tuple((1, d) for d in (1, 2, 3)) if closes else ()
    desk = hours("; ".join(map(str, week)), on_holidays, closings)
    edges = sorted({edge * 15 % 1440 for shift in week for span in shift.spans for edge in span} | {0})
    for offset in range(9):
        day = datetime.combine(date.fromisoformat(first) + timedelta(days=offset), datetime.min.time(), JST)
        for edge in edges:
            for around in (-1, 0, 1):
                now = day + timedelta(minutes=edge + around)
                assert desk.is_open(now) == oracle(week, on_holidays, closed, now), now


@settings(max_examples=60, deadline=None)
@given(st.lists(shifts(), min_size=1, max_size=3), st.sampled_from(OnHolidays))
def test_what_opens_and_closes_is_where_it_changes(week: list[Shift], on_holidays: OnHolidays) -> None:
    desk = hours("; ".join(map(str, week)), on_holidays)
    now = at("2026-11-01 00:00")
    quarters = [now + timedelta(minutes=15 * number) for number in range(96 * 8)]
    opens = [b for a, b in pairwise(quarters) if not desk.is_open(a) and desk.is_open(b)]
    closed = [b for a, b in pairwise(quarters) if desk.is_open(a) and not desk.is_open(b)]
    for opening in opens:
        assert desk.next_opening(opening - timedelta(minutes=15)) == opening
    for closing in closed:
        assert desk.closes(closing - timedelta(minutes=15)) == closing


CLOSURES = st.lists(
    st.builds(
        lambda start, quarters: Interval(start, start + timedelta(minutes=15 * quarters)),
        st.integers(0, 96 * 9).map(lambda quarter: at("2026-10-31 00:00") + timedelta(minutes=15 * quarter)),
        st.integers(-4, 200),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(shifts(), min_size=1, max_size=3), st.sampled_from([CLOSED, AS_USUAL]), CLOSURES)
def test_closures_take_away_just_their_time_however_many_there_are_and_however_they_lie(
    week: list[Shift], on_holidays: OnHolidays, closures: list[Interval]
) -> None:
    usual = hours("; ".join(map(str, week)), on_holidays)
    desk = replace(usual, closures=tuple(closures))
    quarters = [at("2026-11-01 00:00") + timedelta(minutes=15 * number) for number in range(96 * 7)]
    held = {now for now in quarters if any(each.start <= now < each.end for each in closures)}
    is_open = {now: usual.is_open(now) and now not in held for now in quarters}
    openings = [after for before, after in pairwise(quarters) if not is_open[before] and is_open[after]]
    closings = [after for before, after in pairwise(quarters) if is_open[before] and not is_open[after]]
    edges = set(desk.edges(quarters[0]))
    assert edges >= set(openings) | set(closings)
    for now in quarters[:-1]:
        assert desk.is_open(now) == is_open[now], now
        assert desk.suspended(now) == (now in held and usual.is_open(now)), now
    for now in quarters[:-1:7]:
        after = next((opening for opening in openings if opening > now), None)
        assert after is None or desk.next_opening(now) == after, now
        until = next((closing for closing in closings if closing > now), None)
        assert desk.closes(now) == (until if is_open[now] and until else None) or until is None, now


@settings(max_examples=120, deadline=None)
@given(st.lists(shifts(), min_size=1, max_size=3), st.sampled_from([CLOSED, AS_USUAL]))
def test_the_words_of_any_week_say_just_its_days_and_times(week: list[Shift], on_holidays: OnHolidays) -> None:
    of = hours("; ".join(map(str, week)), on_holidays)
    for language in LANGUAGES.values():
        try:
            said = understood(language, words(language, of))
        except HoursFault:
            continue
        expected = {
            ((), day.weekday, number, tuple(sorted(each.spans)))
            for each in usual(of).openings
            for day in each.days
            for number in day.numbers or (0,)
        }
        assert said.whole and said.figures == () and said.groups == expected


LANGUAGES = load({path.name: path.read_bytes() for path in PROMPTS.glob("*.toml")}).languages


@pytest.mark.parametrize("day", ["١٢-٢٩", "१२-२९", "12-29-30", "1229"])
def test_a_day_of_the_year_is_written_in_figures_0_to_9(day: str) -> None:
    with pytest.raises(ValueError, match="is no day of the year: write month and day as 12-29"):
        YearlyClosing.parse(day)


@pytest.mark.parametrize("day", ["１２－２９／０１－０３", "12ー29 / 01−03"])
def test_a_day_of_the_year_may_be_typed_in_any_width(day: str) -> None:
    assert (YearlyClosing.parse(day),) == NEW_YEAR


def test_hours_in_figures_of_another_script_are_not_taken_for_others(line: Line) -> None:
    said = understood(line.languages["en"], "Monday to Friday, from ٩:٠٠ a.m. to 5:00 p.m.")
    assert said.figures == ("٩:٠٠",)
    assert "9:00 a.m." not in said.named
    with pytest.raises(HoursFault):
        read("Mo-Fr ०९:००-१७:००")
