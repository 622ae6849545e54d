"""Words of one's own for a desk's usual hours, held against the hours.

The usual hours are made from the hours. Where a language must tell them otherwise, its file has

    [desk.city]
    hours = "月曜日から金曜日の、午前9時から午後5時までです。…"
    hours_for = "Mo-Fr 09:00-17:00; holidays closed; closed 12-29/01-03"

`hours_for` names the hours that the words stand for, as `stands_for` writes them: when the hours
change, it no longer names them and the words are found, whatever they say beside times and days. Without
it (as in editions from before there was one) the words alone are held against the hours. They are read by the words
of their own language (`hours.…`, `calendar.…`): times and days count whole, and each day must have
the times that it has in the hours. What else the words say is free.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from functools import lru_cache

from ivr.line.dates import time_of_day
from ivr.line.hours import Hours
from ivr.line.hours_words import usual_hours
from ivr.line.prompt_keys import calendar, own_hours, taken_apart
from ivr.line.prompt_keys import hours as hours_key
from ivr.line.sentences import sentence
from ivr.line.text import one_width
from ivr.line.usual import CannotSay
from ivr.line.values import Desk, Language
from ivr.line.week import DAY, LAST, Span, plain
from ivr.line.words import Chunk, Prompt

HOLIDAY = -2
"""Stands for public holidays among weekdays."""

_IDEOGRAPH = r"(?![\u3005\u4e00-\u9fff])"  # 午後5時半, 午後5時以降: another time than 午後5時
_END_OF_SENTENCE = re.compile(r"[。！？.!?]")

_Group = tuple[tuple[str, ...], int, int, tuple[Span, ...]]
"""A period, a weekday (0 is Monday) or HOLIDAY, its number in the month (0: all), the spans."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What words say about hours: `groups` of days and times; `closed`, all else that is named (holidays,
    days of the year); `figures` in it that mean nothing; `whole`: times come in pairs."""

    groups: frozenset[_Group]
    named: frozenset[str]
    figures: tuple[str, ...]
    whole: bool

    @property
    def days(self) -> frozenset[int]:
        """The weekdays that have times."""
        return frozenset(day for _, day, _, _ in self.groups if day != HOLIDAY)

    @property
    def times(self) -> frozenset[int]:
        """The minutes of a day at which something opens or closes."""
        return frozenset(edge % DAY for *_, spans in self.groups for span in spans for edge in span)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # time, whole, day, number, daily, holiday, month, year, closing, to
    value: int
    text: str
    start: int
    end: int


def stands_for(hours: Hours) -> str:
    """The hours in one line, as `hours_for` names them."""
    closed = ", ".join(str(closing) for closing in hours.closings)
    return f"{hours.week.text}; holidays {hours.on_holidays}" + (f"; closed {closed}" if closed else "")


def faults(language: Language, desk: Desk) -> Iterator[str]:
    """What is wrong with a language's own words for a desk's hours, each a sentence that says how to
    mend it; nothing where it has none, or where they keep the hours."""
    own = language.prompts.get(own_hours(desk.key))
    if own is None:
        return
    named, hours = language.hours_for.get(desk.key), desk.heard_in(language.code).hours
    wanted = stands_for(hours)
    if named is not None and plain(named) != plain(wanted):
        yield sentence(
            "words of one's own: they are for %(named)r; see that they keep the hours, then write "
            'hours_for = "%(wanted)s"',
            named=named,
            wanted=wanted,
        )
    yield from _differences(language, hours, understood(language, _written(own.chunks())))


def _differences(language: Language, hours: Hours, said: Understood) -> Iterator[str]:
    try:
        made = "".join(f" {chunk.written}" for chunk in usual_hours(language, hours)).strip()
    except CannotSay:
        made = ""
    for figure in said.figures:
        yield sentence(
            "'%(figure)s' is understood neither as a time nor as a day: write it as in %(example)s",
            figure=figure,
            example=_example(language),
        )
    if not made:
        if said.times != hours.week.edges or said.days != _weekdays(hours):
            yield sentence("do not name the times and weekdays of %(hours)s and no others", hours=hours.week.text)
        return
    wanted = understood(language, made)
    if not said.whole or said.groups != wanted.groups:
        yield sentence(
            "do not keep the hours (%(hours)s), which would be said: %(made)s", hours=hours.week.text, made=made
        )
    if missing := wanted.named - said.named:
        yield sentence(
            "do not name %(missing)s, which belongs to the hours: %(made)s",
            missing=", ".join(sorted(missing)),
            made=made,
        )


def _example(language: Language) -> str:
    """Two times as the language tells them."""
    shown = (time_of_day(language, time(9, 30)), time_of_day(language, time(17)))
    return ", ".join(chunk.written for chunk in shown)


def _weekdays(hours: Hours) -> frozenset[int]:
    open_rules = [rule for rule in hours.week.rules if rule.spans]
    return frozenset(day for rule in open_rules for day, _ in rule.weekdays or {(each, 0) for each in range(7)})


def _written(chunks: tuple[Chunk, ...]) -> str:
    return "".join(chunk.written for chunk in chunks)


# --- understanding ------------------------------------------------------------------------------


def understood(language: Language, text: str) -> Understood:
    """What `text` says about hours, by the words of its language."""
    text = one_width(text)
    tokens = tuple(_tokens(language, text))
    left = list(text)
    for token in tokens:
        left[token.start : token.end] = " " * (token.end - token.start)
    reader = _Reader(text)
    for token in tokens:
        reader.take(token)
    reader.flush()
    holidays = _written(language.prompts["hours.holidays"].chunks())
    named = {token.text.lower() for token in tokens if token.kind in ("closing", "month", "year")}
    named |= {holidays for token in tokens if token.kind == "holiday"}
    figures = tuple(re.findall(r"\S*\d\S*", "".join(left)))  # of any script: none may go unheard of
    return Understood(frozenset(reader.groups), frozenset(named), figures, reader.whole)


class _Reader:
    """Puts tokens together: days, then their times, until other days come."""

    def __init__(self, text: str):
        self.text = text
        self.groups: set[_Group] = set()
        self.whole = True
        self.period: list[_Token] = []
        self.told = False  # whether hours of this period were told
        self.days: list[_Token] = []
        self.times: list[_Token] = []
        self.before: _Token | None = None

    def take(self, token: _Token) -> None:
        gap = self.text[self.before.end if self.before else 0 : token.start]
        if _END_OF_SENTENCE.search(gap):
            self.end_sentence()
        match token.kind:
            case "month" | "year":
                self.flush()
                if self.told:
                    self.period, self.told = [], False
                self.period.append(token)
            case "day" | "number" | "holiday" | "daily":
                if token.kind == "daily" and self.times and not self.days and not self.period:
                    self.days = [token]
                    self.flush()
                else:
                    if self.times:
                        self.flush()
                    self.days.append(token)
            case "time" | "whole":
                self.times.append(token)
            case "to":
                place = self.times or self.days or self.period
                if place and place[-1] is self.before:
                    place.append(token)
        self.before = token

    def end_sentence(self) -> None:
        """A period without times, as in "closed on June 2nd", is not that of the next sentence."""
        if self.times:
            self.flush()
        else:
            self.days = []
            self.period = self.period if self.told else []

    def flush(self) -> None:
        spans = self.spans()
        if spans:
            days = set(_resolved(self.days)) or {(weekday, 0) for weekday in range(7)}
            period = tuple("-" if token.kind == "to" else token.text.lower() for token in self.period)
            self.groups |= {(period, day, number, spans) for day, number in days}
            self.told = True
        self.days, self.times = [], []

    def spans(self) -> tuple[Span, ...]:
        edges = [token.value for token in self.times if token.kind == "time"]
        self.whole = self.whole and len(edges) % 2 == 0
        whole = [(0, DAY)] if any(token.kind == "whole" for token in self.times) else []
        pairs = [(a, b if b > a else b + DAY) for a, b in zip(edges[::2], edges[1::2], strict=False)]
        return tuple(sorted([*whole, *pairs]))


def _resolved(tokens: list[_Token]) -> Iterator[tuple[int, int]]:
    """Weekdays with their numbers: "Monday to Friday" as five, "second and fourth Saturday" as two."""
    numbers: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "daily":
            yield from ((weekday, 0) for weekday in range(7))
        elif token.kind == "holiday":
            yield HOLIDAY, 0
        elif token.kind == "number":
            numbers.append(token.value)
        elif token.kind == "day":
            first = tokens[index - 2].value if index >= 2 and tokens[index - 1].kind == "to" else token.value
            run = range((token.value - first) % 7 + 1)
            yield from (((first + offset) % 7, number) for offset in run for number in numbers or [0])
            numbers = []


def _tokens(language: Language, text: str) -> Iterator[_Token]:
    lexicon, at = _lexicon(tuple(_needed(language))), 0
    while at < len(text):
        found = next(((kind, value, m) for p, kind, value in lexicon if (m := p.match(text, at))), None)
        if found is None:
            at += 1
            continue
        kind, value, match = found
        yield _Token(kind, value(match), match.group().strip(), match.start(), match.end())
        at = max(match.end(), at + 1)


_Entry = tuple[re.Pattern[str], str, Callable[[re.Match[str]], int]]


def _needed(language: Language) -> Iterator[tuple[str, Prompt]]:
    for key, prompt in language.prompts.items():
        if taken_apart(key).family in ("hours", "calendar"):
            yield key, prompt


@lru_cache(maxsize=64)
def _lexicon(prompts: tuple[tuple[str, Prompt], ...]) -> tuple[_Entry, ...]:
    """Everything that means something in hours, what must be tried first first."""
    return tuple(_entries(dict(prompts)))


def _entries(prompts: dict[str, Prompt]) -> Iterator[_Entry]:
    for key, late in (("am", 0), ("pm", 12), ("am_sharp", 0), ("pm_sharp", 12)):
        shape = _shape(prompts[calendar(key)], {"hour": r"(?P<hour>[0-9]{1,2})", "minute": r"(?P<minute>[0-9][0-9])"})
        yield _entry(rf"(?<![0-9:]){shape}(?![0-9]){_IDEOGRAPH}", "time", _minute(late))
    yield _entry(_word(prompts["calendar.noon"]) + _IDEOGRAPH, "time", _always(DAY // 2))
    yield _entry(_word(prompts["calendar.midnight"]) + _IDEOGRAPH, "time", _always(0))
    yield _entry(_word(prompts["hours.whole_day"]), "whole", _always(0))
    months = [_shape(prompts[calendar("months", month)], {}) for month in range(1, 13)]
    days = [_shape(prompts[calendar("days", day)], {}) for day in range(1, 32)]
    ways = {"month": f"(?:{_any(months)})", "day": f"(?:{_any(days)})"}
    yield _entry(rf"(?<![0-9]){_shape(prompts['calendar.day'], ways)}", "month", _always(0))
    yield _entry(rf"(?<![0-9])(?:{_any(months)})", "month", _always(0))
    year = _shape(prompts["hours.year"], {"year": r"(?<![0-9])[0-9]{4}(?![0-9])"})
    for key in ("from_year", "until_year"):
        yield _entry(f"(?i:{_shape(prompts[hours_key(key)], {'year': year})})", "year", _always(0))
    yield _entry(year, "year", _always(0))
    for key in sorted(prompts):
        if taken_apart(key).names_closing:
            yield _entry(_word(prompts[key]), "closing", _always(0))
    yield _entry(_word(prompts["hours.closed_holidays"]), "holiday", _always(0))
    yield _entry(_word(prompts["hours.holidays"]), "holiday", _always(0))
    for weekday in range(7):
        yield _entry(_shape(prompts[hours_key("weekdays", weekday + 1)], {}), "day", _always(weekday))
    for number in range(1, 6):
        yield _entry(rf"{_word(prompts[hours_key('nth', number)])}(?![0-9])", "number", _always(number))
    yield _entry(_word(prompts["hours.last"]), "number", _always(LAST))
    yield _entry(_bare(prompts["hours.daily"]), "daily", _always(0))
    yield _entry(_between(prompts["hours.range"]), "to", _always(0))


def _entry(pattern: str, kind: str, value: Callable[[re.Match[str]], int]) -> _Entry:
    return re.compile(pattern), kind, value


def _always(value: int) -> Callable[[re.Match[str]], int]:
    return lambda _match: value


def _minute(late: int) -> Callable[[re.Match[str]], int]:
    def minute(match: re.Match[str]) -> int:
        named = match.groupdict()
        return (int(named["hour"]) % 12 + late) * 60 + int(named.get("minute") or 0)

    return minute


def _shape(prompt: Prompt, slots: dict[str, str]) -> str:
    """The prompt as a pattern, with patterns in its slots."""
    return "".join(re.escape(one_width(p.written)) if isinstance(p, Chunk) else slots[p.name] for p in prompt.parts)


def _word(prompt: Prompt) -> str:
    """A prompt as words of a sentence, whatever letters it begins with there."""
    return rf"(?<![A-Za-z])(?i:{_shape(prompt, {})})(?![A-Za-z])"


def _bare(prompt: Prompt) -> str:
    """What a prompt says before its slot, without marks."""
    text = next(one_width(part.written) for part in prompt.parts if isinstance(part, Chunk))
    bare = re.sub(r"^\W+|\W+$", "", text)
    return rf"(?<![A-Za-z])(?i:{re.escape(bare)})(?![A-Za-z])"


def _between(prompt: Prompt) -> str:
    """What a prompt says between its two slots."""
    return next(re.escape(one_width(part.written)) for part in prompt.parts[1:-1] if isinstance(part, Chunk))


def _any(patterns: list[str]) -> str:
    return "|".join(sorted(patterns, key=len, reverse=True))
