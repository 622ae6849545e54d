"""Words whose spelling misleads a voice, and what the voice is given instead."""

from pathlib import Path

import pytest

from ivr.line.words import Span, spans_of
from ivr.voice.speakable import Readings, load, spoken
from tests.support.languages import EN, JA, VI

pytestmark = pytest.mark.timeless

JAPANESE = Readings({"ja": {"188": "いち、はち、はち", "マイナ": "まいな", "マイナポータル": "まいなぽーたる"}})
ENGLISH = Readings({"en": {"PPC": "P, P, C", "#9110": "hash, nine, one, one, zero"}})


def test_a_mark_gives_the_reading_and_keeps_what_is_written() -> None:
    assert spans_of("番号は{#9110|シャープ、きゅう}です") == (
        Span("番号は"),
        Span("#9110", "シャープ、きゅう"),
        Span("です"),
    )


def test_the_table_reads_text_outside_of_marks_only() -> None:
    spans = JAPANESE.applied(JA, spans_of("188と{188|ひゃく}"))
    assert spans == (Span("188", "いち、ハチ、ハチ"), Span("と"), Span("188", "ひゃく"))


def test_the_longest_word_of_the_table_wins() -> None:
    assert JAPANESE.speakable(JA, "マイナポータルとマイナ") == "まいなぽーたるとまいな"


@pytest.mark.parametrize("text", ["1880円", "2188", "A188"])
def test_a_number_is_not_found_inside_a_longer_one(text: str) -> None:
    assert JAPANESE.speakable(JA, text) == text


def test_a_number_is_found_beside_japanese_letters() -> None:
    assert JAPANESE.speakable(JA, "局番なしの188番") == "局番なしのいち、ハチ、ハチ番"


def test_english_words_are_replaced_whole() -> None:
    assert ENGLISH.speakable(EN, "The PPC, not PPCs: #9110.") == "The P, P, C, not PPCs: hash, nine, one, one, zero."


def test_a_language_without_a_table_is_spoken_as_written() -> None:
    assert ENGLISH.speakable(VI, "PPC") == "PPC"
    assert spoken(()) == ""


@pytest.mark.parametrize(
    ("text", "spoken_as"),
    [
        ("{8|はち}", "ハチ"),
        ("{188|いち、はち、はち}は、", "いち、ハチ、ハチは、"),
        ("{横浜市|よこはまし}へ", "ヨコハマシへ"),
        ("{12桁|じゅうにけた}", "じゅうにけた"),
    ],
)
def test_a_japanese_reading_is_said_letter_for_letter(text: str, spoken_as: str) -> None:
    assert JAPANESE.speakable(JA, text) == spoken_as


def test_an_open_slot_cannot_be_spoken() -> None:
    with pytest.raises(ValueError, match="desk"):
        spans_of("{desk}につなぎます")


@pytest.mark.parametrize("line", ['"188" = ""', '" " = "x"', '"188" = 188'])
def test_a_table_with_an_empty_or_odd_line_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "readings.toml").write_text(f"[ja]\n{line}\n")
    with pytest.raises(ValueError, match="ja"):
        load(tmp_path / "readings.toml")


def test_a_reading_outside_of_a_section_is_refused(tmp_path: Path) -> None:
    (tmp_path / "readings.toml").write_text('"188" = "いち"\n')
    with pytest.raises(ValueError, match="section"):
        load(tmp_path / "readings.toml")


@pytest.mark.filterwarnings("ignore:Dictionary.create:DeprecationWarning")
def test_the_readings_as_shipped_are_said_as_they_are_known() -> None:
    pyopenjtalk = pytest.importorskip("pyopenjtalk")
    readings = load(Path(__file__).parents[2] / "prompts" / "readings.toml")
    for written, said in {
        "#9110": "シャープ、キュー、イチ、イチ、ゼロ",
        "188番": "イチ、ハチ、ハチバン",
        "外国人の方も": "ガイコクジンノカタモ",
        "YOKE": "ヨーク",
        "お金を払った方は": "オカネヲハラッタカタワ",
        "相談した方がよい": "ソーダンシタホーガヨイ",
    }.items():
        assert pyopenjtalk.g2p(readings.speakable(JA, written), kana=True) == said
