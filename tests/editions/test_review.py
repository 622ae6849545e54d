"""What changes between two editions, as somebody who approves it reads it."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from ivr.editions.edition import Edition, Piece, Recording, complete
from ivr.editions.review import Change, Pair, aligned, review
from ivr.editions.structure import Shape, taken_away
from ivr.editions.texts import TextPlace, change, words_at
from ivr.line.prompt_keys import passage
from tests.support.stores import shipped

pytestmark = pytest.mark.timeless

BASE = Edition(MappingProxyType(shipped()))
TEXT = "mail"
A, B, C = "リンクは、開かないでください。", "返事を、しないでください。", "そのメールを、消してください。"


def passages(*words: str, of: Edition = BASE) -> Edition:
    """The edition with these passages of a text, in Japanese."""
    standing = [place for place in of.texts if place.language == "ja" and place.parts.text == TEXT]
    wanted = dict.fromkeys(standing, "")
    wanted |= {words_at("ja", passage(TEXT, number)): text for number, text in enumerate(words, 1)}
    return Edition(MappingProxyType(dict(change(of.files, wanted))))


def changes(before: Edition, after: Edition) -> list[Change]:
    return [change for spot in review(before, after) for change in spot.changes]


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ("AB", "AB", [(0, 0), (1, 1)]),
        ("ABC", "AxBC", [(0, 0), (None, 1), (1, 2), (2, 3)]),
        ("ABC", "AC", [(0, 0), (1, None), (2, 1)]),
        ("ABC", "AxC", [(0, 0), (1, 1), (2, 2)]),
        ("A", "", [(0, None)]),
        ("", "AB", [(None, 0), (None, 1)]),
        ("AB", "xyAB", [(None, 0), (None, 1), (0, 2), (1, 3)]),
    ],
)
def test_passages_are_laid_beside_those_that_they_were(old: str, new: str, pairs: list[Pair]) -> None:
    words = {"A": A, "B": B, "C": C, "x": "１１０番に電話する。", "y": "Yokohama"}
    assert list(aligned([words[each] for each in old], [words[each] for each in new])) == pairs


def test_a_passage_that_is_put_in_is_one_change_and_those_behind_it_are_none() -> None:
    before, after = passages(A, B, C), passages(A, "まず、落ち着いてください。", B, C)
    [found] = changes(before, after)
    assert (found.before, found.after) == (None, words_at("ja", passage(TEXT, 2)))
    assert (found.old, found.new) == ("", "まず、落ち着いてください。")


def test_a_passage_that_moved_and_changed_is_still_itself() -> None:
    before, after = passages(A, B, C), passages("まず、落ち着いてください。", A, B, C.replace("消して", "削除して"))
    added, changed = changes(before, after)
    assert added.before is None
    assert changed.before == words_at("ja", passage(TEXT, 3)) and changed.after == words_at("ja", passage(TEXT, 4))


def test_a_recording_moves_along_with_its_passage() -> None:
    def spoken(edition: Edition, number: int, audio: str) -> Edition:
        piece = Piece("ja", passage(TEXT, number))
        return complete(edition.files, [Recording(piece, B, audio)], ())

    before = spoken(passages(A, B), 2, "a" * 64)
    after = passages("まず、落ち着いてください。", A, B)
    assert [each.sound for each in changes(before, spoken(after, 3, "a" * 64))] == [False]
    only = [each for each in changes(before, spoken(after, 3, "b" * 64)) if each.sound]
    assert [(each.old, each.new) for each in only] == [(B, B)], "the same words by another voice"


def test_changes_are_gathered_by_where_callers_meet_them_and_japanese_is_first() -> None:
    texts = {
        words_at("en", "menu.fraud.name"): "strange messages and calls",
        words_at("ja", "menu.fraud.name"): "おかしな連絡",
        words_at("ja", "say.goodbye"): "さようなら。",
        TextPlace("line.toml", "desk.city.hours"): '"Mo-Fr 09:00-17:00"',
        words_at("ja", passage(TEXT, 1)): A,
        words_at("ja", "words.mail"): '["メール"]',
    }
    spots = review(BASE, Edition(MappingProxyType(dict(change(BASE.files, texts)))))
    assert [spot.node for spot in spots] == ["fraud", "mail", "city", ""]
    assert [each.language for each in spots[0].changes] == ["ja", "en"]
    assert [each.place.key for each in spots[1].changes] == [passage(TEXT, 1), "words.mail"], "words before facts"


def test_what_was_taken_away_is_told_where_it_was() -> None:
    gone = taken_away("consumer")(BASE.texts)
    after = replace(BASE, files=MappingProxyType(dict(change(BASE.files, gone))))
    assert "consumer" not in Shape.of(after.texts).branches
    spot = next(spot for spot in review(BASE, after) if spot.node == "consumer")
    assert all(each.after is None and each.new == "" for each in spot.changes)
    assert review(BASE, BASE) == ()
