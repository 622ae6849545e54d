"""Telephone numbers in texts: one source, read as R14 asks, and no digits typed (R14); passages of desks and texts
alike keep R9."""

from collections.abc import Callable, Mapping

import pytest

from ivr.call import rules
from ivr.call.acts import Heard, Key, NoInput, Ring, words_of
from ivr.call.conversation import step
from ivr.call.positions import start
from ivr.checking import measured
from ivr.handset.handset import Handset
from ivr.line.loading import LineError, load, read_files
from ivr.line.named_numbers import number_of
from ivr.line.values import Line
from ivr.line.words import Chunk
from tests.support.given import PROMPTS, SUNDAY_NIGHT, TUESDAY_11, moment

LOST = "21"
Rings = Callable[..., Handset]


def files_with(**changes: tuple[str, str]) -> dict[str, bytes]:
    files = dict(read_files(PROMPTS))
    for name, (before, after) in changes.items():
        text = files[f"{name}.toml"].decode()
        assert before in text, before
        files[f"{name}.toml"] = text.replace(before, after, 1).encode()
    return files


def findings(files: Mapping[str, bytes], *asked: Callable[[rules.Survey], object]) -> list[str]:
    line = load(files)
    visits = tuple((moment(hour, line), None) for hour in (TUESDAY_11, SUNDAY_NIGHT))
    survey = rules.Survey(line, measured(line, lambda *_: None), visits)  # type: ignore[arg-type]
    return [str(each) for rule in asked for each in rule(survey)]  # type: ignore[attr-defined]


def passages(caller: Handset, count: int) -> list[str]:
    """What is heard passage by passage."""
    heard = ["".join(caller.last)]
    for _ in range(count - 1):
        caller.wait()
        heard.append("".join(caller.last))
    return heard


def read_in(line: Line, language: str, passage: int) -> str:
    """What is heard of a passage of the text about lost cards."""
    now = moment(TUESDAY_11, line)
    turn = step(line, start(line, language), Ring(), now)
    pressed: list[Heard] = [*map(Key, LOST), *(NoInput() for _ in range(passage))]
    for heard in pressed:
        turn = step(line, turn.position, heard, now)
    return "".join(part.written for say in words_of(turn.acts) for part in say.parts if isinstance(part, Chunk))


def test_who_lost_a_card_hears_the_desk_s_number_with_time_for_a_pen_and_twice(ring: Rings) -> None:
    caller = ring(SUNDAY_NIGHT)
    caller.press(LOST)
    first, number, again, *_ = passages(caller, 4)
    assert "0120" not in first
    assert number.startswith("紙と、書くものを、ご用意ください。番号は、0120-95-0178です。")
    assert again == "もう一度、番号は、0120-95-0178です。"


def test_it_is_read_digit_by_digit_and_slower_the_second_time(ring: Rings) -> None:
    caller = ring()
    caller.press(LOST)
    caller.wait()
    assert caller.heard("ゼロ、イチ、ニー、ゼロ。キュウ、ゴ。ゼロ、イチ、ナナ、ハチ")
    assert "<prosody" not in caller.documents[-1].xml
    caller.wait()
    assert "0120-" in caller.documents[-1].xml.partition('<prosody rate="85%">')[2]


def test_a_number_that_a_text_gives_once_is_read_once_more_by_itself() -> None:
    line = load(files_with(en=("I repeat: {number.card_stop}.", "The call is free.")))
    number = read_in(line, "en", passage=1)
    assert number.count("0120-0178-27") == 2
    assert "Once more, slowly." in number


@pytest.mark.parametrize(("language", "number"), [("ja", "0120-95-0178"), ("en", "0120-0178-27")])
def test_the_number_of_a_desk_is_changed_in_one_place_for_its_page_and_texts(language: str, number: str) -> None:
    changed = number[:-1] + "0"
    line = load(files_with(line=(f'numbers = ["{number}"]', f'numbers = ["{changed}"]')))
    said = [number_of(chunk) for prompt in line.languages[language].prompts.values() for chunk in prompt.chunks()]
    assert changed in said
    assert number not in said
    assert line.desks["card_stop"].numbers_in(language) == (changed,)


def test_a_number_of_no_desk_has_a_name_of_its_own() -> None:
    files = files_with(ja=('つながったら、2番です。",', 'ファクスは、{number.fax}です。",'))
    files["line.toml"] += b'\n[numbers]\nfax = "045-000-1111"\n'
    assert "ファクスは、045-000-1111" in read_in(load(files), "ja", passage=1)


def test_a_short_number_is_words_of_its_sentence(ring: Rings) -> None:
    caller = ring()
    caller.press("12")
    advice = passages(caller, 8)
    assert "110番に" in advice[1]
    assert "#9110です。" in advice[-1]
    assert "ご用意ください" not in advice[-1], "nobody needs a pen for it"
    assert caller.heard("シャープ、キュウ、イチ、イチ、ゼロ")


def test_what_was_recorded_around_a_number_stays_right_when_it_changes() -> None:
    """A person records the words on either side; the digits are the line's own, and of today."""
    before, after = load(files_with()), load(files_with(line=('["0120-95-0178"]', '["0120-95-0179"]')))
    old, new = (line.passages("lost", "ja")[1].chunks() for line in (before, after))
    assert [chunk.spoken for chunk in old if not number_of(chunk)] == [c.spoken for c in new if not number_of(c)]
    assert [number_of(chunk) for chunk in old if number_of(chunk)] == ["0120-95-0178"]


def test_what_was_recorded_with_a_short_number_is_out_of_date_when_it_changes() -> None:
    before, after = load(files_with()), load(files_with(line=('numbers = ["#9110"', 'numbers = ["#9111"')))
    old, new = (line.passages("call", "ja")[-1].chunks() for line in (before, after))
    assert [chunk.key for chunk in old] == [chunk.key for chunk in new]
    assert [chunk.spoken for chunk in old] != [chunk.spoken for chunk in new]


# --- the files --------------------------------------------------------------------------------


def test_a_name_that_no_number_has_stops_the_line_with_the_next_one() -> None:
    with pytest.raises(LineError, match=r"\{number.polise\} is no number of line.toml; there are \{number.police\}"):
        load(files_with(ja=("電話、{number.police}に", "電話、{number.polise}に")))


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ('alarm = "11O"', "no telephone number"),
        ('police = "110"', "not that of a desk"),
        ("alarm = 110", "wrong kind"),
        ('"Fax" = "110"', "choose another name"),
    ],
)
def test_a_number_that_is_none_is_named_with_its_fix(written: str, fix: str) -> None:
    files = files_with()
    files["line.toml"] += f"\n[numbers]\n{written}\n".encode()
    with pytest.raises(LineError, match=fix):
        load(files)


def test_a_long_number_stands_only_where_there_is_time_for_it() -> None:
    with pytest.raises(LineError, match=r"desk\.city\.charge: a number of ten digits is read in passages alone"):
        load(
            files_with(
                ja=('charge = "電話代がかかります。"\n\n[desk.yoke]', 'charge = "{number.city}です。"\n\n[desk.yoke]')
            )
        )


# --- typed digits -----------------------------------------------------------------------------

FIRST = "メールの中の、青い文字やボタンを、押さないでください。"


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("0120-95-0178", "{number.card_stop}"),
        ("０１２０－９５－０１７８", "{number.card_stop}"),
        ("０１２０ー９５ー０１７８", "{number.card_stop}"),
        ("0120950178", "{number.card_stop}"),
        ("(0120) 95 0178", "{number.card_stop}"),
        ("+81 120 95 0178", "{number.card_stop}"),
        ("045.671.3792", "{number.city}"),
        ("〇四五の六七一の三七九二", "{number.city}"),
        ("{0120-95-0178|ゼロ、いち、に、ゼロの、きゅう、ごの、ゼロ、いち、なな、はち}", "{number.card_stop}"),
        ("{フリーダイヤル|0120-95-0178}", "{number.card_stop}"),
        ("045-664-9110", "{number.police.2}"),
        ("#9110", "{number.police}"),
        ("＃９１１０", "{number.police}"),
        ("188番", "{number.consumer}"),
        ("110番", "{number.emergency}"),
        ("119番", "under [numbers] in line.toml"),
        ("03-1234-5678", "under [numbers] in line.toml"),
        ("090-1234-5678", "under [numbers] in line.toml"),
        ("ゼロ、いち、に、ゼロの、きゅう、ごの、ゼロ、いち、なな、はち", "under [numbers] in line.toml"),
    ],
)
def test_typed_digits_are_named_with_what_to_write(typed: str, named: str) -> None:
    found = findings(files_with(ja=(FIRST, f"番号は{typed}です。")), rules.typed_digits)
    assert len(found) == 1, found
    assert "R14" in found[0]
    assert "ja.toml: text.mail.passages.1" in found[0]
    assert named in found[0]


@pytest.mark.parametrize(
    "words",
    [
        "2026年8月25日からです。",
        "罰金は200万円です。",
        "110円かかります。",
        "188人が来ました。",
        "「{+44|プラスよんよん}」で始まる番号は、外国からです。",
        "12桁の番号は、言わないでください。",
        "午前8時45分から、午後5時15分までです。",
        "1番から4番を、押してください。",
        "一、二、三と、数えます。",
        "18歳、5年、10年です。",
    ],
)
def test_other_figures_are_nobody_s_number(words: str) -> None:
    assert findings(files_with(ja=(FIRST, words)), rules.typed_digits) == []


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("Call 0120-0178-26.", "{number.national}"),
        ("Call 0120-0178-27.", "{number.card_stop}"),
        ("Call 0120-95-0178.", "[numbers]"),  # that of callers who speak Japanese, which no name gives here
        ("Call zero, one, two, zero; nine, five; zero, one, seven, eight.", "[numbers]"),
        ("Dial 188.", "{number.consumer}"),
    ],
)
def test_so_are_those_in_english(typed: str, named: str) -> None:
    before = "For advice, call the consumer hotline, {number.consumer}."
    (found,) = findings(files_with(en=(before, typed)), rules.typed_digits)
    assert named in found


def test_the_shipped_words_hold_no_digits_and_read_all_numbers_well() -> None:
    assert findings(files_with(), rules.typed_digits, rules.numbers_of_desks, rules.numbers_in_texts) == []


# --- R9 ---------------------------------------------------------------------------------------


def test_the_shipped_passages_of_desks_and_texts_last_twenty_seconds_at_most() -> None:
    found = findings(files_with(), rules.passages)
    assert [each for each in found if "R9" in each] == []


def test_a_desk_s_passage_that_is_too_long_is_found() -> None:
    about = "外国人の方の、くらしをサポートします。"
    found = findings(files_with(ja=(about, "くらしを、" * 12 + about)), rules.passages)
    assert any("ja: desk.yoke (about)" in each and "R9" in each for each in found)


def test_a_number_s_pen_and_second_reading_count_in_its_passage() -> None:
    words = "とても長い、とても長い、とても長い、長い文です。番号は、{number.card_stop}です。つながったら、2番です。"
    found = findings(files_with(ja=("番号は、{number.card_stop}です。つながったら、2番です。", words)), rules.passages)
    assert any("ja.toml: text.lost.passages.2" in each and "R9" in each for each in found)
