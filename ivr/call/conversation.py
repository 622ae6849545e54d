"""The conversation: `step` says what the line does next.

    step(line, position, heard, now) -> Turn(acts, position)

Every state answers every key in the same way (R5): 1 to 4 choose, 0 leads to a person, `*`
goes back, 5 says it again, 4, 6 and `#` move within what is read, 7 changes the speed, 8
pauses, 9 helps. A call ends only when a transfer has been completed, when the caller hangs
up, or after three silences with a goodbye.

What is said at a place is in `arrival` and `options`; what follows what was heard in `keypad`,
`utterances`, `patience` and `transfers`.
"""

from datetime import datetime

from ivr.call.acts import DialEnded, Heard, Key, Lost, NoInput, NumberGiven, Ring, Turn, Words
from ivr.call.arrival import arrive, greet
from ivr.call.keypad import on_key
from ivr.call.patience import on_silence
from ivr.call.positions import Position, start
from ivr.call.state import CallState
from ivr.call.transfers import on_dial_ended
from ivr.call.utterances import on_words
from ivr.call.wishes import expected
from ivr.line.values import Line


def step(line: Line, position: Position | None, heard: Heard, now: datetime) -> Turn:  # noqa: PLR0911
    """What the line does when `heard` comes at `position` and `now` (aware). Never raises for
    a position that `positions.fits` the line."""
    call = CallState(line, position or start(line), now)
    match heard:
        case Ring():
            return greet(call)
        case Lost():
            return arrive(call, call.words("say.restarted"))
        case Key(key):
            return on_key(call, key)
        case Words(text):
            return on_words(call.heard_something(run=0), text)
        case NoInput():
            return on_silence(call)
        case NumberGiven():
            return arrive(call.heard_something(run=0), call.words("say.no_number_needed"))
        case DialEnded(status):
            return on_dial_ended(call, status)


def hints(line: Line, position: Position, now: datetime) -> tuple[str, ...]:
    """The words that a recogniser should expect at `position`, as they are written."""
    return expected(CallState(line, position, now))
