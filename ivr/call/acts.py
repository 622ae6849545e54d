"""What is heard from a caller, and what the line does in answer. Values only."""

from collections.abc import Iterable
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
    """Something was said that the carrier could write down; `digits` stand in a row in it."""

    text: str
    digits: int = 0


@dataclass(frozen=True, slots=True)
class NoInput:
    """Nothing came within the wait."""


@dataclass(frozen=True, slots=True)
class NumberGiven:
    """Digits came at once, so many that they may be somebody's My Number or a part of it; they were dropped
    at the edge."""

    digits: int = 12


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
class Play:
    """Play the sound at an address."""

    url: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Speak, then listen for `wait` seconds; any key interrupts (R12). One key is listened for, or up to
    `digits` of them, which # ends."""

    says: tuple[Say | Play, ...]
    wait: int
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Dial:
    """Join the caller to a desk; `number` in E.164. `about`: the text or menu of which the desk is told before;
    None where it is told nothing."""

    desk: str
    number: str
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Sound a tone and record, until `end` is pressed, for `silence` seconds nothing is said, or `longest`
    seconds have passed."""

    longest: int
    silence: int
    end: str = "#"


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


Act = Say | Play | Ask | Dial | Record | HangUp


def words_of(acts: Iterable[Act]) -> tuple[Say, ...]:
    """All that is said in these acts, in order."""
    asked = (act.says if isinstance(act, Ask) else (act,) for act in acts)
    return tuple(each for says in asked for each in says if isinstance(each, Say))


@dataclass(frozen=True, slots=True)
class Turn:
    """The line's answer, and where the call stands after it."""

    acts: tuple[Act, ...]
    position: Position
