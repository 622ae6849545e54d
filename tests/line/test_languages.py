"""More languages than two: another is another file, and the menu of languages stays short."""

from collections.abc import Iterator

import pytest

from ivr.call.acts import Ask, Key, Ring, Say, Turn
from ivr.call.conversation import step
from ivr.call.positions import start
from ivr.line.loading import load
from ivr.line.values import Line
from ivr.line.words import Chunk
from ivr.pages.transcript import transcript
from tests.support.given import PROMPTS, TUESDAY_11, moment

CODES = ["zh", "ko", "vi", "ne", "tl", "pt", "es"]


@pytest.fixture(scope="module")
def many(line: Line) -> Line:
    """The line with English standing in for seven languages more."""
    files = {path.name: path.read_text() for path in PROMPTS.glob("*.toml")}
    for code in CODES:
        files[f"{code}.toml"] = files["en.toml"].replace('"For English,"', f'"For {code},"', 1)
    names = ", ".join(f'"{code}"' for code in ["ja", "en", *CODES])
    files["line.toml"] = files["line.toml"].replace('languages = ["ja", "en"]', f"languages = [{names}]")
    return load({name: text.encode() for name, text in files.items()})


def languages(turn: Turn) -> Iterator[str]:
    for act in turn.acts:
        for say in act.says if isinstance(act, Ask) else [act] if isinstance(act, Say) else []:
            yield say.language


def test_every_language_is_reached_and_named_in_its_own_voice(many: Line) -> None:
    now = moment(TUESDAY_11, many)
    reached = {"ja"}
    for way in ("1", "2", "3", "41", "42", "43", "441", "442"):
        turn = step(many, start(many), Ring(), now)
        turn = step(many, turn.position, Key("4"), now)
        for key in way:
            assert len(set(languages(turn)) - {"ja"}) >= 1
            turn = step(many, turn.position, Key(key), now)
        assert turn.position.trail == start(many).trail
        reached.add(turn.position.language)
    assert reached == set(many.languages)


def test_the_language_menu_answers_all_that_other_menus_answer(many: Line) -> None:
    now = moment(TUESDAY_11, many)
    turn = step(many, start(many), Key("4"), now)
    for key in "56789#*":
        assert any(isinstance(act, Ask) for act in step(many, turn.position, Key(key), now).acts)
    assert step(many, turn.position, Key("*"), now).position.trail == start(many).trail


def test_the_page_tells_the_language_menu_as_the_telephone_does(many: Line) -> None:
    now = moment(TUESDAY_11, many)
    for code in many.languages:
        turn = step(many, start(many, code), Key("4"), now)
        heard = [words(turn)]
        while turn.position.place.step != "2":
            turn = step(many, turn.position, Key("4"), now)
            heard.append(words(turn))
        told = transcript(many, code, now, lambda _language, _part: None).languages
        assert "".join(run.words for option in told for run in option.speech.runs) == "".join(heard)


def words(turn: Turn) -> str:
    """What is said, as one reads it."""
    says = (say for act in turn.acts if isinstance(act, Ask) for say in act.says)
    return "".join(part.written for say in says for part in say.parts if isinstance(part, Chunk))


def test_who_keys_six_digits_and_changes_the_language_is_told_in_the_new_one(line: Line) -> None:
    now = moment("2026-11-22 23:00", line)
    turn = step(line, start(line), Ring(), now)
    for key in "000091":
        turn = step(line, turn.position, Key(key), now)
    assert turn.position.language == "en"
    said = [part for act in turn.acts if isinstance(act, Ask) for say in act.says for part in say.parts]
    assert any(getattr(part, "key", "") == "say.no_number_needed" for part in said)
    assert languages_but_names(turn) == {"en"}


def languages_but_names(turn: Turn) -> set[str]:
    """The languages of what is said, other languages' names of themselves aside."""
    return {
        say.language
        for act in turn.acts
        for say in (act.says if isinstance(act, Ask) else [])
        if not all(getattr(part, "key", "").startswith(("choice.language", "press.")) for part in say.parts)
    }
