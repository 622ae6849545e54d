"""What the telephone says, as values. A Line is immutable and knows nothing of calls."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from zoneinfo import ZoneInfo

from ivr.line.hours import Hours, Interval
from ivr.line.named_numbers import NumberSlots, NumberWords
from ivr.line.prompt_keys import passage
from ivr.line.pronunciation import Pace, Pronunciation
from ivr.line.remembering import remembered
from ivr.line.vocabulary import COMMANDS, KEYS_IN_WORDS
from ivr.line.words import Prompt

RESERVED = (*COMMANDS, *KEYS_IN_WORDS)
"""Names that no menu, text or desk may have, since the keypad's own places and words bear them."""

FEWEST_OPTIONS = 2
MOST_OPTIONS = 4
MOST_FIRST_OPTIONS = 3
MOST_CHOICES = 3
MOST_LEVELS = 3
"""Bounds of a menu, of the first menu, whose fourth key is for the language, of what follows a text, and of
menus within menus (R3)."""


class Kind(StrEnum):
    """What stands at a place of the line; menus, texts and desks are the city's, the others the program's."""

    MENU = "menu"
    TEXT = "text"
    DESK = "desk"
    HELP = "help"
    PAUSE = "pause"
    LANGUAGES = "language"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Where a fact comes from and when somebody last made sure of it; None: never yet."""

    source: str
    day: date | None

    def age_days(self, today: date) -> int | None:
        """Days since it was confirmed; None where it never was."""
        return None if self.day is None else (today - self.day).days


@dataclass(frozen=True, slots=True)
class ContactWords:
    """What a contact is called in one language, and whom it serves and how."""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to ask without a telephone (`ivr.line.contacts`): `kind` is fax, email or page, `address` as people
    write it; `words` by language, each in the languages that tell it."""

    key: str
    kind: str
    address: str
    words: Mapping[str, ContactWords]
    confirmation: Confirmation

    @property
    def shown(self) -> str:
        """The address as one reads it."""
        return self.address.removeprefix("https://").rstrip("/")

    @property
    def link(self) -> str | None:
        """The address as a browser follows it; a fax number leads nowhere."""
        match self.kind:
            case "email":
                return f"mailto:{self.address}"
            case "page":
                return self.address
        return None


@dataclass(frozen=True, slots=True)
class Menu:
    """A choice of two to four ways on (R3). `desks`: whom 0 reaches from here, best first; `urgent`: the
    option that is told first, whatever its key, since whoever needs it cannot wait; `help_now`: desks of
    any hour that are told of first where those are closed."""

    key: str
    options: tuple[str, ...]
    desks: tuple[str, ...]
    urgent: str | None = None
    help_now: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """Something read aloud in passages (R9), then up to three choices, desks or other texts. `help_now`:
    desks of any hour that are told of first where its `desks` are closed."""

    key: str
    choices: tuple[str, ...]
    desks: tuple[str, ...]
    confirmation: Confirmation
    help_now: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """An office that advises.

    `numbers` are read aloud, as the public knows them; `dial` is the one that the carrier
    can reach, in E.164, or None where the line only announces the desk. `languages` are
    those that it answers in; `multilingual`: 0 leads to it from anywhere in these, but in the line's
    first language only where it fits. `desks`: who fits in its place; `help_now`: desks of any hour
    that are told of first while it is closed. `in_language`: the desk as it is for callers in a language
    (by code) in which it has numbers or hours of its own. `whisper`: it hears what a call is about before
    it is joined.
    """

    key: str
    numbers: tuple[str, ...]
    dial: str | None
    hours: Hours
    recorded: bool
    languages: tuple[str, ...]
    confirmation: Confirmation
    whisper: bool = True
    desks: tuple[str, ...] = ()
    help_now: tuple[str, ...] = ()
    multilingual: bool = False
    in_language: Mapping[str, "Desk"] = field(default_factory=lambda: MappingProxyType({}))

    def heard_in(self, language: str) -> "Desk":
        """The desk as it is for callers in that language."""
        return self.in_language.get(language, self)

    def answers_in(self, language: str) -> bool:
        """Whether it answers who speaks that language (code): one that speaks Portuguese, pt, answers in pt-BR."""
        return language in self.languages or language.partition("-")[0] in self.languages

    def numbers_in(self, language: str) -> tuple[str, ...]:
        """Its numbers for callers who speak that language (code)."""
        return self.heard_in(language).numbers

    @property
    def versions(self) -> tuple["Desk", ...]:
        """The desk, and as it is in languages of its own."""
        return (self, *self.in_language.values())

    def changed(self, change: Callable[["Desk"], "Desk"]) -> "Desk":
        """The desk with every version of it changed."""
        versions = {code: change(desk) for code, desk in self.in_language.items()}
        return replace(change(self), in_language=MappingProxyType(versions))


@dataclass(frozen=True, slots=True)
class Hearing:
    """How a recogniser checks what is understood of a language (`flask line hear`).

    `language` is what the recogniser calls it; `gate` the greatest mean share of what may be misheard;
    `compare` what is compared: "kana" and "phonemes" are sounds, "words" and "characters" are letters.
    """

    language: str
    gate: float
    compare: str


COMPARED = ("kana", "phonemes", "words", "characters")
"""What `Hearing.compare` may be."""

USUAL_ALERT = 300
"""Characters of an alert at most where a language says nothing else: about 25 seconds of speech, for which
every caller waits [own value]."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the line: its words, and all that differs between languages.

    `pronunciation` tells how it is spoken, `carrier_voices` the carrier's voices for it, best first,
    `recogniser` the locale in which callers' words are recognised, `hearing` how ours are checked.
    `scripts` are the words by which Unicode names its letters ("latin", "cjk"). `reviewed`: somebody who
    speaks it has read the words. `hours_for`: of desks whose hours it tells in words of its own, the hours
    that these stand for; `named_numbers`: the telephone numbers that its words may give, by the names of their
    slots. `double_negatives` find such in its words. `level`: how easy every text is at
    least (R20, `ivr.call.level`); None where it is not measured.
    """

    code: str
    name: str
    pronunciation: Pronunciation
    carrier_voices: tuple[str, ...]
    recogniser: str
    spaces: bool
    prompts: Mapping[str, Prompt]
    words: Mapping[str, tuple[str, ...]]
    noon: int
    hearing: Hearing
    scripts: tuple[str, ...] = ()
    reviewed: bool = True
    alert_characters: int = USUAL_ALERT
    double_negatives: tuple[re.Pattern[str], ...] = ()
    level: float | None = None
    hours_for: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    named_numbers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def number_words(self) -> NumberWords:
        """How it says telephone numbers."""
        return NumberWords.of(self.prompts, self.spaces)

    @property
    def number_slots(self) -> NumberSlots:
        """The numbers that its words give by name."""
        return NumberSlots.of(self.prompts, self.spaces, self.named_numbers)

    @property
    def joint(self) -> str:
        """What stands between two chunks when they are written."""
        return " " if self.spaces else ""

    @property
    def locale(self) -> str:
        """How a carrier knows the language (BCP 47)."""
        return self.pronunciation.locale

    @property
    def voice(self) -> str:
        """The carrier's best voice for it."""
        return self.carrier_voices[0]

    @property
    def pace(self) -> Pace:
        """How fast it is spoken."""
        return self.pronunciation.pace

    @property
    def direction(self) -> str:
        """Which way it is written, "ltr" or "rtl" as HTML says it: as the letters of its own name are."""
        strong = (unicodedata.bidirectional(letter) for letter in self.name)
        return "rtl" if next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning heard after the greeting of every call from `start` to just before `end`
    (aware), in each language that it was written in (code -> words)."""

    key: str
    words: Mapping[str, Prompt]
    start: datetime
    end: datetime


Node = Menu | Text | Desk


@dataclass(frozen=True, slots=True)
class Line:
    """One edition of the line, whole. `edition` is a hash of the files that it was made of;
    `prepared_alerts` are the keys of alerts whose words stand ready in its languages, in order; `contacts`
    the ways to ask without a telephone, for the public page."""

    edition: str
    start: str
    zone: ZoneInfo
    languages: Mapping[str, Language]
    menus: Mapping[str, Menu]
    texts: Mapping[str, Text]
    desks: Mapping[str, Desk]
    nearest: tuple[str, ...]
    silence_desk: str
    confirm_within_days: int
    prepared_alerts: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    alerts: tuple[Alert, ...] = ()
    memory: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What has been found out about it (`remembering`)."""

    def live(self, alerts: Sequence[Alert], closures: Mapping[str, tuple[Interval, ...]]) -> "Line":
        """This edition with what holds beside it just now: alerts, and single closures of
        desks (desk -> intervals). Closures of desks that it does not have are passed over."""
        desks = {
            key: desk.changed(partial(_closed, closures=tuple(closures.get(key, ()))))
            for key, desk in self.desks.items()
        }
        return replace(self, alerts=tuple(alerts), desks=MappingProxyType(desks))

    def ringing_none_of(self, numbers: Collection[str | None]) -> "Line":
        """This line without a way to ring these numbers (E.164): where they are those of the line
        itself, a transfer would come back to it. The desks are announced all the same."""
        rung = _dialled(self).intersection(numbers)
        return _not_ringing(self, rung) if rung else self

    def alerts_at(self, now: datetime) -> tuple[Alert, ...]:
        """The alerts in force at `now` (aware), in their order."""
        return _in_force_from(self, bisect_right(_changes_of_alerts(self), now))

    @property
    def first_language(self) -> Language:
        """The language that the line greets in."""
        return next(iter(self.languages.values()))

    def passages(self, text: str, language: str) -> tuple[Prompt, ...]:
        """The passages of a text, or of the `Kind.HELP`, in order."""
        prompts = self.languages[language].prompts
        found: list[Prompt] = []
        while (key := passage(text, len(found) + 1)) in prompts:
            found.append(prompts[key])
        return tuple(found)


@remembered
def _dialled(line: Line) -> frozenset[str]:
    """The numbers that a line may ring (E.164)."""
    return frozenset(each.dial for desk in line.desks.values() for each in desk.versions if each.dial)


@remembered
def _not_ringing(line: Line, numbers: frozenset[str]) -> Line:
    """A line without a way to ring some of its numbers."""
    desks = {
        key: desk.changed(lambda each: replace(each, dial=None) if each.dial in numbers else each)
        for key, desk in line.desks.items()
    }
    return replace(line, desks=MappingProxyType(desks))


@remembered
def _changes_of_alerts(line: Line) -> tuple[datetime, ...]:
    """When an alert begins or ends, in order: between two of these the same are in force."""
    return tuple(sorted({moment.astimezone(UTC) for alert in line.alerts for moment in (alert.start, alert.end)}))


@remembered
def _in_force_from(line: Line, changes: int) -> tuple[Alert, ...]:
    """The alerts in force from when so many of these changes have been to the next."""
    if changes == 0:
        return ()
    last = _changes_of_alerts(line)[changes - 1]
    return tuple(alert for alert in line.alerts if alert.start <= last < alert.end)


def _closed(desk: Desk, closures: tuple[Interval, ...]) -> Desk:
    return replace(desk, hours=replace(desk.hours, closures=closures))
