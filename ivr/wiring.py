"""Puts the rooms together into one WSGI application."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, Response
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from ivr import commands
from ivr.carrier import sounds, webhooks
from ivr.carrier.handset import Words
from ivr.config import Settings
from ivr.line.loading import read
from ivr.line.values import Line
from ivr.pages import headers, routes
from ivr.pages.listening import Listening
from ivr.pages.telephone import Telephone
from ivr.voice.audio import Audio
from ivr.voice.store import Store

LARGEST_REQUEST = 64 * 1024
"""Bytes. Twilio's webhooks are under 4 kB."""


def create_app(settings: Settings) -> Flask:
    """The application for these settings. LineError where the prompt files make no line."""
    line = read(settings.prompts)

    def line_of(_edition: str) -> Line:
        return line

    app = Flask("ivr", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.extensions["ivr.line"] = line
    app.extensions["ivr.settings"] = settings
    audio = Audio(Store(settings.data_dir / "audio"), settings.voices)
    app.extensions["ivr.audio"] = audio
    app.register_blueprint(sounds.blueprint(audio.store))
    app.register_blueprint(
        webhooks.blueprint(
            webhooks.Webhooks(
                line=line_of,
                token=settings.token,
                public_url=settings.public_url,
                caller_id=settings.line_number,
                speech=settings.speech_input,
                play=audio.play,
                local_speech=settings.local_speech,
            )
        )
    )
    app.add_url_rule("/healthz", "healthz", lambda: Response("ok\n", mimetype="text/plain"))
    Babel(app, default_translation_directories="pages/translations", default_locale=line.first_language.code)
    routes.install(
        app,
        routes.Pages(
            line=lambda: line_of(""),
            telephone=Telephone(settings.token, settings.line_number, words_of_play=_words_of(audio, line)),
            token=settings.token,
            public_url=settings.public_url,
            listening=Listening(audio, lambda: line_of("")),
            limiter=Limiter(get_remote_address, app=app, storage_uri=settings.rate_limits),
        ),
    )
    headers.protect(app, https=settings.public_url.startswith("https://"))
    commands.register(app)
    return app


def _words_of(audio: Audio, line: Line) -> Callable[[str], Words | None]:
    """What a sound says, for telephones that show the words as well."""
    catalogue = audio.catalogue(line)

    def words(url: str) -> Words | None:
        path = urlsplit(url).path
        seconds = audio.seconds_of(path)
        if seconds is None:
            return None
        if path not in catalogue:
            return Words("", "", seconds)  # a pause
        said = catalogue[path]
        return Words(said.chunk.written, line.languages[said.language].locale, seconds)

    return words
