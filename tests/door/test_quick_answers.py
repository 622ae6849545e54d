"""Known answers leave while a request is read, and everything else goes the usual way."""

import asyncio
import time
from typing import Any

import pytest
import uvicorn
from flask import Flask
from uvicorn.server import ServerState

from ivr.door import slow_clients
from ivr.door.quick_answers import QuickProtocol
from ivr.door.worker import DoorWorker, door
from tests.door.test_door import signed_visit
from tests.support.given import ORIGIN


class Connection(asyncio.Transport):
    """What is sent to the other side."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.sent += data

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


def request(app: Flask, more: str = "") -> bytes:
    visit = signed_visit(door(app), "/voice?language=en")
    (body,) = visit.pieces
    headers = {**visit.headers, "host": ORIGIN.removeprefix("https://"), "content-length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {visit.path} HTTP/1.1\r\n{head}{more}\r\n".encode() + body


def connected(app: Flask) -> tuple[QuickProtocol, Connection, ServerState]:
    """Both sides of a connection, and what the server knows of it."""
    config = uvicorn.Config(door(app), **DoorWorker.CONFIG_KWARGS)
    config.load()
    state = ServerState()
    protocol, connection = QuickProtocol(config, state, {}), Connection()
    protocol.connection_made(connection)
    return protocol, connection, state


async def sent_at_once(app: Flask, *pieces: bytes) -> tuple[bytes, bytes, int]:
    """What is sent while it is read, what in all, and how many tasks that took."""
    protocol, connection, state = connected(app)
    for piece in pieces:
        protocol.data_received(piece)
    at_once, tasks = connection.sent, len(state.tasks)
    while state.tasks:
        await asyncio.sleep(0.001)
    protocol.connection_lost(None)
    return at_once, connection.sent, tasks


def test_a_known_answer_takes_no_task(standing: Flask) -> None:
    visit = signed_visit(door(standing), "/voice?language=en").made()  # known from here on
    at_once, in_all, tasks = asyncio.run(sent_at_once(standing, request(standing)))
    assert at_once == in_all and tasks == 0
    head, _, body = at_once.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n") and body == visit.body


def test_all_else_takes_one(standing: Flask) -> None:
    whole = request(standing)
    for pieces in (
        (whole[:-5], whole[-5:]),
        (request(standing, "Expect: 100-continue\r\n"),),
        (request(standing, "Connection: close\r\n"),),
        (request(standing, "X-Twilio-Signature: another\r\n"),),
        (whole.replace(b"HTTP/1.1", b"HTTP/1.0"),),
        (whole.replace(b"POST /voice", b"POST http://elsewhere/voice"),),
        (whole + b"POST",),
        (whole.replace(b"815011112222", b"815011112223"),),
        (b"GET /healthz HTTP/1.1\r\nhost: line\r\n\r\n",),
    ):
        at_once, in_all, tasks = asyncio.run(sent_at_once(standing, *pieces))
        assert at_once == b"" and tasks == 1 and in_all, pieces


def test_what_comes_behind_a_known_answer_is_answered_after_it(standing: Flask) -> None:
    signed_visit(door(standing), "/voice?language=en").made()
    whole = request(standing)
    for second in (b"GET /healthz HTTP/1.1\r\nhost: line\r\n\r\n", whole):
        for pieces in ((whole, second), (whole + second,)):
            _, in_all, _ = asyncio.run(sent_at_once(standing, *pieces))
            answers = in_all.split(b"HTTP/1.1 200 OK\r\n")[1:]
            assert len(answers) == 2 and b"<Response>" in answers[0], pieces
            assert (b"<Response>" in answers[1]) == (second == whole)


def test_a_connection_that_had_answers_is_closed_when_nothing_more_comes(
    standing: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 0.2)

    signed_visit(door(standing), "/voice?language=en").made()

    async def seconds_open() -> float:
        protocol, connection, _ = connected(standing)
        for _ in range(3):
            await asyncio.sleep(0.1)
            protocol.data_received(request(standing))
        answered = time.monotonic()
        while not connection.closed:
            await asyncio.sleep(0.01)
        return time.monotonic() - answered

    assert 0.15 < asyncio.run(seconds_open()) < 2
