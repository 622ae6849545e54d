"""The commands, and that the documents tell the truth about them."""

import subprocess
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from ivr.call import rules
from ivr.commands import Commands
from ivr.line.values import Line
from ivr.wiring import create_app
from tests.support.clock import MOMENT
from tests.support.given import PROMPTS, settings_for
from tests.support.schema import problems

ROOT = PROMPTS.parent
CALL = (ROOT / "docs" / "call.md").read_text()


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.mark.parametrize("languages", [[], ["ja"], ["en"], ["en", "ja"]])
def test_the_fallback_needs_no_server_and_fits_into_a_twiml_bin(
    run: FlaskCliRunner, line: Line, languages: list[str]
) -> None:
    document = run.invoke(args=["line", "fallback", *languages]).output.strip()
    assert len(document) <= 4000
    assert problems(document) == []
    assert "/voice" not in document and "<Gather" not in document
    assert "045" in document and "664" in document and document.count("<Hangup")


def test_a_language_that_the_line_lacks_is_told(run: FlaskCliRunner) -> None:
    result = run.invoke(args=["line", "fallback", "fr"])
    assert result.exit_code == 2 and "ja, en" in result.output


def test_the_call_flow_in_the_documents_is_the_lines(run: FlaskCliRunner) -> None:
    graph = run.invoke(args=["line", "graph", "--language", "en"]).output
    assert f"```mermaid\n{graph}```" in CALL


def test_every_option_has_help() -> None:
    context = click.Context(click.Command("flask"))
    line = Commands().get_command(context, "line")
    assert isinstance(line, click.Group)
    for command in line.commands.values():
        assert command.help
        for parameter in command.params:
            assert not isinstance(parameter, click.Option) or parameter.help, parameter.name


def test_the_terminal_telephone_makes_a_call(run: FlaskCliRunner) -> None:
    result = run.invoke(args=["phone", "--at", "2026-11-24 11:00"], input="1\n1\n0\n\nanswered\n")
    assert result.exit_code == 0, result.output
    assert "マイナンバー" in result.output and "+81456649110" in result.output
    assert "The call is over" in result.output


def test_nothing_secret_or_generated_is_under_version_control() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not [name for name in names if Path(name).suffix in (".db", ".sqlite", ".key", ".pem", ".pyc")]
    assert not [name for name in names if name.startswith("instance/")]


def edited(folder: Path, before: str, after: str) -> Path:
    """The shipped files in a folder, with a change in line.toml."""
    folder.mkdir()
    for path in PROMPTS.glob("*.toml"):
        (folder / path.name).write_text(path.read_text())
    line = folder / "line.toml"
    line.write_text(line.read_text().replace(before, after))
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules find nothing, at once."""
    monkeypatch.setattr(rules.Survey, "of", lambda *_: SimpleNamespace(visits=()))
    monkeypatch.setattr(rules, "findings", lambda *_: ())


@pytest.mark.usefixtures("quick")
def test_a_check_says_first_what_it_judged(run: FlaskCliRunner, app: Flask, tmp_path: Path) -> None:
    def first_line(*args: str) -> str:
        result = run.invoke(args=["line", "check", *args])
        assert result.exit_code == 0, result.output
        return result.output.splitlines()[0]

    folder = edited(tmp_path / "mine", '["lost", "leaked"', '["leaked", "lost"')
    assert first_line() == f"Checking the files in {app.extensions['ivr.settings'].prompts}."
    assert first_line(str(folder)) == f"Checking the files in {folder}."
    assert first_line("--live") == f"Checking the live edition, {live_line_of(app).edition}."


def live_line_of(app: Flask) -> Line:
    found: Line = app.extensions["ivr.line"]("", MOMENT)
    return found


def test_files_that_make_no_line_are_told_with_all_that_is_wrong(run: FlaskCliRunner, tmp_path: Path) -> None:
    folder = edited(tmp_path / "mine", '["lost", "leaked"', '["lost", "lsot"')
    result = run.invoke(args=["line", "check", str(folder)])
    assert result.exit_code == 1
    assert "line.toml: menu.card.options: 'lsot' does not exist; did you mean lost?" in result.output
    assert run.invoke(args=["line", "check", str(tmp_path / "none")]).exit_code == 2
    both = run.invoke(args=["line", "check", str(folder), "--live"])
    assert both.exit_code == 2 and "not both" in both.output


def test_files_that_ring_the_line_itself_are_told(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path / "data", LINE_NUMBER="+815012345678"))
    folder = edited(tmp_path / "mine", '"045-664-9110"\nhours', '"050-1234-5678"\nhours')
    result = app.test_cli_runner().invoke(args=["line", "check", str(folder)])
    assert result.exit_code == 1 and "desk.police.dial" in result.output


def test_a_graph_is_of_the_files_and_the_live_one_where_that_is_asked(run: FlaskCliRunner, tmp_path: Path) -> None:
    folder = edited(tmp_path / "mine", 'options = ["lost", "leaked"', 'options = ["leaked", "lost"')
    live = run.invoke(args=["line", "graph", "--live"]).output
    assert run.invoke(args=["line", "graph"]).output == live
    assert run.invoke(args=["line", "graph", "--folder", str(folder)]).output != live


def test_understand_tells_what_is_made_of_words_and_why(run: FlaskCliRunner) -> None:
    told = run.invoke(args=["line", "understand", "まだ払っていません", "--at", "fraud"]).output
    assert "払っ" not in told or "negated" in told
    assert "not understood; the call stands at main-fraud" in told
    told = run.invoke(args=["line", "understand", "Connect me to the police", "--language", "en"]).output
    assert "asks to be joined to police" in told and "desk police" in told
    refused = run.invoke(args=["line", "understand", "x", "--at", "nowhere"])
    assert refused.exit_code == 2 and "no place of the line" in refused.output


def test_understand_listens_to_the_beginning_of_what_is_very_long(run: FlaskCliRunner) -> None:
    told = run.invoke(args=["line", "understand", "あ、警察が、" * 5000]).output
    assert len(told.splitlines()) < 20
    assert max(map(len, told.splitlines())) < 250
