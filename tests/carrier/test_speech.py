"""Words as well as keys, where the city turns them on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.values import Line
from ivr.wiring import create_app
from tests.support.given import ORIGIN, SIGNER, TUESDAY_11, moment, settings_for


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(settings_for(tmp_path_factory.mktemp("data"), SPEECH_INPUT="on"))


@pytest.fixture
def ring(app: Flask, line: Line) -> Callable[[], Handset]:
    def rings() -> Handset:
        caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=moment(TUESDAY_11, line))
        caller.dial()
        return caller

    return rings


@pytest.fixture
def caller(ring: Callable[[], Handset]) -> Handset:
    return ring()


def test_the_gather_takes_words_in_the_callers_language(caller: Handset) -> None:
    assert 'input="dtmf speech"' in caller.documents[-1].xml
    assert 'language="ja-JP"' in caller.documents[-1].xml.split("<Say")[0]
    caller.press("4")
    assert 'language="en-US"' in caller.documents[-1].xml.split("<Say")[0]


def test_words_lead_where_keys_lead(caller: Handset) -> None:
    caller.say("詐欺")
    caller.press("*")
    caller.say("さぎのことを聞きたいです")
    menu = caller.last
    caller.press("*1")
    assert caller.last == menu


@pytest.mark.parametrize(
    ("said", "key"),
    [("もう一度", "5"), ("もういちど おねがいします", "5"), ("使い方は？", "9"), ("速さ", "7")],
)
def test_commands_may_be_said_anywhere(ring: Callable[[], Handset], said: str, key: str) -> None:
    speaker, typist = ring(), ring()
    speaker.press("1")
    speaker.say(said)
    typist.press("1" + key)
    assert speaker.last == typist.last


def test_the_way_back_may_be_said(caller: Handset) -> None:
    caller.press("1")
    menu = caller.last
    caller.press("1")
    caller.say("戻る")
    assert caller.last == menu


def test_a_desk_may_be_asked_for_by_name(caller: Handset) -> None:
    caller.press("33")
    caller.say("けいさつにつないでください")
    assert caller.heard("警察の相談電話")


def test_english_may_be_asked_for_from_anywhere(caller: Handset) -> None:
    caller.press("11")
    caller.say("English")
    assert all(sound.language == "en-US" for sound in caller.latest)
    caller.say("operator, please")
    assert caller.heard("Shall I connect you")
    caller.say("yes")
    caller.wait()
    assert caller.ringing


def test_what_is_not_understood_is_a_no_match_and_costs_nothing(caller: Handset) -> None:
    caller.press("1")
    menu = "".join(caller.last)
    for _ in range(5):
        caller.say("おなかがすきました")
        assert caller.heard("聞き取れません")
        assert "".join(caller.last).endswith(menu)


@pytest.mark.parametrize("said", ["すみません", "もしもし", "さっぱりなんです", "ああ、しんどい"])
def test_syllables_of_words_are_no_digits_of_a_number(caller: Handset, said: str) -> None:
    for _ in range(7):
        caller.say(said)
        assert not caller.heard("マイナンバーは必要ありません")


@pytest.mark.parametrize(
    "pieces",
    [
        ("えーと、いちにさん", "よんごー", "ろくななはち"),
        ("番号は、三七八です。", "九零一", "二三四"),
        ("わたしのは 123", "456", "789"),
        ("one two three", "four five", "six seven"),
    ],
)
def test_a_number_that_is_told_in_pieces_is_refused(caller: Handset, pieces: tuple[str, ...]) -> None:
    for piece in pieces:
        caller.say(piece)
    assert caller.heard("マイナンバーは必要ありません")


def test_without_speech_input_only_keys_are_taken(tmp_path: Path, line: Line) -> None:
    caller = Handset(Wsgi(create_app(settings_for(tmp_path)), SIGNER, ORIGIN), at=moment(TUESDAY_11, line))
    caller.dial()
    assert 'input="dtmf"' in caller.documents[-1].xml
