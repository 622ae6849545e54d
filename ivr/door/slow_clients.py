"""HTTP with patience that ends: connections that say nothing, or half of something, are closed.

uvicorn's own protocol waits for ever for the rest of a head, and for a client that does not read
what it asked for. Whoever waits here costs a descriptor and no thread, and is the first to go
where descriptors run out.
"""

from asyncio import TimerHandle, Transport
from collections import OrderedDict
from collections.abc import Callable
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 5.0
"""How long a connection may take for a head, from the start or after the last answer [own value];
a carrier sends it at once."""

JUST_COME = 1.0
"""Seconds within which whoever has come may still ask when the process ends [own value]: he could not know, and what he
said may not have been read yet."""

EXCHANGE_SECONDS = 150.0
"""How long a request may take from its head to the last byte of the answer that the client reads
[own value]: a minute to send a file, a minute to work on it, and room."""

LARGEST_HEAD = 32 * 1024
"""Bytes [own value]; browsers and carriers send under 4 kB."""

MOST_PIPELINED = 8
"""Requests that one connection may send before the first of them is answered [own value]."""

TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class PatientProtocol(HttpToolsProtocol):
    """One connection, and how long it may still take."""

    most: ClassVar[int] = 10_000
    """Connections of this process, of which the oldest without a request goes before one too many."""

    _waiting: ClassVar[OrderedDict["PatientProtocol", None]] = OrderedDict()
    _timer: TimerHandle | None = None
    _end = 0.0  # of its patience, by the loop's clock (s)
    _then: Callable[[], None]
    _came = 0.0  # by the loop's clock (s)
    _leaving = False
    _head = 0
    _begun = False  # whether the first byte of a request was read, and not its last one

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Take a connection in, in the place of the oldest that only waits if there are too many."""
        super().connection_made(transport)
        self._came = self.loop.time()
        if len(self.connections) > self.most:
            oldest = next(iter(self._waiting), self)
            oldest._cut()
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what came, a head only up to its limit."""
        waited = self in self._waiting
        super().data_received(data)
        if not (waited and self in self._waiting) or self.transport.is_closing():
            self._head = 0
            return
        self._head += len(data)
        if self._head > LARGEST_HEAD:
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins, which may be while the one before it is answered."""
        self._begun = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """It has come whole."""
        self._begun = False
        super().on_message_complete()

    def on_headers_complete(self) -> None:
        """A head is whole: from here on the request has its own time."""
        if len(self.pipeline) >= MOST_PIPELINED:
            self._cut()
            return
        self._waiting.pop(self, None)
        self._end_after(EXCHANGE_SECONDS, self._cut)
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """The answer is given, if the client reads it: the next head is waited for."""
        super().on_response_complete()
        if not (self.transport.is_closing() or self.pipeline):
            self._expect()

    def shutdown(self) -> None:
        """The process ends: so does the connection, after its answer. Who has just come may ask for one."""
        left = self._came + JUST_COME - self.loop.time()
        if left > 0 and self.awaits_head and not self._leaving:
            self._leaving = True
            self.loop.call_later(left, self.shutdown)
        else:
            super().shutdown()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing: one clock is enough, which begins anew only with a whole head."""

    @property
    def awaits_head(self) -> bool:
        """Whether the next thing to come is the first byte of a request."""
        return not self._begun and self in self._waiting

    def _expect(self) -> None:
        self._head = 0
        self._waiting[self] = None
        self._waiting.move_to_end(self)
        self._end_after(HEAD_SECONDS, self._too_late)

    def _end_after(self, seconds: float, then: Callable[[], None]) -> None:
        """Do this in so many seconds, and nothing else before. A timer that rings too early is set anew when it does:
        most requests come and go without one."""
        self._end, self._then = self.loop.time() + seconds, then
        if self._timer is None or self._timer.when() > self._end:
            self._set()

    def _set(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_at(self._end, self._rings)

    def _rings(self) -> None:
        self._timer = None
        if self.loop.time() < self._end:
            self._set()
        else:
            self._then()

    def _stop(self) -> None:
        self._waiting.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_late(self) -> None:
        """No head came. A client that is still reading its last answer has some more time."""
        self._stop()
        if self.transport.get_write_buffer_size():
            self._end_after(EXCHANGE_SECONDS, self._cut)
        else:
            self.transport.close()

    def _cut(self) -> None:
        """End the connection, whatever it was about to send or read."""
        self._stop()
        self.transport.abort()


def watch(most: int, protocol: type[PatientProtocol] = PatientProtocol) -> type[PatientProtocol]:
    """The protocol for a process that has descriptors for so many connections."""
    return type(protocol.__name__, (protocol,), {"most": most})
