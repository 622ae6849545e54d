"""Few callers are hidden, and nobody finds them by subtracting."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.records.stories import Figure, Sums
from ivr.reports import grids as raw
from ivr.reports.counts import Counts
from ivr.reports.grids import CALLS, TOTAL
from ivr.reports.hiding import FEWEST, hidden_parts, is_total_hidden

pytestmark = pytest.mark.timeless

NUMBERS = st.lists(st.integers(0, 12), min_size=1, max_size=8)


@given(NUMBERS, st.integers(0, 12))
def test_no_few_are_shown_and_none_can_be_worked_out(parts: list[int], rest: int) -> None:
    total = sum(parts) + rest
    hidden = hidden_parts(parts, total)
    assert all(place in hidden for place, number in enumerate(parts) if 0 < number < FEWEST)
    assert all(parts[place] for place in hidden), "nobody stands behind nought"
    if not is_total_hidden(parts, total, hidden):
        unknown = [*(parts[place] for place in hidden), rest]
        assert sum(unknown) == 0 or sum(unknown) >= FEWEST
        assert not hidden or len([number for number in unknown if number]) > 1


@pytest.mark.parametrize(
    ("parts", "hidden"),
    [
        ([50, 30, 20], set()),
        ([50, 30, 3], {1, 2}),  # alone, it were 83 - 80
        ([50, 2, 3], {1, 2}),
        ([50, 1, 1], {0, 1, 2}),  # two are known to be so few
        ([0, 30, 20], set()),
        ([50, 4, 0, 6], {1, 3}),
    ],
)
def test_another_number_is_hidden_beside_a_single_one(parts: list[int], hidden: set[int]) -> None:
    assert hidden_parts(parts, sum(parts)) == hidden


def test_where_nothing_is_left_to_hide_the_total_is() -> None:
    assert is_total_hidden([3, 0], 3, {0}) and is_total_hidden([3], 3, hidden_parts([3], 3))
    assert not is_total_hidden([3, 2], 5, {0, 1})


def counts(**figures: dict[str, int]) -> Counts:
    found = {(figure, item): Sums(number) for figure, items in figures.items() for item, number in items.items()}
    return Counts(found, {date(2026, 11, 1): 10}, {"ja": 10})


def grids_of(month: dict[str, int]) -> raw.Grids:
    """Places where callers hung up."""
    return raw.grids(counts(left=month), (), ("city",), ())


def test_what_a_desk_hides_no_group_of_desks_tells() -> None:
    """Three were joined to the national desk, which makes up the switchboard with the city's."""
    calls = counts(
        result={"joined": 43, "alone": 60}, joined={"city": 20, "national": 3, "police": 20}, calls={"": 103}
    )
    filled = raw.grids(calls, ("city", "national", "police"), ("city", "national"), ())
    few = raw.hidden(filled, ("city", "national"))
    assert ("national", CALLS) in few["joined"] and len(few["joined"]) == 2
    (other,) = {item for item, _ in few["joined"]} - {"national"}
    told_of_groups = {item for item, _ in few["results"]}
    assert (other == "city") == (not told_of_groups), "both of one group, or both groups are hidden"


def test_the_complement_of_a_share_is_hidden_as_well() -> None:
    filled = raw.grids(counts(begun={"mail": 50, "paid": 50}, heard={"mail": 48, "paid": 30}), (), (), ())
    few = raw.hidden(filled, ())["texts"]
    assert few == {("mail", "heard")}, "two who did not hear it to the end"


def test_a_year_does_not_tell_what_one_of_its_months_hides() -> None:
    april, may = grids_of({"main": 30, "mail": 40, "paid": 3}), grids_of({"main": 30, "mail": 40, "paid": 30})
    months = [(month, raw.hidden(month, ())) for month in (april, may)]
    year = grids_of({"main": 60, "mail": 80, "paid": 33})
    assert not raw.hidden(year, ())["left"], "by itself nothing is few"
    few = raw.hidden(year, (), raw.kept_hidden(months))["left"]
    assert ("paid", CALLS) in few and len(few) == 2
    assert (TOTAL, CALLS) not in few


def test_several_months_of_few_are_shown_together() -> None:
    months = [(each, raw.hidden(each, ())) for each in [grids_of({"main": 30, "paid": 3, "mail": 4})] * 2]
    kept = raw.kept_hidden(months)
    assert ("paid", CALLS) not in kept.get("left", frozenset())


def test_a_single_figure_is_hidden_by_itself() -> None:
    filled = raw.grids(counts(wrong={"main": 4, "mail": 9}), (), (), ())
    assert raw.hidden(filled, ())["wrong"] == {("main", CALLS)}
    assert str(Figure.WRONG) == "wrong"
