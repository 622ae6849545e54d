"""Somebody keys, or says, a number: it is refused, and nothing comes of any of its digits.

Digits come one by one, each in a request of its own, and each does what its key does, until there are so many
in a row that they are a number, however slowly: only a silence, or a star or hash, ends them. Then the call
goes back to where the first of them was keyed, and the rest of twelve, with the star or hash around them, is
refused as the number is.

None of this remembers a digit: only how many there were, and when the last one came.
"""

from dataclasses import replace
from datetime import UTC

from ivr.call.acts import Turn
from ivr.call.arrival import arrive
from ivr.call.positions import MOST_DIGITS, BeforeDigits
from ivr.call.state import CallState
from ivr.call.transfers import standing_still
from ivr.line.tree import ASK, JOIN

DIGITS_IN_A_ROW = 6
"""So many digits without a silence are more than any way through the menus needs: somebody is
keying a number [own value]."""

WITH_STEERING = 8
"""So many digits, those that steered what is read too, of which the last rings no desk. Where fewer have come
before a transfer is announced, the rest of a number's twelve are refused [own value]."""

AMONG_TWELVE = 5
"""So many of twelve digits in a row that did not steer what is read make a number of them [own value]."""

TYPED_WITHIN = 3
"""Seconds between two keys of which the second was not chosen by what had been said: no option is told in
less [own value]."""

STILL_PART_WITHIN = 10
"""Seconds within which a digit behind the twelfth still belongs to the number: the refusal is being said, and
whoever has heard it and chooses comes later [own value]."""

_DIGITS = "0123456789"
_DAY = 86_400


def after_key(call: CallState, key: str, steers: bool = False) -> CallState:
    """The call with this key counted among the digits in a row; a star or hash that was chosen ends them.
    A key that `steers` what is read is nobody's number, until it is known that one is being keyed."""
    gap = _gap(call)
    if call.position.typed >= MOST_DIGITS and gap > STILL_PART_WITHIN:
        call = ended(call)
    if key in _DIGITS:
        return _counted(call, int(is_number(call) or not steers), 1)
    return _counted(call, 0, 0) if is_number(call) or gap <= TYPED_WITHIN else ended(call)


def after_digits(call: CallState, digits: int) -> CallState:
    """The call with digits counted that came at once."""
    return _counted(call, digits, digits)


def ended(call: CallState) -> CallState:
    """The call with no digits in a row."""
    return call.to(replace(call.position, run=0, typed=0, keyed=0, origin=None))


def is_number(call: CallState) -> bool:
    """Whether so many digits came in a row that they are a number."""
    position = call.position
    return position.run >= DIGITS_IN_A_ROW or (position.typed >= MOST_DIGITS and position.run >= AMONG_TWELVE)


def refused(call: CallState) -> Turn:
    """Back to where the number began, and told that none is needed; a transfer that was announced there
    stands still (R21)."""
    position = call.position
    if position.origin:
        began = position.origin
        position = replace(position, language=began.language, trail=began.trail, speed=began.speed)
    call = standing_still(call.to(replace(position, tries=0)))
    return arrive(call, call.words("say.no_number_needed"))


def without_a_ring(before: CallState, turn: Turn) -> Turn:
    """The turn that followed a key. Where many came in a row, though not all of them counted, no desk is
    rung by the last: it is a number's, where it came too quickly to have been chosen, else it is asked back. Who
    has heard that question out and then presses a key has answered it."""
    answered = before.place.step == ASK and _gap(before) > STILL_PART_WITHIN
    if turn.position.place.step != JOIN or turn.position.typed < WITH_STEERING or answered:
        return turn
    call = before.to(turn.position)
    if _gap(before) <= TYPED_WITHIN:
        return refused(call.to(replace(turn.position, run=MOST_DIGITS)))
    return arrive(standing_still(call))


def _gap(call: CallState) -> float:
    """Seconds since the last digit in a row; endless where there was none."""
    position = call.position
    if not position.typed:
        return float("inf")
    return (_second(call) - position.keyed) % _DAY


def _counted(call: CallState, run: int, typed: int) -> CallState:
    position = call.position
    return call.to(
        replace(
            position,
            run=min(MOST_DIGITS, position.run + run),
            typed=min(MOST_DIGITS, position.typed + typed),
            keyed=_second(call),
            origin=position.origin or BeforeDigits(position.language, position.trail, position.speed),
        )
    )


def _second(call: CallState) -> int:
    """The second of the day, in UTC."""
    now = call.now.astimezone(UTC)
    return now.hour * 3600 + now.minute * 60 + now.second
