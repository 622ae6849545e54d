"""No module and no template knows a language by name: what differs between languages stands in their files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel import Locale

import ivr
from tests.support.languages import ELEVEN, SHIPPED

IVR = Path(ivr.__file__).parent
CODES = {*SHIPPED, *ELEVEN}
NAMES = {Locale.parse(code, sep="-").get_language_name("en") for code in CODES - {"qaa"}}

_CODE = re.compile(rf"(?:{'|'.join(sorted(CODES))})(?:-[A-Z]{{2}})?")
_NAME = re.compile(rf"\b(?:{'|'.join(sorted(filter(None, NAMES)))})\b", re.IGNORECASE)
_IN_TEMPLATE = re.compile(rf"""==? ?["'](?:{_CODE.pattern})["']|\.(?:{"|".join(SHIPPED)})\b""")

STAYS = {
    ("line/language_table", "English"): "an example of what to write, in faults",
    ("line/language_table", "en-US"): "an example of what to write, in faults",
    ("line/numbers", "Japanese"): "numbers of a country, whatever is spoken in it",
    ("handset", "en-US"): "the language of a <Say> that names none, by the carrier's documentation",
    ("handset", "THAI"): "a script of Unicode",
    ("carrier/privacy", "JAPANESE"): "digits in words, which are dropped whatever language a call is in",
}
"""What stands in a module all the same (part of its path, word), and why."""


def test_no_module_knows_a_language_by_name() -> None:
    found = {(str(path.relative_to(IVR)), word) for path in IVR.rglob("*.py") for word in _named(path.read_text())}
    left = {(path, word) for path, word in found if not any(part in path and word == w for part, w in STAYS)}
    assert left == set()


def test_no_template_and_no_script_knows_a_language_by_name() -> None:
    files = [path for kind in ("*.html", "*.js") for path in IVR.rglob(kind) if not path.name.endswith(".min.js")]
    found = [
        f"{path.relative_to(IVR)}: {match[0]}"
        for path in files
        for shape in (_IN_TEMPLATE, _NAME)
        for match in shape.finditer(_without_comments(path.read_text()))
    ]
    assert files and found == []


def _named(source: str) -> Iterator[str]:
    """Languages in the strings and names of a module; what is written about them for people is not meant."""
    tree = ast.parse(source)
    told = set(_docstrings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield from ({node.value} if _CODE.fullmatch(node.value) else _NAME.findall(node.value))
        elif isinstance(node, ast.Name | ast.FunctionDef | ast.ClassDef | ast.arg):
            name = node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.arg) else node.name
            yield from _NAME.findall(name.replace("_", " "))


def _docstrings(tree: ast.Module) -> Iterator[int]:
    """What stands alone as a string: of modules, classes, functions and values."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)


def _without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}|/\*.*?\*/|^\s*//.*?$", "", text, flags=re.DOTALL | re.MULTILINE)
