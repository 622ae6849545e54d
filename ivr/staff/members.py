"""Accounts, for administrators: made, renewed, stopped, trusted with other roles."""

from dataclasses import dataclass

import segno
from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pyotp import parse_uri

from ivr.editions.people import NotAllowed, NotFound, Refused, Role, require
from ivr.staff.accounts import LONGEST, SHORTEST, Account
from ivr.staff.context import Console, me, now, page, said, tell

_GROUP = 4


@dataclass(frozen=True, slots=True)
class Factor:
    """What sets a second factor up: a picture to scan, and its secret to type, in groups of four
    letters. It is shown once and goes nowhere else: into no address, cookie, log or trail."""

    picture: Markup
    groups: tuple[str, ...]


def factor(address: str) -> Factor:
    """The second factor of an address as `Accounts.add` gives it."""
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


def add(area: Blueprint, console: Console) -> None:
    """Add the pages."""
    known = console.accounts

    def every(error: Refused | None = None) -> ResponseReturnValue:
        """All accounts, and a form for another one. For administrators alone."""
        require(me(), Role.ADMINISTRATOR)
        form = request.form
        return page(
            "accounts.html",
            409 if error else 200,
            me=me(),
            accounts=known.all(),
            roles=tuple(Role),
            typed={"login": form.get("login", ""), "name": form.get("name", ""), "roles": _chosen()},
            least=SHORTEST,
            most=LONGEST,
            problem=said(error) if error else None,
        )

    def ask(template: str, name: str, error: Refused | None = None, **more: object) -> ResponseReturnValue:
        """A page about one account. For administrators alone."""
        require(me(), Role.ADMINISTRATOR)
        return page(
            template,
            409 if error else 200,
            me=me(),
            account=known.get(name),
            least=SHORTEST,
            most=LONGEST,
            problem=said(error) if error else None,
            **more,
        )

    def once(account: Account, address: str) -> ResponseReturnValue:
        return page("factor.html", me=me(), account=account, factor=factor(address))

    @area.get("/accounts")
    def accounts() -> ResponseReturnValue:
        return every()

    @area.post("/accounts")
    def add_account() -> ResponseReturnValue:
        form = request.form
        login, name = form.get("login", "").strip().lower(), form.get("name", "")
        try:
            made, address = known.add(login, name, _chosen(), _password(), now(), me())
        except NotAllowed:
            raise
        except Refused as error:
            return every(error)
        return once(made, address)

    @area.get("/accounts/<name>/renew")
    def renewing_account(name: str) -> ResponseReturnValue:
        return ask("account_renew.html", name)

    @area.post("/accounts/<name>/renew")
    def renew_account(name: str) -> ResponseReturnValue:
        try:
            address = known.renew(name, _password(), now(), me())
        except (NotAllowed, NotFound):
            raise
        except Refused as error:
            return ask("account_renew.html", name, error)
        return once(known.get(name), address)

    @area.get("/accounts/<name>/stop")
    def stopping_account(name: str) -> ResponseReturnValue:
        return ask("account_stop.html", name)

    @area.post("/accounts/<name>/stop")
    def stop_account(name: str) -> ResponseReturnValue:
        try:
            known.stop(name, now(), me())
        except (NotAllowed, NotFound):
            raise
        except Refused as error:
            return ask("account_stop.html", name, error)
        tell("%(login)s can no longer sign in.", login=name)
        return redirect(url_for("staff.accounts"), 303)

    @area.get("/accounts/<name>/roles")
    def choosing_roles(name: str) -> ResponseReturnValue:
        return ask("account_roles.html", name, roles=tuple(Role), chosen=None)

    @area.post("/accounts/<name>/roles/look")
    def look_at_roles(name: str) -> ResponseReturnValue:
        return ask("account_trust.html", name, roles=tuple(Role), chosen=_chosen())

    @area.post("/accounts/<name>/roles")
    def change_roles(name: str) -> ResponseReturnValue:
        try:
            known.change_roles(name, _chosen(), now(), me())
        except (NotAllowed, NotFound):
            raise
        except Refused as error:
            return ask("account_roles.html", name, error, roles=tuple(Role), chosen=_chosen())
        tell("%(login)s has these roles from now on.", login=name)
        return redirect(url_for("staff.accounts"), 303)


def _chosen() -> tuple[Role, ...]:
    return tuple(role for role in Role if request.form.get(f"role-{role}"))


def _password() -> str:
    return twice(request.form.get("password", ""), request.form.get("again", ""))
