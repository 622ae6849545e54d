"""A newcomer follows docs/changing.md, word for word, on a copy of the files: the line that comes of it holds."""

import re
import shutil
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.loading import read
from ivr.records.kept import Between
from ivr.records.upkeep import keep_up
from ivr.wiring import create_app
from tests.support.clock import MOMENT
from tests.support.given import ORIGIN, PROMPTS, ROOT, SIGNER, settings_for

pytestmark = pytest.mark.slow

SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```(toml|diff) prompts/(\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CHANGES = dict(SECTION.findall((ROOT / "docs" / "changing.md").read_text("utf-8")))


def follow(folder: Path, change: str) -> None:
    """Do what the page says of a change."""
    blocks = BLOCK.findall(CHANGES[change])
    assert blocks, f"{change} has no example"
    for kind, name, text in blocks:
        file = folder / name
        if kind == "diff":
            replace(file, text)
        elif file.exists():
            file.write_text(f"{file.read_text('utf-8')}\n{text}", "utf-8")
        else:
            begin_language(file, text)


def replace(file: Path, diff: str) -> None:
    old = "".join(line[1:] for line in diff.splitlines(keepends=True) if line.startswith(("-", " ")))
    new = "".join(line[1:] for line in diff.splitlines(keepends=True) if line.startswith(("+", " ")))
    before = file.read_text("utf-8")
    assert before.count(old.rstrip()) == 1, f"{file.name} has no single {old!r}"
    file.write_text(before.replace(old.rstrip(), new.rstrip()), "utf-8")


def begin_language(file: Path, table: str) -> None:
    """A copy of the English file with another `[language]`."""
    english = (file.parent / "en.toml").read_text("utf-8")
    words = english[english.index("\n[say]") :]
    file.write_text(f"{table}{words}", "utf-8")


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files after the changes, one after the other."""
    folder = tmp_path_factory.mktemp("changed") / "prompts"
    shutil.copytree(PROMPTS, folder)
    for change in ("A text", "A desk", "A menu", "A language"):
        follow(folder, change)
    return folder


@pytest.fixture(scope="module")
def app(changed: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(settings_for(tmp_path_factory.mktemp("data"), PROMPTS_DIR=str(changed)))


def test_the_line_holds(app: Flask) -> None:
    runner: FlaskCliRunner = app.test_cli_runner()
    result = runner.invoke(args=["line", "check"])
    errors = [told for told in result.output.splitlines() if told.startswith("error")]
    assert result.exit_code == 0, errors
    assert not errors


def test_what_was_added_is_there(changed: Path) -> None:
    line = read(changed)
    assert {"renew", "bank", "upkeep"} <= {*line.texts, *line.desks, *line.menus}
    assert tuple(line.languages) == ("ja", "en", "id")


def test_a_figure_is_counted_from_the_records(tmp_path: Path) -> None:
    (program,) = PROGRAM.findall(CHANGES["A figure of the calls"])
    found: dict[str, Any] = {}
    exec(compile(program, "changing.md", "exec"), found)
    app = create_app(settings_for(tmp_path))
    for ends in ("completed", "completed", "busy"):
        caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=MOMENT)
        caller.dial()
        caller.press("1111")
        caller.wait()
        caller.transfer(ends)
    app.extensions["ivr.records"].take_all()
    database = app.extensions["ivr.office"].database
    assert found["joined"](database, Between()) == {"police": 2}
    keep_up(database, MOMENT + timedelta(days=100), UTC, days=90, months=24)
    assert found["joined"](database, Between()) == {"police": 2}


def test_each_kind_of_change_is_told() -> None:
    table = re.findall(r"^\| \[(.+?)\]", (ROOT / "docs" / "changing.md").read_text("utf-8"), re.MULTILINE)
    assert len(table) == 10
    assert [name.capitalize() for name in table] == [name.capitalize() for name in CHANGES]
