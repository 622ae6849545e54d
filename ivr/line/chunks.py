"""The chunks that are not prompts of a file: times of day, and telephone numbers.

Together with the prompts' own chunks they are all that a line can say: what a renderer makes
audio of, and what a speaker records.
"""

from collections.abc import Iterator
from datetime import datetime, time

from ivr.line.values import Language, Line
from ivr.line.words import Chunk, Span

_FILLED = ("calendar.am", "calendar.pm", "digits.")
"""Prompts that are never said by themselves: times and numbers are put together from them."""

NUMBER = "number:"
"""How the keys of telephone numbers begin."""


def time_of_day(language: Language, moment: datetime | time) -> Chunk:
    """A time of day in words, 午前/午後 or a.m./p.m. (R15)."""
    half = "am" if moment.hour < 12 else "pm"
    figures = {"hour": _figure(moment.hour % 12 or language.noon), "minute": _figure(moment.minute)}
    prompt = language.prompts[f"calendar.{half}" if moment.minute else f"calendar.{half}_sharp"]
    spans = tuple(span for part in prompt.fill(figures) if isinstance(part, Chunk) for span in part.spans)
    readings = tuple(span for span in spans if span.reading is not None)
    text = Span("".join(span.written for span in spans))
    return Chunk(f"time.{moment.hour:02}{moment.minute:02}", spans if readings else (text,))


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
        if not key.startswith(_FILLED):
            yield from prompt.chunks()
    for alert in line.alerts:
        if language.code in alert.words:
            yield from alert.words[language.code].chunks()
    for moment in sorted({moment for desk in line.desks.values() for moment in desk.hours.times()}):
        yield time_of_day(language, moment)
    for number in sorted({number for desk in line.desks.values() for number in desk.numbers}):
        yield telephone_number(language, number)


def _figure(number: int) -> tuple[Chunk]:
    return (Chunk("figure", (Span(str(number)),)),)
