"""The way from what callers hear to the page where it is changed: straight into the draft that one is writing, or by
way of choosing one."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.draft import Draft, Status
from ivr.editions.edition import Piece
from ivr.editions.texts import TextPlace
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right, may
from ivr.staff.area import area, needs
from ivr.staff.context import me, name_of, now, office, page, said, tell
from ivr.staff.errand_pages import check_base
from ivr.staff.text_links import page_of


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be changed: a text, a fact, a piece that is to be recorded, or what hangs on a place of the tree."""

    at: TextPlace | Piece
    branch: bool = False

    def page(self, draft: int) -> str:
        """Where that is done in a draft."""
        if isinstance(self.at, Piece):
            return url_for("staff.voice", draft=draft, code=self.at.language, key=self.at.chunk)
        if self.branch:
            return url_for("staff.branch", draft=draft, name=self.at.parts.node)
        return page_of(draft, self.at) or url_for("staff.draft", draft=draft)

    @property
    def fields(self) -> dict[str, str]:
        """It as addresses and forms carry it."""
        if isinstance(self.at, Piece):
            return {"code": self.at.language, "chunk": self.at.chunk}
        return {"file": self.at.file, "key": self.at.key} | ({"branch": "on"} if self.branch else {})


def change_url(at: TextPlace | Piece, branch: bool = False) -> str:
    """Where one goes to change something that callers hear; `branch`: the menu, text or desk itself."""
    return f"{url_for('staff.change')}?{urlencode(Target(at, branch).fields)}"


area.context_processor(lambda: {"change_url": change_url})


@area.get("/change")
def change() -> ResponseReturnValue:
    """Straight on where there is one draft of one's own that is being written and is up to date; else a choice."""
    target = _target()
    if not may(me(), Right.WRITE):
        return _choose(target, ())
    drafts = _open()
    mine = [each for each in drafts if each.by == me().id and not office().approval.outdated(each.id, now())]
    if len(mine) == 1:
        tell("You are in the draft “%(title)s”.", title=mine[0].title)
        return redirect(target.page(mine[0].id), 303)
    return _choose(target, drafts)


@area.post("/change")
@needs(Right.WRITE)
def change_in_new() -> ResponseReturnValue:
    """Begin a draft, and go on to it."""
    target = _target()
    try:
        made = office().drafts.start(request.form.get("title", ""), me(), now())
    except Refused as error:
        return _choose(target, _open(), error)
    check_base(made)
    tell("You are in the draft “%(title)s”.", title=made.title)
    return redirect(target.page(made.id), 303)


def _open() -> tuple[Draft, ...]:
    """The drafts that are being written, but for that in which facts wait that were confirmed."""
    gathering = office().facts.waiting()
    return tuple(each for each in office().drafts.all(Status.OPEN) if gathering is None or each.id != gathering.id)


def _choose(target: Target, drafts: tuple[Draft, ...], error: Refused | None = None) -> ResponseReturnValue:
    return page(
        "change.html",
        409 if error else 200,
        me=me(),
        what=name_of(target.at),
        ways=[(each, target.page(each.id)) for each in drafts],
        fields=target.fields,
        title=request.form.get("title") or name_of(target.at)[:200],
        problem=said(error) if error else None,
    )


def _target() -> Target:
    values = request.values
    if "chunk" in values:
        return Target(Piece(values.get("code", ""), values["chunk"]))
    if not values.get("file") or not values.get("key"):
        raise NotFound("There is no such page.")
    return Target(TextPlace(values["file"], values["key"]), branch="branch" in values)
