"""`/audio/<hash>.wav`: the line's sounds, for the carrier and for the pages.

An address names its sound's content, so an answer is right for ever.
"""

import re

from flask import Blueprint, Response, abort, send_file

from ivr.voice.store import Store

FOR_EVER = 365 * 24 * 3600
"""Seconds; a year is as long as HTTP caches promise (RFC 9111)."""

_NAME = re.compile(r"[0-9a-f]{32}")


def blueprint(store: Store) -> Blueprint:
    """The route of the sounds in `store`."""
    audio = Blueprint("audio", __name__, url_prefix="/audio")

    @audio.get("/<name>.wav")
    def sound(name: str) -> Response:
        if not _NAME.fullmatch(name) or not store.has(name):
            abort(404)
        response = send_file(store.path(name), mimetype="audio/wav", conditional=True, etag=name)
        response.cache_control.max_age = FOR_EVER
        response.cache_control.public = True
        response.cache_control.immutable = True
        response.cache_control.no_cache = None
        return response

    return audio
