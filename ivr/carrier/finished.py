"""A finished answer: the document that a step gives, less the times that stand in its addresses.

A step is nearly the same at any second within a span in which nothing of the line changes: but the
addresses in its document tell when the last key came and when the call began. In their place stand marks,
numbers that no document holds by chance, so that the same answer serves many calls.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.call.acts import Turn
from ivr.call.day_times import minute, second
from ivr.call.positions import Position
from ivr.carrier.metrics import Figures
from ivr.records.steps import Step

KEYED, BEGAN = ((1 << 62) | secrets.randbits(62) for _ in range(2))
"""The marks: of 19 digits, others in each process."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What was answered. `document` has marks for times; `keyed_now`: the last key is the one that this
    answers, rather than that of the request. `figures` are counted whenever it is given, `step` is recorded.
    `sounds` are the names of those it plays."""

    document: bytes
    keyed_now: bool
    figures: Figures
    step: Step
    sounds: frozenset[str]

    def at(self, keyed: int, began: int | None, now: datetime) -> bytes | None:
        """The document for a request with these times, at `now` (aware); None in the first second of a day, which
        addresses leave out."""
        last = second(now) if self.keyed_now else keyed
        if not last and _KEYED in self.document:
            return None
        first = minute(now) if began is None else began
        return self.document.replace(_KEYED, b"%d" % last).replace(_BEGAN, b"%d" % first)


_KEYED, _BEGAN = (str(mark).encode() for mark in (KEYED, BEGAN))


def marked(turn: Turn) -> Turn:
    """The turn with marks in place of its times."""
    position = turn.position
    keyed = KEYED if position.keyed else 0
    return replace(turn, position=replace(position, keyed=keyed, began=BEGAN))


def is_clear(position: Position, now: datetime) -> bool:
    """Whether it can be told at `now` which times of a turn at this position are the call's and which are new: not
    in the very second of the last key, nor in the first of a day."""
    return second(now) not in (0, position.keyed)
