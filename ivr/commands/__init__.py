"""`flask line`, `phone`, `records`, `staff`, `twilio` and `data`: the line from a terminal."""

import click
from flask import Flask
from flask.cli import AppGroup


class Commands(AppGroup):
    """The commands of an application, imported when somebody asks for one: a server has no use for them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all."""
        self._import()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The one of that name."""
        self._import()
        return super().get_command(ctx, cmd_name)

    def _import(self) -> None:
        from ivr.commands import (
            new_database,  # noqa: F401 (add their commands to the group)
            seconds,  # noqa: F401 (add their commands to the group)
            simulate,  # noqa: F401 (add their commands to the group)
            speech,  # noqa: F401 (add their commands to the group)
        )
        from ivr.commands.data import data_commands
        from ivr.commands.line import line_commands
        from ivr.commands.phone import phone
        from ivr.commands.records import records_commands
        from ivr.commands.staff_accounts import staff_commands
        from ivr.commands.twilio import twilio_commands

        for command in (line_commands, data_commands, phone, records_commands, staff_commands, twilio_commands):
            self.add_command(command)


def register(app: Flask) -> None:
    """Add the commands to the application."""
    app.cli = Commands(name=app.name)
