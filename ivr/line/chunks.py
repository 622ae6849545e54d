"""The chunks that are not prompts of a file: times of day, and groups of telephone digits.

Together with the prompts' own chunks they are all that a line can say: what a renderer makes
audio of, and what a speaker records.
"""

from collections.abc import Iterator
from datetime import datetime, time

from ivr.line.values import Language, Line
from ivr.line.words import Chunk, Span

_FILLED = ("calendar.am", "calendar.pm", "digits.")
"""Prompts that are never said by themselves: a time and a group are put together from them."""


def time_of_day(language: Language, moment: datetime | time) -> Chunk:
    """A time of day in words, 午前/午後 or a.m./p.m. (R15)."""
    half = "am" if moment.hour < 12 else "pm"
    figures = {"hour": _figure(moment.hour % 12 or language.noon), "minute": _figure(moment.minute)}
    prompt = language.prompts[f"calendar.{half}" if moment.minute else f"calendar.{half}_sharp"]
    spans = tuple(span for part in prompt.fill(figures) if isinstance(part, Chunk) for span in part.spans)
    readings = tuple(span for span in spans if span.reading is not None)
    text = Span("".join(span.written for span in spans))
    return Chunk(f"time.{moment.hour:02}{moment.minute:02}", spans if readings else (text,))


def digits(language: Language, group: str) -> Chunk:
    """A group of a telephone number, written as figures and said digit by digit (R14).

    A group is one chunk, since put together from single digits it is hard to follow.
    """
    comma = ", " if language.spaces else "、"
    names = (language.prompts[f"digits.{'hash' if digit == '#' else digit}"] for digit in group)
    said = comma.join(chunk.spoken for name in names for chunk in name.chunks())
    return Chunk(f"digits.{group}", (Span(group, said),))


def groups(number: str) -> tuple[str, ...]:
    """A telephone number in its written groups."""
    return tuple(number.split("-"))


def all_chunks(line: Line, language: Language) -> Iterator[Chunk]:
    """Everything that the line can say in a language, each chunk once."""
    for key, prompt in language.prompts.items():
        if not key.startswith(_FILLED):
            yield from prompt.chunks()
    for alert in line.alerts:
        if language.code in alert.words:
            yield from alert.words[language.code].chunks()
    for moment in sorted({moment for desk in line.desks.values() for moment in desk.hours.times()}):
        yield time_of_day(language, moment)
    for group in sorted({group for desk in line.desks.values() for number in desk.numbers for group in groups(number)}):
        yield digits(language, group)


def _figure(number: int) -> tuple[Chunk]:
    return (Chunk("figure", (Span(str(number)),)),)
