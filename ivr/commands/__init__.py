"""`flask line`, `phone`, `records`, `staff`, `twilio` and `data`: the line from a terminal."""

from flask import Flask

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


def register(app: Flask) -> None:
    """Add the commands to the application."""
    app.cli.add_command(line_commands)
    app.cli.add_command(data_commands)
    app.cli.add_command(phone)
    app.cli.add_command(records_commands)
    app.cli.add_command(staff_commands)
    app.cli.add_command(twilio_commands)
