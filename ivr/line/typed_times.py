"""Times of day, days of the year and weeks of the month as people type them in an office, in one shape.

    minute_of("8時45分") == minute_of("８：４５") == minute_of("0845") == 525
    day_of("12月29日") == day_of("12/29") == (12, 29)
    weeks_of("第2・第4") == (2, 4); weeks_of("最終") == (-1,)

What cannot be read raises ValueError with a Sentence that says what to write.
"""

import re

from ivr.line.sentences import sentence
from ivr.line.text import folded
from ivr.line.week import DAY, LAST, MonthDay

_TIME = re.compile(
    r"(?P<half>午前|午後|am|pm|AM|PM)? ?(?P<hour>[0-9]{1,2})(?:(?::|時|\.) ?(?P<minute>[0-9]{1,2}|半)?分?)?"
)
_FIGURES = re.compile(r"(?P<hour>[0-9]{1,2})(?P<minute>[0-9]{2})")
_DAY = re.compile(r"(?P<month>[0-9]{1,2})(?:/|-|月|\.)(?P<day>[0-9]{1,2})日?")
_WEEK = re.compile(r"第?(?P<number>[1-5])(?:週|週目)?|(?P<last>最終|最後|last)(?:週)?")
_BETWEEN = re.compile(r"[・,、と/ ]+|(?<=[0-9])(?=第)")
_WORDS = {"正午": 12 * 60, "noon": 12 * 60, "深夜0時": 0, "midnight": 0}
_LONGEST = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


def minute_of(text: str) -> int:
    """The minute of the day, 0 to 1440. ValueError."""
    plain = folded(text)
    if plain in _WORDS:
        return _WORDS[plain]
    found = _FIGURES.fullmatch(plain) if len(plain) >= 3 else None  # 845, 1715; two figures are an hour
    found = found or _TIME.fullmatch(plain)
    if not found:
        raise ValueError(_no_time(text))
    written = found["minute"] or "0"
    hour, minute = int(found["hour"]), 30 if written == "半" else int(written)
    half = found.groupdict().get("half")
    if half and hour > 12:
        raise ValueError(_no_time(text))
    if half in ("午後", "pm", "PM") and hour < 12:
        hour += 12
    if minute > 59 or hour * 60 + minute > DAY:
        raise ValueError(_no_time(text))
    return hour * 60 + minute


def _no_time(text: str) -> str:
    return sentence("“%(text)s” is no time of day: write it like 8:45 or 17:15.", text=text)


def time_text(minute: int) -> str:
    """A minute of the day as it stands in a field: 8:45, 24:00."""
    return f"{minute // 60}:{minute % 60:02}"


def day_of(text: str) -> MonthDay:
    """A day of the year. ValueError."""
    found = _DAY.fullmatch(folded(text))
    if found:
        month, day = int(found["month"]), int(found["day"])
        if 1 <= month <= 12 and 1 <= day <= _LONGEST.get(month, 31):
            return month, day
    raise ValueError(sentence("“%(text)s” is no day of the year: write month and day, such as 12/29.", text=text))


def weeks_of(text: str) -> tuple[int, ...]:
    """Which weeks of the month, LAST for the last; () for all. ValueError."""
    plain = folded(text)
    if plain in ("", "毎週", "every week"):
        return ()
    found = [_WEEK.fullmatch(each) for each in _BETWEEN.split(plain) if each]
    if not found or None in found:
        raise ValueError(
            sentence("“%(text)s” names no weeks of the month: write their numbers, such as 2, 4.", text=text)
        )
    numbers = {LAST if each["last"] else int(each["number"]) for each in found if each}
    return tuple(sorted(numbers, key=lambda number: (number == LAST, number)))
