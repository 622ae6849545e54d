"""The skeleton of a line: what is found once for it holds whatever its words are."""

from collections.abc import Callable

import pytest

from ivr.call import rules
from ivr.checking import measured
from ivr.line.values import Line
from tests.call.test_rules import LONG, SECONDS, changed, lengthened, survey
from tests.support.given import TUESDAY_11, moment


def named(line: Line) -> str:
    return rules.skeleton(line, (moment(TUESDAY_11, line),))


@pytest.mark.parametrize(
    "change",
    [
        lambda: lengthened("ja.toml", 'greeting = "', "こんにちは。"),
        lambda: lengthened("ja.toml", 'choose = "', "番号を、お選びください。"),
        lambda: lengthened("en.toml", 'goodbye = "', "Well, "),
        lambda: changed("line.toml", "confirmed = 2026-11-23", "confirmed = 2026-11-22"),
    ],
    ids=["greeting", "menu", "other language", "confirmed"],
)
def test_words_do_not_change_it(line: Line, change: Callable[[], Line]) -> None:
    assert named(change()) == named(line)


@pytest.mark.parametrize(
    "change",
    [
        lambda: changed("line.toml", 'options = ["number", "linkage"', 'options = ["tricks", "linkage"'),
        lambda: changed("line.toml", '"Mo-Fr 08:45', '"Mo-Fr 08:30'),
        lambda: changed("ja.toml", '\nperson = ["', '\nperson = ["お話し係", "'),
        lambda: changed("ja.toml", "[text.mail]\n", "[text.mail]\nextra = '使われない'\n"),
    ],
    ids=["menu", "hours", "form", "prompt"],
)
def test_all_else_does(line: Line, change: Callable[[], Line]) -> None:
    assert named(change()) != named(line)


@pytest.mark.slow(2)
@pytest.mark.parametrize(
    "change",
    [
        lambda: lengthened("ja.toml", 'greeting = "', LONG),
        lambda: lengthened("ja.toml", 'choose = "', LONG),
    ],
    ids=["greeting", "menu"],
)
def test_words_are_judged_by_its_ways_as_by_the_whole_walk(change: Callable[[], Line]) -> None:
    """What takes time stands in the states that are visited again."""
    spoilt = change()
    whole = survey(spoilt, 100)
    timed = list(rules.timed(whole))
    again = rules.Survey.again(
        spoilt, [(now, visit.begun, visit.keys) for now, visit in timed], measured(spoilt, SECONDS)
    )
    assert [(now, visit.turn) for now, visit in again.visits] == [(now, visit.turn) for now, visit in timed]
    today = again.visits[0][0].date()
    found = rules.findings(again, today, rules.OF_WORDS)
    assert found == rules.findings(whole, today, rules.OF_WORDS)
    assert any(finding.error for finding in found)
