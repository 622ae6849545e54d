"""Somebody keys a My Number, at any place, at any speed, or says it: it is refused, and rings nobody."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr.call.acts import Dial, DialEnded, Heard, Key, NoInput, NumberGiven, Ring, Turn, Words
from ivr.call.conversation import step
from ivr.call.positions import start
from ivr.line.loading import read
from tests.support.given import PROMPTS, SUNDAY_NIGHT, TUESDAY_11, moment

pytestmark = pytest.mark.timeless

LINE = read(PROMPTS)
PLACES = ("", "1", "11", "111", "13", "33", "331", "334", "9", "8", "4", "41", "0", "108", "109", "31", "21")
DIGITS = st.text("0123456789", min_size=12, max_size=12)


class Caller:
    """A call whose clock goes on with every key."""

    def __init__(self, way: str = "", at: str = TUESDAY_11) -> None:
        self.now: datetime = moment(at, LINE)
        self.turn = step(LINE, start(LINE), Ring(), self.now)
        for key in way:
            self.does(Key(key), 20)
        heard_before = replace(self.turn.position, run=0, typed=0, keyed=0, unbroken=0, origin=None)
        self.turn = replace(self.turn, position=heard_before)

    def does(self, heard: Heard, after: float = 0) -> Turn:
        self.now += timedelta(seconds=after)
        self.turn = step(LINE, self.turn.position, heard, self.now)
        return self.turn

    def keys(self, keys: str, after: float = 0) -> Turn:
        for key in keys:
            self.does(Key(key), after)
        return self.turn

    @property
    def rings(self) -> bool:
        return any(isinstance(act, Dial) for act in self.turn.acts)

    @property
    def refused(self) -> bool:
        said = [part for act in self.turn.acts for say in getattr(act, "says", ()) for part in say.parts]
        return any(getattr(part, "key", "") == "say.no_number_needed" for part in said)


@settings(max_examples=250, deadline=None)
@given(DIGITS, st.sampled_from(PLACES), st.sampled_from(["", "*", "#"]), st.sampled_from(["", "*", "#"]), st.data())
@example("331177889900", "", "", "", None)
@example("112233445566", "", "#", "#", None)
def test_a_number_rings_nobody_however_fast_it_is_keyed(
    number: str, way: str, before: str, after: str, data: st.DataObject | None
) -> None:
    caller = Caller(way)
    for digit in before + number + after:
        caller.does(Key(digit), data.draw(st.floats(0, 3)) if data else 0)
    assert not caller.rings
    caller.does(NoInput(), 12)
    assert not caller.rings


def with_check_digit(eleven: str) -> str:
    """A My Number of these digits, with the last by the law's rule (weights 2 to 7, 2 to 6, modulo 11)."""
    weights = (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)
    rest = sum(int(digit) * weight for digit, weight in zip(reversed(eleven), weights, strict=True)) % 11
    return eleven + str(0 if rest <= 1 else 11 - rest)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(
    DIGITS,
    st.booleans(),
    st.sampled_from((*PLACES, "12", "3")),
    st.tuples(st.sampled_from(["*", "#"]), st.sampled_from(["*", "#"]), st.sampled_from(["", "*", "#"])),
    st.lists(st.floats(0.3, 10), min_size=15, max_size=15),
)
@example("228173169340", False, "21", ("*", "#", ""), [4.5] * 15)
@example("716720550156", False, "12", ("*", "*", ""), [9.0] * 15)
@example("439905271850", False, "3", ("*", "*", ""), [7.0] * 15)
@example("177325452711", False, "31", ("*", "#", ""), [6.0] * 11 + [2.0] * 4)
@example("304179319601", False, "11", ("*", "*", ""), [8.0] * 5 + [2.0] + [8.0] * 9)
def test_a_number_with_stars_or_hashes_in_it_rings_nobody_however_slowly_it_is_keyed(
    number: str, checked: bool, way: str, between: tuple[str, str, str], gaps: list[float]
) -> None:
    number = with_check_digit(number[:11]) if checked else number
    first, second, last = between
    caller = Caller(way)
    for key, gap in zip(number[:4] + first + number[4:8] + second + number[8:] + last, gaps, strict=False):
        caller.does(Key(key), gap)
    assert not caller.rings
    caller.does(NoInput(), 12)
    assert not caller.rings


TEXTS = ("11", "12", "13", "21", "311", "312", "331")


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(TEXTS), st.text("6#45", max_size=12), st.sampled_from(["", "0*", "7", "9*"]), st.booleans()
        ),
        min_size=1,
        max_size=6,
    ),
    st.floats(4, 10),
)
def test_who_reads_by_star_and_hash_is_never_told_of_a_number(
    walk: list[tuple[str, str, str, bool]], gap: float
) -> None:
    """From text to text, never silent: by its keys, to and fro in it, and back to the greeting by the star."""
    caller = Caller()
    for way, pages, more, person in walk:
        for key in way + pages + more + ("0" if person else ""):
            caller.does(Key(key), gap)
            assert not caller.refused
        for _ in range(3):
            if caller.turn.position.place.step == "ask":
                caller.keys("1", gap)
                assert not caller.refused
        assert caller.turn.position.place.step != "ask"
        while len(caller.turn.position.trail) > 1:
            caller.keys("*", gap)
            assert not caller.refused


def test_a_transfer_that_is_asked_back_after_many_keys_is_agreed_to_by_a_key() -> None:
    caller = Caller("13")
    caller.keys("666666666", 5)
    caller.keys("0", 6)
    assert not caller.rings and caller.turn.position.place.step == "ask"
    caller.keys("1", 6)
    assert caller.rings and not caller.refused


@pytest.mark.parametrize("seconds", [0, 5, 25])
@pytest.mark.parametrize("at", [TUESDAY_11, SUNDAY_NIGHT])
@pytest.mark.parametrize("number", ["331177889900", "112233445566", "123456789018", "333333333331", "000000000000"])
def test_it_goes_back_to_where_the_number_began(number: str, at: str, seconds: int) -> None:
    for way in ("", "3", "33"):
        caller = Caller(way, at)
        before = caller.turn.position
        caller.keys(number, seconds)
        assert caller.refused and not caller.rings
        assert caller.turn.position.trail == before.trail
        assert caller.turn.position.speed is before.speed, "as it was before the first digit"


def test_the_rest_of_a_number_is_swallowed_and_what_is_chosen_later_is_not() -> None:
    caller = Caller()
    caller.keys("331177", 1)
    place = caller.turn.position.place
    for key in "889900#":
        caller.keys(key, 2)
        assert caller.refused and caller.turn.position.place == place
    caller.keys("1", 14)
    assert not caller.refused and caller.turn.position.place.node == "fraud"


def test_a_silence_ends_the_number() -> None:
    caller = Caller()
    caller.keys("331177", 1)
    caller.does(NoInput(), 20)
    caller.keys("1", 1)
    assert caller.turn.position.place.node == "fraud"


def test_a_star_within_a_number_does_not_begin_it_anew() -> None:
    caller = Caller()
    caller.keys("3311*7788*9900", 1)
    assert not caller.rings and caller.refused


def test_whoever_turns_pages_is_not_taken_for_somebody_with_a_number() -> None:
    caller = Caller("11")
    caller.keys("66666")
    assert not caller.refused and caller.turn.position.place.step == "5"
    caller.keys("111", 6)
    assert not caller.refused and caller.turn.position.place.step in ("ask", "join")


def test_whoever_has_heard_out_whether_to_be_joined_is_joined_by_a_key() -> None:
    caller = Caller("11")
    caller.keys("7777771", 6)
    caller.keys("1", 6)
    assert caller.turn.position.place.step == "ask" and not caller.rings
    caller.keys("1", 12)
    assert not caller.refused and caller.rings


def test_a_transfer_that_ends_leaves_no_digits_in_a_row() -> None:
    caller = Caller()
    caller.keys("1176111", 1)
    assert caller.rings
    caller.does(DialEnded("busy"), 5)
    caller.keys("52", 1)
    assert not caller.refused and caller.rings


def test_whoever_hears_a_menu_again_and_again_is_not_taken_for_somebody_with_a_number() -> None:
    caller = Caller()
    caller.keys("55555551", 20)
    assert not caller.refused and caller.turn.position.place.node == "fraud"


def test_the_longest_way_in_another_language_is_no_number() -> None:
    caller = Caller()
    caller.keys("433411", 5)
    assert not caller.refused and caller.rings


def test_pieces_of_a_number_that_come_at_once_are_counted_together() -> None:
    caller = Caller("33")
    place = caller.turn.position.place
    caller.does(NumberGiven(4), 20)
    assert not caller.refused
    caller.does(NumberGiven(3))
    assert caller.refused
    caller.keys("00", 1)
    assert caller.refused and not caller.rings and caller.turn.position.place == place


@pytest.mark.parametrize("whole", [True, False])
def test_a_number_that_is_given_in_an_announced_transfer_stops_it(whole: bool) -> None:
    caller = Caller("10")
    assert caller.rings
    if whole:
        caller.does(NumberGiven())
    else:
        caller.keys("331177889900", 1)
    assert caller.refused and not caller.rings
    caller.does(NoInput(), 12)
    assert not caller.rings


def test_a_number_that_is_said_digit_by_digit_rings_nobody() -> None:
    caller = Caller()
    for said in ["3番", "3番", "1番", "1番", "7番", "7番", "8番", "8番", "9番", "9番", "ゼロ", "1番"]:
        caller.does(Words(said, 1), 2)
    assert caller.refused and not caller.rings


def test_a_number_that_is_said_in_pieces_rings_nobody() -> None:
    caller = Caller("33")
    for said in ["さんさんいちいち", "ななななはちはち", "きゅうきゅう"]:
        caller.does(Words(said, 4), 2)
    caller.does(Words("1番", 1), 2)
    assert caller.refused and not caller.rings


def test_how_a_keyed_number_reads_is_nowhere_in_the_position() -> None:
    one, other = Caller(), Caller()
    one.keys("123123123123", 1)
    other.keys("321321321321", 1)
    assert one.turn.position.origin == other.turn.position.origin
    assert (one.turn.position.run, one.turn.position.typed) == (other.turn.position.run, other.turn.position.typed)
