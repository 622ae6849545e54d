"""A webhook is answered alike, byte for byte, whether it goes by way of the routes or not."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlencode

import pytest
from flask import Flask

from ivr.carrier.form import FORM_TYPE
from ivr.carrier.front import Front
from ivr.carrier.memory import Memory
from ivr.carrier.metrics import Metrics
from ivr.carrier.wire import BUILT_IN_ACCOUNT, Signer
from ivr.config import from_environment
from ivr.door.worker import door as door_to
from ivr.door.wsgi import Environ
from ivr.records.steps import Step
from ivr.wiring import create_app
from tests.door.test_door import Visit
from tests.support.carriers import CASES
from tests.support.clock import MOMENT
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


def fail(*_told: object) -> NoReturn:
    raise OSError(28, "no room")


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
