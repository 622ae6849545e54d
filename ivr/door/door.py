"""The door: whole requests come in under limits of size and time, everybody else stays outside.

Strangers cost no thread: who calls the webhooks without the carrier's signature, sends too much or
too slowly, is answered here, in the event loop. So is a call whose answer is known.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ivr.carrier.edge import FIELDS
from ivr.carrier.front import Front
from ivr.carrier.wire import CarrierFields
from ivr.config import Serves
from ivr.door.lanes import CALLS, CONSOLE, KINDS, NOT_SERVED, Lane, LaneFull, RequestKind, kind_of
from ivr.door.quick_answers import WholeRequest
from ivr.door.wsgi import (
    Answer,
    Application,
    Environ,
    Scope,
    answered,
    environ_of,
    headers_of,
    plain,
    target_of,
    too_many,
)

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGEST_FORM = 21_000_000
"""Bytes that somebody signed in may send to the console: a recording of 20 MB and the form around it."""

FORM_SECONDS = 60.0
"""How long that may take: 20 MB at 2.7 Mbit/s."""

BUDGET = 128_000_000
"""Bytes of such forms that a worker holds at once [own value]."""


_FOR_THE_CARRIER = "Only the carrier may call here."
_XML = (b"content-type", b"text/xml; charset=utf-8")


class _Refused(Exception):
    """The request is not let in; `answer` says why."""

    def __init__(self, answer: Answer):
        self.answer = answer


class _Gone(Exception):
    """The client left before its request was whole."""


@dataclass
class Door:
    """The ASGI application. `front` tells whether a webhook is the carrier's, and knows answers; `known` tells
    whether a cookie header bears a session that this program has signed."""

    app: Application
    front: Front
    known: Callable[[str], bool]
    serves: Serves = Serves.ALL
    budget: int = BUDGET
    lanes: Mapping[str, Lane] = field(default_factory=lambda: {kind.name: Lane(kind) for kind in KINDS})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            raise NotImplementedError(f"there is no {scope['type']} here")
        try:
            answer = await self._answer(scope, receive)
        except _Refused as refused:
            answer = refused.answer
        except _Gone:
            return
        await _give(send, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        kind = kind_of(scope["path"])
        if kind in NOT_SERVED[self.serves]:
            raise _Refused(plain(404, "This is not served here."))
        headers, length = headers_of(scope), _length(scope)
        if kind is CALLS:
            return await self._called(scope, receive, headers, length)
        large = kind is CONSOLE and self.known(headers.get("cookie", ""))
        if large:
            body = await self._form(receive, length)
        else:
            body = await _whole(receive, length, kind.largest, kind.seconds)
        return await self._worked(kind, partial(answered, self.app, environ_of(scope, headers, body, length)))

    async def _called(self, scope: Scope, receive: Receive, headers: Mapping[str, str], length: int | None) -> Answer:
        """A webhook. Without a signature its body is not even waited for."""
        if not any(name in headers for name in self.front.carrier.signature_headers):
            raise _Refused(plain(403, _FOR_THE_CARRIER))
        body = await _whole(receive, length, CALLS.largest, CALLS.seconds)
        told: CarrierFields | None = scope.get(FIELDS)
        if told is None:
            told = self._admitted(scope, headers, body)
            if told is None:
                raise _Refused(plain(403, _FOR_THE_CARRIER))
            if scope["method"] == "POST" and (answer := self._known(target_of(scope), told)) is not None:
                return answer

        def environ() -> Environ:
            return {**environ_of(scope, headers, body, length), FIELDS: told}

        return await self._worked(CALLS, partial(self._made, scope["method"], target_of(scope), told, environ))

    def at_once(self, request: WholeRequest) -> Answer | None:
        """The answer to a webhook where it is known, without any wait. None where it is not, or where the request may
        be one to refuse; what the carrier told in it goes into the scope of that request, where no client can put
        it."""
        target, headers = request.target.decode("latin-1"), request.headers
        if kind_of(target.partition("?")[0]) is not CALLS or CALLS in NOT_SERVED[self.serves]:
            return None
        if len(request.body) > CALLS.largest:
            return None
        told = self.front.admitted(
            "POST",
            target,
            lambda name: headers.get(name.lower().encode(), b"").decode("latin-1"),
            headers.get(b"content-type", b"").decode("latin-1"),
            request.body,
        )
        if told is None:
            return None
        request.found[FIELDS] = told
        return self._known(target, told)

    def _known(self, target: str, told: CarrierFields) -> Answer | None:
        document = self.front.known(target, told)
        return None if document is None else _twiml(document)

    def _made(self, method: str, target: str, told: CarrierFields, environ: Callable[[], Environ]) -> Answer:
        """The answer to a webhook, on one of the lane's threads: by the application, as far as the front needs it."""
        document = self.front.anew(target, told) if method == "POST" else None
        return answered(self.app, environ()) if document is None else _twiml(document)

    def _admitted(self, scope: Scope, headers: Mapping[str, str], body: bytes) -> CarrierFields | None:
        def header(name: str) -> str:
            return headers.get(name.lower(), "")

        return self.front.admitted(scope["method"], target_of(scope), header, header("Content-Type"), body)

    async def _form(self, receive: Receive, size: int | None) -> bytes:
        """A body of somebody signed in, within the budget of all of them. One that is too large is let
        pass by unread, so that the console can say so: a browser that is cut off shows nothing."""
        if size is not None and size > LARGEST_FORM:
            await _whole(receive, size, size, FORM_SECONDS, keep=False)
            return b""
        reserved = LARGEST_FORM if size is None else size
        if reserved > self.budget:
            raise _Refused(plain(503, "Too many files are being sent. Please try again in a moment.", retry_after="10"))
        self.budget -= reserved
        try:
            return await _whole(receive, size, LARGEST_FORM, FORM_SECONDS)
        finally:
            self.budget += reserved

    async def _worked(self, kind: RequestKind, work: Callable[[], Answer]) -> Answer:
        try:
            return await self.lanes[kind.name].run(work)
        except LaneFull:
            return too_many()
        except Exception:  # the application answers its own errors; this is the last net
            log.exception("the application did not answer")
            return plain(500, "Something went wrong here.")


def _twiml(document: bytes) -> Answer:
    return Answer(200, (_XML, (b"content-length", b"%d" % len(document))), document)


def _length(scope: Scope) -> int | None:
    """The length of the body that the head tells; None where it tells none. _Refused for one that
    is no number, which the parser lets through."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            text = value.decode("latin-1").strip()
            if not (text.isascii() and text.isdecimal() and len(text) < 20):
                raise _Refused(plain(400, "The length of the request is no number."))
            return int(text)
    return None


async def _whole(receive: Receive, size: int | None, largest: int, seconds: float, keep: bool = True) -> bytes:
    """The body, whole, or only its end waited for; `size` is what the head tells. _Refused where it is larger or
    slower than that, _Gone where nobody waits."""
    if size is not None and size > largest:
        raise _Refused(plain(413, f"This is larger than {largest} bytes."))
    try:
        async with asyncio.timeout(seconds):
            return await _gathered(receive, largest, keep)
    except TimeoutError as error:
        raise _Refused(plain(408, f"This took longer than {seconds:g} seconds to arrive.")) from error


async def _gathered(receive: Receive, largest: int, keep: bool) -> bytes:
    body, size = bytearray(), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        piece = message.get("body", b"")
        size += len(piece)
        if size > largest:
            raise _Refused(plain(413, f"This is larger than {largest} bytes."))
        if keep:
            body += piece
        if not message.get("more_body", False):
            return bytes(body)


async def _give(send: Send, answer: Answer) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.headers)})
    await send({"type": "http.response.body", "body": answer.body})
