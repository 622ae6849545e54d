"""Intervals as their authors, and tables, have them."""

import pytest

from ivr.reports.intervals import Sample, mean, mean_difference, share, share_difference, t_quantile

pytestmark = pytest.mark.timeless


def sample(*values: int) -> Sample:
    return Sample(len(values), sum(values), sum(value * value for value in values))


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_has_the_interval_of_wilson(part: int, whole: int, low: float, high: float) -> None:
    found = share(part, whole)
    assert found.value == part / whole
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((0, 10), (10, 10), 0.6075, 1.0),
        ((29, 29), (29, 29), -0.1170, 0.1170),
    ],
)
def test_a_difference_of_shares_has_the_interval_of_newcombe(
    before: tuple[int, int], after: tuple[int, int], low: float, high: float
) -> None:
    found = share_difference(before, after)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)
    assert found.tells is (low > 0)


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(3, 3.182), (5, 2.571), (10, 2.228), (30, 2.042), (120, 1.980), (1e9, 1.960)]
)
def test_quantiles_are_those_of_student(freedom: float, quantile: float) -> None:
    assert t_quantile(freedom) == pytest.approx(quantile, abs=0.011)


def test_a_mean_has_the_interval_of_student() -> None:
    found = mean(sample(10, 12, 14, 16, 18))  # s = 3.1623, t = 2.776, 2.776 * 3.1623 / sqrt(5) = 3.926
    assert (found.value, found.low, found.high) == pytest.approx((14, 10.074, 17.926), abs=0.02)


def test_no_time_is_said_to_be_below_nought() -> None:
    found = mean(sample(2, 3, 2, 60))
    assert found.low == 0 and found.high > found.value


def test_a_difference_of_means_has_the_interval_of_welch() -> None:
    before, after = sample(*range(20, 40)), sample(*range(31, 51))
    found = mean_difference(before, after)
    assert found.value == 11 and found.tells
    assert (found.low, found.high) == pytest.approx((7.21, 14.79), abs=0.01)  # t(38) = 2.024, error 1.871
    assert mean_difference(sample(5, 5, 5), sample(5, 5, 5)) == (0, 0, 0)
