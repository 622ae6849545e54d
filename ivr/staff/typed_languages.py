"""Languages as people name them, in any language of the console: ベトナム語 is Vietnamese, whoever types it."""

from collections.abc import Mapping
from functools import lru_cache

from babel import Locale

from ivr.line.sentences import sentence
from ivr.line.text import folded
from ivr.staff.context import LANGUAGES


def code_of(text: str, reader: str) -> str:
    """The code (BCP 47) of a language that was named, by somebody who reads `reader`, or by its code. ValueError with
    what to write."""
    wanted = _folded(text)
    for names in (_names(reader), *map(_names, LANGUAGES)):
        if wanted in names:
            return names[wanted]
    if wanted in map(_folded, _names(reader).values()):
        return text.strip()
    raise ValueError(
        sentence("“%(text)s” is no language that is known here: write what it is usually called.", text=text)
    )


def name_of(code: str, reader: str) -> str:
    """What the reader calls it; its code where nobody knows."""
    return next((name for name, each in _called(reader).items() if each == code), code)


def _folded(text: str) -> str:
    return folded(text).casefold()


@lru_cache(maxsize=8)
def _names(reader: str) -> Mapping[str, str]:
    """The codes of all languages by their names, folded."""
    return {_folded(name): code for name, code in _called(reader).items()}


@lru_cache(maxsize=8)
def _called(reader: str) -> Mapping[str, str]:
    """The same by their names as they are written. Of two with one name the simpler code is meant."""
    known = Locale.parse(reader, sep="-").languages
    return {name: code.replace("_", "-") for code, name in sorted(known.items(), reverse=True)}
