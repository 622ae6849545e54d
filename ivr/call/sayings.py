"""Every prompt as it is heard: its slots filled as in a call. What a listener judges."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from ivr.call.speaking import SENTENCE, Speaker
from ivr.line.chunks import telephone_number
from ivr.line.hours_words import said_hours
from ivr.line.prompt_keys import ALERT, FOR_ALL_LANGUAGES, NAME, OPTION, called, of_node, own_hours, taken_apart
from ivr.line.speeds import Speed
from ivr.line.tree import kind_of, ways_on
from ivr.line.values import Kind, Language, Line
from ivr.line.words import Part, Prompt

_WITHIN_OTHERS = (ALERT, "count", "ordinal", "calendar", "digits", "hours", "press", "number.or", "number.this")
"""Prompts, and families of prompts, that are never said alone; they are heard within the others."""


@dataclass(frozen=True, slots=True)
class Saying:
    """Something said in one go; `numbers` are the telephone numbers in it."""

    key: str
    parts: tuple[Part, ...]
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _KeyTold:
    """An option's key, and whether it is told shortly."""

    key: int
    short: bool


def sayings(line: Line, language: Language) -> Iterator[Saying]:
    """Every prompt of a language, every option with its key, every month, weekday and number."""
    speaker = Speaker(line, language, Speed.NORMAL)
    options, known = _keys_of_options(line), examples(line, language)
    for key, prompt in language.prompts.items():
        if key in options:
            yield Saying(key, speaker.option(options[key].key, speaker.prompt(key), options[key].short))
        elif key in ("choice.language", FOR_ALL_LANGUAGES):
            yield Saying(key, speaker.option(len(ways_on(line, line.start)) + 1, speaker.prompt(key)))
        elif taken_apart(key).family == "choice":
            yield Saying(key, speaker.option(1, prompt.fill(_those(prompt, known))))
        elif not _within_others(key):
            yield Saying(key, prompt.fill(_those(prompt, known)))
    for day in _days():
        slots = {"date": speaker.date(day), "time": speaker.time(_opening(line))}
        yield Saying(f"status.later ({day:%m-%d})", speaker.prompt("status.later", **slots))
    for desk in line.desks.values():
        if own_hours(desk.key) not in language.prompts:
            yield Saying(own_hours(desk.key), said_hours(language, desk))
        for number in desk.numbers_in(language.code):
            parts = (
                *speaker.prompt("number.this", desk=speaker.name(desk.key)),
                SENTENCE,
                telephone_number(language, number),
            )
            yield Saying(f"{Kind.DESK}.{desk.key} {number}", parts, (number,))


def _within_others(key: str) -> bool:
    parts = taken_apart(key)
    return parts.part == NAME or called(key) is not None or key in _WITHIN_OTHERS or parts.family in _WITHIN_OTHERS


def _keys_of_options(line: Line) -> dict[str, _KeyTold]:
    """The prompts by which menus offer their options, each with its key, and whether that is told shortly."""
    numbered = ((menu, number, node) for menu in line.menus for number, node in enumerate(ways_on(line, menu), 1))
    return {
        of_node(kind_of(line, node), node, OPTION): _KeyTold(number, number > 1 or menu != line.start)
        for menu, number, node in numbered
    }


def examples(line: Line, language: Language) -> Mapping[str, tuple[Part, ...]]:
    """What a call may say in each slot of a language, by the slot's name: the first desk, a text, a number of things.
    Slots that stand within others, such as those of a date, are not among them."""
    speaker = Speaker(line, language, Speed.NORMAL)
    desks = list(line.desks)
    place = speaker.name(next(iter(line.texts)))
    return {
        "desk": speaker.name(desks[0]),
        "closed": speaker.name(desks[-1]),
        "place": place,
        "count": speaker.prompt("count.3"),
        "ordinal": speaker.prompt("ordinal.2"),
        "time": speaker.time(_opening(line)),
        "date": speaker.date(date(2026, 11, 24)),
        "language": speaker.prompt("whisper.other") if "whisper.other" in speaker.language.prompts else (),
    }


def _those(prompt: Prompt, known: Mapping[str, tuple[Part, ...]]) -> dict[str, tuple[Part, ...]]:
    return {slot: known[slot] for slot in prompt.slots}


def _opening(line: Line) -> time:
    return next((each for desk in line.desks.values() for each in desk.hours.times()), time(9))


def _days() -> Iterator[date]:
    """Every month, weekday and day of the month at least once."""
    first = date(2026, 1, 1)
    seen: set[object] = set()
    for offset in range(365):
        day = first + timedelta(days=offset)
        news = {("m", day.month), ("d", day.day), ("w", day.weekday())} - seen
        if len(news) >= 2 or (day.month == 12 and news):
            seen |= news
            yield day
