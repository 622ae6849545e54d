"""Every test passes on every day: whatever meets a clock is run at other dates than today.

`libfaketime` sets the machine's clock for a run of its own: all tests that are quick and not
marked `timeless`, which a new test is part of without doing anything for it. The clock stands
still there, so that the second before a month ends lasts as long as the tests do.
"""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from tests.clock import real_time

ROOT = Path(__file__).parent.parent
HELP = Path(__file__).parent / "another_day"
REAL = datetime.now(UTC)
"""The machine's own time: the one place where tests ask for it."""

BY_ITSELF = timedelta(days=100 + 37 * (REAL.toordinal() % 97))
"""Another date each day, up to ten years on: what nobody has thought of is met some day."""

DATES = {
    "New Year's night": datetime(2026, 12, 31, 15, 0, 30, tzinfo=UTC),  # 00:00:30 in Tokyo
    "29 February": datetime(2028, 2, 29, 3, 0, tzinfo=UTC),  # noon in Tokyo
    "the month ends in Tokyo alone": datetime(2026, 11, 30, 14, 59, 59, tzinfo=UTC),
    "two years on": REAL + timedelta(days=730),
    "today": REAL,
    "some day": REAL + BY_ITSELF,
}

CLOCK = re.compile(r"\b(?:datetime\.(?:now|today|utcnow)|date\.today|time\.(?:time|localtime|gmtime|ctime))\(")
ALLOWED = {
    "ivr/clock.py": "the one clock",
    "ivr/carrier/handset.py": "a telephone of others' making, which has a clock of its own",
    "ivr/store/database.py": "when a file was changed is by the machine's clock",
    "ivr/voice/store.py": "likewise",
    "tests/test_voice_store.py": "likewise",
    "tests/test_any_day.py": "the dates are told apart from today",
}


def test_nothing_reads_the_time_but_from_the_one_clock() -> None:
    """In tests, the same holds: then none depends on the day it runs on."""
    readers = {
        str(path.relative_to(ROOT))
        for folder in ("ivr", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if CLOCK.search(path.read_text("utf-8"))
    }
    assert readers - set(ALLOWED) == set()


@cache
def library() -> Path:
    """libfaketime; the test is skipped where it is not installed."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("no libfaketime here: apt install libfaketime")
    return found[0]


def at(moment: datetime) -> dict[str, str]:
    """The environment in which the machine's clock stands at that moment. Waiting goes on as
    ever: it is by a clock that runs on and tells no time."""
    return {
        **{name: text for name, text in real_time().items() if not name.startswith("PYTEST_")},
        "LD_PRELOAD": str(library()),
        "FAKETIME": f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": os.pathsep.join([str(HELP), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "TZ": "UTC",
    }


@pytest.mark.slow
@pytest.mark.parametrize("moment", [pytest.param(moment, id=name) for name, moment in DATES.items()])
def test_every_quick_test_passes_at(moment: datetime, tmp_path: Path) -> None:
    """PostgreSQL keeps no time of its own for us, and its tests are those of SQLite."""
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'run'}"),
            *("-m", "not slow and not timeless", "-k", "not postgresql"),
        ],
        cwd=ROOT,
        env=at(moment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"at {moment}:\n{run.stdout[-8000:]}\n{run.stderr[-2000:]}"


def test_the_clock_is_really_another() -> None:
    code = "import datetime, time; print(datetime.datetime.now().year, time.gmtime().tm_mon)"
    answer = subprocess.check_output([sys.executable, "-c", code], env=at(DATES["29 February"]), text=True)
    assert answer.split() == ["2028", "2"]
