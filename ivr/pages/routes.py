"""The public pages: the transcript, the browser's telephone, and errors in words."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, format_date, format_time
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from ivr import clock
from ivr.carrier.sound_files import FOR_EVER
from ivr.carrier.wire import Signer
from ivr.handset.browser import BrowserTelephone
from ivr.line.values import Line
from ivr.pages import catalogues, page_labels, phone_routes
from ivr.pages.headers import protect
from ivr.pages.limits import limited
from ivr.pages.phone_routes import Ringing, install_ringing, kept_headers
from ivr.pages.sending import FRESH_SECONDS, KeptPages, sent, serve_files
from ivr.pages.text_sounds import TextSounds
from ivr.pages.transcript import ListenTo, transcript

TRANSLATIONS = Path(__file__).parent / "translations"

READINGS = "60/minute"
"""Pages that one address may ask for [own value]."""

LISTENINGS = "60/minute"
"""Texts that one address may listen to: each is put together anew [own value]."""

ERRORS = (400, 403, 404, 405, 413, 429, 500, 503)


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages need: the current line, the telephone and how its webhooks are signed and
    addressed, and the texts as sounds. `kept` are those that were made."""

    line: Callable[[], Line]
    telephone: BrowserTelephone
    signer: Signer
    public_url: str
    listening: TextSounds
    kept: KeptPages = field(default_factory=KeptPages)


area = Blueprint("pages", __name__, template_folder="templates")
"""The pages to read."""

area.after_request(protect)
serve_files(area, Path(__file__).parent / "static", "/static/pages")


def install(app: Flask, pages: Pages) -> None:
    """Add the pages and the errors in words to the application."""
    app.extensions["ivr.pages"] = pages
    app.register_blueprint(area)
    install_ringing(app, "telephone", _public(pages))
    app.register_blueprint(phone_routes.area, url_prefix="/phone")
    for code in ERRORS:
        app.register_error_handler(code, in_words)


def pages() -> Pages:
    """The pages of the application that is asked."""
    found: Pages = current_app.extensions["ivr.pages"]
    return found


def _public(pages: Pages) -> Ringing:
    """The telephone of everybody: it rings the line as callers do, and hears its own voice."""
    return Ringing(
        line=pages.line,
        telephone=pages.telephone,
        signer=pages.signer,
        public_url=pages.public_url,
        environ=lambda: {},
    )


@area.get("/", defaults={"language": ""})
@area.get("/<language>")
@limited(READINGS)
def read(language: str) -> ResponseReturnValue:
    """The transcript, in a language of the line."""
    line = pages().line()
    code = _language(line, language)
    if language == line.first_language.code:
        return redirect(url_for("pages.read"), 308)
    now = clock.of_request().astimezone(line.zone)

    def made() -> str:
        return _written(
            line,
            code,
            "pages.read",
            "pages/transcript.html",
            script=transcript(line, code, now, _listen_to(pages().listening)),
            now=now,
            date_words=format_date,
            time_words=format_time,
            number=pages().telephone.number,
            groups=page_labels.groups,
            slots=page_labels.slots,
        )

    alerts = tuple(alert.key for alert in line.alerts_at(now))  # these begin at any second, desks at full minutes
    return _kept(line, code, ("read", now.replace(second=0, microsecond=0), alerts), made)


@area.get("/listen/<language>/<part>.wav")
@limited(LISTENINGS)
def listen(language: str, part: str) -> ResponseReturnValue:
    """A whole text as one sound."""
    sound = pages().listening.wav(language, part)
    if sound is None:
        abort(404)
    version = pages().listening.version(language, part)
    response = send_file(BytesIO(sound), "audio/wav", etag=version or True)
    lasting = request.args.get("version") == version
    response.headers["Cache-Control"] = f"public, max-age={FOR_EVER if lasting else FRESH_SECONDS}"
    return response


@area.get("/phone", defaults={"language": ""})
@area.get("/<language>/phone")
@limited(READINGS)
def ring(language: str) -> ResponseReturnValue:
    """The telephone in the browser."""
    line = pages().line()
    code = _language(line, language)
    if language == line.first_language.code:
        return redirect(url_for("pages.ring"), 308)
    ways = _set(url_for("telephone.begin"), url_for("telephone.go_on"))
    return _kept(line, code, "ring", lambda: _written(line, code, "pages.ring", "pages/phone.html", **ways))


def telephone_set(line: Line, code: str, ring: str, act: str, token: str) -> Markup:
    """The telephone by itself, for a page of another room: `ring` and `act` are its addresses,
    `token` what their requests must bear. It speaks to its user in the language `code`."""
    with force_locale(locale_of(code)):
        values = {"line": line, "language": line.languages[code], "frame": locale_of(code), "token": token}
        values |= {"at_once": True, **_set(ring, act)}
        return Markup(render_template("pages/set.html", **values))


def locale_of(code: str) -> str:
    """The language in which pages for readers of a language tell dates and their own words: one in
    which they can be had (`catalogues`)."""
    return catalogues.nearest(code, catalogues.languages(TRANSLATIONS))


def _set(ring: str, act: str) -> dict[str, object]:
    return {"keys": page_labels.keys, "strings": page_labels.moments, "ring": ring, "act": act}


# --- pages --------------------------------------------------------------------------------


def _listen_to(listening: TextSounds) -> ListenTo:
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


def _kept(line: Line, code: str, about: Hashable, make: Callable[[], str]) -> Response:
    """A page in a language, which is made once for all that it is about."""
    response = sent(pages().kept.page(line, (code, about), make), FRESH_SECONDS)
    response.headers["Content-Language"] = ", ".join(dict.fromkeys((code, locale_of(code))))
    return response


def _written(line: Line, code: str, endpoint: str, template: str, **values: object) -> str:
    with force_locale(locale_of(code)):
        return render_template(template, **_frame(line, code, endpoint), **values)


def _frame(line: Line, code: str, endpoint: str) -> dict[str, object]:
    """What every page shows around itself: languages and ways to the other pages."""
    first = line.first_language.code

    def address(to: str, language: str = code) -> str:
        return url_for(to) if language == first else url_for(to, language=language)

    return {
        "line": line,
        "frame": locale_of(code),
        "language": line.languages[code],
        "languages": tuple(line.languages.values()),
        "endpoint": endpoint,
        "address": address,
        "public_url": current_app.extensions["ivr.settings"].public_url,
    }


def in_words(error: Exception) -> ResponseReturnValue:
    """An error in words, in the language of the address; to a program, in one line."""
    line = pages().line()
    found = error if isinstance(error, HTTPException) else None
    code = (found and found.code) or 500
    if request.path.startswith("/voice"):
        return found or Response(status=code)
    asked = request.path.strip("/").partition("/")[0]
    language = asked if asked in line.languages else line.first_language.code
    with force_locale(locale_of(language)):
        body = render_template(
            "pages/error.html", code=code, words=page_labels.error(code), **_frame(line, language, "pages.read")
        )
    response = make_response(body, code)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = locale_of(language)
    response.headers.extend(kept_headers(found))
    return protect(response)
