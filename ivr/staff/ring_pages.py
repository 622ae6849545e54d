"""A draft rung before anybody hears it: the browser's telephone on exactly these words, at any
date and time."""

from flask import Flask, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from ivr.carrier.webhooks import DRAFT
from ivr.line.values import Line
from ivr.pages import phone_routes
from ivr.pages.phone_routes import Ringing, install_ringing
from ivr.pages.routes import telephone_set
from ivr.people.rights import Right
from ivr.staff.area import area, needs_at
from ivr.staff.context import Console, changed, console, language, me, now, office, page


def _line() -> Line:
    """The line of the edition in the address."""
    return office().shelf.draft_line(str((request.view_args or {})["edition"]), now())


@area.get("/drafts/<int:draft>/phone")
def ring_draft(draft: int) -> ResponseReturnValue:
    made = office().drafts.preview(draft, now())
    console().begin_to_speak(changed(draft))
    shown = office().shelf.draft_line(made.id, now())
    begin = url_for("staff.draft_telephone.begin", draft=draft, edition=made.id)
    go_on = url_for("staff.draft_telephone.go_on", draft=draft, edition=made.id)
    code = language() if language() in shown.languages else shown.first_language.code
    return page(
        "ring.html",
        me=me(),
        draft=office().drafts.get(draft),
        edition=made.id,
        telephone=telephone_set(shown, code, begin, go_on, generate_csrf()),
        differences=office().drafts.differences(draft),
    )


def install_drafts(app: Flask, console: Console) -> None:
    """Let the telephone of drafts ring the edition in its address."""
    telephone = Ringing(
        line=_line,
        telephone=console.telephone(_line),
        signer=console.signer,
        public_url=console.public_url,
        environ=lambda: {DRAFT: (request.view_args or {})["edition"]},
    )
    install_ringing(app, "staff.draft_telephone", telephone)


for name in ("begin", "go_on"):
    needs_at(f"draft_telephone.{name}", Right.LOOK)

area.register_blueprint(phone_routes.area, name="draft_telephone", url_prefix="/drafts/<int:draft>/phone/<edition>")
