"""The console put together: one blueprint, behind a door, with errors in words."""

import logging
from contextlib import suppress
from datetime import datetime

from flask import Blueprint, Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_datetime
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import StatementError
from werkzeug.exceptions import HTTPException

from ivr.carrier.faults import log_fault
from ivr.people.refusals import Later, NotAllowed, NotFound, Refused
from ivr.staff import (
    alerts,
    desks,
    drafts,
    editions,
    entering,
    exchange,
    facts,
    guide,
    home,
    labels,
    members,
    own,
    passages,
    prompts,
    publishing,
    recording,
    ringing,
    sessions,
    trail,
)
from ivr.staff.compare import FIRST, marked, whole
from ivr.staff.context import Console, me, page, said
from ivr.store.database import DatabaseGone, NotStorable
from ivr.store.health import Part

log = logging.getLogger(__name__)

__all__ = ["Console", "install"]

ROOMS = (
    sessions,
    entering,
    home,
    drafts,
    prompts,
    recording,
    ringing,
    facts,
    publishing,
    editions,
    alerts,
    desks,
    trail,
    exchange,
    passages,
    members,
    own,
    guide,
)


STATUS = ((NotAllowed, 403), (NotFound, 404), (Later, 503))
"""Of refusals; all others are 409."""


def install(app: Flask, console: Console) -> None:
    """Add the console under /staff."""
    app.secret_key = console.secret
    app.config.update(
        SESSION_COOKIE_NAME="staff",
        SESSION_COOKIE_PATH="/staff",
        SESSION_COOKIE_SECURE=console.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,  # webhooks are signed instead; the console's door asks for it
        WTF_CSRF_TIME_LIMIT=None,  # it lives as long as the session
        WTF_CSRF_SSL_STRICT=False,  # behind a proxy only PUBLIC_URL knows of https
    )
    csrf = CSRFProtect(app)
    manager = LoginManager()
    # Not by init_app: its hook reads the session on every answer, so that caches would tell the
    # public pages apart by cookies. It serves cookies that outlive a session, which there are none of.
    app.login_manager = manager  # type: ignore[attr-defined]
    manager.user_loader(lambda key: sessions.visitor(console, key))
    app.register_blueprint(_area(console, csrf))
    app.extensions["ivr.accounts"] = console.accounts


def _area(console: Console, csrf: CSRFProtect) -> Blueprint:
    area = Blueprint(
        "staff",
        __name__,
        url_prefix="/staff",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    sessions.guard(area, console, csrf)
    area.before_request(sessions.clean)
    for room in ROOMS:
        room.add(area, console)
    _errors(area, console)
    _words(area, console)

    @area.after_request
    def private(response: Response) -> Response:
        if request.endpoint != "staff.static":
            response.headers["Cache-Control"] = "no-store"
        return response

    return area


def _errors(area: Blueprint, console: Console) -> None:
    @area.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 409)
        return _refused(status, refusal=said(error), problems=getattr(error, "problems", ()))

    @area.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> ResponseReturnValue:
        if request.endpoint == prompts.SAVING and current_user.is_authenticated:
            with suppress(NotFound):  # of a draft that is not there there is nothing to show again
                return prompts.shown_again(console, labels.forged())
        return _refused(400, refusal=labels.forged(), problems=())

    @area.errorhandler(DatabaseGone)
    def gone(error: DatabaseGone) -> Response:
        refusal = labels.ill(Part.DATABASE, console.office.health.trouble(Part.DATABASE) or error.trouble)
        return page("refused.html", 503, refusal=refusal, problems=())  # who is signed in is not known either

    @area.errorhandler(NotStorable)
    def not_storable(_error: NotStorable) -> Response:
        if request.method == "GET":  # no page has such an address
            return _refused(404, refusal=labels.failure(404), problems=())
        return _refused(400, refusal=labels.not_storable(), problems=())

    @area.errorhandler(StatementError)
    def broken(error: StatementError) -> Response:
        log_fault(log, "the database refused an act", error)
        return _refused(409, refusal=labels.not_storable(), problems=())

    def failed(error: Exception) -> Response:
        code = error.code if isinstance(error, HTTPException) and error.code else 500
        return _refused(code, refusal=labels.failure(code), problems=())

    for code in (400, 404, 405, 413, 415, 429):
        area.register_error_handler(code, failed)


def _refused(status: int, **values: object) -> Response:
    """A refusal in words; whoever is signed in keeps the ways to all pages."""
    return page("refused.html", status, me=me() if current_user.is_authenticated else None, **values)


def _words(area: Blueprint, console: Console) -> None:
    """What templates may say beside their own words."""

    @area.app_template_filter("when")
    def when(moment: datetime) -> str:
        return str(format_datetime(moment.astimezone(console.zone), labels.moment_pattern(), rebase=False))

    area.add_app_template_filter(format_date, "day")
    area.context_processor(lambda: {"marked": marked, "whole": whole, "first_marked": FIRST, "labels": labels})
