"""Languages for tests: those that the line is shipped with, and others, each of which is one file."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomlkit

from ivr.line.loading import read, read_files
from ivr.line.pronunciation import Pronunciation

PROMPTS = Path(__file__).parents[2] / "prompts"
SHIPPED = read(PROMPTS).languages

FILES = read_files(PROMPTS)

CHINESE = (Path(__file__).parent / "zh.toml").read_text(encoding="utf-8")
MORE = "详情请问窗口。"


def pronunciation(code: str) -> Pronunciation:
    """How a language is spoken: as its file says, or as one whose file says nothing is."""
    return SHIPPED[code].pronunciation if code in SHIPPED else Pronunciation(code, code)


JA, EN, VI = pronunciation("ja"), pronunciation("en"), pronunciation("vi")


def chinese() -> bytes:
    """Simplified Chinese in short: texts of as many passages as others have."""
    table = tomlkit.parse(CHINESE)
    for key, text in table["text"].items():
        while len(text["passages"]) < sum(
            1 for one in SHIPPED["ja"].prompts if one.startswith(f"text.{key}.passages.")
        ):
            text["passages"].append(MORE)
    return tomlkit.dumps(table).encode()


def made(name: str, locale: str, letters: str, script: str, unit: str = "word") -> bytes:
    """A language whose words are English in other letters, one for each from a to z."""
    words = tomllib.loads(FILES["en.toml"].decode())
    table = {key: _in_letters(value, letters) for key, value in words.items() if key != "language"}
    rates = {"normal": 150, "slow": 120, "fast": 200, "very_fast": 250}
    times = {"syllable": 2, "character": 5}.get(unit, 1)
    table["language"] = {
        "name": name,
        "locale": locale,
        "voice": f"Google.{locale}-Standard-A" if "-" in locale else "alice",
        "scripts": [script],
        "pace": {"unit": unit, **{speed: rate * times for speed, rate in rates.items()}},
    }
    table["words"]["language"] = [name]
    return tomlkit.dumps(table).encode()


def _in_letters(value: Any, letters: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _in_letters(inner, letters) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_letters(inner, letters) for inner in value]
    return _written(value, letters)


_SLOT = re.compile(r"(\{(?:[a-z_]+|number\.[a-z0-9_.]+)\})")


def _written(text: str, letters: str) -> str:
    pieces = _SLOT.split(text)  # slots stay
    table = {ord("a") + number: letter for number, letter in enumerate(letters)}
    return "".join(piece if _SLOT.fullmatch(piece) else piece.lower().translate(table) for piece in pieces)


def script(first: str) -> str:
    """Twenty-six letters of a script, from its first."""
    return "".join(chr(ord(first) + number) for number in range(26))


OWN = made("𐐐𐐯𐑅", "qaa", script("𐐨"), "deseret", "syllable")
"""A made-up language, in a script outside of Unicode's first plane."""

ELEVEN: Mapping[str, bytes] = {
    "zh": chinese(),
    "qaa": OWN,
    "ko": made("한국어", "ko-KR", script("가"), "hangul", "character"),
    "vi": made("Tiếng Việt", "vi-VN", script("a"), "latin"),
    "ne": made("नेपाली", "ne-NP", script("क"), "devanagari"),
    "pt-BR": made("Português", "pt-BR", script("a"), "latin"),
    "es": made("Español", "es-MX", script("a"), "latin"),
    "ar": made("العربية", "ar-SA", "ابتثجحخدذرزسشصضطظعغفقكلمنه", "arabic"),
    "th": made("ไทย", "th-TH", script("ก"), "thai"),
}
"""Nine languages beside the shipped two."""


def with_languages(more: Mapping[str, bytes], first: Iterable[str] = ("ja", "en")) -> dict[str, bytes]:
    """The shipped files with these languages: a file each, and their codes in `languages`."""
    codes = ", ".join(f'"{code}"' for code in dict.fromkeys((*first, *more)))
    shipped = 'languages = ["ja", "en"]'
    structure = FILES["line.toml"].decode()
    assert shipped in structure
    return {
        **FILES,
        "line.toml": structure.replace(shipped, f"languages = [{codes}]").encode(),
        **{f"{code}.toml": content for code, content in more.items()},
    }
