"""The one-time link: whoever is to have an account sets password and second factor themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import segno
from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pyotp import parse_uri

from ivr.pages.limits import limited
from ivr.people.accounts import Offer
from ivr.people.links import NoLink
from ivr.people.passwords import LONGEST, SHORTEST, Weak
from ivr.people.refusals import Refused
from ivr.staff.area import area, unlocked
from ivr.staff.context import console, now, page, said, tell, translated
from ivr.staff.cookies import counted_as
from ivr.staff.sessions import begin, known_from_now_on
from ivr.staff.sign_in_pages import TRIES_AN_ADDRESS

_GROUP = 4


@dataclass(frozen=True, slots=True)
class Factor:
    """What sets a second factor up: a picture to scan, and its secret to type, in groups of four
    letters. It goes nowhere but onto that page: into no address, cookie, log or trail."""

    picture: Markup
    groups: tuple[str, ...]


def factor(address: str) -> Factor:
    """The second factor of an address as `Accounts.offer` gives it."""
    picture = segno.make(address, error="m", micro=False).svg_inline(
        border=4, light="#fff", omitsize=True, svgclass="qr"
    )
    secret = parse_uri(address).secret
    groups = tuple(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP))
    return Factor(Markup(picture), groups)  # segno's own marks, and nothing that somebody typed


def twice(first: str, second: str) -> str:
    """A new password, typed the same twice. Refused where it was not."""
    if first != second:
        raise Refused("The two new passwords are not the same: type them again.")
    return first


def advice(error: Refused | None) -> Sequence[str]:
    """What to do better about a weak password, in the visitor's language."""
    return [translated(sentence) for sentence in error.advice] if isinstance(error, Weak) else ()


def _show(offer: Offer, error: Refused | None = None) -> Response:
    shown = page(
        "set_up.html",
        409 if error else 200,
        account=offer.account,
        factor=factor(offer.address),
        sealed=offer.sealed,
        least=SHORTEST,
        most=LONGEST,
        problem=said(error) if error else None,
        problems=advice(error),
    )
    shown.headers["Referrer-Policy"] = "no-referrer"  # its address is the secret
    return shown


@area.get("/set-up/<token>")
@unlocked
def set_up(token: str) -> ResponseReturnValue:
    return _show(console().accounts.offer(token, now()))


@area.post("/set-up/<token>")
@unlocked
@limited(TRIES_AN_ADDRESS, counted_as)
def setting_up(token: str) -> ResponseReturnValue:
    form = request.form
    sealed = form.get("sealed", "")
    try:
        password = twice(form.get("password", ""), form.get("again", ""))
        made = console().accounts.set_up(token, password, sealed, form.get("code", ""), now())
    except NoLink:
        raise
    except Refused as error:
        return _show(console().accounts.offer(token, now(), sealed), error)
    begin(made)
    tell("Your account is set up, and you are signed in. The link is used up.")
    return known_from_now_on(made, redirect(url_for("staff.home"), 303))
