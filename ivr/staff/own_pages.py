"""One's own account: another password, for whoever knows the one before."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from ivr.people.passwords import LONGEST, SHORTEST
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.staff import cookies
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, page, said, tell
from ivr.staff.sessions import Visitor
from ivr.staff.set_up_pages import advice, twice


def _show(error: Refused | None = None) -> ResponseReturnValue:
    return page(
        "own.html",
        409 if error else 200,
        me=me(),
        account=current_user.account,
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
