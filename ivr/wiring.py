"""Puts the rooms together into one WSGI application."""

from flask import Flask, Response

from ivr import cli
from ivr.carrier import webhooks
from ivr.config import Settings
from ivr.line.loading import read
from ivr.line.values import Line

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
    app.register_blueprint(
        webhooks.blueprint(
            webhooks.Webhooks(
                line=line_of,
                token=settings.token,
                public_url=settings.public_url,
                caller_id=settings.line_number,
                speech=settings.speech_input,
            )
        )
    )
    app.add_url_rule("/healthz", "healthz", lambda: Response("ok\n", mimetype="text/plain"))
    cli.register(app)
    return app
