"""A pytest plugin: each test once at each date, in one process whose clock libfaketime reads from a file.

    pytest -p every_date        (tests/support/any_day.py sets the rest)

`EVERY_DATE` holds the dates, by name, as JSON; `FAKETIME_TIMESTAMP_FILE` is the file.
"""

import json
import os
from pathlib import Path

import pytest

DATES: dict[str, str] = json.loads(os.environ["EVERY_DATE"])
CLOCK = Path(os.environ["FAKETIME_TIMESTAMP_FILE"])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All tests at the first date, then all at the second."""
    metafunc.fixturenames.insert(0, "at_date")
    metafunc.parametrize("at_date", DATES, indirect=True, scope="session")


@pytest.fixture(scope="session", autouse=True)
def at_date(request: pytest.FixtureRequest) -> None:
    """Set the clock to the date of the test."""
    CLOCK.write_text(DATES[request.param])
