"""What was heard, as its meaning: few words that stand for all ways to say it, and hold none of them.

"ring", "key 1", "silence", "lost", "dial busy", "words place fraud", "words nothing". The line answers
everything of one meaning alike, but for digits that came at once, of which it matters how many they were.
"""

from datetime import datetime

from ivr.call.acts import DialEnded, Heard, Key, Lost, NoInput, Ring, Words
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


def plain(heard: Heard) -> str | None:
    """The meaning of what is the same wherever it is heard; None of words, and of digits that came at once."""
    match heard:
        case Ring():
            return "ring"
        case Lost():
            return "lost"
        case NoInput():
            return "silence"
        case Key(key):
            return f"{KEY} {key}"
        case DialEnded(status):
            return f"{DIAL} {status if status in (COMPLETED, *FAILURES) else 'failed'}"
    return None


def meaning(line: Line, position: Position, heard: Heard, now: datetime, listens: bool = True) -> str:
    """The meaning of what was heard at a position and at `now` (aware), as `step` takes it."""
    if isinstance(heard, Words):
        return _of_words(CallState(line, position, now, listens), heard)
    return plain(heard) or DIGITS


def _of_words(call: CallState, words: Words) -> str:
    wanted = wish(call, words.text)
    if not wanted:
        return DIGITS if words.digits else f"{WORDS} nothing"
    return f"{WORDS} {wanted.kind} {wanted.what}".strip()
