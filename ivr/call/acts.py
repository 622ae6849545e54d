"""What is heard from a caller, and what the line does in answer. Values only."""

from dataclasses import dataclass

from ivr.call.positions import Position
from ivr.line.speeds import Speed
from ivr.line.words import Part


@dataclass(frozen=True, slots=True)
class Ring:
    """Somebody rings."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key was pressed: 0 to 9, * or #."""

    key: str


@dataclass(frozen=True, slots=True)
class Words:
    """Something was said that the carrier could write down."""

    text: str


@dataclass(frozen=True, slots=True)
class NoInput:
    """Nothing came within the wait."""


@dataclass(frozen=True, slots=True)
class NumberGiven:
    """Digits came that may be somebody's My Number; they were dropped at the edge."""


@dataclass(frozen=True, slots=True)
class DialEnded:
    """A transfer ended: completed, busy, no_answer, failed or canceled."""

    status: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The call's place is not known (any more)."""


Heard = Ring | Key | Words | NoInput | NumberGiven | DialEnded | Lost


@dataclass(frozen=True, slots=True)
class Say:
    """Speak in one language at one speed."""

    language: str
    speed: Speed
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Speak, then listen for one key for `wait` seconds; any key interrupts (R12)."""

    says: tuple[Say, ...]
    wait: int


@dataclass(frozen=True, slots=True)
class Dial:
    """Join the caller to a desk; `number` in E.164."""

    desk: str
    number: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


Act = Say | Ask | Dial | HangUp


@dataclass(frozen=True, slots=True)
class Turn:
    """The line's answer, and where the call stands after it."""

    acts: tuple[Act, ...]
    position: Position
