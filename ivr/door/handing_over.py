"""Calls have processes of their own: what is asked for beside them is handed to another.

All processes of a server listen on one port, and nobody knows what a connection wants before it has said so. Who
took in one that wants a page hands it, with all that it has said, through a hatch to the process that makes pages,
which goes on as if it had taken it in itself; and the other way round, since a proxy may ask for anything on a
connection that it keeps. So pages that are made and files that are looked through take neither the interpreter nor
the memory of those that answer calls, and no call notices what befalls them.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from tempfile import TemporaryFile
from typing import ClassVar, cast
from urllib.parse import unquote

from httptools import HttpParserInvalidURLError, parse_url
from uvicorn import Config, Server

from ivr.door.lanes import CONSOLE, PAGES, kind_of
from ivr.door.quick_answers import QuickProtocol
from ivr.door.wsgi import too_many

LONGEST_LINE = 8 * 1024
"""Bytes after which a request that has not told yet what it wants is answered where it is [own value]."""

AT_ONCE = 4 * 1024
"""Bytes that go through a hatch with a connection [own value]: what browsers say of themselves. The rest, of a form,
goes as a file, so that more can wait."""

TRIES, AGAIN_SECONDS = 100, 0.05
"""How often, and after how long, a hatch through which too much waits is tried again [own values]."""

_MESSAGES = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM


class Side(StrEnum):
    """What a process answers: calls, their sounds and probes, or pages and the console."""

    CALLS = "calls"
    PAGES = "pages"


def side_of(path: str) -> Side:
    """Where a path is answered."""
    return Side.PAGES if kind_of(path) in (CONSOLE, PAGES) else Side.CALLS


def path_of(said: bytes) -> str | None:
    """The path that a request asks for by what it `said` so far; None where it has not said it yet, "" where it is
    none."""
    _, _, rest = said.lstrip(b"\r\n").partition(b" ")
    target, is_whole, _ = rest.partition(b" ")
    if not is_whole:
        return None
    path = target.partition(b"?")[0]
    if not path.startswith(b"/"):
        try:
            path = parse_url(target).path or b""
        except HttpParserInvalidURLError:
            return ""
    return unquote(path.decode("latin-1"))


class Hatch:
    """Through this, processes that were forked after it was made hand connections on. Whoever asks first takes one;
    what nobody has taken waits, even where the process that should is being replaced."""

    def __init__(self) -> None:
        self._outer, self._inner = socket.socketpair(socket.AF_UNIX, _MESSAGES)
        for end in (self._outer, self._inner):
            end.setblocking(False)

    def close(self) -> None:
        """Let go of it, and of what waits."""
        self._outer.close()
        self._inner.close()

    def fileno(self) -> int:
        """The descriptor that can be read from when something waits."""
        return self._inner.fileno()

    def hand(self, connection: int, said: bytes) -> bool:
        """Hand on a connection (its descriptor), of which the giver lets go then, and what it has said. False where
        too many wait."""
        try:
            with _as_file(said[AT_ONCE:]) as rest:
                socket.send_fds(self._outer, [said[:AT_ONCE]], [connection, *rest])
        except OSError:
            return False
        return True

    def take(self) -> tuple[socket.socket, bytes] | None:
        """A connection and what it has said; None where none waits."""
        try:
            said, handed, _, _ = socket.recv_fds(self._inner, AT_ONCE, 2)
        except BlockingIOError:
            return None
        if not handed:
            return None
        for descriptor in handed:
            os.set_inheritable(descriptor, False)
        connection = socket.socket(fileno=handed[0])
        for rest in handed[1:]:
            with open(rest, "rb") as file:
                file.seek(0)
                said += file.read()
        return connection, said


@contextmanager
def _as_file(content: bytes) -> Iterator[tuple[int, ...]]:
    """The descriptor of a file with this content; none where there is no content."""
    if not content:
        yield ()
        return
    with TemporaryFile() as file:
        file.write(content)
        file.flush()
        yield (file.fileno(),)


class HandingProtocol(QuickProtocol):
    """A connection of a process that answers one `side`, with a hatch to the `other`."""

    side: ClassVar[Side]
    other: ClassVar[Hatch]

    said = b""
    """What was said before this process had the connection, or all that it has said of a request so far."""

    _tries = 0  # to hand it on
    _trying: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Take a connection in, and what it has said elsewhere."""
        super().connection_made(transport)
        if self.said and not transport.is_closing():
            self.data_received(b"")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._trying:
            self._trying.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what came, if it is for this side."""
        if self._tries:  # it was under way already when reading was stopped
            self.said += data
        elif not self._is_free():
            super().data_received(data)
        else:
            self._sort(self.said + data)

    def _sort(self, said: bytes) -> None:
        """Answer it here, hand it on, or wait until it says for whom it is."""
        path = path_of(said)
        self.said = b""
        if path is None and len(said) < LONGEST_LINE:
            self.said = said
        elif not path or side_of(path) is self.side:
            super().data_received(said)
        else:
            self.said = said
            self._hand_on()

    def _hand_on(self) -> None:
        if self.other.hand(self.transport.get_extra_info("socket").fileno(), self.said):
            self._cut()
        elif self._tries < TRIES:
            self._tries += 1
            self._stop()
            self.transport.pause_reading()
            self._trying = self.loop.call_later(AGAIN_SECONDS, self._hand_on)
        else:
            self._give(too_many())
            self.transport.close()


def handing(side: Side, other: Hatch) -> type[HandingProtocol]:
    """The protocol of a process of this side."""
    return type(HandingProtocol.__name__, (HandingProtocol,), {"side": side, "other": other})


class TakingServer(Server):
    """uvicorn's server, which takes in what comes through a `hatch`, too, where there is one; `leave` is what is to be
    done at its end, which uvicorn makes that of the process."""

    def __init__(self, config: Config, hatch: Hatch | None, leave: Callable[[], None]):
        super().__init__(config)
        self._hatch, self._leave = hatch, leave
        self._coming: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take in."""
        await super().startup(sockets)
        if self._hatch:
            asyncio.get_running_loop().add_reader(self._hatch.fileno(), self._take)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End that with what waits: nobody else may come to take it."""
        if self._hatch:
            asyncio.get_running_loop().remove_reader(self._hatch.fileno())
            while self._take():
                pass
            await asyncio.gather(*self._coming)
        await super().shutdown(sockets)
        self._leave()

    def _take(self) -> bool:
        taken = self._hatch.take() if self._hatch else None
        if taken is None:
            return False
        coming = asyncio.get_running_loop().create_task(self._go_on(*taken))
        self._coming.add(coming)
        coming.add_done_callback(self._coming.discard)
        return True

    async def _go_on(self, connection: socket.socket, said: bytes) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(lambda: self._protocol(said), connection)
        except OSError:  # it has gone meanwhile
            connection.close()

    def _protocol(self, said: bytes) -> asyncio.Protocol:
        made = cast(type[HandingProtocol], self.config.http_protocol_class)  # the worker's choice
        protocol = made(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        protocol.said = said
        return protocol
