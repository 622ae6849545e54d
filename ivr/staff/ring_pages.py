"""A draft rung before anybody hears it: the browser's telephone on exactly these words, at any
date and time."""

from flask import Flask, request
from flask.typing import ResponseReturnValue

from ivr.line.values import Line
from ivr.staff import telephones
from ivr.staff.area import area
from ivr.staff.context import Console, changed, console, me, now, office, page

_NAME = "draft_telephone"


def _edition() -> str:
    """The edition in the address."""
    return str((request.view_args or {})["edition"])


def _line() -> Line:
    return office().shelf.draft_line(_edition(), now())


@area.get("/drafts/<int:draft>/phone")
def ring_draft(draft: int) -> ResponseReturnValue:
    made = office().drafts.preview(draft, now())
    console().begin_to_speak(changed(draft))
    shown = office().shelf.draft_line(made.id, now())
    return page(
        "ring.html",
        me=me(),
        draft=office().drafts.get(draft),
        edition=made.id,
        telephone=telephones.on_page(_NAME, shown, draft=draft, edition=made.id),
        differences=office().drafts.differences(draft),
    )


def install_drafts(app: Flask, console: Console) -> None:
    """Let the telephone of drafts ring the edition in its address."""
    telephones.install(app, console, _NAME, _line, _edition)


telephones.put_up(_NAME, "/drafts/<int:draft>/phone/<edition>")
