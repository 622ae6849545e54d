"""What all ways of sending have in common."""

from typing import Protocol

from ivr.notices.kinds import Letter
from ivr.people.telling import Told

PATIENCE = 10.0
"""Seconds that a server may take to answer [own value]: nobody waits for it."""


class Undelivered(Exception):
    """It did not get there. `told`: why, in words for administrators; `for_good`: no other try would do better;
    `down`: nothing else gets there this way just now."""

    def __init__(self, told: Told, for_good: bool = False, down: bool = False):
        super().__init__(told[0] % told[1] if told[1] else told[0])
        self.told, self.for_good, self.down = told, for_good, down


class Sender(Protocol):
    """Sends letters by one way."""

    def send(self, to: str, letter: Letter) -> None:
        """Send it now. Undelivered."""
