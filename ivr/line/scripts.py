"""Which letters a language is written with, told by the words with which their names in Unicode begin."""

import unicodedata
from collections.abc import Collection
from functools import lru_cache

from ivr.line.text import one_width

_ALSO = {"cjk": ("CJK", "IDEOGRAPHIC")}
"""Scripts whose letters have names that begin otherwise, too."""

PRIVATE = "private use"
"""What letters of a script are called that has no place in Unicode."""


def foreign(text: str, scripts: Collection[str]) -> tuple[str, ...]:
    """The letters in a text that are of none of these scripts ("latin", "cjk", "hiragana"); of letters in
    full width, what they stand for."""
    return tuple(letter for letter in one_width(text) if not _is_of(letter, frozenset(scripts)))


@lru_cache(maxsize=4096)
def _is_of(letter: str, scripts: frozenset[str]) -> bool:
    """Whether a letter is of one of these scripts. What is no letter is of all."""
    kind = unicodedata.category(letter)
    if kind == "Co":
        return PRIVATE in scripts
    if not kind.startswith("L"):
        return True
    name = unicodedata.name(letter, "")
    known = tuple(word for script in scripts for word in _ALSO.get(script, (script.upper(),)))
    return name.startswith((*known, "MODIFIER"))
