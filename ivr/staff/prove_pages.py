"""Showing once more who one is, before acts on accounts: whoever sits down at a browser that was left alone cannot."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ivr.pages.limits import limited
from ivr.people.passkeys import USE
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.staff import carried, cookies
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, page, said
from ivr.staff.sessions import FRESH, prove
from ivr.staff.sign_in_pages import TRIES_AN_ADDRESS, answer


@area.get("/prove")
def proving() -> ResponseReturnValue:
    return _form(request.args.get("next", ""), 200, [])


@area.post("/prove")
@needs(Right.LOOK)
@limited(TRIES_AN_ADDRESS, cookies.counted_as)
def prove_again() -> ResponseReturnValue:
    account = current_user.account
    if given := answer():
        right = console().entrance.shows_itself(account.id, given, now())
    else:
        password = request.form.get("password", "")
        right = console().accounts.is_right(account.login, password, now(), cookies.origin())
    if not right:
        wrong = Refused("It was not shown that it is you. Try again, or wait for 15 minutes after many tries.")
        return ask_again(wrong, request.form)
    prove()
    return carried.onward(account, request.form)


def ask_first() -> ResponseReturnValue:
    """Instead of the page or act that was asked for. What was typed goes along."""
    if request.method == "GET":
        return redirect(url_for("staff.proving", next=request.full_path.rstrip("?")), 303)
    return _form(url_for("staff.home"), 401, carried.unsent())


def ask_again(error: Refused, form: carried.Form) -> Response:
    """The same page once more, with what was typed."""
    return _form(form.get("next", ""), 409, carried.carried(form), error)


def _form(there: str, status: int, along: carried.Fields, error: Refused | None = None) -> Response:
    account, site = current_user.account, console().accounts.site
    ways, challenge = console().entrance.ways(account.id), site.challenge(USE, now())
    return page(
        "prove.html",
        status,
        me=me(),
        next=carried.way(there),
        carried=along,
        challenge=challenge,
        alone=site.options_to_use(challenge, verified=True) if ways.passkeys else "",
        passwords=console().passwords and account.by_password,
        provider=console().provider if account.tied else None,
        minutes=int(FRESH.total_seconds() // 60),
        login=account.login,
        problem=said(error) if error else None,
    )
