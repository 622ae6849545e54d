"""`flask staff ...`: accounts, from a terminal of the machine that the line runs on.

Owners set their accounts up by a link. Where one sits at the terminal (the first must), the password
is asked and the second factor is shown there alone; logs see neither.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import AppGroup

from ivr import clock
from ivr.people.accounts import Accounts
from ivr.people.entrance import Entrance
from ivr.people.links import Link
from ivr.people.passwords import Weak
from ivr.people.persons import Role
from ivr.people.refusals import Refusal
from ivr.store.database import DatabaseGone, NotStorable

_HERE = click.option(
    "--here", is_flag=True, help="The owner sits at this terminal, and sets password and second factor here."
)
_PASSWORD = click.option("--password", help="The same, with a password that programs hand over: leave it out.")

staff_commands = AppGroup("staff", help="Accounts of the staff console.")


def _show_link(link: Link) -> None:
    click.echo("Hand this link to the owner of the account; it is shown only once and good for one use,")
    click.echo(f"until {link.until:%Y-%m-%d %H:%M} UTC. They set their password and second factor by it:")
    public_url = current_app.extensions["ivr.settings"].public_url
    click.echo(f"    {public_url}/staff/set-up/{link.token}")


@staff_commands.command("add")
@click.argument("login")
@click.option("--name", prompt="Name, as others will see it", help="The person's name.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="editor, approver, administrator; may be given several times.",
)
@_HERE
@_PASSWORD
def add(login: str, name: str, roles: tuple[str, ...], here: bool, password: str | None) -> None:
    """Make an account. Its owner sets it up by the link that is printed; the first one, while
    nobody looks after the accounts yet, is set up here."""
    with _refusals_told():
        if password is None and not (here or _accounts().first()):
            made, link = _accounts().invite(login, name, map(Role, roles), clock.utc_now())
            click.echo(f"There is an account {made.login} of {made.name} now.")
            _show_link(link)
            return
        password = password or _asked()
        made, address = _accounts().add(login, name, map(Role, roles), password, clock.utc_now())
    click.echo(f"{made.name} may sign in as {made.login}.")
    _show(address)


@staff_commands.command("renew")
@click.argument("login")
@_HERE
@_PASSWORD
def renew(login: str, here: bool, password: str | None) -> None:
    """Void the password and second factor of an account, and unlock it. Its owner sets others
    by the link that is printed."""
    with _refusals_told():
        if password is None and not here:
            _show_link(_accounts().invite_again(login, clock.utc_now()))
            return
        address = _accounts().renew(login, password or _asked(), clock.utc_now())
    _show(address)


@staff_commands.command("invite")
@click.argument("login")
@click.argument("address")
def invite(login: str, address: str) -> None:
    """Let whoever shows this address at the city's own provider (OIDC_ISSUER) sign in with the account."""
    with _refusals_told():
        found = Entrance(_accounts()).invite_as(login, address, clock.utc_now())
    click.echo(f"Whoever signs in there as {found.invited_as} has the account {found.login}.")


@staff_commands.command("stop")
@click.argument("login")
def stop(login: str) -> None:
    """Let an account sign in no more."""
    with _refusals_told():
        _accounts().stop(login, clock.utc_now())
    click.echo(f"{login} can no longer sign in.")


@staff_commands.command("list")
def every() -> None:
    """Show all accounts."""
    with _refusals_told():
        found = _accounts().all()
    for account in found:
        state = " (stopped)" if account.stopped_at else "" if account.ready else " (to be set up, or renewed)"
        click.echo(f"{account.login}\t{account.name}\t{', '.join(sorted(account.roles))}{state}")


def _accounts() -> Accounts:
    """The accounts of this application."""
    found: Accounts = current_app.extensions["ivr.accounts"]
    return found


def _asked() -> str:
    """A password typed twice, and not shown."""
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _show(address: str) -> None:
    click.echo("Set the second factor up now; this is shown only once. In an authenticator app, enter")
    click.echo(f"    {address}")


@contextmanager
def _refusals_told() -> Iterator[None]:
    """Refusals become a line on the terminal and exit code 1."""
    try:
        yield
    except Weak as error:
        raise click.ClickException(" ".join([str(error), *(message for message, _ in error.advice)])) from error
    except (Refusal, NotStorable) as error:
        raise click.ClickException(str(error)) from error
    except DatabaseGone as error:  # the log has said what is to be done
        raise click.ClickException("The database cannot be used. Nothing was changed.") from error
