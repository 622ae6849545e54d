"""What is told of an edition from its texts alone, without making its Line, is what the Line makes of them."""

import pytest

from ivr.editions.edition import Edition, number_slots
from ivr.line.loading import read_files
from tests.support.given import PROMPTS

EDITION = Edition(read_files(PROMPTS))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_words_give_by_name_the_numbers_that_the_line_has_in_their_language(language: str) -> None:
    assert number_slots(EDITION.texts, language).named == EDITION.line.languages[language].named_numbers


def test_a_desk_may_have_another_number_in_a_language() -> None:
    assert number_slots(EDITION.texts, "ja").named["number.card_stop"] == "0120-95-0178"
    assert number_slots(EDITION.texts, "en").named["number.card_stop"] == "0120-0178-27"


def test_numbers_of_no_desk_are_those_of_every_language() -> None:
    line = EDITION.files["line.toml"] + b'\n[numbers]\nfax = "045-000-1111"\n'
    texts = Edition({**EDITION.files, "line.toml": line}).texts
    assert {number_slots(texts, code).named["number.fax"] for code in ("ja", "en")} == {"045-000-1111"}
