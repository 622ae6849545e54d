"""Many texts into the store, in processes of their own."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from ivr.line.speeds import Speed
from ivr.voice.render import Item, Rendered, render
from ivr.voice.sound import read_wav, silence, telephone_wav
from ivr.voice.store import Store, StoreFailed, address
from ivr.voice.voices import voice_for
from tests.support.languages import EN, pronunciation

pytestmark = pytest.mark.timeless

JAPANESE = Item(pronunciation("ja"), "お電話ありがとうございます。")
ENGLISH = Item(pronunciation("en"), "Thank you for calling.")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "audio")


def start(program: str, store: Store) -> subprocess.Popen[str]:
    """Another renderer, in a process group of its own."""
    head = """
        import sys
        from pathlib import Path
        from ivr.voice.render import *
        from ivr.voice.store import Store
        from tests.support.languages import pronunciation
        store = Store(Path(sys.argv[1]))
        """
    command = [sys.executable, "-c", textwrap.dedent(head) + textwrap.dedent(program), str(store.folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def whole(store: Store) -> list[float]:
    """The seconds of each file, read to its end."""
    return [read_wav(file).seconds for file in store.folder.glob("*.wav")]


def test_each_item_becomes_audio_at_its_speed(store: Store) -> None:
    items = [Item(one.spoken, one.text, speed) for one in (JAPANESE, ENGLISH) for speed in Speed]
    results = {result.item: result for result in render(items, store)}
    assert set(results) == set(items)
    for one in (JAPANESE, ENGLISH):
        seconds = [results[Item(one.spoken, one.text, speed)].seconds for speed in
                   (Speed.SLOW, Speed.NORMAL, Speed.FAST, Speed.VERY_FAST)]  # fmt: skip
        assert seconds == sorted(seconds, reverse=True)
    for result in results.values():
        assert result.made
        assert result.problem is None
        assert result.address
        assert read_wav(store.path(result.address)).seconds == result.seconds


def test_only_what_is_missing_is_made(store: Store) -> None:
    assert [result.made for result in render([ENGLISH], store)] == [True]
    results = {result.item: result.made for result in render([ENGLISH, JAPANESE, ENGLISH], store)}
    assert results == {ENGLISH: False, JAPANESE: True}


def test_what_cannot_be_spoken_is_told_and_the_rest_goes_on(store: Store) -> None:
    tagalog, silent = Item(pronunciation("tl"), "Kumusta"), Item(pronunciation("ja"), "。")
    results = {result.item: result for result in render([tagalog, silent, ENGLISH], store)}
    assert results[tagalog] == Rendered(tagalog, problem="no local voice speaks 'tl'")
    assert "。" in (results[silent].problem or "")
    assert results[ENGLISH].made


def test_a_thousand_items_that_are_there_take_less_than_a_second(store: Store) -> None:
    voice, wav = voice_for(EN), telephone_wav(silence(0.1, 8000))
    items = [Item(pronunciation("en"), f"Text {number}.") for number in range(1000)]
    store.folder.mkdir()
    for item in items:
        store.path(address(voice, item.text, item.speed)).write_bytes(wav)
    begun = time.process_time()  # not by the clock on the wall, which others' work moves on as well
    assert not any(result.made for result in render(items, store))
    assert time.process_time() - begun < 1


def test_closing_early_stops_and_leaves_whole_files(store: Store) -> None:
    items = [Item(pronunciation("en"), f"This is text number {number}.") for number in range(200)]
    results = render(items, store)
    assert len(list(islice(results, 3))) == 3
    results.close()  # type: ignore[attr-defined]
    assert 3 <= len(whole(store)) < 200


@pytest.mark.slow
def test_a_killed_renderer_leaves_whole_files_and_no_processes(store: Store) -> None:
    renderer = start(
        """
        if __name__ == "__main__":
            for result in render([Item(pronunciation("en"), f"Text number {n}.") for n in range(2000)], store):
                print(result.address, flush=True)
        """,
        store,
    )
    assert renderer.stdout
    assert renderer.stdout.readline()
    workers = children(renderer.pid)
    assert workers
    os.kill(renderer.pid, signal.SIGKILL)
    renderer.communicate()
    assert soon(lambda: not any(map(runs, workers)))
    assert all(whole(store))
    (file, *_) = store.folder.glob("*.wav")
    assert any(render([Item(pronunciation("en"), "Text number 0.")], store))
    assert file.exists()


@pytest.mark.slow
def test_two_renderers_at_once_make_everything_once(store: Store) -> None:
    program = """
        if __name__ == "__main__":
            items = [Item(pronunciation("en"), f"Text number {n}.") for n in range(60)]
            results = list(render(items, store))
            assert len(results) == 60 and not any(result.problem for result in results)
            print(sum(result.made for result in results))
        """
    both = [start(program, store) for _ in range(2)]
    outcomes = [one.communicate(timeout=120) for one in both]
    made = [int(told) for told, trouble in outcomes]
    assert sum(made) == 60 == len(whole(store))
    assert all(made)


def test_a_full_disk_ends_rendering_with_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreFailed, match="cannot write audio"):
        list(render([ENGLISH], Store(tmp_path / "file" / "audio")))


def soon(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true within a minute, which is long even for a busy machine."""
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def runs(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
