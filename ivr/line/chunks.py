"""Everything that a line can say: what a renderer makes audio of, and what a speaker records. Beside
the prompts of the files that is times of day, days, usual hours and telephone numbers.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from ivr.line import prompt_keys as keys
from ivr.line.dates import day_of_year, time_of_day
from ivr.line.hours_words import KEY as HOURS
from ivr.line.hours_words import said_hours
from ivr.line.tree import speaks_for_all
from ivr.line.values import Language, Line
from ivr.line.words import Chunk, Span

NUMBER = "number:"
"""How the keys of telephone numbers begin."""


def said_by_itself(key: str) -> bool:
    """Whether a prompt is; times, days, hours and numbers are put together from others, and alerts that stand
    prepared are words from which staff begin."""
    parts = keys.taken_apart(key)
    if parts.family == "calendar":
        return parts.part in ("date", "weekdays")
    return parts.family not in ("digits", "hours", keys.ALERT)


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
    names = (language.prompts[keys.digit(digit)] for digit in group.rstrip("-"))
    said = comma.join(chunk.spoken for name in names for chunk in name.chunks())
    return Span(group, said + (stop if group.endswith("-") else ""))


def all_chunks(line: Line, language: Language) -> Iterator[Chunk]:
    """Everything that the line can say in a language, each chunk once."""
    return (chunk for chunk in _chunks(line, language) if not chunk.mute)


def _chunks(line: Line, language: Language) -> Iterator[Chunk]:
    for key, prompt in language.prompts.items():
        if said_by_itself(key) and (key != keys.FOR_ALL_LANGUAGES or speaks_for_all(line)):
            yield from prompt.chunks()
    for alert in line.alerts:
        if language.code in alert.words:
            yield from alert.words[language.code].chunks()
    for moment in sorted({moment for desk in line.desks.values() for moment in desk.hours.times()}):
        yield time_of_day(language, moment)
    for chunk in dict.fromkeys(chunk for desk in line.desks.values() for chunk in said_hours(language, desk)):
        if chunk.key.startswith(HOURS):
            yield chunk
    for day in range(366):
        leap_day = date(2024, 1, 1) + timedelta(days=day)
        yield day_of_year(language, leap_day.month, leap_day.day)
    for number in sorted({number for desk in line.desks.values() for number in desk.numbers}):
        yield telephone_number(language, number)
