"""What would come of a change to the structure of a draft, told before it is done.

Each sentence is English and serves as the id of its translations (as in `ivr.people.refusals.Refused`).
The loader and the rules of the call say the last word when a draft is submitted; what they would say of
the structure is here already, in words of the staff, beside what no program calls wrong: whose keys
change, and which texts speak of what goes.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ivr.editions import structure
from ivr.editions.edition import number_slots
from ivr.editions.structure import Branch, Operation, Shape, Texts
from ivr.editions.texts import TextPlace
from ivr.line.named_numbers import NumberSlots, desk_of
from ivr.line.text import marked_text
from ivr.line.values import FEWEST_OPTIONS, MOST_CHOICES, MOST_FIRST_OPTIONS, MOST_LEVELS, MOST_OPTIONS, Kind


@dataclass(frozen=True, slots=True)
class Breakage:
    """Something that is wrong with the structure. `branch`: where it is mended, "" for the line's own."""

    message: str
    facts: Mapping[str, object]
    branch: str = ""

    @property
    def told(self) -> tuple[str, Mapping[str, object]]:
        """As templates take it."""
        return self.message, self.facts


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A way whose key is another one afterwards; None: no key leads there (any more)."""

    parent: str
    child: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a change would do: its `changes`; branches that come, go and are called otherwise (keys);
    `keys` that change; what would be wrong that is not yet, and what would be right again; words still
    to be written; and `mentions`, places of texts that speak of what goes or of an old name."""

    changes: Mapping[TextPlace, str]
    comes: tuple[str, ...]
    goes: tuple[str, ...]
    keys: tuple[KeyChange, ...]
    breaks: tuple[Breakage, ...]
    mends: tuple[Breakage, ...]
    missing: tuple[TextPlace, ...]
    mentions: tuple[TextPlace, ...]
    unreached_by_0: tuple[str, ...]
    """Menus and texts from which 0 no longer reaches one of the desks that go."""

    @property
    def harmless(self) -> bool:
        """Whether there is nothing to be warned of."""
        return not (self.goes or self.breaks or self.mentions or self.missing)


def outlook(texts: Texts, operation: Operation, code: str) -> Outlook:
    """What would come of an operation, with names in the language `code`. Refused where it cannot be done."""
    changes = operation(texts)
    after = {**texts, **changes}
    old, new = Shape.of(texts), Shape.of(after)
    wrong, then = breakages(texts, code), breakages(after, code)
    gone = tuple(key for key in old.branches if key not in new.branches)
    return Outlook(
        changes=MappingProxyType(changes),
        comes=tuple(key for key in new.branches if key not in old.branches),
        goes=gone,
        keys=tuple(_keys(old, new)),
        breaks=tuple(each for each in then if each not in wrong),
        mends=tuple(each for each in wrong if each not in then and each.branch not in gone),
        missing=tuple(_still(texts, after)),
        mentions=tuple(_mentions(texts, after, gone, changes)),
        unreached_by_0=tuple(
            key for key, branch in old.branches.items() if key in new.branches and set(branch.desks) & set(gone)
        ),
    )


def breakages(texts: Texts, code: str) -> tuple[Breakage, ...]:
    """Everything that is wrong with the structure as it stands, names in the language `code`."""
    shape = Shape.of(texts)
    names = structure.names_of(texts, code)
    return tuple(
        each
        for finding in (_lost_starts, _counts, _strangers, _loops, _depths, _unreached, _languages)
        for each in finding(shape, names)
    )


# --- what is wrong -----------------------------------------------------------------------------

_Names = Mapping[str, str]


def _lost_starts(shape: Shape, _names: _Names) -> Iterator[Breakage]:
    branches = shape.branches
    if shape.start not in branches or branches[shape.start].kind != Kind.MENU:
        yield Breakage("The menu with which every call begins is missing.", {})
    if shape.silence_desk not in branches or branches[shape.silence_desk].kind != Kind.DESK:
        yield Breakage("Nobody is called for callers who stay silent: choose a desk for that.", {})
    if not any(key in branches for key in shape.nearest):
        yield Breakage("0 reaches nobody where the fitting desks are closed: choose a desk for that.", {})


def _counts(shape: Shape, names: _Names) -> Iterator[Breakage]:
    for branch in shape.of_kind(Kind.MENU):
        count, first = len(branch.ways), branch.key == shape.start
        facts = {"name": names[branch.key], "count": count}
        if not count:
            yield Breakage("“%(name)s” is a dead end: none of its keys leads on.", facts, branch.key)
        elif count < FEWEST_OPTIONS:
            yield Breakage("“%(name)s” has a single key: a menu needs at least two.", facts, branch.key)
        elif first and count > MOST_FIRST_OPTIONS:
            message = marked_text("“%(name)s” has %(count)s keys: three at most, since the fourth is for the language.")
            yield Breakage(message, facts, branch.key)
        elif count > MOST_OPTIONS:
            yield Breakage("“%(name)s” has %(count)s keys: nobody remembers more than four.", facts, branch.key)
    for branch in shape.of_kind(Kind.TEXT):
        facts = {"name": names[branch.key], "count": len(branch.ways)}
        if not branch.ways:
            yield Breakage("“%(name)s” is a dead end: after it, no key leads to a desk.", facts, branch.key)
        elif len(branch.ways) > MOST_CHOICES:
            yield Breakage("After “%(name)s” there are %(count)s keys: three at most.", facts, branch.key)


def _strangers(shape: Shape, names: _Names) -> Iterator[Breakage]:
    for branch in shape.branches.values():
        for way in branch.ways:
            facts = {"name": names[branch.key], "other": names.get(way, way)}
            if way not in shape.branches:
                yield Breakage("A key of “%(name)s” leads to “%(other)s”, which is not there.", facts, branch.key)
            elif branch.kind == Kind.TEXT and shape.branches[way].kind == Kind.MENU:
                yield Breakage(
                    "After “%(name)s” a key leads to the menu “%(other)s”: only desks and texts may follow.",
                    facts,
                    branch.key,
                )
    named = ((key, (*branch.desks, *branch.help_now)) for key, branch in shape.branches.items())
    for key, desks in (*named, ("", shape.nearest)):
        for desk in desks:
            if desk not in shape.branches or shape.branches[desk].kind != Kind.DESK:
                facts = {"name": names.get(key, "0"), "other": names.get(desk, desk)}
                yield Breakage("From “%(name)s”, 0 would reach “%(other)s”, which is no desk.", facts, key)


def _loops(shape: Shape, names: _Names) -> Iterator[Breakage]:
    """Menus that hold themselves, and texts that offer themselves. Texts may lead to one another."""
    for branch in shape.branches.values():
        inside = _menus_below(shape, branch) if branch.kind == Kind.MENU else branch.ways
        if branch.key in inside:
            yield Breakage("“%(name)s” leads back to itself.", {"name": names[branch.key]}, branch.key)


def _menus_below(shape: Shape, branch: Branch) -> list[str]:
    found: list[str] = []
    waiting = [branch]
    for each in waiting:
        ways = (shape.branches[way] for way in each.ways if way in shape.branches and way not in found)
        menus = [way for way in ways if way.kind == Kind.MENU]
        found += [menu.key for menu in menus]
        waiting += menus
    return found


def _depths(shape: Shape, names: _Names) -> Iterator[Breakage]:
    for branch in shape.of_kind(Kind.MENU):
        if (level := shape.level(branch.key)) > MOST_LEVELS:
            facts = {"name": names[branch.key], "level": level, "most": MOST_LEVELS}
            message = marked_text("“%(name)s” lies on level %(level)s of the menus: %(most)s at most.")
            yield Breakage(message, facts, branch.key)


def _unreached(shape: Shape, names: _Names) -> Iterator[Breakage]:
    told = {desk for branch in shape.branches.values() for desk in branch.help_now}
    reached = {*shape.below(shape.start), *told}
    for key in shape.branches:
        if key not in reached:
            yield Breakage("Nobody reaches “%(name)s”: no key leads there.", {"name": names[key]}, key)


def _languages(shape: Shape, _names: _Names) -> Iterator[Breakage]:
    if not shape.languages:
        yield Breakage("The line speaks no language.", {})


# --- what changes ------------------------------------------------------------------------------


def _keys(old: Shape, new: Shape) -> Iterator[KeyChange]:
    """In branches that stay and that come; those that go take all their keys along."""
    for key, branch in new.branches.items():
        before = old.branches[key].ways if key in old.branches else ()
        for way in dict.fromkeys((*branch.ways, *before)):
            was, will = (row.index(way) + 1 if way in row else None for row in (before, branch.ways))
            if was != will:
                yield KeyChange(key, way, was, will)


def _still(texts: Texts, after: Texts) -> Iterator[TextPlace]:
    before = structure.missing(texts)
    yield from (place for place in structure.missing(after) if place not in before)


def _mentions(
    texts: Texts, after: Texts, gone: Collection[str], changes: Mapping[TextPlace, str]
) -> Iterator[TextPlace]:
    """Prompts that stay and speak of what goes, or that use a name which is another one now."""
    slots = {code: number_slots(texts, code) for code in Shape.of(texts).languages}
    said = dict(_names_that_go(texts, after, gone, slots))
    for place, text in after.items():
        if place.prompt and text and place not in changes and place.language in said:
            written = structure.plain(text, slots[place.language]).casefold()
            if any(name in written for name in said[place.language]):
                yield place


def _names_that_go(
    texts: Texts, after: Texts, gone: Collection[str], slots: Mapping[str, NumberSlots]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    old, new = Shape.of(texts), Shape.of(after)
    for code in old.languages:
        before, now = structure.names_of(texts, code), structure.names_of(after, code)
        names = [before[key] for key in old.branches if key not in new.branches or before[key] != now[key]]
        bare = (structure.bare(name).casefold() for name in names)
        numbers = (number for slot, number in slots[code].named.items() if desk_of(slot) in gone)
        yield code, tuple(name for name in (*bare, *numbers) if len(name) > 1)
