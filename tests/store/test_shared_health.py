"""What is unwell in one process of a server is told by all, as long as that one lives."""

import subprocess
import sys
from pathlib import Path

import pytest

from ivr.store.health import Health, Ill, Part, Trouble
from ivr.store.shared_health import SharedHealth

pytestmark = pytest.mark.timeless

FULL = {Part.DATABASE: Ill(Trouble.FULL, "The disk of the database is full.")}
WRITES = """
import sys
from pathlib import Path
from ivr.store.health import Ill, Part, Trouble
from ivr.store.shared_health import SharedHealth
SharedHealth(Path(sys.argv[1])).write({Part.DATABASE: Ill(Trouble.FULL, "The disk of the database is full.")})
print("written", flush=True)
sys.stdin.read()
"""


def test_what_another_process_says_is_told_until_it_has_ended(tmp_path: Path) -> None:
    health, shared = Health(), SharedHealth(tmp_path)
    health.others = shared.others
    shared.write({Part.DISK: Ill(Trouble.FULL, "Its own file tells a process nothing.")})
    assert health.ills == {}
    command = (sys.executable, "-c", WRITES, str(tmp_path))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdin
        other.stdout.readline()
        assert health.ills == FULL and health.told().startswith("calls ok, database full\n")
        assert health.trouble(Part.DATABASE) is None, "what it does itself goes by what it knows itself"
        health.ill(Part.DATABASE, Trouble.SILENT, "It says nothing.")
        assert health.ills[Part.DATABASE].trouble is Trouble.SILENT
        health.well(Part.DATABASE)
        other.stdin.close()
    assert health.ills == {}


def test_it_is_over_when_the_other_is_well(tmp_path: Path) -> None:
    here, there = SharedHealth(tmp_path, number=1), SharedHealth(tmp_path)
    there.write(FULL)
    assert here.others() == FULL
    there.write({})
    assert here.others() == {}


def test_a_number_that_is_another_user_s_by_now_is_no_process_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = SharedHealth(tmp_path, number=1), SharedHealth(tmp_path)
    there.write(FULL)

    def refused(_process: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr("os.kill", refused)
    assert here.others() == {}


def test_a_folder_that_has_gone_costs_nothing(tmp_path: Path) -> None:
    shared = SharedHealth(tmp_path / "gone")
    shared.write(FULL)
    assert shared.others() == {}
