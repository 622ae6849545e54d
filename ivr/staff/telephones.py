"""Telephones of the browser on pages of the console: each rings what staff alone may hear."""

from collections.abc import Callable

from flask import Flask, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from ivr.carrier.webhooks import DRAFT
from ivr.line.values import Line
from ivr.pages import phone_routes
from ivr.pages.phone_routes import Ringing, install_ringing
from ivr.pages.routes import telephone_set
from ivr.people.rights import Right
from ivr.staff.area import area, needs_at
from ivr.staff.context import Console, language

ACTS = ("begin", "go_on")


def put_up(name: str, prefix: str) -> None:
    """Let the telephone of this name be asked below this address of the console."""
    for act in ACTS:
        needs_at(f"{name}.{act}", Right.LOOK)
    area.register_blueprint(phone_routes.area, name=name, url_prefix=prefix)


def install(app: Flask, console: Console, name: str, line: Callable[[], Line], edition: Callable[[], object]) -> None:
    """What it rings in this application: `edition` as staff hear it, which makes this line."""
    telephone = Ringing(
        line=line,
        telephone=console.telephone(line),
        signer=console.signer,
        public_url=console.public_url,
        environ=lambda: {DRAFT: edition()},
    )
    install_ringing(app, f"staff.{name}", telephone)


def on_page(name: str, line: Line, **at: object) -> Markup:
    """It for its page; `at`: the parts of its address."""
    begin, go_on = (url_for(f"staff.{name}.{act}", **at) for act in ACTS)  # type: ignore[arg-type]
    code = language() if language() in line.languages else line.first_language.code
    return telephone_set(line, code, begin, go_on, generate_csrf())
