"""`/audio/<name>.wav`: the line's sounds, for the carrier and for the pages.

Three kinds of names: a hash of the line's own voice, the address of a person's take with a
speed, and so much silence. Each names its content, so an answer is right for ever.
"""

from io import BytesIO

from flask import Blueprint, Response, abort, send_file

from ivr.voice.sounds import Sounds

FOR_EVER = 365 * 24 * 3600
"""Seconds; a year is as long as HTTP caches promise (RFC 9111)."""


def blueprint(sounds: Sounds) -> Blueprint:
    """The route of all sounds."""
    audio = Blueprint("audio", __name__, url_prefix="/audio")

    @audio.get("/<name>.wav")
    def sound(name: str) -> Response:
        wav = sounds.wav(name)
        if wav is None:
            abort(404)
        response = send_file(BytesIO(wav), mimetype="audio/wav", conditional=True, etag=name)
        response.cache_control.max_age = FOR_EVER
        response.cache_control.public = True
        response.cache_control.immutable = True
        response.cache_control.no_cache = None
        return response

    return audio
