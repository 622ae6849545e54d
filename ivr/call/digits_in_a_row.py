"""Somebody keys, or says, a number: it is refused, and nothing comes of any of its digits.

Digits come one by one, each in a request of its own, and each does what its key does, until there are so many
in a row that they are a number. Then the call goes back to where the first of them was keyed, and the rest of
them, with the star or hash around them, is refused as the number is.

None of this remembers a digit: only how many there were, and when the last one came.
"""

from dataclasses import replace
from datetime import UTC

from ivr.call.acts import Turn
from ivr.call.arrival import arrive
from ivr.call.positions import MOST_DIGITS, BeforeDigits, Position
from ivr.call.state import CallState
from ivr.call.transfers import standing_still
from ivr.line.tree import JOIN

DIGITS_IN_A_ROW = 6
"""So many digits without a silence are more than any way through the menus needs: somebody is
keying a number [own value]."""

TYPED_WITHIN = 3
"""Seconds between two keys of which the second was not chosen by what had been said: no option is told in
less [own value]."""

PART_OF_NUMBER_WITHIN = 10
"""Seconds within which a digit after a refused number belongs to it: the refusal is being said, and whoever
has heard it and chooses comes later [own value]."""

PAGING_KEYS = "4567"
"""Keys that steer what is read: many in a row are nobody's number."""

_DIGITS = "0123456789"
_DAY = 86_400


def after_key(call: CallState, key: str) -> CallState:
    """The call with this key counted among the digits in a row; a star or hash that was chosen ends them."""
    position = call.position
    gap = _gap(call)
    number = position.run >= DIGITS_IN_A_ROW
    if number and gap > PART_OF_NUMBER_WITHIN:
        return after_key(ended(call), key)
    if key in _DIGITS:
        counts = number or not (key in PAGING_KEYS and call.reading)
        return _counted(call, int(counts), 1)
    return _counted(call, 0, 0) if number or gap <= TYPED_WITHIN else ended(call)


def after_digits(call: CallState, digits: int) -> CallState:
    """The call with digits counted that came at once."""
    return _counted(call, digits, digits)


def ended(call: CallState) -> CallState:
    """The call with no digits in a row."""
    return call.to(replace(call.position, run=0, typed=0, keyed=0, origin=None))


def is_number(call: CallState) -> bool:
    """Whether so many digits came in a row that they are a number."""
    return call.position.run >= DIGITS_IN_A_ROW


def refused(call: CallState) -> Turn:
    """Back to where the number began, and told that none is needed; a transfer that was announced there
    stands still (R21)."""
    position = call.position
    if position.origin:
        began = position.origin
        position = replace(position, language=began.language, trail=began.trail, speed=began.speed)
    call = standing_still(call.to(replace(position, tries=0)))
    return arrive(call, call.words("say.no_number_needed"))


def without_a_ring(turn: Turn, call: CallState) -> Turn:
    """The turn that followed a key, but nothing is rung by one of many that came too quickly to have been
    chosen, though not all of them counted."""
    if turn.position.place.step == JOIN and turn.position.typed >= DIGITS_IN_A_ROW:
        return refused(call.to(replace(turn.position, run=MOST_DIGITS)))
    return turn


def _gap(call: CallState) -> float:
    """Seconds since the last digit in a row; endless where there was none."""
    position = call.position
    if not (position.run or position.typed):
        return float("inf")
    return (_second(call) - position.keyed) % _DAY


def _counted(call: CallState, run: int, typed: int) -> CallState:
    position = call.position
    quick = _gap(call) <= TYPED_WITHIN
    begun = bool(position.run or quick)
    return call.to(
        replace(
            position,
            run=min(MOST_DIGITS, position.run + run),
            typed=min(MOST_DIGITS, (position.typed if quick else 0) + typed),
            keyed=_second(call),
            origin=position.origin if begun else _here(position),
        )
    )


def _here(position: Position) -> BeforeDigits:
    return BeforeDigits(position.language, position.trail, position.speed)


def _second(call: CallState) -> int:
    """The second of the day, in UTC."""
    now = call.now.astimezone(UTC)
    return now.hour * 3600 + now.minute * 60 + now.second
