"""Practice areas under /staff/practice/<name>/: each an application of its own, for its owner alone.

The same code makes them as makes the line, from an environment in which nothing is set: no carrier, no mail, no
database but a file in their folder. Nothing that is done in one can reach the line, since nothing of the line is
handed to it. Who comes in is asked of the real console's session; what comes out leads nowhere else.
"""

import re
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from cachetools import LRUCache
from flask import Flask, Response, session
from flask_login import current_user

from ivr import clock
from ivr.door.arriving import Application
from ivr.staff.practice_pages import HOME
from ivr.staff.practices import Practice, Practices

KEPT = 3
"""Practice areas that a worker keeps at hand [own value]: each is a line with all that is known of it."""

_MOUNT = re.compile(rf"{HOME}/([0-9a-f]{{16}})(/.*)?")
_INSIDE = re.compile(r"/(?:staff|audio|static/pages)(?:/.*)?|/phone/(?:ring|act)")
"""What there is in a practice. The pages for everybody bear no mark that they are of one, and have no place in it."""

Make = Callable[[Practice], Flask]
Start = Callable[..., Any]


class Practising:
    """The WSGI application: `app`, and the practice areas in front of it."""

    def __init__(self, app: Flask, real: Application, practices: Practices, make: Make):
        self._app, self._real, self._practices, self._make = app, real, practices, make
        self._made: LRUCache[str, Flask] = _Closing(KEPT)
        self._making = Lock()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer a request."""
        found = _MOUNT.fullmatch(environ.get("PATH_INFO", ""))
        if found is None:
            return self._real(environ, start)
        name, inside = found[1], found[2] or ""
        owner, cookies = self._who(environ)
        practice = self._practices.find(name)
        if practice is None or owner != practice.owner:
            return _to(HOME)(environ, start)
        root = f"{HOME}/{name}"
        if not _INSIDE.fullmatch(inside):
            return _to(f"{root}/staff")(environ, start)
        app = self._of(practice)
        return app({**environ, "SCRIPT_NAME": root, "PATH_INFO": inside}, _kept_inside(start, root, cookies))

    def _who(self, environ: dict[str, Any]) -> tuple[str, list[str]]:
        """Which account of the real console asks ("": none), and the cookies by which its session goes on."""
        with self._app.request_context(environ):
            if not current_user.is_authenticated:
                return "", []
            response = Response()
            session["seen"] = clock.of_request().isoformat()
            self._app.session_interface.save_session(self._app, session, response)
            return current_user.account.id, response.headers.getlist("Set-Cookie")

    def _of(self, practice: Practice) -> Flask:
        with self._making:
            found = self._made.get(practice.name)
            if found is None:
                found = self._made[practice.name] = self._make(practice)
            return found


class _Closing(LRUCache[str, Flask]):
    """Applications, each of which lets go of its database when it is forgotten."""

    def popitem(self) -> tuple[str, Flask]:
        """Forget the one that was asked longest ago."""
        name, app = super().popitem()
        app.extensions["ivr.office"].database.close()
        return name, app


def _to(address: str) -> Response:
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})


def _kept_inside(start: Start, root: str, cookies: list[str]) -> Start:
    """What is answered leads to where one practises, or to the page at which one ends that."""

    def started(status: str, headers: list[tuple[str, str]], *more: object) -> object:
        kept = [(name, _inside(value, root) if name.lower() == "location" else value) for name, value in headers]
        return start(status, [*kept, *(("Set-Cookie", each) for each in cookies)], *more)

    return started


def _inside(location: str, root: str) -> str:
    path = urlsplit(location).path
    stays = path in (HOME, root) or path.startswith(f"{root}/")
    return root + location if location.startswith("/") and not stays else location
