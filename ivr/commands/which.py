"""Which line a command is about: the files that one edits, or the edition that callers hear.

Two decorators give a command its `line`: `of_files` takes the files of PROMPTS_DIR where nothing else is
said, `of_live` what callers hear.
"""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import current_app

from ivr import clock
from ivr.config import Settings
from ivr.line.loading import LineError, load, read_files, ringing_itself
from ivr.line.values import Line

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
"""A folder with the files of a line, as an argument."""


def of_files(command: Callable[..., None]) -> Callable[..., None]:
    """A command with `line`: of PROMPTS_DIR, of `--folder`, or with `--live` what callers hear."""

    @click.option("--folder", type=FOLDER, help="The files of this folder; those of PROMPTS_DIR if left out.")
    @click.option("--live", is_flag=True, help="What callers hear now, rather than files.")
    @wraps(command)
    def with_line(*args: Any, folder: Path | None, live: bool, **more: Any) -> None:
        command(*args, line=chosen(folder, live)[1], **more)

    return with_line


def of_live(command: Callable[..., None]) -> Callable[..., None]:
    """A command with `line`: what callers hear, or with `--folder` the files there."""

    @click.option("--folder", type=FOLDER, help="The files of this folder; what callers hear now if left out.")
    @wraps(command)
    def with_line(*args: Any, folder: Path | None, **more: Any) -> None:
        command(*args, line=chosen(folder, live=folder is None)[1], **more)

    return with_line


def chosen(folder: Path | None, live: bool) -> tuple[str, Line]:
    """The line that was asked for, and what it is called. Files that make no line end the command,
    with all that is wrong with them."""
    if live and folder is not None:
        raise click.UsageError("Give a folder or --live, not both.")
    if live:
        line = live_line()
        return f"the live edition, {line.edition}", line
    settings: Settings = current_app.extensions["ivr.settings"]
    where = folder or settings.prompts
    try:
        line = load(read_files(where))
        if problems := ringing_itself(line, settings.own_numbers):
            raise LineError(problems)
    except LineError as error:
        sys.exit(f"The files in {where} make no line.\n{error}")
    return f"the files in {where}", line


def live_line() -> Line:
    """The line that callers hear now."""
    line: Line = current_app.extensions["ivr.line"]("", clock.utc_now())
    return line
