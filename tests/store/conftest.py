"""City halls without a console."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stores import City, new_database, open_city


@pytest.fixture
def town(tmp_path: Path) -> Iterator[City]:
    """A city hall over SQLite, where the kind of database makes no difference."""
    with open_city(new_database("sqlite", tmp_path), tmp_path) as made:
        yield made
