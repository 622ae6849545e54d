"""Where words stand in a text, whatever width, case or kana either is written in.

    found("ｶｰﾄﾞを「カード」という", "カード")  ->  spans of the text as it is written, (0, 4) and (6, 9)

A text is folded letter by letter, so that what is found can be shown and replaced where it stands.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from ivr.line.morphemes import Morpheme, morphemes
from ivr.line.text import folded, one_width

Stretch = tuple[int, int]
"""From a letter of a text to just before another."""

_CLUSTER = re.compile("(?s).[\uff9e\uff9f\u3099\u309a]*")
"""A letter with the marks that voice it, which half-width kana have beside them."""

_HIRAGANA = {katakana: katakana - 0x60 for katakana in range(0x30A1, 0x30F7)}

_CONTENT = ("名詞", "動詞", "形容詞", "形状詞", "代名詞")
"""The parts of speech that one looks for (UniDic), but for those that only serve others."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `at`: for each of its letters, and its end, where that stands in the text as it was written."""

    text: str
    at: tuple[int, ...]

    @classmethod
    def of(cls, text: str, fold: Callable[[str], str]) -> "Folded":
        """The text with each of its letters folded by itself."""
        letters, at = [], []
        for cluster in _CLUSTER.finditer(text):
            for letter in fold(cluster[0]):
                letters.append(letter)
                at.append(cluster.start())
        return cls("".join(letters), (*at, len(text)))

    def as_written(self, start: int, end: int) -> Stretch:
        """A stretch of the folded text in the text as it was written."""
        last = self.at[end - 1]
        return self.at[start], next(place for place in self.at[end:] if place > last)


def alike(text: str) -> str:
    """Words as they are compared: in one width and case, katakana as hiragana."""
    return one_width(text).casefold().translate(_HIRAGANA)


def as_figures(letter: str) -> str:
    """A letter of a telephone number as ASCII writes it; a blank stays one."""
    return folded(letter) or " "


@lru_cache(maxsize=4096)  # every text of a line is looked through with each search [own value]
def folded_words(text: str) -> Folded:
    """A text as its words are compared."""
    return Folded.of(text, alike)


def found(text: str, wanted: str) -> tuple[Stretch, ...]:
    """Where `wanted` stands in the text, from the left, none over another; () where nothing is wanted."""
    seen, sought = folded_words(text), alike(wanted.strip())
    if not sought:
        return ()
    places = (match.span() for match in re.finditer(re.escape(sought), seen.text))
    return tuple(seen.as_written(*place) for place in places)


def found_in_other_forms(text: str, wanted: str) -> tuple[Stretch, ...]:
    """Where the words of `wanted` stand in a text without blanks in any of their forms: 開いて for 開く. They
    stand beside one another, with only what serves them between."""
    sought = tuple(word.lemma for word in _content(wanted))
    words = _content(text)
    if not sought or sought[0] not in {word.lemma for word in words}:
        return ()
    count = len(sought)
    runs = (words[at : at + count] for at in range(len(words) - count + 1))
    return tuple((run[0].start, run[-1].end) for run in runs if tuple(word.lemma for word in run) == sought)


def replaced(text: str, stretches: Iterable[Stretch], new: str) -> str:
    """The text with `new` in the place of each of these, from the left."""
    parts, end = [], 0
    for start, stop in stretches:
        parts += [text[end:start], new]
        end = stop
    return "".join([*parts, text[end:]])


def _content(text: str) -> tuple[Morpheme, ...]:
    return tuple(word for word in morphemes(text) if word.kind[0] in _CONTENT)
