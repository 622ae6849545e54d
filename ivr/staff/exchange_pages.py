"""All texts out as TOML or a spreadsheet, and back into a draft, the difference first."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions import exchange, reading
from ivr.editions.outlook import outlook
from ivr.editions.structure import Shape, Texts, names_of
from ivr.editions.texts import TextPlace
from ivr.people.refusals import Later, Refused
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, tell, tell_wrong

LARGEST_FORM = reading.LARGEST + 100_000
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _show(draft: int, error: Refused | None = None) -> ResponseReturnValue:
    problem = said(error) if error else None
    status = 200 if error is None else 503 if isinstance(error, Later) else 409
    return page("exchange.html", status, me=me(), draft=office().drafts.get(draft), problem=problem)


@area.get("/drafts/<int:draft>/exchange")
def exchanging(draft: int) -> ResponseReturnValue:
    return _show(draft)


@area.get("/drafts/<int:draft>/texts.xlsx")
def spreadsheet(draft: int) -> ResponseReturnValue:
    return _file(exchange.written(office().drafts.edition(draft), console().seats), f"texts-{draft}.xlsx", _SPREADSHEET)


@area.get("/drafts/<int:draft>/texts.zip")
def toml(draft: int) -> ResponseReturnValue:
    return _file(exchange.as_toml(office().drafts.edition(draft)), f"texts-{draft}.zip", "application/zip")


@area.post("/drafts/<int:draft>/import/look")
@needs(Right.WRITE, LARGEST_FORM)
def look_at_import(draft: int) -> ResponseReturnValue:
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise Refused("Choose a file.")
        found = exchange.read(upload.filename, upload.read(reading.LARGEST + 1), console().seats)
        proposal = exchange.propose(office().drafts.words(draft), found)
    except Refused as error:
        tell_wrong("file", said(error))  # whatever is wrong is so in what was sent
        return _show(draft, error)
    return page(
        "import.html",
        me=me(),
        draft=office().drafts.get(draft),
        proposal=proposal,
        carried=_carried(proposal.changes),
        carried_away=_carried(proposal.goes),
        **_looked_at(office().reshaping.texts(draft), proposal),
    )


@area.post("/drafts/<int:draft>/import")
@needs(Right.WRITE, LARGEST_FORM)
def take_in(draft: int) -> ResponseReturnValue:
    try:
        away = request.form.get("away") == "on"
        rows = [*_rows(request.form.get("changes", "")), *(_rows(request.form.get("goes", "")) if away else ())]
        changes = {place: text for place, text, _ in rows}
        if not changes or not exchange.takes(office().drafts.words(draft), changes):
            raise Refused("Choose a file.")
        office().drafts.save_all(draft, changes, {place: based for place, _, based in rows}, me(), now())
    except Refused as error:
        return _show(draft, error)
    tell("%(count)s texts were taken into the draft.", count=len(changes))
    return redirect(url_for("staff.draft", draft=draft), 303)


def _rows(text: str) -> list[tuple[TextPlace, str, int]]:
    """The changes as the page before carried them. Refused where they are not so any more."""
    try:
        found = [
            (TextPlace(str(file), str(key)), str(after), int(based)) for file, key, after, based in json.loads(text)
        ]
        json.dumps([after for _, after, _ in found], ensure_ascii=False).encode()  # half a character is none
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise Refused("Choose a file.") from error
    return found


def _carried(changes: Sequence[exchange.Change]) -> str:
    rows = [[each.place.file, each.place.key, each.after, each.based_on] for each in changes]
    return json.dumps(rows, ensure_ascii=False)


def _looked_at(texts: Texts, proposal: exchange.Proposal) -> dict[str, Any]:
    """What would come of it for the tree of the call; nothing where that stays as it is."""
    changes = {each.place: each.after for each in proposal.changes}
    after, code = {**texts, **changes}, next(iter(Shape.of(texts).languages), "")
    branches = {**Shape.of(texts).branches, **Shape.of(after).branches}
    names: dict[str, Any] = {"code": code, "old_names": names_of(texts, code), "names": names_of(after, code)}
    kinds = {key: branch.kind for key, branch in branches.items()}
    found = outlook(texts, lambda _texts: changes, code)
    told = found.comes or found.goes or found.keys or found.breaks or found.missing
    return {**names, "kinds": kinds, "found": found if told else None}


def _file(content: bytes, name: str, kind: str) -> Response:
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
