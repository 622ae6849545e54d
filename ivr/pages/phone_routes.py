"""The browser's telephone over HTTP: each act of the caller is one request."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import HTTPException

from ivr import clock
from ivr.carrier.webhooks import SPEECH
from ivr.carrier.wire import Signer
from ivr.handset import browser
from ivr.handset.browser import BadAct, BrowserTelephone
from ivr.handset.handset import Handset
from ivr.handset.line_faults import LineFault, NotNow
from ivr.handset.transport import Wsgi
from ivr.line.text import one_line
from ivr.line.values import Line
from ivr.pages.headers import protect
from ivr.pages.limits import limited

log = logging.getLogger(__name__)

RINGINGS = "12/minute;120/hour"
"""Calls that one address may begin in the browser [own value]."""

ACTS = "240/minute"
"""Acts in those calls: far more than fingers can do [own value]."""

FARTHEST = 10
"""Years from now that a telephone of our own can ring at [own value]: hours and holidays are known
for these, and dates at the ends of the calendar cannot be reckoned with."""

_ERRORS = (400, 403, 404, 405, 413, 429, 500, 503)


@dataclass(frozen=True, slots=True)
class Ringing:
    """A telephone and what it rings: the line, how webhooks are signed and addressed, and what
    is added to their WSGI environ (asked for at each request)."""

    line: Callable[[], Line]
    telephone: BrowserTelephone
    signer: Signer
    public_url: str
    environ: Callable[[], Mapping[str, object]]


area = Blueprint("telephone", __name__)
"""`ring` and `act` under whatever address the page of a telephone is at: registered by a name for each."""

area.after_request(protect)


def install_ringing(app: Flask, name: str, ringing: Ringing) -> None:
    """What the telephone of this name (the blueprint's) rings in this application."""
    app.extensions.setdefault("ivr.ringing", {})[name] = ringing


def _ringing() -> Ringing:
    """What the telephone that is asked rings."""
    found: Ringing = current_app.extensions["ivr.ringing"][request.blueprint]
    return found


@area.before_request
def refuse_other_sites() -> None:
    """Only our own pages ring."""
    if not from_this_site(_ringing().public_url):
        abort(403)


@area.post("/ring")
@limited(RINGINGS)
def begin(**_address: object) -> ResponseReturnValue:
    """Ring the line."""
    ringing = _ringing()
    line, asked = ringing.line(), _json()
    code = _language(line, asked.get("language"))
    path = "/voice" if code == line.first_language.code else f"/voice?{urlencode({'language': code})}"
    at = _moment(line, asked.get("at"), clock.of_request())
    return _heard(ringing, line, ringing.telephone.ring(_transport(ringing), path, at))


@area.post("/act")
@limited(ACTS)
def go_on(**_address: object) -> ResponseReturnValue:
    """Whatever the caller does: a key, words, silence, hanging up."""
    ringing, act = _ringing(), _json()
    handset = ringing.telephone.take_up(_transport(ringing), str(act.get("call", "")))
    browser.do(handset, _on_one_line(act))
    return _heard(ringing, ringing.line(), handset)


@area.errorhandler(BadAct)
def bad_act(error: BadAct) -> ResponseReturnValue:
    """What was sent makes no sense."""
    return jsonify(error="bad act", message=str(error)), 400


@area.errorhandler(NotNow)
def not_now(error: NotNow) -> ResponseReturnValue:
    """It makes sense, but not at this point of the call."""
    return jsonify(error="not now", message=str(error)), 409


@area.errorhandler(LineFault)
def fault(error: LineFault) -> ResponseReturnValue:
    """The line itself is at fault."""
    log.error("the browser's telephone met a fault of the line (error %s)", error.code)  # its address is a caller's
    return jsonify(error="fault", message=error.reason), 502


def refused(error: Exception) -> ResponseReturnValue:
    """All other errors."""
    assert isinstance(error, HTTPException)
    return jsonify(error="refused", message=error.description), error.code or 500, kept_headers(error)


for kind in (*_ERRORS, HTTPException):  # a code's own handler goes before one for all
    area.register_error_handler(kind, refused)


def kept_headers(error: HTTPException | None) -> dict[str, str]:
    """What a browser or program can act on: when to come back, what is allowed."""
    if isinstance(error, RateLimitExceeded) and error.limit:
        return {"Retry-After": str(error.limit.limit.get_expiry())}
    return {name: value for name, value in (error.get_headers() if error else ()) if name == "Allow"}


def from_this_site(public_url: str) -> bool:
    """Whether a page of ours sent this request. Browsers say so themselves and let no page
    say otherwise (Fetch Metadata; else Origin); who says nothing is refused."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    try:
        origin = urlsplit(request.headers.get("Origin", ""))
    except ValueError:
        return False
    return bool(origin.netloc) and origin.netloc in (request.host, urlsplit(public_url).netloc)


def _transport(ringing: Ringing) -> Wsgi:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return Wsgi(app, ringing.signer, ringing.public_url, {SPEECH: "local", **ringing.environ()})


def _json() -> dict[str, Any]:
    """What the browser sent; only JSON, which no form of another site can send. All its texts are ones
    that can be sent on: half a character of UTF-16, which JSON can name, is none."""
    try:
        asked = request.get_json()
        json.dumps(asked, ensure_ascii=False).encode()
    except RecursionError as error:
        raise BadAct("what was sent has no bottom") from error
    except UnicodeEncodeError as error:
        raise BadAct("what was sent holds half a character") from error
    if not isinstance(asked, dict):
        raise BadAct("what was sent is no object")
    return asked


def _on_one_line(act: dict[str, Any]) -> dict[str, Any]:
    """The act, its words cleaned, as many as a field of one line holds."""
    words = act.get("words")
    return {**act, "words": one_line(words)} if isinstance(words, str) else act


def _language(line: Line, asked: object) -> str:
    """The language that is asked for; the first where none is."""
    if asked is None or asked == "":
        return line.first_language.code
    if not isinstance(asked, str):
        raise BadAct("that is no language")
    if asked not in line.languages:
        abort(404)
    return asked


def _moment(line: Line, text: object, now: datetime) -> datetime | None:
    """The time to ring at, as a field for date and time writes it: in the line's own zone where it
    names none. A time that the clocks skip is the one that they show instead."""
    if text is None or text == "":
        return None
    try:
        if not isinstance(text, str):
            raise ValueError("no text")
        at = datetime.fromisoformat(text)
        near = abs(at.year - now.year) <= FARTHEST
    except ValueError as error:
        raise BadAct("that is no date and time") from error
    if not near:
        raise BadAct(f"that is more than {FARTHEST} years from now")
    return (at if at.tzinfo else at.replace(tzinfo=line.zone)).astimezone(UTC).astimezone(line.zone)


def _heard(ringing: Ringing, line: Line, handset: Handset) -> Response:
    joints = {language.locale: language.joint for language in line.languages.values()}
    answer = browser.view(handset, joints, ringing.public_url, request.script_root)
    response = jsonify(answer | {"call": ringing.telephone.token(handset)})
    response.headers["Cache-Control"] = "no-store"
    return response
