"""Words of a text written without blanks, with their parts of speech: Sudachi's analysis.

The analyser and its dictionary come with the line's own voice (pyopenjtalk-plus). They are loaded
when they are first asked for, in a quarter of a second, and only by a line that has such words.
"""

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

_LONGEST = 10_000
"""Characters that are analysed; Sudachi takes 49,149 bytes at once [own value]."""

_analysing = Lock()  # the analyser belongs to one thread at a time


@dataclass(frozen=True, slots=True)
class Morpheme:
    """One word of a text, from `start` to `end`. `lemma` is its dictionary form, `kind` its part of speech
    in UniDic's terms, from the broad to the narrow; `known`: it stands in the dictionary."""

    start: int
    end: int
    surface: str
    lemma: str
    kind: tuple[str, ...]
    known: bool


@lru_cache(maxsize=2048)  # a draft's texts are looked at again with each change to one of them [own value]
def morphemes(text: str) -> tuple[Morpheme, ...]:
    """The words of a text in order, in their longest forms: 使い方 is one word."""
    with _analysing:
        return tuple(map(_morpheme, _analyser().tokenize(text[:_LONGEST])))


def _morpheme(word: Any) -> Morpheme:
    kind = tuple(word.part_of_speech()[:4])
    return Morpheme(word.begin(), word.end(), word.surface(), word.dictionary_form(), kind, not word.is_oov())


@lru_cache(maxsize=1)
def _analyser() -> Any:
    from sudachipy import dictionary, tokenizer

    return dictionary.Dictionary().tokenizer(mode=tokenizer.Tokenizer.SplitMode.C)
