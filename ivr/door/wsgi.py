"""Between ASGI's messages and a WSGI application: whole requests in, whole answers out.

Adapters of other libraries (asgiref, a2wsgi) hand the body on piece by piece, so that a client
which sends or reads slowly holds one of the threads that answer. Here a thread has all it needs
before it begins, and is free again before the first byte of the answer is sent.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

Scope = MutableMapping[str, Any]
Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


_LEFT_OUT = frozenset((b"content-length", b"transfer-encoding", b"proxy"))
"""Headers that are told otherwise, or that a program might take for a setting."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: the status, its headers as ASGI writes them, and the body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def plain(status: int, words: str, **headers: str) -> Answer:
    """An answer of the door's own. The connection ends with it, since a body may still come."""
    body = f"{words}\n".encode()
    told = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store", "connection": "close", **headers}
    named = ((name.replace("_", "-").encode(), value.encode()) for name, value in told.items())
    return Answer(status, (*named, (b"content-length", str(len(body)).encode())), body)


def too_many() -> Answer:
    """The answer to one more than there is room for."""
    return plain(503, "Too many others are waiting. Please try again in a moment.", retry_after="2")


def target_of(scope: Scope) -> str:
    """Path and query as they were sent."""
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def environ_of(scope: Scope, headers: Mapping[str, str], body: bytes, length: int | None = None) -> Environ:
    """What WSGI is told of a request (PEP 3333): its `length` as it was told, if it was, and else
    the body's. `REQUEST_URI` is the address as it was sent, which a signature is of."""
    server, client = scope.get("server") or ("localhost", None), scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "REQUEST_URI": target_of(scope),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "REMOTE_PORT": str(client[1]),
        "CONTENT_LENGTH": str(len(body) if length is None else length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        environ["CONTENT_TYPE" if name == "content-type" else f"HTTP_{name.upper().replace('-', '_')}"] = value
    return environ


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by their names, small; those that came twice are joined. A name with an underscore
    is left out, which WSGI could not tell from one with a hyphen: a visitor might forge one so."""
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        if b"_" in raw or raw in _LEFT_OUT:
            continue
        name, text = raw.decode("latin-1"), value.decode("latin-1")
        if name in found:
            text = f"{found[name]}{'; ' if name == 'cookie' else ','}{text}"
        found[name] = text
    return found


def answered(app: Application, environ: Environ) -> Answer:
    """What the application answers, whole."""
    told: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Callable[[bytes], None]:
        told.append((status, headers))
        return written.append

    pieces = app(environ, start)
    try:
        body = b"".join((*written, *pieces))
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
    status, headers = told[-1]
    named = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    code = int(status.split(" ", 1)[0])
    if code >= 200 and code not in (204, 304) and not any(name == b"content-length" for name, _ in named):
        named.append((b"content-length", str(len(body)).encode()))
    return Answer(code, tuple(named), body)
