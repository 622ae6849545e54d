"""What a step takes of the time beside the hours of desks: how soon a key came, and how long the call has lasted.

A call carries times of day in UTC, since it knows no date. Two steps at which all else is alike are alike where
their `Haste` is.
"""

from datetime import UTC, datetime
from typing import NamedTuple

SECONDS, MINUTES = 86_400, 1440
"""Of a day."""

TYPED_WITHIN = 3
"""Seconds between two keys of which the second was not chosen by what had been said: no option is told in
less [own value]."""

STILL_PART_WITHIN = 10
"""Seconds within which a digit behind the twelfth still belongs to the number: the refusal is being said, and
whoever has heard it and chooses comes later [own value]."""

LONGEST_MINUTES = 60
"""From here on each key that brings nothing new counts as several of them (`repetition.LATE`), so that five in a
row are told the same, and three more end the call [own value]."""


class Haste(NamedTuple):
    """How soon a step comes after the last key: `typed`, or `still` part of a number; `late`: in a long call."""

    typed: bool
    still: bool
    late: bool


def haste(keyed: int, began: int | None, now: datetime) -> Haste:
    """Of a step at `now` (aware), where the last key came at the second of the day `keyed` and the call `began` at
    that minute of it; None: it begins now."""
    seconds = (second(now) - keyed) % SECONDS
    late = began is not None and (minute(now) - began) % MINUTES >= LONGEST_MINUTES
    return Haste(seconds <= TYPED_WITHIN, seconds <= STILL_PART_WITHIN, late)


def second(now: datetime) -> int:
    """The second of the day, in UTC."""
    time = now.astimezone(UTC)
    return time.hour * 3600 + time.minute * 60 + time.second


def minute(now: datetime) -> int:
    """The minute of the day, in UTC."""
    return second(now) // 60
