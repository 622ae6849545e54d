"""What of a file that people send has a place in a draft: texts that are there, and such as a line may have.

A translator's spreadsheet holds prompts alone. A new menu, text or desk in it gets the facts that can be
taken for granted, and the key that its column `place` names; a TOML file says all of that itself. What is
neither there nor fits is left out by name, since it is most often a slip of the pen.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ivr.editions import structure
from ivr.editions.prepared_alerts import ORDER, PARTS
from ivr.editions.structure import KINDS, WAYS, Branch, Shape, Texts
from ivr.editions.texts import TextPlace, fact_of, text_of, tidy, words_at
from ivr.line.language_files import READINGS
from ivr.line.loading import STRUCTURE
from ivr.line.prompt_keys import (
    AFTER_HOURS,
    ALERT,
    BY_LANGUAGE,
    NAME,
    NOW,
    KeyParts,
    fact_for_language,
    of_node,
    passage,
    spoken,
    spoken_of,
    taken_apart,
)
from ivr.line.values import Kind
from ivr.line.vocabulary import AROUND, MOST_PASSAGES, is_of_the_line, required_words
from ivr.people.refusals import Refused

WAY = ""
"""The file of places that are none: under ``text.mail.name`` stands where in the menu that text is."""

FACTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        Kind.MENU: frozenset({"options", "desks", "urgent", "help_now"}),
        Kind.TEXT: frozenset({"choices", "desks", "source", "confirmed", "help_now"}),
        Kind.DESK: frozenset(
            {
                *BY_LANGUAGE,
                *("recorded", "whisper", "languages", "multilingual", "desks", "help_now", "source", "confirmed"),
            }
        ),
        structure.LINE: frozenset(
            {"timezone", "languages", "start", "nearest", "silence_desk", "confirm_within_days", "closed"}
        ),
    }
)
"""What stands in the tables of line.toml; see `ivr.line.loading`."""

_PARTS = MappingProxyType(
    {
        Kind.MENU: ("lead", "person", "whisper"),
        Kind.TEXT: ("whisper",),
        Kind.DESK: ("more", "hours", "hours_for", NOW, AFTER_HOURS),
    }
)
"""The prompts of a node beside those that it needs."""

_LARGEST_GAP = 0.5  # a file that names fewer of the branches is a part of the line, and takes nothing away [own value]


def admitted(texts: Texts, found: Texts) -> dict[TextPlace, str]:
    """What of `found` can be taken into a draft with these texts, with what new branches need beside it.
    Refused where a fact is no value."""
    given = {place: text for place, text in found.items() if text and place.file != WAY}
    changes = _standing(texts, given)
    for fits in (_is_fact, _is_word):  # what stands in line.toml decides which words there may be
        shape = Shape.of({**texts, **changes})
        changes |= {place: tidy(place, text) for place, text in given.items() if fits(place, shape, texts, given)}
    return changes | dict(_beside({**texts, **changes}, found))


def left_out(admitted_texts: Texts, found: Texts) -> tuple[TextPlace, ...]:
    """What was found and has no place."""
    return tuple(place for place, text in found.items() if text and place.file != WAY and place not in admitted_texts)


def absent(texts: Texts, found: Texts) -> tuple[str, ...]:
    """The branches that the draft has and a file of the whole line does not: none where the file holds only
    a part of it. The first menu is none of them."""
    shape = Shape.of(texts)
    facts = any(place.file == STRUCTURE for place in found)
    named = {
        branch.key
        for branch in shape.branches.values()
        for place in found
        if taken_apart(place.key).node == branch.key and (place.file == STRUCTURE or (not facts and place.prompt))
    }
    if len(named) < _LARGEST_GAP * len(shape.branches):
        return ()
    return tuple(key for key in shape.branches if key not in named and key != shape.start)


def fewer_passages(texts: Texts, found: Texts) -> tuple[TextPlace, ...]:
    """The last passages of texts of which every language in the file has fewer than the draft."""
    have = _passages(texts)
    sent = _passages(found)
    gone = []
    for key, numbers in sent.items():
        longest = max(numbers.values())
        if numbers.keys() == have.get(key, {}).keys() and set(numbers.values()) == {longest}:
            for file, count in have[key].items():
                gone += [TextPlace(file, passage(key, n)) for n in range(longest + 1, count + 1)]
    return tuple(gone)


def _standing(texts: Texts, given: Texts) -> dict[TextPlace, str]:
    """What of it is there already; a place of a branch that was taken away is new again."""
    shape = Shape.of(texts)
    return {
        place: tidy(place, text)
        for place, text in given.items()
        if place in texts and (texts[place] or _key_of(place) is None or _key_of(place) in shape.branches)
    }


def _key_of(place: TextPlace) -> str | None:
    """The branch that a place belongs to; None of what belongs to the whole line."""
    return taken_apart(place.key).node or None


def _is_fact(place: TextPlace, shape: Shape, _texts: Texts, _given: Texts) -> bool:
    """Whether line.toml may say such a thing."""
    if place == ORDER or (place.names_number and "." not in place.parts.part):
        return True
    parts = taken_apart(place.key)
    language, fact = fact_for_language(parts.part) if parts.family == Kind.DESK else ("", parts.part)
    if place.file != STRUCTURE or fact not in FACTS.get(parts.family, ()) or parts.number is not None:
        return False
    if language and (language not in shape.languages or fact not in BY_LANGUAGE):
        return False
    return parts.family == structure.LINE or _may_be(parts.family, parts.node, shape)


def _is_word(place: TextPlace, shape: Shape, texts: Texts, given: Texts) -> bool:
    """Whether a language, or the table of readings, may say such a thing."""
    languages = _languages(shape, given)
    if place.file == READINGS:
        return _read_in(place) in languages
    if place.language not in languages:
        return False
    if (meant := spoken_of(place.key)) is not None:
        return meant in (*required_words(), *AROUND) or meant in shape.branches or _named(meant, given)
    parts = taken_apart(place.key)
    if parts.family == ALERT:
        order = structure.listed(given.get(ORDER) or texts.get(ORDER, ""))
        return place.key in {part(alert) for alert in order for part in PARTS.values()}
    if not parts.node:
        return parts.family == "language" or is_of_the_line(place.key)
    named = parts.node in shape.branches or _name_of(parts.family, parts.node, given) is not None
    return named and _may_be(parts.family, parts.node, shape) and _is_part(place, parts, texts, given)


def _read_in(place: TextPlace) -> str:
    """The language of a reading."""
    return place.key.partition(".")[0]


def _languages(shape: Shape, given: Texts) -> tuple[str, ...]:
    """Those of the line, and such as the file brings."""
    fact = fact_of(given.get(TextPlace(STRUCTURE, f"{structure.LINE}.languages"), ""))
    return (*shape.languages, *(fact if isinstance(fact, tuple) else ()))


def _may_be(kind: str, key: str, shape: Shape) -> bool:
    """Whether a branch of that kind and key is there, or can come."""
    return shape.branches[key].kind == kind if key in shape.branches else structure.key_fits(key)


def _named(key: str, given: Texts) -> bool:
    return any(_name_of(kind, key, given) is not None for kind in KINDS)


def _name_of(kind: str, key: str, given: Texts) -> str | None:
    names = (text for place, text in given.items() if place.prompt and place.key == of_node(kind, key, NAME))
    return next(names, None)


def _is_part(place: TextPlace, parts: KeyParts, texts: Texts, given: Texts) -> bool:
    """Whether it is a prompt that such a branch has: of passages those that follow without a gap."""
    if parts.text and parts.number:
        before = TextPlace(place.file, passage(parts.text, parts.number - 1))
        first = parts.number == 1
        return parts.number <= MOST_PASSAGES and (first or bool(texts.get(before) or given.get(before)))
    kind = Kind(parts.family)
    known = (*structure.PROMPTS[kind], *_PARTS[kind])
    return parts.number is None and parts.part in known


def _beside(after: Texts, found: Texts) -> Iterator[tuple[TextPlace, str]]:
    """For branches that come in a spreadsheet: their facts, what callers may say for them, and their keys."""
    shape = Shape.of(after)
    given = {place: text for place, text in found.items() if place.file != WAY}
    ways = {branch.key: branch.ways for branch in shape.branches.values()}
    for kind, key in dict.fromkeys(_coming(shape, given)):
        parent = _parent(after, shape, found.get(TextPlace(WAY, of_node(kind, key, NAME)), ""))
        beginnings = structure.beginnings(shape, kind, key, parent)
        yield from ((place, text) for place, text in beginnings.items() if not after.get(place))
        for code in shape.languages:
            name = given.get(words_at(code, of_node(kind, key, NAME)), "")
            if name and not after.get(words_at(code, spoken(key))):
                yield words_at(code, spoken(key)), text_of((structure.said(name),))
        if parent and key not in ways[parent.key] and not (parent.kind == Kind.TEXT and kind == Kind.MENU):
            ways[parent.key] = (*ways[parent.key], key)
            yield parent.ways_at, text_of(ways[parent.key])


def _coming(shape: Shape, given: Texts) -> Iterator[tuple[Kind, str]]:
    for place in given:
        parts = taken_apart(place.key)
        new = parts.part == NAME and parts.node not in shape.branches and structure.key_fits(parts.node)
        if new and place.prompt and place.language in shape.languages:
            yield Kind(parts.family), parts.node


def _parent(texts: Texts, shape: Shape, way: str) -> Branch | None:
    """The menu or text whose names, from the first menu on, lead to the last but one."""
    names = [name.strip() for name in way.split(">")][:-1]
    code = next(iter(shape.languages), "")
    here = shape.branches.get(shape.start)
    if here is None or not names or structure.name_of(texts, here, code) != names[0]:
        return None
    for name in names[1:]:
        below = (shape.branches[key] for key in here.ways if key in shape.branches)
        here = next((each for each in below if structure.name_of(texts, each, code) == name), None)
        if here is None:
            return None
    return here if here.kind in WAYS else None


def _passages(texts: Texts) -> dict[str, dict[str, int]]:
    """How many passages each text has in each file."""
    found: dict[str, dict[str, int]] = {}
    for place, text in texts.items():
        parts = taken_apart(place.key)
        if text and place.prompt and parts.text:
            row = found.setdefault(parts.text, {})
            row[place.file] = max(row.get(place.file, 0), parts.number or 0)
    return found


def without(texts: Texts, branches: tuple[str, ...], passages: tuple[TextPlace, ...]) -> dict[TextPlace, str]:
    """What changes where these go; a branch that cannot go stays."""
    changes: dict[TextPlace, str] = dict.fromkeys(passages, "")
    for key in branches:
        try:
            changes |= structure.taken_away(key)({**texts, **changes})
        except Refused:
            continue
    return changes
