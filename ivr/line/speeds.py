"""How fast the line speaks: four speeds (R7), the same for every voice and recording. What they are in
figures stands in the file of each language (`pronunciation.Pace`)."""

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
        """One step slower, as a wish and for a number read again (R14); the slowest stays."""
        return SLOW_TO_FAST[max(0, SLOW_TO_FAST.index(self) - 1)]

    @property
    def faster(self) -> "Speed":
        """One step faster; the fastest stays."""
        return SLOW_TO_FAST[min(len(SLOW_TO_FAST) - 1, SLOW_TO_FAST.index(self) + 1)]


SLOW_TO_FAST = (Speed.SLOW, Speed.NORMAL, Speed.FAST, Speed.VERY_FAST)
"""The speeds by themselves, which two wishes go along and do not pass the ends of."""
