"""The line as data: what a bad file is told, and what a good one becomes."""

from pathlib import Path

import pytest

from ivr.config import ConfigError, from_environment
from ivr.line.loading import LineError, load, read
from ivr.line.words import Span, parse
from tests.conftest import PROMPTS

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
        ("ja.toml", "[say]", "[say", ["ja.toml", "TOML"]),
        ("ja.toml", 'goodbye = "', 'goodbye = "{number}', ["say.goodbye", "{number}", "none"]),
        ("ja.toml", 'goodbye = "', 'goodbye = "{count', ["say.goodbye", "brace"]),
        ("ja.toml", '"係の人"', '"{係の人"', ["words.person", "brace"]),
        ("en.toml", "not_understood", "misunderstood", ["en.toml", "say.not_understood", "is missing"]),
    ],
)
def test_a_bad_file_is_told_with_file_key_and_fix(
    files: Files, name: str, before: str, after: str, told: list[str]
) -> None:
    problems = spoil(files, name, before, after)
    assert all(word in problems for word in told), problems


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
        settings(tmp_path, LINE_NUMBER="+815012345678", STAFF_NUMBER="+815012345678")


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="DATA_DIR"):
        from_environment({"DATA_DIR": str(tmp_path / "file")})


def test_without_a_token_the_line_makes_a_secret_and_keeps_it(tmp_path: Path) -> None:
    first, second = (from_environment({"DATA_DIR": str(tmp_path)}) for _ in range(2))
    assert first.token == second.token and len(first.token) >= 32 and not first.connected
    kept = next(tmp_path.iterdir())
    assert kept.stat().st_mode & 0o077 == 0
