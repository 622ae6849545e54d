"""Leases: a process that works on something says again and again that it lives.

Whoever finds a lease that has run out knows that its process is gone, and takes the work up. What is leased is a
row in the database with the moment until which it is held.
"""

import logging
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Event, Lock, Thread

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
"""How long one lasts without being renewed [own value]: a busy machine keeps a thread waiting for seconds."""

EVERY = 5.0
"""Seconds between two renewals [own value]."""

Renew = Callable[[datetime], None]
"""Writes down until when something is held."""


class Leases:
    """What this process holds. `today` is the time of day (aware)."""

    def __init__(self, today: Callable[[], datetime], every: float = EVERY):
        self.today = today
        self.every = every
        self._held: dict[Hashable, Renew] = {}
        self._lock = Lock()
        self._idle = Event()

    def hold(self, what: Hashable, renew: Renew) -> None:
        """Renew this from now on, until it is released."""
        with self._lock:
            begins = not self._held
            self._held[what] = renew
            if begins:
                self._idle = Event()
                Thread(target=self._renew_all, args=(self._idle,), name="leases", daemon=True).start()

    def release(self, what: Hashable) -> None:
        """Renew it no longer."""
        with self._lock:
            self._held.pop(what, None)
            if not self._held:
                self._idle.set()

    def _renew_all(self, idle: Event) -> None:
        while not idle.wait(self.every):
            with self._lock:
                held = tuple(self._held.values())
            for renew in held:
                try:
                    renew(self.today() + LEASE)
                except Exception:  # the database is away: others take it up when it is back
                    log.exception("a lease could not be renewed")
