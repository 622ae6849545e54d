"""R19: how soon a caller has what cannot wait."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from ivr.call import rules
from ivr.call.acts import Say
from ivr.call.goals import GOALS, Awaited, Goal, TimedWay, seconds_to, timed
from ivr.call.walking import walk
from ivr.checking import measured
from ivr.line.loading import load
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.line.words import Chunk
from ivr.voice.audio import Audio
from ivr.voice.render import render
from ivr.voice.store import Store
from ivr.voice.voices import DEFAULT_CHOICE
from tests.support.given import PROMPTS, SUNDAY_NIGHT, TUESDAY_11, moment

Seconds = Callable[[Say], float]


def a_second_each(say: Say) -> float:
    """Every sound takes one second, and no pause takes any."""
    return float(sum(isinstance(part, Chunk) for part in say.parts))


def hours(line: Line) -> tuple[datetime, ...]:
    return moment(TUESDAY_11, line), moment(SUNDAY_NIGHT, line)


def way(line: Line, node: str, awaited: Awaited, seconds: Seconds = a_second_each, language: str = "ja") -> TimedWay:
    ways = timed(line, hours(line), seconds)
    return next(w for w in ways if (w.goal.node, w.goal.awaited, w.language) == (node, awaited, language))


def changed(before: str, after: str, name: str = "ja.toml") -> Line:
    files = {path.name: path.read_text() for path in PROMPTS.glob("*.toml")}
    assert before in files[name]
    files[name] = files[name].replace(before, after, 1)
    return load({name: text.encode() for name, text in files.items()})


def guessed(line: Line) -> Seconds:
    return measured(line, lambda *_: None)


def test_every_goal_is_kept_in_every_language_by_estimate(line: Line) -> None:
    late = [way for way in timed(line, hours(line), guessed(line)) if not way.kept]
    assert late == []


def test_a_caller_presses_a_second_after_each_key_was_named(line: Line) -> None:
    # greeting, the option and its key; one second; the police, the urgent option and its key; one second
    assert way(line, "paid", Awaited.TEXT).seconds == 3 + 1 + 3 + 1
    # behind it another option and its key, by day when the police are named
    assert way(line, "mail", Awaited.TEXT).seconds == 3 + 1 + 5 + 1


def test_a_key_that_was_named_before_is_pressed_after_the_first_sentence(line: Line) -> None:
    text, ring = (way(line, "paid", awaited).seconds for awaited in (Awaited.TEXT, Awaited.RING))
    assert text is not None
    assert ring is not None
    sentence_and_reaction, announced, wait = 2, 6, 2
    assert text + 1 < ring <= text + sentence_and_reaction + announced + wait


def test_the_lead_of_a_menu_is_not_what_is_waited_for() -> None:
    quick = way(changed('lead = "相手', 'lead = "とても長い前置きです。相手'), "mail", Awaited.TEXT)
    assert quick.seconds == way(changed("x", "x", "line.toml"), "mail", Awaited.TEXT).seconds


def test_a_longer_option_before_it_makes_a_goal_late() -> None:
    longer = changed('option = "払った方や', 'option = "詐欺や、あやしい電話や、あやしいメールで、もう、払った方や')
    late = [way for way in timed(longer, hours(longer), guessed(longer)) if not way.kept]
    assert {way.goal.node for way in late} >= {"paid", "call"}


def test_a_desk_that_no_key_is_named_for_rings_too_late() -> None:
    silent = changed('person = "警察は{0番|ゼロばん}です。"', "")
    assert not way(silent, "fraud", Awaited.RING, guessed(silent)).kept


def test_a_number_is_reached_at_its_first_digit(line: Line) -> None:
    found = way(line, "lost", Awaited.DIGIT, guessed(line))
    assert found.keys == "21"
    assert found.seconds is not None
    assert found.seconds > 20


def test_a_line_without_a_goal_s_node_has_no_such_goal(line: Line) -> None:
    nodes = {way.goal.node for way in timed(line, hours(line), a_second_each)}
    assert nodes == {goal.node for goal in GOALS}
    assert not TimedWay(Goal("paid", Awaited.TEXT, 15), "ja", "13", None).kept


def test_the_command_shows_a_column_for_each_language(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["line", "seconds", "--estimate"])
    assert result.exit_code == 0, result.output
    assert "paid: its desk rings" in result.output
    assert all(column in result.output for column in (" ja ", " en ", " goal "))


@pytest.mark.slow(15)
@pytest.mark.filterwarnings("ignore:Dictionary.create:DeprecationWarning")
@pytest.mark.parametrize(("code", "module"), [("ja", "pyopenjtalk"), ("en", "hibari")])
def test_who_has_paid_hears_what_to_do_in_time_from_real_sounds(
    line: Line, tmp_path: Path, code: str, module: str
) -> None:
    pytest.importorskip(module)
    audio = Audio(Store(tmp_path), DEFAULT_CHOICE)
    guess, said = guessed(line), dict[Say, None]()

    def noted(say: Say) -> float:
        said[say] = None
        return guess(say)

    def paid(seconds: Seconds) -> float:
        goal = next(goal for goal in GOALS if (goal.node, goal.awaited) == ("paid", Awaited.TEXT))
        took = seconds_to(line, code, ("1", "3"), goal, moment(TUESDAY_11, line), seconds)
        assert took is not None
        return took

    estimated = paid(noted)
    spoken = {say: line.languages[say.language].pronunciation for say in said}
    chunks = [(spoken[say], part) for say in said if len(say.parts) == 1 for part in say.parts]
    items = [audio.item(of, part, Speed.NORMAL) for of, part in chunks if isinstance(part, Chunk) and not part.mute]
    assert not [each.problem for each in render(items, audio.store, 0) if each.problem]
    real = paid(measured(line, audio.seconds))
    assert real <= 15
    assert estimated == pytest.approx(real, rel=0.08)


def test_the_check_allows_for_its_estimate_and_finds_what_is_late() -> None:
    slow = changed('option = "払った方や', 'option = "詐欺や、あやしい電話や、あやしいメールで、もう、払った方や')
    visits = tuple((now, next(iter(walk(slow, ("ja",), now)))) for now in hours(slow))
    found = list(rules.ways_are_short(rules.Survey(slow, guessed(slow), visits)))
    late = [str(finding) for finding in found if finding.place == "ja: paid"]
    assert any("its text begins after" in each and "not 15 s" in each for each in late), late
    assert not [finding for finding in found if finding.place == "en: paid"]
