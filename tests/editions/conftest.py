"""City halls over each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stores import BOTH_KINDS, City, new_database, open_city


@pytest.fixture(params=BOTH_KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind in turn."""
    return new_database(request.param, tmp_path)


@pytest.fixture
def city(url: str, tmp_path: Path) -> Iterator[City]:
    """A city hall over each kind of database."""
    with open_city(url, tmp_path) as made:
        yield made


@pytest.fixture
def town(tmp_path: Path) -> Iterator[City]:
    """A city hall over SQLite, where the kind of database makes no difference."""
    with open_city(new_database("sqlite", tmp_path), tmp_path) as made:
        yield made
