"""Ways to ask without a telephone, and telephone numbers that are no desk's, in a draft: written, added, taken away.

Both are tables that belong to no place of the call: `contacts.toml`, which the public page shows, and the table
[numbers] of line.toml, whose numbers texts give by their names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ivr.editions.structure import Operation, Shape, Texts
from ivr.editions.texts import TextPlace, fact_of, text_of
from ivr.line import numbers
from ivr.line.contacts import CONTACTS, KINDS
from ivr.line.loading import NUMBERS, STRUCTURE
from ivr.line.text import one_line
from ivr.people.refusals import NotFound, Refused

WORDS = ("name", "about")
"""What a contact is called in a language, and whom it serves and how."""

_SOURCE = "source"


@dataclass(frozen=True, slots=True)
class WayToAsk:
    """A contact as its form has it: `kind` is fax, email or page; `words`: (part, language) -> text."""

    key: str
    kind: str
    address: str
    source: str
    words: Mapping[tuple[str, str], str] = field(default_factory=dict)


def ways_to_ask(texts: Texts) -> tuple[WayToAsk, ...]:
    """All that a draft has, in the order of the page."""
    keys = dict.fromkeys(place.key.split(".")[0] for place, text in texts.items() if place.file == CONTACTS and text)
    return tuple(_way(texts, key) for key in keys)


def written(shown: WayToAsk, wanted: WayToAsk) -> Operation:
    """One as it is `wanted` where it was `shown`; with the key "" a new one. Refused where its address is none, where
    it has no name in the line's first language, or where somebody else changed it meanwhile."""

    def write(texts: Texts) -> dict[TextPlace, str]:
        if shown.key and shown != next((each for each in ways_to_ask(texts) if each.key == shown.key), None):
            raise Refused("Somebody has changed this meanwhile: look at it again.")
        _checked_words(texts, wanted)
        key = shown.key or _free(texts, CONTACTS, "contact")
        address = _tidied(wanted.kind, wanted.address)
        facts = dict.fromkeys(KINDS, "") | {wanted.kind: address, _SOURCE: _sourced(wanted.source)}
        facts |= {f"{code}.{part}": one_line(text) for (part, code), text in wanted.words.items()}
        changes = {TextPlace(CONTACTS, f"{key}.{name}"): text_of(text) if text else "" for name, text in facts.items()}
        return {place: text for place, text in changes.items() if texts.get(place, "") != text}

    return write


def without(key: str) -> Operation:
    """That one no more."""
    return _taken_away(lambda place: place.file == CONTACTS and place.key.split(".")[0] == key)


def other_numbers(texts: Texts) -> Mapping[str, str]:
    """The numbers that are no desk's, by their names."""
    found = {place.parts.part: fact_of(text) for place, text in texts.items() if place.names_number and text}
    return {name: str(number) for name, number in found.items()}


def number_written(name: str, was: str, number: str) -> Operation:
    """One of them, as it is to be; with the name "" a new one, with the number "" none any more. Refused where texts
    give it still, or where it is no number."""

    def write(texts: Texts) -> dict[TextPlace, str]:
        known = other_numbers(texts)
        if name and known.get(name) not in (was, number):
            raise Refused("Somebody has changed this meanwhile: look at it again.")
        if not number.strip():
            return _without_number(texts, name)
        place = TextPlace(STRUCTURE, f"{NUMBERS}.{name or _free(texts, STRUCTURE, 'number')}")
        text = text_of(_announced(number))
        return {} if texts.get(place) == text else {place: text}

    return write


def gives(texts: Texts, name: str) -> tuple[TextPlace, ...]:
    """The texts that give a number by its name."""
    slot = f"{{number.{name}}}"
    return tuple(place for place, text in texts.items() if place.prompt and slot in text)


def _way(texts: Texts, key: str) -> WayToAsk:
    mine = {
        place.key.removeprefix(f"{key}."): str(fact_of(text) or "")
        for place, text in texts.items()
        if place.file == CONTACTS and place.key.startswith(f"{key}.") and text
    }
    kind = next((each for each in KINDS if each in mine), "page")
    words = {(part, code): mine.get(f"{code}.{part}", "") for code in Shape.of(texts).languages for part in WORDS}
    return WayToAsk(key, kind, mine.get(kind, ""), mine.get(_SOURCE, ""), words)


def _checked_words(texts: Texts, wanted: WayToAsk) -> None:
    first, *others = Shape.of(texts).languages
    if not all(wanted.words.get((part, first), "").strip() for part in WORDS):
        raise Refused("Give it a name and words in the first language of the line.")
    for code in others:
        if len({bool(wanted.words.get((part, code), "").strip()) for part in WORDS}) > 1:
            raise Refused("Write both the name and the words in a language, or neither.")


def _tidied(kind: str, address: str) -> str:
    if kind not in KINDS:
        raise Refused("Choose whether it is a fax, an e-mail address or a page.")
    example, tidy = KINDS[kind]
    try:
        return tidy(address)
    except ValueError as error:
        raise Refused(
            "“%(address)s” cannot be read: write it like %(example)s.", address=address, example=example
        ) from error


def _sourced(source: str) -> str:
    if not one_line(source):
        raise Refused("Write where the facts come from.")
    return one_line(source)


def _announced(number: str) -> str:
    try:
        return numbers.announced(number)
    except numbers.NoNumber as error:
        raise Refused(error.message, number=error.number) from error


def _without_number(texts: Texts, name: str) -> dict[TextPlace, str]:
    if used := gives(texts, name):
        raise Refused("%(count)s texts give this number still: change them first.", count=len(used))
    return {place: "" for place in texts if place.names_number and place.parts.part == name and texts[place]}


def _taken_away(goes: Callable[[TextPlace], bool]) -> Operation:
    def take_away(texts: Texts) -> dict[TextPlace, str]:
        gone = {place: "" for place, text in texts.items() if text and goes(place)}
        if not gone:
            raise NotFound("It is not there any more.")
        return gone

    return take_away


def _free(texts: Texts, file: str, stem: str) -> str:
    """A name that none has or had in this draft: staff know them by what they are."""
    number = 1
    taken = {part for place in texts if place.file == file for part in place.key.split(".")}
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"
