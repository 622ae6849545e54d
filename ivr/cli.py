"""`flask line ...` and `flask phone`: the line from a terminal."""

import sys
from datetime import datetime, time, timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from ivr.call import rules
from ivr.call.acts import Say
from ivr.call.graph import mermaid
from ivr.carrier import fallback, terminal
from ivr.carrier.handset import Handset, Http, Wsgi
from ivr.config import Settings
from ivr.line.values import Line
from ivr.line.words import Break
from ivr.voice.pace import estimated_seconds

BUILT_IN_NUMBER = "+815000000000"
"""What the built-in telephones ring; no such number is given to anybody."""

line_commands = AppGroup("line", help="The line: check it, draw it, take it along.")


def register(app: Flask) -> None:
    """Add the commands to the application."""
    app.cli.add_command(line_commands)
    app.cli.add_command(phone)


@line_commands.command("check")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day to check facts at; today if left out.")
def check(today: datetime | None) -> None:
    """Tell all problems of the line, with their places; exit 1 where there is an error."""
    line = _line()
    moment = today.replace(tzinfo=line.zone) if today else datetime.now(line.zone)
    survey = rules.Survey.of(line, _open_and_closed(line, moment), seconds)
    found = rules.findings(survey, moment.date())
    for finding in found:
        click.echo(str(finding))
    errors = sum(finding.error for finding in found)
    click.echo(f"{len(survey.visits)} states checked: {errors} errors, {len(found) - errors} notes.")
    sys.exit(1 if errors else 0)


@line_commands.command("graph")
@click.option("--language", help="The language of the names; the line's first if left out.")
def graph(language: str | None) -> None:
    """Print the call flow as Mermaid."""
    line = _line()
    click.echo(mermaid(line, _language(line, language)), nl=False)


@line_commands.command("fallback")
@click.argument("languages", nargs=-1)
def print_fallback(languages: tuple[str, ...]) -> None:
    """Print the TwiML that needs no server, in LANGUAGES (all if left out)."""
    line = _line()
    codes = [_language(line, code) for code in languages] or list(line.languages)
    click.echo(fallback.document(line, codes))


@click.command("phone")
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"]), help="Ring at this time."
)
@click.option("--server", help="Ring a server that runs, such as http://127.0.0.1:8000, rather than the line in here.")
@click.option("--language", help="Ring the number of this language.")
@with_appcontext
def phone(at: datetime | None, server: str | None, language: str | None) -> None:
    """Ring the line from this terminal: no account, no telephone."""
    settings: Settings = current_app.extensions["ivr.settings"]
    if at and server:
        raise click.UsageError("--at sets the clock of the line in here; a server has its own: leave one out.")
    line = _line()
    if server:
        carrier: Http | Wsgi = Http(server, settings.token, settings.public_url)
    else:
        carrier = Wsgi(current_app._get_current_object(), settings.token, settings.public_url)  # type: ignore[attr-defined]
    moment = at.replace(tzinfo=line.zone) if at else None
    handset = Handset(carrier, to=settings.line_number or BUILT_IN_NUMBER, at=moment)
    sys.exit(terminal.run(handset, sys.stdin, sys.stdout, f"/voice?language={language}" if language else "/voice"))


def seconds(say: Say) -> float:
    """How long a speech takes, estimated from its words."""
    breaks = sum(part.milliseconds for part in say.parts if isinstance(part, Break)) / 1000
    spans = [span for part in say.parts if not isinstance(part, Break) for span in part.spans]
    return breaks + estimated_seconds(spans, say.language, say.speed)


def _open_and_closed(line: Line, moment: datetime) -> tuple[datetime, datetime]:
    """An hour at which most desks that the line can ring are open, and one when none is."""
    hours = [_at(moment, day, hour) for day in range(14) for hour in range(24)]

    def count(hour: datetime) -> int:
        return sum(desk.dial is not None and desk.hours.is_open(hour) for desk in line.desks.values())

    return max(hours, key=count), min(hours, key=count)


def _at(moment: datetime, day: int, hour: int) -> datetime:
    return datetime.combine(moment.date() + timedelta(days=day), time(hour), moment.tzinfo)


def _line() -> Line:
    line: Line = current_app.extensions["ivr.line"]
    return line


def _language(line: Line, code: str | None) -> str:
    chosen = code or line.first_language.code
    if chosen not in line.languages:
        raise click.UsageError(f"{chosen!r} is no language of the line; it has {', '.join(line.languages)}.")
    return chosen
