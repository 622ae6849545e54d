"""Signing in with the city's own account, and showing again by it who one is."""

from flask import request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from ivr.pages.limits import limited
from ivr.people.accounts import Account
from ivr.people.provider import Provider
from ivr.people.refusals import NotFound, Refused
from ivr.staff import carried, cookies, sso_client
from ivr.staff.area import area, unlocked
from ivr.staff.context import console, now, page
from ivr.staff.prove_pages import ask_again
from ivr.staff.sessions import begin, known_from_now_on, prove
from ivr.staff.sign_in_pages import TRIES_AN_ADDRESS, refused_entry

_AGAIN = {"prompt": "login", "max_age": "0"}
"""Have the provider ask for itself who it is, whether or not it thinks that it knows (OpenID Connect Core, 3.1.2.1)."""


@area.get("/sso")
@unlocked
@limited(TRIES_AN_ADDRESS, cookies.counted_as)
def sso() -> ResponseReturnValue:
    provider = _provider()
    session["sso_next"] = carried.way(request.args.get("next", ""))
    back = console().public_url + url_for("staff.sso_return")
    try:
        return sso_client.leave(provider, back, **(_AGAIN if current_user.is_authenticated else {}))
    except Refused as error:
        return _told(error, session.pop("sso_next"))


@area.post("/sso")
@unlocked
def leave_for_sso() -> ResponseReturnValue:
    """With what was typed, which waits here. A page in between, since no form may lead to another site."""
    _provider()
    carried.put_by()
    return page("sso_leave.html", next=carried.way(request.form.get("next", "")))


@area.get("/sso/return")
@unlocked
@limited(TRIES_AN_ADDRESS, cookies.counted_as)
def sso_return() -> ResponseReturnValue:
    provider = _provider()
    there = session.pop("sso_next", "")
    try:
        claims = sso_client.come_back(provider)
        if current_user.is_authenticated:
            account = current_user.account
            if not (sso_client.is_fresh(claims) and console().entrance.is_tied(account.id, provider, claims)):
                raise Refused("The city's own sign-in did not show again that it is you.")
            prove()
            return carried.onward(account, _form(there))
        found = console().entrance.by_identity(provider, claims, now())
    except Refused as error:
        return _told(error, there)
    return _come_in(found, there, sso_client.is_fresh(claims))


def _come_in(found: Account, there: str, fresh: bool) -> ResponseReturnValue:
    form = _form(there)
    begin(found, fresh)
    carried.keep_typed(found, form)
    return known_from_now_on(found, carried.onward(found, form))


def _form(there: str) -> carried.Form:
    """What was put by; else only where to go."""
    return carried.taken_up() or MultiDict({"next": there})


def _told(error: Refused, there: str) -> ResponseReturnValue:
    """Why it did not work, where one can go another way, with what was typed."""
    told = ask_again if current_user.is_authenticated else refused_entry
    return told(error, _form(there))


def _provider() -> Provider:
    if (found := console().provider) is None:
        raise NotFound("There is no such page.")
    return found
