"""The conversation: `step` says what the line does next.

    step(line, position, heard, now) -> Turn(acts, position)

Every state answers every key in the same way (R5): 1 to 4 choose, 0 leads to a person, `*`
goes back, 5 says it again, 4, 6 and `#` move within what is read, 7 changes the speed, 8
pauses, 9 helps. A call ends only when a transfer has been completed, when the caller hangs
up, after three silences with a goodbye, or where the caller brings nothing new for long (R22).

What is said at a place is in `arrival` and `options`; what follows what was heard in `keypad`,
`utterances`, `patience` and `transfers`; what is counted on the way in `digits_in_a_row`, `heard_places`
and `repetition`.
"""

from collections.abc import Hashable
from datetime import datetime
from typing import Any

from ivr.call import digits_in_a_row as digits
from ivr.call import repetition
from ivr.call.acts import DialEnded, Heard, Key, Lost, NoInput, NumberGiven, Ring, Turn, Words
from ivr.call.arrival import arrive, greet
from ivr.call.keypad import on_digits, on_key
from ivr.call.patience import on_silence
from ivr.call.positions import Position, start
from ivr.call.state import CallState
from ivr.call.transfers import on_dial_ended
from ivr.call.utterances import on_words
from ivr.call.wishes import expected
from ivr.line.values import Line


def step(
    line: Line,
    position: Position | None,
    heard: Heard,
    now: datetime,
    listens: bool = True,
    notes: dict[Hashable, Any] | None = None,
) -> Turn:
    """What the line does when `heard` comes at `position` and `now` (aware); `listens`: whether it hears words
    beside keys. Never raises for a position that `positions.fits` the line. `notes`: one for all steps of a line
    at a moment makes them quicker, where somebody walks through it."""
    call = repetition.begun(CallState(line, position or start(line), now, listens, notes))
    if isinstance(heard, NoInput) and repetition.was_warned(call):
        return repetition.ended(call)
    return repetition.within_limits(call, heard, _answer(call, heard))


def _answer(call: CallState, heard: Heard) -> Turn:  # noqa: PLR0911
    match heard:
        case Ring():
            return greet(call)
        case Lost():
            return arrive(call, call.words("say.restarted"))
        case Key(key):
            return on_key(call, key)
        case Words(text, many):
            return on_words(call.heard_something(), text, many)
        case NoInput():
            return on_silence(digits.ended(call))
        case NumberGiven(many):
            return on_digits(call.heard_something(), many)
        case DialEnded(status):
            return on_dial_ended(digits.ended(call), status)


def hints(line: Line, position: Position, now: datetime) -> tuple[str, ...]:
    """The words that a recogniser should expect at `position`, as they are written."""
    return expected(CallState(line, position, now))
