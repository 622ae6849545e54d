"""What is wrong in a TOML file that people sent, and where: in words of our own, which are translated.

The library says it in English, by sentences that it has had since Python 3.11; a kind that is not known here is told
by its place alone. Its own sentence goes along as the fact `original`.
"""

import re
import tomllib
from collections.abc import Mapping
from types import MappingProxyType

from ivr.people.refusals import Refused
from ivr.people.telling import Told, told

_TOO_LONG = told("%(file)s holds a number that is too long.")[0]

LONGEST = 200
"""Characters of the library's own sentence that go along [own value]."""

_PLACE = re.compile(r" \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)$")

_SEPARATOR = told("%(file)s, line %(line)s, character %(column)s: “=” is missing behind a name.")
_NO_NAME = told("%(file)s, line %(line)s, character %(column)s: the name of a text should stand here.")
_NO_VALUE = told(
    "%(file)s, line %(line)s, character %(column)s: a value should stand here, texts between quotation marks."
)
_TOO_MUCH = told("%(file)s, line %(line)s, character %(column)s: the line should be over here, and something follows.")
_OPEN = told(
    "%(file)s, line %(line)s, character %(column)s: a quotation mark or bracket that was opened is not closed."
)
_TWICE = told("%(file)s, line %(line)s, character %(column)s: this name stands in the file already.")
_BACKSLASH = told("%(file)s, line %(line)s, character %(column)s: a backslash stands where none may: write it twice.")
_STRANGE = told(
    "%(file)s, line %(line)s, character %(column)s: a character stands here that may not, such as a line break between "
    "quotation marks."
)
_DATE = told("%(file)s, line %(line)s, character %(column)s: there is no such date or time.")
_OTHER = told("%(file)s, line %(line)s, character %(column)s: this cannot be read.")

KINDS: Mapping[str, Told] = MappingProxyType(
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


def mistake(files: Mapping[str, bytes]) -> Refused:
    """Why these files, of which one at least is no TOML, cannot be read."""
    for file, content in files.items():
        try:
            text = content.decode()
            tomllib.loads(text)
        except UnicodeDecodeError:
            return Refused("%(file)s is not saved as UTF-8: save it so, and send it again.", file=file)
        except tomllib.TOMLDecodeError as error:
            return _told(file, text, str(error))
        except ValueError:  # of Python, where a figure has thousands of digits
            return Refused(_TOO_LONG, file=file)
    return Refused(_TOO_LONG, file=", ".join(files))  # in figures that are read, but not written


def _told(file: str, text: str, original: str) -> Refused:
    found = _PLACE.search(original)
    line, column = (found[1], found[2]) if found and found[1] else _end(text)
    message, _ = next((kind for start, kind in KINDS.items() if original.startswith(start)), _OTHER)
    return Refused(message, file=file, line=line, column=column, original=original[:LONGEST])


def _end(text: str) -> tuple[str, str]:
    """The place behind the last character that can be seen."""
    lines = text.rstrip().splitlines() or [""]
    return str(len(lines)), str(len(lines[-1]) + 1)
