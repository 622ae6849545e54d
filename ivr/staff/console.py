"""The console put together: one blueprint, behind a door, with errors in words."""

import logging
from collections.abc import Iterable
from contextlib import suppress

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import StatementError
from werkzeug.exceptions import HTTPException

from ivr.carrier.faults import log_fault
from ivr.people.refusals import Later, NotAllowed, NotFound, Refusal
from ivr.people.rights import Right, may
from ivr.staff import (  # noqa: F401 (their pages are in the area)
    account_pages,
    alert_pages,
    alert_telephone_pages,
    before_after_pages,
    branch_words_pages,
    call_pages,
    change_pages,
    compare_pages,
    contact_pages,
    desk_pages,
    draft_pages,
    due_pages,
    edition_pages,
    errand_pages,
    exchange_pages,
    fact_pages,
    fact_words,
    find_pages,
    guard,
    guide_pages,
    home_pages,
    labels,
    long_recording_pages,
    notice_pages,
    own_pages,
    paper_pages,
    passage_pages,
    practice_pages,
    prepared_alert_pages,
    problem_words,
    prompt_pages,
    prove_pages,
    publish_pages,
    release_pages,
    remark_pages,
    report_pages,
    say_pages,
    set_up_pages,
    sheet_pages,
    sign_in_pages,
    sitting_pages,
    sso_pages,
    trail_pages,
    tree_pages,
    voice_pages,
)
from ivr.staff.area import area
from ivr.staff.compare import FIRST, marked, whole
from ivr.staff.context import Console, console, me, office, page, said, wrong
from ivr.staff.fact_sentences import sentences
from ivr.staff.read_editions import has_slot
from ivr.staff.review_rows import anchor, heard_as
from ivr.staff.ring_pages import install_drafts
from ivr.staff.sessions import visitor
from ivr.staff.text_links import page_of
from ivr.store.database import DatabaseGone, NotStorable
from ivr.store.health import Part

log = logging.getLogger(__name__)

__all__ = ["Console", "install"]

STATUS = ((NotAllowed, 403), (NotFound, 404), (Later, 503))
"""Of refusals; all others are 409."""


class StaffSessions(SecureCookieSessionInterface):
    """Sessions of the console alone: calls and public pages have none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request; none outside the console."""
        path = area.url_prefix
        inside = request.path == path or request.path.startswith(f"{path}/")
        return super().open_session(app, request) if inside else None


def install(app: Flask, console: Console) -> None:
    """Add the console under /staff."""
    app.secret_key = console.secret
    app.session_interface = StaffSessions()
    app.config.update(
        SESSION_COOKIE_NAME="practice" if console.practising else "staff",
        SESSION_COOKIE_PATH=practice_pages.HOME if console.practising else area.url_prefix,
        SESSION_COOKIE_SECURE=console.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        **guard.FORMS,
    )
    manager = LoginManager()
    # Not by init_app: its hook reads the session on every answer, so that caches would tell the
    # public pages apart by cookies. It serves cookies that outlive a session, which there are none of.
    app.login_manager = manager  # type: ignore[attr-defined]
    manager.user_loader(visitor)
    app.extensions["ivr.console"] = console
    app.extensions["ivr.accounts"] = console.accounts
    app.register_blueprint(area)
    install_drafts(app, console)
    alert_telephone_pages.install_alert_telephone(app, console)
    if console.practising:
        app.register_error_handler(404, practice_pages.lost)


@area.errorhandler(Refusal)
def refused(error: Refusal) -> Response:
    """What cannot be done as asked."""
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 409)
    return _refused(status, refusal=said(error), problems=getattr(error, "problems", ()))


@area.errorhandler(CSRFError)
def forged(_error: CSRFError) -> ResponseReturnValue:
    """A form that no page of this session made; the words of a text are shown again."""
    if request.endpoint == prompt_pages.SAVING and current_user.is_authenticated:
        with suppress(NotFound):  # of a draft that is not there there is nothing to show again
            return prompt_pages.shown_again(labels.forged())
    return _refused(400, refusal=labels.forged(), problems=())


@area.errorhandler(DatabaseGone)
def gone(error: DatabaseGone) -> Response:
    """No page can be shown but this one: who is signed in is not known either."""
    refusal = labels.ill(Part.DATABASE, office().health.trouble(Part.DATABASE) or error.trouble)
    return page("refused.html", 503, refusal=refusal, problems=())


@area.errorhandler(NotStorable)
def not_storable(_error: NotStorable) -> Response:
    """Something that no database stores."""
    if request.method == "GET":  # no page has such an address
        return _refused(404, refusal=labels.failure(404), problems=())
    return _refused(400, refusal=labels.not_storable(), problems=())


@area.errorhandler(StatementError)
def broken(error: StatementError) -> Response:
    """Something that this database does not store."""
    log_fault(log, "the database refused an act", error)
    return _refused(409, refusal=labels.not_storable(), problems=())


def failed(error: Exception) -> Response:
    """All other errors, in words."""
    code = error.code if isinstance(error, HTTPException) and error.code else 500
    return _refused(code, refusal=labels.failure(code), problems=())


for code in (400, 404, 405, 413, 415, 429):
    area.register_error_handler(code, failed)


def _refused(status: int, **values: object) -> Response:
    """A refusal in words; whoever is signed in keeps the ways to all pages."""
    return page("refused.html", status, me=me() if current_user.is_authenticated else None, **values)


area.add_app_template_filter(labels.when, "when")
area.add_app_template_filter(labels.when_after, "when_after")
area.add_app_template_filter(labels.as_read, "as_read")
area.add_app_template_filter(fact_words.day, "day")


@area.context_processor
def words() -> dict[str, object]:
    """What templates may say beside their own words, and ask."""
    told = {"marked": marked, "whole": whole, "first_marked": FIRST, "labels": labels, "may": _may, "Right": Right}
    told |= {"page_of": page_of, "anchor": anchor, "sentences": sentences}
    told |= {"heard_as": heard_as, "has_slot": has_slot}
    told |= {"wrongs": wrong(), "in_words": _in_words}
    return told | {"first_language": lambda: console().line().first_language.code}


def _in_words(problems: Iterable[str]) -> list[problem_words.ToldProblem]:
    """Problems in the words of the page's reader, with links where it is the page of a draft."""
    draft = (request.view_args or {}).get("draft")
    return problem_words.told(problems, draft if isinstance(draft, int) else None)


def _may(right: Right) -> bool:
    """Whether whoever is signed in may do that."""
    return may(me(), Right(right))
