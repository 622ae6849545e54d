"""The journal of a process: who owns it, what finds room in it, and what becomes of a disk that is full."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.records.journal import ENDING, Journal, Spare, journals, left_journals

pytestmark = pytest.mark.timeless


def contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob(f"*{ENDING}"))


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """A disk that is full after so many bytes of a file: a write is cut short there, the next one fails."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_nothing_is_written_before_the_first_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    assert not (tmp_path / "journal").exists() and journal.name == ""
    journal.append(b"a\n")
    assert contents(tmp_path / "journal") == b"a\n" and journals(tmp_path / "journal") == {journal.name: 2}


def test_no_more_is_written_than_there_is_room_for(tmp_path: Path) -> None:
    journal = Journal(tmp_path, most=10)
    for _ in range(4):
        journal.append(b"line\n")
    assert contents(tmp_path) == b"line\n" * 2
    assert journal.refused and "10 bytes" in str(journal.refused)
    Journal(tmp_path, most=10).append(b"line\n")  # the processes that follow one that crashes again and again
    assert contents(tmp_path) == b"line\n" * 2


def test_what_the_disk_does_not_take_is_in_memory_until_it_was_taken_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path, most=5)
    journal.append(b"line\n")
    assert journal.spare is None
    journal.append(b"more\n")
    assert journal.spare and journal.spare.read(0, 99) == b"more\n" and not journal.left_out
    journal.end_spare(5)
    assert journal.spare, "another line may come any time"
    journal._room = 99
    journal.append(b"line\n")
    journal.end_spare(0)
    assert journal.spare, "somebody has to take it over first"
    journal.end_spare(5)
    assert journal.spare is None


def test_a_memory_without_room_leaves_out_and_says_so(tmp_path: Path) -> None:
    journal = Journal(tmp_path, most=1)
    journal.spare = Spare(most=5)
    journal.append(b"line\n")
    assert not journal.left_out
    journal.append(b"line\n")
    assert journal.left_out and journal.spare.size == 5


def test_a_line_that_is_cut_short_by_a_full_disk_spoils_no_other(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(b"first\n")
    with files_of_at_most(9):
        journal.append(b"second\n")
        assert journal.refused and journal.spare and journal.spare.read(0, 99) == b"second\n"
    journal.append(b"third\n")
    assert contents(tmp_path) == b"first\nthird\n"
    assert not journal.refused and journal.size == len(contents(tmp_path))


def test_a_journal_gives_way_to_another_with_what_was_not_taken_yet(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(b"a\n")
    journal.append(b"b\n")
    journal.leave(2)
    journal.append(b"c\n")
    assert [left.read(0, 99) for left in left_journals(tmp_path)] == [b"a\nb\n"]


def test_a_journal_that_nobody_would_find_is_left_once_all_of_it_was_taken(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(b"a\n")
    (tmp_path / f"{journal.name}{ENDING}").unlink()
    journal.leave(0)
    assert journal.read(0, 99) == b"a\n", "not before"
    journal.leave(2)
    assert journal.name == ""


def test_a_folder_that_was_taken_away_is_noticed(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(b"a\n")
    assert journal.is_there()
    (tmp_path / f"{journal.name}{ENDING}").unlink()
    assert not journal.is_there()
    assert journal.read(0, 99) == b"a\n", "what stands in it is still to be had"


def test_a_folder_that_takes_nothing_costs_no_call(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file")
    journal = Journal(tmp_path / "journal")
    journal.append(b"a\n")
    assert journal.refused


def test_a_lock_ends_with_its_process_and_not_with_its_children(tmp_path: Path) -> None:
    """Programs that a worker has started do not keep its journal from the next one."""
    owner = (
        "import sys, subprocess, os; from pathlib import Path; from ivr.records.journal import Journal\n"
        "Journal(Path(sys.argv[1])).append(b'a\\n')\n"
        "child = subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL)\n"
        "print(child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    run = subprocess.run([sys.executable, "-c", owner, str(tmp_path)], stdout=subprocess.PIPE, check=False)
    try:
        assert [left.read(0, 9) for left in left_journals(tmp_path)] == [b"a\n"]
    finally:
        os.kill(int(run.stdout), signal.SIGKILL)
