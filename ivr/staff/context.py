"""What all pages of the console share: who acts, when, in which language, and how it is shown."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Response, flash, make_response, render_template, request, session
from flask_babel import Domain, force_locale
from flask_limiter import Limiter
from flask_login import current_user

from ivr.carrier.webhooks import NOW
from ivr.editions.draft import Check
from ivr.editions.office import Office
from ivr.editions.people import Person, Refused
from ivr.line.values import Line
from ivr.staff.accounts import Accounts
from ivr.staff.telling import Told

LANGUAGES = {"ja": "日本語", "en": "English"}
"""Those of the console, the first first."""


@dataclass(frozen=True, slots=True)
class Console:
    """What the console needs: the rooms of the staff, `secret` (SECRET_KEY) for its sessions,
    `public_url`, the limiter of all requests, and the check of a line before it is published."""

    office: Office
    secret: str
    public_url: str
    limiter: Limiter
    check: Check

    @property
    def accounts(self) -> Accounts:
        """Who may sign in."""
        return Accounts(self.office.database)

    def line(self) -> Line:
        """What a call hears now."""
        return self.office.shelf.line("", now())

    @property
    def zone(self) -> ZoneInfo:
        """The line's own zone, in which all times are shown and typed."""
        return self.office.library.shipped.line.zone


def now() -> datetime:
    """The time, or the one that a caller in this process has set, as for the public pages."""
    moment: datetime = request.environ.get(NOW) or datetime.now(UTC)
    return moment


def me() -> Person:
    """Who is signed in."""
    person: Person = current_user.account.person
    return person


def language() -> str:
    """The language of the console for this visitor."""
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else next(iter(LANGUAGES))


@cache
def _words() -> Domain:
    return Domain([str(Path(__file__).parent / "translations")])


def page(template: str, status: int = 200, **values: object) -> Response:
    """A page of the console in the visitor's language."""
    with force_locale(language()):
        _words().as_default()
        body = render_template(f"staff/{template}", lang=language(), languages=LANGUAGES, now=now(), **values)
    response = make_response(body, status)
    response.headers["Content-Language"] = language()
    return response


def said(refused: Refused) -> Told:
    """A refusal as templates take it."""
    return refused.message, {name: str(fact) for name, fact in refused.facts.items()}


def tell(message: str, **facts: object) -> None:
    """Say something on the next page; `message` is English and is translated there."""
    flash([message, facts])  # type: ignore[arg-type]  # sessions keep lists and dicts


def typed_moment(text: str, zone: ZoneInfo) -> datetime:
    """The moment in a field for date and time. Refused where it is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError as error:
        raise Refused("Write the date and the time, such as 2026-11-24 15:00.") from error
