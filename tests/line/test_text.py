"""Text that comes in: what nobody can see goes without a trace, and what XML does not know."""

import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import VoiceResponse

from ivr.carrier.twiml import written
from ivr.line.text import cleaned, in_xml, one_line, outside_xml, whole

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
