"""The edge: who may call, and what becomes of calls that make no sense."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from ivr.handset.handset import Handset
from ivr.handset.transport import Reply, Wsgi
from ivr.line.values import Line
from ivr.wiring import create_app
from tests.support.given import ORIGIN, SIGNER, TOKEN, TUESDAY_11, moment, settings_for
from tests.support.schema import problems

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


def send(client: FlaskClient, method: str, path: str, told: dict[str, str]) -> TestResponse:
    """A signed request that tells something as Twilio does: in the address where it is no POST."""
    if method == "POST":
        return post(client, path, told)
    address = path + (("&" if "?" in path else "?") + urlencode(told) if told else "")
    signature = RequestValidator(TOKEN).compute_signature(ORIGIN + address, {})
    return client.open(address, method=method, headers={"X-Twilio-Signature": signature})


WEBHOOKS = [
    "/voice",
    "/voice/",
    "/voice?language=en",
    "/voice/status",
    "/voice/staff",
    "/voice/staff/code",
    "/voice/staff/silence",
    "/voice/staff/x/choice",
    "/voice/1/x/ja/main/key",
    "/voice/1/x/ja/main/silence?tries=1",
    "/voice/nonsense",
]


@pytest.mark.parametrize("signature", [{}, {"X-Twilio-Signature": ""}, {"X-Twilio-Signature": "\xe9" * 28}])
@pytest.mark.parametrize("method", ["POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", WEBHOOKS)
def test_an_unsigned_request_is_refused(client: FlaskClient, path: str, method: str, signature: dict[str, str]) -> None:
    assert client.open(path, method=method, headers=signature).status_code == 403
    assert client.post(path, data=FORM, headers=signature).status_code == 403


@pytest.mark.parametrize("path", WEBHOOKS)
def test_a_number_may_be_set_to_get_as_well(client: FlaskClient, path: str) -> None:
    asked, posted = send(client, "GET", path, FORM), send(client, "POST", path, FORM)
    assert (asked.status_code, asked.mimetype, asked.data) == (200, "text/xml", posted.data)
    assert problems(asked.data) == []
    head = send(client, "HEAD", path, FORM)
    assert (head.status_code, head.data) == (200, b"")


def test_keys_are_heard_by_get_as_well(client: FlaskClient) -> None:
    answer = send(client, "GET", "/voice/1/e/ja/main/key?speed=slow", {**FORM, "Digits": "1"})
    assert "-fraud/" in answer.text and "speed=slow" in answer.text


def test_a_post_is_not_told_anything_by_its_address(client: FlaskClient) -> None:
    answer = send(client, "POST", "/voice/1/e/ja/main/key?Digits=1", {**FORM, "Digits": "2"})
    assert "-card/" in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/voice", "/voice/status", "/voice/staff", "/voice/1/x/ja/main/key"])
def test_other_methods_are_told_which_are_allowed(client: FlaskClient, path: str, method: str) -> None:
    answer = send(client, method, path, FORM)
    assert answer.status_code == 405 and {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("status", ["completed", "answered", "Answered", " completed "])
def test_a_desk_that_answered_ends_the_call(client: FlaskClient, status: str) -> None:
    answer = post(client, "/voice/1/e/ja/main-fraud-police.join/dialled", {**FORM, "DialCallStatus": status})
    assert "<Hangup" in answer.text and "<Gather" not in answer.text


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled", "", "ringing", "what", "\x00", "話し中"])
def test_a_desk_that_did_not_is_offered_again(client: FlaskClient, status: str) -> None:
    answer = post(client, "/voice/1/e/ja/main-fraud-police.join/dialled", {**FORM, "DialCallStatus": status})
    assert "<Gather" in answer.text and "<Hangup" not in answer.text and problems(answer.data) == []


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

    def post(self, url: str, form: Mapping[str, str], now: datetime | None = None) -> Reply:
        self.servers.reverse()
        return self.servers[0].post(url, form, now)

    def get(self, url: str, now: datetime | None = None) -> Reply:
        return self.servers[0].get(url, now)


def test_two_servers_take_alternate_steps_of_one_call(tmp_path: Path, line: Line) -> None:
    one, two = (Wsgi(create_app(settings_for(tmp_path / name)), SIGNER, ORIGIN) for name in ("one", "two"))
    alone = Handset(one, at=moment(TUESDAY_11, line))
    both = Handset(TwoServers(one, two), at=moment(TUESDAY_11, line))
    for caller in (alone, both):
        caller.dial()
        for key in "71*#590":
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


@pytest.mark.slow(6)
@hypothesis_settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.one_of(addresses(), ODD.map(lambda text: "/voice/" + quote(text)), st.just("/voice")),
    form=st.dictionaries(
        st.sampled_from(["Digits", "SpeechResult", "DialCallStatus", "To", "From", "CallSid", "Confidence", "x"]),
        ODD,
        max_size=5,
    ),
    method=st.sampled_from(["POST", "GET"]),
)
def test_malformed_webhooks_get_kind_words(app: Flask, path: str, form: dict[str, str], method: str) -> None:
    answer = send(app.test_client(), method, path, form)
    assert "ivr_faults_total 0.0" in app.extensions["ivr.webhooks"].front.metrics.text().decode()
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
        "/voice/1/e/ja/mail." + "7" * 5000 + "/silence",
        "/voice/1/e/ja/main-pause." + "7" * 5000 + "/silence",
        "/voice/1/e/ja/main-help." + "7" * 5000 + "/silence",
        "/voice/1/e/ja/main-language." + "7" * 5000 + "/key",
        "/voice/1/e/ja/main/key?tries=" + "1" * 5000,
        "/voice/1/e/ja/main/key?offers=mail." + "7" * 5000,
        "/voice/1/e/ja/main-pause.10/silence",
        "/voice/1/e/ja/main-language.1/key",
        "/voice/1/e/ja/language.0/key",
        "/voice/1/e/ja/help.0/key",
        "/voice/1/e/ja/pause.0/key",
        "/voice/1/e/ja/main-help.9999/silence",
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

    monkeypatch.setattr("ivr.carrier.front.meaning", broken)
    answer = post(app.test_client(), "/voice", FORM)
    assert answer.status_code == 200 and problems(answer.data) == []
    assert "664" in answer.text
    assert "the cause" in caplog.text and FORM["From"] not in caplog.text


def test_every_document_says_language_and_voice(client: FlaskClient) -> None:
    answer = post(client, "/voice", FORM)
    says = answer.text.split("<Say ")[1:]
    assert says and all('language="' in say and 'voice="' in say for say in says)
    assert all(first <= second for first, second in pairwise([0, len(says)]))
