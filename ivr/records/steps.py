"""One step of a call as it is recorded: where the call was, what that meant, and what came of it.

A step holds no number, no digits of one and no speech. A key is told as long as few came since a silence, also of
those that chose something: of more, a number may be made, and the journal would hold it digit by digit. Where a key
led to tells the place.
"""

from dataclasses import dataclass
from datetime import datetime

from ivr.call.acts import Dial, HangUp, Turn
from ivr.call.digits_in_a_row import is_number
from ivr.call.meanings import DIAL, DIGITS, KEY, WORDS
from ivr.call.positions import Position
from ivr.call.state import CallState
from ivr.line.tree import JOIN
from ivr.line.values import Line

MOST_KEYS_TOLD = 3
"""Digits since a silence that are told, of twelve of a My Number: as many as menus lie in one another [own value]."""

NUMBER_REFUSED = "number refused"
NO_MATCH = "no match"

GOES_ON, RINGS, ENDS = "goes on", "rings", "ends"
"""What can come of a step: the line listens on, a desk is rung next, the line hangs up."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `edition` is the call's; `alert` the keys of the alerts in force, "" where there is none;
    `language` and `place` are those where the call stands after it. `heard` is the meaning of what was
    heard: "ring", "key 1", "silence", "lost", "dial:busy", "words:place fraud", "number refused", "key"
    and "words:key" where digits are no longer told. `desk` is the one that is rung, or has just been,
    else ""; `outcome` is GOES_ON, RINGS or ENDS."""

    edition: str
    alert: str
    language: str
    place: str
    heard: str
    desk: str
    outcome: str


def step_of(line: Line, position: Position, heard: str, turn: Turn, now: datetime) -> Step:
    """The step that a turn was: `heard` is its meaning (`ivr.call.meanings`) at this position and at `now` (aware)."""
    after = turn.position
    return Step(
        edition=line.edition,
        alert=",".join(alert.key for alert in line.alerts_at(now)),
        language=after.language,
        place=str(after.place),
        heard=_told(line, heard, after, now),
        desk=_desk(position, heard, turn),
        outcome=_outcome(turn),
    )


def _told(line: Line, heard: str, after: Position, now: datetime) -> str:
    if is_number(CallState(line, after, now)):
        return NUMBER_REFUSED
    kind, _, what = heard.partition(" ")
    match kind:
        case _ if heard == DIGITS:
            return NO_MATCH
        case "key":
            return heard if after.unbroken <= MOST_KEYS_TOLD else KEY
        case "words":
            is_key = what.startswith(KEY) and after.unbroken > MOST_KEYS_TOLD
            return f"{WORDS}:{KEY if is_key else what}"
        case "dial":
            return f"{DIAL}:{what}"
        case _:
            return heard


def _desk(position: Position, heard: str, turn: Turn) -> str:
    rung = next((act.desk for act in turn.acts if isinstance(act, Dial)), "")
    has_been = heard.startswith(DIAL) and position.place.step == JOIN
    return position.place.node if has_been else rung


def _outcome(turn: Turn) -> str:
    if any(isinstance(act, HangUp) for act in turn.acts):
        return ENDS
    return RINGS if any(isinstance(act, Dial) for act in turn.acts) else GOES_ON
