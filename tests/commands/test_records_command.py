"""`flask records ...`: taken out, deleted, and held against the journals."""

import csv
import io
import json
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import delete, insert, select, update

from ivr.handset.handset import Handset
from ivr.records.kept import SINGLE
from ivr.records.upkeep import count_hour
from ivr.store.tables import record, tally
from tests.support.clock import MOMENT
from tests.support.given import TUESDAY_11


@pytest.fixture
def run(app: Flask, caller: Handset) -> FlaskCliRunner:
    """After a call with one key."""
    caller.press("1")
    caller.hang_up()
    return app.test_cli_runner()


def test_records_are_taken_out_as_a_table_or_as_json(run: FlaskCliRunner) -> None:
    rows = list(csv.DictReader(io.StringIO(run.invoke(args=["records", "export"]).output)))
    assert [row["heard"] for row in rows] == ["ring", "key 1", "end"] and tuple(rows[0]) == SINGLE
    assert rows[0]["at"].startswith("2026-11-24T02:00:00")
    lines = [json.loads(line) for line in run.invoke(args=["records", "export", "--json"]).output.splitlines()]
    assert [line["heard"] for line in lines] == ["ring", "key 1", "end"]


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (["--from", "2026-11-24", "--until", "2026-11-24"], 3),
        (["--from", "2026-11-25"], 0),
        (["--until", "2026-11-23"], 0),
    ],
)
def test_days_are_those_of_the_line(run: FlaskCliRunner, days: list[str], found: int) -> None:
    assert len(run.invoke(args=["records", "export", *days]).output.splitlines()) == 1 + found


def test_hours_that_are_kept_as_numbers_are_taken_out_too(run: FlaskCliRunner, app: Flask) -> None:
    run.invoke(args=["records", "verify"])
    with app.extensions["ivr.office"].database.writing() as connection:
        count_hour(connection, MOMENT)
    rows = list(csv.DictReader(io.StringIO(run.invoke(args=["records", "export", "--counts"]).output)))
    assert {(row["heard"], row["number"]) for row in rows} == {("ring", "1"), ("key 1", "1"), ("end", "1")}
    assert rows[0]["hour"] == "2026-11-24T02:00:00.000+00:00" and TUESDAY_11.endswith("11:00")


def test_nothing_is_deleted_unless_somebody_says_so(run: FlaskCliRunner) -> None:
    assert run.invoke(args=["records", "delete"], input="n\n").exit_code == 1
    assert run.invoke(args=["records", "delete", "--yes"]).output == "3 records and 0 counts are deleted.\n"
    assert len(run.invoke(args=["records", "export"]).output.splitlines()) == 1
    assert run.invoke(args=["records", "verify"]).exit_code == 0


def test_what_is_missing_is_found(run: FlaskCliRunner, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.commands.records.PATIENCE", 0)
    result = run.invoke(args=["records", "verify"])
    assert result.exit_code == 0 and result.output.startswith("Every record is there, once")
    with app.extensions["ivr.office"].database.writing() as connection:
        connection.execute(delete(record).where(record.c.heard == "ring"))
    result = run.invoke(args=["records", "verify"])
    assert result.exit_code == 1 and "there are 2 records; there should be 3" in result.output


def test_figures_that_are_not_those_of_their_records_are_found_and_counted_anew(
    run: FlaskCliRunner, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.commands.records.PATIENCE", 0)
    assert run.invoke(args=["records", "verify"]).exit_code == 0
    database, older = app.extensions["ivr.office"].database, MOMENT.date() - timedelta(days=9)
    with database.writing() as connection:
        spoilt = connection.execute(update(tally).values(number=tally.c.number + 1)).rowcount
        row = {**connection.execute(select(tally)).mappings().first(), "day": older}
        connection.execute(insert(tally).values(row))  # its records are gone: nothing can be said of it
    result = run.invoke(args=["records", "verify"])
    assert result.exit_code == 1 and result.output == f"{spoilt} figures of 2026-11-24 are not those of its records.\n"
    run.invoke(args=["records", "recount"])
    assert run.invoke(args=["records", "verify"]).exit_code == 0
    with database.writing() as connection:
        connection.execute(delete(tally).where(tally.c.figure == "calls"))
    assert run.invoke(args=["records", "verify"]).exit_code == 1, "one that is missing"


def test_without_a_database_it_says_so(run: FlaskCliRunner, app: Flask) -> None:
    (app.extensions["ivr.settings"].data_dir / "line.db").unlink()
    result = run.invoke(args=["records", "export"])
    assert result.exit_code == 1 and result.output.endswith("Error: The database cannot be used.\n")


def test_the_figures_of_a_report_are_written_by_their_keys(
    run: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.clock.WALL.now", MOMENT + timedelta(days=1))
    told = run.invoke(args=["records", "report", "2026-11"]).output
    rows = {(row["table"], row["row"], row["column"]): row["value"] for row in csv.DictReader(io.StringIO(told))}
    assert rows["hours", "total", "calls"] == "hidden", "one caller"
    assert rows["results", "right desk", "calls"] == "0" and ("cost", "call", "minutes") in rows
    assert run.invoke(args=["records", "report", "november"]).exit_code == 2
    assert run.invoke(args=["records", "report"]).output == told
    assert run.invoke(args=["records", "recount"]).output == "The figures of 1 days are counted anew.\n"
    assert run.invoke(args=["records", "report"]).output == told
