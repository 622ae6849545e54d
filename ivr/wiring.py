"""Puts the rooms together into one WSGI application."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask, Response
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from ivr import commands
from ivr.call import rules
from ivr.carrier import sounds, webhooks
from ivr.carrier.handset import Words
from ivr.carrier.metrics import CONTENT_TYPE, Metrics
from ivr.commands.line import measured
from ivr.config import Settings
from ivr.editions.office import Office, office, open_office
from ivr.line.loading import read_files
from ivr.line.values import Line
from ivr.pages import headers, routes
from ivr.pages.listening import Listening
from ivr.pages.telephone import Telephone
from ivr.staff import console
from ivr.voice.audio import Audio, Said
from ivr.voice.store import Store

log = logging.getLogger(__name__)

LARGEST_REQUEST = 64 * 1024
"""Bytes. Twilio's webhooks are under 4 kB."""


def create_app(settings: Settings) -> Flask:
    """The application for these settings. LineError where the prompt files make no line."""
    app = Flask("ivr", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    if settings.connected and not settings.public_url.startswith("https://"):
        log.warning("PUBLIC_URL is %s: set it to the https origin that Twilio calls", settings.public_url)
    audio = Audio(Store(settings.data_dir / "audio"), settings.voices)
    rooms = _office(settings, audio)
    line = rooms.shelf.line
    app.extensions.update({"ivr.settings": settings, "ivr.audio": audio, "ivr.line": line, "ivr.office": rooms})
    metrics = Metrics()
    app.register_blueprint(
        webhooks.blueprint(
            webhooks.Webhooks(
                line=line,
                token=settings.token,
                public_url=settings.public_url,
                caller_id=settings.line_number,
                speech=settings.speech_input,
                play=audio.play,
                metrics=metrics,
                local_speech=settings.local_speech,
            )
        )
    )
    app.register_blueprint(sounds.blueprint(audio.store))
    app.add_url_rule("/metrics", "metrics", lambda: Response(metrics.text(), content_type=CONTENT_TYPE))
    app.add_url_rule("/healthz", "healthz", lambda: Response("ok\n", mimetype="text/plain"))
    limiter = Limiter(get_remote_address, app=app, storage_uri=settings.rate_limits)
    _install_pages(app, settings, audio, lambda: line("", datetime.now(UTC)), limiter)
    console.install(
        app,
        console.Console(
            office=rooms,
            secret=settings.secret_key,
            public_url=settings.public_url,
            limiter=limiter,
            check=rooms.publishing.check,
        ),
    )
    commands.register(app)
    return app


def _office(settings: Settings, audio: Audio) -> Office:
    """The editions, open: what callers hear now and before. The line needs no database to be
    answered, so one that is gone is only told."""

    def check(line: Line) -> list[str]:
        survey = rules.Survey.of(line, rules.open_and_closed(line, datetime.now(line.zone)), measured(audio))
        return [str(finding) for finding in rules.findings(survey, datetime.now(line.zone).date()) if finding.error]

    files = read_files(settings.prompts)
    rooms = office(settings.database_url, files, check, settings.secret_key, settings.data_dir / "live")
    open_office(rooms, datetime.now(UTC))  # tells the log where the database does not answer
    return rooms


def _install_pages(app: Flask, settings: Settings, audio: Audio, line: Callable[[], Line], limiter: Limiter) -> None:
    Babel(app, default_translation_directories="pages/translations", default_locale=line().first_language.code)
    routes.install(
        app,
        routes.Pages(
            line=line,
            telephone=Telephone(settings.secret_key, settings.line_number, words_of_play=_words_of(audio, line)),
            token=settings.token,
            public_url=settings.public_url,
            listening=Listening(audio, line),
            limiter=limiter,
        ),
    )
    headers.protect(app, https=settings.public_url.startswith("https://"))


def _words_of(audio: Audio, line: Callable[[], Line]) -> Callable[[str], Words | None]:
    """What a sound says, for telephones that show the words as well."""
    catalogues: dict[str, dict[str, Said]] = {}

    def words(url: str) -> Words | None:
        path = urlsplit(url).path
        seconds = audio.seconds_of(path)
        if seconds is None:
            return None
        current = line()
        if current.edition not in catalogues:
            catalogues.clear()
            catalogues[current.edition] = audio.catalogue(current)
        said = catalogues[current.edition].get(path)
        if said is None:
            return Words("", "", seconds)  # a pause
        return Words(said.chunk.written, current.languages[said.language].locale, seconds)

    return words
