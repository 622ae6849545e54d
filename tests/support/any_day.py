"""Tests at other dates than today: `libfaketime` sets the machine's clock for a run of its own.

The clock stands still there, so that the second before a month ends lasts as long as the tests
do; waiting goes on as ever. Databases and browsers keep the machine's time (tests/support/clock.py).

    python -m tests.support.any_day ["some day" ...]

runs every quick test that is not `timeless` at these dates, at all of them where none is named.
Those that meet a clock most, marked `clock`, run at each of them whenever all tests do.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.clock import real_time

ROOT = Path(__file__).parents[2]
HELP = ROOT / "tests" / "another_day"
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

MARKED = [str(each) for each in sorted(ROOT.glob("tests/*/test_*.py")) if "mark.clock" in each.read_text("utf-8")]
"""The files with tests that are marked `clock`: to look through all others takes long."""

CLOCK = ("-m", "clock and not slow and not timeless", *MARKED)
QUICK = ("-m", "not slow and not timeless")


def library() -> Path | None:
    """libfaketime, where it is installed."""
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


def environment(**clock: str) -> dict[str, str]:
    """The environment in which libfaketime sets the machine's clock as these variables of its own say."""
    return {
        **{name: text for name, text in real_time().items() if not name.startswith("PYTEST_")},
        "LD_PRELOAD": str(library()),
        **clock,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # which has threads spin that wait for one another
        "NO_FAKE_STAT": "1",  # the dates of files are what the disk says
        "PYTHONPATH": os.pathsep.join([str(HELP), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "TZ": "UTC",
    }


def at(moment: datetime) -> dict[str, str]:
    """The environment in which the clock stands at that moment."""
    return environment(FAKETIME=_told(moment))


def at_each(names: Iterable[str], file: Path) -> dict[str, str]:
    """The environment in which the clock stands where `file` says, which `every_date` turns to each date."""
    told = {name: _told(DATES[name]) for name in names}
    file.write_text(_told(REAL))
    return environment(FAKETIME_TIMESTAMP_FILE=str(file), FAKETIME_NO_CACHE="1", EVERY_DATE=json.dumps(told))


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def command(folder: Path, *chosen: str) -> list[str]:
    """The command that runs tests there. PostgreSQL is left out: its tests are those of SQLite."""
    plain = (sys.executable, "-m", "pytest", "-q", "-pno:cacheprovider", f"--basetemp={folder}")
    return [*plain, "-k", "not postgresql", *chosen]


def main(names: list[str]) -> int:
    """Run the quick tests at these dates. The number of dates at which some failed."""
    import tempfile

    failed = 0
    for name in names or DATES:
        print(f"{name}: {DATES[name]:%Y-%m-%d %H:%M:%S} UTC", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            quick = command(Path(folder) / "run", "-n", "auto", "--dist", "loadgroup", *QUICK)
            run = subprocess.run(quick, cwd=ROOT, env=at(DATES[name]), check=False)
        failed += run.returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
