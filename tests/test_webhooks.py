"""The edge: who may call, and what becomes of calls that make no sense."""

from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from ivr.carrier.handset import Answer, Handset, Wsgi
from ivr.line.values import Line
from ivr.wiring import create_app
from tests.conftest import ORIGIN, TOKEN, TUESDAY_11, moment, settings_for
from tests.schema import problems

FORM = {"CallSid": "CA" + "0" * 32, "From": "+81312345678", "To": "+815012345678", "CallStatus": "ringing"}


def post(client: FlaskClient, path: str, form: dict[str, str], **headers: str) -> TestResponse:
    signature = RequestValidator(TOKEN).compute_signature(ORIGIN + path, form)
    return client.post(path, data=form, headers={"X-Twilio-Signature": signature, **headers})


@pytest.fixture
def app(standing: Flask) -> Flask:
    return standing


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("path", ["/voice", "/voice/status", "/voice/1/x/ja/main/key", "/voice/nonsense"])
def test_an_unsigned_request_is_refused(client: FlaskClient, path: str) -> None:
    assert client.post(path, data=FORM).status_code == 403


def test_a_signature_of_other_words_or_another_origin_is_refused(client: FlaskClient) -> None:
    signature = RequestValidator(TOKEN).compute_signature(ORIGIN + "/voice", FORM)
    assert (
        client.post("/voice", data={**FORM, "To": "+810"}, headers={"X-Twilio-Signature": signature}).status_code == 403
    )
    forged = RequestValidator(TOKEN).compute_signature("https://evil.example/voice", FORM)
    headers = {"X-Twilio-Signature": forged, "X-Forwarded-Host": "evil.example", "Host": "evil.example"}
    assert client.post("/voice", data=FORM, headers=headers).status_code == 403


def test_forwarded_headers_do_not_disturb_a_true_signature(client: FlaskClient) -> None:
    answer = post(client, "/voice", FORM, **{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"})
    assert answer.status_code == 200


def test_the_query_is_signed_as_it_was_sent(client: FlaskClient) -> None:
    assert post(client, "/voice?language=en&x=%E3%81%82%20b", FORM).status_code == 200


@pytest.mark.parametrize("path", ["/voice", "/voice/"])
def test_a_call_comes_in(client: FlaskClient, path: str) -> None:
    answer = post(client, path, FORM)
    assert answer.status_code == 200 and answer.mimetype == "text/xml"
    assert problems(answer.data) == []


def test_the_status_callback_wants_nothing(client: FlaskClient) -> None:
    answer = post(client, "/voice/status", {**FORM, "CallStatus": "completed", "CallDuration": "61"})
    assert answer.status_code == 200 and problems(answer.data) == []


def test_a_repeated_webhook_gets_the_same_answer(client: FlaskClient) -> None:
    first = post(client, "/voice", FORM, **{"I-Twilio-Idempotency-Token": "a"})
    again = post(client, "/voice", FORM, **{"I-Twilio-Idempotency-Token": "a"})
    assert first.data == again.data


def test_an_oversized_request_is_refused_before_it_is_read(client: FlaskClient) -> None:
    assert client.post("/voice", data=b"x" * 200_000, content_type="text/plain").status_code in (403, 413)


class TwoServers:
    """A carrier whose requests go to two servers by turns."""

    def __init__(self, *servers: Wsgi) -> None:
        self.servers = list(servers)
        self.origin = servers[0].origin

    def post(self, url: str, form: dict[str, str], now: object = None) -> Answer:
        self.servers.reverse()
        return self.servers[0].post(url, form, now)

    def get(self, url: str, now: object = None) -> Answer:
        return self.servers[0].get(url, now)


def test_two_servers_take_alternate_steps_of_one_call(tmp_path: Path, line: Line) -> None:
    one, two = (Wsgi(create_app(settings_for(tmp_path / name)), TOKEN, ORIGIN) for name in ("one", "two"))
    alone = Handset(one, at=moment(TUESDAY_11, line))
    both = Handset(TwoServers(one, two), at=moment(TUESDAY_11, line))
    for caller in (alone, both):
        caller.dial()
        for key in "7164*#5890111":
            caller.press(key)
        caller.wait()
    assert [sound.text for sound in alone.transcript] == [sound.text for sound in both.transcript]
    assert both.dialled


# --- what makes no sense -------------------------------------------------------------------


ODD = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "12", "A", "w", "１", "*#", "-1", "0" * 300, "ja", "main", "end", "None", "\x00", "😀"]),
)
PLACES = st.sampled_from(
    [
        "main",
        "fraud",
        "mail.0",
        "mail.99",
        "mail.end",
        "mail.",
        "police.join",
        "police.busy",
        "police.7",
        "pause.3",
        "pause",
        "pause.x",
        "help.0",
        "help.99",
        "language.en",
        "language.9",
        "language",
        "nowhere",
        "main.0",
        "..",
        "-",
        "%2e",
    ]
)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    trail = "-".join(draw(st.lists(PLACES, min_size=1, max_size=20)))
    event = draw(st.sampled_from(["key", "silence", "dialled", "nonsense", ""]))
    language = draw(st.sampled_from(["ja", "en", "xx", "", "JA"]))
    query = draw(
        st.dictionaries(st.sampled_from(["speed", "tries", "run", "offers", "language", "x"]), ODD, max_size=4)
    )
    asked = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    return f"/voice/{draw(st.sampled_from(['1', '2', 'x', '']))}/e/{language}/{trail}/{event}" + (
        f"?{asked}" if asked else ""
    )


@pytest.mark.slow
@hypothesis_settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.one_of(addresses(), ODD.map(lambda text: "/voice/" + quote(text)), st.just("/voice")),
    form=st.dictionaries(
        st.sampled_from(["Digits", "SpeechResult", "DialCallStatus", "To", "From", "CallSid", "Confidence", "x"]),
        ODD,
        max_size=5,
    ),
)
def test_malformed_webhooks_get_kind_words(app: Flask, path: str, form: dict[str, str]) -> None:
    answer = post(app.test_client(), path, form)
    if "//" in path or "/." in path:
        assert answer.status_code < 500  # a path that clients and servers tidy up differently
        return
    assert answer.status_code == 200
    assert problems(answer.data) == []


@pytest.mark.parametrize(
    "path",
    [
        "/voice/9/old/ja/main/key",
        "/voice/1/e/ja/nowhere/key",
        "/voice/1/e/xx/main/key",
        "/voice/1/e/ja/main/key?tries=99",
        "/voice/1/e/ja/mail.77/silence",
        "/voice/1/e/ja/main/key?speed=warp",
        "/voice/what",
    ],
)
def test_a_place_that_is_not_known_begins_again_with_an_apology(client: FlaskClient, path: str) -> None:
    answer = post(client, path, {**FORM, "Digits": "1"})
    assert "最初から" in answer.text and "numDigits" in answer.text


def test_an_edition_that_is_gone_goes_on_where_the_caller_was(client: FlaskClient) -> None:
    answer = post(client, "/voice/1/0000000000/ja/main/key", {**FORM, "Digits": "1"})
    assert "-fraud/" in answer.text


@pytest.mark.parametrize(
    "digits",
    ["123456789018", "1234 5678 9018", "１２３４５６７８９０１８", "1234-5678-9018", "一二三四五六七八九〇一八"],
)
@pytest.mark.parametrize("field", ["Digits", "SpeechResult"])
def test_twelve_digits_get_kind_words_and_go_no_further(client: FlaskClient, digits: str, field: str) -> None:
    answer = post(client, "/voice/1/e/ja/main-fraud/key", {**FORM, field: digits})
    assert "マイナンバーは必要ありません" in answer.text
    assert digits not in answer.text


def test_a_fault_of_ours_reads_the_desks_numbers_instead_of_an_error(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the cause")

    monkeypatch.setattr("ivr.carrier.webhooks.step", broken)
    answer = post(app.test_client(), "/voice", FORM)
    assert answer.status_code == 200 and problems(answer.data) == []
    assert "664" in answer.text
    assert "the cause" in caplog.text and FORM["From"] not in caplog.text


def test_every_document_says_language_and_voice(client: FlaskClient) -> None:
    answer = post(client, "/voice", FORM)
    says = answer.text.split("<Say ")[1:]
    assert says and all('language="' in say and 'voice="' in say for say in says)
    assert all(first <= second for first, second in pairwise([0, len(says)]))
