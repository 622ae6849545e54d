"""The public pages: the transcript, the browser's telephone, and errors in words."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, format_date, format_time
from flask_limiter import Limiter, RateLimitExceeded
from werkzeug.exceptions import HTTPException

from ivr.carrier.handset import Handset, LineFault, NotNow, Wsgi
from ivr.carrier.sounds import FOR_EVER
from ivr.carrier.webhooks import NOW, SPEECH
from ivr.line.values import Line
from ivr.pages import labels, telephone
from ivr.pages.listening import Listening
from ivr.pages.telephone import BadAct, Telephone
from ivr.pages.transcript import ListenTo, transcript

log = logging.getLogger(__name__)

READINGS = "60/minute"
"""Pages that one address may ask for [own value]."""

RINGINGS = "12/minute;120/hour"
"""Calls that one address may begin in the browser [own value]."""

LISTENINGS = "60/minute"
"""Texts that one address may listen to: each is put together anew [own value]."""

ACTS = "240/minute"
"""Acts in those calls: far more than fingers can do [own value]."""

FRESH_SECONDS = 60
"""How long a page may be kept: it tells which desks are open now."""

STYLE_SECONDS = 3600

ERRORS = (400, 403, 404, 405, 413, 429, 500, 503)


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages need: the current line, the telephone and how its webhooks are signed and
    addressed, the texts as sounds, and the limiter of all requests."""

    line: Callable[[], Line]
    telephone: Telephone
    token: str
    public_url: str
    listening: Listening
    limiter: Limiter


class _Area(Blueprint):
    """A blueprint whose files may be kept for an hour."""

    def get_send_file_max_age(self, filename: str | None) -> int:  # noqa: ARG002 (the same for all)
        return STYLE_SECONDS


def install(app: Flask, pages: Pages) -> None:
    """Add the pages and the errors in words to the application."""
    app.register_blueprint(blueprint(pages))
    app.register_blueprint(_telephone(pages), url_prefix="/phone")
    for code in ERRORS:
        app.register_error_handler(code, lambda error: _error(pages.line(), error))


def blueprint(pages: Pages) -> Blueprint:
    """The pages to read."""
    area = _Area(
        "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static/pages"
    )

    @area.get("/", defaults={"language": ""})
    @area.get("/<language>")
    @pages.limiter.limit(READINGS)
    def read(language: str) -> ResponseReturnValue:
        line = pages.line()
        code = _language(line, language)
        if language == line.first_language.code:
            return redirect(url_for("pages.read"), 308)
        now = _now().astimezone(line.zone)
        return _page(
            line,
            code,
            "pages.read",
            "pages/transcript.html",
            script=transcript(line, code, now, _listen_to(pages.listening)),
            now=now,
            date_words=format_date,
            time_words=format_time,
            number=pages.telephone.number,
            groups=labels.groups,
            slots=labels.slots,
        )

    @area.get("/listen/<language>/<part>.wav")
    @pages.limiter.limit(LISTENINGS)
    def listen(language: str, part: str) -> ResponseReturnValue:
        sound = pages.listening.wav(language, part)
        if sound is None:
            abort(404)
        version = pages.listening.version(language, part)
        response = send_file(BytesIO(sound), "audio/wav", etag=version or True)
        lasting = request.args.get("version") == version
        response.headers["Cache-Control"] = f"public, max-age={FOR_EVER if lasting else FRESH_SECONDS}"
        return response

    @area.get("/phone", defaults={"language": ""})
    @area.get("/<language>/phone")
    @pages.limiter.limit(READINGS)
    def ring(language: str) -> ResponseReturnValue:
        line = pages.line()
        code = _language(line, language)
        if language == line.first_language.code:
            return redirect(url_for("pages.ring"), 308)
        return _page(line, code, "pages.ring", "pages/phone.html", keys=labels.keys, strings=labels.moments)

    return area


def _telephone(pages: Pages) -> Blueprint:
    """The browser's telephone: each act of the caller is one request."""
    area = Blueprint("telephone", __name__)

    @area.before_request
    def refuse_other_sites() -> None:
        if not _from_this_site(pages.public_url):
            abort(403)

    @area.post("/ring")
    @pages.limiter.limit(RINGINGS)
    def begin() -> ResponseReturnValue:
        line, asked = pages.line(), _json()
        code = _language(line, str(asked.get("language", "")))
        path = "/voice" if code == line.first_language.code else f"/voice?{urlencode({'language': code})}"
        at = _moment(line, asked.get("at"))
        return _heard(pages, line, pages.telephone.ring(_carrier(pages), path, at))

    @area.post("/act")
    @pages.limiter.limit(ACTS)
    def go_on() -> ResponseReturnValue:
        act = _json()
        handset = pages.telephone.take_up(_carrier(pages), str(act.get("call", "")))
        telephone.do(handset, act)
        return _heard(pages, pages.line(), handset)

    @area.errorhandler(BadAct)
    def bad_act(error: BadAct) -> ResponseReturnValue:
        return jsonify(error="bad act", message=str(error)), 400

    @area.errorhandler(NotNow)
    def not_now(error: NotNow) -> ResponseReturnValue:
        return jsonify(error="not now", message=str(error)), 409

    @area.errorhandler(LineFault)
    def fault(error: LineFault) -> ResponseReturnValue:
        log.error("the browser's telephone met a fault of the line: %s", error)
        return jsonify(error="fault", message=error.reason), 502

    def refused(error: Exception) -> ResponseReturnValue:
        assert isinstance(error, HTTPException)
        return jsonify(error="refused", message=error.description), error.code or 500, _kept_headers(error)

    for kind in (*ERRORS, HTTPException):  # a code's own handler goes before one for all
        area.register_error_handler(kind, refused)
    return area


# --- the telephone ------------------------------------------------------------------------


def _from_this_site(public_url: str) -> bool:
    """Whether a page of ours sent this request. Browsers say so themselves and let no page
    say otherwise (Fetch Metadata; else Origin); who says nothing is refused."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc in (request.host, urlsplit(public_url).netloc)


def _carrier(pages: Pages) -> Wsgi:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return Wsgi(app, pages.token, pages.public_url, {SPEECH: "local"})


def _json() -> dict[str, Any]:
    """What the browser sent; only JSON, which no form of another site can send."""
    asked = request.get_json()
    if not isinstance(asked, dict):
        raise BadAct("what was sent is no object")
    return asked


def _moment(line: Line, text: object) -> datetime | None:
    """The time to ring at, as a field for date and time writes it: in the line's own zone."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=line.zone)
    except ValueError as error:
        raise BadAct("that is no date and time") from error


def _heard(pages: Pages, line: Line, handset: Handset) -> Response:
    joints = {language.locale: language.joint for language in line.languages.values()}
    answer = telephone.view(handset, joints, pages.public_url)
    response = jsonify(answer | {"call": pages.telephone.token(handset)})
    response.headers["Cache-Control"] = "no-store"
    return response


# --- pages --------------------------------------------------------------------------------


def _listen_to(listening: Listening) -> ListenTo:
    """Addresses that change with their sound, so that they may be kept for ever."""

    def address(language: str, part: str) -> str | None:
        version = listening.version(language, part)
        return url_for("pages.listen", language=language, part=part, version=version) if version else None

    return address


def _language(line: Line, asked: str) -> str:
    """The language that an address asks for; the first where it asks for none."""
    if asked and asked not in line.languages:
        abort(404)
    return asked or line.first_language.code


def _now() -> datetime:
    """The time, or the one that a caller in this process has set, as for the webhooks."""
    now: datetime = request.environ.get(NOW) or datetime.now(UTC)
    return now


def _page(line: Line, code: str, endpoint: str, template: str, **values: object) -> Response:
    with force_locale(code):
        response = make_response(render_template(template, **_frame(line, code, endpoint), **values))
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    response.headers["Content-Language"] = code
    response.add_etag()
    response.make_conditional(request)
    return response


def _frame(line: Line, code: str, endpoint: str) -> dict[str, object]:
    """What every page shows around itself: languages and ways to the other pages."""
    first = line.first_language.code

    def address(to: str, language: str = code) -> str:
        return url_for(to) if language == first else url_for(to, language=language)

    return {
        "line": line,
        "language": line.languages[code],
        "languages": tuple(line.languages.values()),
        "endpoint": endpoint,
        "address": address,
        "public_url": current_app.extensions["ivr.settings"].public_url,
    }


def _error(line: Line, error: Exception) -> ResponseReturnValue:
    """An error in words, in the language of the address; to a program, in one line."""
    found = error if isinstance(error, HTTPException) else None
    code = (found and found.code) or 500
    if request.path.startswith("/voice"):
        return found or Response(status=code)
    asked = request.path.strip("/").partition("/")[0]
    language = asked if asked in line.languages else line.first_language.code
    with force_locale(language):
        body = render_template(
            "pages/error.html", code=code, words=labels.error(code), **_frame(line, language, "pages.read")
        )
    response = make_response(body, code)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = language
    response.headers.extend(_kept_headers(found))
    return response


def _kept_headers(error: HTTPException | None) -> dict[str, str]:
    """What a browser or program can act on: when to come back, what is allowed."""
    if isinstance(error, RateLimitExceeded) and error.limit:
        return {"Retry-After": str(error.limit.limit.get_expiry())}
    return {name: value for name, value in (error.get_headers() if error else ()) if name == "Allow"}
