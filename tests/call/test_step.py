"""The conversation as a pure function: a caller who does anything at all, at any hour."""

import ast
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import ivr
from ivr.call.acts import Ask, Dial, DialEnded, HangUp, Key, Lost, NoInput, NumberGiven, Ring, Say, Turn, Words
from ivr.call.conversation import step
from ivr.call.positions import Position, fits, start
from ivr.call.speaking import joinable
from ivr.carrier import addresses
from ivr.line.loading import read
from ivr.line.tree import Place
from ivr.line.values import Alert, Line
from ivr.line.words import Chunk, parse
from tests.support.given import PROMPTS

pytestmark = pytest.mark.timeless

LINE = read(PROMPTS)
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = st.integers(0, 2 * 365 * 86400).map(lambda seconds: BEGINNING + timedelta(seconds=seconds))


def says(turn: Turn) -> list[Say]:
    return [say for act in turn.acts for say in (act.says if isinstance(act, Ask) else [act]) if isinstance(say, Say)]


INSTEAD = ("say.nothing_new", "say.call_ends", "say.no_number_needed")
"""What is said where a key does not do what it does elsewhere: it brought nothing new for long, or belongs to
somebody's number."""


def keys_said(turn: Turn) -> set[str]:
    return {part.key for say in says(turn) for part in say.parts if isinstance(part, Chunk)}


class AnyCaller(RuleBasedStateMachine):
    """Keys, words, silences and transfers in any order; time passes in between."""

    @initialize(now=HOURS, language=st.sampled_from([*LINE.languages, None, "xx"]))
    def rings(self, now: datetime, language: str | None) -> None:
        self.now = now
        self.turn = step(LINE, start(LINE, language), Ring(), now)

    def hears(self, heard: object) -> None:
        self.turn = step(LINE, self.turn.position, heard, self.now)  # type: ignore[arg-type]

    @rule(key=st.sampled_from("0123456789*#"))
    def presses(self, key: str) -> None:
        self.hears(Key(key))

    @rule()
    def keeps_silent(self) -> None:
        self.hears(NoInput())

    @rule(
        words=st.one_of(
            st.text(max_size=20), st.sampled_from(["警察", "けいさつにつないで", "もう一度", "police", "help", "英語"])
        )
    )
    def says_something(self, words: str) -> None:
        answer = self.turn.position.place.step in ("ask", "join")
        self.hears(Words(words))
        assert answer or not any(isinstance(act, Dial) for act in self.turn.acts)  # R21

    @rule(status=st.sampled_from(["completed", "busy", "no_answer", "failed", "canceled", "odd"]))
    def comes_back_from_a_desk(self, status: str) -> None:
        self.hears(DialEnded(status))

    @rule(heard=st.sampled_from([NumberGiven(), Lost()]))
    def meets_something_odd(self, heard: object) -> None:
        self.hears(heard)

    @rule(seconds=st.integers(0, 40_000))
    def lets_time_pass(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @invariant()
    def words_are_said_before_anything_else(self) -> None:
        assert any(isinstance(part, Chunk) and part.written for part in says(self.turn)[0].parts)

    @invariant()
    def it_listens_or_says_goodbye(self) -> None:
        last = self.turn.acts[-1]
        assert isinstance(last, Ask | Dial | HangUp)
        if isinstance(last, HangUp):
            assert any(
                part.key == "say.goodbye" for say in says(self.turn) for part in say.parts if isinstance(part, Chunk)
            )

    @invariant()
    def one_language_but_for_the_names_of_others(self) -> None:
        for say in says(self.turn):
            if say.language != self.turn.position.language:
                assert {part.key for part in say.parts if isinstance(part, Chunk)} <= {
                    "choice.language",
                    "silence.language",
                    "press.4",
                    "press.1",
                }

    @invariant()
    def the_position_fits_and_its_address_gives_it_back(self) -> None:
        position = self.turn.position
        assert fits(LINE, position)
        address = addresses.address(position, addresses.KEY)
        assert len(address) < 500
        parts = addresses.parts(address)
        assert parts and addresses.position(parts.edition, parts) == position

    @rule()
    def zero_leads_to_a_person_or_tells_when_one_is_there(self) -> None:
        turn = step(LINE, self.turn.position, Key("0"), self.now)
        if keys_said(turn) & set(INSTEAD):
            return
        dials = [act for act in turn.acts if isinstance(act, Dial)]
        language = turn.position.language
        reached = LINE.desks[turn.position.place.node].heard_in(language)
        anybody = any(joinable(LINE.desks[key].heard_in(language), self.now) for key in LINE.nearest)
        if dials:
            assert joinable(LINE.desks[dials[0].desk].heard_in(language), self.now)
        elif turn.position.place.step == "ask":
            assert not reached.answers_in(language), "asked back only because it speaks another language"
            sure = step(LINE, turn.position, Key("0"), self.now)
            assert any(isinstance(act, Dial) for act in sure.acts) or keys_said(sure) & set(INSTEAD)
        elif reached.hours.is_open(self.now):
            assert reached.dial is None, "the line can only tell its number"
        else:
            assert not anybody
            assert any(key.startswith("status.closed") for key in keys_said(turn))

    @rule()
    def five_stays_and_says_where(self) -> None:
        before = self.turn.position
        turn = step(LINE, before, Key("5"), self.now)
        if keys_said(turn) & set(INSTEAD):
            return
        if before.place.node == "pause":
            assert [p.node for p in turn.position.trail] == [p.node for p in before.trail[:-1]]
        elif before.place.step in ("ask", "join") and not joinable(LINE.desks[before.place.node], self.now):
            assert turn.position.place.node == before.place.node
        else:
            at_the_end = before.place.step == "end"
            assert turn.position.trail == (before.at(Place(before.place.node, "0")) if at_the_end else before).trail
            assert any(key.startswith("where.") for key in keys_said(turn))

    @rule()
    def star_goes_back_one_step(self) -> None:
        before = self.turn.position.trail
        turn = step(LINE, self.turn.position, Key("*"), self.now)
        if keys_said(turn) & set(INSTEAD):
            return
        after = turn.position.trail
        assert [p.node for p in after] == [p.node for p in (before[:-1] or before)]

    @invariant()
    def nothing_closed_is_dialled(self) -> None:
        for act in self.turn.acts:
            if isinstance(act, Dial) and self.turn.position.place.step == "join":
                desk = LINE.desks[act.desk]
                assert act.number == desk.dial
                assert act.number.startswith("+81") and len(act.number) == 12

    def teardown(self) -> None:
        """Whatever happened, a silent caller is brought to an end with words or to a desk."""
        if not hasattr(self, "turn"):
            return
        for _ in range(60):
            if isinstance(self.turn.acts[-1], HangUp | Dial):
                return
            self.hears(NoInput())
        raise AssertionError("the call never ends")


TestAnyCaller = AnyCaller.TestCase
TestAnyCaller.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


# --- purity --------------------------------------------------------------------------------

ROOMS = {
    "line": {"line"},
    "call": {"line", "call"},
}
ALLOWED = {"babel", "fugashi", "holidays", "jreadability", "opening_hours", "phonenumbers", "sudachipy"}
FORBIDDEN_CALLS = re.compile(r"datetime\.now|time\.time|date\.today|(?<![\w.])open\(|urandom|random\.")


def test_the_pure_rooms_import_no_framework_and_no_other_room() -> None:
    standard = __import__("sys").stdlib_module_names
    for room, neighbours in ROOMS.items():
        for path in (Path(ivr.__file__).parent / room).glob("*.py"):
            for name in imports(path):
                top, *rest = name.split(".")
                known = top in standard or top in ALLOWED or (top == "ivr" and rest and rest[0] in neighbours)
                assert known, f"{path.name} imports {name}"


def test_the_pure_rooms_read_no_clock_and_open_no_file() -> None:
    for room in ROOMS:
        for path in (Path(ivr.__file__).parent / room).glob("*.py"):
            assert not FORBIDDEN_CALLS.search(path.read_text()), path.name


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found


@pytest.mark.parametrize("step", ["99", "9" * 5000, "1x", "end"])
def test_a_place_that_no_help_or_language_page_has_fits_no_line(line: Line, step: str) -> None:
    for node in ("help", "language"):
        assert not fits(line, Position(line.edition, "ja", (Place("main"), Place(node, step))))


def test_a_language_with_fewer_passages_goes_on_at_its_last_one(line: Line) -> None:
    english = line.languages["en"]
    fewer = {key: prompt for key, prompt in english.prompts.items() if not key.startswith("text.mail.passages.")}
    fewer["text.mail.passages.1"] = english.prompts["text.mail.passages.1"]
    languages = {**line.languages, "en": replace(english, prompts=MappingProxyType(fewer))}
    shorter = replace(line, languages=MappingProxyType(languages))
    last = len(line.passages("mail", "ja")) - 1
    position = Position(line.edition, "ja", (Place("main"), Place("mail", str(last))))
    turn = step(shorter, position, Words("English"), datetime(2026, 11, 24, 2, tzinfo=UTC))
    assert last > 0 and turn.position.place == Place("mail", "0") and fits(shorter, turn.position)


def test_before_an_alert_which_takes_long_the_languages_are_told() -> None:
    words = MappingProxyType({"ja": parse("alert.x", "いま、偽の電話が増えています。")})
    alert = Alert("x", words, BEGINNING, BEGINNING + timedelta(days=1))
    turn = step(replace(LINE, alerts=(alert,)), start(LINE, "ja"), Ring(), BEGINNING)
    keys = [part.key for say in says(turn) for part in say.parts if isinstance(part, Chunk)]
    assert keys.index("say.greeting") < keys.index("choice.language") < keys.index("alert.x") < keys.index("press.1")
