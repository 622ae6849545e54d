"""No call lasts for ever (R22), and nobody who moves on is cut."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr.call import repetition
from ivr.call.acts import Ask, Dial, DialEnded, HangUp, Heard, Key, NoInput, Ring, Turn, Words, words_of
from ivr.call.conversation import step
from ivr.call.positions import Position, start
from ivr.carrier import addresses
from ivr.line.loading import read
from ivr.line.tree import Place, standing_at
from ivr.line.words import Chunk
from tests.support.given import PROMPTS, SUNDAY_NIGHT, TUESDAY_11, moment

pytestmark = pytest.mark.timeless

LINE = read(PROMPTS)
SILENCE = "."
SPEECH = 15
"""Seconds that a turn takes to say, more than most do."""


def keys_said(turn: Turn) -> set[str]:
    return {part.key for say in words_of(turn.acts) for part in say.parts if isinstance(part, Chunk)}


def warned(turn: Turn) -> bool:
    return "say.nothing_new" in keys_said(turn)


def cut(turn: Turn) -> bool:
    return "say.call_ends" in keys_said(turn)


class LongCall:
    """A call whose every word is heard, unless a key is pressed into it, and whose desks never answer."""

    def __init__(self, at: str = TUESDAY_11, patient: bool = True) -> None:
        self.began = self.now = moment(at, LINE)
        self.patient = patient
        self.turn = step(LINE, start(LINE), Ring(), self.now)

    @property
    def minutes(self) -> float:
        return (self.now - self.began).total_seconds() / 60

    @property
    def over(self) -> bool:
        return isinstance(self.turn.acts[-1], HangUp)

    def does(self, what: str) -> Turn:
        ask = next((act for act in self.turn.acts if isinstance(act, Ask)), None)
        silent = what == SILENCE
        self.now += timedelta(seconds=SPEECH if silent or self.patient else 1)
        if silent and ask:
            self.now += timedelta(seconds=ask.wait)
        dials = any(isinstance(act, Dial) for act in self.turn.acts)
        if silent and dials:
            self.now += timedelta(seconds=30)
        heard: Heard = (DialEnded("busy") if dials else NoInput()) if silent else Key(what)
        self.turn = step(LINE, self.turn.position, heard, self.now)
        return self.turn

    def goes_round(self, loop: Sequence[str], most: int = 500) -> bool:
        """Whether the call ends while these keys and silences come again and again."""
        for _, what in zip(range(most), cycle(loop), strict=False):
            if self.over:
                return True
            self.does(what)
        return self.over


LOOPS = st.lists(st.sampled_from("0123456789*#" + SILENCE), min_size=1, max_size=6)


@settings(max_examples=120, deadline=None)
@given(LOOPS, st.sampled_from([TUESDAY_11, SUNDAY_NIGHT]), st.booleans())
@example(["5"], TUESDAY_11, False)
@example(["8"], TUESDAY_11, False)
@example(["*"], TUESDAY_11, True)
@example(["0"], TUESDAY_11, True)
@example(["1", "*"], TUESDAY_11, True)
@example(["4"], TUESDAY_11, True)
@example(["8", *SILENCE * 5], TUESDAY_11, True)
@example(["8", *SILENCE * 10], TUESDAY_11, True)
@example([SILENCE], TUESDAY_11, True)
def test_whatever_is_pressed_again_and_again_the_call_ends(loop: list[str], at: str, patient: bool) -> None:
    call = LongCall(at, patient)
    assert call.goes_round(loop)
    assert call.minutes < 150, "pauses counted"


@pytest.mark.parametrize(("key", "minutes"), [("5", 15), ("8", 15), ("0", 20), ("7", 15), ("#", 15)])
def test_a_stuck_key_costs_minutes_not_hours(key: str, minutes: int) -> None:
    call = LongCall()
    call.goes_round([key])
    assert cut(call.turn) and call.minutes < minutes


def test_pauses_one_after_another_end_a_call_but_each_lasts() -> None:
    call = LongCall()
    for _ in range(50):
        if call.over:
            break
        call.does("8")
        if call.turn.position.place.node != "pause":
            continue
        began = call.now
        while call.turn.position.place.node == "pause":
            assert not call.over and not warned(call.turn)
            call.does(SILENCE)
        assert (call.now - began).total_seconds() >= 300
    assert 60 < call.minutes < 140


def test_the_line_says_so_first_and_waits_and_any_new_place_goes_on() -> None:
    call = LongCall()
    while not warned(call.turn):
        call.does("5")
    ask = call.turn.acts[-1]
    assert isinstance(ask, Ask) and ask.wait == 20
    assert call.turn.position.repeats == repetition.SAID_AGAIN_MOST * repetition.ONE
    call.does("1")
    assert call.turn.position.place.node == "fraud" and call.turn.position.repeats == 0


def test_silence_after_the_warning_gives_the_city_s_number_and_ends() -> None:
    call = LongCall()
    while not warned(call.turn):
        call.does("5")
    call.does(SILENCE)
    assert cut(call.turn) and call.over
    assert "say.goodbye" in keys_said(call.turn)
    assert any(key.startswith("number.this") for key in keys_said(call.turn))


def test_keys_that_bring_nothing_new_do_not_take_the_count_back() -> None:
    call = LongCall()
    keys = 0
    while not call.over:
        call.does("57*#"[keys % 4])
        keys += 1
    assert keys == repetition.SAID_AGAIN_MOST + repetition.MORE_AFTER_WARNING
    assert cut(call.turn)


def test_words_of_a_television_end_a_call_too() -> None:
    turn = step(LINE, start(LINE), Ring(), moment(TUESDAY_11, LINE))
    for _ in range(60):
        turn = step(LINE, turn.position, Words("明日の天気です"), moment(TUESDAY_11, LINE))
        if isinstance(turn.acts[-1], HangUp):
            break
    assert cut(turn)


def test_a_forgotten_receiver_rings_a_desk_that_does_not_answer_once() -> None:
    call = LongCall()
    dials = 0
    for _ in range(50):
        if call.over:
            break
        call.does(SILENCE)
        dials += any(isinstance(act, Dial) for act in call.turn.acts)
    assert dials == 1 and "say.goodbye" in keys_said(call.turn)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(["5", "7", "8 . 5", "4 6", "9 *"]), max_size=2))
def test_a_reader_who_moves_on_is_never_cut(habits: list[str]) -> None:
    """Every text from beginning to end, each passage with habits of one's own, and hours in all."""
    call = LongCall()
    texts = list(LINE.texts)[:4]
    for text in texts:
        place = standing_at(LINE, Place(text))
        call.turn = step(LINE, standing(call.turn, place), Key("5"), call.now)
        for _ in range(12):
            if call.turn.position.place.step == "end":
                break
            for habit in habits:
                for key in habit.split():
                    call.does(key)
                    assert not cut(call.turn) and not warned(call.turn)
            call.does(SILENCE)


def standing(turn: Turn, trail: tuple[Place, ...]) -> Position:
    return replace(turn.position, trail=trail, offers=())


def test_after_an_hour_five_keys_that_bring_nothing_new_are_enough() -> None:
    call = LongCall()
    call.does("1")
    call.now += timedelta(minutes=61)
    call.does("2")
    assert not warned(call.turn), "who moves on is not cut, however long it took"
    for _ in range(4):
        call.does("5")
        assert not warned(call.turn), "a passage may be heard again"
    call.does("5")
    assert warned(call.turn)
    call.does("6")
    assert not call.over and call.turn.position.repeats == 0


def test_a_person_who_is_asked_for_is_rung_even_then() -> None:
    call = LongCall()
    call.does("0")
    call.does("*")
    while call.turn.position.repeats < (repetition.SAID_AGAIN_MOST - 1) * repetition.ONE:
        call.does("5")
    call.does("0")
    assert any(isinstance(act, Dial) for act in call.turn.acts)


def test_what_was_heard_in_one_language_is_new_in_another_once() -> None:
    call = LongCall()
    for key in "44":
        call.does(key)
    assert call.turn.position.repeats == repetition.ONE
    assert call.goes_round(["4"])


def test_all_that_is_remembered_is_short_enough_for_an_address() -> None:
    call = LongCall()
    for node in (*LINE.texts, *LINE.desks):
        call.turn = step(LINE, standing(call.turn, standing_at(LINE, Place(node))), Key("5"), call.now)
    address = addresses.address(call.turn.position, addresses.KEY)
    assert len(address) < 300
    assert len(bin(call.turn.position.heard)) < 400


def test_who_reads_a_text_again_and_again_by_its_keys_may_hear_it_often() -> None:
    """A blind reader pages to the end, goes back to the start, and so on: no place is said twenty times before
    the line says so."""
    call = LongCall()
    for key in "13":
        call.does(key)
    said: dict[Place, int] = {}
    while not warned(call.turn):
        call.does("5" if call.turn.position.place.step == "end" else "6")
        said[call.turn.position.place] = said.get(call.turn.position.place, 0) + 1
    assert min(said.values()) >= 18
    assert call.goes_round("666666666" + "5")


def test_forward_and_back_within_a_text_is_no_sign_of_a_stuck_key() -> None:
    call = LongCall()
    for key in "11" + "6644" * 18:
        call.does(key)
        assert not warned(call.turn)
    assert call.goes_round("6644") and call.minutes < 150


def test_a_machine_that_has_a_desk_rung_again_and_again_rings_it_twice() -> None:
    for keys in ("1", "0"):
        call = LongCall()
        rung: list[str] = []
        for key in "10":
            call.does(key)
        for _ in range(60):
            if call.over:
                break
            rung += [act.desk for act in call.turn.acts if isinstance(act, Dial)]
            call.does(SILENCE if any(isinstance(act, Dial) for act in call.turn.acts) else keys)
        assert rung and max(rung.count(desk) for desk in rung) <= 2


def test_a_desk_that_failed_twice_is_rung_in_no_other_language() -> None:
    call = LongCall()
    for what in "10" + SILENCE + "1" + SILENCE:
        call.does(what)
    call.does("9")
    call.does("1")
    for key in ("0", "1", "2"):
        turn = step(LINE, call.turn.position, Key(key), call.now)
        assert not any(isinstance(act, Dial) and act.desk == "police" for act in turn.acts)
