"""Each carrier by its documentation: what it signs, what it is answered, where its recordings are."""

import ast
import base64
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import requests
from flask import Flask

from ivr.carrier import media
from ivr.carrier.choice import CARRIERS
from ivr.carrier.form_signature import form_signature, signs_form
from ivr.carrier.media import NotFetched
from ivr.carrier.seam import Carrier
from ivr.carrier.signalwire.signalwire_carrier import in_cxml
from ivr.carrier.telnyx.telnyx_carrier import OLDEST, TelnyxSigner
from ivr.carrier.telnyx.texml import in_texml
from ivr.carrier.twilio.twilio_carrier import SharedKeySigner, TwilioSigner
from ivr.carrier.wire import Signer
from ivr.config import ConfigError, from_environment
from ivr.handset.handset import Handset
from ivr.handset.line_faults import LineFault
from ivr.handset.transport import Wsgi
from ivr.line.values import Line
from ivr.wiring import create_app
from tests.support.carriers import CASES, KEY_ID, KEY_SECRET, PROJECT, SHARED_KEY, SIGNALWIRE, TELNYX, TELNYX_KEY
from tests.support.clock import MOMENT, WALL
from tests.support.given import ORIGIN, ROOT, TOKEN, greeting

FORM = {"CallSid": "v3:abc", "From": "+81312345678", "To": "+815012345678", "CallStatus": "ringing"}
Lines = Callable[[str], Flask]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """A line for each carrier, started once."""
    started: dict[str, Flask] = {}

    def line(name: str) -> Flask:
        if name not in started:
            folder = tmp_path_factory.mktemp("line")
            own = {"DATA_DIR": str(folder), "PUBLIC_URL": ORIGIN}
            started[name] = create_app(from_environment(own | CASES[name].environ))
        return started[name]

    return line


def status(app: Flask, headers: dict[str, str], body: bytes, path: str = "/voice", method: str = "POST") -> int:
    type_of = {"Content-Type": "application/x-www-form-urlencoded"}
    return app.test_client().open(path, method=method, data=body, headers=headers | type_of).status_code


def ring(app: Flask, signer: Signer, path: str = "/voice") -> int:
    body = urlencode(FORM).encode()
    return status(app, signer.headers(ORIGIN + path, FORM, body), body, path)


# --- signatures -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_a_carrier_rings_and_keys_and_nobody_else(lines: Lines, line: Line, name: str) -> None:
    app, case = lines(name), CASES[name]
    caller = Handset(Wsgi(app, case.signer, ORIGIN), at=MOMENT, sid=case.sid)
    caller.dial()
    assert caller.heard(greeting(line))
    caller.press("1")
    assert caller.heard("リンク") or caller.listening
    caller.hang_up()
    assert status(app, {}, b"") == 403
    for other, another in CASES.items():
        knows = {other, name} <= {"twilio", "shared key"} and name == "shared key"
        assert ring(app, another.signer) == (200 if other == name or knows else 403), other


@pytest.mark.parametrize("name", CASES)
def test_nothing_that_was_signed_can_be_changed(lines: Lines, name: str) -> None:
    app, signer = lines(name), CASES[name].signer
    body = urlencode(FORM).encode()
    signed = signer.headers(ORIGIN + "/voice", FORM, body)
    assert status(app, signed, body) == 200
    assert status(app, signed, body.replace(b"0312", b"0319").replace(b"81312", b"81319")) == 403
    assert status(app, signed, body + b"&Digits=1") == 403
    if name != "telnyx":  # who signs the body alone
        assert status(app, signed, body, "/voice?language=en") == 403
    for header in signed:
        if "signature" in header.lower():
            for odd in ("", "x", "\xe9" * 28, signed[header][:-4] + "AAA=", "=" * 88):
                assert status(app, {**signed, header: odd}, body) == 403


@pytest.mark.parametrize("name", CASES)
def test_our_own_telephones_ring_whoever_the_carrier_is(lines: Lines, line: Line, name: str) -> None:
    app = lines(name)
    carrier: Carrier = app.extensions["ivr.carrier"]
    assert ring(app, carrier.signer) == 200
    answer = app.test_client().post("/phone/ring", json={"at": "2026-11-24T11:00"}, headers={"Origin": ORIGIN})
    assert answer.status_code == 200 and greeting(line) in answer.get_json()["speech"][0]["text"]


@pytest.mark.parametrize("name", CARRIERS)
def test_without_a_key_our_own_telephones_alone_ring(tmp_path: Path, name: str) -> None:
    own = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": ORIGIN, "CARRIER": name}
    settings = from_environment(own)
    app = create_app(settings)
    assert not settings.connected
    assert ring(app, app.extensions["ivr.carrier"].signer) == 200
    assert [ring(app, case.signer) for case in CASES.values()] == [403] * len(CASES)


def test_a_shared_key_signs_by_the_hash_that_it_names(lines: Lines) -> None:
    app = lines("shared key")
    assert ring(app, SharedKeySigner(KEY_ID, KEY_SECRET, "HMAC_SHA1")) == 200
    assert ring(app, SharedKeySigner("webhooks_sharedkey_older", "0123456789abcdef")) == 200, "until it is taken out"
    assert ring(app, SharedKeySigner(KEY_ID, "0123456789abcdef")) == 403, "the secret of another key"
    assert ring(app, SharedKeySigner("webhooks_sharedkey_unknown", KEY_SECRET)) == 403
    assert ring(app, SharedKeySigner(KEY_ID, TOKEN)) == 403, "who names a key is held to it"
    assert ring(lines("twilio"), SHARED_KEY.signer) == 403


@pytest.mark.parametrize(
    "told", ["algorithm=HMAC_SHA256", f"key={KEY_ID}", f"key={KEY_ID},algorithm=NONE", "key=,algorithm=", ",,=", "x"]
)
def test_a_shared_key_that_is_not_named_whole_signs_nothing(lines: Lines, told: str) -> None:
    body = urlencode(FORM).encode()
    for signer in (SHARED_KEY.signer, TwilioSigner(TOKEN)):
        signed = signer.headers(ORIGIN + "/voice", FORM, body) | {"X-Twilio-Webhooks-Signature-Settings": told}
        assert status(lines("shared key"), signed, body) == 403


def test_signalwire_signs_under_its_own_name_and_the_one_it_took_over(lines: Lines) -> None:
    body = urlencode(FORM).encode()
    (signature,) = [
        value for name, value in SIGNALWIRE.signer.headers(ORIGIN + "/voice", FORM, body).items() if "Sig" in name
    ]
    assert status(lines("signalwire"), {"X-Twilio-Signature": signature}, body) == 200
    assert ring(lines("signalwire"), TwilioSigner(SIGNALWIRE.environ["SIGNALWIRE_API_TOKEN"])) == 403


@pytest.mark.parametrize("minutes", [-6, -4, 0, 4, 6])
def test_telnyx_is_heard_within_five_minutes(lines: Lines, minutes: int) -> None:
    signer = TelnyxSigner(TELNYX_KEY, lambda: WALL.now + timedelta(minutes=minutes))
    assert ring(lines("telnyx"), signer) == (200 if abs(timedelta(minutes=minutes)) <= OLDEST else 403)


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1" * 12, "１７９５", "9" * 5000])
def test_a_time_that_is_none_is_refused(lines: Lines, timestamp: str) -> None:
    body = urlencode(FORM).encode()
    signature = TELNYX_KEY.sign(timestamp.encode() + b"|" + body)
    headers = {
        "telnyx-timestamp": timestamp.encode().decode("latin-1"),
        "telnyx-signature-ed25519": base64.b64encode(signature).decode(),
    }
    assert status(lines("telnyx"), headers, body) == 403


def test_telnyx_signs_no_address_so_that_a_get_tells_nothing(lines: Lines) -> None:
    app = lines("telnyx")
    signed = TELNYX.signer.headers(ORIGIN + "/voice", {}, b"")
    assert [status(app, signed, b"", "/voice", method) for method in ("GET", "HEAD")] == [403, 403]


def test_a_port_may_stand_in_the_signed_address_or_not() -> None:
    for signed in ("https://line.example/voice?x=1", "https://line.example:443/voice?x=1"):
        assert signs_form("key", form_signature("key", signed, FORM), "https://line.example/voice?x=1", FORM.items())
    for signed in ("https://line.example/voice", "https://line.example:8443/voice"):
        assert signs_form("key", form_signature("key", signed, FORM), "https://line.example:8443/voice", FORM.items())
    assert not signs_form(
        "key", form_signature("key", "https://line.example:444/voice", FORM), "https://line.example/voice", FORM.items()
    )


# --- documents ------------------------------------------------------------------------------

DOCUMENT = (
    '<Response><Gather numDigits="1" actionOnEmptyResult="false" finishOnKey="" speechTimeout="auto">'
    '<Say voice="Google.th-TH-Standard-A" language="th-TH"><prosody rate="80%">call '
    '<sub alias="one eight eight">188</sub><break time="500ms"/>now.<break time="1s"/> Bye</prosody></Say></Gather>'
    '<Dial answerOnBridge="true" timeout="30"><Number>+811</Number></Dial></Response>'
)


def test_texml_says_in_plain_words_what_twiml_marks() -> None:
    root = ElementTree.fromstring(in_texml(DOCUMENT))
    (say,) = root.iter("Say")
    assert (say.text, list(say), say.get("voice")) == ("call one eight eight, now.  Bye", [], "alice")
    (gather,) = root.iter("Gather")
    assert set(gather.attrib) == {"numDigits", "finishOnKey"}
    (dial,) = root.iter("Dial")
    assert set(dial.attrib) == {"timeout"} and dial.findtext("Number") == "+811"


def test_texml_leaves_voices_that_it_knows() -> None:
    assert "Polly.Kazuha-Neural" in in_texml('<Response><Say voice="Polly.Kazuha-Neural">は</Say></Response>')


def test_cxml_is_twiml_but_for_voices_of_google() -> None:
    assert in_cxml(DOCUMENT) == DOCUMENT.replace('"Google.', '"gcloud.')


def test_all_that_is_answered_is_in_the_carriers_dialect(lines: Lines) -> None:
    app = lines("telnyx")
    wire = Wsgi(app, TELNYX.signer, ORIGIN)
    for path in ("/voice", "/voice/nonsense", "/voice/status"):
        answer = wire.post(ORIGIN + path, FORM, MOMENT)
        root = ElementTree.fromstring(answer.body)
        assert not [each for say in root.iter("Say") for each in say], path
    printed = app.test_cli_runner().invoke(args=["line", "fallback", "ja"]).output
    assert "<Say" in printed and "<break" not in printed and "<sub" not in printed


def test_nothing_keyed_and_nothing_said_is_silence(lines: Lines) -> None:
    """TeXML asks the address of a Gather all the same."""
    wire = Wsgi(lines("telnyx"), TELNYX.signer, ORIGIN)
    keyed = wire.post(f"{ORIGIN}/voice/1/e/ja/main/key", {**FORM, "Digits": ""}, MOMENT)
    silent = wire.post(f"{ORIGIN}/voice/1/e/ja/main/silence", FORM, MOMENT)
    assert keyed.body == silent.body


# --- recordings -----------------------------------------------------------------------------


class Api:
    """A carrier's API: what it holds at which addresses, and what it was asked."""

    def __init__(self, held: dict[str, tuple[int, bytes]]):
        self.held = held
        self.asked: list[tuple[str, str]] = []
        self.keys: list[Any] = []

    def __call__(self, method: str, url: str, auth: Any) -> requests.Response:
        self.asked.append((method, url))
        self.keys.append(auth)
        answer = requests.Response()
        answer.status_code, content = self.held.get(url, (404, b""))
        answer.raw = io.BytesIO(content)
        return answer


@pytest.fixture
def patient() -> Any:
    with patch.object(media, "PATIENCE", 0):
        yield


def fetched(app: Flask, api: Api, name: str) -> bytes:
    carrier: Carrier = app.extensions["ivr.carrier"]
    with patch.object(media, "asked", api):
        return carrier.media.fetch(name)


def test_signalwire_keeps_recordings_in_its_space(lines: Lines, patient: None) -> None:
    folder = f"https://yokohama.signalwire.com/api/laml/2010-04-01/Accounts/{PROJECT}/Recordings/"
    api = Api({f"{folder}{PROJECT}.wav": (200, b"RIFF")})
    assert fetched(lines("signalwire"), api, PROJECT) == b"RIFF"
    assert api.keys == [(PROJECT, SIGNALWIRE.environ["SIGNALWIRE_API_TOKEN"])]
    with patch.object(media, "asked", api):
        lines("signalwire").extensions["ivr.carrier"].media.remove(PROJECT)
    assert api.asked[-1] == ("DELETE", f"{folder}{PROJECT}.json")


@pytest.mark.parametrize("name", ["signalwire", "telnyx"])
@pytest.mark.parametrize("sid", ["", "../x", "RE" + "0" * 32, PROJECT + "/", "https://evil.example/" + PROJECT])
def test_what_a_webhook_names_is_not_fetched(lines: Lines, name: str, sid: str) -> None:
    api = Api({})
    with pytest.raises(NotFetched):
        fetched(lines(name), api, sid)
    assert api.asked == []


TELNYX_API = f"https://api.telnyx.com/v2/texml/Accounts/{PROJECT}/Recordings/{PROJECT}.json"


def test_telnyx_tells_where_a_recording_is(lines: Lines, patient: None) -> None:
    where = "https://s3.amazonaws.com/recordings/x.wav?signed"
    api = Api({TELNYX_API: (200, json.dumps({"media_url": where}).encode()), where: (200, b"RIFF")})
    assert fetched(lines("telnyx"), api, PROJECT) == b"RIFF"
    assert api.asked == [("GET", TELNYX_API), ("GET", where)]
    assert api.keys[0] is not None and api.keys[1] is None, "the key goes nowhere but to its API"


@pytest.mark.parametrize(
    "about",
    [
        b"",
        b"[]",
        b"{}",
        b'{"media_url": null}',
        b'{"media_url": "http://s3.amazonaws.com/x"}',
        b'{"media_url": "https://evil.example/x"}',
        b'{"media_url": "https://evilamazonaws.com/x"}',
        b'{"media_url": "https://["}',
    ],
)
def test_what_telnyx_keeps_elsewhere_is_not_fetched(lines: Lines, patient: None, about: bytes) -> None:
    api = Api({TELNYX_API: (200, about)})
    with pytest.raises(NotFetched):
        fetched(lines("telnyx"), api, PROJECT)
    assert len(api.asked) == 1


# --- settings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"CARRIER": "acme"}, "CARRIER is 'acme': set it to twilio or signalwire or telnyx."),
        ({"TWILIO_SHARED_KEYS": "secret"}, "TWILIO_SHARED_KEYS holds what is no key"),
        ({"TWILIO_SHARED_KEYS": "webhooks_sharedkey_a=short"}, "TWILIO_SHARED_KEYS holds what is no key"),
        ({**SIGNALWIRE.environ, "SIGNALWIRE_SPACE": "example.com"}, "SIGNALWIRE_SPACE is 'example.com': set it to"),
        ({**SIGNALWIRE.environ, "SIGNALWIRE_SIGNING_KEY": "short"}, "SIGNALWIRE_SIGNING_KEY is no key: set it to"),
        ({**SIGNALWIRE.environ, "SIGNALWIRE_PROJECT_ID": "7"}, "SIGNALWIRE_PROJECT_ID is no project: set it to"),
        (
            {**SIGNALWIRE.environ, "SIGNALWIRE_SPACE": "", "STAFF_NUMBER": "+815011112222"},
            "SIGNALWIRE_SPACE is missing: set it beside STAFF_NUMBER",
        ),
        ({"CARRIER": "telnyx", "TELNYX_PUBLIC_KEY": "AAAA"}, "TELNYX_PUBLIC_KEY is no key: set it to"),
        ({"CARRIER": "telnyx", "TELNYX_PUBLIC_KEY": "あ"}, "TELNYX_PUBLIC_KEY is no key: set it to"),
        ({**TELNYX.environ, "TELNYX_ACCOUNT_ID": "x"}, "TELNYX_ACCOUNT_ID is no account: set it to"),
        (
            {**TELNYX.environ, "TELNYX_API_KEY": "", "STAFF_NUMBER": "+815011112222"},
            "TELNYX_API_KEY is missing: set it beside STAFF_NUMBER",
        ),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path: Path, wrong: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        from_environment({"DATA_DIR": str(tmp_path / "data"), **wrong})
    assert str(refusal.value).startswith(told) and str(refusal.value).count(". ") == 0
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("name", CASES)
def test_no_secret_is_shown(tmp_path: Path, name: str) -> None:
    settings = from_environment({"DATA_DIR": str(tmp_path), **CASES[name].environ})
    shown = repr(settings)
    for setting, value in CASES[name].environ.items():
        if setting.endswith(("KEY", "KEYS", "TOKEN")):
            assert value not in shown, setting


def test_what_is_set_for_another_carrier_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from_environment({"DATA_DIR": str(tmp_path), **SIGNALWIRE.environ, "CARRIER": "twilio"})
    assert "SIGNALWIRE_API_TOKEN is set, but CARRIER is twilio" in caplog.text


def test_at_telnyx_the_lines_own_voice_is_the_usual_one(tmp_path: Path) -> None:
    def speaks_itself(**environ: str) -> bool:
        return from_environment({"DATA_DIR": str(tmp_path), **environ}).local_speech

    assert speaks_itself(CARRIER="telnyx") and not speaks_itself(CARRIER="telnyx", SPEECH="carrier")
    assert not speaks_itself() and not speaks_itself(SPEECH="twilio") and speaks_itself(SPEECH="local")


def test_a_line_that_knows_no_such_key_tells_the_handset(lines: Lines) -> None:
    with pytest.raises(LineFault, match="answered 403"):
        Handset(Wsgi(lines("telnyx"), SIGNALWIRE.signer, ORIGIN)).dial()


# --- the seam -------------------------------------------------------------------------------

NAMED = re.compile(r"twilio|signalwire|telnyx", re.IGNORECASE)
IVR = ROOT / "ivr"
MAY_NAME = (
    "carrier/twilio/",
    "carrier/signalwire/",
    "carrier/telnyx/",
    "carrier/choice.py",  # which there are
    "carrier/twiml.py",  # writes TwiML by twilio-python
    "commands/twilio.py",  # sets up the account at one of them
    "commands/__init__.py",  # which commands there are
    "config.py",  # the settings of each
)


def spoken_of(path: Path) -> list[str]:
    """Where a program names a carrier: not in what only people read, where sources are told."""
    if path.suffix != ".py":
        return NAMED.findall(path.read_text("utf-8"))
    tree = ast.parse(path.read_text("utf-8"))
    told = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    return [
        text
        for node in ast.walk(tree)
        for text in (
            [node.value]
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
            else [node.id]
            if isinstance(node, ast.Name)
            else [node.attr]
            if isinstance(node, ast.Attribute)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        if NAMED.search(text)
    ]


def test_only_a_carriers_own_folder_names_it() -> None:
    kinds = ("*.py", "*.html", "*.js", "*.po")
    named = {
        str(path.relative_to(IVR)): found
        for kind in kinds
        for path in IVR.rglob(kind)
        if not str(path.relative_to(IVR)).startswith(MAY_NAME) and (found := spoken_of(path))
    }
    assert named == {}


def test_the_handset_knows_the_wire_format_alone() -> None:
    imported = {
        node.module
        for path in (IVR / "handset").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ivr")
        if not (node.module or "").startswith("ivr.handset")
    }
    assert imported == {"ivr.carrier", "ivr.carrier.wire"}
