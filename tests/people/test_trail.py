"""The audit trail: nothing is rewritten unseen, all is found, and no cell is run."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from ivr.people import trail
from ivr.people.trail import Act, Term
from ivr.store.cells import escape, unescape
from ivr.store.database import Database
from tests.support.stores import NOON


def fill(database: Database) -> None:
    for number, (who, what) in enumerate([("a", "greeting"), ("b", "挨拶"), ("a", "=1+1")]):
        with database.writing() as connection:
            trail.record(connection, Act(NOON + timedelta(minutes=number), who, who.upper(), "draft.save", what))


def unguarded(database: Database, statement: str) -> None:
    """What somebody does who can take the triggers away."""
    with database.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_no_update"))
            connection.execute(text("DROP TRIGGER audit_no_delete"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        connection.execute(text(statement))


def test_a_whole_trail_verifies(database: Database) -> None:
    assert trail.verify(database) is None
    fill(database)
    assert trail.verify(database) is None


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET what = 'other' WHERE seq = 2", 2),
        ("UPDATE audit SET at = '2026-01-01 00:00:00' WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 2", 2),
    ],
)
def test_a_row_that_was_rewritten_shows(database: Database, statement: str, broken: int) -> None:
    fill(database)
    unguarded(database, statement)
    assert trail.verify(database) == broken


def test_a_trail_cut_off_at_its_end_shows_against_a_head_noted_down(database: Database) -> None:
    fill(database)
    head = trail.head(database)
    unguarded(database, "DELETE FROM audit WHERE seq = 3")
    assert trail.verify(database) is None
    assert trail.verify(database, head) == 3


def test_search(database: Database) -> None:
    fill(database)

    def numbers(**wanted: Any) -> list[int]:
        return [entry.seq for entry in trail.search(database, **wanted)]

    assert numbers() == [3, 2, 1]
    assert numbers(words="GREET") == [1]
    assert numbers(words="挨拶") == [2]
    assert numbers(words="%") == [], "a sign of the database's is a sign like others"
    assert numbers(who="a") == [3, 1]
    assert numbers(act="draft.") == [3, 2, 1]
    assert numbers(since=NOON + timedelta(minutes=1), until=NOON + timedelta(minutes=2)) == [2]
    assert numbers(limit=1) == [3]
    assert numbers(terms=[Term(whats=("gree", "挨"))]) == [2, 1]
    assert numbers(terms=[Term(whats=("gree",)), Term(ends=("ting",))]) == [1]
    assert numbers(terms=[Term("nowhere", acts=("draft.save",))]) == [3, 2, 1], "one of a term is enough"
    assert numbers(terms=[Term()]) == [], "nothing is nobody's"
    assert trail.people(database) == {"a": "A", "b": "B"}
    assert numbers(before=3, limit=1) == [2]


def test_csv_holds_no_formulas(database: Database) -> None:
    fill(database)
    found = ((entry.seq, entry.act.what) for entry in trail.search(database))
    rows = list(csv.DictReader(io.StringIO(trail.as_csv(("number", "what"), found))))
    assert [row["what"] for row in rows] == ["'=1+1", "挨拶", "greeting"]
    assert rows[0]["number"] == "3"


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n＝'a語"), max_size=4))
def test_escaping_is_undone_and_leaves_nothing_to_run(cell: str) -> None:
    assert unescape(escape(cell)) == cell
    assert escape(cell)[:1] not in set("=+-@\t\r\n＝＋－＠")
