"""The call as callers hear it now, as a tree: the way in to whatever is to be changed, heard or recorded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import Response
from flask.typing import ResponseReturnValue

from ivr.editions.edition import Edition, Piece, prompt_of, unrecorded
from ivr.editions.structure import PROMPTS, Branch, Shape, as_read, names_of
from ivr.editions.texts import TextPlace, natural, words_at
from ivr.line.loading import STRUCTURE
from ivr.line.prompt_keys import ALERT, NAME, NODE_FAMILIES, taken_apart
from ivr.line.speeds import Speed
from ivr.line.values import Kind
from ivr.people.refusals import NotFound
from ivr.staff import labels
from ivr.staff.area import area
from ivr.staff.context import console, me, now, office, page
from ivr.staff.voice_pages import to_sound


@dataclass(frozen=True, slots=True)
class CallItem:
    """What a key leads to in the live call: `number` is that key, 0 of the first menu; `lacks` pieces of it have no
    recording, `late` of its texts lag behind; `below`: what its own keys lead to, () where that is shown elsewhere."""

    number: int
    branch: Branch
    name: str
    lacks: int
    late: int
    below: tuple["CallItem", ...]
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the live call in one language: what it says as one reads it, the pieces of it that can be heard,
    whether there is a recording of its words, and whether it lags behind another language."""

    place: TextPlace
    text: str
    pieces: tuple[Piece, ...]
    is_recorded: bool
    late: bool


@area.get("/call")
def call() -> ResponseReturnValue:
    """The whole tree, and the words that belong to none of its places."""
    live = _live()
    drawing = _Drawing(live)
    shape = drawing.shape
    return page(
        "call.html",
        me=me(),
        root=drawing.item(shape.branches[shape.start], 0),
        loose=[drawing.item(branch, 0) for key, branch in shape.branches.items() if shape.way(key) is None],
        families=_families(live),
        languages_count=len(shape.languages),
    )


@area.get("/call/at/<name>")
def call_at(name: str) -> ResponseReturnValue:
    """A menu, text or desk: every word of it, to be changed, heard or recorded."""
    live = _live()
    shape = Shape.of(live.texts)
    branch, names = shape.branch(name), names_of(live.texts, next(iter(shape.languages)))
    prompts = [branch.part(part) for part in PROMPTS[branch.kind]]
    mine = [place for place in live.texts if place.prompt and branch.has(place)]
    return page(
        "call_at.html",
        me=me(),
        branch=branch,
        names=names,
        way=shape.way(name),
        ways=[(number, shape.branches[key]) for number, key in enumerate(branch.ways, 1) if key in shape.branches],
        said=_said(live, mine, prompts),
        suspended=name in console().line().desks and console().line().desks[name].hours.suspended(now()),
        facts=_facts_at(branch),
        tree_place=words_at(next(iter(shape.languages)), branch.part(NAME)),
    )


@area.get("/call/words/<family>")
def call_words(family: str) -> ResponseReturnValue:
    """Words that are said wherever one is in the call."""
    live = _live()
    mine = _families(live).get(family)
    if mine is None:
        raise NotFound("There is no such page.")
    return page("call_words.html", me=me(), family=family, said=_said(live, mine, ()))


@area.get("/call/hear/<code>/<path:key>")
def hear_call(code: str, key: str) -> ResponseReturnValue:
    """The sound of a piece as callers hear it now: the recording, or the line's own voice."""
    live, piece = _live(), Piece(code, key)
    chunk = live.pieces.get(piece)
    if chunk is None:
        raise NotFound("There is no such page.")
    return to_sound(live.sound(code, chunk), console().language(code), chunk, Speed.NORMAL)


@area.get("/gaps")
def gaps() -> Response:
    """Everything that lacks a recording or a translation, with the way to where that is mended."""
    live = _live()
    texts, shape = live.texts, Shape.of(live.texts)
    order = {key: number for number, key in enumerate(shape.below(shape.start))}
    names = names_of(texts, next(iter(shape.languages)))
    missing: dict[str, dict[str, list[Piece]]] = {code: {} for code in shape.languages}
    for piece in sorted(unrecorded(live), key=lambda each: _rank(order, prompt_of(each))):
        where = _branch_of(shape, prompt_of(piece))
        missing.setdefault(piece.language, {}).setdefault(where, []).append(piece)
    return page(
        "gaps.html",
        me=me(),
        late=sorted(live.renew, key=lambda each: _rank(order, each)),
        missing={code: found for code, found in missing.items() if found},
        names=names,
        chunks=live.pieces,
    )


class _Drawing:
    """The tree while it is drawn: each menu and text is unfolded once, where it comes first."""

    def __init__(self, live: Edition):
        self.shape = Shape.of(live.texts)
        self.names = names_of(live.texts, next(iter(self.shape.languages)))
        self.lacks = [_branch_of(self.shape, prompt_of(piece)) for piece in unrecorded(live)]
        self.late = [_branch_of(self.shape, place) for place in live.renew]
        self.drawn: set[str] = set()

    def item(self, branch: Branch, number: int) -> CallItem:
        again = branch.key in self.drawn
        self.drawn.add(branch.key)
        ways = () if again else branch.ways
        below = tuple(
            self.item(self.shape.branches[key], at) for at, key in enumerate(ways, 1) if key in self.shape.branches
        )
        name = self.names[branch.key]
        lacks, late = self.lacks.count(branch.key), self.late.count(branch.key)
        return CallItem(number, branch, name, lacks, late, below, again and bool(branch.ways))


def _live() -> Edition:
    return office().library.live(now())


def _said(live: Edition, places: list[TextPlace], first: Sequence[str]) -> list[tuple[str, list[Said]]]:
    """The texts at these places by their keys, those of `first` in its order, each in all its languages."""
    heard: dict[TextPlace, list[Piece]] = {}
    for piece in live.pieces:
        heard.setdefault(prompt_of(piece), []).append(piece)
    found = []
    for key in sorted({place.key for place in places}, key=lambda key: _order(first, key)):
        codes = [code for code in live.line.languages if live.texts.get(words_at(code, key))]
        found.append(
            (key, [_said_at(live, words_at(code, key), tuple(heard.get(words_at(code, key), ()))) for code in codes])
        )
    return found


def _said_at(live: Edition, place: TextPlace, heard: tuple[Piece, ...]) -> Said:
    slots, chunks = live.line.languages[place.language or ""].number_slots, live.pieces
    sounds = [live.sound(piece.language, chunks[piece]) is not None for piece in heard]
    return Said(place, as_read(live.texts[place], slots), heard, any(sounds), place in live.renew)


def _order(first: Sequence[str], key: str) -> tuple[int, tuple[str, list[str]]]:
    return (first.index(key) if key in first else len(first)), natural(TextPlace("", key))


def _families(live: Edition) -> dict[str, list[TextPlace]]:
    """The prompts that belong to no menu, text or desk, by the headings of `labels`."""
    groups: dict[str, list[TextPlace]] = {name: [] for name in labels.GROUPS}
    for place, text in live.texts.items():
        family = taken_apart(place.key).family
        if place.prompt and text and family not in (*NODE_FAMILIES, ALERT):
            groups[family if family in groups else labels.OTHERS].append(place)
    return {name: places for name, places in groups.items() if places}


def _facts_at(branch: Branch) -> Iterator[TextPlace]:
    """Where the facts of a desk or text are changed, a place of each page."""
    if branch.kind is not Kind.MENU:
        yield TextPlace(STRUCTURE, branch.part("source"))


def _branch_of(shape: Shape, place: TextPlace) -> str:
    node = place.parts.node
    return node if node in shape.branches else ""


def _rank(order: Mapping[str, int], place: TextPlace) -> tuple[str, int, tuple[str, list[str]]]:
    return place.language or "", order.get(place.parts.node, len(order)), natural(place)
