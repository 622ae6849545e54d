"""Somebody keys, or says, a number: it is refused, and nothing comes of any of its digits.

Digits come one by one, each in a request of its own, and each does what its key does, until there are so many
in a row that they are a number, however slowly: only a silence, or a star or hash, ends them. Then the call
goes back to where the first of them was keyed, and the rest of twelve, with the star or hash around them, is
refused as the number is.

A star or hash that was chosen goes back or turns pages, and so ends what would be refused: whoever reads with
them is never told of a number. But a number may be keyed with them between its digits, as slowly. So the digits
since the last silence are counted beyond them, and where they are many no key rings at once: it is asked back.

None of this remembers a digit: only how many there were, and when the last one came.
"""

from dataclasses import replace

from ivr.call.acts import Turn
from ivr.call.arrival import arrive
from ivr.call.day_times import SECONDS, STILL_PART_WITHIN, TYPED_WITHIN, second
from ivr.call.positions import MOST_DIGITS, BeforeDigits, Position
from ivr.call.state import CallState
from ivr.call.transfers import standing_still
from ivr.line.tree import ASK, JOIN

DIGITS_IN_A_ROW = 6
"""So many digits without a silence are more than any way through the menus needs: somebody is
keying a number [own value]."""

WITH_STEERING = 8
"""So many digits without a silence, those that steered what is read too, of which the last rings no desk. Where
fewer have come before a transfer is announced, the rest of a number's twelve stop it [own value]."""

GROUP = 4
"""So many digits of a My Number stand together, with a star or hash between."""

AGREES = "1"
"""The key that agrees to a transfer that was asked back."""

AMONG_TWELVE = 5
"""So many of twelve digits in a row that did not steer what is read make a number of them [own value]."""

_DIGITS = "0123456789"


def after_key(call: CallState, key: str, steers: bool = False) -> CallState:
    """The call with this key counted among the digits in a row; a star or hash that was chosen ends them.
    A key that `steers` what is read is nobody's number, until it is known that one is being keyed."""
    gap = _gap(call)
    if call.position.typed >= MOST_DIGITS and gap > STILL_PART_WITHIN:
        call = ended(call)
    if key in _DIGITS:
        return _counted(call, int(is_number(call) or not steers), 1)
    return _counted(call, 0, 0) if is_number(call) or gap <= TYPED_WITHIN else _steered(call, second(call.now))


def after_digits(call: CallState, digits: int) -> CallState:
    """The call with digits counted that came at once."""
    return _counted(call, digits, digits)


def ended(call: CallState) -> CallState:
    """The call with no digits in a row."""
    position = call.position
    if not (position.typed or position.run or position.unbroken or position.keyed or position.origin):
        return call
    return call.to(replace(_steered(call, 0).position, unbroken=0))


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


def without_a_ring(before: CallState, key: str, turn: Turn) -> Turn:
    """The turn that followed a key. Where many came without a silence, though not all of them counted, no desk is
    rung by the last: it is a number's, where it came too quickly to have been chosen, else it is asked back; and
    who was asked back agrees by a key, or by a second or third where those before may still end a number."""
    position = turn.position
    if position.place.step != JOIN or position.unbroken < WITH_STEERING:
        return turn
    call = before.to(position)
    if position.typed >= WITH_STEERING and _gap(before) <= TYPED_WITHIN:
        return refused(call.to(replace(position, run=MOST_DIGITS)))
    if not agrees(before, key):
        return arrive(standing_still(call))
    if not _may_end_a_number(before, position):
        return turn
    return arrive(standing_still(call.to(replace(position, unbroken=MOST_DIGITS - 2))))


def agrees(call: CallState, key: str) -> bool:
    """Whether this key is the answer to a transfer that was asked back because of the digits before it: no number's,
    if it did not come too quickly to be one."""
    asked = call.place.step == ASK and call.position.unbroken >= WITH_STEERING
    return asked and key == AGREES and _since(call) > TYPED_WITHIN


def _may_end_a_number(before: CallState, position: Position) -> bool:
    """Whether a key comes so soon that it may be the last of twelve digits, or of four behind a star or hash."""
    complete = position.unbroken >= MOST_DIGITS or position.typed in (GROUP, 2 * GROUP)
    return complete and _since(before) <= STILL_PART_WITHIN


def _steered(call: CallState, keyed: int) -> CallState:
    """The call after a star or hash that was chosen at this second of the day."""
    return call.to(replace(call.position, run=0, typed=0, keyed=keyed, origin=None))


def _gap(call: CallState) -> float:
    """Seconds since the last digit in a row; endless where there was none."""
    return _since(call) if call.position.typed else float("inf")


def _since(call: CallState) -> float:
    """Seconds since the last key since a silence; endless where there was no digit."""
    return (second(call.now) - call.position.keyed) % SECONDS if call.position.unbroken else float("inf")


def _counted(call: CallState, run: int, typed: int) -> CallState:
    position = call.position
    return call.to(
        replace(
            position,
            run=min(MOST_DIGITS, position.run + run),
            typed=min(MOST_DIGITS, position.typed + typed),
            unbroken=min(MOST_DIGITS, position.unbroken + typed),
            keyed=second(call.now),
            origin=position.origin or BeforeDigits(position.language, position.trail, position.speed),
        )
    )
