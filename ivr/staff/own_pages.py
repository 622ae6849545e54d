"""One's own account: another password, passkeys, recovery codes."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from ivr.people.passkeys import ADD
from ivr.people.passwords import LONGEST, SHORTEST
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right
from ivr.staff import cookies
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, page, said, tell
from ivr.staff.sessions import Visitor
from ivr.staff.set_up_pages import advice, twice
from ivr.staff.sign_in_pages import answer


def _show(error: Refused | None = None) -> ResponseReturnValue:
    account, site = current_user.account, console().accounts.site
    challenge = site.challenge(ADD, now())
    return page(
        "own.html",
        409 if error else 200,
        me=me(),
        account=account,
        ways=console().entrance.ways(account.id),
        challenge=challenge,
        options=console().entrance.options_to_add(account, challenge),
        typed=request.form.get("name", ""),
        passwords=console().passwords and account.by_password,
        provider=console().provider,
        least=SHORTEST,
        most=LONGEST,
        problem=said(error) if error else None,
        problems=advice(error),
    )


@area.get("/me")
def own() -> ResponseReturnValue:
    return _show()


@area.post("/me")
@needs(Right.LOOK)
def change_password() -> ResponseReturnValue:
    form, login = request.form, current_user.account.login
    try:
        new = twice(form.get("new", ""), form.get("again", ""))
        changed = console().accounts.change_password(
            login, form.get("password", ""), form.get("code", ""), new, now(), cookies.origin()
        )
    except Refused as error:
        return _show(error)
    login_user(Visitor(changed))  # this session takes up the new stamp; the others have the old one
    tell("Your password is changed. Whoever else was signed in with your account is signed out.")
    return redirect(url_for("staff.own"), 303)


@area.post("/me/passkeys")
@needs(Right.LOOK, fresh=True)
def add_passkey() -> ResponseReturnValue:
    try:
        made = console().entrance.add_passkey(current_user.account, request.form.get("name", ""), answer(), now())
    except Refused as error:
        return _show(error)
    tell("The passkey “%(name)s” is added: from now on you can sign in with it.", name=made.name)
    return redirect(url_for("staff.own"), 303)


@area.get("/me/passkeys/<key>/remove")
@needs(Right.LOOK, fresh=True)
def removing_passkey(key: str) -> ResponseReturnValue:
    return _removing(key)


@area.post("/me/passkeys/<key>/remove")
@needs(Right.LOOK, fresh=True)
def remove_passkey(key: str) -> ResponseReturnValue:
    try:
        name = console().entrance.remove_passkey(current_user.account, key, now())
    except Refused as error:
        return _removing(key, error)
    tell("The passkey “%(name)s” is removed. Delete it on the device, too.", name=name)
    return redirect(url_for("staff.own"), 303)


def _removing(key: str, error: Refused | None = None) -> ResponseReturnValue:
    mine = console().entrance.ways(current_user.account.id).passkeys
    found = next((each for each in mine if each.id == key), None)
    if found is None:
        raise NotFound("There is no such passkey.")
    problem = said(error) if error else None
    return page("passkey_remove.html", 409 if error else 200, me=me(), key=key, passkey=found, problem=problem)


@area.get("/me/codes")
@needs(Right.LOOK, fresh=True)
def recovery_codes() -> ResponseReturnValue:
    ways = console().entrance.ways(current_user.account.id)
    return page("recovery_codes.html", me=me(), left=ways.codes, codes=())


@area.post("/me/codes")
@needs(Right.LOOK, fresh=True)
def make_recovery_codes() -> ResponseReturnValue:
    codes = console().entrance.new_codes(current_user.account, now())
    return page("recovery_codes.html", me=me(), left=len(codes), codes=codes)
