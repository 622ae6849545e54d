"""Two authors of one line: what staff published and what the program brings, put together.

    merged = merge(old, live, new)

All three are texts by their places (`ivr.editions.texts`): of the files from which both began, of what
staff made of them, and of the new files. What one side alone changed is taken from it, whichever it is:
texts, facts, whole menus, texts, desks and languages that came or went. Lists of names (options, desks,
languages, what callers may say) and the passages of a text are put together item by item. Where both
changed the same thing differently, what staff have stays, and the other side is told beside it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from types import MappingProxyType

from ivr.editions.texts import TextPlace, fact_of, natural, text_of
from ivr.line.loading import STRUCTURE
from ivr.line.prompt_keys import list_of, spoken_of, taken_apart
from ivr.line.text import whole

Texts = Mapping[TextPlace, str]

_LINKS = ("options", "choices", "desks", "help_now", "nearest")  # facts of line.toml that name menus, texts and desks
_LINK = ("line.start", "line.silence_desk")
_LANGUAGES = TextPlace(STRUCTURE, "line.languages")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something that both sides changed differently. `at` is a text; or what stands for many: the list
    of passages (``text.mail.passages``), a menu, text or desk (``desk.police`` in line.toml) that one side
    took away, or a whole language (its file and ""). `old`, `live` and `new`: the text on each side, or
    the names of what was changed there; "" where it is not there. `theirs`: the texts by which the new
    side would be taken instead, "" for those that go."""

    at: TextPlace
    old: str
    live: str
    new: str
    theirs: Mapping[TextPlace, str]


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of it: the texts, and where the sides disagree."""

    texts: Texts
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A menu, text or desk (`kind`, `name`), or a language, that comes and goes as a whole."""

    at: TextPlace
    name: str


@dataclass
class _Held:
    """Units that stay as staff have them though the new side would not: `kept` in, or `out`."""

    kept: set[str] = field(default_factory=set)
    out: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.kept or self.out)


def merge(old: Texts, live: Texts, new: Texts, recorded: Collection[TextPlace] = ()) -> Merged:
    """Put together what staff (`live`) and the program (`new`) made of the same `old` texts. What staff
    `recorded` counts as changed by them where it would be taken away."""
    old, live, new = _standing(old), _standing(live), _standing(new)
    if live == old:
        return Merged(MappingProxyType(dict(new)), ())
    if new in (old, live):
        return Merged(MappingProxyType(dict(live)), ())
    return _Merge(old, live, new, frozenset(recorded)).merged()


def _standing(texts: Texts) -> dict[TextPlace, str]:
    return {place: text for place, text in texts.items() if text}


class _Merge:
    def __init__(self, old: Texts, live: Texts, new: Texts, recorded: frozenset[TextPlace]):
        self.old, self.live, self.new, self.recorded = old, live, new, recorded
        self.found: dict[TextPlace, str] = {}
        self.told: list[Disagreement] = []
        self.nodes, self.languages = _Held(), _Held()

    def merged(self) -> Merged:
        left = {*self.old, *self.live, *self.new}
        for units, held in ((_languages, self.languages), (_nodes, self.nodes)):
            for unit, places in units(left, (self.old, self.live, self.new)).items():
                if self._whole(unit, places, held):
                    left -= places
        rows = [_rows(side, left) for side in (self.old, self.live, self.new)]
        for at in sorted({at for side in rows for at in side}):
            self._passages(at, *(side.get(at, []) for side in rows))
        for place in left:
            if _row_of(place) is None:
                self._text(place)
        self._tell_links()
        texts = {place: self.found[place] for place in sorted(self.found, key=natural)}
        return Merged(MappingProxyType(texts), tuple(sorted(self.told, key=lambda each: natural(each.at))))

    # --- what comes and goes as a whole -------------------------------------------------------

    def _whole(self, unit: _Unit, places: set[TextPlace], held: _Held) -> bool:
        """Settle a unit that one side took away; false where both have it, or neither had it before."""
        in_old, in_live, in_new = (
            any(_bears(unit, place) for place in side if place in places) for side in (self.old, self.live, self.new)
        )
        if not in_old or in_live == in_new:
            return False
        stays = self.live if in_live else self.new
        changed = [place for place in places if stays.get(place) != self.old.get(place)]
        if in_live:
            changed += [place for place in places if place in self.recorded and place in stays]
        changed += _links_to(unit, stays, self.old)
        decides = self.live if changed or not in_live else self.new
        self.found |= {place: decides[place] for place in places if place in decides}
        if changed:
            (held.kept if in_live else held.out).add(unit.name)
            self._tell_whole(unit, places, changed, in_live)
        return True

    def _tell_whole(self, unit: _Unit, places: set[TextPlace], changed: Iterable[TextPlace], in_live: bool) -> None:
        names = ", ".join(dict.fromkeys(place.key for place in sorted(changed, key=natural)))
        theirs = {place: self.new.get(place, "") for place in sorted(places, key=natural)}
        live, new = (names, "") if in_live else ("", names)
        self.told.append(Disagreement(unit.at, names, live, new, theirs))

    def _tell_links(self) -> None:
        """What takes a unit's new side also takes it into the lists that name it, or out of them."""
        self.told = [
            Disagreement(each.at, each.old, each.live, each.new, {**each.theirs, **self._links(each)})
            for each in self.told
        ]

    def _links(self, told: Disagreement) -> dict[TextPlace, str]:
        name = _name(told.at)
        if name is None:
            return {}
        side = self.new if told.new else self.found  # where it is named: there it comes in, or goes out
        named = [place for place in self.found if _names(place, told.at) and name in _items(side.get(place, ""))]
        return {place: self._link(place, name, comes=bool(told.new)) for place in named}

    def _link(self, place: TextPlace, name: str, *, comes: bool) -> str:
        if place.key in _LINK:
            return self.new.get(place, "")
        items, theirs = _items(self.found[place]), _items(self.new.get(place, ""))
        return text_of(_woven(items, theirs, {*items, name}) if comes else _woven(items, (), {*items} - {name}))

    # --- one text ------------------------------------------------------------------------------

    def _text(self, place: TextPlace) -> None:
        old, live, new = (side.get(place, "") for side in (self.old, self.live, self.new))
        held = self.languages if place == _LANGUAGES else self.nodes if _links(place) else _Held()
        text = self._settled(place, old, live, new, held)
        if text is None:
            text = live
            self.told.append(Disagreement(place, old, live, new, {place: new}))
        if text:
            self.found[place] = text

    def _settled(self, place: TextPlace, old: str, live: str, new: str, held: _Held) -> str | None:
        if live == new or (new == old and not held):
            return live
        if place.key in _LINK and place.file == STRUCTURE and fact_of(new) in self.nodes.out:
            return None
        if live == old and not held:
            return new
        if place.fact and _are_lists(old, live, new):
            items = _put_together(_items(old), _items(live), _items(new), held)
            return None if items is None else text_of(items)
        return live if new == old else new if live == old else None

    # --- passages ------------------------------------------------------------------------------

    def _passages(self, at: TextPlace, old: list[str], live: list[str], new: list[str]) -> None:
        rows = _rows_together(old, live, new)
        if rows is None:
            rows = live
            length = max(len(live), len(new))
            theirs = {_row(at, number): new[number] if number < len(new) else "" for number in range(length)}
            self.told.append(Disagreement(at, "\n".join(old), "\n".join(live), "\n".join(new), theirs))
        self.found |= {_row(at, number): text for number, text in enumerate(rows)}


# --- units -----------------------------------------------------------------------------------


def _languages(places: Iterable[TextPlace], _sides: Sequence[Texts]) -> dict[_Unit, set[TextPlace]]:
    found: dict[_Unit, set[TextPlace]] = {}
    for place in places:
        if place.language is not None:
            found.setdefault(_Unit(TextPlace(place.file, ""), place.language), set()).add(place)
    return found


def _nodes(places: Iterable[TextPlace], sides: Sequence[Texts]) -> dict[_Unit, set[TextPlace]]:
    """Each menu, text and desk with all that is said of it in any file."""
    kinds: dict[str, set[str]] = {}
    for key in (taken_apart(place.key) for side in sides for place in side if place.file == STRUCTURE):
        if key.node:
            kinds.setdefault(key.node, set()).add(key.family)
    found: dict[_Unit, set[TextPlace]] = {}
    for place in places:
        key, said = taken_apart(place.key), spoken_of(place.key)
        kind, name = key.family, key.node
        if said is not None and len(kinds.get(said, ())) == 1:
            kind, name = next(iter(kinds[said])), said
        if kind in kinds.get(name, ()) and (place.file == STRUCTURE or place.language is not None):
            found.setdefault(_Unit(TextPlace(STRUCTURE, f"{kind}.{name}"), name), set()).add(place)
    return found


def _bears(unit: _Unit, place: TextPlace) -> bool:
    """Whether a unit is there where this place is: a node is what line.toml calls one."""
    return place.file == unit.at.file


def _links_to(unit: _Unit, side: Texts, old: Texts) -> list[TextPlace]:
    """Where this side has newly named the unit."""
    return [
        place
        for place, text in side.items()
        if place.file == STRUCTURE
        and text != old.get(place)
        and _names(place, unit.at)
        and unit.name in _items(text)
        and unit.name not in _items(old.get(place, ""))
    ]


def _name(at: TextPlace) -> str | None:
    """The name of the unit that a disagreement is about; None where it is about a text."""
    if at.key == "":
        return at.language
    key = taken_apart(at.key)
    return key.node if at.file == STRUCTURE and key.node and not key.part and key.number is None else None


def _links(place: TextPlace) -> bool:
    return place.file == STRUCTURE and place.key.rpartition(".")[2] in _LINKS


def _names(place: TextPlace, at: TextPlace) -> bool:
    """Whether units like that of `at` are named in this place."""
    if at.file != STRUCTURE:
        return place == _LANGUAGES
    return _links(place) or (place.file == STRUCTURE and place.key in _LINK)


# --- lists -----------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _items(text: str) -> tuple[str, ...]:
    """The items of a fact that is a list of texts; of one that is a text, this alone."""
    fact = fact_of(text)
    if isinstance(fact, tuple):
        return tuple(map(str, fact))
    return (fact,) if isinstance(fact, str) else ()


def _is_list(text: str) -> bool:
    fact = fact_of(text)
    return isinstance(fact, tuple) and all(isinstance(item, str) for item in fact) and len(set(fact)) == len(fact)


def _are_lists(old: str, live: str, new: str) -> bool:
    """Whether the sides can be put together item by item: no list is there anew on one side alone."""
    return _is_list(new) and (_is_list(live) or live == old == "") and (not old or _is_list(old))


def _put_together(old: Sequence[str], live: Sequence[str], new: Sequence[str], held: _Held) -> tuple[str, ...] | None:
    """A list that both changed; None where both put something else in the place of the same item."""
    came = [item for item in new if item not in old and item not in live and item not in held.out]
    went = {item for item in old if item not in new and item not in held.kept}
    theirs = [item for item in live if item not in old and item not in new]
    if came and theirs and went - set(live):
        return None
    result = ({*live} - went) | {*came}
    moved = [item for item in live if item in old] != [item for item in old if item in live]
    return _woven(live, new, result) if moved else _woven(new, live, result)


def _woven(first: Sequence[str], second: Sequence[str], wanted: set[str]) -> tuple[str, ...]:
    """The wanted items in the order of the first list; those of the second alone after the one that they
    follow there."""
    found = [item for item in first if item in wanted]
    for number, item in enumerate(second):
        if item in wanted and item not in found:
            before = next((each for each in reversed(second[:number]) if each in found), None)
            found.insert(0 if before is None else found.index(before) + 1, item)
    return tuple(found)


def _row_of(place: TextPlace) -> tuple[TextPlace, int] | None:
    """The list and the number of a passage; None of other texts."""
    found = list_of(place.key)
    counted = whole(found[1]) if found else None
    return None if found is None or counted is None else (TextPlace(place.file, found[0]), counted)


def _row(at: TextPlace, number: int) -> TextPlace:
    return TextPlace(at.file, f"{at.key}.{number + 1}")


def _rows(side: Texts, among: Collection[TextPlace]) -> dict[TextPlace, list[str]]:
    """The passages of one side by their lists, in order."""
    found: dict[TextPlace, dict[int, str]] = {}
    for place in among:
        if (row := _row_of(place)) and place in side:
            found.setdefault(row[0], {})[row[1]] = side[place]
    return {at: [rows[number] for number in sorted(rows)] for at, rows in found.items()}


def _rows_together(old: list[str], live: list[str], new: list[str]) -> list[str] | None:
    """Rows that both changed; None where they changed the same ones differently."""
    rows: list[str] = []
    for before, ours, theirs in _stretches(old, live, new):
        settled = _stretch_together(before, ours, theirs)
        if settled is None:
            return None
        rows += settled
    return rows


def _stretch_together(before: list[str], ours: list[str], theirs: list[str]) -> list[str] | None:
    if ours == before:
        return theirs
    if theirs in (before, ours):
        return ours
    if not len(before) == len(ours) == len(theirs) > 1:
        return None
    found: list[str] = []
    for row in zip(before, ours, theirs, strict=True):
        settled = _stretch_together(*([text] for text in row))
        if settled is None:
            return None
        found += settled
    return found


def _stretches(old: list[str], live: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """The rows of all three cut at those that stand in each of them."""
    here, there = _matches(old, live), _matches(old, new)
    start = ours = theirs = 0
    for number in [*(n for n in range(len(old)) if n in here and n in there), len(old)]:
        a, b = here.get(number, len(live)), there.get(number, len(new))
        yield old[start:number], live[ours:a], new[theirs:b]
        if number < len(old):
            yield ([old[number]],) * 3
        start, ours, theirs = number + 1, a + 1, b + 1


def _matches(old: list[str], other: list[str]) -> dict[int, int]:
    blocks = SequenceMatcher(None, old, other, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}
