"""`flask records ...`: what calls did, for who evaluates it, deletes it, or wants to be sure of it."""

import csv
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from ivr import clock
from ivr.commands.which import live_line
from ivr.editions.office import Office
from ivr.records import tallies
from ivr.records.journal import journals
from ivr.records.kept import COUNT, SINGLE, Between, counts, delete_records, faults, singles
from ivr.records.recorder import Recorder
from ivr.reports.periods import Period
from ivr.reports.report import Prices, Town, made
from ivr.reports.sheets import Sheet, Words, as_csv
from ivr.reports.tables import Table
from ivr.store.cells import escape
from ivr.store.database import Database, DatabaseGone

PATIENCE = 5
"""Seconds in which the processes that answer take over what stood in their journals [own value]."""

_DAY = click.DateTime(["%Y-%m-%d"])

records_commands = AppGroup("records", help="What calls did, without a person.")


def _of_days(command: Callable[..., None]) -> Callable[..., None]:
    """A command with `between`: days of the line's zone."""

    @click.option("--from", "first", type=_DAY, help="The first day; all from the beginning if left out.")
    @click.option("--until", "last", type=_DAY, help="The last day; all up to now if left out.")
    @wraps(command)
    def with_days(*args: Any, first: datetime | None, last: datetime | None, **more: Any) -> None:
        zone = live_line().zone
        since = first.replace(tzinfo=zone) if first else None
        until = (last + timedelta(days=1)).replace(tzinfo=zone) if last else None
        command(*args, between=Between(since, until), **more)

    return with_days


@records_commands.command("export")
@_of_days
@click.option("--csv/--json", "as_csv", default=True, help="A table (what is usual), or a JSON object a line.")
@click.option("--counts", "counted", is_flag=True, help="The counts of hours that are no longer kept singly.")
def export(between: Between, as_csv: bool, counted: bool) -> None:
    """Write the records to the standard output, times in UTC."""
    with _up_to_now() as database:
        rows = counts(database, between) if counted else singles(database, between)
        if as_csv:
            _write_table(COUNT if counted else SINGLE, rows)
        else:
            for row in rows:
                click.echo(json.dumps({name: _told(value) for name, value in row.items()}))


@records_commands.command("delete")
@_of_days
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(between: Between, yes: bool) -> None:
    """Delete records and counts for good: of some days, or all."""
    if not yes:
        click.confirm("What calls did in these days is deleted for good, records and counts. Go on?", abort=True)
    with _up_to_now() as database:
        single, counted = delete_records(database, between)
    click.echo(f"{single} records and {counted} counts are deleted.")


@records_commands.command("report")
@click.argument("period", required=False)
def report(period: str | None) -> None:
    """Write the figures of a month (2026-11) or a fiscal year (2026, from April) as CSV; of this month if left out."""
    today = clock.utc_now().astimezone(live_line().zone).date()
    try:
        asked = Period.parse(period) if period else Period.month_of(today)
    except ValueError as error:
        raise click.BadParameter("Write a month such as 2026-11, or a year such as 2026.") from error
    line, settings = live_line(), current_app.extensions["ivr.settings"]
    town = Town(frozenset(line.desks), line.nearest, Prices(settings.call_price, settings.transfer_price))
    with _up_to_now() as database:
        found = made(database, asked, town, today)
    click.echo(as_csv([_sheet(table) for table in found.tables], Words()), nl=False)


@records_commands.command("recount")
def recount() -> None:
    """Count the figures of reports anew from the records that are kept singly."""
    with _up_to_now() as database:
        days = tallies.recount(database, live_line().zone)
    click.echo(f"The figures of {days} days are counted anew.")


@records_commands.command("verify")
def verify() -> None:
    """Hold records against journals, and the figures of reports against records: all are there, once, and no number or
    word of a caller is among them."""
    with _up_to_now() as database:
        sizes, zone = journals(_recorder().journal.folder), live_line().zone
        until = time.monotonic() + PATIENCE
        while (found := (*faults(database, sizes), *tallies.faults(database, zone))) and time.monotonic() < until:
            time.sleep(0.2)  # a journal of a process that lives is taken over every second
    for fault in found:
        click.echo(fault)
    if found:
        sys.exit(1)
    click.echo(
        "Every record is there, once, and none holds a number or words of a caller. The figures of days are theirs."
    )


def _sheet(table: Table) -> Sheet:
    """A table by its keys, which programs read."""
    rows = tuple((row.item or "total", row.values) for row in table.all_rows)
    return Sheet(table.name, "", table.items, table.columns, rows)


def _recorder() -> Recorder:
    """The records of this application."""
    found: Recorder = current_app.extensions["ivr.records"]
    return found


@contextmanager
def _up_to_now() -> Iterator[Database]:
    """The database with all that processes which are no more have left."""
    rooms: Office = current_app.extensions["ivr.office"]
    try:
        _recorder().take_all()
        yield rooms.database
    except DatabaseGone as gone:  # the log has said what is to be done
        raise click.ClickException("The database cannot be used.") from gone


def _write_table(names: tuple[str, ...], rows: Iterator[Mapping[str, Any]]) -> None:
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(names)
    for row in rows:
        told = (_told(row[name]) for name in names)
        table.writerow([escape(value) if isinstance(value, str) else value for value in told])


def _told(value: object) -> object:
    """A value as text files have it."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds") if isinstance(value, datetime) else value
