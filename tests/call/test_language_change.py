"""Whoever changes the language, wherever they are, goes on where they were, in the other language."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ivr.call.acts import Key, Turn, Words
from ivr.call.conversation import step
from ivr.call.positions import Position, fits, start
from ivr.line import tree
from ivr.line.loading import read
from ivr.line.tree import END, TRANSFER_STEPS, Place, branches, desk_passages, passages_at, standing_at
from ivr.line.values import Kind, Line
from tests.support.given import PROMPTS, SUNDAY_NIGHT, TUESDAY_11, moment

pytestmark = pytest.mark.timeless

LINE = read(PROMPTS)
OTHER = {"ja": "en", "en": "ja"}
ASKED = {"ja": "英語で", "en": "In Japanese"}


def everywhere(line: Line, code: str) -> Iterator[Position]:
    """Every place of a line, come to by its menus; and a desk that was come to from help."""
    for kind, nodes in branches(line):
        for node in nodes:
            count = passages_at(line, code, Place(node, "0"))
            steps = [str(number) for number in range(count)] + ([END] if kind is not Kind.MENU else [""])
            steps += TRANSFER_STEPS if kind is Kind.DESK else ()
            for each in steps:
                trail = standing_at(line, Place(node, each))
                yield replace(start(line, code), trail=trail)
    for number in range(passages_at(line, code, Place(Kind.HELP, "0"))):
        help_first = (Place(line.start), Place(Kind.HELP, str(number)), Place(next(iter(line.desks)), "0"))
        yield replace(start(line, code), trail=help_first)


def passage(line: Line, position: Position) -> tuple[str, int]:
    """What is read at a desk, and which of its kind it is."""
    passages = desk_passages(line, position.language, position.place.node)
    at = int(position.place.step)
    return passages[at], passages[:at].count(passages[at])


def by_key_and_word(line: Line, position: Position, at: str) -> Iterator[Turn]:
    now = moment(at, line)
    yield step(line, position, Words(ASKED[position.language]), now)
    turn = step(line, position, Key("9"), now)
    if tree.choices(line, position.language, turn.position.place):
        yield step(line, turn.position, Key("1"), now)


@pytest.mark.parametrize("at", [TUESDAY_11, SUNDAY_NIGHT])
@pytest.mark.parametrize("code", ["ja", "en"])
def test_the_language_can_be_changed_at_every_place(code: str, at: str) -> None:
    for position in everywhere(LINE, code):
        for turn in by_key_and_word(LINE, position, at):
            assert turn.position.language == OTHER[code], str(position.place)
            assert fits(LINE, turn.position), str(position.place)
            assert turn.position.place.node == position.place.node


@pytest.mark.parametrize("code", ["ja", "en"])
def test_a_desk_goes_on_with_the_same_passage(code: str) -> None:
    """One that the other language does not have is told by the one before it."""
    for desk in LINE.desks:
        for number in range(len(desk_passages(LINE, code, desk))):
            position = replace(start(LINE, code), trail=standing_at(LINE, Place(desk, str(number))))
            there = set(desk_passages(LINE, OTHER[code], desk))
            for turn in by_key_and_word(LINE, position, SUNDAY_NIGHT):
                if passage(LINE, position)[0] in there:
                    assert passage(LINE, turn.position)[0] == passage(LINE, position)[0]
                assert fits(LINE, turn.position)


def test_what_a_call_costs_is_said_in_the_other_language_too() -> None:
    """Of a desk of which only one language has more to say."""
    lonely = [d for d in LINE.desks if len(desk_passages(LINE, "ja", d)) > len(desk_passages(LINE, "en", d))]
    assert lonely
    for desk in lonely:
        last = str(len(desk_passages(LINE, "ja", desk)) - 1)
        position = replace(start(LINE, "ja"), trail=standing_at(LINE, Place(desk, last)))
        for turn in by_key_and_word(LINE, position, TUESDAY_11):
            assert passage(LINE, turn.position) == (tree.CHARGE, 0)


def test_one_number_more_in_the_other_language_is_read_there() -> None:
    """A desk with another count of numbers: each passage behind them is the same."""
    desk = LINE.desks["card_stop"]
    versions = {**desk.in_language, "en": replace(desk.heard_in("en"), numbers=(*desk.heard_in("en").numbers, "188"))}
    line = replace(LINE, desks={**LINE.desks, "card_stop": replace(desk, in_language=versions)})
    for code in ("ja", "en"):
        passages = desk_passages(line, code, "card_stop")
        for number, name in enumerate(passages):
            position = replace(start(line, code), trail=standing_at(line, Place("card_stop", str(number))))
            for turn in by_key_and_word(line, position, TUESDAY_11):
                assert passage(line, turn.position)[0] in (name, tree.ABOUT)
