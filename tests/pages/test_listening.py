"""One player beside each text: the sounds of its passages, one after another."""

import io
from pathlib import Path

import pytest
import soundfile
from flask import Flask
from flask.testing import FlaskClient

from ivr.line.speeds import Speed
from ivr.voice import silence
from ivr.voice.silence import Silence
from ivr.wiring import create_app
from tests.support.browser import without_limits
from tests.support.clock import MOMENT
from tests.support.given import settings_for
from tests.support.languages import JA

SOUND = 0.1  # seconds of each sound here


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """A line with sounds (silent ones) of one text and of the help, but for one of its passages."""
    app = without_limits(create_app(settings_for(tmp_path)))
    line, audio = app.extensions["ivr.line"]("", MOMENT), app.extensions["ivr.audio"]
    prompts = line.languages["ja"].prompts
    for key, prompt in prompts.items():
        if key.startswith(("text.mail.passages.", "help.passages.")) and key != "help.passages.2":
            for chunk in prompt.chunks():
                audio.store.put(
                    audio.address(JA, chunk, Speed.NORMAL), Silence().wav(silence.pause(round(SOUND * 1000)))
                )
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def address(client: FlaskClient) -> str:
    """Where the player of the one text with sounds leads."""
    _, _, rest = client.get("/").text.partition('<audio controls preload="none" src="')
    return rest.partition('"')[0]


def test_only_a_text_whose_sounds_are_all_there_has_a_player(client: FlaskClient, address: str) -> None:
    assert client.get("/").text.count("<audio") == 1
    assert client.get("/en").text.count("<audio") == 0
    assert address.startswith("/listen/ja/mail.wav?version=")


def test_the_sound_is_all_passages_with_the_telephone_s_pause_between(
    app: Flask, client: FlaskClient, address: str
) -> None:
    with client.get(address) as answer:
        assert answer.mimetype == "audio/wav"
        sound = soundfile.info(io.BytesIO(answer.data))
    passages = len(app.extensions["ivr.line"]("", MOMENT).passages("mail", "ja"))
    assert (sound.samplerate, sound.channels, sound.subtype) == (8000, 1, "ULAW")
    assert sound.duration == pytest.approx(passages * SOUND + (passages - 1))


def test_a_player_can_jump_within_the_sound(client: FlaskClient, address: str) -> None:
    with client.get(address, headers={"Range": "bytes=100-199"}) as answer:
        assert answer.status_code == 206
        assert len(answer.data) == 100


def test_the_address_of_a_sound_may_be_kept_for_ever_and_no_other(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000"
    with client.get("/listen/ja/mail.wav?version=older") as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("path", ["ja/help", "ja/call", "ja/nothing", "xx/mail", "en/mail", "ja/..%2F..%2Fapp"])
def test_what_has_no_sound_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/listen/{path}.wav").status_code == 404
