"""Accounts, for administrators: made, renewed, stopped, trusted with other roles."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.people.accounts import Account
from ivr.people.links import LINK_LIFE, Link
from ivr.people.persons import Role
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, page, said, tell

_HOURS = LINK_LIFE.total_seconds() // 3600


def _every(error: Refused | None = None) -> ResponseReturnValue:
    """All accounts, and a form for another one. For administrators alone."""
    form = request.form
    return page(
        "accounts.html",
        409 if error else 200,
        me=me(),
        accounts=console().accounts.all(),
        locks=console().accounts.locks(now()),
        roles=tuple(Role),
        typed={"login": form.get("login", ""), "name": form.get("name", ""), "roles": _chosen()},
        hours=int(_HOURS),
        provider=console().provider,
        passwords=console().passwords,
        problem=said(error) if error else None,
    )


def _ask(template: str, name: str, error: Refused | None = None, **more: object) -> ResponseReturnValue:
    """A page about one account. For administrators alone."""
    return page(
        template,
        409 if error else 200,
        me=me(),
        account=console().accounts.get(name),
        hours=int(_HOURS),
        problem=said(error) if error else None,
        **more,
    )


def _once(account: Account, link: Link) -> ResponseReturnValue:
    address = console().public_url + url_for("staff.set_up", token=link.token)
    return page("link.html", me=me(), account=account, address=address, until=link.until)


@area.get("/accounts")
@needs(Right.KEEP_ACCOUNTS)
def accounts() -> ResponseReturnValue:
    return _every()


@area.post("/accounts")
@needs(Right.KEEP_ACCOUNTS, fresh=True)
def add_account() -> ResponseReturnValue:
    form = request.form
    login, name = form.get("login", ""), form.get("name", "")
    try:
        made, link = console().accounts.invite(login, name, _chosen(), now(), me())
    except Refused as error:
        return _every(error)
    if not console().passwords:  # a link sets a password
        return redirect(url_for("staff.inviting_account", name=made.login), 303)
    return _once(made, link)


@area.get("/accounts/<name>/renew")
@needs(Right.KEEP_ACCOUNTS, fresh=True)
def renewing_account(name: str) -> ResponseReturnValue:
    return _ask("account_renew.html", name)


@area.post("/accounts/<name>/renew")
@needs(Right.KEEP_ACCOUNTS, fresh=True)
def renew_account(name: str) -> ResponseReturnValue:
    try:
        link = console().accounts.invite_again(name, now(), me())
    except Refused as error:
        return _ask("account_renew.html", name, error)
    return _once(console().accounts.get(name), link)


@area.get("/accounts/<name>/stop")
@needs(Right.KEEP_ACCOUNTS, fresh=True)
def stopping_account(name: str) -> ResponseReturnValue:
    return _ask("account_stop.html", name)


@area.post("/accounts/<name>/stop")
@needs(Right.KEEP_ACCOUNTS, fresh=True)
def stop_account(name: str) -> ResponseReturnValue:
    try:
        console().accounts.stop(name, now(), me())
    except Refused as error:
        return _ask("account_stop.html", name, error)
    tell("%(login)s can no longer sign in.", login=name)
    return redirect(url_for("staff.accounts"), 303)


@area.get("/accounts/<name>/roles")
@needs(Right.KEEP_ACCOUNTS, fresh=True)
def choosing_roles(name: str) -> ResponseReturnValue:
    return _ask("account_roles.html", name, roles=tuple(Role), chosen=None)


@area.post("/accounts/<name>/roles/look")
@needs(Right.KEEP_ACCOUNTS, fresh=True)
def look_at_roles(name: str) -> ResponseReturnValue:
    return _ask("account_trust.html", name, roles=tuple(Role), chosen=_chosen())


@area.post("/accounts/<name>/roles")
@needs(Right.KEEP_ACCOUNTS, fresh=True)
def change_roles(name: str) -> ResponseReturnValue:
    try:
        console().accounts.change_roles(name, _chosen(), now(), me())
    except Refused as error:
        return _ask("account_roles.html", name, error, roles=tuple(Role), chosen=_chosen())
    tell("%(login)s has these roles from now on.", login=name)
    return redirect(url_for("staff.accounts"), 303)


@area.get("/accounts/<name>/invite")
@needs(Right.KEEP_ACCOUNTS, fresh=True)
def inviting_account(name: str) -> ResponseReturnValue:
    _needs_a_provider()
    return _ask("account_invite.html", name)


@area.post("/accounts/<name>/invite")
@needs(Right.KEEP_ACCOUNTS, fresh=True)
def invite_account(name: str) -> ResponseReturnValue:
    _needs_a_provider()
    address = request.form.get("address", "")
    try:
        found = console().entrance.invite_as(name, address, now(), me())
    except Refused as error:
        return _ask("account_invite.html", name, error, typed=address)
    if found.invited_as:
        tell("%(login)s can sign in with the city's own account %(address)s.", login=name, address=found.invited_as)
    else:
        tell("The invitation of %(login)s is taken back.", login=name)
    return redirect(url_for("staff.accounts"), 303)


def _needs_a_provider() -> None:
    if console().provider is None:
        raise NotFound("There is no such page.")


def _chosen() -> tuple[Role, ...]:
    return tuple(role for role in Role if request.form.get(f"role-{role}"))
