"""The chunks that are not prompts of a file: times of day, days and telephone numbers.

Together with the prompts' own chunks they are all that a line can say: what a renderer makes
audio of, and what a speaker records.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from ivr.line.values import Language, Line
from ivr.line.words import Chunk, Prompt, Span

FILLED = ("calendar.am", "calendar.pm", "calendar.day", "calendar.months", "digits.")
"""Prompts that are never said by themselves: times, days and numbers are put together from them."""

NUMBER = "number:"
"""How the keys of telephone numbers begin."""

DAY = "day."
"""How the keys of days begin."""


def time_of_day(language: Language, moment: datetime | time) -> Chunk:
    """A time of day in words, 午前/午後 or a.m./p.m. (R15)."""
    half = "am" if moment.hour < 12 else "pm"
    prompt = language.prompts[f"calendar.{half}" if moment.minute else f"calendar.{half}_sharp"]
    figures = {"hour": str(moment.hour % 12 or language.noon), "minute": str(moment.minute)}
    return _filled(f"time.{moment.hour:02}{moment.minute:02}", prompt, figures)


def day_of_year(language: Language, month: int, day: int) -> Chunk:
    """A day such as 11月24日: one chunk, since a month and a day said apart are hard to follow."""
    names = language.prompts
    figures = {"month": _text(names[f"calendar.months.{month}"]), "day": _text(names[f"calendar.days.{day}"])}
    return _filled(f"{DAY}{month:02}-{day:02}", names["calendar.day"], figures)


def _filled(key: str, prompt: Prompt, words: Mapping[str, str]) -> Chunk:
    """A prompt and the words in its slots as one chunk."""
    parts = prompt.fill({slot: (Chunk(slot, (Span(text),)),) for slot, text in words.items()})
    return Chunk(key, tuple(span for part in parts if isinstance(part, Chunk) for span in part.spans))


def _text(prompt: Prompt) -> str:
    return "".join(chunk.written for chunk in prompt.chunks())


def telephone_number(language: Language, number: str) -> Chunk:
    """A telephone number such as 045-671-3792, a span for each written group, said digit by
    digit (R14).

    It is one chunk, whose commas and full stops make its pauses: put together from single
    digits or groups of sound, a recogniser loses some of its digits.
    """
    *groups, last = number.split("-")
    return Chunk(f"{NUMBER}{number}", tuple(_group(language, group) for group in (*(g + "-" for g in groups), last)))


def _group(language: Language, group: str) -> Span:
    comma, stop = (", ", "... ") if language.spaces else ("、", "。")
    names = (language.prompts[f"digits.{'hash' if digit == '#' else digit}"] for digit in group.rstrip("-"))
    said = comma.join(chunk.spoken for name in names for chunk in name.chunks())
    return Span(group, said + (stop if group.endswith("-") else ""))


def all_chunks(line: Line, language: Language) -> Iterator[Chunk]:
    """Everything that the line can say in a language, each chunk once."""
    return (chunk for chunk in _chunks(line, language) if not chunk.mute)


def _chunks(line: Line, language: Language) -> Iterator[Chunk]:
    for key, prompt in language.prompts.items():
        if not key.startswith(FILLED):
            yield from prompt.chunks()
    for alert in line.alerts:
        if language.code in alert.words:
            yield from alert.words[language.code].chunks()
    for moment in sorted({moment for desk in line.desks.values() for moment in desk.hours.times()}):
        yield time_of_day(language, moment)
    for day in range(366):
        leap_day = date(2024, 1, 1) + timedelta(days=day)
        yield day_of_year(language, leap_day.month, leap_day.day)
    for number in sorted({number for desk in line.desks.values() for number in desk.numbers}):
        yield telephone_number(language, number)
