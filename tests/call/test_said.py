"""What callers say, as they say it: understood by the words that count, and never ringing a desk unasked."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from ivr.call.acts import Dial, NoInput, Words, words_of
from ivr.call.conversation import step
from ivr.call.positions import start
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.loading import load, read_files
from ivr.line.prompt_keys import of_chunk
from ivr.line.tree import END, Place, standing_at
from ivr.line.values import Line
from ivr.line.words import Chunk
from ivr.wiring import create_app
from tests.support.given import ORIGIN, PROMPTS, SIGNER, SUNDAY_NIGHT, TUESDAY_11, moment, settings_for
from tests.support.said import NOW, RIGHT, RINGS, WRONG, cases, outcome, rings, rows

HERE = Path(__file__).parent
Calls = Callable[..., Handset]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(settings_for(tmp_path_factory.mktemp("data"), SPEECH_INPUT="on"))


@pytest.fixture
def ring(app: Flask, line: Line) -> Calls:
    def rings(at: str = TUESDAY_11, keys: str = "") -> Handset:
        caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=moment(at, line))
        caller.dial()
        for key in keys:
            caller.press(key)
        return caller

    return rings


@pytest.mark.parametrize("table", ["said.tsv", "said_held_out.tsv", "said_kinds.tsv"])
def test_callers_are_understood(line: Line, table: str) -> None:
    for code in line.languages:
        found = [outcome(line, case) for case in cases(line, HERE / table) if case.language == code]
        assert len(found) > 20
        assert RINGS not in found
        assert found.count(RIGHT) >= 0.95 * len(found)
        assert found.count(WRONG) <= 0.02 * len(found)


@pytest.mark.parametrize("place", ["police.ask", "police.join"])
def test_only_a_yes_from_its_first_word_to_its_last_rings(line: Line, place: str) -> None:
    found = Counter[tuple[str, str, bool]]()
    for row in rows(HERE / "said_agreed.tsv"):
        before = start(line, row["language"])
        before = replace(before, trail=(*before.trail, Place.parse(place)))
        turn = step(line, before, Words(row["said"]), NOW)
        rang = rings(turn) or rings(step(line, turn.position, NoInput(), NOW))
        assert not rang or row["want"] == "yes", row
        found[row["language"], row["want"], rang] += 1
    for code in line.languages:
        yeses = found[code, "yes", True]
        assert yeses >= 0.95 * (yeses + found[code, "yes", False])


# --- a desk is asked back -----------------------------------------------------------------------


def test_a_desk_may_be_asked_for_anywhere_and_is_asked_back(ring: Calls) -> None:
    caller = ring()
    caller.say("警察につないでください")
    assert caller.heard("警察") and caller.heard("おつなぎしますか") and caller.heard("1番を押してください")
    assert not caller.ringing
    caller.say("はい")
    assert caller.heard("おつなぎします")
    caller.wait()
    assert caller.ringing and caller.ringing.number == "+81456649110"


def test_the_key_says_yes_as_well(ring: Calls) -> None:
    caller = ring()
    caller.say("警察をお願いします")
    caller.press("1")
    caller.wait()
    assert caller.ringing


@pytest.mark.parametrize("said", ["いいえ", "やめてください", "はい、いや、やめます", "*"])
def test_who_says_no_is_back_where_they_were(ring: Calls, said: str) -> None:
    caller = ring(keys="1")
    menu = "".join(caller.last)
    caller.say("消費生活センターにつないで")
    caller.press("*") if said == "*" else caller.say(said)
    assert "".join(caller.last).endswith(menu)


def test_silence_where_a_desk_was_asked_back_rings_nobody(ring: Calls) -> None:
    caller = ring(keys="1")
    menu = "".join(caller.last)
    caller.say("警察をお願いします")
    caller.wait()
    assert caller.heard("おつなぎしますか")
    caller.wait()
    assert caller.heard("おつなぎしません") and "".join(caller.last).endswith(menu)
    assert not caller.dialled


def test_at_night_the_page_of_the_desk_is_read_instead(ring: Calls) -> None:
    caller = ring(at=SUNDAY_NIGHT)
    caller.say("警察につないで")
    assert caller.heard("受け付けていません")
    caller.say("はい")
    assert not caller.ringing


def test_a_person_is_asked_back_too(ring: Calls) -> None:
    caller = ring()
    caller.say("係の人に代わってください")
    assert caller.heard("マイナンバー担当に、おつなぎしますか")


@pytest.mark.parametrize("said", ["やめてください", "ちょっと待って", "うわあ、どうしよう", "テレビの声", "もう一度"])
def test_words_stop_a_transfer_that_was_announced(ring: Calls, said: str) -> None:
    caller = ring(keys="0")
    assert caller.heard("おつなぎします")
    caller.say(said)
    caller.wait()
    assert not caller.ringing


def test_yes_to_a_transfer_that_was_announced_rings(ring: Calls) -> None:
    caller = ring(keys="0")
    caller.say("はい、お願いします")
    caller.wait()
    assert caller.ringing


def test_the_number_of_a_desk_may_be_asked_for(ring: Calls) -> None:
    caller = ring()
    caller.say("警察の電話番号を教えてください")
    assert caller.heard("紙と、書くものを") and caller.heard("#9110")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("もう一度お願いします", "おつなぎしますか"),
        ("ゆっくりお願いします", "ゆっくり"),
        ("電話番号だけ教えて", "紙と、書くものを"),
        ("英語でお願いします", "Shall I connect you"),
        ("1番でいいの", "おつなぎしますか"),
    ],
)
def test_a_wish_where_a_desk_was_asked_back_is_done_and_rings_nobody(ring: Calls, said: str, heard: str) -> None:
    caller = ring()
    caller.say("警察につないでください")
    caller.say(said)
    assert caller.heard(heard)
    assert not caller.ringing


@pytest.mark.parametrize(("said", "agreed"), [("Yes", True), ("No", False)])
def test_a_yes_or_no_may_be_written_down_in_another_language(ring: Calls, said: str, agreed: bool) -> None:
    caller = ring()
    caller.say("警察につないでください")
    caller.say(said)
    assert caller.heard("おつなぎしま")
    caller.wait()
    assert bool(caller.ringing) == agreed


@pytest.mark.parametrize("said", ["いいえ", "やめてください", "遠慮します", "No."])
def test_a_no_where_desks_are_offered_is_answered(line: Line, said: str) -> None:
    before = start(line)
    before = replace(before, trail=standing_at(line, Place("paid", END)))
    turn = step(line, before, Words(said), NOW)
    told = [of_chunk(part.key) for say in words_of(turn.acts) for part in say.parts if isinstance(part, Chunk)]
    assert told[0] == "join.stopped"
    assert turn.position.place == before.place and "choice.join" in told


def test_who_says_a_number_is_not_told_that_it_was_keyed(ring: Calls) -> None:
    caller = ring()
    caller.say("1234 5678 9012")
    assert caller.heard("マイナンバーは必要ありません") and not caller.heard("押され")


# --- speed, languages, keys ---------------------------------------------------------------------


def test_slower_and_faster_end_at_the_ends(ring: Calls) -> None:
    caller = ring()
    caller.say("もっとゆっくり")
    assert 'rate="85%"' in caller.documents[-1].xml
    caller.say("もっとゆっくり")
    assert caller.heard("いちばんゆっくり") and 'rate="85%"' in caller.documents[-1].xml
    for _ in range(4):
        caller.say("もっと速く")
    assert caller.heard("いちばん速い")


def test_who_speaks_no_japanese_is_offered_english_in_english(ring: Calls) -> None:
    caller = ring(keys="1")
    caller.say("日本語がわかりません")
    assert caller.heard("For English, press 1")
    caller.say("yes")
    assert all(sound.language == "en-US" for sound in caller.latest)


def test_who_speaks_another_language_of_the_line_is_offered_it(ring: Calls) -> None:
    caller = ring()
    caller.say("I lost my wallet")
    assert caller.heard("For English, press 1")


def test_keys_may_be_said_but_only_alone(ring: Calls) -> None:
    caller = ring(keys="1")
    caller.say("米印でお願いします")
    assert caller.heard("あやしい電話")
    caller.say("おばあさん")
    assert caller.heard("聞き取れません")


def test_a_key_in_words_that_would_ring_is_asked_back(ring: Calls) -> None:
    caller = ring(keys="11")
    caller.say("1番")
    assert caller.heard("つなぐには、1番"), "only what has been named"
    caller.say("1番")
    assert caller.heard("おつなぎしますか")
    caller.say("1番")
    caller.wait()
    assert caller.ringing


# --- new places ---------------------------------------------------------------------------------


def test_a_new_text_is_found_by_the_words_of_its_own_prompts() -> None:
    files = read_files(PROMPTS)
    line_toml = files["line.toml"].decode()
    line_toml = line_toml.replace(
        'options = ["lost", "leaked", "cards"]', 'options = ["lost", "leaked", "cards", "moving"]'
    )
    files["line.toml"] = (line_toml + '\n[text.moving]\ndesks = ["city"]\nsource = "test"\n').encode()
    for code, words in {
        "ja": '\nname = "引越しの手続き"\noption = "引越しの手続きは、"\npassages = ["転入届を出してください。"]\n',
        "en": '\nname = "moving house"\noption = "For moving house,"\npassages = ["Register your residence."]\n',
    }.items():
        text = files[f"{code}.toml"].decode()
        files[f"{code}.toml"] = text.replace("[desk.police]", f"[text.moving]{words}\n[desk.police]", 1).encode()
    line = load(files)
    spoken = {"引越しをするんですが手続きはどうすれば": "ja", "転入届について": "ja", "I am moving to Yokohama": "en"}
    for said, code in spoken.items():
        turn = step(line, start(line, code), Words(said), NOW)
        assert turn.position.place.node == "moving", said


def test_files_of_an_earlier_release_are_lent_what_came_later(line: Line) -> None:
    files = dict(read_files(PROMPTS))
    text = files["ja.toml"].decode()
    earlier = text[: text.index("# What stands around")].replace('ask = "{desk}', '# ask = "{desk}')
    earlier = "\n".join(row for row in earlier.split("\n") if not row.startswith(("yes = [", "no = [", "slower = [")))
    lent = load({**files, "ja.toml": earlier.encode()}, files)
    turn = step(lent, start(lent), Words("警察につないでください"), NOW)
    assert turn.position.place.step == "ask"


# --- any words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["あ" * 200, "え" * 199 + "x", "1" * 11, "no " * 66, "払っ" * 60, "|=…~", "", "\u3000"]
)
def test_strange_words_take_no_time_and_ring_nobody(line: Line, said: str) -> None:
    for code in line.languages:
        turn = step(line, start(line, code), Words(said), NOW)
        assert not any(isinstance(act, Dial) for act in turn.acts)
