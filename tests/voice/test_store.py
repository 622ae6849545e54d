"""The store: whole files or none, whatever happens to those who write them."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from ivr.line.speeds import Speed
from ivr.voice.sound import read_wav, silence, telephone_wav
from ivr.voice.store import ABANDONED, Store, StoreFailed, address
from ivr.voice.voices import voice_for
from tests.support.languages import EN, JA
from tests.support.voices import DAMAGES, WAV

pytestmark = pytest.mark.timeless


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "audio")


def run(program: str, store: Store) -> subprocess.Popen[str]:
    head = "import sys; from pathlib import Path; from ivr.voice.store import *; store = Store(Path(sys.argv[1]))\n"
    command = [sys.executable, "-c", head + textwrap.dedent(program), str(store.folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_what_is_put_is_there_whole(store: Store) -> None:
    assert not store.has("a1")
    store.put("a1", WAV)
    assert store.has("a1")
    assert store.path("a1").read_bytes() == WAV
    assert [file.name for file in store.folder.iterdir()] == ["a1.wav"]


@pytest.mark.parametrize("samples", [8000, 8001, 1])
def test_the_length_of_audio_is_read_from_its_header(store: Store, samples: int) -> None:
    store.put("a1", telephone_wav(silence(samples / 8000, 8000)))
    assert store.seconds("a1") == samples / 8000 == read_wav(store.path("a1")).seconds


def test_all_that_decides_the_sound_decides_the_address() -> None:
    japanese, english = voice_for(JA), voice_for(EN)
    addresses = {
        address(japanese, "はい", Speed.NORMAL),
        address(japanese, "いいえ", Speed.NORMAL),
        address(japanese, "はい", Speed.SLOW),
        address(english, "はい", Speed.NORMAL),
    }
    assert len(addresses) == 4
    assert address(japanese, "はい", Speed.NORMAL) in addresses
    assert all(at.isalnum() and len(at) == 32 for at in addresses)


def test_a_killed_writer_leaves_no_broken_file(store: Store) -> None:
    writer = run(
        """
        import itertools
        print("writing", flush=True)
        for n in itertools.count():
            store.put(f"a{n % 7}", bytes(200_000))
        """,
        store,
    )
    assert writer.stdout
    assert writer.stdout.readline()
    time.sleep(0.3)
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    written = list(store.folder.glob("*.wav"))
    assert written
    assert all(file.stat().st_size == 200_000 for file in written)


def test_what_a_killed_writer_left_is_swept_when_it_is_old(store: Store) -> None:
    store.put("a1", WAV)
    old, new = store.folder / "old.part", store.folder / "new.part"
    old.touch()
    new.touch()
    os.utime(old, (0, time.time() - ABANDONED - 1))
    store.sweep()
    assert sorted(file.name for file in store.folder.iterdir()) == ["a1.wav", "new.part"]


def test_one_of_two_holds_the_work(store: Store) -> None:
    with store.claim("a1") as first, store.claim("a1") as second, store.claim("a2") as other:
        assert (first, second, other) == (True, False, True)
    with store.claim("a1") as again:
        assert again
    assert list(store.folder.iterdir()) == []


def test_the_claim_of_a_killed_process_is_taken_over(store: Store) -> None:
    holder = run(
        """
        import time
        with store.claim("a1"):
            print("held", flush=True)
            time.sleep(60)
        """,
        store,
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    with store.claim("a1") as mine:
        assert not mine
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with store.claim("a1") as mine:
        assert mine


def test_waiting_for_a_claim_ends_when_the_other_is_done(store: Store) -> None:
    holder = run(
        """
        import time
        with store.claim("a1"):
            print("held", flush=True)
            time.sleep(0.5)
            store.put("a1", b"done")
        """,
        store,
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    with store.claim("a1", wait=True) as mine:
        assert mine
        assert store.path("a1").read_bytes() == b"done"
    holder.communicate()


def test_a_full_disk_is_one_clear_error_and_breaks_nothing(store: Store) -> None:
    """A limit on the size of files stands for the disk: the write fails half-way."""
    store.put("a1", WAV)
    writer = run(
        """
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            store.put("a2", bytes(100_000))
        except StoreFailed as problem:
            print(problem)
        """,
        store,
    )
    told, trouble = writer.communicate(timeout=30)
    assert told == f"cannot write audio to {store.folder}: File too large\n", trouble
    assert [file.name for file in store.folder.iterdir()] == ["a1.wav"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = Store(tmp_path / "file" / "audio")
    with pytest.raises(StoreFailed, match="cannot write audio"):
        store.put("a1", WAV)
    with pytest.raises(StoreFailed, match="cannot write audio"), store.claim("a1"):
        pass


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_audio_is_none_and_makes_room_for_a_new_one(store: Store, damage: str) -> None:
    at = "a" * 32
    store.put(at, DAMAGES[damage])
    assert store.wav(at) is None
    assert not store.has(at) and not store.path(at).exists()
    with pytest.raises(FileNotFoundError):
        store.seconds(at)
    store.put(at, WAV)
    assert store.wav(at) == WAV
