"""`flask staff ...`: accounts, from a terminal of the machine that the line runs on.

Passwords are asked and the second factor is shown on the terminal alone; logs see neither.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from ivr.editions.people import Refused, Role
from ivr.staff.accounts import Accounts


def staff_commands(accounts: Accounts) -> AppGroup:
    """The commands over these accounts."""
    group = AppGroup("staff", help="Accounts of the staff console.")

    @group.command("add")
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
    @click.password_option(help="Left out, it is asked and not shown: leave it out.")
    def add(login: str, name: str, roles: tuple[str, ...], password: str) -> None:
        """Make an account, and show how its second factor is set up."""
        with _refusals_told():
            made, address = accounts.add(login, name, map(Role, roles), password, datetime.now(UTC))
        click.echo(f"{made.name} may sign in as {made.login}.")
        _show(address)

    @group.command("renew")
    @click.argument("login")
    @click.password_option(help="Left out, it is asked and not shown: leave it out.")
    def renew(login: str, password: str) -> None:
        """Give an account a new password and second factor, and unlock it."""
        with _refusals_told():
            address = accounts.renew(login, password, datetime.now(UTC))
        _show(address)

    @group.command("stop")
    @click.argument("login")
    def stop(login: str) -> None:
        """Let an account sign in no more."""
        with _refusals_told():
            accounts.stop(login, datetime.now(UTC))
        click.echo(f"{login} can no longer sign in.")

    @group.command("list")
    def every() -> None:
        """Show all accounts."""
        for account in accounts.all():
            state = " (stopped)" if account.stopped_at else ""
            click.echo(f"{account.login}\t{account.name}\t{', '.join(sorted(account.roles))}{state}")

    return group


def _show(address: str) -> None:
    click.echo("Set the second factor up now; this is shown only once. In an authenticator app, enter")
    click.echo(f"    {address}")


@contextmanager
def _refusals_told() -> Iterator[None]:
    """Refusals become a line on the terminal and exit code 1."""
    try:
        yield
    except Refused as error:
        raise click.ClickException(str(error)) from error
