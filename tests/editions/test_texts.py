"""Changing a text in a file: all else stays as it was, byte for byte where nothing was said."""

import difflib
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.editions.edition import Edition, Piece, Recording, complete, pieces, unrecorded
from ivr.editions.texts import TextPlace, change, fact_of, natural, text_of, texts, tidy
from ivr.line.chunks import said_by_itself
from ivr.line.loading import load
from ivr.line.named_numbers import is_number
from ivr.people.refusals import Refused
from tests.support.stores import GREETING, shipped

pytestmark = pytest.mark.timeless

FILES = shipped()
PROMPTS = sorted(place for place in texts(FILES) if place.prompt)


def changed_lines(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    lines: list[str] = []
    for name, content in before.items():
        old, new = content.decode().splitlines(), after[name].decode().splitlines()
        lines += [line for line in difflib.ndiff(old, new) if line[:2] in ("- ", "+ ")]
    return lines


def test_a_change_touches_its_own_line_alone_and_keeps_the_comment() -> None:
    before = FILES | {"ja.toml": b'# words\n[say]\n  greeting = "a"   # said first\n\n[pause] # quiet\nend = "b"\n'}
    after = change(before, {GREETING: "こんにちは"})
    assert changed_lines(before, after) == [
        '-   greeting = "a"   # said first',
        '+   greeting = "こんにちは"   # said first',
    ]


@given(st.sampled_from(PROMPTS), st.text(min_size=1, max_size=60))
@settings(max_examples=30, deadline=None)
def test_any_words_come_back_from_any_place(place: TextPlace, words: str) -> None:
    words = tidy(place, words)
    after = change(FILES, {place: words} if words else {})
    expected = {**texts(FILES), **({place: words} if words else {})}
    assert dict(texts(after)) == expected


def test_no_change_is_no_change() -> None:
    assert change(FILES, dict(texts(FILES))) == FILES


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (TextPlace("line.toml", "desk.city.hours"), '"Mo-Fr 09:00-17:00"'),
        (TextPlace("line.toml", "desk.police.numbers"), '["#9110"]'),
        (TextPlace("line.toml", "desk.ppc.recorded"), "false"),
        (TextPlace("line.toml", "desk.city.confirmed"), "2026-11-24"),
        (TextPlace("line.toml", "line.confirm_within_days"), "90"),
        (TextPlace("ja.toml", "words.person"), '["人", "ひと"]'),
        (TextPlace("ja.toml", "menu.main.lead"), "どうぞ。"),
        (TextPlace("readings.toml", "ja.新語"), "シンゴ"),
    ],
)
def test_facts_readings_and_new_texts_find_their_place(place: TextPlace, text: str) -> None:
    after = change(FILES, {place: text})
    assert texts(after)[place] == text
    assert load(after)


def test_an_empty_text_takes_it_out() -> None:
    lead = TextPlace("ja.toml", "menu.fraud.lead")
    after = change(FILES, {lead: ""})
    assert lead not in texts(after)
    assert change(after, {lead: texts(FILES)[lead]}).keys() == FILES.keys()


def test_only_the_last_passage_can_be_taken_out_alone() -> None:
    count = len([place for place in PROMPTS if place.file == "ja.toml" and place.key.startswith("text.mail.passages.")])
    assert len(texts(change(FILES, {TextPlace("ja.toml", f"text.mail.passages.{count}"): ""}))) == len(texts(FILES)) - 1
    with pytest.raises(Refused, match="cannot be changed"):
        change(FILES, {TextPlace("ja.toml", "text.mail.passages.1"): ""})


@pytest.mark.parametrize("text", ["no value", '"a"\nx = 1', "{a = 1}", "[1, 2]", '"a'])
def test_a_fact_that_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="not written as a value"):
        tidy(TextPlace("line.toml", "desk.city.hours"), text)


def test_a_passage_beyond_the_next_is_refused() -> None:
    with pytest.raises(Refused, match="cannot be changed"):
        change(FILES, {TextPlace("ja.toml", "text.mail.passages.77"): "a"})


def test_what_nobody_sees_is_not_kept() -> None:
    assert tidy(GREETING, " a\n\tb\u200b\u202ec\x00 ") == "a b c"


@pytest.mark.parametrize("text", ['"a"', '["a", "b"]', "true", "5", "2026-11-24"])
def test_facts_as_values_and_back(text: str) -> None:
    assert text_of(fact_of(text)) == text


def test_people_count_passages_so() -> None:
    places = [TextPlace("ja.toml", f"calendar.days.{number}") for number in (10, 2, 1)]
    assert sorted(places, key=natural) == places[::-1]


def test_an_edition_is_its_bytes() -> None:
    edition = Edition(FILES)
    assert edition.id == edition.line.edition == edition.digest[:10]
    assert complete(FILES, [], []).digest == edition.digest, "no recordings, no file of them"
    heard = complete(FILES, [Recording(Piece("ja", "say.greeting"), "words", "0a")], [])
    late = complete(FILES, [], [TextPlace("en.toml", "say.greeting")])
    assert len({edition.id, heard.id, late.id}) == 3
    assert late.renew == {TextPlace("en.toml", "say.greeting")}
    assert all(tomllib.loads(content.decode()) for content in (*heard.files.values(), *late.files.values()))


def test_a_recording_is_heard_for_exactly_its_words() -> None:
    line = load(FILES)
    chunk = line.languages["ja"].prompts["say.greeting"].chunks()[0]
    piece = Piece("ja", chunk.key)
    right = complete(FILES, [Recording(piece, chunk.spoken, "0a")], [])
    wrong = complete(FILES, [Recording(piece, chunk.spoken + "。", "0a")], [])
    assert right.sound("ja", chunk) == "0a"
    assert right.sound("en", chunk) is None
    assert wrong.sound("ja", chunk) is None
    assert piece not in unrecorded(right)
    assert piece in unrecorded(wrong)


def test_every_chunk_of_the_line_that_is_said_by_itself_is_a_piece() -> None:
    line = load(FILES)
    chunks = {
        Piece(language.code, chunk.key): chunk
        for language in line.languages.values()
        for prompt in language.prompts.values()
        if said_by_itself(prompt.key)
        for chunk in prompt.chunks()
        if any(letter.isalnum() for letter in chunk.spoken) and not is_number(chunk)
    }
    assert dict(pieces(texts(FILES))) == chunks


NEW_DESK = {
    TextPlace("line.toml", "desk.library.numbers"): '["045-262-0050"]',
    TextPlace("line.toml", "desk.library.hours"): '"Tu-Su 09:30-19:00"',
    TextPlace("line.toml", "menu.desks.options"): '["police", "consumer", "ppc", "library"]',
    TextPlace("ja.toml", "desk.library.name"): "図書館",
    TextPlace("ja.toml", "words.library"): '["図書館"]',
    TextPlace("ja.toml", "text.books.passages.1"): "一つ目。",
    TextPlace("ja.toml", "text.books.passages.2"): "二つ目。",
    TextPlace("readings.toml", "ja.図書館.中央"): "チュウオウトショカン",
    TextPlace("readings.toml", "zh.图书馆"): "tú shū guǎn",
}


def test_what_is_new_gets_its_tables_and_leaves_none_behind() -> None:
    after = change(FILES, NEW_DESK)
    told = {name: tomllib.loads(content.decode()) for name, content in after.items()}
    assert told["line.toml"]["desk"]["library"]["numbers"] == ["045-262-0050"]
    assert told["ja.toml"]["text"]["books"] == {"passages": ["一つ目。", "二つ目。"]}
    assert told["readings.toml"]["ja"]["図書館.中央"] == "チュウオウトショカン"
    assert told["readings.toml"]["zh"] == {"图书馆": "tú shū guǎn"}
    back = {place: texts(FILES).get(place, "") for place in NEW_DESK}
    again = change(after, back)
    assert texts(again) == texts(FILES)
    assert "library" not in tomllib.loads(again["line.toml"].decode())["desk"]
    assert "books" not in tomllib.loads(again["ja.toml"].decode())["text"]


def test_a_language_comes_as_a_file_of_texts_and_goes_with_its_last_one() -> None:
    korean = {TextPlace("ko.toml", place.key): text for place, text in texts(FILES).items() if place.file == "en.toml"}
    both = TextPlace("line.toml", "line.languages")
    after = change(FILES, korean | {both: '["ja", "en", "ko"]', TextPlace("ko.toml", "language.name"): '"한국어"'})
    assert load(after).languages["ko"].name == "한국어"
    gone = change(after, dict.fromkeys(korean, "") | {both: '["ja", "en"]'})
    assert gone.keys() == FILES.keys()
    assert texts(gone) == texts(FILES)


def test_a_file_of_any_other_name_holds_facts() -> None:
    files = FILES | {"alerts.toml": b'alerts = ["calls"]\n\n[[kind]]\nname = "a"\n'}
    place = TextPlace("alerts.toml", "alerts")
    assert place.fact
    assert not place.prompt
    assert place.language is None
    assert tomllib.loads(change(files, {place: '["calls", "mails"]'})["alerts.toml"].decode()) == {
        "alerts": ["calls", "mails"],
        "kind": [{"name": "a"}],
    }


@pytest.mark.parametrize("name", ["../ja.toml", "ja", "recordings.toml", "x" * 60 + ".toml", "a b.toml"])
def test_a_file_that_is_none_of_the_line_s_is_not_made(name: str) -> None:
    with pytest.raises(Refused, match="no file"):
        change(FILES, {TextPlace(name, "say.greeting"): '"a"'})
