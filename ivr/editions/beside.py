"""Rows of what holds beside the edition for a while: each begins and ends by itself, or before its time."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, select, update

from ivr.editions.library import by, stir
from ivr.people.persons import Person
from ivr.people.refusals import NotFound, Refused

KEPT = timedelta(days=1)
"""How long something that ended is still told to calls under way."""


def check_span(start: datetime, end: datetime, now: datetime, longest: timedelta) -> None:
    """Refused where it would not be at all, or for longer than that."""
    if end <= max(start, now):
        raise Refused("The end must come after the start, and after now.")
    if end - start > longest:
        raise Refused("It may last %(days)s days at most.", days=longest.days)


def end(connection: Connection, table: Table, number: int, until: datetime, person: Person, now: datetime) -> None:
    """End it before its time. Refused where it is over."""
    if until <= now:
        raise Refused("It has ended already.")
    change(connection, table, number, ended_at=now, **by(person, "ended_by"))


def change(connection: Connection, table: Table, number: int, **changes: object) -> None:
    """Set columns of a row, and let every worker know."""
    connection.execute(update(table).where(table.c.id == number).values(**changes))
    stir(connection)


def row(connection: Connection, table: Table, number: int) -> Row[Any]:
    """The row of that number. NotFound."""
    found = connection.execute(select(table).where(table.c.id == number)).first()
    if found is None:
        raise NotFound("There is no such row.")
    return found
