"""Times of day and days of the year in a language's words, each one chunk."""

from collections.abc import Mapping
from datetime import datetime, time
from itertools import chain

from ivr.line.prompt_keys import calendar
from ivr.line.values import Language
from ivr.line.words import Chunk, Prompt, Span

DAY = "day."
"""How the keys of days begin."""

_NOON = time(12)
_MIDNIGHT = time()


def time_of_day(language: Language, moment: datetime | time) -> Chunk:
    """A time of day in words, 午前/午後 or a.m./p.m. (R15); noon and midnight by their names, since
    12 a.m. and 12 p.m. are easily taken for each other."""
    key = f"time.{moment.hour:02}{moment.minute:02}"
    named = {_NOON: "noon", _MIDNIGHT: "midnight"}.get(time(moment.hour, moment.minute))
    if named:
        return Chunk(key, filled(language.prompts[calendar(named)], {}))
    half = "am" if moment.hour < 12 else "pm"
    prompt = language.prompts[calendar(half if moment.minute else f"{half}_sharp")]
    figures = {"hour": str(moment.hour % 12 or language.noon), "minute": str(moment.minute)}
    return Chunk(key, filled(prompt, {name: (Span(figure),) for name, figure in figures.items()}))


def day_of_year(language: Language, month: int, day: int) -> Chunk:
    """A day such as 11月24日: one chunk, since a month and a day said apart are hard to follow."""
    names = language.prompts
    figures = {
        "month": filled(names[calendar("months", month)], {}),
        "day": filled(names[calendar("days", day)], {}),
    }
    return Chunk(f"{DAY}{month:02}-{day:02}", filled(names[calendar("day")], figures))


def filled(prompt: Prompt, slots: Mapping[str, tuple[Span, ...]]) -> tuple[Span, ...]:
    """A prompt and the words in its slots as one run of words. A mark that stands at the end of a
    slot and again behind it, as after "a.m.", is written once."""
    parts = prompt.fill({name: (Chunk(name, spans),) for name, spans in slots.items()})
    spans: list[Span] = []
    for span in chain.from_iterable(part.spans for part in parts if isinstance(part, Chunk)):
        if not spans or span.reading is not None or spans[-1].reading is not None:
            spans.append(span)
        else:
            before = spans.pop().written
            doubled = bool(before and span.written) and before[-1] == span.written[0] and not before[-1].isalnum()
            spans.append(Span(before + span.written[doubled:]))
    return tuple(spans)
