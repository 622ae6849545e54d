"""`flask phone --server`: rings whatever port and name a server was started with."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from werkzeug.serving import make_server

from ivr.config import from_environment
from ivr.line.values import Line
from ivr.wiring import create_app
from tests.support.given import greeting
from tests.support.running import running


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., int]]:
    """Start the line on a free port, with settings of its own; the port."""
    servers = ExitStack()

    def start(**environ: str) -> int:
        server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
        own = {"DATA_DIR": str(tmp_path / "data"), "PORT": str(server.port), **environ}
        server.app = create_app(from_environment(own))
        servers.enter_context(running(server))
        return server.port

    with servers:
        yield start


@pytest.fixture
def here(tmp_path: Path) -> Flask:
    """The line of the terminal, which knows of no server."""
    return create_app(from_environment({"DATA_DIR": str(tmp_path / "data")}))


def phone(app: Flask, server: str) -> Result:
    return app.test_cli_runner().invoke(args=["phone", "--server", server], input="q\n")


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({}, "http://127.0.0.1:{}"),
        ({}, "http://127.0.0.1:{}/"),
        ({}, "127.0.0.1:{}"),
        ({}, "http://localhost:{}"),
        ({"HOST": "0.0.0.0"}, "http://localhost:{}"),
        ({"HOST": "localhost"}, "http://127.0.0.1:{}"),
        ({"PUBLIC_URL": "http://127.0.0.1:8000"}, "http://127.0.0.1:{}"),
    ],
)
def test_a_server_is_rung_at_any_port(
    serve: Callable[..., int], here: Flask, line: Line, environ: dict[str, str], address: str
) -> None:
    result = phone(here, address.format(serve(**environ)))
    assert result.exit_code == 0, result.output
    assert greeting(line) in result.output


def test_a_server_of_another_name_is_rung_where_the_name_is_set(serve: Callable[..., int], tmp_path: Path) -> None:
    name = {"PUBLIC_URL": "https://line.example.jp"}
    port = serve(**name)
    app = create_app(from_environment({"DATA_DIR": str(tmp_path / "data"), **name}))
    assert phone(app, f"http://127.0.0.1:{port}").exit_code == 0


def test_a_server_with_other_secrets_says_what_to_set(serve: Callable[..., int], here: Flask, tmp_path: Path) -> None:
    port = serve(DATA_DIR=str(tmp_path / "other"))
    result = phone(here, f"http://127.0.0.1:{port}")
    assert result.exit_code == 1
    assert "set PUBLIC_URL, TWILIO_AUTH_TOKEN and DATA_DIR to what it was started with" in result.output


def test_a_call_from_the_terminal_is_no_callers(serve: Callable[..., int], here: Flask, tmp_path: Path) -> None:
    import requests

    port = serve()
    assert phone(here, f"http://127.0.0.1:{port}").exit_code == 0
    told = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
    calls = [figure for figure in told.splitlines() if figure.startswith("ivr_calls_total{")]
    assert 'ivr_built_in_total{what="calls"} 1.0' in told and all(figure.endswith(" 0.0") for figure in calls)


def test_no_server_is_told(here: Flask) -> None:
    result = phone(here, "http://127.0.0.1:1")
    assert result.exit_code == 1 and "no answer" in result.output and not isinstance(result.exception, OSError)


@pytest.mark.parametrize(
    "server", ["http://[", "ftp://x", "http://x:99999", "http://u:p@x", "http://x/voice", "http://"]
)
def test_what_is_no_server_is_told(here: Flask, server: str) -> None:
    result = phone(here, server)
    assert result.exit_code == 2 and "--server is" in result.output
