"""The commands, and that the documents tell the truth about them."""

import subprocess
from pathlib import Path

import click
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from ivr.commands.line import line_commands
from ivr.line.values import Line
from tests.support.given import PROMPTS
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
    for command in line_commands.commands.values():
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
