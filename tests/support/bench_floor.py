"""What the line's speed is held against: applications that do as little as a webhook can.

    granian --interface wsgi tests.support.bench_floor:flask_floor
    gunicorn tests.support.bench_floor:flask_floor

Both check the carrier's signature and answer a constant; FLOOR_BYTES tells of how many bytes.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator

from ivr.carrier.form import pairs_of
from ivr.carrier.form_signature import signs_form
from tests.support.given import ORIGIN, TOKEN

DOCUMENT = b"x" * int(os.environ.get("FLOOR_BYTES", "1500"))

flask_floor = Flask("floor")
"""As whoever begins with Twilio's documentation writes it: a view of Flask and the library's validator."""


@flask_floor.post("/<path:_path>")
def view(_path: str) -> Response:
    """Any webhook."""
    url = ORIGIN + request.full_path.rstrip("?")
    signature = request.headers.get("X-Twilio-Signature", "")
    if not RequestValidator(TOKEN).validate(url, request.form, signature):
        abort(403)
    return Response(DOCUMENT, mimetype="text/xml")


def bare(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """The least that WSGI can do: no framework, and the signature computed directly."""
    query = environ["QUERY_STRING"]
    url = ORIGIN + environ["PATH_INFO"] + (f"?{query}" if query else "")
    pairs = pairs_of(environ["CONTENT_TYPE"], environ["wsgi.input"].read())
    is_signed = signs_form(TOKEN, environ.get("HTTP_X_TWILIO_SIGNATURE", ""), url, pairs)
    start(
        "200 OK" if is_signed else "403 FORBIDDEN",
        [("Content-Type", "text/xml"), ("Content-Length", str(len(DOCUMENT)))],
    )
    return [DOCUMENT]
