"""Telephone numbers whose digits somebody typed into words, however they wrote them.

Such a number is misread (R14), and goes on to be told when the desk has another one: words give it by its name
instead (`named_numbers`).
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ivr.line import numbers
from ivr.line import prompt_keys as keys
from ivr.line.named_numbers import bare, is_number, is_short, slot_of
from ivr.line.sentences import Sentence, sentence
from ivr.line.text import folded
from ivr.line.vocabulary import KEYS_IN_WORDS
from ivr.line.words import Chunk, Prompt, Span

KNOWN_TO_ALL = ("110", "118", "119", "171", "188", "189", "#7119", "#8000", "#8103", "#8891", "#9110")
"""Short numbers of all Japan: police, coast guard, fire and ambulance, messages after disasters, consumers,
children in need; doctors, victims, advice of the police (special numbers of the numbering plan)."""

SPELLED = 7
"""So many digits in words in a row are a telephone number: no year or price is told digit by digit [own value]."""

_SHORT = re.compile(r"(?<![0-9#+.,:-])(?:#[0-9]{4}|1[0-9]{2})(?![0-9])(?![-.,:][0-9])")
_KANJI = "〇零一二三四五六七八九"
_KANJI_ROW = re.compile(f"[{_KANJI}](?:[-ー・ の]?[{_KANJI}])+")
_KANJI_FIGURES = str.maketrans(_KANJI + "の", "00123456789-")
_COUNTED = re.compile(r" ?(?:[円万億千人名年月日時分秒件通本枚歳回個つ%]|か所|yen|people|years?|days?|times)")


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A number whose digits were typed, and the slot that says it by name; None where it has none."""

    number: str
    slot: str | None

    @property
    def mend(self) -> Sentence:
        """What to write instead."""
        if self.slot:
            return sentence("write {%(slot)s} in its place", slot=self.slot)
        return sentence(
            "give it a name under [numbers] in line.toml, or to a desk there, and write {number.name} with that "
            "name in its place"
        )


def typed_numbers(prompt: Prompt, named: Mapping[str, str], spelled: Collection[str]) -> Iterator[TypedNumber]:
    """The numbers typed into a prompt, each once. `named` are the numbers of the line by their slots; `spelled`:
    how its language writes digits in words."""
    found: dict[str, TypedNumber] = {}
    for chunk in prompt.chunks():
        if not is_number(chunk):
            for number in _in_chunk(chunk, named.values(), tuple(spelled)):
                found.setdefault(bare(number) or number, TypedNumber(number, slot_of(number, named)))
    yield from found.values()


def digits_in_words(words: Mapping[str, Collection[str]], prompts: Mapping[str, Prompt]) -> tuple[str, ...]:
    """How a language writes digits in words: as callers say them, and as it says them itself."""
    heard = (form for figure in KEYS_IN_WORDS if figure.isdigit() for form in words.get(figure, ()))
    own = (chunk.spoken for figure in "0123456789" for chunk in prompts[keys.digit(figure)].chunks())
    return tuple(dict.fromkeys(form.casefold() for form in (*own, *heard) if not form.isdecimal()))


def _in_chunk(chunk: Chunk, known: Iterable[str], spelled: tuple[str, ...]) -> list[str]:
    """What is written; where no number is, what is said, in figures or in words."""
    short = {*filter(is_short, known), *KNOWN_TO_ALL}
    written, spoken = _without_names(chunk, lambda span: span.written), _without_names(chunk, lambda span: span.spoken)
    return [*_in_figures(written, short)] or [*_in_figures(spoken, short), *_in_words(spoken, spelled)]


def _without_names(chunk: Chunk, words: Callable[[Span], str]) -> str:
    """The words of a chunk but for numbers that are given by name."""
    return "".join("、" if span.named else words(span) for span in chunk.spans)


def _in_figures(text: str, short: Collection[str]) -> Iterator[str]:
    """Ordinary numbers, and short ones that the line or everybody knows."""
    text = _KANJI_ROW.sub(lambda row: row[0].translate(_KANJI_FIGURES), text)
    yield from numbers.found_in(text)
    plain = folded(text)
    for row in _SHORT.finditer(plain):
        if row[0].startswith("#") or (row[0] in short and not _COUNTED.match(plain, row.end())):
            yield row[0]


def _in_words(text: str, spelled: tuple[str, ...]) -> Iterator[str]:
    return (row[0].strip() for row in _in_words_pattern(spelled).finditer(text.casefold()))


@lru_cache(maxsize=32)  # one a language
def _in_words_pattern(spelled: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(spelled, key=len, reverse=True)
    latin = [form for form in longest_first if form.isascii()]
    others = [form for form in longest_first if not form.isascii()]
    one = "|".join([*(rf"\b{re.escape(form)}\b" for form in latin), *map(re.escape, others)])
    return re.compile(rf"(?:{one})(?:[\s、,.。;・の-]*(?:{one})){{{SPELLED - 1},}}")
