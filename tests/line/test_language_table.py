"""What a language's file says of the language itself, and what is told where it is wrong."""

import pytest

from ivr.line.loading import LineError, load
from ivr.line.negatives import pattern
from ivr.line.pronunciation import USUAL, Pace, Unit
from ivr.line.scripts import foreign
from ivr.line.speeds import Speed
from ivr.line.values import Language
from tests.support.languages import FILES, SHIPPED, chinese, made, with_languages

CHINESE = chinese().decode()


def chinese_with(before: str, after: str) -> Language:
    assert before in CHINESE
    return load(with_languages({"zh": CHINESE.replace(before, after, 1).encode()})).languages["zh"]


def faults(before: str, after: str) -> str:
    with pytest.raises(LineError) as wrong:
        chinese_with(before, after)
    return str(wrong.value)


def test_all_that_differs_stands_in_the_file() -> None:
    language = chinese_with("a", "a")
    assert language.carrier_voices == ("Polly.Zhiyu-Neural", "Polly.Zhiyu") and language.voice == "Polly.Zhiyu-Neural"
    assert language.pace == Pace(Unit.CHARACTER, 240, 200, 320, 420)
    assert language.pronunciation.voices == ("espeak:cmn",)
    assert language.recogniser == language.locale == "zh-CN"
    assert (language.hearing.language, language.hearing.compare, language.hearing.gate) == ("zh", "characters", 0.2)
    assert language.alert_characters == 100 and language.scripts == ("cjk", "latin")
    assert not language.reviewed and not language.pronunciation.letter_for_letter


def test_what_is_left_out_is_as_usual() -> None:
    names = ('name = "X"', 'locale = "xx-YY"', 'voice = "alice"')
    words = FILES["en.toml"].decode().split("# ---", 1)[1]
    file = "\n".join(["[language]", *names, "# ---"]) + words
    language = load(with_languages({"xx": file.encode()})).languages["xx"]
    assert language.pace == USUAL and language.pronunciation.voices == ()
    assert language.hearing.gate == 1 and language.hearing.compare == "words" and language.hearing.language == "xx"
    assert language.reviewed and language.scripts == () and language.double_negatives == ()


def test_an_edition_from_before_is_spoken_as_the_program_says_now() -> None:
    """Files that were published by an earlier release say nothing of paces, scripts or prepared alerts."""
    before = {name: content for name, content in FILES.items() if name != "alerts.toml"}
    for code in SHIPPED:
        text = FILES[f"{code}.toml"].decode()
        head, _, rest = text.partition("local_voices")
        _, _, rest = rest.partition("# ---")
        alerts, _, after = rest.partition("[alert.fake_calls]")
        before[f"{code}.toml"] = (head + "# ---" + alerts + "[menu.main]" + after.split("[menu.main]", 1)[1]).encode()
    alone, lent = load(before), load(before, FILES)
    assert alone.languages["ja"].pace == USUAL and alone.prepared_alerts == ()
    for code, language in SHIPPED.items():
        told = lent.languages[code]
        assert told.pronunciation == language.pronunciation and told.hearing == language.hearing
        assert told.prompts.keys() == language.prompts.keys()
    assert lent.prepared_alerts == ("fake_calls", "fake_mails", "failure")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('unit = "character"', 'unit = "letter"', ["language.pace.unit", "mora"]),
        ("slow = 200", "slow = 900", ["language.pace.normal", "between slow and fast"]),
        ("normal = 240\n", "", ["language.pace.normal", "is missing"]),
        ("fast = 320", "fast = 0", ["language.pace.fast", "from 1 to"]),
        ("fast = 320", "quick = 320\nfast = 320", ["language.pace.quick", "is not known"]),
        ('"espeak:cmn"', '"espeak cmn"', ["language.local_voices", "espeak cmn"]),
        ('scripts = ["cjk", "latin"]', 'scripts = ["CJK!"]', ["language.scripts", "latin"]),
        ('scripts = ["cjk", "latin"]', "scripts = []", ["language.scripts", "empty"]),
        ("alert_characters = 100", "alert_characters = 100000", ["language.alert_characters", "1000"]),
        ('["不…(不|没|无)"]', '["(不…"]', ["language.double_negatives", "(不…"]),
        ('["不…(不|没|无)"]', '["不…(不|)"]', ["language.double_negatives", "no such pattern"]),
        ("gate = 0.2", "gate = 20", ["language.hear.gate", "0.15"]),
        ('compare = "characters"', 'compare = "sounds"', ["language.hear.compare", "phonemes"]),
        ('language = "zh"\ncompare', 'language = "Chinese"\ncompare', ["language.hear.language"]),
        ("reviewed = false", 'reviewed = "no"', ["language.reviewed", "reviewed = false"]),
        ('["Polly.Zhiyu-Neural", "Polly.Zhiyu"]', "[]", ["language.voice", "Polly"]),
        ('locale = "zh-CN"', 'locale = "zh-CN"\nrecogniser = "?"', ["language.recogniser", "zh-CN"]),
        ("noon = 12", "noon = 13", ["language.noon", "0 or 12"]),
        ("reviewed = false", "revewed = false", ["language.revewed", "did you mean reviewed?"]),
    ],
)
def test_what_is_wrong_is_told_with_file_key_and_fix(before: str, after: str, told: list[str]) -> None:
    found = faults(before, after)
    assert all(part in found for part in ["zh.toml", *told]), found


@pytest.mark.parametrize("code", ["z", "../zh", "zh_CN", "alerts", "zh-averylongsubtag", "ZH"])
def test_a_code_is_one_of_bcp_47_that_tables_have_room_for(code: str) -> None:
    structure = FILES["line.toml"].replace(b'"en"]            #', f'"en", "{code}"] #'.encode())
    with pytest.raises(LineError, match="no language"):
        load({**FILES, "line.toml": structure})


def test_alerts_without_a_name_are_told() -> None:
    with pytest.raises(LineError, match=r"alerts\.toml: alerts\.toml\.alerts: 'Fake calls' is no name"):
        load({**FILES, "alerts.toml": b'alerts = ["Fake calls"]'})


@pytest.mark.parametrize(
    ("name", "direction"),
    [("日本語", "ltr"), ("العربية", "rtl"), ("(עברית)", "rtl"), ("123", "ltr")],
)
def test_a_language_is_written_as_its_own_name_is(name: str, direction: str) -> None:
    language = load(with_languages({"xx": made(name, "xx-XX", "abcdefghijklmnopqrstuvwxyz", "latin")})).languages["xx"]
    assert language.direction == direction


@pytest.mark.parametrize(
    ("text", "scripts", "strange"),
    [
        ("Press 1, at 8:45 — voilà!", ["latin"], ""),
        ("ＰＩＮ", ["latin"], ""),
        ("Press ありがとう", ["latin"], "ありがとう"),
        ("人々は、センターへ。", ["cjk", "hiragana", "katakana"], ""),
        ("人々は", ["cjk"], "は"),
        ("𐐨𐐩 \ue000", ["deseret"], "\ue000"),
        ("\ue000\ue001", ["private use"], ""),
    ],
)
def test_letters_of_another_script_are_found(text: str, scripts: list[str], strange: str) -> None:
    assert "".join(foreign(text, scripts)) == strange


@pytest.mark.parametrize(
    ("written", "spaces", "text", "found"),
    [
        ("(not|never) … (without|un*able)", True, "It is not at all unthinkable.", True),
        ("(not|never) … (without|un*able)", True, "It is not. Unthinkable things happen.", False),
        ("(not|never) … (without|un*able)", True, "Nothing goes without it.", False),
        ("不…(不|没)", False, "您不能不来。", True),
        ("不…(不|没)", False, "您不来。我没来。", False),
        ("a.c", True, "abc", False),
    ],
)
def test_double_negatives_are_found_by_the_languages_own_patterns(
    written: str, spaces: bool, text: str, found: bool
) -> None:
    assert bool(pattern(written, spaces).search(text)) == found


def test_the_pace_of_speeds_is_the_languages() -> None:
    pace = SHIPPED["ja"].pace
    assert [pace.rate(speed) for speed in Speed] == [330, 280, 450, 650]
    assert pace.relative(Speed.NORMAL) == 1
