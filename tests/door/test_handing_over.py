"""Calls have processes of their own: whatever else is asked for is answered by another, on the same port."""

import http.client
import os
import re
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from ivr.door.handing_over import AT_ONCE, Hatch, Side, path_of, side_of
from ivr.store.health import Ill, Part, Trouble
from ivr.store.shared_health import SharedHealth
from tests.support.given import TOKEN
from tests.support.server import STARTS, Server, server, wait_for, well


@pytest.mark.parametrize(
    ("said", "path"),
    [
        (b"GET /staff HTTP/1.1\r\n", "/staff"),
        (b"\r\n\r\nGET /staff?a=/voice HTTP/1.1\r\n", "/staff"),
        (b"POST /%76oice HTTP/1.1\r\nHost: line\r\n\r\n", "/voice"),
        (b"GET http://line/staff/drafts?a HTTP/1.1", "/staff/drafts"),
        (b"GET http://line HTTP/1.1", ""),
        (b"OPTIONS * HTTP/1.1", "*"),
        (b"GET http://[ HTTP/1.1", ""),
        (b"GET /\xff\xe3 HTTP/1.1", "/ÿã"),
        (b"GET /sta", None),
        (b"POST", None),
        (b"\r\n", None),
    ],
)
def test_the_path_is_known_as_soon_as_it_was_said(said: bytes, path: str | None) -> None:
    assert path_of(said) == path


def test_calls_their_sounds_and_probes_are_answered_together() -> None:
    calls = ("/voice", "/voice/1/a/ja/main/key", "/voice/status", "/audio/a.wav", "/healthz", "/metrics")
    assert {side_of(path) for path in calls} == {Side.CALLS}
    assert {side_of(path) for path in ("/", "/phone", "/staff", "/staff/voice", "/voices", "")} == {Side.PAGES}


class TestHatch:
    @pytest.fixture
    def hatch(self) -> Iterator[Hatch]:
        with closing(Hatch()) as made:
            yield made

    @pytest.fixture
    def pair(self) -> Iterator[tuple[socket.socket, socket.socket]]:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            yield ours, theirs

    @pytest.mark.parametrize("size", [1, AT_ONCE, AT_ONCE + 1, 5_000_000])
    def test_a_connection_goes_through_with_all_that_it_said(
        self, hatch: Hatch, pair: tuple[socket.socket, socket.socket], size: int
    ) -> None:
        said = os.urandom(size)
        assert hatch.hand(pair[0].fileno(), said)
        pair[0].close()
        taken = hatch.take()
        assert taken is not None
        with taken[0] as connection:
            assert taken[1] == said
            connection.sendall(b"answer")
        assert pair[1].recv(100) == b"answer" and pair[1].recv(100) == b""
        assert hatch.take() is None

    def test_what_nobody_takes_waits_until_there_are_too_many(
        self, hatch: Hatch, pair: tuple[socket.socket, socket.socket]
    ) -> None:
        handed = 0
        while hatch.hand(pair[0].fileno(), b"GET / HTTP/1.1\r\n\r\n"):
            handed += 1
        assert handed > 50
        for _ in range(handed):
            taken = hatch.take()
            assert taken is not None
            taken[0].close()
        assert hatch.hand(pair[0].fileno(), b"GET / HTTP/1.1\r\n\r\n"), "there is room again"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one process for calls and one for pages."""
    with server(tmp_path_factory.mktemp("sides") / "data", WORKERS="1") as started:
        assert started.ask("GET", "/staff/sign-in")[0] == 200
        yield started


@pytest.mark.slow(10)
@pytest.mark.xdist_group("server")
class TestServer:
    def test_one_connection_may_ask_for_calls_and_pages_by_turns(self, running: Server) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        for path in ("/", "/healthz", "/staff/sign-in", "/metrics", "/", "/phone", "/healthz") * 3:
            connection.request("GET", path)
            answer = connection.getresponse()
            assert answer.status == 200 and answer.read(), path
        connection.close()

    def test_pages_are_made_where_no_call_is_answered(self, running: Server) -> None:
        calls, pages = _sides(running)
        os.kill(pages, signal.SIGSTOP)
        try:
            assert all(running.rings() < 1 for _ in range(20))
            with pytest.raises(TimeoutError):
                running.ask("GET", "/", seconds=1)
        finally:
            os.kill(pages, signal.SIGCONT)
        os.kill(calls, signal.SIGSTOP)
        try:
            with pytest.raises(TimeoutError):
                running.ask("GET", "/healthz", seconds=1)
        finally:
            os.kill(calls, signal.SIGCONT)

    @pytest.mark.parametrize("size", [1, 7, 100])
    def test_a_page_that_is_asked_for_in_pieces_is_given(self, running: Server, size: int) -> None:
        request = b"GET /staff/sign-in HTTP/1.1\r\nHost: line\r\nConnection: close\r\n\r\n"
        with running.stranger(b"") as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for at in range(0, len(request), size):
                line.sendall(request[at : at + size])
                time.sleep(0.002)
            whole = b"".join(iter(lambda: line.recv(65536), b""))
        assert whole.startswith(b"HTTP/1.1 200") and whole.endswith(b"</html>")

    def test_a_page_asked_for_behind_a_call_is_given_however_the_two_come(self, running: Server) -> None:
        request = signed(running, "/voice")
        page = b"GET /staff/sign-in HTTP/1.1\r\nHost: line\r\nConnection: close\r\n\r\n"
        for rest in range(len(page) - 30, len(page) + 1):
            both = request + page
            with running.stranger(both[: len(request) + len(page) - rest]) as line:
                time.sleep(0.02)
                line.sendall(both[len(request) + len(page) - rest :])
                whole = b"".join(iter(lambda: line.recv(65536), b""))
            first, _, second = whole.partition(b"</Response>")
            assert first.startswith(b"HTTP/1.1 200") and second.startswith(b"HTTP/1.1 200"), rest

    def test_more_wait_for_pages_than_there_is_room_for(self, running: Server) -> None:
        _, pages = _sides(running)
        rest = b" HTTP/1.1\r\nHost: line\r\nConnection: close\r\nContent-Length: 20000\r\n\r\n" + b"a" * 20_000
        os.kill(pages, signal.SIGSTOP)
        try:
            with running.strangers((30, b"POST /staff/sign-in" + rest), (60, b"POST /" + rest)) as visitors:
                time.sleep(1)
                assert running.rings() < 1
                os.kill(pages, signal.SIGCONT)
                answers = [b"".join(iter(lambda of=visitor: of.recv(65536), b"")) for visitor in visitors]  # type: ignore[misc]
        finally:
            os.kill(pages, signal.SIGCONT)
        assert {answer[:12] for answer in answers} == {b"HTTP/1.1 400", b"HTTP/1.1 405"}

    def test_who_never_says_what_he_wants_is_shown_out(self, running: Server) -> None:
        with running.stranger(b"GET") as line:
            assert line.recv(100) == b""
        with running.stranger(b"G" * 40_000) as line:
            assert not line.recv(100).startswith(b"HTTP/1.1 5")
        assert running.rings()

    def test_a_page_waits_for_who_replaces_a_killed_process(self, running: Server) -> None:
        _, pages = _sides(running)
        os.kill(pages, signal.SIGKILL)
        assert running.ask("GET", "/staff/sign-in")[0] == 200
        wait_for(lambda: len(running.workers()) == 2, STARTS)
        assert pages not in running.workers()
        assert running.rings()

    def test_figures_are_of_all_processes_whoever_died(self, running: Server) -> None:
        before = _counted(running)
        for number in range(3):
            assert running.post("/voice", {"CallSid": f"CA3{number}", "To": "+815012345678"})[0] == 200
        calls, _ = _sides(running)
        os.kill(calls, signal.SIGTERM)
        wait_for(lambda: calls not in running.workers() and well(running), STARTS)
        assert running.post("/voice", {"CallSid": "CA34", "To": "+815012345678"})[0] == 200
        assert _counted(running) == before + 4

    def test_what_is_unwell_in_one_process_is_told_by_those_that_answer_probes(self, tmp_path: Path) -> None:
        with server(tmp_path / "data", WORKERS="1", TMPDIR=str(tmp_path)) as started:
            (shared,) = tmp_path.glob("my-number-line-*")
            wait_for(lambda: len(list(shared.glob("[0-9]*.unwell"))) == 2, STARTS)
            SharedHealth(shared).write({Part.DATABASE: Ill(Trouble.FULL, "The disk of the database is full.")})
            assert started.ask("GET", "/healthz")[1].startswith(b"calls ok, database full\n")
            assert b'ivr_unwell{part="database"} 1.0' in started.ask("GET", "/metrics")[1]
            SharedHealth(shared).write({})
            assert started.ask("GET", "/healthz")[1].startswith(b"ok\n")

    def test_what_calls_did_is_recorded_by_who_makes_pages(self, running: Server) -> None:
        _, pages = _sides(running)
        assert running.post("/voice", {"CallSid": "CA1", "To": "+815012345678"})[0] == 200
        time.sleep(3)  # until all that went before is there
        before = _recorded(running)
        os.kill(pages, signal.SIGSTOP)
        try:
            assert running.post("/voice", {"CallSid": "CA2", "To": "+815012345678"})[0] == 200
            time.sleep(2)
            assert _recorded(running) == before
        finally:
            os.kill(pages, signal.SIGCONT)
        wait_for(lambda: _recorded(running) == before + 1)


def signed(running: Server, path: str) -> bytes:
    """A webhook as it is sent."""
    form = {"CallSid": "CA1", "From": "+815011112222", "To": "+815012345678"}
    signature = RequestValidator(TOKEN).compute_signature(running.origin + path, form)
    body = urlencode(form).encode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: line\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def _sides(running: Server) -> tuple[int, int]:
    """The process for calls, and that for pages, which stands back behind it."""
    wait_for(lambda: len(running.workers()) == 2, STARTS)
    by_haste = {os.getpriority(os.PRIO_PROCESS, pid): pid for pid in running.workers()}
    assert len(by_haste) == 2
    return by_haste[min(by_haste)], by_haste[max(by_haste)]


def _counted(running: Server) -> float:
    told = running.ask("GET", "/metrics")[1].decode()
    return float(re.search(r'ivr_calls_total\{language="ja"\} (.+)', told)[1])  # type: ignore[index]


def _recorded(running: Server) -> int:
    with closing(sqlite3.connect(running.folder / "line.db")) as database:
        (count,) = database.execute("SELECT count(*) FROM record").fetchone()
    return int(count)
