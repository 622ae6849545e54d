"""A city hall with its console."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.town import Town, open_town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with open_town(tmp_path) as made:
        yield made
