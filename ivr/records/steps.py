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
from ivr.line.tree import JOIN, desk_at
from ivr.line.values import Desk, Line

MOST_KEYS_TOLD = 3
"""Digits since a silence that are told, of twelve of a My Number: as many as menus lie in one another [own value]."""

NUMBER_REFUSED = "number refused"
NO_MATCH = "no match"

GOES_ON, RINGS, ENDS, CLOSED, TOLD = "goes on", "rings", "ends", "closed", "told"
"""What can come of a step: the line listens on, a desk is rung next, the line hangs up; it begins to tell of a desk
that is closed, or the number of one that is open, and listens on."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `edition` is the call's; `alert` the numbers of the alerts in force, "" where there is none;
    `language` and `place` are those where the call stands after it. `heard` is the meaning of what was
    heard: "ring", "key 1", "silence", "lost", "dial:busy", "words:place fraud", "number refused", "key"
    and "words:key" where digits are no longer told. `desk` is the one that is rung, has just been, or begins to
    be told of, else ""; `outcome` is GOES_ON, RINGS, ENDS, CLOSED or TOLD."""

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
    told_of = _told_of(line, position, after)
    return Step(
        edition=line.edition,
        alert=",".join(_short(alert.key) for alert in line.alerts_at(now)),
        language=after.language,
        place=str(after.place),
        heard=_told(line, heard, after, now),
        desk=_desk(position, heard, turn) or (told_of.key if told_of else ""),
        outcome=_outcome(turn, None if told_of is None else told_of.hours.is_open(now)),
    )


def _short(alert: str) -> str:
    """The number of an alert, by its key ("alert.7")."""
    return alert.rpartition(".")[2]


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


def _told_of(line: Line, before: Position, after: Position) -> Desk | None:
    """The desk that the line begins to tell of: whose page it has come to."""
    came = before.place.page != after.place.page and after.place.step == "0"
    desk = desk_at(line, after.place.node) if came else None
    return desk and desk.heard_in(after.language)


def _outcome(turn: Turn, is_open: bool | None) -> str:
    """What came of it; `is_open`: whether a desk that is told of is, None where there is none."""
    if any(isinstance(act, HangUp) for act in turn.acts):
        return ENDS
    if any(isinstance(act, Dial) for act in turn.acts):
        return RINGS
    return GOES_ON if is_open is None else TOLD if is_open else CLOSED
