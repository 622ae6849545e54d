"""The line in its own voice: played where there are sounds, said where there are none."""

import hashlib
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from ivr.call.acts import Ring, words_of
from ivr.call.conversation import step
from ivr.call.positions import start
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.chunks import all_chunks
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.line.words import Chunk
from ivr.voice.audio import Audio
from ivr.voice.render import render
from ivr.voice.sound import silence, telephone_wav
from ivr.wiring import create_app
from tests.support.given import ORIGIN, SIGNER, TUESDAY_11, greeting, moment, settings_for
from tests.support.languages import EN, JA
from tests.support.schema import problems

pytestmark = [pytest.mark.timeless, pytest.mark.xdist_group("sound")]  # one process makes the sounds of the first menu


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sounding")


@pytest.fixture(scope="module")
def app(folder: Path, line: Line) -> Flask:
    """A line that plays its own voice, with the sounds of the first menu made."""
    app = create_app(settings_for(folder, SPEECH="local"))
    audio: Audio = app.extensions["ivr.audio"]
    answered = step(line, start(line), Ring(), moment(TUESDAY_11, line))
    wanted = [
        audio.item(line.languages[say.language].pronunciation, chunk, Speed.NORMAL)
        for say in words_of(answered.acts)
        for chunk in say.parts
        if isinstance(chunk, Chunk)
    ]
    assert all(result.address for result in render(wanted, audio.store))
    return app


@pytest.fixture
def caller(app: Flask, line: Line) -> Handset:
    caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=moment(TUESDAY_11, line))
    caller.dial()
    return caller


def played(xml: str) -> Iterator[str]:
    return (part.split("<")[0] for part in xml.split("<Play>")[1:])


def test_the_telephone_in_the_terminal_shows_the_words_of_what_is_played(app: Flask, line: Line) -> None:
    result = app.test_cli_runner().invoke(args=["phone", "--at", "2026-11-24 11:00"], input="q\n")
    assert result.exit_code == 0, result.output
    assert "/audio/" not in result.output
    first = next(row for row in result.output.splitlines() if row.strip().startswith("ja-JP"))
    assert greeting(line) in first and " s  " in first


def test_the_first_menu_is_played_and_not_said(caller: Handset) -> None:
    xml = caller.documents[-1].xml
    assert "<Say" not in xml and problems(xml) == []
    assert len(list(played(xml))) > 5


def test_every_sound_is_telephone_audio_kept_for_ever(app: Flask, caller: Handset) -> None:
    client = app.test_client()
    for url in set(played(caller.documents[-1].xml)):
        answer = client.get(url, buffered=True)
        assert answer.status_code == 200 and answer.mimetype in ("audio/wav", "audio/x-wav")
        assert answer.headers["Cache-Control"] == "max-age=31536000, public, immutable" or (
            "immutable" in answer.headers["Cache-Control"] and "31536000" in answer.headers["Cache-Control"]
        )
        assert answer.data[20:24] == b"\x07\x00\x01\x00", "mu-law, mono"
        assert int.from_bytes(answer.data[24:28], "little") == 8000


def test_sounds_are_served_by_etag_and_in_ranges(app: Flask, caller: Handset) -> None:
    client = app.test_client()
    url = next(played(caller.documents[-1].xml))
    whole = client.get(url, buffered=True)
    assert client.get(url, headers={"If-None-Match": whole.headers["ETag"]}, buffered=True).status_code == 304
    part = client.get(url, headers={"Range": "bytes=100-199"}, buffered=True)
    assert part.status_code == 206 and part.data == whole.data[100:200]


@pytest.mark.parametrize("name", ["0" * 32, "../../app", "x", "0" * 31 + "g"])
def test_other_names_find_nothing(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/audio/{name}.wav").status_code == 404


def test_what_has_no_sound_yet_is_said(caller: Handset) -> None:
    caller.press("1")
    assert "<Say" in caller.documents[-1].xml and "<Play" in caller.documents[-1].xml
    assert problems(caller.documents[-1].xml) == []


def test_a_sound_that_is_lost_is_said_again(app: Flask, line: Line, tmp_path: Path) -> None:
    other = create_app(settings_for(tmp_path, SPEECH="local"))
    caller = Handset(Wsgi(other, SIGNER, ORIGIN), at=moment(TUESDAY_11, line))
    caller.dial()
    assert "<Play" not in caller.documents[-1].xml
    assert caller.heard("マイナンバー")


def test_without_the_setting_twilio_speaks(folder: Path, line: Line) -> None:
    caller = Handset(Wsgi(create_app(settings_for(folder)), SIGNER, ORIGIN), at=moment(TUESDAY_11, line))
    caller.dial()
    assert "<Play" not in caller.documents[-1].xml


def test_a_changed_word_has_a_changed_address(app: Flask, line: Line) -> None:
    audio: Audio = app.extensions["ivr.audio"]
    chunks = list(all_chunks(line, line.languages["ja"]))
    addresses = {audio.address(JA, chunk, speed) for chunk in chunks for speed in Speed}
    words = {(chunk.spoken, speed) for chunk in chunks for speed in Speed}
    assert len(addresses) == len(words)


def test_a_webhook_worker_loads_no_engine() -> None:
    """Neither the engines nor numpy: what a worker loads is told by its modules and its memory. The dictionary
    of words is no memory of its own: all workers read one file, which the system maps for them."""
    code = (
        "import sys, app; "
        "client = app.app.test_client(); client.post('/voice'); client.get('/audio/' + '0' * 32 + '.wav'); "
        "heavy = {'numpy', 'pyopenjtalk', 'hibari', 'onnxruntime', 'pyttsx3', 'soundfile'} & set(sys.modules); "
        "own = next(row for row in open('/proc/self/status') if row.startswith('RssAnon')); "
        "print(sorted(heavy), int(own.split()[1]) // 1024)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    loaded, megabytes = done.stdout.strip().rsplit(" ", 1)
    assert loaded == "[]"
    assert int(megabytes) < 150


# --- commands ------------------------------------------------------------------------------


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_listen_writes_one_prompt(run: FlaskCliRunner, tmp_path: Path) -> None:
    out = tmp_path / "greeting.wav"
    result = run.invoke(args=["line", "listen", "say.greeting", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "マイナンバー" in result.output and out.read_bytes()[:4] == b"RIFF"


def test_listen_to_a_prompt_that_does_not_exist_is_told(run: FlaskCliRunner) -> None:
    result = run.invoke(args=["line", "listen", "say.gretting"])
    assert result.exit_code == 2 and "flask line script" in result.output


def test_the_script_has_every_chunk_with_its_reading_and_length(run: FlaskCliRunner, line: Line) -> None:
    rows = [row.split("\t") for row in run.invoke(args=["line", "script", "--language", "ja"]).output.splitlines()]
    assert rows[0] == ["key", "words", "reading", "seconds"]
    assert len(rows) - 1 == len(list(all_chunks(line, line.languages["ja"])))
    assert all(float(row[3]) > 0 for row in rows[1:])


@pytest.mark.slow
def test_render_makes_what_is_missing_and_tells_it(tmp_path: Path, line: Line) -> None:
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    for path in (Path(__file__).parents[2] / "prompts").glob("*.toml"):
        (prompts / path.name).write_bytes(path.read_bytes())
    app = create_app(settings_for(tmp_path, PROMPTS_DIR=str(prompts)))
    most = most_sounds(app.extensions["ivr.audio"], line)
    args = ["line", "render", "--language", "en", "--speed", "normal"]
    first = app.test_cli_runner().invoke(args=args)
    assert first.exit_code == 0, first.output
    before = digest(tmp_path / "audio")
    assert len(before) == len({chunk.spoken for chunk in all_chunks(line, line.languages["en"])})
    assert most.items() <= before.items(), "what was there has stayed"
    second = app.test_cli_runner().invoke(args=args)
    assert second.exit_code == 0 and digest(tmp_path / "audio") == before
    english = (prompts / "en.toml").read_text()
    (prompts / "en.toml").write_text(english.replace("Goodbye", "Good night", 1))
    changed = create_app(settings_for(tmp_path, PROMPTS_DIR=str(prompts)))
    third = changed.test_cli_runner().invoke(args=args)
    assert third.exit_code == 0
    assert len(digest(tmp_path / "audio")) == len(before) + 1, "only the changed prompt was made"


def most_sounds(audio: Audio, line: Line) -> dict[str, str]:
    """Sounds for all but the shortest 40 chunks: all are alike, and take long."""
    wav = telephone_wav(silence(0.5, 8000))
    chunks = sorted(all_chunks(line, line.languages["en"]), key=lambda chunk: len(chunk.spoken))
    left = {chunk.spoken for chunk in chunks[:40]}
    for chunk in chunks:
        if chunk.spoken not in left:
            address = audio.address(EN, chunk, Speed.NORMAL)
            assert address
            audio.store.put(address, wav)
    return digest(audio.store.folder)


def digest(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.wav")}


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files as Linux does")
def test_a_full_disk_is_told_in_one_sentence(tmp_path: Path, line: Line) -> None:
    root = Path(__file__).parents[2]
    environ = {**os.environ, "DATA_DIR": str(tmp_path)}

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    flask = [sys.executable, "-m", "flask", "line"]
    subprocess.run([*flask, "graph"], cwd=root, env=environ, capture_output=True, check=True)  # the rest is there
    command = [*flask, "render", "--language", "en", "--speed", "normal"]
    done = subprocess.run(command, check=False, cwd=root, env=environ, capture_output=True, text=True, preexec_fn=full)
    assert done.returncode == 1
    assert "Not all sounds could be made" in done.stderr and "cannot write audio" in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("Not all sounds could be made")
    assert not list((tmp_path / "audio").glob("*.part"))
