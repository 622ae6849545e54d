"""The one clock of the program: whoever needs the time is handed it, from here.

A request has one time. It is read once, so that whatever a request does happens at the same
moment, even where a month ends meanwhile; a telephone of our own that rings at another time
puts it into the WSGI environ. No client can do so: its headers arrive as ``HTTP_...``.
"""

from datetime import UTC, datetime

from flask import request

NOW = "ivr.now"
"""The WSGI environ key of a request's time (aware)."""


def utc_now() -> datetime:
    """What time it is, in UTC."""
    return _machine()


def of_request() -> datetime:
    """The time of the request that is being answered (aware)."""
    moment = request.environ.get(NOW)
    if not isinstance(moment, datetime):
        moment = request.environ[NOW] = utc_now()
    return moment


def _machine() -> datetime:
    """What the machine's clock shows; in tests, what they have set."""
    return datetime.now(UTC)
