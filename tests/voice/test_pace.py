"""Morae, words, and how long a text takes."""

import pytest

from ivr.line.pronunciation import Unit
from ivr.line.speeds import Speed
from ivr.line.words import Span
from ivr.voice.pace import estimated_morae, estimated_seconds, morae, units, words
from tests.support.languages import EN, JA, pronunciation

pytestmark = pytest.mark.timeless

CIVIC = (
    "マイナンバーについて不審な電話やメールがあったときの相談先は、1番を、押してください。",
    "市役所の職員が、電話やメールで、マイナンバーをお聞きすることはありません。",
    "受付時間は、月曜日から金曜日の、午前8時45分から、午後5時15分までです。",
    "あなたの情報は、それぞれの役所が、分けて管理しているので、芋づる式に漏れることはありません。",
    "個人情報保護委員会の、マイナンバー苦情あっせん相談窓口に、おつなぎします。",
    "マイナンバーは、12桁の番号で、住民票のある方、ひとりひとりに、つけられています。",
)


@pytest.mark.parametrize(
    ("kana", "count"),
    [("とうきょう", 4), ("キャッシュ", 3), ("シンブン", 4), ("ファ", 1), ("サッカー", 4), ("がっこう。", 4), ("", 0)],
)
def test_morae_of_kana(kana: str, count: int) -> None:
    assert morae(kana) == count


def test_kana_is_estimated_exactly() -> None:
    assert estimated_morae("きゃっ、ー！ｱ") == 4


@pytest.mark.filterwarnings("ignore:Dictionary.create:DeprecationWarning")
def test_the_estimate_of_civic_text_is_near_what_a_reader_counts() -> None:
    pyopenjtalk = pytest.importorskip("pyopenjtalk")
    for text in CIVIC:
        assert estimated_morae(text) == pytest.approx(morae(pyopenjtalk.g2p(text, kana=True)), rel=0.15)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Press 1.", 2),
        ("110", 3),
        ("8:45", 3),
        ("5:15 p.m.", 4),
        ("2026", 4),
        ("045-671-3792", 13),
        ("the city's e-mail", 4),
        ("0", 1),
        ("", 0),
    ],
)
def test_words_are_counted_as_they_are_said(text: str, count: int) -> None:
    assert words(text) == count


def test_a_reading_counts_rather_than_what_is_written() -> None:
    kana = (Span("あ" * 330),)
    assert estimated_seconds((Span("漢字", "あ" * 330),), JA.pace) == estimated_seconds(kana, JA.pace)
    assert estimated_seconds((Span("、"),), JA.pace) == estimated_seconds((), JA.pace) == 0


def test_all_of_a_sound_takes_as_much_longer_as_its_speed_says() -> None:
    for text, pace in (("あい、う。", JA.pace), ("one, two.", EN.pace)):
        normal = estimated_seconds((Span(text),), pace)
        for speed in Speed:
            assert estimated_seconds((Span(text),), pace, speed) == pytest.approx(normal / pace.relative(speed))


def test_a_pause_takes_time_and_the_mark_at_the_end_none() -> None:
    def seconds(text: str) -> float:
        return estimated_seconds((Span(text),), JA.pace)

    assert seconds("電話や、メールは、") == seconds("電話や、メールは") > seconds("電話やメールは")


def test_a_text_with_its_pauses_is_read_at_about_the_pace_of_its_language() -> None:
    text = "".join(CIVIC)
    assert estimated_seconds((Span(text),), JA.pace) == pytest.approx(units(Unit.MORA, text) / 330 * 60, rel=0.15)


def test_a_recording_at_normal_speed_is_played_as_it_is() -> None:
    for language in ("ja", "en", "vi"):
        relative = pronunciation(language).pace.relative
        assert relative(Speed.NORMAL) == 1
        assert relative(Speed.SLOW) < 1 < relative(Speed.FAST) < relative(Speed.VERY_FAST)


@pytest.mark.parametrize(
    ("unit", "text", "count"),
    [
        (Unit.CHARACTER, "您好，世界。", 4),
        (Unit.CHARACTER, "按1，PIN", 3),
        (Unit.SYLLABLE, "안녕하세요.", 5),
        (Unit.SYLLABLE, "Xin chào các bạn", 4),
        (Unit.SYLLABLE, "banana republic", 6),
        (Unit.WORD, "𐐨𐐩 𐐪", 2),
        (Unit.MORA, "かな", 2),
    ],
)
def test_every_unit_is_counted(unit: Unit, text: str, count: float) -> None:
    assert units(unit, text) == count
