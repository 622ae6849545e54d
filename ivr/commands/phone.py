"""`flask phone`: the terminal telephone."""

import sys
from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from ivr.carrier import terminal
from ivr.carrier.handset import BUILT_IN_ACCOUNT, BUILT_IN_NUMBER, Handset, Http, Wsgi
from ivr.commands.line import the_line
from ivr.config import Settings

_TIMES = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"]


@click.command("phone")
@click.option("--at", type=click.DateTime(_TIMES), help="Ring at this time, in the line's zone.")
@click.option("--server", help="Ring a server that runs, such as http://127.0.0.1:8000, rather than the line in here.")
@click.option("--language", help="Ring the number of this language.")
@with_appcontext
def phone(at: datetime | None, server: str | None, language: str | None) -> None:
    """Ring the line from this terminal: no account, no telephone."""
    settings: Settings = current_app.extensions["ivr.settings"]
    if at and server:
        raise click.UsageError("--at sets the clock of the line in here; a server has its own: leave one out.")
    carrier = Http(server, settings.token, settings.public_url) if server else _in_here(settings)
    moment = at.replace(tzinfo=the_line().zone) if at else None
    handset = Handset(carrier, to=settings.line_number or BUILT_IN_NUMBER, at=moment, account_sid=BUILT_IN_ACCOUNT)
    path = f"/voice?language={language}" if language else "/voice"
    sys.exit(terminal.run(handset, sys.stdin, sys.stdout, path))


def _in_here(settings: Settings) -> Wsgi:
    return Wsgi(current_app.wsgi_app, settings.token, settings.public_url)
