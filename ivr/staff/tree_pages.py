"""The tree of the call in a draft: its keys and what they lead to, heard, added to, moved, named and taken from.

Whatever is asked for is looked at first: what it changes, what it would break, what is to be written
afterwards. What breaks nothing and moves nobody elsewhere is done at once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions import structure
from ivr.editions.draft import Difference
from ivr.editions.edition import Piece
from ivr.editions.outlook import Outlook, breakages
from ivr.editions.reshaping import mark
from ivr.editions.structure import Branch, Operation, Shape, Texts
from ivr.editions.texts import TextPlace, natural, words_at
from ivr.line.prompt_keys import NAME, OPTION, taken_apart
from ivr.line.text import whole
from ivr.line.values import MOST_CHOICES, MOST_FIRST_OPTIONS, MOST_OPTIONS, Kind
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import me, now, office, page, said, tell

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

_CARRIED_ANEW = ("csrf_token", "seen")
_DESKS_AT_LEAST = 3  # fields for the desks of 0, and one more than there are [own value]


@dataclass(frozen=True, slots=True)
class TreeItem:
    """What a key leads to, as the tree shows it: `number` is that key, 0 of what no key leads to;
    `below`: what its own keys lead to, () where that is shown elsewhere (`elsewhere`)."""

    number: int
    branch: Branch | None
    key: str
    name: str
    lacks: int
    wrong: int
    sound: str
    below: tuple["TreeItem", ...]
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class TreeForm:
    """What a form asks for; `act` is how the history names it, `back` the branch whose page comes after."""

    act: str
    operation: Operation
    back: str


@dataclass(frozen=True, slots=True)
class BranchWords:
    """A prompt of a branch: in every language its place, words and the piece that can be heard."""

    key: str
    rows: tuple[tuple[TextPlace, str, str], ...]


@area.get("/drafts/<int:draft>/tree")
def tree(draft: int) -> ResponseReturnValue:
    """The whole tree."""
    return _tree(draft)


@area.get("/drafts/<int:draft>/tree/add")
@needs(Right.WRITE)
def adding_branch(draft: int) -> ResponseReturnValue:
    """The form for something new."""
    return _adding(draft)


@area.get("/drafts/<int:draft>/tree/at/<name>")
def branch(draft: int, name: str) -> ResponseReturnValue:
    """A menu, text or desk."""
    return _branch(draft, name)


@area.post("/drafts/<int:draft>/tree/look")
@needs(Right.WRITE)
def look_at_tree(draft: int) -> ResponseReturnValue:
    """What a form asks for, before it is done; done at once where there is nothing to be warned of."""
    try:
        asked = asked_for(request.form)
        _refuse_known_key(draft, asked)
        found = office().reshaping.look(draft, asked.operation, _code(office().reshaping.texts(draft)))
    except Refused as error:
        return _again(draft, error)
    if not found.changes:
        tell("Nothing was changed.")
        return redirect(_after(draft, asked.back), 303)
    if asked.act == "key" or (found.harmless and not found.comes and not _elsewhere(request.form)):
        return change_tree(draft)
    return _look_page(draft, found)


@area.post("/drafts/<int:draft>/tree/change")
@needs(Right.WRITE)
def change_tree(draft: int) -> ResponseReturnValue:
    """Do what a form asks for, as it was seen."""
    try:
        asked = asked_for(request.form)
        _refuse_known_key(draft, asked)
        seen = request.form.get("seen")
        done = office().reshaping.do(draft, asked.operation, asked.act, me(), now(), seen)
    except Refused as error:
        return _seen_again(draft, error)
    tell("It is done in the draft. It can be undone below the tree of the call.")
    shape = Shape.of(office().reshaping.texts(draft))
    back = asked.back or _new_in(done, shape)
    return redirect(_after(draft, back if back in shape.branches else ""), 303)


@area.post("/drafts/<int:draft>/tree/undo/<int:seq>")
@needs(Right.WRITE)
def undo_tree(draft: int, seq: int) -> ResponseReturnValue:
    """Take an act on the tree back."""
    try:
        office().reshaping.undo(draft, seq, me(), now())
    except Refused as error:
        return _tree(draft, error)
    tell("It was undone.")
    return redirect(url_for("staff.tree", draft=draft) + "#h-deeds", 303)


# --- pages ------------------------------------------------------------------------------------


def _tree(draft: int, error: Refused | None = None) -> Response:
    """All keys of the call, with names in the language that was asked for."""
    texts = office().reshaping.texts(draft)
    shape, code = Shape.of(texts), _code(texts)
    drawing = _Drawing(texts, shape, code, office().recordings.chunks(draft))
    return _page(
        draft,
        "tree.html",
        error,
        root=drawing.twig(shape.start, 0, ()) if shape.start in shape.branches else None,
        loose=[drawing.twig(key, 0, ()) for key in shape.branches if shape.way(key) is None],
        shape=shape,
        names=structure.names_of(texts, code),
        code=code,
        flaws=breakages(texts, code),
        missing=_missing(texts),
        deeds=office().reshaping.deeds(draft),
        rows=max(_DESKS_AT_LEAST, len(shape.nearest) + 1),
    )


def branch_again(draft: int, name: str, error: Refused) -> Response:
    """The page of a menu, text or desk, with what could not be done and what was typed."""
    return _branch(draft, name, error)


def _branch(draft: int, name: str, error: Refused | None = None) -> Response:
    """A menu, text or desk: its words, its keys, and what can be done with it."""
    texts = office().reshaping.texts(draft)
    shape, code = Shape.of(texts), _code(texts)
    branch, names = shape.branch(name), structure.names_of(texts, code)
    return _page(
        draft,
        "branch.html",
        error,
        branch=branch,
        shape=shape,
        names=names,
        named={each: texts.get(words_at(each, branch.part(NAME)), "") for each in shape.languages},
        code=code,
        way=shape.way(name),
        words=tuple(_words(draft, texts, shape, branch)),
        flaws=[each for each in breakages(texts, code) if each.branch == name],
        missing=[place for place in structure.missing(texts) if branch.has(place)],
        most=_most(shape, branch),
        addable=_addable(shape, branch),
        targets=[each for each in shape.branches.values() if each.kind != Kind.DESK],
        only=shape.only_below(name),
        rows=max(_DESKS_AT_LEAST, len(branch.desks) + 1),
        help_rows=len(branch.help_now) + 1,
        is_new=_is_new(draft, name),
    )


def _adding(draft: int, error: Refused | None = None) -> Response:
    """The form for something new."""
    texts = office().reshaping.texts(draft)
    shape, code = Shape.of(texts), _code(texts)
    parent = request.values.get("parent", "")
    return _page(
        draft,
        "branch_add.html",
        error,
        shape=shape,
        names=structure.names_of(texts, code),
        code=code,
        parent=shape.branches.get(parent),
        parents=[each for each in shape.branches.values() if each.kind != Kind.DESK],
    )


# --- what forms ask for -----------------------------------------------------------------------


def asked_for(form: "MultiDict[str, str]") -> TreeForm:
    """What the fields of a form mean. Refused where they mean nothing."""
    act = form.get("act", "")
    if act not in _ACTS:
        raise Refused("Choose what is to be done.")
    return _ACTS[act](form)


def _add(form: "MultiDict[str, str]") -> TreeForm:
    key, parent = form.get("key", "").strip(), form.get("parent", "")
    return TreeForm("add", structure.added(form.get("kind", ""), key, _names(form), parent, _at(form)), key)


def _put(form: "MultiDict[str, str]") -> TreeForm:
    return TreeForm("add", structure.attached(form["node"], form["parent"], _at(form)), form["parent"])


def _off(form: "MultiDict[str, str]") -> TreeForm:
    return TreeForm("take away", structure.detached(form["node"], form["parent"]), form["parent"])


def _move(form: "MultiDict[str, str]") -> TreeForm:
    operation = structure.moved(form["node"], form["parent"], form.get("to", ""), _at(form))
    return TreeForm("move", operation, form["parent"])


def _away(form: "MultiDict[str, str]") -> TreeForm:
    return TreeForm("take away", structure.taken_away(form["node"], form.get("below") == "on"), "")


def _name(form: "MultiDict[str, str]") -> TreeForm:
    """Only names in which somebody typed: the others may have become other ones meanwhile."""
    typed = {code: name for code, name in _names(form).items() if name != form.get(f"was-{code}", "")}
    return TreeForm("name", structure.renamed(form["node"], typed), form["node"])


def _key(form: "MultiDict[str, str]") -> TreeForm:
    new = form.get("new", "").strip()
    return TreeForm("key", structure.with_key(form["node"], new), new)


def _zero(form: "MultiDict[str, str]") -> TreeForm:
    return TreeForm("zero", structure.with_desks(form["node"], _desks(form)), form["node"])


def _help(form: "MultiDict[str, str]") -> TreeForm:
    return TreeForm("zero", structure.with_help_now(form["node"], _desks(form)), form["node"])


def _silence(form: "MultiDict[str, str]") -> TreeForm:
    return TreeForm("zero", structure.with_silence_desk(form.get("desk", "")), "")


_ACTS: Mapping[str, Callable[["MultiDict[str, str]"], TreeForm]] = MappingProxyType(
    {
        "add": _add,
        "put": _put,
        "off": _off,
        "move": _move,
        "away": _away,
        "name": _name,
        "key": _key,
        "zero": _zero,
        "help": _help,
        "silence": _silence,
    }
)


def _at(form: "MultiDict[str, str]") -> int | None:
    return whole(form.get("at", ""))


def _names(form: "MultiDict[str, str]") -> dict[str, str]:
    return {name.removeprefix("name-"): text for name, text in form.items() if name.startswith("name-")}


def _desks(form: "MultiDict[str, str]") -> tuple[str, ...]:
    rows = sorted((whole(name.removeprefix("desk-")) or 0, desk) for name, desk in form.items() if name[:5] == "desk-")
    return tuple(desk for _, desk in rows if desk)


def _elsewhere(form: "MultiDict[str, str]") -> bool:
    """Whether it takes something to another menu, which callers must find again."""
    return form.get("act") in ("put", "off") or (form.get("act") == "move" and form.get("to") != form.get("parent"))


def _new_in(done: Mapping[TextPlace, str], shape: Shape) -> str:
    """The branch that came with these changes, by its name."""
    named = (taken_apart(place.key) for place, text in done.items() if text and place.prompt)
    return next((parts.node for parts in named if parts.part == NAME and parts.node in shape.branches), "")


# --- how it is shown --------------------------------------------------------------------------


def _page(draft: int, template: str, error: Refused | None, **values: object) -> Response:
    return page(
        template,
        409 if error else 200,
        me=me(),
        draft=office().drafts.get(draft),
        problem=said(error) if error else None,
        sent=request.form if error else {},
        **values,
    )


def _look_page(draft: int, found: Outlook, error: Refused | None = None) -> Response:
    texts = office().reshaping.texts(draft)
    after, code = {**texts, **found.changes}, _code(texts)
    carried = {name: text for name, text in request.form.items() if name not in _CARRIED_ANEW}
    if request.form.get("act") == "add" and found.comes:
        carried["key"] = found.comes[0]
    return _page(
        draft,
        "tree_look.html",
        error,
        found=found,
        names={**structure.names_of(texts, code), **structure.names_of(after, code)},
        old_names=structure.names_of(texts, code),
        kinds={key: branch.kind for key, branch in {**Shape.of(texts).branches, **Shape.of(after).branches}.items()},
        code=code,
        renamed=_differences(texts, found),
        carried=carried,
        seen=mark(texts, found.changes),
        mentions=[(place, after[place]) for place in sorted(found.mentions, key=natural)],
        lost=[(place, texts[place]) for place in sorted(found.changes, key=natural) if _is_lost(texts, found, place)],
    )


def _differences(texts: Texts, found: Outlook) -> tuple[Difference, ...]:
    """Names that become other ones."""
    return tuple(
        Difference(place, texts[place], text)
        for place, text in found.changes.items()
        if place.prompt and text and texts.get(place)
    )


def _is_lost(texts: Texts, found: Outlook, place: TextPlace) -> bool:
    return place.prompt and not found.changes[place] and bool(texts.get(place))


def _refuse_known_key(draft: int, asked: TreeForm) -> None:
    """Reports count by short names, and calls that go on stand at them."""
    if asked.act == "key" and not _is_new(draft, request.form["node"]):
        raise Refused("A short name cannot be changed once it is published.")


def _is_new(draft: int, key: str) -> bool:
    base = office().library.edition(office().drafts.get(draft).base)
    return key not in Shape.of(base.texts).branches


def _again(draft: int, error: Refused) -> ResponseReturnValue:
    """The page that the form is on, with what was typed."""
    match request.form.get("page"):
        case "adding":
            return _adding(draft, error)
        case "branch":
            return _branch(draft, request.form.get("node-of-page", ""), error)
        case _:
            return _tree(draft, error)


def _seen_again(draft: int, error: Refused) -> ResponseReturnValue:
    """What it would do now, since it is no longer what was seen; the form where it cannot be done at all."""
    texts = office().reshaping.texts(draft)
    try:
        found = office().reshaping.look(draft, asked_for(request.form).operation, _code(texts))
    except Refused as refused:
        return _again(draft, refused)
    return _look_page(draft, found, error)


def _after(draft: int, branch: str) -> str:
    """Where one goes on."""
    return url_for("staff.branch", draft=draft, name=branch) if branch else url_for("staff.tree", draft=draft)


def _code(texts: Texts) -> str:
    """The language of the names: the one that was asked for, else the line's first."""
    languages = Shape.of(texts).languages
    asked = request.values.get("language", "")
    return asked if asked in languages else languages[0] if languages else ""


class _Drawing:
    """The tree while it is drawn: each menu and text is unfolded once, where it comes first."""

    def __init__(self, texts: Texts, shape: Shape, code: str, pieces: Mapping[Piece, object]):
        self.shape, self.code, self.pieces = shape, code, pieces
        self.names = structure.names_of(texts, code)
        self.missing = structure.missing(texts)
        self.wrong = [each.branch for each in breakages(texts, code)]
        self.drawn: set[str] = set()

    def twig(self, key: str, number: int, path: tuple[str, ...]) -> TreeItem:
        branch = self.shape.branches.get(key)
        again = key in self.drawn or key in path
        self.drawn.add(key)
        ways = branch.ways if branch and not again else ()
        return TreeItem(
            number=number,
            branch=branch,
            key=key,
            name=self.names.get(key, key),
            lacks=sum(branch.has(place) for place in self.missing) if branch else 0,
            wrong=self.wrong.count(key),
            sound=self._sound(branch) if branch else "",
            below=tuple(self.twig(way, at, (*path, key)) for at, way in enumerate(ways, 1)),
            elsewhere=bool(branch and branch.ways and again),
        )

    def _sound(self, branch: Branch) -> str:
        """The piece that names it to callers."""
        keys = (branch.part(OPTION), branch.part(NAME))
        return next((key for key in keys if Piece(self.code, key) in self.pieces), "")


def _missing(texts: Texts) -> list[tuple[Branch, list[TextPlace]]]:
    places = structure.missing(texts)
    found = ((branch, [each for each in places if branch.has(each)]) for branch in Shape.of(texts).branches.values())
    return [(branch, rows) for branch, rows in found if rows]


def _words(draft: int, texts: Texts, shape: Shape, branch: Branch) -> Iterator[BranchWords]:
    """The prompts of a branch, those it needs and those it has, in the order in which one counts."""
    pieces = office().recordings.chunks(draft)
    have = {place.key for place in structure.texts_of(texts, branch.key) if place.prompt}
    need = {branch.part(part) for part in structure.PROMPTS[branch.kind]}
    order = [branch.part(part) for part in structure.PROMPTS[branch.kind]]
    keys = sorted(
        have | need, key=lambda key: (order.index(key) if key in order else len(order), natural(TextPlace("", key)))
    )
    for key in keys:
        places = [words_at(code, key) for code in shape.languages]
        yield BranchWords(key, tuple((each, texts.get(each, ""), _heard(pieces, each)) for each in places))


def _heard(pieces: Mapping[Piece, object], place: TextPlace) -> str:
    return place.key if Piece(place.language or "", place.key) in pieces else ""


def _most(shape: Shape, branch: Branch) -> int:
    if branch.kind == Kind.TEXT:
        return MOST_CHOICES
    return MOST_FIRST_OPTIONS if branch.key == shape.start else MOST_OPTIONS


def _addable(shape: Shape, branch: Branch) -> list[Branch]:
    """What one more of its keys may lead to."""
    if branch.kind == Kind.DESK:
        return []
    return [
        each
        for each in shape.branches.values()
        if each.key not in (branch.key, shape.start, *branch.ways)
        and not (branch.kind == Kind.TEXT and each.kind == Kind.MENU)
    ]
