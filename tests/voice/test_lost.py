"""Sounds that are damaged or taken away while the line plays them: the words are said instead,
once, and the sound is made again; no page and no call fails."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask

from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.chunks import all_chunks
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.voice import silence
from ivr.voice.audio import Audio
from ivr.voice.booth import Booth
from ivr.voice.render import Item, planned
from ivr.voice.silence import Silence
from ivr.voice.store import Store
from ivr.voice.voices import Choice
from ivr.wiring import create_app
from tests.support.browser import without_limits
from tests.support.clock import MOMENT
from tests.support.given import ORIGIN, SIGNER, TUESDAY_11, moment, settings_for
from tests.support.languages import JA
from tests.support.voices import DAMAGES

QUIET = Silence().wav(silence.pause(100)) or b""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is made again, at once and without a voice: its addresses."""
    found: list[str] = []

    def make(_booth: Booth, items: Sequence[Item], store: Store, choice: Choice) -> None:
        for task in planned(items, store, choice).tasks:
            for item in task.items:
                at = next(iter(planned([item], store, choice).tasks)).name if item.speed is Speed.NORMAL else None
                if at:
                    store.put(at, QUIET)
                    found.append(at)

    monkeypatch.setattr(Booth, "begin", make)
    monkeypatch.setattr(Booth, "speak", make)
    return found


@pytest.fixture
def app(tmp_path: Path, made: list[str], line: Line) -> Flask:
    """A line that plays sounds of its own (silent ones), all of them made."""
    del made
    app = without_limits(create_app(settings_for(tmp_path, SPEECH="local")))
    audio: Audio = app.extensions["ivr.audio"]
    audio.store.folder.mkdir()
    for chunk in all_chunks(line, line.first_language):
        if at := audio.address(JA, chunk, Speed.NORMAL):
            audio.store.path(at).write_bytes(QUIET)
    return app


def ring(app: Flask, line: Line) -> tuple[list[str], list[str]]:
    """What a new call plays and what it says."""
    caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=moment(TUESDAY_11, line))
    caller.dial()
    played = [each.url for each in caller.latest if each.url and "silence" not in each.url]
    return played, [each.text for each in caller.latest if each.text and not each.url and each.language == "ja-JP"]


def file_of(tmp_path: Path, url: str) -> Path:
    return tmp_path / "audio" / url.rpartition("/")[2]


@pytest.mark.parametrize("damage", [*DAMAGES, "deleted"])
def test_a_spoilt_sound_is_said_once_and_made_again(
    app: Flask, line: Line, tmp_path: Path, made: list[str], damage: str
) -> None:
    played, said = ring(app, line)
    assert played and not said
    spoilt = file_of(tmp_path, played[0])
    if damage == "deleted":
        spoilt.unlink()
    else:
        spoilt.write_bytes(DAMAGES[damage])
    fewer, said = ring(app, line)
    assert len(fewer) == len(played) - 1 and len(said) == 1
    assert made == [spoilt.stem]
    assert ring(app, line) == (played, [])


def test_a_folder_that_was_deleted_comes_back_sound_by_sound(
    app: Flask, line: Line, tmp_path: Path, made: list[str]
) -> None:
    played, _ = ring(app, line)
    shutil.rmtree(tmp_path / "audio")
    assert ring(app, line)[0] == []
    assert ring(app, line) == (played, [])
    assert len(made) == len(set(made)) == len(set(played))


def test_a_carrier_that_asks_for_a_sound_that_was_just_lost_gets_it(app: Flask, line: Line, tmp_path: Path) -> None:
    """Without it the caller would hear nothing, or lose the call."""
    played, _ = ring(app, line)
    file_of(tmp_path, played[0]).write_bytes(b"")
    answer = app.test_client().get(played[0].removeprefix(ORIGIN))
    assert answer.status_code == 200 and answer.data == QUIET


def test_a_sound_that_nobody_was_told_of_is_not_made_for_strangers(app: Flask, line: Line, made: list[str]) -> None:
    audio: Audio = app.extensions["ivr.audio"]
    shutil.rmtree(audio.store.folder)
    chunk = next(all_chunks(line, line.first_language))
    assert app.test_client().get(f"/audio/{audio.address(JA, chunk, Speed.NORMAL)}.wav").status_code == 404
    assert made == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_pages_and_telephones_never_fail_for_a_sound(app: Flask, line: Line, tmp_path: Path, damage: str) -> None:
    client = app.test_client()
    text = next(iter(line.texts))
    whole = client.get(f"/listen/ja/{text}.wav")
    assert whole.status_code == 200
    for path in (tmp_path / "audio").iterdir():
        path.write_bytes(DAMAGES[damage])
    assert client.get(f"/listen/ja/{text}.wav").status_code == 404
    assert client.get("/").status_code == client.get("/phone").status_code == 200
    same = {"Sec-Fetch-Site": "same-origin"}
    rung = client.post("/phone/ring", json={}, headers=same)
    assert rung.status_code == 200
    assert rung.json
    pressed = client.post("/phone/act", json={"call": rung.json["call"], "do": "press", "key": "1"}, headers=same)
    assert pressed.status_code == 200


def test_a_line_without_a_folder_for_sounds_says_everything(tmp_path: Path, line: Line) -> None:
    app = create_app(settings_for(tmp_path, SPEECH="local"))
    (tmp_path / "audio").write_bytes(b"a file where a folder would have to be")
    played, said = ring(app, line)
    assert not played and said
    assert app.test_client().get("/healthz").status_code == 200
    assert app.extensions["ivr.line"]("", MOMENT)
