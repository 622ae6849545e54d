"""The processes: a supervisor, the workers that answer, and what is done beside them (`ivr.door.beside`).

gunicorn listens once and hands the socket to its workers, so that a killed worker takes no call
with it that has not been answered yet, and replaces whoever dies. Without `preload_app`: a worker
opens databases and threads of its own, and shares no more than what is imported. Without
`reuse_port`: a taken port must be told, not shared.
"""

import ctypes
import gc
import importlib
import logging
import mmap
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger

from ivr import apart, logs
from ivr.config import Serves, Settings
from ivr.door.door import Door
from ivr.door.handing_over import Hatch, Side
from ivr.door.worker import STOP_SECONDS, DoorWorker, at_work

log = logging.getLogger(__name__)

DESCRIPTORS = 65_536
"""Files and connections that a process asks for [own value]; it takes what the system allows."""

BACKLOG = 2048
"""Connections that wait to be taken in, while a worker starts too [own value]."""

HUNG_SECONDS = 30
"""A worker whose event loop has not moved for so long is replaced [own value]."""

AGAIN_SECONDS = 2
"""Before a worker that could not start is tried again [own value]."""

APPLICATION = "ivr.wiring"
"""Imported before there are workers, who share it then: each is ready in a fifth of the time, and has a third of
the memory of its own. It opens nothing by being imported."""

BESIDE = (sys.executable, "-m", "ivr.door.beside")

_DIE_WITH_PARENT = 1  # prctl(2): PR_SET_PDEATHSIG


class PortTaken(Exception):
    """Nothing can listen there. The message says what to set."""


class Supervisor(Arbiter):
    """gunicorn's, which ends when its terminal closes, unless it was told not to mind (nohup)."""

    generation = 0
    """Of workers: those of one find the same installed."""

    def count(self, side: Side) -> int:
        """How many workers of this generation answer this."""
        return sum((worker.side, worker.generation) == (side, self.generation) for worker in self.WORKERS.values())

    def init_signals(self) -> None:
        """As gunicorn, but an ignored hang-up stays ignored."""
        ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        super().init_signals()
        if ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def handle_hup(self) -> None:
        """The terminal was closed: end, rather than serve on unseen."""
        raise StopIteration

    def handle_usr1(self) -> None:
        """More is installed than there was (`ivr.door.beside`): others take the workers' places, and find it."""
        self.generation += 1
        for count in (2 * self.cfg.workers, self.cfg.workers):
            self.num_workers = count
            self.manage_workers()


class Server(BaseApplication):
    """gunicorn with the door in it, listening on `listener`. `ready` is called once it listens."""

    def __init__(self, settings: Settings, listener: socket.socket, ready: Callable[[], None]):
        self.settings, self.listener, self.ready = settings, listener, ready
        self.hatches: dict[Side | None, Hatch] = (
            {} if settings.serves is Serves.CONSOLE else {side: Hatch() for side in Side}
        )
        self._side: Side | None = None  # in a worker: its own
        self._counts = Path(tempfile.mkdtemp(prefix="my-number-line-"))  # of the workers, who find each other's there
        self._beside: subprocess.Popen[bytes] | None = None
        self._started = mmap.mmap(-1, 1)  # shared with the workers: whether one of them has ever started
        super().__init__()

    def load_config(self) -> None:
        """All that is not gunicorn's default."""
        chosen = {
            "bind": f"fd://{self.listener.detach()}",
            "backlog": BACKLOG,
            "workers": self.settings.workers + bool(self.hatches),
            "worker_class": DoorWorker,
            "timeout": HUNG_SECONDS,
            "graceful_timeout": STOP_SECONDS,
            "keepalive": HUNG_SECONDS,  # the clock of the door is shorter
            "loglevel": "warning",
            "logger_class": _logger(self.settings),
            "control_socket_disable": True,
            "pre_fork": self._place_worker,
            "post_fork": self._begin_worker,
            "when_ready": self._listening,
            "on_exit": self._ended,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Door:
        """The door to `app:app`, in a worker. Where one has started before, another that cannot is
        tried again: the server ends only when it has never been well."""
        try:
            from app import app
        except BaseException as error:
            if isinstance(error, Exception):
                log.exception("a worker could not start")
            if not self._started[0]:
                sys.exit(Arbiter.APP_LOAD_ERROR)
            time.sleep(AGAIN_SECONDS)
            sys.exit(1)
        self._started[0] = 1
        return at_work(app, self.settings.serves, self._side, self._counts)

    def run(self) -> None:
        """Serve until told to stop."""
        Supervisor(self).run()

    def _place_worker(self, supervisor: "Supervisor", worker: DoorWorker) -> None:
        """Before a worker: what it will answer. Those who answer calls come first, and one more makes pages."""
        if self.hatches:
            worker.hatches, worker.generation = self.hatches, supervisor.generation
            calls = supervisor.count(Side.CALLS)
            worker.side = Side.CALLS if calls < self.settings.workers else Side.PAGES

    def _begin_worker(self, _supervisor: "Supervisor", worker: DoorWorker) -> None:
        """In a worker: a Ctrl-C is the supervisor's to handle, and nobody outlives it."""
        os.setpgid(0, 0)
        end_with_parent()
        self._side = worker.side
        if worker.side is Side.PAGES:
            apart.stand_back(apart.WAITED_FOR)

    def _listening(self, _arbiter: Arbiter) -> None:
        self.ready()
        if self.settings.renders or self.settings.set_up:
            self._beside = _begin_beside(self.settings)

    def _ended(self, _arbiter: Arbiter) -> None:
        shutil.rmtree(self._counts, ignore_errors=True)
        if self._beside is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._beside.pid, signal.SIGKILL)
            self._beside.wait()


def _logger(settings: Settings) -> type[Logger]:
    """gunicorn's log, and uvicorn's, written as all else is."""

    class _Written(Logger):
        def setup(self, cfg: Config) -> None:
            """As gunicorn, with a format of ours."""
            super().setup(cfg)
            for handler in self.error_log.handlers:
                handler.setFormatter(logs.formatter(settings.log_format, settings.secrets))

    return _Written


def serve(settings: Settings, ready: Callable[[], None]) -> None:
    """Serve the line until told to stop. PortTaken where nothing can listen there."""
    _limit(resource.RLIMIT_NOFILE, DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # secrets and voices would be in it
    listener = listening(settings.host, settings.port)
    importlib.import_module(APPLICATION)
    gc.freeze()  # nor does a search for what nobody needs write into what they share
    Server(settings, listener, ready).run()


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there, alone. PortTaken says why there can be none."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what has ended holds no port
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        raise PortTaken(
            f"Nothing can listen on {host}, port {port} ({error.strerror or error}): stop what is there, "
            f"or set PORT to another number, such as PORT={port + 1 if port < 65535 else 8000}."
        ) from error
    return listener


def end_with_parent() -> None:
    """Have the kernel end this process with the one that started it, where it can (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)


def _begin_beside(settings: Settings) -> subprocess.Popen[bytes] | None:
    """Install what is missing, and make the sounds of the line's own voice that are, beside the server."""

    def gently() -> None:
        apart.stand_back(apart.BACKGROUND)
        end_with_parent()

    try:
        return subprocess.Popen(
            (*BESIDE, "on" if settings.renders else "off", *settings.set_up),
            stdin=subprocess.DEVNULL,
            process_group=0,  # of this session, within which its nice counts
            preexec_fn=gently,  # noqa: PLW1509 (the supervisor has one thread)
        )
    except OSError:
        log.exception("the line's own voice is not made; callers hear the carrier's")
        return None


def _limit(what: int, wanted: int) -> None:
    """Raise a limit of this process and its children, as far as it may."""
    soft, hard = resource.getrlimit(what)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return
    resource.setrlimit(what, (most, hard))
