"""Tests pass on every day: what meets a clock is run at other dates than today."""

import re
import subprocess
import sys

import pytest

from tests.support.any_day import CLOCK, DATES, ROOT, at, at_each, command, library

READS = re.compile(r"\b(?:datetime\.(?:now|today|utcnow)|date\.today|time\.(?:time|localtime|gmtime|ctime))\(")
ALLOWED = {
    "ivr/clock.py": "the one clock",
    "ivr/handset/progress.py": "a telephone of others' making, which has a clock of its own",
    "ivr/store/database.py": "when a file was changed is by the machine's clock",
    "ivr/voice/store.py": "likewise",
    "tests/voice/test_store.py": "likewise",
    "tests/support/any_day.py": "the dates are told apart from today",
    "tests/whole/test_any_day.py": "likewise",
}

needs_faketime = pytest.mark.skipif(library() is None, reason="no libfaketime here: apt install libfaketime")


def test_nothing_reads_the_time_but_from_the_one_clock() -> None:
    """In tests, the same holds: then none depends on the day it runs on."""
    readers = {
        str(path.relative_to(ROOT))
        for folder in ("ivr", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if READS.search(path.read_text("utf-8"))
    }
    assert readers - set(ALLOWED) == set()


@needs_faketime
@pytest.mark.slow(50)
def test_what_meets_a_clock_passes_on_every_day(tmp_path_factory: pytest.TempPathFactory) -> None:
    """At each date, but today, which is the date of all other tests."""
    folder = tmp_path_factory.mktemp("day")
    run = subprocess.run(
        command(folder / "run", "-x", "-p", "every_date", *CLOCK),
        cwd=ROOT,
        env=at_each([name for name in DATES if name != "today"], folder / "clock"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"{run.stdout[-8000:]}\n{run.stderr[-2000:]}"


@needs_faketime
def test_the_clock_is_really_another() -> None:
    code = "import datetime, time; print(datetime.datetime.now().year, time.gmtime().tm_mon)"
    answer = subprocess.check_output([sys.executable, "-c", code], env=at(DATES["29 February"]), text=True)
    assert answer.split() == ["2028", "2"]
