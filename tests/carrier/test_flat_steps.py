"""A step of a call costs the same however large the line is, and however much staff have done: by the work that it
takes, counted, so that this holds on any machine."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial

import pytest

from ivr.call.acts import Key, Ring, Words
from ivr.call.conversation import step
from ivr.call.positions import start
from ivr.carrier import addresses
from ivr.carrier.front import Asked, Front
from ivr.carrier.wire import CarrierFields
from ivr.editions.office import Office
from ivr.line.loading import load, read
from ivr.line.tree import Place
from ivr.line.values import Line
from tests.support import larger_lines as larger
from tests.support.clock import MOMENT
from tests.support.given import PROMPTS
from tests.support.languages import ELEVEN, FILES, with_languages
from tests.support.work import work

MOST = 1.02
"""So many times the work on the small line, at most: names and addresses are longer here and there."""

BESIDE = 50
"""Instructions beside that: what is remembered for one line is found for another that is equal."""

NAMED = 20
"""Instructions for each alert in force, which a record names."""

TRIES = 5
"""Of which the one with the least work counts: what takes a while is sorted with other times."""

BEGAN = 120
"""The minute of the day (UTC) at which the calls began: some time before MOMENT."""


@dataclass(frozen=True)
class Size:
    """A line of these files, with so much of each that staff do."""

    files: Callable[[], Mapping[str, bytes]] = lambda: FILES
    publications: int = 1
    past_alerts: int = 1
    alerts_in_force: int = 1
    closures: int = 1
    recordings: int = 0

    def furnish(self, office: Office) -> None:
        """Have staff do all of it."""
        larger.past_alerts(office, self.past_alerts)
        larger.alerts_in_force(office, self.alerts_in_force)
        larger.closures(office, self.closures)
        larger.publications(office, self.publications)
        if self.recordings:
            larger.recordings(office, self.recordings)
        office.shelf.refresh()


TOLD = CarrierFields(call="CA1", called="+815012345678")

A_DESK_S = str(read(PROMPTS).desks["police"].dial)
"""Where the line is rung by this, that desk is not."""

SMALL = Size()
"""As shipped, with one of each."""

RECORDED = Size(partial(larger.with_texts, 3), recordings=700)
"""All is recorded but the passages of texts, which the steps do not read."""

LARGER = {
    "20 times the texts": (SMALL, Size(partial(larger.with_texts, 20))),
    "eleven languages": (SMALL, Size(partial(with_languages, ELEVEN))),
    "100 publications": (SMALL, Size(publications=100)),
    "1,000 publications": (SMALL, Size(publications=1000)),
    "100 past alerts": (SMALL, Size(past_alerts=100)),
    "100 alerts in force": (SMALL, Size(alerts_in_force=100)),
    "100 closures": (SMALL, Size(closures=100)),
    "1,300 recordings": (RECORDED, replace(RECORDED, recordings=1300)),
}
"""What must not cost more, behind what it is held against."""

TAKES_LONG = ("20 times the texts", "1,000 publications")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow(3)) if name in TAKES_LONG else name for name in LARGER]
)
def test_a_step_takes_no_more_work(name: str) -> None:
    few, many = LARGER[name]
    small, large = work_of_steps(few), work_of_steps(many)
    most = {asked: MOST * small[asked] + BESIDE + NAMED * many.alerts_in_force for asked in small}
    assert not {asked: (small[asked], large[asked]) for asked in small if large[asked] > most[asked]}


@cache
def work_of_steps(size: Size) -> Mapping[str, int]:
    """What each step takes, once all is found that is found but once for a line."""
    with larger.town_of(size.files()) as town:
        size.furnish(town.office)
        front: Front = town.app.extensions["ivr.webhooks"].front
        return {asked: min(work(act) for _ in range(TRIES)) for asked, act in _steps(front)}


def _steps(front: Front) -> Iterator[tuple[str, Callable[[], object]]]:
    """Steps as the door and the routes answer them, each of which was asked for before. A greeting is not made anew:
    it reads all alerts in force aloud."""
    line = _at_hand(front)
    begin = Asked(line, start(line), Ring(), TOLD, MOMENT, addresses.timeless("/voice"))
    yield "begin a call, known", _known(front, begin, "/voice")
    first = replace(start(line), began=BEGAN)
    for name, position, key in (
        ("choose in the first menu", first, "1"),
        ("ask for a person", first, "0"),
        ("hear of a closed desk again", first.into(Place("city", "0")), "5"),
    ):
        target = addresses.address(position, addresses.KEY)
        asked = Asked(line, position, Key(key), replace(TOLD, digits=key), MOMENT, addresses.timeless(target))
        yield f"{name}, known", _known(front, asked, target)
        yield f"{name}, anew", _anew(front, asked)
        yield f"{name}, at a desk's own number", _anew(front, replace(asked, told=replace(TOLD, called=A_DESK_S)))


def _known(front: Front, asked: Asked, target: str) -> Callable[[], object]:
    front.answer(asked)
    assert front.known(target, asked.told)
    return lambda: front.known(target, asked.told)


def _anew(front: Front, asked: Asked) -> Callable[[], object]:
    unknown = replace(asked, address=None)
    front.answer(unknown)
    return lambda: front.answer(replace(unknown, line=_at_hand(front)))


def _at_hand(front: Front) -> Line:
    line = front.at_hand("", MOMENT)
    assert line is not None
    return line


def test_what_is_listened_for_is_not_put_together_again_where_two_editions_speak_eleven_languages() -> None:
    files = with_languages(ELEVEN)
    before, after = load(files), load({**files, "ja.toml": files["ja.toml"] + b"# another edition\n"})

    def say_something(line: Line, language: str) -> object:
        return step(line, start(line, language), Words("help"), MOMENT)

    turns = [partial(say_something, line, code) for code in ELEVEN for line in (before, after)]
    for turn in turns:
        turn()
    in_turn = [work(turn) for turn in turns]
    twice_each = [(turn(), work(turn))[1] for turn in turns]
    assert sum(in_turn) <= MOST * sum(twice_each)
