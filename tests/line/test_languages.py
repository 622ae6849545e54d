"""More languages than two: another is another file, however many there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import pytest

from ivr.call import rules
from ivr.call.acts import Ask, Key, NoInput, Ring, Say, Turn
from ivr.call.arrival import WAITS
from ivr.call.conversation import step
from ivr.call.positions import start
from ivr.call.walking import walk
from ivr.checking import measured
from ivr.line.loading import load
from ivr.line.tree import LANGUAGES_A_PAGE
from ivr.line.values import Line
from ivr.line.words import Chunk
from ivr.pages.transcript import transcript
from tests.support.given import TUESDAY_11, moment
from tests.support.languages import ELEVEN, chinese, with_languages


@pytest.fixture(scope="module")
def eleven() -> Line:
    """The line in eleven languages, each but the first two in a file of its own."""
    return load(with_languages(ELEVEN))


@pytest.fixture(scope="module", params=[3, 4, 6, 8, 9, 11])
def many(request: pytest.FixtureRequest) -> Line:
    """The line in so many languages."""
    return load(with_languages(dict(list(ELEVEN.items())[: request.param - 2])))


@dataclass
class Caller:
    """Somebody who rings, presses keys and waits."""

    line: Line
    turn: Turn
    now: datetime
    keys: int = 0
    least_wait: int = 99

    @classmethod
    def rings(cls, line: Line, language: str | None = None) -> "Caller":
        now = moment(TUESDAY_11, line)
        return cls(line, step(line, start(line, language), Ring(), now), now)

    def presses(self, key: str) -> None:
        self.keys += 1
        self.turn = step(self.line, self.turn.position, Key(key), self.now)

    def waits(self) -> None:
        self.least_wait = min(self.least_wait, *(act.wait for act in self.turn.acts if isinstance(act, Ask)))
        self.turn = step(self.line, self.turn.position, NoInput(), self.now)

    @property
    def hears(self) -> dict[str, str]:
        """The words heard, by the language of the voice that says them."""
        found: dict[str, str] = {}
        for say in says(self.turn):
            found[say.language] = found.get(say.language, "") + written(say)
        return found

    def chooses(self, language: str) -> None:
        """Presses the key that the language's own voice names, as soon as it has done so."""
        for say in says(self.turn):
            chunks = (part for part in say.parts if isinstance(part, Chunk))
            key = next((chunk.key for chunk in chunks if chunk.key.startswith("press.")), "")
            if say.language == language and key:
                return self.presses(key.removeprefix("press."))
        raise AssertionError(f"{language} is not offered")


def says(turn: Turn) -> Iterator[Say]:
    for act in turn.acts:
        if isinstance(act, Ask):
            yield from (say for say in act.says if isinstance(say, Say))


def written(say: Say) -> str:
    return "".join(part.written for part in say.parts if isinstance(part, Chunk))


def test_every_language_is_two_keys_away_and_names_itself_in_its_own_voice(many: Line) -> None:
    for begun in many.languages:
        for wanted in many.languages.keys() - {begun}:
            caller = Caller.rings(many, begun)
            caller.presses("4")
            pages = 0
            while caller.turn.position.language == begun:
                if wanted in caller.hears:
                    own = many.languages[wanted].prompts["choice.language"].chunks()[0].written
                    assert own in caller.hears[wanted]
                    caller.chooses(wanted)
                else:
                    caller.waits()
                    pages += 1
                    assert pages <= len(many.languages), "no end of pages"
            assert caller.turn.position.language == wanted
            assert caller.turn.position.trail == start(many).trail
            assert caller.keys == 2 and caller.least_wait >= WAITS[0]


def test_a_page_of_languages_has_four_keys_at_most(eleven: Line) -> None:
    caller = Caller.rings(eleven)
    caller.presses("4")
    pages = []
    for _ in range(3):
        pages.append(list(caller.hears))
        caller.waits()
    assert [len(page) for page in pages] == [LANGUAGES_A_PAGE, LANGUAGES_A_PAGE, 2]
    assert [code for page in pages for code in page] == [code for code in eleven.languages if code != "ja"]


def test_after_the_last_page_of_languages_silence_is_met_as_anywhere(eleven: Line) -> None:
    caller = Caller.rings(eleven)
    caller.presses("4")
    for _ in range(3):
        caller.waits()
    explained = eleven.languages["ja"].prompts["silence.explain"].chunks()[0].written
    assert explained in caller.hears["ja"] and "en" in caller.hears, "the first page again, with help"
    for _ in range(5):
        caller.waits()
    assert caller.least_wait == WAITS[0]
    caller.waits()
    assert caller.turn.position.place.node == eleven.silence_desk


def test_pages_of_languages_are_turned_by_key_as_passages_are(eleven: Line) -> None:
    caller = Caller.rings(eleven)
    caller.presses("4")
    first = caller.hears
    caller.presses("#")
    assert caller.hears.keys().isdisjoint(first)
    caller.presses("6")
    caller.presses("6")
    assert caller.hears == first, "round and round"
    caller.presses("*")
    assert caller.turn.position.trail == start(eleven).trail


def test_the_language_menu_answers_all_that_other_menus_answer(many: Line) -> None:
    now = moment(TUESDAY_11, many)
    turn = step(many, start(many), Key("4"), now)
    for key in "56789#*0":
        assert any(isinstance(act, Ask) for act in step(many, turn.position, Key(key), now).acts)
    assert step(many, turn.position, Key("*"), now).position.trail == start(many).trail


def test_the_page_tells_every_page_of_languages_as_the_telephone_does(many: Line) -> None:
    now = moment(TUESDAY_11, many)
    for code in many.languages:
        caller = Caller.rings(many, code)
        caller.presses("4")
        heard = [caller.hears]
        caller.presses("#")
        while caller.turn.position.place.step != "0":
            heard.append(caller.hears)
            caller.presses("#")
        told = transcript(many, code, now, lambda _language, _part: None)
        shown = [
            {option.speech.language: "".join(run.words for run in option.speech.runs) for option in page}
            for page in told.languages
        ]
        assert shown == heard
        fourth = [option for option in told.main.options if option.key == "4"]
        greeting = Caller.rings(many, code).hears
        for option in fourth:
            assert "".join(run.words for run in option.speech.runs) in greeting[option.speech.language]


def test_a_number_of_its_own_begins_in_its_language_and_tells_the_others(eleven: Line) -> None:
    for code in eleven.languages:
        caller = Caller.rings(eleven, code)
        assert eleven.languages[code].prompts["say.greeting"].chunks()[0].written in caller.hears[code]
        other = "en" if code == "ja" else "ja"
        assert set(caller.hears) == {code, other}, "of many languages the first speaks for the others"


NEAREST = 2_000
"""States nearest to the greetings: all menus, and the first passages of texts and desks, in every language."""


@pytest.mark.slow
def test_all_rules_hold_in_eleven_languages_from_the_greeting_of_each(eleven: Line) -> None:
    now = moment(TUESDAY_11, eleven)
    visits = tuple((now, visit) for visit in islice(walk(eleven, tuple(eleven.languages), now), NEAREST))
    survey = rules.Survey(eleven, measured(eleven, lambda _spoken, _chunk, _speed: None), visits)
    held = [rule for rule in rules.RULES if rule is not rules.nothing_is_unreachable]
    assert [str(finding) for rule in held for finding in rule(survey) if finding.error] == []
    assert {visit.begun for _, visit in visits} == set(eleven.languages)
    assert {visit.place.node for _, visit in visits} >= {*eleven.menus}


def test_words_that_nobody_has_reviewed_are_noted() -> None:
    line = load(with_languages({"zh": chinese()}))
    survey = rules.Survey(line, lambda _say: 0.0, ())
    assert [finding.place for finding in rules.reviewed(survey)] == ["zh.toml: language.reviewed"]
    assert not any(finding.error for finding in rules.reviewed(survey))


def test_who_keys_six_digits_is_told_in_the_language_in_which_they_began(line: Line) -> None:
    now = moment("2026-11-22 23:00", line)
    turn = step(line, start(line), Ring(), now)
    languages = []
    for key in "400091":
        turn = step(line, turn.position, Key(key), now)
        languages.append(turn.position.language)
    assert languages == ["en"] * 5 + ["ja"]
    told = [say for say in says(turn) if any(getattr(part, "key", "") == "say.no_number_needed" for part in say.parts)]
    assert [say.language for say in told] == ["ja"]


def languages_but_names(turn: Turn) -> set[str]:
    """The languages of what is said, other languages' names of themselves aside."""
    return {
        say.language
        for say in says(turn)
        if not all(getattr(part, "key", "").startswith(("choice.language", "press.")) for part in say.parts)
    }
