"""The carrier's webhooks: gather what was heard, let the conversation decide, answer TwiML.

No route keeps anything: a repeated request gives the same answer at the same time.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import PathConverter

from ivr import clock
from ivr.call.whispers import whisper
from ivr.carrier import addresses, edge, fallback, twiml
from ivr.carrier.addresses import VERSION, Parts
from ivr.carrier.faults import log_fault
from ivr.carrier.front import Front
from ivr.carrier.wire import CarrierFields
from ivr.line.values import Line

log = logging.getLogger(__name__)

METHODS = ("POST", "GET")
"""By which a webhook may come: a number at a carrier may be set to either. HEAD goes with GET."""

SPEECH = "ivr.speech"
"""The WSGI environ key by which a telephone of our own, in a browser, asks for the line's own
voice, "local". Its callers type words, which cost nothing to recognise, so those are taken."""

DRAFT = "ivr.draft"
"""The WSGI environ key by which a telephone of staff rings an edition that is not published:
its id. Without it no call gets there, whatever its address says."""


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What the webhooks need: their front, the line of an edition (of the current one for "" or for one that
    is no more), the same with drafts for the telephones of staff, and the document that is answered when all
    else fails."""

    front: Front
    line: Callable[[str, datetime], Line]
    draft_line: Callable[[str, datetime], Line]
    last_words: str


class _Anything(PathConverter):
    """What stands in a path, line breaks included, which the library's own converter leaves out."""

    regex = r"[\s\S]+?"
    part_isolating = False


area = Blueprint("voice", __name__, url_prefix="/voice")
"""All routes under /voice."""

area.record_once(lambda setup: setup.app.url_map.converters.update(anything=_Anything))


def install(app: Flask, hooks: Webhooks) -> None:
    """Add the webhooks to the application."""
    app.extensions["ivr.webhooks"] = hooks
    app.register_blueprint(area)


def _hooks() -> Webhooks:
    """The webhooks of the application that is asked."""
    found: Webhooks = current_app.extensions["ivr.webhooks"]
    return found


@area.before_app_request  # of any method, of addresses that no route knows, and before the pages' own
def refuse_strangers() -> None:
    """Nobody but the carrier calls here. The server's door has looked already, and tells what it read."""
    if not _is_ours(request.path):
        return
    g.of_everybody = not any(name in request.environ for name in (clock.NOW, DRAFT, SPEECH))
    if edge.FIELDS not in request.environ:
        request.environ[edge.FIELDS] = _admitted()
    g.log = ExitStack()
    g.log.enter_context(_hooks().front.telling_of(edge.fields(request), clock.of_request()))


def _admitted() -> CarrierFields:
    header = request.headers.get
    told = _hooks().front.admitted(
        request.method,
        edge.target(request.environ),
        lambda name: header(name, ""),
        request.content_type or "",
        request.get_data(),
    )
    if told is None:
        abort(403)
    return told


@area.teardown_app_request
def tell_of_nobody(_error: BaseException | None) -> None:
    """The thread has other requests to answer."""
    if "log" in g:
        g.pop("log").close()


@area.after_app_request  # whoever wrote it: the line, the staff's telephone, the last net
def in_the_carriers_words(response: Response) -> Response:
    """The document as the carrier spells it."""
    carrier = _hooks().front.carrier
    done = isinstance(response, _InTheCarriersWords)
    if carrier.dialect and not done and _is_ours(request.path) and response.mimetype == "text/xml":
        response.set_data(carrier.written(response.get_data(as_text=True)))
    return response


@area.route("", methods=METHODS)
@area.route("/", methods=METHODS)
def ring() -> Response:
    """A call begins."""
    return _answer(Parts("", request.args.get("language", ""), "", addresses.RING))


@area.route("/status", methods=METHODS)
def status() -> Response:
    """The carrier tells what became of a call."""
    return _written(_hooks().front.over(edge.fields(request), clock.of_request()))


@area.route(
    f"/{VERSION}/<edition>/<language>/<trail>/<any({addresses.KEY},{addresses.SILENCE},{addresses.DIALLED}):event>",
    methods=METHODS,
)
def go_on(edition: str, language: str, trail: str, event: str) -> Response:
    """A call goes on from where its address says that it stands."""
    return _answer(Parts(edition, language, trail, event, request.args))


@area.route(f"/{VERSION}/<edition>/<language>/<about>/{addresses.WHISPER}", methods=METHODS)
def tell_a_desk(edition: str, language: str, about: str) -> Response:
    """A desk has answered. Whatever goes wrong, it is joined, told or not."""
    try:
        return _twiml(_told(_line(edition), language, about))
    except Exception as error:
        log_fault(log, "a desk could not be told what a call is about; it is joined all the same", error)
        return _twiml(twiml.empty())


@area.route("/<anything:_anything>", methods=METHODS)
def lost(_anything: str) -> Response:
    """No place of the line: the call begins anew."""
    return _answer(Parts())


@area.errorhandler(Exception)
def keep_the_call(error: Exception) -> Response | HTTPException:
    """A fault of ours must not cost the caller the call: read the desks' numbers."""
    if isinstance(error, HTTPException):
        return error
    log_fault(log, "a webhook failed; the caller hears the static document", error)
    try:
        _hooks().front.metrics.fault(edge.fields(request).built_in)
        line = _line("")
        return _twiml(fallback.of_line(line))
    except Exception as second:
        log_fault(log, "the line cannot be had either; the caller hears the document made at the start", second)
        return _twiml(_hooks().last_words)


def _is_ours(path: str) -> bool:
    return path == "/voice" or path.startswith("/voice/")


def _line(edition: str) -> Line:
    """The line of the call; a telephone of staff rings its draft."""
    hooks = _hooks()
    draft, now = request.environ.get(DRAFT), clock.of_request()
    return hooks.draft_line(edition or str(draft), now) if draft else hooks.line(edition, now)


def _answer(parts: Parts) -> Response:
    line, told, now = _line(parts.edition), edge.fields(request), clock.of_request()
    address = addresses.timeless(edge.target(request.environ)) if g.of_everybody else None
    return _written(_hooks().front.go_on(line, parts, told, now, address, _speaks_itself()))


def _speaks_itself() -> bool:
    return bool(request.environ.get(SPEECH) == "local")


def _told(line: Line, language: str, about: str) -> str:
    front = _hooks().front
    play = front.play(line, front.local_speech or _speaks_itself())
    return twiml.said_to_a_desk(line, whisper(line, about, language), twiml.Carriage(play=play))


class _InTheCarriersWords(Response):
    """A document that the carrier's dialect has been put to already."""


def _written(document: bytes) -> Response:
    return _InTheCarriersWords(document, mimetype="text/xml")


def _twiml(document: str) -> Response:
    return Response(document, mimetype="text/xml")
