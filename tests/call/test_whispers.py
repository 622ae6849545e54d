"""What a desk hears before a caller is joined to it: the matter and the language, never the person (R24)."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ivr.call import rules
from ivr.call.whispers import whispers
from ivr.carrier import webhooks
from ivr.checking import measured
from ivr.config import from_environment
from ivr.handset.browser import BrowserTelephone, do, view
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.loading import load, read_files
from ivr.line.values import Line
from ivr.wiring import create_app
from tests.support.carriers import CASES
from tests.support.given import ORIGIN, PROMPTS, SIGNER, SUNDAY_NIGHT, TUESDAY_11, moment
from tests.support.languages import ELEVEN, with_languages
from tests.support.schema import problems

PAID, POLICE = "13", "#" * 9 + "1"
FORM = {"CallSid": "CA" + "0" * 32, "From": "+81312345678", "To": "+815012345678", "CallStatus": "in-progress"}
Rings = Callable[..., Handset]


def told(caller: Handset) -> str:
    return "".join(sound.text for sound in caller.whispered)


def to_the_police(caller: Handset, keys: str = PAID) -> None:
    caller.press(keys)
    caller.press(POLICE)
    caller.wait()


def test_the_desk_hears_the_matter_and_the_language(ring: Rings) -> None:
    caller = ring()
    to_the_police(caller)
    assert caller.ringing
    assert caller.ringing.attributes["answerOnBridge"] == "true", "the caller hears ringing meanwhile"
    caller.transfer("completed")
    assert told(caller) == "マイナンバー案内から、被害の相談、日本語です。"
    assert sum(sound.seconds for sound in caller.whispered) <= 4


def test_the_caller_hears_nothing_of_it(ring: Rings) -> None:
    caller = ring()
    to_the_police(caller)
    caller.transfer("completed")
    assert not caller.heard("被害の相談")
    assert caller.heard("お電話ありがとうございました")


def test_the_desk_hears_in_japanese_that_the_caller_speaks_english(ring: Rings) -> None:
    caller = ring(path="/voice?language=en")
    to_the_police(caller)
    caller.transfer("completed")
    assert told(caller) == "マイナンバー案内から、被害の相談、英語です。"
    assert {sound.language for sound in caller.whispered if sound.text} == {"ja-JP"}


@pytest.mark.parametrize(
    ("text", "said"), [("number", "番号の質問"), ("penalties", "罰則の質問"), ("trick_cash", "ATMの詐欺")]
)
def test_what_it_is_about_cannot_be_taken_for_something_else(line: Line, text: str, said: str) -> None:
    """Not 「マイナンバーとは、日本語です」, nor a cash machine that rings."""
    about = {about: says for about, language, says in whispers(line) if language == "ja"}
    assert said in "".join(getattr(part, "written", "") for say in about[text] for part in say.parts)


def test_from_the_first_menu_only_the_language_is_told(ring: Rings) -> None:
    caller = ring()
    caller.press("0")
    caller.wait()
    caller.transfer("completed")
    assert told(caller) == "マイナンバー案内から、日本語です。"


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
def test_a_desk_that_does_not_answer_is_told_nothing(ring: Rings, status: str) -> None:
    caller = ring()
    to_the_police(caller)
    caller.transfer(status)
    assert told(caller) == ""


def test_what_is_told_is_in_no_way_the_caller_s(ring: Rings) -> None:
    """Neither a digit that was keyed nor the caller's number is in the address."""
    caller = ring()
    to_the_police(caller)
    assert caller.ringing and caller.ringing.told
    edition = caller.ringing.told.split("/")[5]
    assert caller.ringing.told == f"{ORIGIN}/voice/1/{edition}/ja/paid/whisper"


def line_of(**files: tuple[str, str]) -> dict[str, bytes]:
    made = dict(read_files(PROMPTS))
    for name, (before, after) in files.items():
        assert before in made[f"{name}.toml"].decode()
        made[f"{name}.toml"] = made[f"{name}.toml"].decode().replace(before, after, 1).encode()
    return made


def kept(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def test_a_desk_may_turn_it_off(tmp_path: Path) -> None:
    files = line_of(line=("[desk.police]\n", "[desk.police]\nwhisper = false\n"))
    environ = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": ORIGIN, "PROMPTS_DIR": str(kept(tmp_path / "p", files))}
    app = create_app(from_environment(environ | CASES["twilio"].environ))
    caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=moment(TUESDAY_11, load(files)))
    caller.dial()
    to_the_police(caller)
    assert caller.ringing and caller.ringing.told is None
    caller.transfer("completed")
    assert told(caller) == ""
    caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=moment(TUESDAY_11, load(files)))
    caller.dial()
    caller.press("0")
    caller.wait()
    assert caller.ringing and caller.ringing.told, "other desks hear it all the same"


@pytest.mark.parametrize(("carrier", "tells"), [("twilio", True), ("signalwire", True), ("telnyx", False)])
def test_where_a_carrier_does_not_document_it_nothing_is_asked_for(
    tmp_path: Path, line: Line, carrier: str, tells: bool
) -> None:
    case = CASES[carrier]
    app = create_app(from_environment({"DATA_DIR": str(tmp_path), "PUBLIC_URL": ORIGIN, **case.environ}))
    caller = Handset(Wsgi(app, case.signer, ORIGIN), at=moment(TUESDAY_11, line), sid=case.sid)
    caller.dial()
    to_the_police(caller)
    assert caller.ringing
    assert bool(caller.ringing.told) is tells
    caller.transfer("completed")
    assert bool(told(caller)) is tells


@pytest.fixture
def client(standing: Flask) -> FlaskClient:
    return standing.test_client()


def asked(client: FlaskClient, path: str, **more: str) -> ElementTree.Element:
    form = {**FORM, **more}
    answer = client.post(path, data=form, headers=SIGNER.headers(ORIGIN + path, form, b""))
    assert answer.status_code == 200
    assert problems(answer.text) == []
    return ElementTree.fromstring(answer.text)


def test_nobody_but_the_carrier_may_ask(client: FlaskClient) -> None:
    assert client.post("/voice/1/x/ja/paid/whisper", data=FORM).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/voice/1/x/xx/paid/whisper",
        "/voice/1/x/ja/no_such_text/whisper",
        "/voice/1/x/ja/police/whisper",
        "/voice/1/x/ja/main-fraud-paid/whisper",
        "/voice/1/x/ja/123456789012/whisper",
        "/voice/1/x/ja/%E3%81%82/whisper",
        "/voice/1/x/ja/help/whisper",
    ],
)
def test_strange_values_are_answered_by_nothing_at_all(client: FlaskClient, path: str) -> None:
    root = asked(client, path, Digits="123456789012", SpeechResult="山田太郎です")
    assert root.tag == "Response"
    assert len(root) == 0


def test_a_fault_of_ours_joins_them_all_the_same(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with patch.object(webhooks, "whisper", side_effect=RuntimeError("out of order")):
        assert len(asked(client, "/voice/1/x/ja/paid/whisper")) == 0
    assert "joined all the same" in caplog.text


def test_the_browser_s_telephone_shows_what_the_desk_heard(standing: Flask, line: Line) -> None:
    telephone = BrowserTelephone("secret", None, lambda _url: None)
    caller = telephone.ring(Wsgi(standing, SIGNER, ORIGIN), "/voice", moment(TUESDAY_11, line))
    caller.press(PAID)
    caller.press(POLICE)
    caller.wait()
    again = telephone.take_up(Wsgi(standing, SIGNER, ORIGIN), telephone.token(caller))
    do(again, {"do": "transfer", "outcome": "completed"})
    (heard,) = view(again, {"ja-JP": ""}, ORIGIN)["whispered"]
    assert heard["text"] == "マイナンバー案内から、被害の相談、日本語です。"


# --- R24 --------------------------------------------------------------------------------------


def found(files: dict[str, bytes]) -> list[rules.Finding]:
    line = load(files)
    survey = rules.Survey(line, measured(line, lambda *_: None), ())
    return list(rules.desks_are_told(survey))


def test_the_shipped_whispers_take_four_seconds_at_most() -> None:
    assert found(dict(read_files(PROMPTS))) == []


def test_a_name_that_takes_too_long_is_found_with_every_language() -> None:
    (ja, en) = found(line_of(ja=('whisper = "被害の相談"\n', "")))
    assert (ja.rule, ja.place, ja.error) == ("R24", "ja.toml: text.paid.whisper", True)
    assert "caller of en" in en.message
    assert "short name" in en.message


def test_a_language_brings_its_name_by_itself() -> None:
    """Eleven languages, and one that has no name in Japanese: none needs a word here."""
    files = with_languages(ELEVEN)
    assert found(files) == []
    line = load(files)
    said = {language: says for about, language, says in whispers(line) if about == "paid"}
    assert "".join(part.written for part in said["ko"][0].parts if hasattr(part, "written")).endswith("韓国語です。")
    assert "".join(part.written for part in said["qaa"][0].parts if hasattr(part, "written")).endswith("外国語です。")


def test_a_line_without_such_words_tells_nobody_and_says_so() -> None:
    files = dict(read_files(PROMPTS))
    before, _, after = files["ja.toml"].decode().partition("[whisper]\n")
    files["ja.toml"] = (before + after.partition("\n\n")[2]).encode()
    (note,) = found(files)
    assert (note.rule, note.error) == ("R24", False)


def test_at_night_nobody_is_told_since_nobody_is_rung(ring: Rings) -> None:
    caller = ring(SUNDAY_NIGHT)
    caller.press(PAID)
    caller.press("0")
    assert caller.ringing is None
