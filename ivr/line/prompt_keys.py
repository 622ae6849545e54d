"""The grammar of the keys under which words stand: how they are built, and how they are taken apart.

    family . node . part . number      text.mail.passages.2, menu.main.lead, desk.city.about
    family . part                      say.greeting, failed.busy, calendar.am
    family . part . number             calendar.months.11, help.passages.3; press.3
    "words" . what callers may say     words.person, words.mail
    language . word                    ja.東京, in the file of readings

A family is the first word. Those of menus, texts and desks (`ivr.line.values.Kind`) are followed by a node.
What a person records in one go has the key of its prompt, and a number of its own where the prompt
has slots: ``join.now/2``. No other module spells such a key out of parts or looks for parts in one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ivr.line.text import whole

NODE_FAMILIES = ("menu", "text", "desk")
HELP = "help"
ALERT = "alert"
PRESS = "press"
WHISPER = "whisper"

FOR_ALL_LANGUAGES = "choice.languages"
"""What a language says before a key that leads to it and to many others; it may be left out."""

WORDS_TOO = "say.words_too"
"""That words do as well as keys, told in the help where words are listened for; it may be left out."""

ANY_PERSON = "say.person"
"""That 0 rings somebody, of a menu that cannot wait and whose own desk is not rung; it may be left out."""

LANGUAGE_BY_HELP = "silence.language"
"""That the help's key leads to a language, in its own words, after a silence; it may be left out."""

WAY_BACK = "say.way_back"
"""Which key leads back, of a menu behind the first one; it may be left out."""

SUSPENDED = "status.suspended"
"""That a desk is closed by hand in its usual hours; where it is left out, it is called closed like any other."""

NAME, OPTION, LEAD, ABOUT, MORE, CHARGE, HOURS = "name", "option", "lead", "about", "more", "charge", "hours"
NOW, AFTER_HOURS = "now", "after_hours"
PERSON = "person"
"""Parts of a node's words. `MORE`: what else is said of a desk in a passage of its own; it may be left out.
`PERSON` is said before the choices of a menu whose desk can be rung, by key 0."""

NUMBER_SLOT = "number."
"""How slots for telephone numbers begin (`named_numbers`)."""

BY_LANGUAGE = ("numbers", "dial", "hours", "holidays", "closed")
"""Facts of a desk that may differ for callers in one language: desk.city.in.xx.numbers."""

_IN = "in"
_PASSAGES = "passages"
_HOURS_FOR = "hours_for"
_CLOSED_NAMES = "closed_names"
_SPOKEN = "words"
_LANGUAGE = "language"
_CALLED = "number.called."
_NUMBER_OF_CHUNK = "/"


# --- built ------------------------------------------------------------------------------------


def of_node(kind: str, node: str, part: str) -> str:
    """The key of a part of a menu's, text's or desk's table, words or facts."""
    return f"{kind}.{node}.{part}"


def passage(text: str, number: int) -> str:
    """The `number`-th passage (from 1) of a text, or of the HELP."""
    return f"{passages(text)}.{number}"


def passages(text: str) -> str:
    """The list of the passages of a text, or of the HELP."""
    return f"{HELP}.{_PASSAGES}" if text == HELP else of_node("text", text, _PASSAGES)


def in_language(desk: str, language: str, fact: str) -> str:
    """The place of a desk's fact for callers in one language."""
    return of_node("desk", desk, f"{_IN}.{language}.{fact}")


def own_hours(desk: str) -> str:
    """Words of a language's own for a desk's hours."""
    return of_node("desk", desk, HOURS)


def own_hours_for(desk: str) -> str:
    """The hours that these words stand for; nobody says them."""
    return of_node("desk", desk, _HOURS_FOR)


def alert_title(alert: str) -> str:
    """What staff call an alert that stands prepared; no caller hears it."""
    return f"{ALERT}.{alert}.title"


def alert_words(alert: str) -> str:
    """The words of an alert that stands prepared."""
    return f"{ALERT}.{alert}.words"


def press(key: int | str) -> str:
    """How a key is named behind what it leads to."""
    return f"{PRESS}.{key}"


def press_short(key: int | str) -> str:
    """The same behind an option whose key was named in a sentence; a language may lack it."""
    return f"{PRESS}.short.{key}"


def count(number: int) -> str:
    """So many of something."""
    return f"count.{number}"


def ordinal(number: int) -> str:
    """The `number`-th of several, from 1."""
    return f"ordinal.{number}"


def digit(of: str) -> str:
    """A digit of a telephone number, or its #."""
    return f"digits.{'hash' if of == '#' else of}"


def called(key: str) -> str | None:
    """The telephone number whose own name, such as 110番, stands under the key; None of all others."""
    return key.removeprefix(_CALLED) if key.startswith(_CALLED) else None


def speed(name: str) -> str:
    """What is said at a new speed."""
    return f"speed.{name}"


def failed(status: str) -> str:
    """What is said after a transfer that ended so."""
    return f"failed.{status}"


def calendar(part: str, number: int | None = None) -> str:
    """Words of days and times; months, days and weekdays are numbered from 1."""
    return f"calendar.{part}" if number is None else f"calendar.{part}.{number}"


def hours(part: str, number: int | None = None) -> str:
    """Words of which the usual hours are made."""
    return f"hours.{part}" if number is None else f"hours.{part}.{number}"


def closing(days: str) -> str:
    """The name of days on which a desk is closed every year, such as ``12-29_to_01-03``."""
    return hours(f"{_CLOSED_NAMES}.{days}")


def numbered(family: str, items: Iterable[str]) -> tuple[str, ...]:
    """The keys of prompts that differ by their last word alone."""
    return tuple(f"{family}.{item}" for item in items)


def spoken(what: str) -> str:
    """The place of what callers may say for something, in the file of a language."""
    return f"{_SPOKEN}.{what}"


def reading(language: str, written: str) -> str:
    """The place of how a word is read, in the file of readings."""
    return f"{language}.{written}"


def chunk(key: str, number: int) -> str:
    """The key of the `number`-th run of words (from 1) of a prompt with slots."""
    return f"{key}{_NUMBER_OF_CHUNK}{number}"


# --- taken apart --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeyParts:
    """A key taken apart. What it does not have is empty; `number` is None where it ends in none."""

    family: str
    node: str = ""
    part: str = ""
    number: int | None = None

    @property
    def is_passage(self) -> bool:
        """Whether it is a passage, of a text or of the help."""
        return self.part == _PASSAGES and self.number is not None

    @property
    def text(self) -> str:
        """The text that it is a passage of; "" where it is none."""
        return self.node if self.is_passage and self.family == "text" else ""

    @property
    def names_closing(self) -> bool:
        """Whether it names days on which desks are closed."""
        return self.family == "hours" and self.part.startswith(f"{_CLOSED_NAMES}.")


@lru_cache(maxsize=8192)  # every key of a line is asked for again and again [own value]
def taken_apart(key: str) -> KeyParts:
    """The parts of any key, be it known or not."""
    family, *rest = key.split(".")
    node = rest.pop(0) if family in NODE_FAMILIES and rest else ""
    number = whole(rest[-1]) if rest else None
    return KeyParts(family, node, ".".join(rest if number is None else rest[:-1]), number)


def fact_for_language(part: str) -> tuple[str, str]:
    """The language that a part of a desk's facts is for, "" for all, and the fact itself."""
    table, _, rest = part.partition(".")
    language, _, fact = rest.partition(".")
    return (language, fact) if table == _IN and fact else ("", part)


def list_of(key: str) -> tuple[str, str] | None:
    """The list of passages that a key stands in, as a key, and its number there as it is written; None
    of all others."""
    before, mark, number = key.rpartition(f".{_PASSAGES}.")
    return (f"{before}.{_PASSAGES}", number) if mark else None


def spoken_of(key: str) -> str | None:
    """What callers mean by the forms at this place; None where no such forms stand."""
    family, _, what = key.partition(".")
    return what if family == _SPOKEN and what else None


def reading_of(key: str) -> tuple[str, str]:
    """The language and the word whose reading stands at this place of the file of readings."""
    language, _, written = key.partition(".")
    return language, written


def tells_of_language(key: str) -> bool:
    """Whether it stands in the table [language] of a language's file: its name, its voice and the like."""
    return taken_apart(key).family == _LANGUAGE and key != _LANGUAGE


def is_hours_for(key: str) -> bool:
    """Whether hours stand there for which a language has words of its own: no words that anybody says."""
    parts = taken_apart(key)
    return parts.family == "desk" and parts.part == _HOURS_FOR


def of_chunk(chunk_key: str) -> str:
    """The key of the prompt that a run of words belongs to."""
    return chunk_key.partition(_NUMBER_OF_CHUNK)[0]
