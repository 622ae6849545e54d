"""Answers that are known leave while the request is read: no task, timer or message is made for one.

That is most of what a step costs. Whatever is not known, or not whole, goes the usual way.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from ivr.door.slow_clients import PatientProtocol
from ivr.door.wsgi import Answer, Scope

log = logging.getLogger(__name__)

Application = Callable[..., Awaitable[None]]


class Knowing(Protocol):
    """An application that knows answers."""

    def at_once(self, scope: Scope, body: bytes) -> Answer | None:
        """The answer to a whole request; None where it is not known. Does not wait."""


class QuickProtocol(PatientProtocol):
    """A connection to an application that is `Knowing`."""

    _reading = False
    _read: tuple[RequestResponseCycle, Application] | None = None

    def data_received(self, data: bytes) -> None:
        """Take in what came. A request that came whole in it is answered at once, if the answer is known."""
        self._reading = True
        super().data_received(data)
        self._reading = False
        if self._read is not None:
            (cycle, app), self._read = self._read, None
            answer = self._known(cycle)
            if answer is None:
                super()._start_asgi_task(cycle, app)
            else:
                self._give(cycle, answer)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Application) -> None:
        """Begin to answer, but not before all that came with the head is read."""
        if self._reading and self._read is None:
            self._read = (cycle, app)
        else:
            super()._start_asgi_task(cycle, app)

    def _known(self, cycle: RequestResponseCycle) -> Answer | None:
        if cycle.more_body or cycle.waiting_for_100_continue or self.flow.write_paused or self.transport.is_closing():
            return None
        try:
            return cast(Knowing, self.app).at_once(cast(Scope, cycle.scope), bytes(cycle.body))
        except Exception:
            log.exception("an answer could not be looked for; the request goes the usual way")
            return None

    def _give(self, cycle: RequestResponseCycle, answer: Answer) -> None:
        """Send an answer in one piece."""
        cycle.response_started = cycle.response_complete = True
        headers = b"".join(b"%b: %b\r\n" % header for header in (*cycle.default_headers, *answer.headers))
        ends = b"" if cycle.keep_alive else b"connection: close\r\n"
        self.transport.write(b"%b%b%b\r\n%b" % (STATUS_LINE[answer.status], headers, ends, answer.body))
        if not cycle.keep_alive:
            self.transport.close()
        if self.pipeline or self.transport.is_closing():
            self.on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._expect()
