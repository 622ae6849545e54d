"""What the line says of its keys and desks holds: no key, person or number is promised that does not follow."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.call import rules
from ivr.call.acts import Dial, Key, words_of
from ivr.call.conversation import step
from ivr.call.positions import start
from ivr.call.walking import walk
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.tree import Place
from ivr.line.values import Line
from ivr.wiring import create_app
from tests.support.given import ORIGIN, SIGNER, SUNDAY_NIGHT, TUESDAY_11, moment, settings_for

Rings = Callable[..., Handset]

ENGLISH = "/voice?language=en"
SUNDAY_AFTERNOON = "2026-11-22 14:00"
"""The consumer centre is open, which answers in Japanese only; the police and the multilingual desk are closed."""


def heard(caller: Handset) -> str:
    return "".join(caller.last)


def read_through(caller: Handset) -> str:
    """All that is read where the caller is, and the choices behind it."""
    said = heard(caller)
    while "5番です" not in said and "press 5" not in said:
        caller.wait()
        said += heard(caller)
    return said


def silent_to_the_end(caller: Handset) -> str:
    """What is heard last, where nobody presses a key."""
    said = ""
    while not caller.hung_up:
        said = heard(caller)
        caller.wait()
    return said


# --- whom 0 rings -------------------------------------------------------------------------------


def test_the_police_are_promised_where_zero_rings_them(ring: Rings, line: Line) -> None:
    caller = ring()
    caller.press("1")
    assert caller.heard("警察は0番です")
    caller.press("0")
    caller.wait()
    assert caller.ringing and caller.ringing.number == line.desks["police"].dial


def test_a_person_is_promised_where_zero_rings_another_desk(ring: Rings, line: Line) -> None:
    caller = ring(path=ENGLISH)
    caller.press("1")
    assert not caller.heard("For the police")
    assert heard(caller).count("For a person, press 0") == 2
    caller.press("0")
    caller.wait()
    assert caller.ringing and caller.ringing.number == line.desks["yoke"].dial


def test_nobody_is_promised_where_zero_rings_nobody(ring: Rings) -> None:
    caller = ring(SUNDAY_NIGHT)
    caller.press("1")
    assert "0番" not in heard(caller)


def test_a_rule_finds_a_desk_that_zero_does_not_ring(line: Line) -> None:
    now = moment(TUESDAY_11, line)
    visits = list(walk(line, ("ja",), now))
    fraud = next(each for each in visits if each.keys == "1")
    city = next(each for each in visits if each.keys == "").answers["0"]
    wrong = replace(fraud, answers={**fraud.answers, "0": city})
    found = list(rules.zero_keeps_its_word(rules.Survey(line, lambda _: 1.0, ((now, fraud), (now, wrong)))))
    assert [each.message for each in found] == ["says that 0 rings the first desk, and it leads to city"]


@pytest.mark.parametrize("keys", ["10", "130"])
def test_a_desk_that_does_not_speak_the_language_is_asked_back(ring: Rings, line: Line, keys: str) -> None:
    caller = ring(SUNDAY_AFTERNOON, ENGLISH)
    caller.press(keys)
    assert caller.heard("This desk answers in Japanese only") and caller.ringing is None
    caller.press("1")
    caller.wait()
    assert caller.ringing and caller.ringing.number == line.desks["consumer"].dial


def test_where_no_desk_ever_speaks_the_language_nothing_is_asked_back(line: Line) -> None:
    """There is nobody to wait for: that it answers in Japanese only is said, and it rings."""
    desks = {key: replace(desk, languages=("ja",), in_language={}) for key, desk in line.desks.items()}
    now, japanese = moment(SUNDAY_AFTERNOON, line), replace(line, desks=desks)
    turn = step(japanese, start(japanese, "en").into(Place("fraud")), Key("0"), now)
    said = "".join(getattr(part, "written", "") for say in words_of(turn.acts) for part in say.parts)
    assert any(isinstance(act, Dial) for act in turn.acts)
    assert "Japanese only" in said


def test_zero_is_left_out_where_it_leads_to_the_page_just_heard(ring: Rings) -> None:
    by_day, at_night = ring(), ring(SUNDAY_NIGHT)
    by_day.press("20")
    assert read_through(by_day).count("0120-95-0178") and "0番" not in heard(by_day)
    at_night.press("331")
    assert "次は" in read_through(at_night) and "0番" not in heard(at_night)
    at_night.press("*")
    at_night.press("0")
    assert "0番" not in read_through(at_night)


def test_zero_is_told_where_it_leads_on(ring: Rings) -> None:
    caller = ring(SUNDAY_NIGHT)
    caller.press("11")
    assert "窓口が次に開く時間を聞くには0番" in read_through(caller)


# --- words --------------------------------------------------------------------------------------


@pytest.fixture
def listening(tmp_path: Path, line: Line) -> Handset:
    """A caller of a line that listens for words."""
    app = create_app(settings_for(tmp_path, SPEECH_INPUT="on"))
    caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=moment(TUESDAY_11, line))
    caller.dial()
    return caller


def test_words_are_told_of_only_where_they_are_listened_for(ring: Rings, listening: Handset) -> None:
    for caller, told in ((ring(), False), (listening, True)):
        caller.press("9")
        caller.wait()
        assert caller.heard("案内を選ぶには、1番から4番です")
        assert caller.heard("声で言えることもあります") is told


def test_yes_is_asked_for_only_where_it_is_listened_for(ring: Rings, listening: Handset) -> None:
    for caller, told in ((ring(), False), (listening, True)):
        caller.press("0")
        caller.press("9")  # what was announced is asked back behind the help
        caller.press("*")
        assert caller.heard("おつなぎしますか") and caller.heard("つなぐには")
        assert caller.heard("「はい」か「いいえ」で") is told


# --- desks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at", "keys"), [(SUNDAY_AFTERNOON, "331"), (TUESDAY_11, "12" + "#" * 8 + "3")])
def test_its_number_is_offered_before_other_desks_are_spoken_of(ring: Rings, at: str, keys: str) -> None:
    caller = ring(at, ENGLISH)
    caller.press(keys)
    read_through(caller)
    order = [heard(caller).index(words) for words in ("To hear the number", "Other help is open now", "press 2.")]
    assert order == sorted(order)


@pytest.mark.parametrize(("path", "always"), [("/voice", "24時間"), (ENGLISH, "24 hours")])
def test_that_a_desk_never_closes_is_said_once(ring: Rings, path: str, always: str) -> None:
    caller = ring(path=path)
    caller.press("20")
    assert read_through(caller).count(always) == 1


# --- at night -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "first", "city"),
    [
        ("5", "110番", True),
        ("13" + "#" * 9, "110番", True),
        ("2", "0120-95-0178", False),
        ("20" + "#" * 6, "0120-95-0178", False),
    ],
)
def test_before_a_call_ends_it_is_told_where_help_is_now(ring: Rings, keys: str, first: str, city: bool) -> None:
    """And then the city's number, where it is not closed and the wrong one."""
    caller = ring(SUNDAY_NIGHT)
    caller.press(keys)
    said = silent_to_the_end(caller)
    assert said.index(first) < said.index("失礼いたします")
    assert ("横浜市のマイナンバー担当" in said[said.index(first) :]) == city


def test_whose_matter_nobody_knows_hears_of_help_too(ring: Rings) -> None:
    caller = ring(SUNDAY_NIGHT)
    caller.press("0")
    assert heard(caller).index("110番") < heard(caller).index("横浜市のマイナンバー担当は、ただいま受け付けていません")
    asked = ring(SUNDAY_NIGHT)
    asked.press("30")
    assert "110番" not in heard(asked)


def test_a_number_that_is_open_still_comes_before_hours(ring: Rings) -> None:
    """In the evening the national line is open, the city's desk is not."""
    caller = ring("2026-11-24 18:30")
    caller.press("0")
    assert caller.heard("マイナンバー総合フリーダイヤルは、ただいま受け付けています")
