"""The telephone by which staff hear alerts for practice: the live line, with what no caller hears."""

from flask import Flask, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from ivr.carrier.webhooks import DRAFT
from ivr.line.values import Line
from ivr.pages import phone_routes
from ivr.pages.phone_routes import Ringing, install_ringing
from ivr.pages.routes import telephone_set
from ivr.people.rights import Right
from ivr.staff.area import area, needs_at
from ivr.staff.context import Console, language, me, now, office, page

_NAME = "alert_telephone"


@area.get("/alerts/phone")
def ring_practice() -> ResponseReturnValue:
    """The telephone, and what it hears beside what callers do."""
    line = _line()
    begin, go_on = (url_for(f"staff.{_NAME}.{act}") for act in ("begin", "go_on"))
    code = language() if language() in line.languages else line.first_language.code
    telephone = telephone_set(line, code, begin, go_on, generate_csrf())
    return page(
        "practice_ring.html", me=me(), telephone=telephone, alerts=office().announcements.practice_alerts(now())
    )


def install_alert_telephone(app: Flask, console: Console) -> None:
    """Let this telephone ring the live edition as staff hear it."""
    telephone = Ringing(
        line=_line,
        telephone=console.telephone(_line),
        signer=console.signer,
        public_url=console.public_url,
        environ=lambda: {DRAFT: _line().edition},
    )
    install_ringing(app, f"staff.{_NAME}", telephone)


def _line() -> Line:
    return office().shelf.draft_line("", now())


for name in ("begin", "go_on"):
    needs_at(f"{_NAME}.{name}", Right.LOOK)

area.register_blueprint(phone_routes.area, name=_NAME, url_prefix="/alerts/phone")
