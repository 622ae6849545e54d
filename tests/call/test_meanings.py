"""What was heard as its meaning, and the steps that are recorded: nothing in them is anybody's."""

import pytest

from ivr.call.acts import DialEnded, Heard, Key, Lost, NoInput, NumberGiven, Ring, Words
from ivr.call.conversation import step
from ivr.call.meanings import meaning
from ivr.call.positions import start
from ivr.line.values import Line
from ivr.records.steps import ENDS, GOES_ON, RINGS, Step, step_of
from tests.support.given import SUNDAY_NIGHT, TUESDAY_11, moment


def walked(line: Line, *heard: Heard, at: str = TUESDAY_11) -> list[Step]:
    """The steps of a call."""
    now, position = moment(at, line), start(line)
    steps = []
    for each in heard:
        meant = meaning(line, position, each, now)
        turn = step(line, position, each, now)
        steps.append(step_of(line, position, meant, turn, now))
        position = turn.position
    return steps


def told(steps: list[Step]) -> list[tuple[str, str, str, str]]:
    return [(each.heard, each.place, each.desk, each.outcome) for each in steps]


def test_steps_tell_the_way_and_what_came_of_it(line: Line) -> None:
    steps = walked(
        line, Ring(), Key("1"), Key("0"), DialEnded("busy"), NoInput(), Words("警察につないで"), Words("ほげ")
    )
    assert told(steps) == [
        ("ring", "main", "", GOES_ON),
        ("key 1", "fraud", "", GOES_ON),
        ("key 0", "police.join", "police", RINGS),
        ("dial:busy", "police.busy", "police", GOES_ON),
        ("silence", "police.busy", "", GOES_ON),
        ("words:desk police", "police.ask", "", GOES_ON),
        ("words:nothing", "police.ask", "", GOES_ON),
    ]
    assert {(each.edition, each.language, each.alert) for each in steps} == {(line.edition, "ja", "")}


def test_a_transfer_that_was_completed_ends_the_call(line: Line) -> None:
    *_, last = walked(line, Ring(), Key("0"), DialEnded("completed"))
    assert (last.heard, last.outcome, last.desk != "") == ("dial:completed", ENDS, True)
    assert walked(line, Ring(), Key("0"), DialEnded("what a carrier made up"))[-1].heard == "dial:failed"
    assert walked(line, Lost(), at=SUNDAY_NIGHT)[0].heard == "lost"


NUMBER = "739284615048"


def test_a_number_is_in_no_step(line: Line) -> None:
    """However it is given: at most three of its digits are told, and those as keys."""
    for number in (NUMBER, "574657465746"):  # of keys that steer what is read, too
        one_by_one = [each.heard for each in walked(line, Ring(), Key("1"), *map(Key, number))]
        assert sum(heard.startswith("key ") for heard in one_by_one) <= 3
    assert walked(line, Ring(), *map(Key, NUMBER))[-1].heard == "number refused"
    for given in (NumberGiven(12), Words(NUMBER, 12), Words("なな さん きゅう に はち よん", 6)):
        (_, refused) = walked(line, Ring(), given)
        assert refused.heard == "number refused"
    assert walked(line, Ring(), NumberGiven(2))[-1].heard == "no match"
    spoken = walked(line, Ring(), *(Words(f"{digit}番") for digit in "123412341234"))
    assert sum(each.heard.startswith("words:key ") for each in spoken) <= 3


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("詐欺", "words place fraud"),
        ("1番", "words key 1"),
        ("もう一度", "words command again"),
        ("英語で", "words language en"),
        ("さっぱり", "words nothing"),
    ],
)
def test_what_was_said_is_nothing_but_its_meaning(line: Line, words: str, meant: str) -> None:
    now, position = moment(TUESDAY_11, line), start(line)
    assert meaning(line, position, Words(words), now) == meant
