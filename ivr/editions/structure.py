"""The structure of a draft as values: its menus, texts and desks, what the keys lead to, and how that is changed.

A draft may lack words or point nowhere, so that it makes no Line yet; here it is read all the same, from
its texts (place -> words). An operation gives the texts that it changes, "" where it takes one away, and
touches nothing. `ivr.editions.outlook` tells what would come of it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from ivr.editions.edition import number_slots
from ivr.editions.texts import TextPlace, fact_of, text_of, words_at
from ivr.line.loading import STRUCTURE
from ivr.line.named_numbers import NO_NUMBERS, NumberSlots, gives_number
from ivr.line.prompt_keys import NAME, NODE_FAMILIES, of_node, passage, spoken, spoken_of, taken_apart
from ivr.line.values import Kind
from ivr.line.vocabulary import COMMANDS, MOST_PASSAGES
from ivr.line.words import Slot, parse
from ivr.people.refusals import NotFound, Refused

KINDS = tuple(Kind(family) for family in NODE_FAMILIES)
"""What the city's places are, in the order of the file."""

WAYS = MappingProxyType({Kind.MENU: "options", Kind.TEXT: "choices"})
"""The fact of a menu or text in which stands what its keys lead to."""

LINE = "line"
"""The table of what holds everywhere: the desks that 0 reaches, and who is called for silent callers."""

PROMPTS = MappingProxyType(
    {
        Kind.MENU: ("name", "option"),
        Kind.TEXT: ("name", "option", "passages.1"),
        Kind.DESK: ("name", "option", "about", "charge"),
    }
)
"""The prompts that every node of a kind needs in every language; see `ivr.line.vocabulary`."""

NEEDED_FACTS = MappingProxyType({Kind.MENU: (), Kind.TEXT: ("source",), Kind.DESK: ("numbers", "hours", "source")})
"""The facts that only somebody who knows them can give."""

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ARTICLE = re.compile(r"^(the|a|an)[ _]", re.IGNORECASE)
_LONGEST_GUESS = 24  # characters of a key that is made from a name [own value]

Texts = Mapping[TextPlace, str]
Operation = Callable[[Texts], dict[TextPlace, str]]
"""What is to be done: from the texts of a draft to those that change. Refused where it cannot be."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A menu, text or desk. `ways`: what its keys lead to, in their order; `desks`: whom 0 reaches from
    it, best first; `help_now`: the desks of any hour that are told of first."""

    kind: Kind
    key: str
    ways: tuple[str, ...] = ()
    desks: tuple[str, ...] = ()
    help_now: tuple[str, ...] = ()

    def part(self, part: str) -> str:
        """The key of a part of its words or facts."""
        return of_node(self.kind, self.key, part)

    def has(self, place: TextPlace) -> bool:
        """Whether a text is one of its own: a fact, a word, or what callers may say for it."""
        parts = taken_apart(place.key)
        if (parts.family, parts.node) == (self.kind, self.key):
            return True
        return place.language is not None and spoken_of(place.key) == self.key

    @property
    def ways_at(self) -> TextPlace:
        """Where its ways stand. NotFound for a desk, whose page has no keys of its own."""
        if self.kind not in WAYS:
            raise NotFound("A desk leads nowhere: choose a menu or a text.")
        return TextPlace(STRUCTURE, self.part(WAYS[self.kind]))

    @property
    def desks_at(self) -> TextPlace:
        """Where its desks stand."""
        return TextPlace(STRUCTURE, self.part("desks"))

    @property
    def help_now_at(self) -> TextPlace:
        """Where its desks of any hour stand."""
        return TextPlace(STRUCTURE, self.part("help_now"))


@dataclass(frozen=True, slots=True)
class Shape:
    """All branches of a draft by their keys, and what holds for the line."""

    branches: Mapping[str, Branch]
    languages: tuple[str, ...]
    start: str
    nearest: tuple[str, ...]
    silence_desk: str

    @classmethod
    def of(cls, texts: Texts) -> "Shape":
        """The shape that these texts have."""
        tables: dict[tuple[Kind, str], dict[str, str]] = {}
        for place, text in texts.items():
            if place.file == STRUCTURE and text:
                parts = taken_apart(place.key)
                if parts.node and parts.part:
                    tables.setdefault((Kind(parts.family), parts.node), {})[parts.part] = text
        branches = {
            key: Branch(
                kind,
                key,
                ways=listed(facts.get(WAYS.get(kind, ""), "")),
                desks=listed(facts.get("desks", "")),
                help_now=listed(facts.get("help_now", "")),
            )
            for (kind, key), facts in sorted(tables.items(), key=lambda each: KINDS.index(each[0][0]))
        }
        return cls(
            branches=MappingProxyType(branches),
            languages=listed(_line_fact(texts, "languages")),
            start=_word(_line_fact(texts, "start")),
            nearest=listed(_line_fact(texts, "nearest")),
            silence_desk=_word(_line_fact(texts, "silence_desk")),
        )

    def branch(self, key: str) -> Branch:
        """The menu, text or desk of that key. NotFound."""
        if key not in self.branches:
            raise NotFound("There is no menu, text or desk %(key)s.", key=key)
        return self.branches[key]

    def of_kind(self, kind: Kind) -> tuple[Branch, ...]:
        """All of that kind, in the order of the file."""
        return tuple(branch for branch in self.branches.values() if branch.kind == kind)

    def parents(self, key: str) -> tuple[tuple[Branch, int], ...]:
        """The branches from which a key leads there, each with that key."""
        found = ((branch, branch.ways.index(key) + 1) for branch in self.branches.values() if key in branch.ways)
        return tuple(found)

    def below(self, key: str) -> tuple[str, ...]:
        """It and all that is reached from it by keys, the nearest first."""
        reached = [key] if key in self.branches else []
        for each in reached:
            reached += dict.fromkeys(way for way in self.branches[each].ways if self._new(way, reached))
        return tuple(reached)

    def only_below(self, key: str) -> tuple[str, ...]:
        """It and all that nobody could reach any more without it. What nobody reaches anyway is not
        among them, and no desk: 0 may reach those."""
        branches = {name: branch for name, branch in self.branches.items() if name != key}
        left = Shape(MappingProxyType(branches), self.languages, self.start, self.nearest, self.silence_desk)
        still = left.below(self.start)
        kept = {*still, *(desk.key for desk in left.of_kind(Kind.DESK))}
        return tuple(each for each in self.below(key) if each not in kept)

    def menus_to(self, key: str) -> tuple[str, ...]:
        """The way from the first menu through menus alone, both ends included; () where there is none."""

        def below(menu: str, path: tuple[str, ...]) -> tuple[str, ...]:
            here = (*path, menu)
            if menu == key:
                return here
            ways = self.branches[menu].ways if self.branches[menu].kind == Kind.MENU else ()
            found = (below(way, here) for way in ways if way in self.branches and way not in here)
            return next(filter(None, found), ())

        return below(self.start, ()) if self.start in self.branches else ()

    def way(self, key: str) -> tuple[tuple[int, str], ...] | None:
        """The shortest way from the first menu: each key that is pressed, and what it leads to. None where
        there is none."""
        ways: dict[str, tuple[tuple[int, str], ...]] = {self.start: ()} if self.start in self.branches else {}
        waiting = list(ways)
        for each in waiting:
            for number, child in enumerate(self.branches[each].ways, 1):
                if child in self.branches and child not in ways:
                    ways[child] = (*ways[each], (number, child))
                    waiting.append(child)
        return ways.get(key)

    def level(self, key: str) -> int:
        """On which level it lies, 1 for the first menu; 0 where nobody reaches it."""
        way = self.way(key)
        return 0 if way is None else len(way) + 1

    def needed(self, passages: Mapping[str, int] = MappingProxyType({})) -> Iterator[TextPlace]:
        """The places of all words and facts that the branches need, in order; `passages`: how many each
        text has."""
        for branch in self.branches.values():
            for fact in NEEDED_FACTS[branch.kind]:
                yield TextPlace(STRUCTURE, branch.part(fact))
            for code in self.languages:
                for part in PROMPTS[branch.kind]:
                    yield words_at(code, branch.part(part))
                for number in range(2, passages.get(branch.key, 1) + 1):
                    yield words_at(code, passage(branch.key, number))
                yield words_at(code, spoken(branch.key))

    def _new(self, way: str, reached: Sequence[str]) -> bool:
        return way in self.branches and way not in reached


def missing(texts: Texts) -> tuple[TextPlace, ...]:
    """The words and facts that the draft still needs, in the order of its branches."""
    shape = Shape.of(texts)
    needed = shape.needed(passages_of(texts))
    return tuple(place for place in needed if not says_enough(place, texts.get(place, "")))


def says_enough(place: TextPlace, text: str) -> bool:
    """Whether there are words; of a list, whether anything stands in it."""
    return bool(fact_of(text)) if place.fact else bool(text)


def passages_of(texts: Texts) -> Mapping[str, int]:
    """How many passages each text has in the language that has most."""
    found: dict[str, int] = {}
    for place, text in texts.items():
        parts = taken_apart(place.key)
        if parts.text and text and place.prompt:
            found[parts.text] = max(found.get(parts.text, 0), min(parts.number or 0, MOST_PASSAGES))
    return found


def name_of(texts: Texts, branch: Branch, code: str) -> str:
    """What a branch is called in a language, as one reads it; its key where nobody has named it there."""
    name = texts.get(words_at(code, branch.part(NAME)), "")
    return _called(branch, name, number_slots(texts, code) if gives_number(name) else NO_NUMBERS)


def _called(branch: Branch, name: str, slots: NumberSlots) -> str:
    return plain(name, slots) or branch.key


def plain(text: str, slots: NumberSlots = NO_NUMBERS) -> str:
    """A prompt as one reads it, with the telephone numbers that it gives by name, without the marks of how it is
    read aloud."""
    try:
        return "".join(chunk.written for chunk in slots.prompt("name", text).chunks())
    except ValueError:  # half a mark
        return text


def as_read(text: str, slots: NumberSlots = NO_NUMBERS) -> str:
    """A text as one reads it, with … where the call fills in something."""
    try:
        parts = slots.prompt("text", text).parts
    except ValueError:  # half a mark
        return text
    return "".join("…" if isinstance(part, Slot) else part.written for part in parts)


def bare(name: str) -> str:
    """A name without an article."""
    return _ARTICLE.sub("", name)


def names_of(texts: Texts, code: str) -> Mapping[str, str]:
    """What every branch is called."""
    slots = number_slots(texts, code)
    branches = Shape.of(texts).branches
    return {
        key: _called(branch, texts.get(words_at(code, branch.part(NAME)), ""), slots)
        for key, branch in branches.items()
    }


def texts_of(texts: Texts, key: str) -> tuple[TextPlace, ...]:
    """Every place that belongs to a branch: its facts, its words, and what callers may say for it."""
    branch = Shape.of(texts).branch(key)
    return tuple(place for place, text in texts.items() if text and branch.has(place))


# --- what is done -----------------------------------------------------------------------------


def added(kind: str, key: str, names: Mapping[str, str], parent: str = "", at: int | None = None) -> Operation:
    """A new menu, text or desk with its name in every language (code -> name), on the `at`-th key (from 1;
    None: the last) of `parent`, "" for none. Its other words are missing until somebody writes them."""

    def add(texts: Texts) -> dict[TextPlace, str]:
        shape = Shape.of(texts)
        if kind not in KINDS:
            raise Refused("Choose whether it is a menu, a text or a desk.")
        if any(not names.get(code, "").strip() for code in shape.languages):
            raise Refused("Give it a name in every language.")
        named = {code: names[code].strip() for code in shape.languages}
        what = Kind(kind)
        called = key or guessed_key(texts, kind, named.values())
        _fits(texts, called)
        changes = beginnings(shape, what, called, shape.branches.get(parent))
        for code, name in named.items():
            changes[words_at(code, of_node(kind, called, NAME))] = name
            changes[words_at(code, spoken(called))] = text_of((said(name),))
        if parent:
            grown = Shape({**shape.branches, called: Branch(what, called)}, *_rest(shape))
            changes |= _put(grown, called, parent, at)
        return changes

    return add


def attached(key: str, parent: str, at: int | None = None) -> Operation:
    """A key of `parent` leads to something that is there already, too."""

    def attach(texts: Texts) -> dict[TextPlace, str]:
        return _put(Shape.of(texts), key, parent, at)

    return attach


def detached(key: str, parent: str) -> Operation:
    """No key of `parent` leads there any more; it stays, for other keys."""

    def detach(texts: Texts) -> dict[TextPlace, str]:
        branch = _with_way(Shape.of(texts), key, parent)
        return {branch.ways_at: text_of(tuple(way for way in branch.ways if way != key))}

    return detach


def moved(key: str, parent: str, to: str, at: int | None = None) -> Operation:
    """From a key of `parent` to the `at`-th key of `to`, which may be the same."""

    def move(texts: Texts) -> dict[TextPlace, str]:
        shape = Shape.of(texts)
        branch = _with_way(shape, key, parent)
        if to == parent:
            return {branch.ways_at: text_of(_inserted([way for way in branch.ways if way != key], key, at))}
        return detached(key, parent)(texts) | _put(shape, key, to, at)

    return move


def taken_away(key: str, below: bool = False) -> Operation:
    """A menu, text or desk with its words and every way to it; with `below` also what nobody could reach
    without it."""

    def take_away(texts: Texts) -> dict[TextPlace, str]:
        shape = Shape.of(texts)
        shape.branch(key)
        gone = shape.only_below(key) if below else (key,)
        if shape.start in gone:
            raise Refused("The first menu cannot be taken away: every call begins there.")
        if shape.silence_desk in gone:
            raise Refused("This desk is called for callers who stay silent: choose another one for that first.")
        if shape.nearest and not set(shape.nearest) - set(gone):
            raise Refused("0 must reach a desk from anywhere: put another one into that list first.")
        changes = {place: "" for each in gone for place in texts_of(texts, each)}
        for branch in shape.branches.values():
            if branch.key not in gone:
                changes |= _without(branch, gone)
        if set(shape.nearest) & set(gone):
            changes[TextPlace(STRUCTURE, f"{LINE}.nearest")] = text_of(_left(shape.nearest, gone))
        return changes

    return take_away


def renamed(key: str, names: Mapping[str, str]) -> Operation:
    """Other names in these languages (code -> name)."""

    def rename(texts: Texts) -> dict[TextPlace, str]:
        branch = Shape.of(texts).branch(key)
        if not all(name.strip() for name in names.values()):
            raise Refused("Give it a name in every language.")
        return _unless_so(texts, {words_at(code, branch.part(NAME)): name.strip() for code, name in names.items()})

    return rename


def with_key(key: str, new: str) -> Operation:
    """Another key, everywhere: in its own places and wherever something leads to it."""

    def change_key(texts: Texts) -> dict[TextPlace, str]:
        shape = Shape.of(texts)
        shape.branch(key)
        _fits(texts, new)
        changes: dict[TextPlace, str] = {}
        for place in texts_of(texts, key):
            changes[place] = ""
            changes[TextPlace(place.file, _under(place, new))] = texts[place]
        for each in shape.branches.values():
            ways, desks, help_now = (
                tuple(new if name == key else name for name in row) for row in (each.ways, each.desks, each.help_now)
            )
            here = Branch(each.kind, new if each.key == key else each.key)
            if ways != each.ways:
                changes[here.ways_at] = text_of(ways)
            if desks != each.desks:
                changes[here.desks_at] = text_of(desks)
            if help_now != each.help_now:
                changes[here.help_now_at] = text_of(help_now)
        return changes | _line_with(shape, key, new)

    return change_key


def with_desks(holder: str, desks: Sequence[str]) -> Operation:
    """Whom 0 reaches from a menu or text, best first; `holder` "" : from everywhere, after those."""

    def set_desks(texts: Texts) -> dict[TextPlace, str]:
        shape = Shape.of(texts)
        _desks(shape, desks)
        if not holder and not desks:
            raise Refused("0 must reach a desk from anywhere: choose at least one.")
        branch = shape.branch(holder) if holder else None
        if branch is not None and branch.kind == Kind.DESK:
            raise Refused("From a desk's own page, 0 reaches that desk.")
        place = branch.desks_at if branch else TextPlace(STRUCTURE, f"{LINE}.nearest")
        return _unless_so(texts, {place: text_of(tuple(desks))})

    return set_desks


def with_help_now(holder: str, desks: Sequence[str]) -> Operation:
    """The desks of any hour that are told of first at a menu, text or desk, where the others are closed."""

    def set_desks(texts: Texts) -> dict[TextPlace, str]:
        shape = Shape.of(texts)
        _desks(shape, desks)
        if holder in desks:
            raise Refused("A desk that is closed cannot send callers to itself.")
        return _unless_so(texts, {shape.branch(holder).help_now_at: text_of(tuple(desks)) if desks else ""})

    return set_desks


def with_silence_desk(desk: str) -> Operation:
    """Who is called for a caller who stays silent."""

    def set_desk(texts: Texts) -> dict[TextPlace, str]:
        _desks(Shape.of(texts), (desk,))
        return _unless_so(texts, {TextPlace(STRUCTURE, f"{LINE}.silence_desk"): text_of(desk)})

    return set_desk


def key_fits(key: str) -> bool:
    """Whether a menu, text or desk may be named so."""
    return bool(_KEY.fullmatch(key)) and key not in COMMANDS


def guessed_key(texts: Texts, kind: str, names: Iterable[str]) -> str:
    """A free key, from a name in Latin letters where there is one."""
    slugs = (_ARTICLE.sub("", _slug(name)) for name in names)
    found = next((slug[:_LONGEST_GUESS].strip("_") for slug in slugs if key_fits(slug[:_LONGEST_GUESS])), kind)
    shape, number, free = Shape.of(texts), 1, found
    while free in shape.branches or not key_fits(free) or _in_use(texts, free):
        number += 1
        free = f"{found}_{number}"
    return free


# --- how it is done ---------------------------------------------------------------------------


def _put(shape: Shape, key: str, parent: str, at: int | None) -> dict[TextPlace, str]:
    child, branch = shape.branch(key), shape.branch(parent)
    if key in branch.ways:
        raise Refused("A key leads there already from this menu or text.")
    if key == parent:
        raise Refused("It cannot lead to itself.")
    if branch.kind == Kind.TEXT and child.kind == Kind.MENU:
        raise Refused("After a text come desks and other texts, no menu.")
    return {branch.ways_at: text_of(_inserted(branch.ways, key, at))}


def _inserted(ways: Sequence[str], key: str, at: int | None) -> tuple[str, ...]:
    if at is not None and at < 1:
        raise Refused("Keys are counted from 1.")
    cut = len(ways) if at is None else min(at - 1, len(ways))
    return (*ways[:cut], key, *ways[cut:])


def _with_way(shape: Shape, key: str, parent: str) -> Branch:
    branch = shape.branch(parent)
    if key not in branch.ways:
        raise Refused("No key leads there from this menu or text any more.")
    return branch


def _fits(texts: Texts, key: str) -> None:
    if not key_fits(key):
        raise Refused("A key has at most 40 small letters, digits and _, and is none of the line's own words.")
    if key in Shape.of(texts).branches or _in_use(texts, key):
        raise Refused("The key %(key)s is in use: choose another one.", key=key)


def _under(place: TextPlace, key: str) -> str:
    """The key of a place of a branch that is named otherwise."""
    if place.language is not None and spoken_of(place.key):
        return spoken(key)
    parts = taken_apart(place.key)
    return of_node(parts.family, key, parts.part if parts.number is None else f"{parts.part}.{parts.number}")


def _in_use(texts: Texts, key: str) -> bool:
    """Whether words stand under that key that would suddenly be those of something new."""
    return any(text and any(Branch(kind, key).has(place) for kind in KINDS) for place, text in texts.items())


def beginnings(shape: Shape, kind: Kind, key: str, parent: Branch | None) -> dict[TextPlace, str]:
    """The facts that can be taken for granted; 0 reaches whom it reaches from the parent."""
    desks = text_of(parent.desks if parent else ())
    facts = {
        Kind.MENU: {"options": text_of(()), "desks": desks},
        Kind.TEXT: {"choices": text_of(()), "desks": desks},
        Kind.DESK: {"holidays": text_of("closed"), "languages": text_of(shape.languages[:1])},
    }
    return {TextPlace(STRUCTURE, of_node(kind, key, fact)): text for fact, text in facts[kind].items()}


def said(name: str) -> str:
    """A name as a caller may say it: without the mark of how it is read, and an article."""
    try:
        parse("name", name)
    except ValueError as error:
        raise Refused("A brace or bar stands alone: write {written|reading}.") from error
    return bare(plain(name))


def _without(branch: Branch, gone: Iterable[str]) -> dict[TextPlace, str]:
    changes = {}
    if set(branch.ways) & set(gone):
        changes[branch.ways_at] = text_of(_left(branch.ways, gone))
    if set(branch.desks) & set(gone):
        changes[branch.desks_at] = text_of(_left(branch.desks, gone))
    if set(branch.help_now) & set(gone):
        changes[branch.help_now_at] = text_of(_left(branch.help_now, gone))
    return changes


def _left(row: Sequence[str], gone: Iterable[str]) -> tuple[str, ...]:
    return tuple(each for each in row if each not in gone)


def _line_with(shape: Shape, key: str, new: str) -> dict[TextPlace, str]:
    changes = {}
    if shape.start == key:
        changes[TextPlace(STRUCTURE, f"{LINE}.start")] = text_of(new)
    if shape.silence_desk == key:
        changes[TextPlace(STRUCTURE, f"{LINE}.silence_desk")] = text_of(new)
    if key in shape.nearest:
        row = tuple(new if each == key else each for each in shape.nearest)
        changes[TextPlace(STRUCTURE, f"{LINE}.nearest")] = text_of(row)
    return changes


def _desks(shape: Shape, desks: Sequence[str]) -> None:
    if any(shape.branch(each).kind != Kind.DESK for each in desks):
        raise Refused("0 reaches desks alone.")
    if len(set(desks)) < len(desks):
        raise Refused("Name every desk once.")


def _unless_so(texts: Texts, changes: Mapping[TextPlace, str]) -> dict[TextPlace, str]:
    return {place: text for place, text in changes.items() if texts.get(place, "") != text}


def _rest(shape: Shape) -> tuple[tuple[str, ...], str, tuple[str, ...], str]:
    return shape.languages, shape.start, shape.nearest, shape.silence_desk


def _line_fact(texts: Texts, fact: str) -> str:
    return texts.get(TextPlace(STRUCTURE, f"{LINE}.{fact}"), "")


@lru_cache(maxsize=1024)
def listed(text: str) -> tuple[str, ...]:
    """The keys in a fact that is a list; () of any other."""
    fact = fact_of(text)
    return fact if isinstance(fact, tuple) else ()


def _word(text: str) -> str:
    fact = fact_of(text)
    return fact if isinstance(fact, str) else ""


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
