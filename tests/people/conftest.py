"""Databases of each kind, and a city hall with people in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.store.database import Database
from tests.support.stores import BOTH_KINDS, new_database
from tests.support.town import Town, open_town


@pytest.fixture(params=BOTH_KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with its tables, of each kind in turn."""
    made = Database(new_database(request.param, tmp_path))
    made.upgrade()
    yield made
    made.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A city hall; no voice is made beside the tests."""
    with open_town(tmp_path) as made:
        yield made
