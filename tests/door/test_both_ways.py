"""A webhook is answered alike, byte for byte, whether it goes by way of the routes or not."""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ivr import logs
from ivr.carrier.form import FORM_TYPE
from ivr.carrier.front import Front
from ivr.carrier.memory import Memory
from ivr.carrier.metrics import Metrics
from ivr.carrier.wire import BUILT_IN_ACCOUNT, Signer
from ivr.config import from_environment
from ivr.door.worker import door as door_to
from ivr.door.wsgi import Environ
from ivr.logs import LogFormat
from ivr.records.steps import Step
from ivr.wiring import create_app
from tests.carrier.test_memory import HEARD
from tests.door.test_door import Visit
from tests.support.bench_servers import ADDRESS, CALL
from tests.support.carriers import CASES
from tests.support.clock import MOMENT, WALL
from tests.support.given import ORIGIN, SIGNER, settings_for

OURS, STAFFS = "+815012345678", "+815099999999"


@dataclass
class Heard:
    """What was kept of calls, and counted."""

    kept: list[object] = field(default_factory=list)
    metrics: Metrics = field(default_factory=lambda: Metrics(lambda: True))

    def step(self, call: str, step: Step, now: datetime, address: str, talked: int | None) -> None:
        self.kept.append((call, step, now, address, talked))

    def end(self, call: str, status: str, seconds: int | None, now: datetime, address: str) -> None:
        self.kept.append((call, status, seconds, now, address))

    def told(self) -> tuple[list[object], list[str]]:
        """All of it, but for the time that answers took."""
        lines = self.metrics.text().decode().splitlines()
        return self.kept, [each for each in lines if "_created" not in each and "seconds" not in each]


@dataclass
class Line:
    """A line that can be rung by way of its routes alone, or by its door."""

    app: Flask
    signer: Signer = SIGNER
    by_routes: Heard = field(default_factory=Heard)
    by_door: Heard = field(default_factory=Heard)

    def __post_init__(self) -> None:
        self.hooks = self.app.extensions["ivr.webhooks"]
        self.usual = self._told_to(self.by_routes)
        self.door = door_to(self.app)
        self.door.front = self._told_to(self.by_door)
        self.went_on: list[str] = []
        self.door.app = self._goes_on

    def _told_to(self, heard: Heard) -> Front:
        front: Front = self.hooks.front
        return replace(front, record=heard.step, ended=heard.end, metrics=heard.metrics, memory=Memory(0))

    def _goes_on(self, environ: Environ, start: object) -> Iterable[bytes]:
        self.went_on.append(environ["REQUEST_URI"])
        self.app.extensions["ivr.webhooks"] = replace(self.hooks, front=self.door.front)
        return self.app(environ, start)  # type: ignore[arg-type]

    def visit(self, path: str, told: dict[str, str], method: str = "POST") -> Visit:
        body = urlencode(told).encode() if method == "POST" else b""
        signed = self.signer.headers(ORIGIN + path, told if method == "POST" else {}, body)
        headers = {"content-type": FORM_TYPE, **{name.lower(): value for name, value in signed.items()}}
        return Visit(self.door, path, method, headers, pieces=[body])

    def asks(self, path: str, told: dict[str, str], method: str = "POST") -> str:
        """What is answered, by both ways."""
        visit = self.visit(path, told, method)
        (body,) = visit.pieces
        self.app.extensions["ivr.webhooks"] = replace(self.hooks, front=self.usual)
        usual = self.app.test_client().open(path, method=method, data=body, headers=visit.headers)
        visit.made()
        assert (visit.status, visit.body) == (usual.status_code, usual.data), path
        assert visit.answer_headers == {name.lower(): value for name, value in usual.headers.items()}, path
        assert self.by_door.told() == self.by_routes.told(), path
        return str(usual.text)


@contextmanager
def rung(app: Flask, signer: Signer = SIGNER) -> Iterator[Line]:
    """A line whose door and routes have memories, figures and records of their own."""
    line = Line(app, signer)
    app.extensions["ivr.office"].shelf.refresh()
    try:
        yield line
    finally:
        app.extensions["ivr.webhooks"] = line.hooks


@pytest.fixture
def line(standing: Flask) -> Iterator[Line]:
    with rung(standing) as found:
        yield found


SECRET = "what the caller said"


def fail(*_told: object) -> NoReturn:
    raise OSError(28, SECRET)


# --- the end of a call ------------------------------------------------------------------------

STATUS = "/voice/status"
OVER = {"CallSid": "CA1", "From": "+819011112222", "To": OURS, "CallStatus": "completed", "CallDuration": "61"}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (OVER, [("CA1", "completed", 61, MOMENT, STATUS)]),
        ({**OVER, "CallStatus": "busy", "CallDuration": "\u0661"}, [("CA1", "busy", None, MOMENT, STATUS)]),
        ({"CallSid": "CA2"}, [("CA2", "", None, MOMENT, STATUS)]),
        ({**OVER, "AccountSid": BUILT_IN_ACCOUNT}, []),
    ],
)
def test_the_end_of_a_call_is_kept_and_answered_at_once(line: Line, told: dict[str, str], kept: list[object]) -> None:
    assert "<Response" in line.asks(STATUS, told)
    assert line.by_door.kept == kept and line.went_on == []


def test_calls_of_staff_are_not_recorded(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path, STAFF_NUMBER=STAFFS, LINE_NUMBER=OURS))
    with rung(app) as line:
        for to in (STAFFS, OURS):
            line.asks(STATUS, {**OVER, "To": to})
        assert len(line.by_door.kept) == 1 and line.went_on == []


@pytest.mark.parametrize("name", ["telnyx", "signalwire"])
def test_the_end_of_a_call_is_answered_in_the_carriers_words(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    own = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": ORIGIN, "SPEECH": "carrier"}
    with rung(create_app(from_environment(own | case.environ)), case.signer) as line:
        line.asks(STATUS, OVER)
        assert line.went_on == []


@pytest.mark.parametrize(
    ("path", "method"), [(STATUS, "GET"), (f"{STATUS}?x=1", "POST"), (f"{STATUS}/", "POST"), ("/voice//status", "POST")]
)
def test_what_no_carrier_is_told_to_ask_goes_the_usual_way(line: Line, path: str, method: str) -> None:
    line.asks(path, OVER, method)
    assert line.went_on == [path]


def test_an_end_that_cannot_be_kept_goes_the_usual_way(line: Line) -> None:
    line.door.front = replace(line.door.front, ended=fail)
    visit = line.visit(STATUS, OVER).made()
    assert visit.status == 200 and "664" in visit.body.decode(), "it hears what is said where something failed"
    assert line.went_on == [STATUS]


def test_where_requests_are_traced_an_end_is_traced_as_well(line: Line) -> None:
    line.door.front = replace(line.door.front, traced=True)
    line.asks(STATUS, OVER)
    assert line.went_on == [STATUS]


# --- steps ------------------------------------------------------------------------------------

RING = {"CallSid": "CA1", "From": "+819011112222", "To": OURS}


def walked(line: Line, heard: Iterable[tuple[str, dict[str, str]]], here: str = "/voice?language=en") -> None:
    """A call in which this is heard, one after another."""
    answer = line.asks(here, RING)
    for event, told in heard:
        addresses = ADDRESS.findall(answer.replace("&amp;", "&"))
        here = re.sub(r"/(key|silence|dialled)(?=\?|$)", f"/{event}", (addresses or [here])[-1])
        answer = line.asks(here, {**RING, **told})
        WALL.now += timedelta(seconds=5)


def test_a_caller_who_looks_around_and_is_joined_in_vain_goes_past_the_routes(line: Line) -> None:
    walked(line, CALL[1:])
    assert len(line.by_door.kept) == len(CALL) and line.went_on == []


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(settings_for(tmp_path_factory.mktemp("line"), SPEECH_INPUT="on"))


@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["/voice", "/voice?language=en", "/voice?language=xx"]), st.lists(HEARD, min_size=6, max_size=12)
)
def test_whatever_is_heard_goes_past_the_routes(
    listening: Flask, here: str, heard: list[tuple[str, dict[str, str]]]
) -> None:
    with rung(listening) as line:
        walked(line, heard, here)
        assert line.went_on == []


@pytest.mark.parametrize("name", ["telnyx", "signalwire"])
def test_steps_are_in_the_carriers_words(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    own = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": ORIGIN, "SPEECH": "carrier"}
    with rung(create_app(from_environment(own | case.environ)), case.signer) as line:
        walked(line, CALL[1:8])
        assert line.went_on == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", {"Digits": "1", "AccountSid": BUILT_IN_ACCOUNT}),
        ("", {"Digits": "123456789018"}),
        ("", {"Digits": "A"}),
        ("?began=120", {}),
        ("?run=5&typed=5&keyed=7&from=ja~normal~main&began=120", {"Digits": "3"}),
        ("?speed=slow&speed=warp", {"Digits": "1"}),
        ("?speed=warp&speed=slow", {"Digits": "1"}),
        ("?from=main", {"Digits": "1"}),
        ("?tries=3", {"Digits": "1"}),
        ("?tries", {"Digits": "1"}),
        ("?=&&speed=slow=fast", {"Digits": "1"}),
        ("?heard=A", {"Digits": "1"}),
        ("?offers=-", {"Digits": "1"}),
        ("?x=1", {"Digits": "1"}),
    ],
)
def test_whatever_an_address_asks_is_understood_alike(line: Line, query: str, told: dict[str, str]) -> None:
    edition = line.app.extensions["ivr.office"].library.shipped.id
    line.asks(f"/voice/1/{edition}/ja/main/key{query}", {**RING, **told})
    assert line.went_on == []


@pytest.mark.parametrize("place", ["0123456789/ja/main", "{}/xx/main", "{}/ja/nowhere", "{}/ja/main-", "../ja/main"])
def test_places_that_the_line_has_not_are_understood_alike(line: Line, place: str) -> None:
    edition = line.app.extensions["ivr.office"].library.shipped.id
    line.asks(f"/voice/1/{place.format(edition)}/key", {**RING, "Digits": "1"})
    assert line.went_on == []


@pytest.mark.parametrize(
    "path",
    [
        "/voice/",
        "/voice?language=e%6e",
        "/voice?x=1",
        "/voice/1/{}/j%61/main/key",
        "/voice/1/{}/ja/main/key?speed=sl%6fw",
        "/voice/1/{}/ja/main/key?speed=slow+",
        "/voice/1/{}/ja/main/key?keyed=0",
        "/voice/1/{}/ja//key",
        "/voice/1/{}/ja/ma%2fin/key",
        "/voice/1/{}/ja/police/whisper",
        "/voice/2/{}/ja/main/key",
        "/voice/staff",
        "/voice/nonsense",
    ],
)
def test_addresses_that_the_line_does_not_write_go_by_way_of_the_routes(line: Line, path: str) -> None:
    path = path.format(line.app.extensions["ivr.office"].library.shipped.id)
    line.asks(path, {**RING, "Digits": "1"})
    assert line.went_on == [path]


def test_a_get_goes_by_way_of_its_route(line: Line) -> None:
    line.asks("/voice", RING, "GET")
    assert line.went_on == ["/voice"]


@pytest.mark.parametrize("change", [{"traced": True}, {"at_hand": lambda _edition, _now: None}, {"at_hand": fail}])
def test_where_requests_are_traced_or_no_line_is_at_hand_steps_go_by_way_of_their_routes(
    line: Line, change: dict[str, Any]
) -> None:
    line.door.front = replace(line.door.front, **change)
    line.asks("/voice", RING)
    assert line.went_on == ["/voice"]


def test_a_step_that_fails_is_tried_once_more_and_then_the_desks_numbers_are_read(
    line: Line, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ivr.carrier.front.meaning", fail)
    assert "664" in line.asks("/voice", RING)
    assert line.went_on == ["/voice"] and line.by_door.kept == []
    assert "a step failed" in caplog.text and SECRET not in caplog.text


def test_what_the_log_is_told_meanwhile_is_about_the_call(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    told = StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(logs.formatter(LogFormat.JSON))
    log = logging.getLogger("ivr.carrier.front")
    log.addHandler(handler)
    line.door.front = replace(line.door.front, record=fail, named=lambda call, _now: {"call": f"name of {call}"})
    try:
        line.visit("/voice", RING).made()
        line.door.front = replace(line.door.front, ended=fail)
        line.visit(STATUS, OVER).made()
        monkeypatch.setattr("ivr.carrier.front.step", fail)
        line.visit("/voice", RING).made()
        line.visit("/voice", {**RING, "AccountSid": BUILT_IN_ACCOUNT}).made()
    finally:
        log.removeHandler(handler)
    found = [json.loads(each) for each in told.getvalue().splitlines()]
    assert [each.get("call") for each in found] == [*["name of CA1"] * 3, None]
