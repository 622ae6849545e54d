"""Prompt files as TOML: what they say, or why nobody can read them."""

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ivr.line.problems import Problem
from ivr.line.sentences import sentence
from ivr.line.text import decoded, one_line, outside_xml
from ivr.line.toml_mistakes import Mistake, mistake


def parsed(name: str, content: bytes, problems: list[Problem]) -> dict[str, Any]:
    """What a file says; empty where it is no TOML, which becomes a problem. Nobody changes it afterwards."""
    try:
        text = decoded(content)
        return _document(text)
    except UnicodeDecodeError:
        problems.append(Problem(name, "whole file", sentence("save it as UTF-8")))
    except tomllib.TOMLDecodeError as error:
        problems += _unspeakable_lines(name, text) or [_problem(name, mistake(text, error))]
    except ValueError:  # of Python, where a figure has thousands of digits
        problems.append(
            Problem(name, "whole file", sentence("a figure in it has too many digits: write an ordinary one"))
        )
    except RecursionError:
        problems.append(
            Problem(name, "whole file", sentence("brackets are nested too deeply: write tables and plain lists"))
        )
    return {}


@lru_cache(maxsize=32)  # of a draft's files one has changed since the last look [own value]
def _document(text: str) -> dict[str, Any]:
    """The same of a text. ValueError, RecursionError."""
    return tomllib.loads(text)


def _problem(name: str, found: Mistake) -> Problem:
    return Problem(name, f"line {found.line}, character {found.column}", found.fix)


def _unspeakable_lines(name: str, text: str) -> list[Problem]:
    """Where control characters stand, which TOML does not take."""
    return [
        Problem(
            name,
            f"line {number}",
            sentence("holds the character %(found)s, which nobody can see or say: delete it", found=found),
        )
        for number, line in enumerate(text.split("\n"), 1)
        if (found := outside_xml(line))
    ]


def unspeakable(name: str, table: object, place: str = "") -> Iterator[Problem]:
    """Characters that no XML document may hold, in keys and texts: a call with one of them is lost."""
    if isinstance(table, str):
        if found := outside_xml(table):
            yield Problem(
                name,
                place,
                sentence("holds the character %(found)s, which nobody can see or say: delete it", found=found),
            )
    elif isinstance(table, list):
        for number, item in enumerate(table, 1):
            yield from unspeakable(name, item, f"{place}.{number}")
    elif isinstance(table, dict):
        for key, item in table.items():
            if found := outside_xml(key):
                fix = sentence(
                    "this name holds the character %(found)s, which nobody can see or say: delete it", found=found
                )
                yield Problem(name, f"{place}.{one_line(key)}".strip("."), fix)
            yield from unspeakable(name, item, f"{place}.{key}" if place else key)
