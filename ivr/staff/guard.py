"""The door of the console: nobody comes in without signing in, without the right to it, or with a
form that no page of ours made. In this order, before anything is read but the head of a request."""

from flask import Response, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from ivr.line.text import cleaned
from ivr.pages.headers import protect
from ivr.pages.visitors import address
from ivr.people.networks import within
from ivr.people.refusals import Later, NotAllowed, NotFound
from ivr.people.rights import require
from ivr.staff.area import NEEDS, QUIET, UNLOCKED, Need, area
from ivr.staff.context import MOST, SECRET, console, me, now
from ivr.staff.practice_pages import let_in
from ivr.staff.prove_pages import ask_first
from ivr.staff.sessions import is_fresh
from ivr.staff.sign_in_pages import stopped

FORMS = {
    "WTF_CSRF_METHODS": {"POST", "PUT", "PATCH", "DELETE"},
    "WTF_CSRF_FIELD_NAME": "csrf_token",
    "WTF_CSRF_HEADERS": ["X-CSRFToken"],
    "WTF_CSRF_TIME_LIMIT": None,  # it lives as long as the session
    "WTF_CSRF_SSL_STRICT": False,  # behind a proxy only PUBLIC_URL knows of https
}
"""How the tokens of forms are kept."""

_tokens = CSRFProtect()  # of no application: its hook would run in every call, which is signed instead


@area.before_request
def reachable() -> None:
    """Whether the console may be reached from there at all."""
    if not within(console().networks, address()):
        raise NotAllowed("The console cannot be opened from this network. Use a computer in the city hall's own.")


@area.before_request
def installed() -> None:
    """Nobody begins what would end for want of a package: `make run` answers calls before it has installed all."""
    if console().missing and request.endpoint != "staff.static":
        raise Later("The console opens once everything is installed. Try again in a minute or two.")


@area.before_request
def readable() -> None:
    """No page of ours leads to numbers beyond those of all rows, or to NUL, which no database stores."""
    for each in (request.view_args or {}).values():
        if each > MOST if isinstance(each, int) else "\0" in str(each):
            raise NotFound("There is no such page.")


@area.before_request
def enter() -> ResponseReturnValue | None:
    """Whether this one may come in."""
    if console().practising and request.endpoint != "staff.static" and (elsewhere := let_in()):
        return elsewhere
    if request.endpoint not in UNLOCKED:
        if not current_user.is_authenticated:
            return stopped()
        if request.endpoint not in QUIET:
            session["seen"] = now().isoformat()
        need = NEEDS.get(str(request.endpoint), Need())
        require(me(), need.right)  # before a byte of a file is read
        if need.fresh and not is_fresh():
            _tokens.protect()
            return ask_first()
        if need.largest is not None:
            request.max_content_length = need.largest
            request.max_form_memory_size = need.largest
    _tokens.protect()
    return None


@area.before_request
def clean() -> None:
    """Before any form or question is read: without what nobody can see or say, whichever field it
    was typed or pasted into. Secrets are what they are."""
    request.form = _cleaned(request.form)
    request.args = _cleaned(request.args)


@area.after_request
def private(response: Response) -> Response:
    """Pages are kept nowhere, and refuse what they have no use for."""
    if request.endpoint != "staff.static":
        response.headers["Cache-Control"] = "no-store"
    return protect(response)


@area.context_processor
def tokens() -> dict[str, object]:
    """What forms carry."""
    return {"csrf_token": generate_csrf}


def _cleaned(fields: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    every = ((name, text) for name, texts in fields.lists() for text in texts)
    return ImmutableMultiDict((name, text if SECRET.search(name) else cleaned(text)) for name, text in every)
