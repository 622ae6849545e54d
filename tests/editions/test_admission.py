"""What of a file has a place in a draft: new menus, texts, desks and passages, and what takes them away."""

from pathlib import Path

import pytest

from ivr.editions import exchange
from ivr.editions.admission import WAY
from ivr.editions.draft import Word
from ivr.editions.edition import Edition
from ivr.editions.outlook import breakages
from ivr.editions.structure import Shape, missing
from ivr.editions.texts import TextPlace, change, texts
from ivr.line.loading import read_files
from tests.support.given import PROMPTS

FILES = read_files(Path(PROMPTS))
SHIPPED = dict(texts(FILES))
WORDS = {place: Word(place, text, 0, text, False) for place, text in SHIPPED.items()}
WHERE = " > ".join((*(SHIPPED[TextPlace("ja.toml", f"menu.{menu}.name")] for menu in ("main", "card")), "図書館"))


def rows(key: str, ja: str, en: str) -> dict[TextPlace, str]:
    """A row of a spreadsheet."""
    return {TextPlace("ja.toml", key): ja, TextPlace("en.toml", key): en}


LIBRARY = {
    **rows("text.library.name", "図書館", "the library"),
    **rows("text.library.option", "図書館は、", "For the library,"),
    **rows("text.library.passages.1", "図書館です。", "This is the library."),
    **rows("text.library.passages.2", "おいでください。", "Please come."),
    TextPlace(WAY, "text.library.name"): WHERE,
}


def taken(found: dict[TextPlace, str], away: bool = False) -> dict[TextPlace, str]:
    """The texts once the file is taken in."""
    proposal = exchange.propose(WORDS, found)
    changes = {each.place: each.after for each in (*proposal.changes, *(proposal.goes if away else ()))}
    assert exchange.takes(WORDS, changes), "what was shown is what may be taken"
    return {**SHIPPED, **changes}


def test_a_new_text_in_a_spreadsheet_stands_on_the_key_that_its_place_names() -> None:
    after = taken(LIBRARY)
    shape = Shape.of(after)
    assert shape.branch("card").ways == ("lost", "leaked", "cards", "library")
    assert shape.branch("library").desks == shape.branch("card").desks
    assert after[TextPlace("en.toml", "words.library")] == '["library"]'
    assert [str(place) for place in missing(after)] == ["line.toml: text.library.source"]
    assert change(FILES, {place: text for place, text in after.items() if SHIPPED.get(place) != text})


@pytest.mark.parametrize("way", ["", "図書館", "最初のメニュー > どこか > 図書館", "最初のメニュー", " > "])
def test_one_whose_place_is_not_understood_is_there_and_told(way: str) -> None:
    after = taken({**LIBRARY, TextPlace(WAY, "text.library.name"): way})
    assert Shape.of(after).way("library") is None
    assert any(each.branch == "library" for each in breakages(after, "ja"))


def test_a_passage_more_is_taken_in_and_one_beyond_it_is_not() -> None:
    proposal = exchange.propose(
        WORDS, rows("text.mail.passages.6", "六。", "Six.") | rows("text.mail.passages.8", "八", "8")
    )
    assert {each.place.key for each in proposal.changes} == {"text.mail.passages.6"}
    assert proposal.unknown == ("ja.toml: text.mail.passages.8", "en.toml: text.mail.passages.8")


@pytest.mark.parametrize(
    "key",
    [
        "no.such",
        "text.maill.passages.1",
        "desk.mail.about",
        "text.Mail.name",
        "text.again.name",
        "menu.main.about",
        "say.more",
    ],
)
def test_a_slip_of_the_pen_is_left_out_by_name(key: str) -> None:
    proposal = exchange.propose(WORDS, rows(key, "一", "one"))
    assert proposal.changes == () and len(proposal.unknown) == 2


def test_a_prepared_alert_comes_with_the_list_that_names_it() -> None:
    words = rows("alert.works.title", "点検", "Works") | rows("alert.works.words", "点検です。", "There are works.")
    assert len(exchange.propose(WORDS, words).unknown) == 4
    assert exchange.propose(WORDS, words | {TextPlace("alerts.toml", "alerts"): '["works"]'}).unknown == ()


def test_a_language_that_the_line_does_not_speak_is_left_out() -> None:
    assert exchange.propose(WORDS, {TextPlace("xx.toml", "say.greeting"): "x"}).unknown == ("xx.toml: say.greeting",)


def test_toml_files_bring_what_line_toml_says_and_take_away_what_it_does_not() -> None:
    """A desk is added to the files and a text leaves them, as somebody does who edits the files."""
    line = FILES["line.toml"].replace(b'options = ["lost", "leaked", "cards"]', b'options = ["lost", "library"]')
    kept, _, rest = line.partition(b"[text.leaked]")
    line = kept + b"[text.cards]" + rest.partition(b"[text.cards]")[2]
    line += (
        b'\n[desk.library]\nnumbers = ["045-262-0050"]\nhours = "Tu-Su 09:30-19:00"\nlanguages = ["ja"]\nsource = "x"\n'
    )
    found = dict(texts({"line.toml": line}))
    found |= rows("desk.library.name", "図書館", "the library") | rows("desk.library.about", "本です。", "Books.")
    left = taken(found)
    assert Shape.of(left).branch("card").ways == ("lost", "library") and "leaked" in Shape.of(left).branches
    gone = taken(found, away=True)
    assert "leaked" not in Shape.of(gone).branches and not gone[TextPlace("ja.toml", "text.leaked.name")]
    assert exchange.propose(WORDS, found).branches == ("leaked",)


def test_a_part_of_the_line_takes_nothing_away() -> None:
    assert exchange.propose(WORDS, LIBRARY).goes == ()
    assert exchange.propose(WORDS, dict(SHIPPED)).goes == ()


def test_passages_that_every_language_has_lost_can_be_taken_away() -> None:
    found = {place: text for place, text in SHIPPED.items() if not place.key.startswith("text.mail.passages.6")}
    proposal = exchange.propose(WORDS, found)
    assert {each.place for each in proposal.goes} == rows("text.mail.passages.6", "", "").keys()
    del found[TextPlace("ja.toml", "text.mail.passages.5")]
    assert exchange.propose(WORDS, found).goes == (), "languages that differ are a mistake"


def test_a_draft_that_is_not_finished_goes_out_all_the_same() -> None:
    new = {place: text for place, text in taken(LIBRARY).items() if SHIPPED.get(place) != text}
    files = change(FILES, new | {TextPlace("ja.toml", "text.library.option"): ""})
    assert exchange.as_spreadsheet(Edition(files))
