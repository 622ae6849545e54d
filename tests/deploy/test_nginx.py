"""nginx before the line, as it is deployed: signatures hold, strangers go, a replica may be gone."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from werkzeug.serving import make_server

from ivr.wiring import create_app
from tests.support import nginx, twilio_api
from tests.support.given import SIGNER, settings_for
from tests.support.running import running
from tests.support.server import free_port
from tests.support.twilio_api import Authority

FORM = {"CallSid": "CA1", "From": "+815011112222", "To": "+815012345678", "SpeechResult": "警察に、つないで"}


@contextmanager
def answering(app: object) -> Iterator[int]:
    """A server with this application: its port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)  # type: ignore[arg-type]
    with running(server):
        yield server.port


def console(environ: dict[str, object], start: object) -> list[bytes]:
    """Says that it is the console, and how much it was sent."""
    assert callable(start)
    body = environ["wsgi.input"].read(int(str(environ.get("CONTENT_LENGTH") or 0)))  # type: ignore[attr-defined]
    start("200 OK", [("Content-Type", "text/plain")])
    return [f"console {len(body)} {environ['HTTP_X_FORWARDED_FOR']}".encode()]


@pytest.mark.slow(3)
def test_the_configuration_serves_the_line_and_lets_strangers_go(tmp_path: Path) -> None:
    authority: Authority = twilio_api.authority(tmp_path)
    folder = tmp_path / "nginx"
    folder.mkdir()
    with answering(console) as second:
        app = create_app(settings_for(tmp_path / "data", PUBLIC_URL="https://localhost"))
        with (
            answering(app) as first,
            nginx.serve(folder, authority, (free_port(), first), second) as port,
            a_stranger(port, authority) as stranger,
        ):
            began = time.monotonic()
            calls_come_in(port, authority)
            pages_and_console(port, authority)
            assert stranger.recv(1) == b"", "who says half a head is let go"
            assert 0.5 < time.monotonic() - began < 20


def calls_come_in(port: int, authority: Authority) -> None:
    """One of two replicas is gone all the while: no call is lost by it."""
    path = "/voice?language=en"
    for _ in range(3):
        headers = SIGNER.headers(f"https://localhost{path}", FORM, b"")
        rung = requests.post(at(port, path), data=FORM, headers=headers, verify=str(authority.root))
        assert rung.status_code == 200 and "<Response>" in rung.text
    assert requests.post(at(port, "/voice"), data=FORM, verify=str(authority.root)).status_code == 403


def pages_and_console(port: int, authority: Authority) -> None:
    def get(path: str) -> requests.Response:
        return requests.get(at(port, path), verify=str(authority.root))

    page = get("/")
    assert page.status_code == 200 and page.headers["Strict-Transport-Security"]
    assert "Server" not in page.headers or "/" not in page.headers["Server"], "no version is told"
    assert get("/healthz").status_code == 200 and get("/metrics").status_code == 404
    upload = bytes(1_000_000)
    sent = requests.post(at(port, "/staff/recordings"), data=upload, verify=str(authority.root))
    assert sent.text == "console 1000000 127.0.0.1"
    assert requests.post(at(port, "/voice"), data=upload, verify=str(authority.root)).status_code == 413


def at(port: int, path: str) -> str:
    return f"https://localhost:{port}{path}"


@contextmanager
def a_stranger(port: int, authority: Authority) -> Iterator[ssl.SSLSocket]:
    """Somebody who says half a head and then nothing."""
    context = ssl.create_default_context(cafile=str(authority.root))
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        secure.sendall(b"POST /voice HTTP/1.1\r\nHost: loc")
        yield secure
