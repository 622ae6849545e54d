"""The line as data: what a bad file is told, and what a good one becomes."""

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from ivr.config import ConfigError, from_environment
from ivr.line import language_files, loading
from ivr.line.loading import LineError, load, read
from ivr.line.readings import applied
from ivr.line.words import Span, parse
from ivr.wiring import create_app
from tests.support.given import PROMPTS, settings_for

Files = dict[str, bytes]


@pytest.fixture
def files() -> Files:
    return {path.name: path.read_bytes() for path in PROMPTS.glob("*.toml")}


def spoil(files: Files, name: str, before: str, after: str) -> str:
    """Load the files with one passage of one changed; the problems told."""
    text = files[name].decode()
    assert before in text
    files[name] = text.replace(before, after, 1).encode()
    with pytest.raises(LineError) as caught:
        load(files)
    return str(caught.value)


def test_the_shipped_line_loads(files: Files) -> None:
    line = load(files)
    assert list(line.languages) == ["ja", "en"]
    assert line.desks["police"].dial == "+81456649110"


def test_an_edition_is_named_after_its_bytes(files: Files) -> None:
    first = load(files).edition
    assert load(dict(reversed(files.items()))).edition == first
    files["ja.toml"] += b"\n# one more comment\n"
    assert load(files).edition != first


def test_of_an_edition_only_the_words_that_changed_are_read(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker loads what was published while it answers calls."""
    load(files)
    read_now: list[object] = []

    def reading(table: Mapping[str, str], spans: tuple[Span, ...]) -> tuple[Span, ...]:
        read_now.append(spans)
        return applied(table, spans)

    monkeypatch.setattr("ivr.line.language_files.applied", reading)
    files["ja.toml"] = re.sub(rb'(?m)^greeting = ".*"$', 'greeting = "もしもし。"'.encode(), files["ja.toml"], count=1)
    line = load(files)
    assert read_now == [line.languages["ja"].prompts["say.greeting"].chunks()[0].spans]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("ja.toml", 'greeting = "', 'greeting = "もしもし。'),
        ("line.toml", '"045-671-3792"', '"045-671-3793"'),
        ("readings.toml", "[ja]", '[ja]\n"番号" = "なんばー"'),
        ("ja.toml", '2 = "', '2 = "ふた'),
        ("ja.toml", "spaces = false", "spaces = true"),
    ],
)
def test_what_is_known_of_one_edition_spoils_no_other(files: Files, name: str, before: str, after: str) -> None:
    load(files)
    assert before.encode() in files[name]
    files[name] = files[name].replace(before.encode(), after.encode())
    warm = load(files)
    for known in (loading._loaded, language_files.language_of, language_files._prompt, language_files._said):
        known.cache_clear()
    assert warm == load(files)


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("line.toml", 'options = ["fraud"', 'options = ["fruad"', ["menu.main.options", "did you mean fraud"]),
        ("line.toml", 'dial = "045-664-9110"', 'dial = "110"', ["desk.police.dial", "never dialled"]),
        ("line.toml", 'dial = "045-664-9110"', 'dial = "0120-95-0178"', ["desk.police.dial", "never dialled"]),
        ("line.toml", 'dial = "045-664-9110"', 'dial = "0570-00-0000"', ["desk.police.dial", "never dialled"]),
        ("line.toml", 'dial = "045-664-9110"', 'dial = "12345"', ["desk.police.dial", "no Japanese number"]),
        ("line.toml", 'hours = "Mo-Fr 08:30-17:15"', 'hours = "weekdays"', ["hours", "opening_hours"]),
        ("line.toml", 'hours = "Mo-Fr 08:30-17:15"', 'hours = "Mo-Fr 08:30-17:15; PH off"', ["hours", "PH"]),
        ("line.toml", 'hours = "Mo-Fr 08:30-17:15"', 'ours = "Mo-Fr 08:30-17:15"', ["hours", "is missing", "ours"]),
        ("line.toml", 'timezone = "Asia/Tokyo"', 'timezone = "Asia/Yokohama"', ["timezone", "no time zone"]),
        ("line.toml", 'languages = ["ja", "en"]', 'languages = ["ja", "fr"]', ["fr.toml", "is missing"]),
        ("line.toml", 'silence_desk = "city"', 'silence_desk = "cty"', ["silence_desk", "no desk"]),
        ("line.toml", 'closed = ["12-29/01-03"]', 'closed = ["New Year"]', ["closed", "12-29"]),
        (
            "line.toml",
            "[desk.national.in.en]",
            "[desk.national.in.English]",
            ["desk.national.in.English", "no language"],
        ),
        ("line.toml", "[desk.national.in.en]", "[desk.national.inside.en]", ["desk.national.inside", "not known"]),
        ("line.toml", 'numbers = ["0120-0178-26"]', 'numbers = ["112"', ["line.toml: line ", "close it"]),
        ("line.toml", 'numbers = ["0120-0178-26"]', 'numbers = ["12"]', ["desk.national.in.en.numbers", "like 045"]),
        ("line.toml", 'numbers = ["0120-0178-26"]', "numbers = []", ["desk.national.in.en.numbers", "at least one"]),
        ("line.toml", 'numbers = ["0120-0178-26"]', "", ["desk.national.in.en", "says nothing", "numbers ="]),
        (
            "line.toml",
            'numbers = ["0120-0178-26"]',
            'hours = "weekdays"',
            ["national.in.en.hours", "opening_hours"],
        ),
        ("line.toml", 'numbers = ["0120-0178-26"]', 'dial = "110"', ["desk.national.in.en.dial", "never dialled"]),
        ("line.toml", 'numbers = ["0120-0178-26"]', 'numbrs = ["045-671-3792"]', ["in.en.numbrs", "mean numbers"]),
        ("line.toml", 'help_now = ["emergency"]', 'help_now = ["emergncy"]', ["menu.main.help_now", "mean emergency"]),
        (
            "line.toml",
            'desks = ["consumer"]\nhelp',
            'desks = ["consumr"]\nhelp',
            ["police.desks", "mean consumer"],
        ),
        (
            "line.toml",
            "multilingual = true\nsource",
            'multilingual = "yes"\nsource',
            ["desk.yoke.multilingual", "wrong kind"],
        ),
        ("ja.toml", "[say]", "[say", ["ja.toml: line ", "close it"]),
        ("ja.toml", 'goodbye = "', 'goodbye = "{number}', ["say.goodbye", "{number}", "none"]),
        ("ja.toml", 'goodbye = "', 'goodbye = "{count', ["say.goodbye", "brace"]),
        ("ja.toml", '"係の人"', '"{係の人"', ["words.person", "brace"]),
        ("en.toml", "not_understood", "misunderstood", ["en.toml", "say.not_understood", "is missing"]),
        ("line.toml", 'dial = "045-664-9110"', 'dial = "045-664-9110 内線 1"', ["desk.police.dial", "extension"]),
        (
            "line.toml",
            '"#9110", "045-664-9110"',
            '"045-664-9110(代表)"',
            ["desk.police.numbers", "like 045-671-3792"],
        ),
        ("line.toml", '"#9110", "045-664-9110"', '"045-664-9110x2"', ["desk.police.numbers", "extension"]),
        ("line.toml", '["#9110", "045-664-9110"]', "[]", ["desk.police.numbers", "give at least one"]),
        ("line.toml", '["#9110", "045-664-9110"]', "[110]", ["desk.police.numbers", "no text"]),
        ("line.toml", '["#9110", "045-664-9110"]', '"045-664-9110"', ["desk.police.numbers", "wrong kind"]),
        ("line.toml", "confirmed = 2026-11-23", "confirmed = 2026-11-23T09:00:00", ["confirmed = 2026-11-23"]),
        ("line.toml", "confirmed = 2026-11-23", 'confirmed = "2026-11-23"', ["confirmed = 2026-11-23"]),
        *(
            ("line.toml", '"Asia/Tokyo"', f'"{zone}"', ["line.timezone", "no time zone", "Asia/Tokyo"])
            for zone in ("Asia", "../etc", "", "/etc/passwd", "asia/tokyo", "Asia/Tokyo ", "x" * 300)
        ),
        ("line.toml", "confirm_within_days = 183", "confirm_within_days = 0", ["confirm_within_days", "183"]),
        ("line.toml", "confirm_within_days = 183", "confirm_within_days = true", ["confirm_within_days", "183"]),
        ("line.toml", "confirm_within_days = 183", f"confirm_within_days = {'9' * 5000}", ["too many digits"]),
        (
            "line.toml",
            "confirm_within_days = 183",
            f"x = {'[' * 5000}{']' * 5000}",
            ["nested too deeply"],
        ),
        ("line.toml", '"mail", "call", "paid"', '"mail", "mail", "paid"', ["menu.fraud.options", "'mail' twice"]),
        ("line.toml", '"mail", "call", "paid"', '"fraud", "call", "paid"', ["menu.fraud.options", "back to itself"]),
        ("line.toml", '"mail", "call", "paid"', '"main", "call", "paid"', ["menu.main.options", "back to itself"]),
        ("line.toml", 'choices = ["police", "consumer"]', 'choices = ["mail"]', ["text.mail.choices", "offers itself"]),
        ("line.toml", 'languages = ["ja", "en"]', 'languages = ["ja", "ja"]', ["line.languages", "'ja' twice"]),
        ("line.toml", 'languages = ["ja", "en"]', 'languages = ["ja", "line"]', ["line.languages", "no language"]),
        ("line.toml", 'languages = ["ja", "en"]', 'languages = ["ja", "../en"]', ["line.languages", "no language"]),
        ("line.toml", "[menu.main]", '[menu."ma.in"]', ["ma.in", "another name"]),
        ("line.toml", "[menu.main]", f"[menu.{'m' * 41}]", ["m" * 41, "another name"]),
        ("ja.toml", "[language]", "[language.x]", ["ja.toml", "language", "name"]),
        ("en.toml", "noon = 12", "noon = 24", ["language.noon", "0 or 12"]),
        ("en.toml", '"en-US"', '"English"', ["language.locale", "en-US"]),
        ("en.toml", '"Polly.Joanna-Neural"', '""', ["language.voice", "Polly"]),
        *(
            ("en.toml", '"Yokohama City My Number line."', empty, ["say.greeting", "says nothing"])
            for empty in ('""', '" \u200b"', '"..."', '"\ufeff"', '"｛。｜、｝"')
        ),
        ("en.toml", '"Thank you for', '"\\ufffeThank you for', ["say.goodbye", "U+FFFE"]),
        ("en.toml", '"Thank you for', '"\uffffThank you for', ["say.goodbye", "U+FFFF"]),
        ("en.toml", '"Thank you for', '"\\u0000Thank you for', ["say.goodbye", "U+0000"]),
        ("en.toml", "Thank you for calling.", "Thank\x08 you for calling.", ["en.toml: line", "U+0008", "delete it"]),
        ("en.toml", "goodbye = ", '"good\\ufffebye" = ', ["say.goodbye", "U+FFFE", "name"]),
        ("readings.toml", '"YOKE" = "ヨーク"', '"YOKE" = "ヨ\\u0001ーク"', ["readings.toml: ja.YOKE", "U+0001"]),
        ("ja.toml", '"係の人"', '7, "係の人"', ["words.person", "list of texts"]),
        ("ja.toml", '"係の人"', '"", "係の人"', ["words.person", "nothing to say"]),
    ],
)
def test_a_bad_file_is_told_with_file_key_and_fix(
    files: Files, name: str, before: str, after: str, told: list[str]
) -> None:
    problems = spoil(files, name, before, after)
    assert all(word in problems for word in told), problems


def test_what_is_written_in_any_width_is_one_number(files: Files) -> None:
    text = files["line.toml"].decode()
    text = text.replace('dial = "045-671-3792"', 'dial = "045-671-３７９２"')
    text = text.replace('["045-671-3792"]', '["０４５－６７１－３７９２", "＃９１１０"]').replace(
        '["0120-95-0178"]', '["（０１２０）95ー0178"]'
    )
    line = load({**files, "line.toml": text.encode()})
    assert line.desks["city"].dial == "+81456713792"
    assert line.desks["city"].numbers == ("045-671-3792", "#9110")
    assert line.desks["national"].numbers == ("0120-95-0178",)


@pytest.mark.parametrize("name", ["line.toml", "ja.toml", "en.toml", "readings.toml"])
def test_the_mark_that_windows_puts_before_a_file_is_passed_over(files: Files, name: str) -> None:
    line = load({**files, name: b"\xef\xbb\xbf" + files[name].replace(b"\n", b"\r\n")})
    assert dataclasses.replace(line, edition="") == dataclasses.replace(load(files), edition="")


def test_what_nobody_sees_is_not_said(files: Files) -> None:
    files["en.toml"] = files["en.toml"].replace(
        b'goodbye = "', 'goodbye = "\u200bGood\u00ad\u2060bye \ufeff. '.encode()
    )
    said = load(files).languages["en"].prompts["say.goodbye"].chunks()[0].written
    assert said.startswith("Goodbye . Thank")


def test_more_passages_than_can_be_counted_are_told(files: Files) -> None:
    many = ", ".join(f'"Part {number}."' for number in range(10))
    told = spoil(files, "en.toml", "[text.mail]", f"[text.mail]\npassages = [{many}]\n[text.mail.x]")
    assert "text.mail.passages: are more than 9" in told


def test_passages_with_a_gap_are_told(files: Files) -> None:
    told = spoil(files, "en.toml", "[help]", '[help.passages]\n1 = "One."\n3 = "Three."\n[help.x]')
    assert "help.passages: write the passages as a list" in told


@pytest.mark.parametrize("setting", ["LINE_NUMBER", "STAFF_NUMBER"])
def test_a_desk_that_rings_the_line_itself_stops_the_start(tmp_path: Path, setting: str) -> None:
    with pytest.raises(LineError, match=r"^line\.toml: desk\.city\.dial: .*number of this line itself"):
        create_app(settings_for(tmp_path, **{setting: "＋８１－４５－６７１－３７９２"}))


def test_all_problems_are_told_at_once(files: Files) -> None:
    files["line.toml"] = files["line.toml"].replace(b'"045-664-9110"\n', b'"110"\n').replace(b'"Asia/Tokyo"', b'"X/Y"')
    with pytest.raises(LineError) as caught:
        load(files)
    assert len(caught.value.problems) >= 2


def test_a_folder_without_a_line_is_told(tmp_path: Path) -> None:
    with pytest.raises(LineError, match=r"line\.toml"):
        read(tmp_path)


def test_a_file_that_is_not_utf_8_is_told(files: Files) -> None:
    files["ja.toml"] = files["ja.toml"].decode().encode("cp932", "ignore")
    with pytest.raises(LineError, match="UTF-8"):
        load(files)


@pytest.mark.parametrize(
    "text",
    [
        "｛横浜市｜よこはまし｝の{desk}です",
        "{横浜市｜よこはまし}の｛desk｝です",
        "｛横浜市|よこはまし}の｛ｄｅｓｋ｝です",
    ],
)
def test_full_width_marks_are_marks(text: str) -> None:
    assert parse("x", text) == parse("x", "{横浜市|よこはまし}の{desk}です")


def test_marks_become_readings_and_slots() -> None:
    prompt = parse("x", "{横浜市|よこはまし}の{desk}です")
    assert prompt.slots == {"desk"}
    first, second = prompt.chunks()
    assert (first.written, first.spoken) == ("横浜市の", "よこはましの")
    assert (first.key, second.key) == ("x/1", "x/3")
    assert parse("x", "ただの文").chunks()[0].spans == (Span("ただの文"),)


# --- settings ------------------------------------------------------------------------------


def settings(tmp_path: Path, **environ: str) -> None:
    from_environment({"DATA_DIR": str(tmp_path), **environ})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("PUBLIC_URL", "line.example.jp"),
        ("PUBLIC_URL", "https://line.example.jp/voice"),
        ("SPEECH_INPUT", "maybe"),
        ("LINE_NUMBER", "045-671-3792"),
        ("STAFF_NUMBER", "111"),
        ("STAFF_NUMBER", "+81-45-671-3792 内線 1"),
        ("LINE_NUMBER", "+٨١٥٠١٢٣٤٥٦٧٨"),
        ("LINE_NUMBER", "+81111"),
        ("PROXIES", "many"),
        ("STAFF_ROLES_TOGETHER", "maybe"),
        ("ALERT_UNAPPROVED_HOURS", "0"),
        ("ALERT_UNAPPROVED_HOURS", "169"),
        ("ALERT_UNAPPROVED_HOURS", "２"),
    ],
)
def test_a_bad_setting_stops_the_start_with_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{name} is .*: set it to .*\.$"):
        settings(tmp_path, **{name: value})


def test_staff_have_a_number_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="STAFF_NUMBER is the same as LINE_NUMBER"):
        settings(tmp_path, LINE_NUMBER="+815012345678", STAFF_NUMBER="＋８１ 50-1234-5678")


def test_a_number_of_any_width_is_a_number(tmp_path: Path) -> None:
    found = from_environment({"DATA_DIR": str(tmp_path), "LINE_NUMBER": "＋８１ー５０ー１２３４ー５６７８"})
    assert found.line_number == "+815012345678"
    assert found.own_numbers == {"+815012345678"}


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="DATA_DIR"):
        from_environment({"DATA_DIR": str(tmp_path / "file")})


def test_without_a_token_the_line_makes_a_secret_and_keeps_it(tmp_path: Path) -> None:
    first, second = (from_environment({"DATA_DIR": str(tmp_path)}) for _ in range(2))
    assert first.token == second.token and len(first.token) >= 32 and not first.connected
    kept = next(tmp_path.iterdir())
    assert kept.stat().st_mode & 0o077 == 0
