"""What a process does that answers: it takes connections in under a clock, and looks after what its answers need."""

import asyncio
import ctypes
import logging
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import Any

from flask import Flask
from gunicorn.arbiter import Arbiter
from itsdangerous import BadData
from uvicorn_worker import UvicornWorker
from werkzeug.http import parse_cookie

from ivr.carrier.front import Front
from ivr.carrier.shared_counts import SharedCounts
from ivr.carrier.webhooks import Webhooks
from ivr.config import Serves
from ivr.door.door import Door
from ivr.door.handing_over import Hatch, Side, TakingServer, handing
from ivr.door.quick_answers import QuickProtocol
from ivr.door.slow_clients import watch
from ivr.editions.office import Office
from ivr.notices.postman import Postman
from ivr.records.recorder import Recorder
from ivr.store.shared_health import SharedHealth

log = logging.getLogger(__name__)

STOP_SECONDS = 10
"""How long what is under way may take after a stop was asked for [own value]."""

KEPT_BACK = 256
"""Descriptors for databases, files and children, which no connection gets [own value]."""

LOOKS_EVERY = 1.0
"""Seconds between two looks for the sounds that remembered answers play, and after which others know what was
counted here [own values]."""

GIVEN_BACK_EVERY = 60.0
"""Seconds after which a worker gives memory back to the system that is free within it [own value]: it takes
milliseconds, and without it a worker keeps what the most connections ever took."""

TURN_SECONDS = 0.0005
"""How long a busy thread keeps the interpreter while others wait for it, a tenth of Python's own
value: a call passes from thread to thread, and pages that are being made must not hold each step up."""


class DoorWorker(UvicornWorker):
    """A uvicorn worker whose connections are under a clock."""

    CONFIG_KWARGS: dict[str, Any] = {  # noqa: RUF012 (uvicorn-worker's own)
        "loop": "uvloop",
        "ws": "none",
        "lifespan": "off",
        "proxy_headers": False,  # addresses come from PUBLIC_URL, and visitors are counted by PROXIES
        "server_header": False,
        "access_log": False,  # nobody's address or number
        "timeout_graceful_shutdown": STOP_SECONDS - 1,
    }

    side: Side | None = None
    """What it answers; None: all that is asked."""

    hatches: Mapping[Side | None, Hatch] = MappingProxyType({})
    """Through which it takes in what is for its side, and hands on what is for the other."""

    generation = 0

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # no stranger fills the log

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        server = self._server()
        self._install_sigquit_handler()
        await server.serve(sockets=[] if self.side is Side.PAGES else self.sockets)
        if not server.started:
            sys.exit(Arbiter.WORKER_BOOT_ERROR)

    def _server(self) -> TakingServer:
        most = max(64, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - KEPT_BACK)
        protocol: type[QuickProtocol] = QuickProtocol
        if self.side:
            (other,) = (self.hatches[side] for side in Side if side is not self.side)
            protocol = handing(self.side, other)
        self.config.http = watch(most, protocol)
        return TakingServer(self.config, self.hatches.get(self.side), self.wsgi.front.metrics.share)

    def _install_sigquit_handler(self) -> None:
        """A Ctrl-C reaches a worker as the supervisor's SIGQUIT, of which uvicorn knows nothing: end
        as after SIGTERM, with what is under way."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGQUIT, signal.raise_signal, signal.SIGTERM)


def at_work(app: Flask, serves: Serves, side: Side | None, counts: Path) -> Door:
    """The door to this application, once what is done beside its answers has begun. Pages are made where records are
    taken over and notices sent, too: nothing but calls is done where those are answered. In `counts` processes find
    what each of them has counted, and what is unwell in it."""
    front_of(app).metrics.shared = SharedCounts(counts)
    recorder: Recorder = app.extensions["ivr.records"]
    recorder.begin(helped=side is Side.CALLS, helping=side is Side.PAGES)
    if side is not Side.CALLS:
        postman: Postman = app.extensions["ivr.notices"]
        postman.begin()
    sys.setswitchinterval(TURN_SECONDS)
    begin_to_look(app, SharedHealth(counts))
    return door(app, serves)


def door(app: Flask, serves: Serves = Serves.ALL) -> Door:
    """The door to this application."""
    return Door(app, front_of(app), lambda cookies: _signed_in(app, cookies), serves)


def begin_to_look(app: Flask, shared: SharedHealth) -> None:
    """Look after what is live, after the sounds of remembered answers and after memory, from threads of their own: no
    call waits for any. What is unwell is told to the other processes of the server, who tell it as well."""
    office: Office = app.extensions["ivr.office"]
    office.shelf.watch()
    office.health.others = shared.others
    looking = [front_of(app), lambda: shared.write(office.health.own)]
    Thread(target=_keep_looking, args=looking, daemon=True, name="looks").start()
    Thread(target=_keep_giving_back, daemon=True, name="memory").start()


def _keep_looking(front: Front, tell_others: Callable[[], None]) -> None:
    while True:
        time.sleep(LOOKS_EVERY)
        try:
            front.memory.forget(front.stand)
            front.metrics.share()
            tell_others()
        except Exception:
            log.exception("sounds of remembered answers were not looked for; they are next time")


def front_of(app: Flask) -> Front:
    """What answers the webhooks of this application."""
    hooks: Webhooks = app.extensions["ivr.webhooks"]
    return hooks.front


def _keep_giving_back() -> None:
    while True:
        time.sleep(GIVEN_BACK_EVERY)
        give_memory_back()


def give_memory_back() -> None:
    """Let the system have what is free within this process, where the C library can (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _signed_in(app: Flask, cookies: str) -> bool:
    """Whether somebody signed in once with this cookie: the console itself asks whether that still
    holds. Who cannot show even that sends no large files."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    try:
        value = parse_cookie(cookies).get(app.config["SESSION_COOKIE_NAME"])
        session = serializer.loads(value or "", max_age=int(app.permanent_session_lifetime.total_seconds()))
    except (BadData, UnicodeError):
        return False
    return isinstance(session, dict) and "_user_id" in session  # Flask-Login's
