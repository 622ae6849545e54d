"""A file that is no TOML is told by its place, in words of our own, and with what to do."""

import re
import tomllib
from pathlib import Path

import pytest

from ivr.line.problems import Problem
from ivr.line.toml_files import parsed
from ivr.line.toml_mistakes import KINDS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('a = "x"\nb "y"', "ja.toml: line 2, character 3: “=” is missing behind a name: write it between"),
        ('a = "x', "ja.toml: line 1, character 7: a quotation mark or bracket that was opened is not closed: close it"),
        ("a = 1\na = 2\n", "ja.toml: line 2, character 6: this name stands in the file already: take one of"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_fix(text: str, told: str) -> None:
    problems: list[Problem] = []
    assert parsed("ja.toml", text.encode(), problems) == {}
    [problem] = problems
    assert str(problem).startswith(told)


def test_all_that_the_library_says_is_known() -> None:
    """A newer Python that says something else is found here."""
    source = Path(tomllib.__file__).with_name("_parser.py").read_text()
    said = re.findall(r"""(?:suffixed_err|TOMLDecodeError)\(\s*\w+, \w+, f?"([^"{]+)""", source)
    assert len(said) > 15
    assert not [each for each in said if each != "Expected " and not any(map(each.startswith, KINDS))]
