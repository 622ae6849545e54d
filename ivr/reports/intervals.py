"""Intervals of 95 %: where a share or a mean lies, as far as so few calls can tell.

Shares: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927), 209-212.
Differences of shares: R. G. Newcombe, Interval estimation for the difference between independent proportions,
Statistics in Medicine 17 (1998), 873-890, method 10. Differences of means: B. L. Welch, Biometrika 34 (1947), 28-35,
with the quantile of Student's t by Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.5.
"""

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

LEVEL = 0.95
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)


class Interval(NamedTuple):
    """From `low` to `high`, around `value`."""

    value: float
    low: float
    high: float

    @property
    def tells(self) -> bool:
        """Whether a difference is one: the interval does not hold nought."""
        return self.low > 0 or self.high < 0


class Sample(NamedTuple):
    """How many values, their sum, and the sum of their squares."""

    number: int
    total: int
    squares: int

    @property
    def mean(self) -> float:
        """Their mean. ZeroDivisionError where there is none."""
        return self.total / self.number

    @property
    def error(self) -> float:
        """The square of the standard error of the mean: of two values at least."""
        variance = max(0.0, self.squares - self.total * self.total / self.number) / (self.number - 1)
        return variance / self.number


def share(part: int, whole: int) -> Interval:
    """The share of `part` in `whole`, which is not nought (Wilson)."""
    rate, more = part / whole, Z * Z / whole
    middle = (rate + more / 2) / (1 + more)
    half = Z * sqrt(rate * (1 - rate) / whole + more / whole / 4) / (1 + more)
    return Interval(rate, max(0.0, middle - half), min(1.0, middle + half))


def share_difference(before: tuple[int, int], after: tuple[int, int]) -> Interval:
    """How much greater the share (part, whole) is after than before (Newcombe)."""
    one, other = share(*after), share(*before)
    change = one.value - other.value
    low = change - sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    high = change + sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Interval(change, low, high)


def mean(sample: Sample) -> Interval:
    """The mean of values that are none below nought, of which there are two at least (Student)."""
    half = t_quantile(sample.number - 1) * sqrt(sample.error)
    return Interval(sample.mean, max(0.0, sample.mean - half), sample.mean + half)


def mean_difference(before: Sample, after: Sample) -> Interval:
    """How much greater the mean is after than before; of each there are two values at least (Welch)."""
    change, error = after.mean - before.mean, after.error + before.error
    if not error:
        return Interval(change, change, change)
    parts = sum(each.error**2 / (each.number - 1) for each in (before, after))
    half = t_quantile(error * error / parts) * sqrt(error)
    return Interval(change, change - half, change + half)


def t_quantile(freedom: float) -> float:
    """Which value of Student's t with so many degrees of freedom (1 at least) leaves 2.5 % above it: exact to 0.01
    from 3 on, too narrow below."""
    z = Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))
