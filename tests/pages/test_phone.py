"""The browser's telephone, as its requests see it: one handset, frozen between two acts."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ivr.handset import browser
from ivr.handset.browser import BrowserTelephone
from ivr.handset.handset import Handset
from ivr.handset.hearing import RecordedWords
from ivr.handset.transport import Wsgi
from ivr.line.values import Line
from ivr.pages import phone_routes
from ivr.wiring import create_app
from tests.support.browser import without_limits
from tests.support.given import ORIGIN, SIGNER, greeting, settings_for

pytestmark = pytest.mark.clock

TUESDAY = "2026-11-24T11:00"
TO_THE_POLICE = "1111"
"""Frauds, a mail, on to its choices, the police."""

OURS = {"Origin": ORIGIN}
NOVEMBER = datetime.fromisoformat("2026-11-25T12:00:00+09:00")


class Caller:
    """Somebody at the browser's telephone: keeps the frozen call as the browser does."""

    def __init__(self, client: FlaskClient, at: str = TUESDAY, language: str = "ja") -> None:
        self.client = client
        self.answer: dict[str, Any] = {}
        self.send("ring", {"at": at, "language": language})

    def send(self, path: str, act: dict[str, Any]) -> TestResponse:
        asked = {**act, "call": self.answer.get("call")}
        response = self.client.post(f"/phone/{path}", json=asked, headers=OURS, environ_overrides={"ivr.now": NOVEMBER})
        if response.status_code == 200:
            self.answer = response.get_json()
        return response

    def act(self, do: str, **more: Any) -> TestResponse:
        return self.send("act", {"do": do, **more})

    def press(self, keys: str) -> None:
        for key in keys:
            assert self.act("press", key=key).status_code == 200

    @property
    def heard(self) -> str:
        return "".join(said["text"] for said in self.answer["speech"])


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return without_limits(create_app(settings_for(tmp_path_factory.mktemp("data"), SPEECH_INPUT="on")))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def caller(client: FlaskClient) -> Caller:
    return Caller(client)


# --- a call -----------------------------------------------------------------------------------


def test_ringing_is_answered_with_the_greeting(caller: Caller, line: Line) -> None:
    first = caller.answer["speech"][0]
    assert greeting(line) in first["text"]
    assert first["language"] == "ja-JP"
    assert first["stoppable"]
    assert first["sounds"][0]["seconds"] > 1
    assert caller.answer["listening"] == {"seconds": 10.0, "keys": True, "words": True}


@pytest.mark.timeless
def test_each_change_of_language_is_an_utterance_of_its_own(caller: Caller) -> None:
    assert [said["language"] for said in caller.answer["speech"]][:3] == ["ja-JP", "en-US", "ja-JP"]


def test_keys_lead_through_the_menus_and_the_text_goes_on_by_itself(caller: Caller) -> None:
    caller.press("11")
    assert "青い文字やボタン" in caller.heard
    assert caller.answer["listening"]["seconds"] == 1
    caller.act("wait")
    assert "暗証番号も、入れないで" in caller.heard


@pytest.mark.timeless
def test_words_are_heard(caller: Caller) -> None:
    assert caller.act("say", words="カードをなくしました").status_code == 200
    assert caller.heard


def test_a_transfer_rings_ends_busy_and_is_offered_again(caller: Caller) -> None:
    caller.press(TO_THE_POLICE)
    caller.act("wait")
    assert caller.answer["ringing"] == {"number": "+81456649110"}
    caller.act("transfer", outcome="busy")
    assert "お話し中でした" in caller.heard
    caller.press("1")
    caller.act("wait")
    caller.act("transfer", outcome="completed")
    assert caller.answer["over"]
    assert not caller.answer["speech"][0]["stoppable"]


def test_the_clock_goes_on_from_the_time_rung_at(caller: Caller) -> None:
    assert caller.answer["clock"] == "2026-11-24T11:00:00+09:00"
    caller.act("press", key="1", after=30)
    assert caller.answer["clock"] > "2026-11-24T11:00:00+09:00"


def test_without_a_time_there_is_no_clock(client: FlaskClient) -> None:
    assert Caller(client, at="").answer["clock"] is None


@pytest.mark.timeless
def test_another_language_can_be_rung(client: FlaskClient) -> None:
    assert "My Number line" in Caller(client, language="en").heard


def test_hanging_up_ends_the_call(caller: Caller) -> None:
    caller.act("hang up")
    assert caller.answer["over"]
    assert caller.act("press", key="1").status_code == 409


@pytest.mark.timeless
def test_a_key_that_nobody_hears_is_told(caller: Caller) -> None:
    caller.press(TO_THE_POLICE)
    caller.act("wait")
    assert caller.act("press", key="1").status_code == 409


def test_any_worker_takes_any_act(tmp_path: Path) -> None:
    """Two processes with the same secrets share nothing else."""
    first, second = (
        without_limits(create_app(settings_for(tmp_path / name, SECRET_KEY="the same for all"))).test_client()
        for name in "ab"
    )
    caller = Caller(first)
    caller.client = second
    caller.press("1")
    caller.client = first
    caller.press("1")
    assert "青い文字やボタン" in caller.heard


def test_the_token_is_small_and_holds_no_words(caller: Caller) -> None:
    caller.press("11")
    assert len(caller.answer["call"]) < 1000


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.timeless
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": ORIGIN},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://["},
        {"Origin": "http://[::1"},
    ],
)
@pytest.mark.parametrize("path", ["/phone/ring", "/phone/act"])
def test_other_sites_cannot_ring(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    answer = client.post(path, json={}, headers=headers)
    assert answer.status_code == 403
    assert answer.get_json()["error"] == "refused"


def test_a_page_of_ours_may_ring(client: FlaskClient) -> None:
    assert client.post("/phone/ring", json={}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


@pytest.mark.timeless
def test_forms_cannot_ring(client: FlaskClient) -> None:
    assert client.post("/phone/ring", data={"language": "ja"}, headers=OURS).status_code == 415


@pytest.mark.timeless
@pytest.mark.parametrize(
    "act",
    [
        {"do": "press"},
        {"do": "press", "key": "11"},
        {"do": "press", "key": "x"},
        {"do": "press", "key": "1", "after": -1},
        {"do": "press", "key": "1", "after": "soon"},
        {"do": "press", "key": "1", "after": True},
        {"do": "press", "key": "1", "after": 1e9},
        {"do": "say", "words": " "},
        {"do": "say", "words": 1},
        {"do": "say", "words": "\ud800"},
        {"do": ["press"], "key": "1"},
        {"do": "press", "key": ["1"]},
        {"do": "press", "key": "１"},
        {"do": "press", "key": "1", "after": None},
        {"do": "press", "key": "1", "after": []},
        {"do": "press", "key": "1", "after": float("nan")},
        {"do": "press", "key": "1", "after": float("inf")},
        {"do": "press", "key": "1", "after": 10**300},
        {"do": "transfer", "outcome": {}},
        {"do": "transfer", "outcome": "gone"},
        {"do": "dance"},
        {},
    ],
)
def test_what_is_no_act_is_refused(caller: Caller, act: dict[str, Any]) -> None:
    assert caller.send("act", act).status_code == 400


NO_OBJECTS = [
    *("[]", '"ring"', "1", "null", "", "{", "NaN", "{}{}", "1" * 5000, '{"a":' * 9000, "[" * 30_000),
    '{"do": "press", "key": "1", "after": ' + "9" * 5000 + "}",
]


@pytest.mark.timeless
@pytest.mark.parametrize("path", ["ring", "act"])
@pytest.mark.parametrize("body", NO_OBJECTS, ids=range(len(NO_OBJECTS)))
def test_what_is_no_object_is_refused(client: FlaskClient, path: str, body: str) -> None:
    answer = client.post(f"/phone/{path}", data=body.encode(), content_type="application/json", headers=OURS)
    assert answer.status_code == 400 and answer.get_json()["message"]


@pytest.mark.timeless
@pytest.mark.parametrize("body", [b"\xff\xfe{", b'{"do": "say", "words": "\xe3\x81"}', b"\x00"])
def test_what_is_no_text_is_refused(client: FlaskClient, body: bytes) -> None:
    assert client.post("/phone/act", data=body, content_type="application/json", headers=OURS).status_code == 400


NO_TIMES = [
    *("tomorrow", "2026-13-01T00:00", "2026-02-30T00:00", "0000-01-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59"),
    *("2015-01-01T00:00", "2038-01-01T00:00", "0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59", "２０２６年"),
    *(7, 1e308, True, [], ["2026-11-24T11:00"], {}, {"at": "now"}, "x" * 50_000, "\ud800", "2026-11-24T11:00+99:00"),
]


@pytest.mark.parametrize("at", NO_TIMES, ids=range(len(NO_TIMES)))
def test_what_is_no_time_is_refused(app: Flask, client: FlaskClient, at: object) -> None:
    answer = client.post("/phone/ring", json={"at": at}, headers=OURS, environ_overrides={"ivr.now": NOVEMBER})
    assert answer.status_code == 400 and answer.get_json()["message"]
    assert figures(app)["ivr_faults_total"] == 0


@pytest.mark.parametrize(
    ("at", "clock"),
    [
        ("2026-11-24T11:00", "2026-11-24T11:00:00+09:00"),
        ("2026-11-24T02:00Z", "2026-11-24T11:00:00+09:00"),
        ("2026-11-23T21:00:00-05:00", "2026-11-24T11:00:00+09:00"),
        ("2026-11-24", "2026-11-24T00:00:00+09:00"),
        ("2036-12-31T23:59", "2036-12-31T23:59:00+09:00"),
        ("2016-02-29T00:00", "2016-02-29T00:00:00+09:00"),
    ],
)
def test_a_time_is_the_lines_own_unless_it_names_a_zone(client: FlaskClient, at: str, clock: str) -> None:
    answer = client.post("/phone/ring", json={"at": at}, headers=OURS, environ_overrides={"ivr.now": NOVEMBER})
    assert answer.get_json()["clock"] == clock


def test_a_time_that_the_clocks_skip_is_the_one_they_show(line: Line) -> None:
    """In New York it was never half past two on 2026-03-08."""
    abroad = replace(line, zone=ZoneInfo("America/New_York"))
    at = phone_routes._moment(abroad, "2026-03-08T02:30", NOVEMBER)
    assert at is not None and at.isoformat() == "2026-03-08T03:30:00-04:00"


@pytest.mark.timeless
@pytest.mark.parametrize("language", [1, True, [], {}, ["ja"]])
def test_what_is_no_language_is_refused(client: FlaskClient, language: object) -> None:
    assert client.post("/phone/ring", json={"language": language}, headers=OURS).status_code == 400


def test_a_visitor_is_no_caller_and_no_fault_of_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = without_limits(create_app(settings_for(tmp_path)))
    visitor = Caller(app.test_client())
    visitor.press(TO_THE_POLICE)
    visitor.act("wait")
    visitor.act("transfer", outcome="busy")
    monkeypatch.setattr("ivr.carrier.front.step", lambda *_: 1 / 0)
    visitor.act("press", key="1")
    counted = figures(app)
    assert {name for name, value in counted.items() if value} >= {
        'ivr_built_in_total{what="calls"}',
        'ivr_built_in_total{what="faults"}',
    }
    ours = ("ivr_calls", "ivr_turns", "ivr_transfers", "ivr_faults", "ivr_hang_ups", "ivr_webhook_seconds_count")
    assert not [name for name, value in counted.items() if name.startswith(ours) and value and "created" not in name]


def figures(app: Flask) -> dict[str, float]:
    """What /metrics tells, by name and labels."""
    lines = app.test_client().get("/metrics").text.splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


@pytest.mark.timeless
def test_an_unknown_language_cannot_be_rung(client: FlaskClient) -> None:
    assert client.post("/phone/ring", json={"language": "xx"}, headers=OURS).status_code == 404


def test_a_call_that_we_did_not_sign_is_refused(caller: Caller) -> None:
    strange: tuple[object, ...] = (
        None,
        7,
        [],
        {},
        "\ud800",
        "é",
        "",
        "x",
        caller.answer["call"][:-1] + "?",
        "." + caller.answer["call"],
        "a" * 100_000,
    )
    for call in strange:
        answer = caller.client.post("/phone/act", json={"do": "wait", "call": call}, headers=OURS)
        assert answer.status_code in (400, 413)


@pytest.mark.parametrize("frozen", [None, [], "x", {}, {"form": 1}, {"form": 1, "at": 7}, {"form": [1]}])
def test_a_call_of_another_release_is_not_known_any_more(app: Flask, caller: Caller, frozen: object) -> None:
    signer = BrowserTelephone(app.extensions["ivr.settings"].secret_key, None, lambda _url: None)._signer
    call = signer.dumps(frozen)
    answer = caller.client.post("/phone/act", json={"do": "wait", "call": call}, headers=OURS)
    assert answer.status_code == 400


def test_a_call_of_yesterday_is_over(app: Flask, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "LONGEST_CALL", -1)
    assert caller.send("act", {"do": "wait", "after": 0}).status_code == 400


def test_too_many_ringings_are_refused(tmp_path: Path) -> None:
    client = create_app(settings_for(tmp_path)).test_client()
    answers = [client.post("/phone/ring", json={}, headers=OURS) for _ in range(13)]
    assert [answer.status_code for answer in answers] == [200] * 12 + [429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert answers[-1].get_json()["error"] == "refused"


def test_a_line_out_of_order_is_told(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "voice.ring", lambda: ("", 500))
    answer = client.post("/phone/ring", json={}, headers=OURS)
    assert answer.status_code == 502
    assert answer.get_json() == {"error": "fault", "message": "answered 500"}


@pytest.mark.timeless
def test_nothing_is_kept_by_the_browser_s_cache(caller: Caller) -> None:
    assert caller.act("wait").headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in caller.act("wait").headers


# --- the handset, frozen ----------------------------------------------------------------------


def moments(app: Flask) -> Iterator[Handset]:
    """A call at each of its moments."""
    caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=datetime.fromisoformat(f"{TUESDAY}+09:00"))
    yield caller
    caller.dial()
    yield caller
    caller.press(TO_THE_POLICE)
    yield caller
    caller.wait()
    yield caller
    caller.transfer("busy")
    yield caller
    caller.hang_up()
    yield caller


def test_a_frozen_call_goes_on_as_if_nothing_had_been(app: Flask) -> None:
    carrier = Wsgi(app, SIGNER, ORIGIN)
    for caller in moments(app):
        frozen = json.loads(json.dumps(caller.freeze()))
        thawed = Handset.thaw(carrier, frozen)
        assert json.loads(json.dumps(thawed.freeze())) == frozen
        assert (thawed.listening, thawed.ringing, thawed.hung_up) == (caller.listening, caller.ringing, caller.hung_up)
        assert (thawed.call_sid, thawed.elapsed) == (caller.call_sid, caller.elapsed)


def test_a_call_in_another_form_is_not_thawed(app: Flask) -> None:
    with pytest.raises(ValueError, match="form"):
        Handset.thaw(Wsgi(app, SIGNER, ORIGIN), {"form": 0})


def test_a_recording_is_told_with_its_words_and_without_the_origin() -> None:
    def recorded(environ: dict[str, Any], start: Any) -> list[bytes]:
        assert environ["ivr.speech"] == "local"
        start("200 OK", [("Content-Type", "text/xml")])
        plays = b"<Play>/audio/1.wav</Play><Play>/audio/2.wav</Play>"
        return [b"<Response><Gather>" + plays + b"</Gather></Response>"]

    words = {
        f"{ORIGIN}/audio/{n}.wav": RecordedWords(text, "ja-JP", 1.5)
        for n, text in ((1, "こちらは、"), (2, "案内です。"))
    }
    caller = Handset(Wsgi(recorded, SIGNER, ORIGIN, {"ivr.speech": "local"}), status_url=None, words_of_play=words.get)
    caller.dial()
    assert caller.heard("案内です。")
    (said,) = browser.view(caller, {"ja-JP": ""}, ORIGIN)["speech"]
    assert said["text"] == "こちらは、案内です。"
    assert said["sounds"] == [
        {"audio": "/audio/1.wav", "seconds": 1.5},
        {"audio": "/audio/2.wav", "seconds": 1.5},
    ]
