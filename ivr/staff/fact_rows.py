"""The tables of a draft that are filled in like forms: facts of desks and texts, what callers may
say, and readings. Each row is a text with its place; here is how it is shown and taken back."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ivr.call.understanding import forms_of
from ivr.editions import spoken, structure
from ivr.editions.draft import Word
from ivr.editions.structure import Branch, Shape
from ivr.editions.texts import Fact, TextPlace, fact_of, text_of, with_numbers, words_at
from ivr.line import week
from ivr.line.language_files import READINGS
from ivr.line.loading import STRUCTURE
from ivr.line.prompt_keys import in_language, of_node, own_hours, own_hours_for, spoken_of
from ivr.line.sentences import as_sentence
from ivr.line.text import whole
from ivr.line.values import Kind, Line
from ivr.line.vocabulary import ANSWERS, AROUND, COMMANDS, KEYS_IN_WORDS
from ivr.people.refusals import NotFound, Refused
from ivr.staff import closings_form, labels, typed_languages
from ivr.staff.context import language as reader

WORDS, READING = "words", "readings"
"""The tables that are none of a desk's or a text's facts."""

_LISTS = ("numbers",)
_OF_TEXTS = ("source", "confirmed")
_SPECIAL = {
    "holidays": "choice",
    "recorded": "switch",
    "multilingual": "switch",
    "whisper": "usual",
    "confirmed": "day",
    "hours": "hours",
    "closed": "closings",
    "languages": "languages",
}
"""How a fact is filled in; "usual" is a switch that is on unless it is said to be off, "hours" and "closings" are
tables, and "languages" are named."""

_ALREADY = "closed"  # what a desk does on holidays where its table is silent


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its text's place, the name of its field, and of which kind that is.
    `what` it is, as `labels` knows it; `called`: what the line itself calls it, in `lang`."""

    place: TextPlace
    name: str
    kind: str
    what: str
    called: str = ""
    lang: str = ""

    def shown(self, text: str) -> str:
        """A text of the draft as the field holds it."""
        if not self.place.fact:
            return text
        if self.kind == "choice" and not text:
            return _ALREADY
        if self.kind == "usual":
            return "" if fact_of(text) is False else "on"
        if self.what == "closed" and text and fact_of(text) == ():
            return closings_form.NEVER
        if self.kind == "languages":
            return "\n".join(typed_languages.name_of(code, reader()) for code in _listed(fact_of(text)))
        return _shown(fact_of(text))

    def text(self, field: str) -> str:
        """The text that a field stands for. Refused where it stands for none."""
        if self.place.file == READINGS:
            return spoken.checked_reading(field)
        if not self.place.fact:
            return " ".join(field.split())
        fact = () if self.what == "closed" and field == closings_form.NEVER else _fact(self.kind, field)
        if self.place.language is not None:
            fact = spoken.checked_forms(fact if isinstance(fact, tuple) else ())
        return with_numbers(self.place, text_of(fact))


Group = tuple[str, tuple[Row, ...]]
"""Rows and what stands above them, as `labels` knows it; "" for nothing."""


def groups(line: Line, words: Mapping[TextPlace, Word], table: str, name: str) -> tuple[Group, ...]:
    """The rows of a table. NotFound where the draft has none of that name."""
    match table:
        case Kind.DESK | Kind.TEXT if _stands(words, table, name):
            facts = tuple(_fact_row(table, name, fact) for fact in _facts_of(table))
            if table == Kind.TEXT:
                return (("", facts),)
            by_language = tuple(_language_rows(line, name))
            return ("", facts), (labels.IN_LANGUAGE, by_language), (labels.OWN_HOURS, tuple(_own_rows(line, name)))
        case "words" if name in line.languages:
            return _words_groups(line, words, name)
        case "readings" if name in line.languages:
            return (("", _reading_rows(words, name)),)
        case _:
            raise NotFound("There is no text %(place)s.", place=f"{table}.{name}")


def called(words: Mapping[TextPlace, Word], table: str, name: str) -> str:
    """What a draft calls a menu, text or desk, in its first language."""
    texts = texts_in(words)
    code = next(iter(Shape.of(texts).languages), "")
    return structure.name_of(texts, Branch(Kind(table), name), code)


def texts_in(words: Mapping[TextPlace, Word]) -> dict[TextPlace, str]:
    """The texts of a draft by their places, those that were taken out as "" ."""
    return {place: word.text for place, word in words.items()}


def tidy(field: str) -> str:
    """A field as it came back, without what browsers and hands add to it."""
    return "\n".join(filter(None, (line.strip() for line in field.splitlines())))


def seen(version: int, shown: str) -> str:
    """What stood in a field, short enough to travel with it."""
    return f"{version}.{_digest(tidy(shown))}"


def was_seen(mark: str, field: str) -> tuple[int, bool]:
    """Of which version a field was filled in, and whether it still holds just that."""
    version, _, digest = mark.partition(".")
    return whole(version) or 0, digest == _digest(field)


def shared_forms(words: Mapping[TextPlace, Word], language: str, spaces: bool) -> tuple[tuple[str, str, str], ...]:
    """Forms of what may be said anywhere that also mean something else: neither is understood.
    Each with the two that share it."""
    rows = {
        what: words[place].text for what, place in _forms_in(words, language).items() if what not in (*AROUND, *ANSWERS)
    }
    forms = {what: _forms(text, spaces) for what, text in rows.items()}
    anywhere = [what for what in (*COMMANDS, *KEYS_IN_WORDS) if what in forms]
    return tuple(
        (form.strip(), one, other)
        for number, one in enumerate(anywhere)
        for other in (*anywhere[number + 1 :], *(what for what in forms if what not in anywhere))
        for form in sorted(forms[one] & forms[other])
        if form.strip()
    )


def meaning(words: Mapping[TextPlace, Word], what: str) -> str:
    """What a draft calls that which callers mean; "" of a command, which `labels` knows."""
    branch = Shape.of(texts_in(words)).branches.get(what)
    return called(words, branch.kind, what) if branch else ""


def _stands(words: Mapping[TextPlace, Word], table: str, name: str) -> bool:
    """Whether the draft has such a desk or text; one that was taken away keeps its page, for its history."""
    return any(place.file == STRUCTURE and Branch(Kind(table), name).has(place) for place in words)


def _facts_of(table: str) -> tuple[str, ...]:
    return labels.FACTS if table == Kind.DESK else _OF_TEXTS


def _fact_row(table: str, name: str, fact: str) -> Row:
    return Row(TextPlace(STRUCTURE, of_node(table, name, fact)), fact, _kind_of(fact), fact)


def _kind_of(fact: str) -> str:
    return _SPECIAL.get(fact) or ("list" if fact in _LISTS else "text")


def _language_rows(line: Line, desk: str) -> Iterator[Row]:
    """Numbers and hours for callers in one language, where they differ."""
    for code in line.languages:
        for fact in labels.FOR_LANGUAGE:
            place = TextPlace(STRUCTURE, in_language(desk, code, fact))
            yield Row(place, f"{fact}-{code}", _kind_of(fact), f"{labels.IN_LANGUAGE} {fact}", lang=code)


def _own_rows(line: Line, desk: str) -> Iterator[Row]:
    """Words of one's own for the desk's hours in every language, and the hours that they stand for."""
    for code in line.languages:
        words, stand_for = words_at(code, own_hours(desk)), words_at(code, own_hours_for(desk))
        yield Row(words, f"own-{code}", "text", labels.OWN_WORDS, lang=code)
        yield Row(stand_for, f"own-for-{code}", "vouch", labels.OWN_FOR, lang=code)


def _forms_in(words: Iterable[TextPlace], language: str) -> dict[str, TextPlace]:
    """Where the forms stand by which callers mean something."""
    meant = ((spoken_of(place.key), place) for place in words if place.language == language)
    return {what: place for what, place in meant if what is not None}


def _words_groups(line: Line, words: Mapping[TextPlace, Word], language: str) -> tuple[Group, ...]:
    texts = texts_in(words)
    shape = Shape.of(texts)
    names = structure.names_of(texts, line.first_language.code)
    rows = _forms_in(words, language)
    parts: list[tuple[str, tuple[str, ...]]] = [
        (labels.ANYWHERE, COMMANDS),
        (labels.CHOOSING, tuple(KEYS_IN_WORDS)),
        (labels.AROUND_WORDS, AROUND),
        *((kind, tuple(branch.key for branch in shape.of_kind(kind))) for kind in structure.KINDS),
    ]
    known = {what for _, part in parts for what in part}
    parts.append((labels.OTHERS, tuple(what for what in rows if what not in known)))
    found = ((heading, tuple(what for what in part if what in rows)) for heading, part in parts)
    return tuple(
        (heading, tuple(_form_row(line, rows[what], what, names) for what in part)) for heading, part in found if part
    )


def _form_row(line: Line, place: TextPlace, what: str, names: Mapping[str, str]) -> Row:
    return Row(place, place.key, "list", what, names.get(what, ""), line.first_language.code)


def _reading_rows(words: Mapping[TextPlace, Word], language: str) -> tuple[Row, ...]:
    """Those that somebody took out stay, for who still has them on their page."""
    places = spoken.reading_places(words, language)
    return tuple(Row(place, place.key, "text", "", spoken.written_of(place), language) for place in places)


def _forms(text: str, spaces: bool) -> set[str]:
    fact = fact_of(text)
    try:
        return forms_of(fact if isinstance(fact, tuple) else (), spaces)
    except ValueError:  # half a mark that came in by a file
        return set()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _code(name: str) -> str:
    """The code of a language that was named. Refused."""
    try:
        return typed_languages.code_of(name, reader())
    except ValueError as error:
        raise _refused(error) from error


def _hours(field: str) -> str:
    """The hours as they are kept. Refused where the line cannot keep or say them."""
    try:
        return week.read(field).text
    except week.HoursFault as error:
        raise _refused(error) from error


def _refused(error: ValueError) -> Refused:
    """An error of the line's own words, as forms tell it."""
    told = as_sentence(error)
    return Refused(told.message, **told.facts)


def _listed(fact: Fact | None) -> tuple[str, ...]:
    return fact if isinstance(fact, tuple) else ()


def _shown(fact: Fact | None) -> str:
    match fact:
        case None | False:
            return ""
        case True:
            return "on"
        case tuple():
            return "\n".join(fact)
        case _:
            return str(fact)


def _fact(kind: str, field: str) -> Fact | None:
    """The value that a field stands for. Refused where it stands for none."""
    if not field:
        return False if kind == "usual" else None
    return _VALUES[kind](field) if kind in _VALUES else field


def _day(field: str) -> date:
    try:
        return date.fromisoformat(field)
    except ValueError as error:
        raise Refused("Write the day as year-month-day, such as 2026-11-24.") from error


_VALUES: Mapping[str, Callable[[str], Fact | None]] = {
    "list": lambda field: tuple(field.splitlines()),
    "closings": lambda field: tuple(field.splitlines()),
    "languages": lambda field: tuple(_code(each) for each in re.split(r"[\n、,，]", field) if each.strip()),
    "hours": _hours,
    "switch": lambda _field: True,
    "usual": lambda _field: None,
    "day": _day,
}
"""What a field that is not empty stands for, by its kind; all others are texts."""
