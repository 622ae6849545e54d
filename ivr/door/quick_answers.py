"""Answers that are known leave while the request is read: no scope, task, timer or message is made for one.

That is most of what a step costs. Whatever is not known, or does not come as one whole request, goes the usual way.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from ivr.door.slow_clients import PatientProtocol
from ivr.door.wsgi import Answer

log = logging.getLogger(__name__)

Application = Callable[..., Awaitable[None]]

_UNUSUAL = frozenset((b"expect", b"transfer-encoding", b"upgrade"))
"""Headers of requests that take more than an answer."""


@dataclass(slots=True)
class WholeRequest:
    """A request all of which came at once, as httptools reads it. `target`: path and query as they were sent;
    `headers` by their names, small. `found` is what the application works out on the way and will ask for in its
    scope, if it does not know the answer."""

    target: bytes = b""
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""
    found: dict[str, Any] = field(default_factory=dict)
    _begun: int = 0
    _ended: int = 0
    _usual: bool = True

    def on_message_begin(self) -> None:
        """httptools: a request begins."""
        self._begun += 1

    def on_url(self, url: bytes) -> None:
        """httptools: its target, or a part of it."""
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """httptools: a header."""
        name = name.lower()
        if name in self.headers or name in _UNUSUAL or (name == b"connection" and value.lower() != b"keep-alive"):
            self._usual = False
        self.headers[name] = value

    def on_body(self, body: bytes) -> None:
        """httptools: its body, or a part of it."""
        self.body += body

    def on_message_complete(self) -> None:
        """httptools: it is whole."""
        self._ended += 1

    @property
    def is_usual(self) -> bool:
        """Whether this is one whole request, with a target on this server, and each header once."""
        return self._begun == self._ended == 1 and self._usual and self.target.startswith(b"/")


def whole(data: bytes) -> WholeRequest | None:
    """The POST that these bytes are; None where they are anything else, or unusual in any way."""
    read = WholeRequest()
    parser = HttpRequestParser(read)
    try:
        parser.feed_data(data)
    except (HttpParserError, HttpParserUpgrade):
        return None
    return read if read.is_usual and parser.get_method() == b"POST" and parser.get_http_version() == "1.1" else None


class Knowing(Protocol):
    """An application that knows answers."""

    def at_once(self, request: WholeRequest) -> Answer | None:
        """The answer to a request; None where it is not known. Does not wait."""


class QuickProtocol(PatientProtocol):
    """A connection to an application that is `Knowing`."""

    _found: dict[str, Any] | None = None

    def data_received(self, data: bytes) -> None:
        """Take in what came. A request that came whole in it is answered at once, if the answer is known."""
        request = whole(data) if self._is_free() else None
        answer = self._known(request) if request else None
        if answer is not None:
            self._give(answer)
            return
        self._found = request.found if request else None
        super().data_received(data)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Application) -> None:
        """Begin to answer, with what was found out on the way to it."""
        if self._found:
            cycle.scope.update(self._found)  # type: ignore[typeddict-item]
            self._found = None
        super()._start_asgi_task(cycle, app)

    def _is_free(self) -> bool:
        """Whether nothing is half read, or still being answered."""
        return self.awaits_head and not self.flow.write_paused and not self.transport.is_closing()

    def _known(self, request: WholeRequest) -> Answer | None:
        try:
            return cast(Knowing, self.app).at_once(request)
        except Exception:
            log.exception("an answer could not be looked for; the request goes the usual way")
            return None

    def _give(self, answer: Answer) -> None:
        """Send an answer in one piece."""
        headers = b"".join([b"%b: %b\r\n" % header for header in (*self.server_state.default_headers, *answer.headers)])
        self.transport.write(b"%b%b\r\n%b" % (STATUS_LINE[answer.status], headers, answer.body))
        self.server_state.total_requests += 1
        self._expect()
