"""The door, without a server: what is let in, what is turned away, and on whose thread."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event, get_ident
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator

from ivr.carrier.front import Front
from ivr.carrier.memory import Memory
from ivr.carrier.metrics import Metrics
from ivr.carrier.seam import SignedRequest
from ivr.carrier.twilio.twilio_carrier import twilio
from ivr.config import Serves
from ivr.door.door import LARGEST_FORM, Door
from ivr.door.lanes import CALLS, CONSOLE, PAGES, PROBES, SOUNDS, kind_of
from ivr.door.worker import door as door_to
from ivr.door.wsgi import Environ, Scope
from ivr.voice.sounds import Played
from tests.support.given import ORIGIN, TOKEN

SIGNED = {"x-twilio-signature": "ours"}


def echo(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI application that tells what it was told."""
    start("200 OK", [("Content-Type", "text/plain")])
    return [
        environ["REQUEST_METHOD"].encode(),
        b" ",
        environ["REQUEST_URI"].encode(),
        b" ",
        environ["wsgi.input"].read(),
    ]


@dataclass
class Visit:
    """One request to a door, and what came of it."""

    door: Door
    path: str
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Iterable[bytes] = (b"",)
    ends: bool = True
    status: int = 0
    body: bytes = b""
    answer_headers: dict[str, str] = field(default_factory=dict)

    def made(self) -> "Visit":
        asyncio.run(self.go())
        return self

    async def go(self) -> "Visit":
        path, _, query = self.path.partition("?")
        scope: Scope = {
            "type": "http",
            "method": self.method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "http_version": "1.1",
            "scheme": "http",
            "server": ("127.0.0.1", 8000),
            "client": ("192.0.2.1", 50000),
            "headers": [(name.encode(), value.encode()) for name, value in self.headers.items()],
        }
        await self.door(scope, self._receive(), self._send)
        return self

    def _receive(self) -> Callable[[], Awaitable[dict[str, Any]]]:
        pieces = list(self.pieces)

        async def receive() -> dict[str, Any]:
            if pieces:
                piece = pieces.pop(0)
                return {"type": "http.request", "body": piece, "more_body": bool(pieces) or not self.ends}
            await asyncio.sleep(3600)
            raise AssertionError("the door waited for ever")

        return receive

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.answer_headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message["body"]


def a_door(app: Any = echo, **options: Any) -> Door:
    carrier = replace(twilio(TOKEN), authentic=lambda sent, _now: sent.header("X-Twilio-Signature") == "ours")
    front = Front(carrier, ORIGIN, Metrics(lambda: True), lambda line, _own_voice: Played(line, ()))
    return Door(app, front, lambda cookies: cookies == "known", **options)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/voice", CALLS),
        ("/voice/staff", CALLS),
        ("/voice/1/ab/ja/main/key", CALLS),
        ("/voicemail", PAGES),
        ("/staff", CONSOLE),
        ("/staff/drafts/1", CONSOLE),
        ("/staffs", PAGES),
        ("/audio/ab.wav", SOUNDS),
        ("/healthz", PROBES),
        ("/", PAGES),
        ("/en", PAGES),
        ("", PAGES),
    ],
)
def test_each_address_is_of_one_kind(path: str, kind: object) -> None:
    assert kind_of(path) is kind


def test_a_request_comes_in_whole_and_as_it_was_sent() -> None:
    visit = Visit(a_door(), "/voice?language=en", headers=SIGNED, pieces=[b"Digits", b"=", b"1"]).made()
    assert (visit.status, visit.body) == (200, b"POST /voice?language=en Digits=1")
    assert visit.answer_headers["content-length"] == str(len(visit.body))


def test_strangers_at_the_webhooks_cost_no_thread_and_no_body_is_waited_for() -> None:
    def never(_environ: Environ, _start: object) -> Iterable[bytes]:
        raise AssertionError("a stranger got in")

    for headers in ({}, {"x-twilio-signature": "another's"}):
        ends = bool(headers)  # a body that never ends is not waited for where there is no signature
        assert Visit(a_door(never), "/voice", headers=headers, pieces=[b"a=b"], ends=ends).made().status == 403


@pytest.mark.parametrize("path", ["/voice", "/", "/audio/a.wav", "/staff/sign-in", "/healthz", "/phone/act"])
class TestLimits:
    def test_what_is_too_large_is_refused_by_its_head(self, path: str) -> None:
        headers = {**SIGNED, "content-length": str(64 * 1024 + 1)}
        assert Visit(a_door(), path, headers=headers, ends=False).made().status == 413

    def test_and_where_the_head_does_not_tell(self, path: str) -> None:
        assert Visit(a_door(), path, headers=SIGNED, pieces=[b"x" * 40_000] * 2, ends=False).made().status == 413

    def test_half_a_body_is_not_waited_for(self, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ivr.door.door.kind_of", lambda path: replace(kind_of(path), seconds=0.01))
        visit = Visit(a_door(), path, headers=SIGNED, pieces=[b"a"], ends=False).made()
        assert (visit.status, visit.answer_headers["connection"]) == (408, "close")

    def test_a_length_that_is_no_number_is_refused(self, path: str) -> None:
        for length in ("-1", "1e3", "1" * 40, "\u0661"):
            assert Visit(a_door(), path, headers={**SIGNED, "content-length": length}).made().status == 400


class TestForms:
    """Large bodies, which only somebody signed in may send."""

    KNOWN: ClassVar = {"cookie": "known"}
    LARGE = b"x" * 100_000

    def test_somebody_signed_in_may_send_a_large_file(self) -> None:
        assert Visit(a_door(), "/staff/x", headers=self.KNOWN, pieces=[self.LARGE] * 3).made().status == 200

    def test_nobody_else_may(self) -> None:
        visit = Visit(a_door(), "/staff/x", headers={"cookie": "staff=forged"}, pieces=[self.LARGE])
        assert visit.made().status == 413

    def test_nor_anywhere_else(self) -> None:
        assert Visit(a_door(), "/phone/act", headers=self.KNOWN, pieces=[self.LARGE]).made().status == 413

    def test_what_is_too_large_even_for_them_reaches_the_console_without_its_body(self) -> None:
        def tell(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
            start("413 TOO LARGE", [])
            return [environ["CONTENT_LENGTH"].encode(), b" ", environ["wsgi.input"].read()]

        size = str(LARGEST_FORM + 1)
        visit = Visit(a_door(tell), "/staff/x", headers={**self.KNOWN, "content-length": size}, pieces=[b"abc"]).made()
        assert (visit.status, visit.body) == (413, f"{size} ".encode())

    def test_their_files_have_a_budget_together(self) -> None:
        async def two() -> tuple[Visit, Visit]:
            door = a_door(budget=LARGEST_FORM)
            slow = Visit(door, "/staff/x", headers=self.KNOWN, pieces=[self.LARGE], ends=False)
            waiting = asyncio.create_task(slow.go())
            await asyncio.sleep(0)
            second = await Visit(door, "/staff/x", headers=self.KNOWN, pieces=[self.LARGE]).go()
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            third = await Visit(door, "/staff/x", headers=self.KNOWN, pieces=[self.LARGE]).go()
            return second, third

        second, third = asyncio.run(two())
        assert (second.status, second.answer_headers["retry-after"]) == (503, "10")
        assert third.status == 200  # who has gone holds nothing


def test_a_full_lane_says_so_at_once_and_the_others_go_on() -> None:
    leave = Event()
    busy = []

    def slow(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/staff"):
            busy.append(get_ident())
            leave.wait(30)
        return echo(environ, start)

    async def crowd() -> tuple[list[Visit], Visit, Visit]:
        door = a_door(slow)
        inside = CONSOLE.threads + CONSOLE.waiting
        crowd = [asyncio.create_task(Visit(door, "/staff").go()) for _ in range(inside)]
        await asyncio.sleep(0.05)
        one_more = await Visit(door, "/staff").go()
        call = await Visit(door, "/voice", headers=SIGNED).go()
        leave.set()
        return await asyncio.gather(*crowd), one_more, call

    answered, one_more, call = asyncio.run(crowd())
    assert (one_more.status, one_more.answer_headers["retry-after"]) == (503, "2")
    assert call.status == 200
    assert {visit.status for visit in answered} == {200}
    assert len(set(busy)) == CONSOLE.threads


def test_a_client_that_leaves_is_not_answered() -> None:
    async def leave() -> list[object]:
        sent: list[object] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: object) -> None:
            sent.append(message)

        scope = {"type": "http", "path": "/", "headers": [], "method": "GET"}
        await a_door()(scope, receive, send)
        return sent

    assert asyncio.run(leave()) == []


def test_an_application_that_fails_altogether_is_answered_for(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_environ: Environ, _start: object) -> Iterable[bytes]:
        raise RuntimeError("the last net")

    assert Visit(a_door(broken), "/").made().status == 500
    assert "the last net" in caplog.text


@pytest.mark.parametrize(
    ("serves", "statuses"),
    [
        (Serves.ALL, {"/voice": 200, "/staff": 200, "/": 200, "/healthz": 200}),
        (Serves.CALLS, {"/voice": 200, "/staff": 404, "/": 200, "/healthz": 200}),
        (Serves.CONSOLE, {"/voice": 404, "/staff": 200, "/": 200, "/healthz": 200}),
    ],
)
def test_two_services_divide_the_work(serves: Serves, statuses: dict[str, int]) -> None:
    door = a_door(serves=serves)
    assert {path: Visit(door, path, headers=SIGNED).made().status for path in statuses} == statuses


def test_headers_that_could_be_taken_for_others_are_left_out() -> None:
    def tell(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return [repr(sorted(name for name in environ if name.startswith("HTTP_"))).encode()]

    headers = {"x_forwarded_for": "forged", "x-forwarded-for": "true", "proxy": "http://evil", "accept": "*/*"}
    visit = Visit(a_door(tell), "/", headers=headers).made()
    assert visit.body == b"['HTTP_ACCEPT', 'HTTP_X_FORWARDED_FOR']"


def signed_visit(door: Door, address: str) -> Visit:
    """Somebody rings."""
    fields = {"CallSid": "CA1", "From": "+815011112222", "To": "+815012345678"}
    signature = RequestValidator(TOKEN).compute_signature(ORIGIN + address, fields)
    headers = {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}
    return Visit(door, address, headers=headers, pieces=[urlencode(fields).encode()])


def _nobody(_environ: Environ, _start: object) -> Iterable[bytes]:
    raise AssertionError("a known answer was made anew")


class TestOurApplication:
    """The door to the real application."""

    def test_a_call_through_the_door_is_the_call_without_it(self, standing: Flask) -> None:
        address = "/voice?language=en"
        for memory in ("cold", "warm"):
            visit = signed_visit(door_to(standing), address)
            visit.made()
            (form,) = visit.pieces
            kind, signature = visit.headers["content-type"], visit.headers["x-twilio-signature"]
            direct = standing.test_client().post(
                address, data=form, content_type=kind, headers={"X-Twilio-Signature": signature}
            )
            assert (visit.status, visit.body) == (direct.status_code, direct.data), memory
            told = {name.lower(): value for name, value in direct.headers.items()}
            assert (visit.status, visit.answer_headers) == (200, told), memory

    def test_each_signature_is_checked_once_and_a_known_answer_needs_no_thread(self, standing: Flask) -> None:
        checked: list[str] = []
        ours = door_to(standing)
        authentic = ours.front.carrier.authentic

        def counting(sent: SignedRequest, now: datetime) -> bool:
            checked.append(sent.url)
            return authentic(sent, now)

        install = standing.extensions["ivr.webhooks"]
        front = replace(ours.front, carrier=replace(ours.front.carrier, authentic=counting), memory=Memory())
        standing.extensions["ivr.webhooks"] = replace(install, front=front)
        try:
            ours = door_to(standing)
            first = signed_visit(ours, "/voice?language=en")
            made = first.made().body
            assert len(checked) == 1
            ours.app = _nobody
            again = signed_visit(ours, "/voice?language=en").made()
            assert (again.status, again.body, again.answer_headers) == (200, made, first.answer_headers)
            assert len(checked) == 2
        finally:
            standing.extensions["ivr.webhooks"] = install

    @pytest.mark.parametrize("form", [b"Digits=1", b"%", b"\xff=\x00", b"a" * 60_000, b"&" * 60_000])
    def test_a_forged_signature_is_refused_at_the_door(self, standing: Flask, form: bytes) -> None:
        for kind in (
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "\x00",
        ):
            headers = {"x-twilio-signature": "forged", "content-type": kind}
            assert Visit(door_to(standing), "/voice", headers=headers, pieces=[form]).made().status == 403

    def test_cookies_of_any_bytes_are_met_with_words(self, standing: Flask) -> None:
        for path in ("/", "/staff/sign-in", "/phone"):
            visit = Visit(door_to(standing), path, "GET", headers={"cookie": "staff=\xff"}).made()
            assert visit.status == 200

    @pytest.mark.parametrize(
        "cookie", ["", "staff=", "staff=a.b.c", "staff=" + "e" * 5000, "\xff", "staff=eyJhIjoxfQ.x.y"]
    )
    def test_a_cookie_of_no_session_opens_nothing(self, standing: Flask, cookie: str) -> None:
        assert not door_to(standing).known(cookie)
