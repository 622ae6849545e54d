"""`flask phone`: the terminal telephone."""

import sys
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode, urlsplit

import click
from flask import current_app
from flask.cli import with_appcontext

from ivr.carrier.seam import Carrier
from ivr.carrier.wire import BUILT_IN_ACCOUNT, BUILT_IN_NUMBER
from ivr.commands.which import live_line
from ivr.config import Settings
from ivr.handset import terminal
from ivr.handset.handset import Handset
from ivr.handset.line_faults import LineFault
from ivr.handset.transport import Http, Wsgi

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
    carrier = _at(server, settings) if server else _in_here(settings)
    line = live_line()
    handset = Handset(
        carrier,
        to=settings.line_number or BUILT_IN_NUMBER,
        at=at.replace(tzinfo=line.zone) if at else None,
        account_sid=BUILT_IN_ACCOUNT,
        words_of_play=current_app.extensions["ivr.words_of_play"],
    )
    path = f"/voice?{urlencode({'language': language})}" if language else "/voice"
    joints = {spoken.locale: spoken.joint for spoken in line.languages.values()}
    sys.exit(terminal.run(handset, sys.stdin, sys.stdout, path, joints))


def _at(server: str, settings: Settings) -> Http:
    """The server, as it wants to be signed for: it may have been started with other settings than
    this command, and with none of PUBLIC_URL."""
    address = server if "://" in server else f"http://{server}"
    for origin in _origins(address, settings):
        carrier = Http(address, _carrier().signer, origin)
        try:
            answer = carrier.post(f"{origin}/voice/status", {"CallStatus": "completed"})
        except LineFault as fault:
            raise click.ClickException(str(fault)) from fault
        if answer.status != 403:
            return carrier
    raise click.ClickException(
        f"The server at {server} does not know this telephone: "
        f"set PUBLIC_URL, {settings.carrier.set_as} and DATA_DIR to what it was started with."
    )


def _origins(address: str, settings: Settings) -> Iterator[str]:
    """What the server may be known by, most likely first."""
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise click.UsageError(f"--server is {address!r}: say where the server is, such as http://127.0.0.1:8000.")
    port = f":{parts.port}" if parts.port else ""
    near = (f"http://{host}{port}" for host in ("127.0.0.1", "localhost", "[::1]"))
    yield from dict.fromkeys((settings.public_url, f"{parts.scheme}://{parts.netloc}", *near))


def _in_here(settings: Settings) -> Wsgi:
    return Wsgi(current_app.wsgi_app, _carrier().signer, settings.public_url)


def _carrier() -> Carrier:
    carrier: Carrier = current_app.extensions["ivr.carrier"]
    return carrier
