"""`flask line new-database`: an empty database where there was another one."""

import click
from flask import current_app

from ivr.commands.line import line_commands
from ivr.editions.office import Office
from ivr.store.database import AlreadyThere, DatabaseGone


@line_commands.command("new-database")
@click.option("--yes", is_flag=True, help="Do not ask.")
def new_database(yes: bool) -> None:
    """Begin an empty database where the old one is gone for good.

    Nothing is overwritten: where there still is one, move it away first. Callers then hear the
    words that the program is shipped with, and accounts, drafts, editions and the audit trail begin anew.
    """
    rooms: Office = current_app.extensions["ivr.office"]
    if not yes:
        click.confirm(
            "Callers will hear the words that the program is shipped with; accounts, drafts and editions begin anew."
            " A backup in its place would be taken up by itself. Begin an empty database?",
            abort=True,
        )
    try:
        rooms.database.begin_anew()
    except AlreadyThere as there:
        raise click.ClickException(
            f"There is a database at {there}. Move it away first: nothing is overwritten."
        ) from there
    except DatabaseGone as gone:
        raise click.ClickException(f"No database could be made: {gone.detail or gone.trouble}.") from gone
    click.echo("There is an empty database. Make the first account: flask staff add")
