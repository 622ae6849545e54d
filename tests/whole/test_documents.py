"""The documents tell the truth about the program: its rooms, commands, settings, files and rules."""

import re
import tomllib
from pathlib import Path

import click
import grimp
import pytest

from ivr.call import rules
from ivr.commands import Commands
from ivr.config import NAMES
from tests.support.given import ROOT

pytestmark = pytest.mark.timeless

README = (ROOT / "README.md").read_text()
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(ROOT.glob("docs/**/*.md"))
MOST_LINES = 130
"""Of README: what is longer is not read."""

ROOM = re.compile(r"^\| `(?:ivr/)?(\w+)(?:/|\.py)` \| .* \|([^|]*)\|$", re.MULTILINE)
LAYERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]


def commands_of_the_line() -> list[str]:
    """What `flask line` can be asked for."""
    context = click.Context(click.Command("flask"))
    line = Commands().get_command(context, "line")
    assert isinstance(line, click.Group)
    return line.list_commands(context)


def rooms() -> dict[str, set[str]]:
    """What README's map says of each room: what it uses."""
    return {name: set(re.findall(r"[a-z_]+", uses)) for name, uses in ROOM.findall(README)}


def used() -> dict[str, set[str]]:
    """What each room really uses."""
    graph = grimp.build_graph("ivr")
    found: dict[str, set[str]] = {}
    for module in graph.modules:
        found.setdefault(_room(module), set())
        for other in graph.find_modules_directly_imported_by(module):
            here, there = _room(module), _room(other)
            if there not in (here, ""):
                found[here].add(there)
    found.pop("", None)
    return found


def _room(module: str) -> str:
    return [*module.split("."), ""][1]


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= MOST_LINES


def test_the_map_in_readme_is_that_of_the_rooms() -> None:
    told, real = rooms(), used()
    for room in real.keys() | told.keys():
        assert told.get(room, "not on the map") == real.get(room, "not there"), room


def test_every_room_has_its_layer() -> None:
    layered = {name.strip().removeprefix("ivr.") for layer in LAYERS for name in layer.split("|")}
    assert layered == used().keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_points_at_is_there(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", text):
        assert (page.parent / target).exists(), target
    for path in re.findall(r"`((?:ivr|tests|prompts|docs|deploy|app)(?:/[\w.*-]+)*(?:\.\w+|/))`", text):
        assert any(ROOT.glob(path.rstrip("/"))), path
    for command in re.findall(r"flask line ([a-z][\w-]+)", text):
        assert command in commands_of_the_line(), command
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`make ([\w-]+)", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_decision_is_dated_and_says_why() -> None:
    for page in ROOT.glob("docs/decisions/*.md"):
        text = page.read_text()
        assert re.search(r"^\d{4}-\d\d-\d\d$", text, re.MULTILINE), page.name
        assert len(text) < 4000, f"{page.name} is longer than a page"


def test_every_rule_that_is_checked_is_on_its_page() -> None:
    told = (ROOT / "docs" / "rules.md").read_text()
    source = "".join(path.read_text() for path in Path(rules.__file__).parent.glob("*.py"))
    for rule in set(re.findall(r'Finding\("(R\d+)"', source)):
        assert re.search(rf"\b{rule}\b", told), rule


def test_every_command_and_setting_is_told() -> None:
    running = (ROOT / "docs" / "running.md").read_text()
    for name in commands_of_the_line():
        assert f"`flask line {name}" in running, name
    for name in NAMES:
        assert f"`{name}`" in running, name


def test_every_word_of_the_glossary_stands_once() -> None:
    words = re.findall(r"^\| \*\*(.+?)\*\*", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    assert words and len(words) == len(set(words))
