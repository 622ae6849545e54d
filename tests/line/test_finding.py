"""Words found where they stand, whatever they are written in."""

import pytest

from ivr.line.finding import found, found_in_other_forms, replaced

CARDS = "ｶｰﾄﾞを「カード」、かーどという。"


@pytest.mark.parametrize("wanted", ["カード", "ｶｰﾄﾞ", "かーど", " カード "])
def test_width_and_kana_do_not_matter(wanted: str) -> None:
    assert [CARDS[start:end] for start, end in found(CARDS, wanted)] == ["ｶｰﾄﾞ", "カード", "かーど"]


def test_case_and_width_do_not_matter_in_other_scripts() -> None:
    assert found("My ＣＡＲＤ, the card", "Card") == ((3, 7), (13, 17))
    assert found("0120-95-0178", "０１２０") == ((0, 4),)


def test_nothing_is_found_of_nothing() -> None:
    assert found(CARDS, " ") == found("", "カード") == found_in_other_forms(CARDS, "、") == ()


def test_a_word_is_found_in_its_other_forms() -> None:
    text = "リンクは、開かないでください。メールが届いています。"
    assert [text[start:end] for start, end in found_in_other_forms(text, "開く")] == ["開か"]
    assert [text[start:end] for start, end in found_in_other_forms(text, "メールが届く")] == ["メールが届い"]
    assert found_in_other_forms(text, "閉じる") == ()


def test_what_is_found_is_replaced_and_all_else_stays() -> None:
    assert replaced(CARDS, found(CARDS, "カード"), "券") == "券を「券」、券という。"
    assert replaced("{方|かた}へ", (), "x") == "{方|かた}へ"
