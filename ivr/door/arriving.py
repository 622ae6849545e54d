"""Requests as they arrive: what no route should have to think of.

WSGI hands on whatever bytes a client sent. What can be read is made readable once, here; a host that
is no name is refused, since addresses in answers are built from it.
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any
from urllib.parse import quote

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL}){{0,20}}\.?|\[[0-9A-Fa-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?")
"""RFC 9110's Host: a name of labels of at most 63 letters, or an address of IPv6, and a port."""

_ASCII = "".join(map(chr, range(0x21, 0x7F)))


class ArrivingRequest(Request):
    """A request whose cookies may be any bytes: those that are no text are none."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """The cookies that were sent."""
        try:
            return super().cookies
        except UnicodeDecodeError:
            return ImmutableMultiDict()


def readable(app: Application) -> Application:
    """The application, asked only what it can read: a query is in ASCII, as addresses are, and the
    host is a name."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST")
        if host is not None and not _HOST.fullmatch(host):
            start("400 BAD REQUEST", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"The host of this address is no name.\n"]
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ["QUERY_STRING"] = quote(query, safe=_ASCII, encoding="latin-1")
        return app(environ, start)

    return answer
