"""What was heard, as its meaning: few words that stand for all ways to say it, and hold none of them.

"ring", "key 1", "silence", "lost", "dial busy", "words place fraud", "words nothing". The line answers
everything of one meaning alike, but for digits that came at once, of which it matters how many they were.
"""

from datetime import datetime

from ivr.call.acts import DialEnded, Heard, Key, Lost, NoInput, NumberGiven, Ring, Words
from ivr.call.positions import Position
from ivr.call.state import CallState
from ivr.call.wishes import wish
from ivr.line.tree import FAILURES
from ivr.line.values import Line

KEY, DIAL, WORDS = "key", "dial", "words"
"""What a meaning begins with that says which key, which end of a transfer, or what was wished."""

DIGITS = "digits"
"""Digits that came at once, keyed or said."""

COMPLETED = "completed"


def meaning(line: Line, position: Position, heard: Heard, now: datetime, listens: bool = True) -> str:  # noqa: PLR0911
    """The meaning of what was heard at a position and at `now` (aware), as `step` takes it."""
    match heard:
        case Ring():
            return "ring"
        case Lost():
            return "lost"
        case NoInput():
            return "silence"
        case NumberGiven():
            return DIGITS
        case Key(key):
            return f"{KEY} {key}"
        case DialEnded(status):
            return f"{DIAL} {status if status in (COMPLETED, *FAILURES) else 'failed'}"
        case Words(text, many):
            return _of_words(CallState(line, position, now, listens), text, many)


def _of_words(call: CallState, text: str, many: int) -> str:
    wanted = wish(call, text)
    if not wanted:
        return DIGITS if many else f"{WORDS} nothing"
    return f"{WORDS} {wanted.kind} {wanted.what}".strip()
