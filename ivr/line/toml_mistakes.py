"""What is wrong in a TOML file that people wrote, where, and what to do: in words of our own, which are translated.

The library says it in English, by sentences that it has had since Python 3.11; a kind that is not known here is told
by its place alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from tomllib import TOMLDecodeError
from types import MappingProxyType

from ivr.line.sentences import Sentence, sentence

_PLACE = re.compile(r" \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)$")

_SEPARATOR = sentence("“=” is missing behind a name: write it between the name and its value.")
_NO_NAME = sentence("the name of a text should stand here.")
_NO_VALUE = sentence("a value should stand here: write texts between quotation marks.")
_TOO_MUCH = sentence("the line should be over here, and something follows: take it out, or give it a line of its own.")
_OPEN = sentence("a quotation mark or bracket that was opened is not closed: close it.")
_TWICE = sentence("this name stands in the file already: take one of the two out.")
_BACKSLASH = sentence("a backslash stands where none may: write it twice.")
_STRANGE = sentence("a character stands here that may not, such as a line break between quotation marks: take it out.")
_DATE = sentence("there is no such date or time: write one such as 2026-11-24.")
_OTHER = sentence("this cannot be read.")

KINDS: Mapping[str, Sentence] = MappingProxyType(
    {
        "Expected '=' after a key": _SEPARATOR,
        "Invalid initial character for a key": _NO_NAME,
        "Invalid statement": _NO_NAME,
        "Invalid value": _NO_VALUE,
        "Expected newline or end of document": _TOO_MUCH,
        "Expected ']": _OPEN,
        "Expected \"'": _OPEN,
        "Expected '\"": _OPEN,
        "Unterminated": _OPEN,
        "Unclosed": _OPEN,
        "Cannot overwrite": _TWICE,
        "Cannot declare": _TWICE,
        "Cannot mutate": _TWICE,
        "Cannot redefine": _TWICE,
        "Duplicate": _TWICE,
        "Unescaped": _BACKSLASH,
        "Invalid hex value": _BACKSLASH,
        "Escaped character": _BACKSLASH,
        "Illegal character": _STRANGE,
        "Found invalid character": _STRANGE,
        "Invalid date": _DATE,
    }
)
"""What each sentence of tomllib means, by how it begins."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, and what to do: from a `line` and a `column` on, both counted from 1."""

    line: int
    column: int
    fix: Sentence


def mistake(text: str, error: TOMLDecodeError) -> Mistake:
    """Why this text is no TOML, of which the library said so."""
    found = _PLACE.search(str(error))
    line, column = (int(found[1]), int(found[2])) if found and found[1] else _end(text)
    return Mistake(line, column, next((fix for start, fix in KINDS.items() if str(error).startswith(start)), _OTHER))


def _end(text: str) -> tuple[int, int]:
    """The place behind the last character that can be seen."""
    lines = text.rstrip().splitlines() or [""]
    return len(lines), len(lines[-1]) + 1
