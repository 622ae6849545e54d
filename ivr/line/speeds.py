"""How fast the line speaks: four speeds (R7), the same for every voice and recording."""

from collections.abc import Mapping
from enum import StrEnum


class Speed(StrEnum):
    """The speeds, in the order in which key 7 goes through them."""

    NORMAL = "normal"
    SLOW = "slow"
    FAST = "fast"
    VERY_FAST = "very_fast"

    @property
    def next(self) -> "Speed":
        """The speed after this one, round and round."""
        order = list(Speed)
        return order[(order.index(self) + 1) % len(order)]

    @property
    def slower(self) -> "Speed":
        """One step slower, for a number read again (R14)."""
        order = [Speed.SLOW, Speed.NORMAL, Speed.FAST, Speed.VERY_FAST]
        return order[max(0, order.index(self) - 1)]


# R7: morae a minute in Japanese, words a minute in English.
RATES: Mapping[str, Mapping[Speed, int]] = {
    "ja": {Speed.NORMAL: 330, Speed.SLOW: 280, Speed.FAST: 450, Speed.VERY_FAST: 650},
    "en": {Speed.NORMAL: 150, Speed.SLOW: 120, Speed.FAST: 200, Speed.VERY_FAST: 250},
}


def rate(language: str, speed: Speed) -> int:
    """Units a minute at a speed; languages without a rule of their own have English's."""
    return RATES.get(language, RATES["en"])[speed]


def relative(language: str, speed: Speed) -> float:
    """How many times as fast as normal a speed is."""
    return rate(language, speed) / rate(language, Speed.NORMAL)
