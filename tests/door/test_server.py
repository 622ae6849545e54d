"""The server as `make run` starts it: beside strangers, with workers that die, stopped, and started twice."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pyotp
import pytest
from twilio.request_validator import RequestValidator

from ivr.door.slow_clients import HEAD_SECONDS, JUST_COME, LARGEST_HEAD
from ivr.door.worker import give_memory_back
from ivr.people.accounts import Accounts
from ivr.people.persons import Role
from ivr.wiring import create_app
from tests.support.clock import MOMENT
from tests.support.given import TOKEN, settings_for
from tests.support.server import (
    STARTS,
    Clerk,
    Server,
    allow_many_connections,
    children,
    command_of,
    descendants,
    free_port,
    server,
    start,
    wait_for,
)
from tests.support.town import PASSWORD
from tests.support.voices import noise

pytestmark = [pytest.mark.slow(10), pytest.mark.xdist_group("server")]

HEAD = b"POST /voice HTTP/1.1\r\nHost: line\r\n"
STRANGERS = {
    "who say nothing": (1000, b""),
    "who send half a head": (1000, HEAD),
    "who send half a body": (500, HEAD + b"X-Twilio-Signature: forged\r\nContent-Length: 100\r\n\r\na"),
    "who stay on": (500, b"GET /healthz HTTP/1.1\r\nHost: line\r\n\r\n"),
    "who send half a form to the console": (100, b"POST /staff/sign-in HTTP/1.1\r\nContent-Length: 999\r\n\r\na"),
    "who call the webhooks": (200, HEAD + b"Content-Length: 3\r\n\r\na=b"),
    "who do not read": (50, b"GET / HTTP/1.1\r\nHost: line\r\n\r\n" * 4),
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests that leave it as it was. Its visitors are not counted."""
    allow_many_connections()
    with server(tmp_path_factory.mktemp("server") / "data") as started:
        yield started


@dataclass
class Callers:
    """Callers who ring without a pause, and ring once more where a call is not answered, as the carrier does."""

    server: Server
    times: list[float] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def ringing(self, lines: int = 2) -> Iterator["Callers"]:
        threads = [threading.Thread(target=self._ring) for _ in range(lines)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _ring(self) -> None:
        while not self._over.wait(0.02):
            try:
                self.times.append(self.server.rings())
            except (OSError, http.client.HTTPException) as error:
                self.again.append(repr(error))
                try:
                    self.times.append(self.server.rings())
                except (OSError, http.client.HTTPException) as error:
                    self.lost.append(repr(error))

    def have_rung(self, more: int) -> None:
        """Wait until so many more calls were answered."""
        wanted = len(self.times) + more
        wait_for(lambda: len(self.times) >= wanted, STARTS)


def _a_second() -> float:
    """The second within which every call is answered; as many as there are others for each processor
    where this machine has more to do than the test."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class TestStrangers:
    @pytest.mark.parametrize("who", STRANGERS)
    def test_a_call_is_answered_beside_strangers(self, running: Server, who: str) -> None:
        with running.strangers(STRANGERS[who]):
            assert max(running.rings() for _ in range(40)) < _a_second()

    def test_and_beside_all_of_them_at_once(self, running: Server) -> None:
        with running.strangers(*STRANGERS.values()):
            assert max(running.rings() for _ in range(100)) < _a_second()

    def test_who_says_nothing_or_half_of_something_is_shown_out(self, running: Server) -> None:
        with running.strangers(*((3, says) for who, (_, says) in STRANGERS.items())) as strangers:
            began = time.monotonic()
            for stranger in strangers:
                _heard(stranger)
            assert time.monotonic() - began < 6 * HEAD_SECONDS

    def test_a_head_without_end_is_refused(self, running: Server) -> None:
        with running.stranger(HEAD) as stranger:
            with suppress(ConnectionError):
                for _ in range(LARGEST_HEAD // 1000 + 100):
                    stranger.sendall(b"X-More: " + b"a" * 990 + b"\r\n")
            told = _heard(stranger)
            assert not told or told.startswith(b"HTTP/1.1 431")

    def test_a_row_of_requests_on_one_connection_is_answered_or_cut(self, running: Server) -> None:
        with running.stranger(b"GET /healthz HTTP/1.1\r\nHost: line\r\n\r\n" * 2000) as stranger:
            _heard(stranger)
            assert running.rings()

    @pytest.mark.parametrize(
        "says",
        [
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50,  # TLS
            b"GET / HTTP/9.9\r\n\r\n",
            b"G\x00ET / HTTP/1.1\r\n\r\n",
            b"GET /\xff HTTP/1.1\r\nHost: line\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: line\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            b"POST /voice HTTP/1.1\r\nHost: line\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"POST /voice HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"CONNECT example.com:443 HTTP/1.1\r\n\r\n",
            b"OPTIONS * HTTP/1.1\r\nHost: line\r\n\r\n",
            b"GET http://elsewhere/ HTTP/1.1\r\nHost: line\r\n\r\n",
            b"GET http://[/ HTTP/1.1\r\nHost: [\r\n\r\n",
            b"\r\n" * 100,
        ],
    )
    def test_what_is_hardly_http_harms_nobody(self, running: Server, says: bytes) -> None:
        with running.stranger(says) as stranger:
            assert not _heard(stranger).startswith(b"HTTP/1.1 5")
            assert running.rings()


def _heard(stranger: socket.socket) -> bytes:
    """The beginning of what a connection is told until it is closed."""
    told = b""
    with suppress(ConnectionError):
        while piece := stranger.recv(65536):
            told = told or piece
    return told


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[tuple[Server, Clerk]]:
    """A server, and an editor of it with a draft."""
    folder = tmp_path / "data"
    port = free_port()
    app = create_app(settings_for(folder, PUBLIC_URL=f"http://127.0.0.1:{port}"))
    people = Accounts(app.extensions["ivr.office"].database, app.extensions["ivr.settings"].secret_key)
    _, address = people.add("eto", "江藤", [Role.EDITOR], PASSWORD, MOMENT)
    app.extensions["ivr.office"].database.close()
    with server(folder, port=port) as started:
        clerk = Clerk(started, pyotp.parse_uri(address))
        clerk.sign_in("eto", PASSWORD)
        clerk.send("/staff/drafts", title="下書き")
        yield started, clerk


class TestStaff:
    """Twenty of the slowest things that staff can ask for at once, and callers beside them."""

    def test_calls_are_answered_beside_them(self, at_work: tuple[Server, Clerk]) -> None:
        running, clerk = at_work
        slow = [
            lambda: clerk.upload("/staff/drafts/1/import/look", "large.xlsx", _large_sheet()),
            lambda: clerk.upload("/staff/drafts/1/import/look", "deep.toml", b"a = " + b"[" * 4_000_000),
            lambda: clerk.upload("/staff/drafts/1/take/ja/say.goodbye", "noise.wav", noise(), "sound"),
            lambda: clerk.send("/staff/drafts/1/submit", reason="急ぎ"),
            lambda: clerk.ask("/staff/drafts/1/texts.xlsx"),
            lambda: clerk.ask("/staff/drafts/1"),
            lambda: clerk.ask("/"),
        ]
        with ThreadPoolExecutor(20) as desks:
            asked = [desks.submit(slow[number % len(slow)]) for number in range(20)]
            times = [running.rings() for _ in range(60)]
            while not all(each.done() for each in asked):
                times.append(running.rings())
                time.sleep(0.05)
        assert max(times) < _a_second()
        assert {each.result() for each in asked} <= {200, 303, 400, 403, 408, 409, 413, 429, 503}
        assert clerk.ask("/staff/drafts/1") == 200


@cache
def _large_sheet() -> bytes:
    """Half a million rows in under five megabytes."""
    row = b'<row><c t="inlineStr"><is><t>text.mail.passages.1</t></is></c><c t="inlineStr"><is><t>a</t></is></c></row>'
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        sheet = b"<worksheet><sheetData>" + row * 400_000 + b"</sheetData></worksheet>"
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return out.getvalue()


class TestDeaths:
    def test_a_worker_that_is_killed_is_replaced_and_callers_hear_the_line(self, running: Server) -> None:
        with Callers(running).ringing() as callers:
            callers.have_rung(10)
            (first, *_) = running.workers()
            os.kill(first, signal.SIGKILL)
            callers.have_rung(50)
            wait_for(lambda: len(running.workers()) == 3, STARTS)
            callers.have_rung(10)
        assert callers.lost == []
        assert len(callers.again) <= 2  # those whose answer was being written

    def test_all_workers_killed_twice_cost_callers_time_and_nothing_else(self, running: Server) -> None:
        with Callers(running).ringing() as callers:
            for _ in range(2):
                callers.have_rung(10)
                for worker in running.workers():
                    os.kill(worker, signal.SIGKILL)
                time.sleep(1)
            callers.have_rung(20)
        assert callers.lost == []

    def test_a_hung_worker_keeps_nobody_from_the_other(self, running: Server) -> None:
        (first, *_) = running.workers()
        os.kill(first, signal.SIGSTOP)
        try:
            answered = [_is_answered(running) for _ in range(5)]
        finally:
            os.kill(first, signal.SIGCONT)
        assert any(answered)  # what the hung one had taken in already is rung again by the carrier

    @pytest.mark.parametrize(("set_up", "runs"), [("", b"line\0render"), ("sleep 600", b"sleep\x00600")])
    def test_nobody_outlives_a_killed_supervisor(self, tmp_path: Path, set_up: str, runs: bytes) -> None:
        with server(tmp_path / "data", WORKERS="1", RENDER="on", SETUP=set_up) as started:
            wait_for(lambda: any(runs in command_of(pid) for pid in descendants(started.process.pid)))
            family = descendants(started.process.pid)
            os.kill(started.process.pid, signal.SIGKILL)
            wait_for(lambda: not any(_lives(pid) for pid in family))
            assert not started.is_listening()


def _is_answered(running: Server) -> bool:
    with suppress(OSError, http.client.HTTPException):
        return running.ask("GET", "/healthz", seconds=15)[0] == 200
    return False


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class TestStopping:
    def test_sigterm_finishes_what_is_under_way(self, tmp_path: Path) -> None:
        with server(tmp_path / "data") as started:
            assert started.ask("GET", "/staff/sign-in")[0] == 200
            half = b"POST /staff/sign-in HTTP/1.1\r\nHost: line\r\nContent-Length: 3\r\n\r\na"
            with started.stranger(half) as slow:
                time.sleep(0.3)
                started.process.send_signal(signal.SIGTERM)
                time.sleep(0.3)
                slow.sendall(b"=b")
                assert slow.recv(20).startswith(b"HTTP/1.1 400")  # a form without its token, answered as ever
            assert started.ended() == 0

    def test_who_has_just_come_is_answered_and_nobody_else_waited_for(self, tmp_path: Path) -> None:
        with server(tmp_path / "data") as started:
            with started.stranger(b"") as silent:
                time.sleep(JUST_COME + 0.3)
                with started.stranger(b"") as new:
                    time.sleep(0.1)
                    started.process.send_signal(signal.SIGTERM)
                    time.sleep(0.3)
                    assert silent.recv(1) == b""
                    new.sendall(b"GET /healthz HTTP/1.1\r\nHost: line\r\n\r\n")
                    assert new.recv(20).startswith(b"HTTP/1.1 200")
            assert started.ended() == 0

    def test_one_interrupt_ends_everything(self, tmp_path: Path) -> None:
        with server(tmp_path / "data") as started:
            family = children(started.process.pid)
            with started.strangers((20, HEAD)):
                started.interrupt()
                assert started.ended() == 0
            wait_for(lambda: not any(_lives(pid) for pid in family))
            assert not started.is_listening()

    @pytest.mark.parametrize("after", [0, 0.1, 0.5, 1.0, 2.0])
    def test_and_while_it_starts_too(self, tmp_path: Path, after: float) -> None:
        with start(tmp_path / "data") as started:
            wait_for(started.has_begun)
            time.sleep(after)
            family = children(started.process.pid)
            started.interrupt()
            assert started.ended() in (0, -signal.SIGINT)
            wait_for(lambda: not any(_lives(pid) for pid in family))
            assert not started.is_listening()
            assert "Traceback" not in (tmp_path / "data.log").read_text()

    def test_a_closed_terminal_ends_it(self, tmp_path: Path) -> None:
        with server(tmp_path / "data", WORKERS="1") as started:
            started.process.send_signal(signal.SIGHUP)
            assert started.ended() == 0


def test_what_is_free_within_a_process_is_given_back() -> None:
    """A few blocks that stay keep all that is between them, as a connection that stays among thousands does."""
    taken = [b"x" * (60_000 + number) for number in range(1000)]
    del taken[:990]
    before = _resident()
    give_memory_back()
    assert before - _resident() > 30_000_000


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class TestPorts:
    def test_a_second_one_on_the_port_says_so_and_ends(self, running: Server, tmp_path: Path) -> None:
        with start(tmp_path / "data", running.port) as second:
            assert second.ended(STARTS) == 1
        told = (tmp_path / "data.log").read_text().splitlines()
        assert len(told) == 1
        assert f"port {running.port}" in told[0]
        assert "set PORT" in told[0]
        assert running.rings()

    @pytest.mark.parametrize("shares", [False, True])
    def test_nor_beside_another_program_even_one_that_shares(self, tmp_path: Path, shares: bool) -> None:
        with socket.socket() as other:
            if shares:
                other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            other.bind(("127.0.0.1", 0))
            other.listen()
            with start(tmp_path / "data", other.getsockname()[1]) as second:
                assert second.ended(STARTS) == 1

    def test_a_host_that_is_not_here_is_one_sentence(self, tmp_path: Path) -> None:
        with start(tmp_path / "data", HOST="192.0.2.1") as started:
            assert started.ended(STARTS) == 1
        assert len((tmp_path / "data.log").read_text().splitlines()) == 1

    @pytest.mark.parametrize("wrong", [{"WORKERS": "none"}, {"SERVES": "tea"}, {"PROMPTS_DIR": "/nowhere"}])
    def test_a_wrong_setting_stops_the_start_in_words(self, tmp_path: Path, wrong: dict[str, str]) -> None:
        with start(tmp_path / "data", 0, **wrong) as started:
            assert started.ended(STARTS) == 1
        told = (tmp_path / "data.log").read_text()
        assert "Traceback" not in told
        assert next(iter(wrong)) in told or "line.toml" in told

    def test_calls_and_console_can_be_two_services(self, tmp_path: Path) -> None:
        with server(tmp_path / "data", SERVES="calls", WORKERS="1", LOG_FORMAT="json") as calls:
            assert calls.rings()
            assert calls.ask("GET", "/staff/sign-in")[0] == 404
            os.kill(calls.workers()[0], signal.SIGKILL)
            log = tmp_path / "data.log"
            wait_for(lambda: '"logger": "gunicorn.error"' in log.read_text())
        told = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
        assert any("SIGKILL" in line["event"] for line in told), "the server's own log is JSON too"


def test_make_says_what_is_wrong_and_nothing_else(running: Server) -> None:
    environ = {**os.environ, "PORT": str(running.port), "DATA_DIR": str(running.folder)}
    done = subprocess.run(["make", "run"], env=environ, capture_output=True, text=True, timeout=STARTS, check=False)
    assert done.returncode != 0
    assert f"port {running.port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_welcomes_with_where_to_ring(running: Server) -> None:
    told = running.folder.with_name(f"{running.folder.name}.log").read_text()
    for path in ("/", "/phone", "/staff"):
        assert f"{running.origin}{path}\n" in told
    assert not any(b"render" in command_of(pid) for pid in descendants(running.process.pid)), "RENDER is off"
    assert "voice is being made" not in told


class TestKnownAnswers:
    """Those are given while a request is read: however it comes, it is answered as any other."""

    def test_a_call_is_answered_alike_however_it_comes(self, running: Server) -> None:
        request = self._webhook(running)
        plain = self._answers(running, [request])
        assert self._answers(running, [request]) == plain, "made anew, then known"
        head, _, body = request.partition(b"\r\n\r\n")
        for pieces in (
            [head + b"\r\n\r\n", body],
            [request[:40], request[40:]],
            [request[:-3], request[-3:]],
            [*(request[at : at + 50] for at in range(0, len(request), 50))],
            [head + b"\r\nExpect: 100-continue\r\n\r\n", body],
        ):
            assert self._answers(running, pieces) == plain, pieces

    def test_several_on_one_connection_are_answered_in_their_order(self, running: Server) -> None:
        request = self._webhook(running)
        page = b"GET /healthz HTTP/1.1\r\nHost: line\r\n\r\n"
        (known,) = self._answers(running, [request])
        found = self._answers(running, [request + page + request + request + page], 5)
        assert [answer == known for answer in found] == [True, False, True, True, False]
        assert self._answers(running, [request, request, page], 3)[:2] == [known, known]

    def test_a_connection_that_is_to_end_ends(self, running: Server) -> None:
        request = self._webhook(running)
        for closing_one in (
            request.replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\nConnection: close\r\n", 1),
            request.replace(b"HTTP/1.1", b"HTTP/1.0", 1),
        ):
            with socket.create_connection(("127.0.0.1", running.port), timeout=30) as line:
                line.sendall(closing_one)
                whole = b"".join(iter(lambda: line.recv(65536), b""))
            assert whole.startswith(b"HTTP/1.1 200") and whole.endswith(b"</Response>")
            assert b"connection: close" in whole

    def test_a_forged_one_is_refused(self, running: Server) -> None:
        forged = self._webhook(running).replace(b"815011112222", b"815011112223")
        with socket.create_connection(("127.0.0.1", running.port), timeout=30) as line:
            line.sendall(forged)
            assert line.recv(65536).startswith(b"HTTP/1.1 403")

    @staticmethod
    def _webhook(running: Server) -> bytes:
        form = {"CallSid": "CA1", "From": "+815011112222", "To": "+815012345678"}
        path, body = "/voice?language=en", urlencode(form).encode()
        signature = RequestValidator(TOKEN).compute_signature(running.origin + path, form)
        return (
            f"POST {path} HTTP/1.1\r\nHost: line\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    @staticmethod
    def _answers(running: Server, pieces: list[bytes], many: int = 1) -> list[bytes]:
        """The bodies of so many answers to what is sent piece by piece; times in them are left out."""
        found = list[bytes]()
        with socket.create_connection(("127.0.0.1", running.port), timeout=30) as line:
            for piece in pieces:
                line.sendall(piece)
                time.sleep(0.01 if len(pieces) > 1 else 0)
            with line.makefile("rb") as answers:
                while len(found) < many:
                    status = answers.readline()
                    headers = http.client.parse_headers(answers)
                    if b" 100 " in status:
                        continue
                    assert b" 200 " in status, status
                    found.append(answers.read(int(headers["content-length"])))
        return [re.sub(rb"began=\d+", b"", body) for body in found]
