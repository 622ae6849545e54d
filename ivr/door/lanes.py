"""Lanes: threads of their own for each kind of request, so that no kind waits for another."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from ivr.config import Serves

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RequestKind:
    """A kind of request: what its addresses begin with, how many are worked on at once and how
    many may wait for that, how large (bytes) and slow (seconds) a body may be."""

    name: str
    beginnings: tuple[str, ...]
    threads: int
    waiting: int
    largest: int = 64 * 1024
    seconds: float = 5.0


# [own values]: calls and their sounds first; a small server has two cores. Pages are made by the
# processor alone, so that more threads would not make them sooner, but calls wait for each of them.
CALLS = RequestKind("calls", ("/voice",), threads=8, waiting=256)
PROBES = RequestKind("probes", ("/healthz", "/metrics"), threads=1, waiting=16)
SOUNDS = RequestKind("sounds", ("/audio",), threads=2, waiting=128)
CONSOLE = RequestKind("console", ("/staff",), threads=2, waiting=32)
PAGES = RequestKind("pages", (), threads=2, waiting=64)

KINDS = (CALLS, PROBES, SOUNDS, CONSOLE, PAGES)
NOT_SERVED = {Serves.ALL: (), Serves.CALLS: (CONSOLE,), Serves.CONSOLE: (CALLS,)}


def kind_of(path: str) -> RequestKind:
    """The kind of request that an address is of; pages are all that is nothing else."""
    for kind in KINDS:
        for beginning in kind.beginnings:
            if path == beginning or path.startswith(f"{beginning}/"):
                return kind
    return PAGES


class LaneFull(Exception):
    """As many requests of this kind wait as may."""


@dataclass
class Lane:
    """The threads of a kind, and how many requests are with them."""

    kind: RequestKind
    _inside: int = 0
    _threads: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self._threads = ThreadPoolExecutor(self.kind.threads, thread_name_prefix=self.kind.name)

    async def run(self, work: Callable[[], T]) -> T:
        """Do this work on one of the lane's threads. LaneFull where too many wait."""
        if self._inside >= self.kind.threads + self.kind.waiting:
            raise LaneFull
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._inside -= 1
