"""RATELIMIT_STORAGE_URI: several processes count at one Redis, and none stops where it is gone."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from twilio.request_validator import RequestValidator

from ivr.wiring import create_app
from tests.support.clock import real_time
from tests.support.given import ORIGIN, TOKEN, settings_for

PASSWORD = "Tr0ub4dor-3"
OURS = {"Sec-Fetch-Site": "same-origin"}


class Counter:
    """A Redis of the test's own, which can be stopped, held up and started again."""

    def __init__(self, folder: Path) -> None:
        found = shutil.which("redis-server")
        assert found, "the package redis-server is missing: `make test` installs it"
        self.command, self.folder = found, folder
        self.port = free_port()
        self.uri = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--save", ""]
        self.process = subprocess.Popen(
            [self.command, *options, "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=real_time(),
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                with Redis(port=self.port, password=PASSWORD) as client:
                    client.ping()
                return
            except Exception:
                time.sleep(0.05)
        raise AssertionError("redis-server does not answer")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    counter = Counter(tmp_path)
    yield counter
    counter.stop()


def app(data_dir: Path, uri: str) -> Flask:
    return create_app(settings_for(data_dir, RATELIMIT_STORAGE_URI=uri))


def ring(client: FlaskClient) -> int:
    return client.post("/phone/ring", json={}, headers=OURS).status_code


def call(client: FlaskClient) -> int:
    signature = RequestValidator(TOKEN).compute_signature(f"{ORIGIN}/voice", {})
    return client.post("/voice", headers={"X-Twilio-Signature": signature}).status_code


def test_two_processes_count_together(tmp_path: Path, counter: Counter) -> None:
    counter.start()
    one, two = (app(tmp_path / name, counter.uri).test_client() for name in ("one", "two"))
    answers = [ring(client) for _ in range(6) for client in (one, two)]
    assert answers == [200] * 12
    assert (ring(one), ring(two)) == (429, 429)


def test_a_counter_that_is_not_there_at_the_start_stops_nothing(
    tmp_path: Path, counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    client = app(tmp_path, counter.uri).test_client()
    assert client.get("/").status_code == 200 and client.get("/staff/sign-in").status_code < 400
    assert call(client) == 200
    assert [ring(client) for _ in range(13)] == [200] * 12 + [429], "each process counts for itself meanwhile"
    assert "unreachable" in caplog.text and PASSWORD not in caplog.text


def test_a_counter_that_goes_and_comes_back_stops_nothing(tmp_path: Path, counter: Counter) -> None:
    counter.start()
    client = app(tmp_path, counter.uri).test_client()
    assert ring(client) == 200
    counter.stop()
    assert (ring(client), call(client), client.get("/").status_code) == (200, 200, 200)
    counter.start()
    assert (ring(client), call(client), client.get("/").status_code) == (200, 200, 200)


def test_a_wrong_password_stops_nothing_and_is_not_told(
    tmp_path: Path, counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    counter.start()
    client = app(tmp_path, counter.uri.replace(PASSWORD, "another-secret")).test_client()
    assert (client.get("/").status_code, call(client)) == (200, 200)
    assert "another-secret" not in caplog.text and PASSWORD not in caplog.text


def test_a_counter_that_accepts_and_never_answers_holds_up_no_call(tmp_path: Path) -> None:
    """A call asks nothing of it; a page asks once, then counts by itself."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        client = app(tmp_path, f"redis://127.0.0.1:{silent.getsockname()[1]}/0").test_client()
        assert client.get("/").status_code == 200
        connections = waiting(silent)
        assert connections >= 1
        assert [call(client) for _ in range(3)] == [200] * 3
        assert waiting(silent) == 0


def waiting(server: socket.socket) -> int:
    """How many have connected since the last look."""
    server.setblocking(False)
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1
