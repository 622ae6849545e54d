"""What callers hear, searched in words: the texts of all languages, what is known of desks, and what callers may say.

    search(line, texts, "開く")

Width, case and kana do not matter; of a language written without blanks, words are found in their other forms where
that is asked for; telephone numbers by their figures. What is found is shown as one reads it, never as files write it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.editions.edition import number_slots
from ivr.editions.structure import Shape, Texts, as_read
from ivr.editions.texts import TextPlace, fact_of, natural
from ivr.line.contacts import CONTACTS
from ivr.line.finding import Stretch, alike, found, found_in_other_forms
from ivr.line.hours_words import said_hours
from ivr.line.language_files import READINGS
from ivr.line.loading import STRUCTURE
from ivr.line.named_numbers import NO_NUMBERS, bare, gives_number
from ivr.line.numbers import announced
from ivr.line.prompt_keys import of_node, reading_of, spoken_of
from ivr.line.values import Desk, Kind, Line

_FIGURES = re.compile(r"[0-9#+ー\-() ]+")

LISTED = " / "
"""What stands between the items of a list."""

FEWEST_FIGURES = 3
"""So many figures of a telephone number are looked for [own value]: fewer stand in every one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A text or fact in which the words stand. `shown`: it as one reads it, `at`: where in that they are; `branch`: the
    menu, text or desk that it belongs to, "" for none; `exact`: as they were asked for, rather than in another form."""

    place: TextPlace
    shown: str
    at: tuple[Stretch, ...]
    branch: str
    exact: bool

    @property
    def pieces(self) -> Iterator[tuple[str, bool]]:
        """What is shown in pieces, each with whether it is what was found."""
        end = 0
        for start, stop in self.at:
            yield self.shown[end:start], False
            yield self.shown[start:stop], True
            end = stop
        yield self.shown[end:], False


def search(line: Line, texts: Texts, wanted: str, language: str = "", forms: "Forms | None" = None) -> tuple[Hit, ...]:
    """All places in which `wanted` stands, in the order of the call, then those where `forms` find it in another form
    (None: no others are looked for); `language` (a code): only those of it."""
    if not alike(wanted.strip()):
        return ()
    shape = Shape.of(texts)
    order = {key: number for number, key in enumerate(shape.below(shape.start))}
    readable = [each for each in _readable(line, texts) if not language or each[0].language == language]
    hits = [hit for place, shown in readable if (hit := _hit(shape, place, shown, wanted))]
    if forms is not None:
        known = {hit.place for hit in hits}
        others = [each for each in readable if each[0] not in known and _without_blanks(line, each[0])]
        found_at = forms([shown for _, shown in others], wanted)
        hits += [
            Hit(place, shown, at, _branch_of(shape, place), exact=False)
            for (place, shown), at in zip(others, found_at, strict=True)
            if at
        ]
    return tuple(sorted(hits, key=lambda hit: (not hit.exact, order.get(hit.branch, len(order)), natural(hit.place))))


Forms = Callable[[Sequence[str], str], Sequence[tuple[Stretch, ...]]]
"""Where words stand in another form in each of these texts."""


def forms_here(texts: Sequence[str], wanted: str) -> list[tuple[Stretch, ...]]:
    """The same in this process, which loads the analyser."""
    return [found_in_other_forms(text, wanted) for text in texts]


def _hit(shape: Shape, place: TextPlace, shown: str, wanted: str) -> Hit | None:
    if spoken_of(place.key) is not None:  # of many things that callers may say, those
        shown = LISTED.join(each for each in shown.split(LISTED) if found(each, wanted))
    at = found(shown, wanted)
    if not at and place.fact and _is_number_in(wanted, shown):
        at = ((0, len(shown)),)
    return Hit(place, shown, at, _branch_of(shape, place), exact=True) if at else None


def _is_number_in(wanted: str, shown: str) -> bool:
    figures = bare(wanted)
    whole = _FIGURES.fullmatch(wanted) is not None
    return whole and len(figures) >= FEWEST_FIGURES and any(figures in bare(each) for each in shown.split(LISTED))


def _without_blanks(line: Line, place: TextPlace) -> bool:
    language = line.languages.get(place.language or "")
    return place.prompt and language is not None and not language.spaces


def _branch_of(shape: Shape, place: TextPlace) -> str:
    node = place.parts.node or spoken_of(place.key) or ""
    return node if node in shape.branches else ""


def _readable(line: Line, texts: Texts) -> Iterator[tuple[TextPlace, str]]:
    """Every place with what stands there, as one reads it."""
    slots = {code: number_slots(texts, code) for code in line.languages}
    for place, text in texts.items():
        if not text:
            continue
        if place.prompt:
            known = slots.get(place.language or "", NO_NUMBERS) if gives_number(text) else NO_NUMBERS
            yield place, as_read(text, known)
        elif place.file == READINGS:
            yield place, f"{reading_of(place.key)[1]} ({text})"
        elif _is_told(place):
            yield place, _listed(text)
    for desk in line.desks.values():
        yield from _of_desk(line, desk)
    for node in line.texts.values():
        yield TextPlace(STRUCTURE, of_node(Kind.TEXT, node.key, "source")), node.confirmation.source


def _is_told(place: TextPlace) -> bool:
    """Whether a fact is what callers may say, a number that is no desk's, or of a contact."""
    if place.language is not None:
        return spoken_of(place.key) is not None
    return place.names_number or (place.file == CONTACTS and not place.key.endswith(".confirmed"))


def _of_desk(line: Line, desk: Desk) -> Iterator[tuple[TextPlace, str]]:
    """Numbers, hours in words, and source."""

    def at(fact: str) -> TextPlace:
        return TextPlace(STRUCTURE, of_node(Kind.DESK, desk.key, fact))

    yield at("numbers"), LISTED.join(dict.fromkeys(number for each in desk.versions for number in each.numbers))
    if desk.dial:
        yield at("dial"), announced(desk.dial)
    for language in line.languages.values():
        yield at("hours"), "".join(chunk.written for chunk in said_hours(language, desk))
    yield at("source"), desk.confirmation.source


def _listed(text: str) -> str:
    fact = fact_of(text)
    return LISTED.join(fact) if isinstance(fact, tuple) else str(fact)


def by_branch(hits: Iterable[Hit]) -> Mapping[str, tuple[Hit, ...]]:
    """Hits by the menu, text or desk that they belong to, in their order."""
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.branch, []).append(hit)
    return {branch: tuple(each) for branch, each in groups.items()}
