"""Sentences of the line in one language: prompts with their slots filled."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from ivr.call.acts import Say
from ivr.line import prompt_keys as keys
from ivr.line import tree
from ivr.line.chunks import telephone_number
from ivr.line.dates import day_of_year, time_of_day
from ivr.line.hours import Hours
from ivr.line.hours_words import said_hours
from ivr.line.named_numbers import number_of
from ivr.line.speeds import Speed
from ivr.line.tree import END, JOIN, Place, desk_at, kind_of, passages_at
from ivr.line.values import Desk, Kind, Language, Line
from ivr.line.words import Break, Part

BEFORE_KEY = Break(200)
"""Between the words of an option and its key (R2: "a short pause") [own value]."""

AFTER_KEY = Break(400)
"""Between two options [own value]."""

GET_READY = Break(2000)
"""Time to take a pen (R14)."""

SENTENCE = Break(300)
"""Between two sentences [own value]."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Puts the line's words together in one language at one speed."""

    line: Line
    language: Language
    speed: Speed

    def say(self, *parts: Part) -> Say:
        """These parts, spoken."""
        return Say(self.language.code, self.speed, parts)

    def prompt(self, key: str, **slots: tuple[Part, ...]) -> tuple[Part, ...]:
        """A prompt with its slots filled; KeyError where the language lacks it."""
        return self.language.prompts[key].fill(slots)

    def optional(self, key: str) -> tuple[Part, ...]:
        """A prompt that a language may leave out."""
        return self.prompt(key) if key in self.language.prompts else ()

    def name(self, node: str) -> tuple[Part, ...]:
        """What a menu, text or desk is called."""
        return self.prompt(keys.of_node(kind_of(self.line, node), node, keys.NAME))

    def option(self, number: int, words: tuple[Part, ...], short: bool = False) -> tuple[Part, ...]:
        """An option: its words, a short pause, its key (R2). `short`: the key alone, behind an option whose
        key was told in a sentence; where a language has no such words, a sentence again."""
        key = keys.press_short(number) if short else keys.press(number)
        named = self.optional(key) or self.prompt(keys.press(number))
        return (*words, BEFORE_KEY, *named, AFTER_KEY)

    def offer(self, place: Place, now: datetime) -> tuple[Part, ...]:
        """The words of an option that leads to `place`."""
        found = desk_at(self.line, place.node)
        desk = found and found.heard_in(self.language.code)
        if desk and place.step == "1":
            return self.prompt("choice.number")
        if desk and place.step == JOIN:
            key = "choice.join" if joinable(desk, now) else "choice.desk"
            return self.prompt(key, desk=self.name(desk.key))
        return self.prompt(keys.of_node(kind_of(self.line, place.node), place.node, keys.OPTION))

    def invitation(self, current: str, place: Place) -> tuple[Part, ...]:
        """The words of an option that leads from the language `current` to this one, or to this one and
        more than those that invite themselves."""
        behind = tree.languages_behind(self.line, current, place)
        for_all = len(behind) > len(tree.inviting(self.line, current, place))
        return (for_all and self.optional(keys.FOR_ALL_LANGUAGES)) or self.prompt("choice.language")

    def where(self, place: Place) -> tuple[Part, ...]:
        """Where the caller is (key 5)."""
        match kind_of(self.line, place.node):
            case Kind.HELP:
                return self.prompt("where.menu", place=self.prompt("help.name"))
            case Kind.LANGUAGES:
                return self.prompt("where.languages")
            case Kind.TEXT if place.step == END:
                return self.prompt("where.end", place=self.name(place.node))
            case Kind.TEXT:
                return self._which_passage(place)
            case _:
                return self.prompt("where.menu", place=self.name(place.node))

    def _which_passage(self, place: Place) -> tuple[Part, ...]:
        count = passages_at(self.line, self.language.code, place)
        return self.prompt(
            "where.passage",
            place=self.name(place.node),
            count=self.prompt(keys.count(count)),
            ordinal=self.prompt(keys.ordinal(int(place.step) + 1)),
        )

    def status(self, desk: Desk, now: datetime) -> tuple[Part, ...]:
        """Open or closed now first, then until when, or when it opens next (R15)."""
        name = self.name(desk.key)
        if desk.hours.is_open(now) and desk.hours.always:
            return self.prompt("status.always", desk=name)
        if desk.hours.is_open(now):
            return (*self.prompt("status.open", desk=name), *self._closing(desk.hours, now))
        by_hand = desk.hours.suspended(now) and keys.SUSPENDED in self.language.prompts
        return (
            *self.prompt(keys.SUSPENDED if by_hand else "status.closed", desk=name),
            *self._opening(desk.hours, now),
        )

    def now(self, desk: Desk) -> tuple[Part, ...]:
        """A desk of any hour in one breath: for what, and its first number; in words of its own, or by its
        name."""
        name = self.name(desk.key)
        return self.optional(keys.of_node(Kind.DESK, desk.key, keys.NOW)) or (
            *self.prompt("status.always", desk=name),
            *self.prompt("number.this", desk=name),
            telephone_number(self.language, desk.numbers[0]),
        )

    def usual_hours(self, desk: Desk, sentences: int | None = None) -> tuple[Part, ...]:
        """The hours of an ordinary week, holidays and closings, or the first `sentences` of them."""
        return (*self.prompt("status.usual"), *said_hours(self.language, desk)[:sentences])

    def ready(self) -> Say:
        """Time to take a pen (R14)."""
        return self.say(*self.prompt("number.ready"), GET_READY)

    def number(self, desk: Desk, at: int) -> Say:
        """One of the desk's numbers, by its place among them from 0."""
        number = telephone_number(self.language, desk.numbers_in(self.language.code)[at])
        name = self.prompt("number.or") if at else self.prompt("number.this", desk=self.name(desk.key))
        return self.say(*name, SENTENCE, number)

    def again(self, numbers: Iterable[str]) -> tuple[Say, ...]:
        """Numbers once more, slower (R14)."""
        slower = Speaker(self.line, self.language, self.speed.slower)
        return (
            self.say(SENTENCE, *self.prompt("number.again")),
            slower.say(SENTENCE, *slower._read(numbers), SENTENCE),
        )

    def numbers(self, desk: Desk) -> tuple[Say, ...]:
        """The desk's numbers in one go: time to take a pen, then twice, the second time slower (R14)."""
        numbers = desk.numbers_in(self.language.code)
        return (self.ready(), *(self.number(desk, at) for at in range(len(numbers))), *self.again(numbers))

    def with_numbers(
        self, parts: Iterable[Part], before: Collection[str] = (), after: Collection[str] = ()
    ) -> Iterator[Say]:
        """Words in which telephone numbers may stand, those read as R14 asks: time to take a pen before the first,
        slower what was read `before`, and once more what is not read again in the words `after`."""
        parts = tuple(parts)
        slower = Speaker(self.line, self.language, self.speed.slower)
        read, once = set(before), set[str]()
        if not read and any(map(number_of, parts)):
            yield self.ready()
        for number, run in groupby(parts, key=number_of):
            if number is None:
                yield self.say(*run)
                continue
            yield (slower if number in read else self).say(SENTENCE, *run, SENTENCE)
            once = once - {number} if number in read else once | {number}
            read.add(number)
        if once := once - set(after):
            yield from self.again(sorted(once))

    def brief(self, desk: Desk) -> tuple[Part, ...]:
        """A desk in one breath, for where no time of day is known: name and numbers."""
        return (
            *self.prompt("number.this", desk=self.name(desk.key)),
            *self._read(desk.numbers_in(self.language.code)),
        )

    def time(self, moment: datetime | time) -> tuple[Part, ...]:
        """A time of day in words (R15)."""
        return (time_of_day(self.language, moment),)

    def date(self, day: date) -> tuple[Part, ...]:
        """A date in words: month, day and weekday."""
        return self.prompt(
            "calendar.date",
            day=(day_of_year(self.language, day.month, day.day),),
            weekday=self.prompt(keys.calendar("weekdays", day.isoweekday())),
        )

    def _closing(self, hours: Hours, now: datetime) -> tuple[Part, ...]:
        """Until when it is open; a shift that ends at midnight ends today."""
        closing = hours.closes(now)
        if closing is None:
            return ()
        day = (closing - timedelta(microseconds=1)).date()
        days = day - now.astimezone(self.line.zone).date()
        key = {timedelta(0): "status.until", timedelta(1): "status.until_tomorrow"}.get(days, "status.until_later")
        return self.prompt(key, date=self.date(day), time=self.time(closing))

    def _opening(self, hours: Hours, now: datetime) -> tuple[Part, ...]:
        opening = hours.next_opening(now)
        if opening is None:
            return self.prompt("status.never")
        days = opening.date() - now.astimezone(self.line.zone).date()
        key = {timedelta(0): "status.today", timedelta(1): "status.tomorrow"}.get(days, "status.later")
        slots = {"date": self.date(opening.date()), "time": self.time(opening)}
        return self.prompt(key, **slots)

    def _read(self, numbers: Iterable[str]) -> tuple[Part, ...]:
        read: list[Part] = []
        for number in numbers:
            if read:
                read += [SENTENCE, *self.prompt("number.or"), SENTENCE]
            read.append(telephone_number(self.language, number))
        return tuple(read)


def joinable(desk: Desk, now: datetime) -> bool:
    """Whether the line may ring the desk at `now`: it has a number to dial and is open."""
    return desk.dial is not None and desk.hours.is_open(now)
