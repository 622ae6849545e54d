"""The local voices, really speaking."""

import logging
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from ivr.voice import voices
from ivr.voice.engines import LoadedVoice, SpeechFailed
from ivr.voice.voices import DEFAULT_CHOICE, NoVoice, voice_for
from tests.support.languages import VI, pronunciation

pytestmark = pytest.mark.timeless

TEXTS = {
    "ja": "お電話ありがとうございます。",
    "en": "Thank you for calling.",
    "vi": "Xin chào các bạn.",
    "ko": "안녕하세요.",
    "zh": "您好。",
    "ne": "नमस्ते।",
}


@pytest.mark.parametrize("language", TEXTS)
def test_every_language_is_spoken(language: str) -> None:
    sound = LoadedVoice.for_language(pronunciation(language)).speak(TEXTS[language])
    assert 0.5 < sound.seconds < 4
    assert sound.peak > 0.05
    assert sound.pcm.dtype == np.float32


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_same_text_gives_the_same_sound(language: str) -> None:
    speaker = LoadedVoice.for_language(pronunciation(language))
    assert (speaker.speak(TEXTS[language]).pcm == speaker.speak(TEXTS[language]).pcm).all()


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_a_voice_can_speak_faster_by_itself(language: str) -> None:
    speaker = LoadedVoice.for_language(pronunciation(language))
    normal, fast = speaker.speak(TEXTS[language]), speaker.speak(TEXTS[language], 1.5)
    assert fast.seconds < 0.85 * normal.seconds


def test_two_languages_of_one_engine_do_not_mix() -> None:
    korean, vietnamese = LoadedVoice.for_language(pronunciation("ko")), LoadedVoice.for_language(VI)
    first = korean.speak(TEXTS["ko"]).seconds
    vietnamese.speak(TEXTS["vi"])
    assert korean.speak(TEXTS["ko"]).seconds == pytest.approx(first, abs=0.01)


def test_only_espeak_is_a_draft() -> None:
    assert [voice_for(pronunciation(language)).draft for language in ("ja", "en", "vi")] == [False, False, True]


def test_a_missing_engine_is_told_once_and_the_next_best_speaks(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    voices._tell_once.cache_clear()
    monkeypatch.setattr(voices, "find_spec", lambda name: None if name == "hibari" else find_spec(name))
    with caplog.at_level(logging.WARNING):
        found = [voice_for(pronunciation("en")).engine for _ in range(3)]
    assert found == ["espeak"] * 3
    assert [record.message for record in caplog.records] == [
        "hibari-tts is not installed: espeak speaks 'en' instead of hibari"
    ]


def test_japanese_is_rather_not_spoken_than_spoken_by_espeak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "find_spec", lambda name: None if name == "pyopenjtalk" else find_spec(name))
    with pytest.raises(NoVoice, match="install pyopenjtalk-plus"):
        voice_for(pronunciation("ja"))


def test_a_language_that_nobody_speaks_is_told() -> None:
    with pytest.raises(NoVoice, match="'tl'"):
        voice_for(pronunciation("tl"))


def test_an_engine_that_does_not_exist_is_a_mistake_in_the_configuration() -> None:
    with pytest.raises(KeyError, match="hibary"):
        voice_for(pronunciation("en"), {**DEFAULT_CHOICE, "en": ("hibary",)})


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_a_text_without_sound_is_told(language: str) -> None:
    with pytest.raises(SpeechFailed):
        LoadedVoice.for_language(pronunciation(language)).speak("。" if language == "ja" else " ")


def test_importing_loads_no_engine_and_no_numpy() -> None:
    program = (
        "import sys; import ivr.voice.render, ivr.voice.speakable, ivr.voice.pace, ivr.voice.store\n"
        "from ivr.voice.voices import voice_for; from ivr.line.pronunciation import Pronunciation\n"
        "for code in ('ja', 'en', 'vi'): voice_for(Pronunciation(code, code))\n"
        "print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pyttsx3", "pyopenjtalk", "hibari", "onnxruntime", "espeakng_loader", "numpy", "flask"} & set(loaded)
