"""Text that comes in: what nobody can see goes without a trace, and what XML does not know."""

import re
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import VoiceResponse

from ivr.carrier.twiml import written
from ivr.line.text import cleaned, folded, in_xml, one_line, one_width, outside_xml, whole

INVISIBLE = (
    "\u200b\ufeff\u2060\u00ad\U000e0041\U000e0001\U000e007f\u200e\u200f\u061c\ufff9\u0000\u0008\u007f\ufffe\uffff"
)
"""Zero-width spaces, marks of byte order, word joiners, soft hyphens, tags, controls and the like."""


@pytest.mark.parametrize("letter", [*INVISIBLE, "\udfff", "\U0001fffe", "\ufdd0"], ids=ascii)
def test_what_nobody_sees_leaves_no_blank_within_a_word(letter: str) -> None:
    assert one_line(f"お知{letter}らせ") == "お知らせ"


@pytest.mark.parametrize("word", ["می\u200cشود", "क्\u200dष", "葛\U000e0100城市", "1️⃣", "①㈱々〆"])
def test_what_changes_a_word_stays(word: str) -> None:
    assert one_line(word) == word


@pytest.mark.parametrize("mark", [*"\v\f\x1c\x85\u2028\u2029\u202e\u2066\u3164\n\t\u3000"], ids=ascii)
def test_what_parts_words_leaves_one_blank(mark: str) -> None:
    assert one_line(f"東京 {mark}横浜") == "東京 横浜"


def test_lines_stay_lines_until_one_is_wanted() -> None:
    assert cleaned("一行目\u200b\n\t二行目\r\n") == "一行目\n\t二行目\r\n"


@given(st.text(st.characters(codec=None, categories=None)))
def test_whatever_is_cleaned_can_be_written_and_is_clean(text: str) -> None:
    once = cleaned(text)
    assert once.encode().decode() == once == cleaned(once) == in_xml(once)
    assert outside_xml(once) is None
    assert not any(unicodedata.category(letter) == "Cs" for letter in once)


@given(st.text(st.characters(codec=None, categories=None)))
def test_no_text_whatever_spoils_a_document(text: str) -> None:
    response = VoiceResponse()
    response.say(text, voice=text)
    response.hangup()
    said = ElementTree.fromstring(written(response))
    assert [verb.tag for verb in said] == ["Say", "Hangup"]


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("007", 7), ("", None), ("４", None), ("²", None), ("-1", None)]
)
def test_figures_are_ascii(text: str, number: int | None) -> None:
    assert whole(text) == number


def test_a_number_of_thousands_of_digits_is_none() -> None:
    assert whole("9" * 5000) is None


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("０４５−６７１－３７９２", "045-671-3792"),
        ("045ー671ｰ3792", "045-671-3792"),
        ("045‐671–3792", "045-671-3792"),
        ("12─29／01━03", "12-29/01-03"),
        ("Ｍｏ－Ｆｒ　０８：３０", "Mo-Fr 08:30"),
        ("０４５\u3000\t६७१", "045 ६७१"),
        ("\u200b123\ufeff456\n", "123456"),
    ],
)
def test_what_is_typed_as_figures_and_signs_is_ascii(typed: str, plain: str) -> None:
    assert folded(typed) == plain


def test_words_in_one_width_stay_words() -> None:
    assert one_width("ﾏｲﾅﾝﾊﾞｰ・ポータル　Ａ１") == "マイナンバー・ポータル A1"


@given(st.text(st.characters(codec=None, categories=None)))
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    for fold in (folded, one_width):
        assert fold(fold(text)) == fold(text)


MORE_THAN_ASCII = {
    "ivr/logs.py": "a number is hidden in whatever figures it is written",
    "ivr/line/own_hours.py": "a figure that nobody reads is told, of whatever script",
    "ivr/voice/pace.py": "a voice says the figures of other scripts, too",
}
FOLDS = {"ivr/line/text.py": "the one place where width is folded"}


@pytest.mark.parametrize(
    ("means", "allowed"),
    [(r"\\d", MORE_THAN_ASCII), ('"NFKC"', FOLDS)],
    ids=["figures", "width"],
)
def test_figures_and_width_mean_the_same_everywhere(means: str, allowed: dict[str, str]) -> None:
    """A pattern's backslash d means the figures of every script, which `int` reads and nothing else does."""
    root = Path(__file__).parents[2]
    meant = {
        str(path.relative_to(root)) for path in root.glob("ivr/**/*.py") if re.search(means, path.read_text("utf-8"))
    }
    assert meant == set(allowed)
