"""Known answers leave while a request is read, and everything else goes the usual way."""

import asyncio
from typing import Any

import uvicorn
from flask import Flask
from uvicorn.server import ServerState

from ivr.door.quick_answers import QuickProtocol
from ivr.door.server import DoorWorker, door
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


async def sent_at_once(app: Flask, *pieces: bytes) -> tuple[bytes, bytes, int]:
    """What is sent while it is read, what in all, and how many tasks that took."""
    config = uvicorn.Config(door(app), **DoorWorker.CONFIG_KWARGS)
    config.load()
    state = ServerState()
    protocol, connection = QuickProtocol(config, state, {}), Connection()
    protocol.connection_made(connection)
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
        (whole.replace(b"815011112222", b"815011112223"),),
        (b"GET /healthz HTTP/1.1\r\nhost: line\r\n\r\n",),
    ):
        at_once, in_all, tasks = asyncio.run(sent_at_once(standing, *pieces))
        assert at_once == b"" and tasks == 1 and in_all, pieces
