"""Telephone numbers that words give by a name, so that the digits of each stand in line.toml alone.

    {number.police}      the first number of that desk, in the language of the words
    {number.police.2}    its second
    {number.emergency}   one of the table [numbers], of numbers that are no desk's

A short one (110, 188, #9110) becomes words of its sentence. A long one is a chunk of its own: the call reads
it as R14 asks, and whoever records the words around it never says digits that may change.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ivr.line import prompt_keys as keys
from ivr.line.words import Chunk, Prompt, Slot, Span, parse

NUMBER = "number:"
"""How the keys of the chunks of telephone numbers begin."""

_DIGITS = (*"0123456789", "#")


@dataclass(frozen=True, slots=True)
class NumberWords:
    """How a language says the digits of telephone numbers and # (R14), and whether it writes blanks."""

    digits: Mapping[str, str]
    spaces: bool

    @classmethod
    def of(cls, prompts: Mapping[str, Prompt], spaces: bool) -> "NumberWords":
        """Those of a language with these prompts; a digit that it lacks is silent."""
        return cls({digit: _span(prompts.get(keys.digit(digit))).spoken for digit in _DIGITS}, spaces)

    def within(self, number: str) -> Span:
        """A number as words of a sentence."""
        return Span(number, self._spelled(number), number)

    def alone(self, number: str) -> Chunk:
        """A number as a chunk, a span for each written group, said digit by digit (R14). Commas and full stops
        make its pauses: put together from sounds of digits or groups, a recogniser loses some of its digits."""
        *groups, last = number.split("-")
        stop = "... " if self.spaces else "。"
        before = (Span(f"{group}-", self._spelled(group) + stop) for group in groups)
        return Chunk(f"{NUMBER}{number}", (*before, Span(last, self._spelled(last))))

    def _spelled(self, digits: str) -> str:
        return (", " if self.spaces else "、").join(self.digits[digit] for digit in digits)


def directory(desks: Mapping[str, Iterable[str]], others: Mapping[str, str]) -> Mapping[str, str]:
    """The numbers by the names of their slots: of desks, and of what is no desk."""
    named = dict(others)
    for desk, numbers in desks.items():
        named |= {desk if place == 1 else f"{desk}.{place}": number for place, number in enumerate(numbers, 1)}
    return MappingProxyType({f"{keys.NUMBER_SLOT}{name}": number for name, number in named.items()})


@dataclass(frozen=True, slots=True)
class NumberSlots:
    """Fills the slots for numbers in one language: `named` are the numbers, by the names of their slots, `called`
    how those are said that have a name of their own, such as 110番."""

    named: Mapping[str, str]
    words: NumberWords
    called: Mapping[str, Span]

    @classmethod
    def of(cls, prompts: Mapping[str, Prompt], spaces: bool, named: Mapping[str, str]) -> "NumberSlots":
        """Those of a language with these prompts."""
        called = {
            number: replace(_span(prompt), named=number)
            for key, prompt in prompts.items()
            if (number := keys.called(key))
        }
        return cls(named, NumberWords.of(prompts, spaces), called)

    @classmethod
    def of_texts(cls, texts: Mapping[str, str], spaces: bool, named: Mapping[str, str]) -> "NumberSlots":
        """Those of a language whose prompts are written so."""
        written = ((key, _parsed(key, text)) for key, text in texts.items() if _says_numbers(key))
        return cls.of({key: prompt for key, prompt in written if prompt}, spaces, named)

    def __hash__(self) -> int:
        return hash((*self.named.items(), *self.words.digits.items(), *self.called.items()))

    def prompt(self, key: str, text: str) -> Prompt:
        """The prompt of this text with its numbers. ValueError as `parse`; a slot that no number has the name
        of stays."""
        return self._long_ones(parse(key, text, self._short_one))

    def without_long_ones(self, key: str, text: str) -> Prompt:
        """The same with long numbers still open: what a person records. ValueError as `parse`."""
        return parse(key, text, self._short_one)

    def _short_one(self, slot: str) -> Span | None:
        number = self.named.get(slot)
        return (self.called.get(number) or self.words.within(number)) if number and is_short(number) else None

    def _long_ones(self, prompt: Prompt) -> Prompt:
        if self.named.keys().isdisjoint(prompt.slots):
            return prompt
        parts = (
            self.words.alone(self.named[part.name]) if isinstance(part, Slot) and part.name in self.named else part
            for part in prompt.parts
        )
        return replace(prompt, parts=tuple(parts))


def gives_number(text: str) -> bool:
    """Whether there may be a slot for one in a text."""
    return keys.NUMBER_SLOT in text


def slot_of(number: str, named: Mapping[str, str]) -> str | None:
    """The slot by whose name words give a number, however it is written; None where none has it."""
    return next((slot for slot, known in named.items() if bare(known) == bare(number)), None)


NO_NUMBERS = NumberSlots({}, NumberWords({}, spaces=True), {})
"""Of words that give none."""


def is_short(number: str) -> bool:
    """Whether it is a special number, 188 or #9110, that anybody keeps in mind."""
    return "-" not in number


def is_number(part: object) -> bool:
    """Whether a part is a telephone number by itself."""
    return number_of(part) is not None


def number_of(part: object) -> str | None:
    """The number that a part is by itself; None of other parts."""
    return part.key.removeprefix(NUMBER) if isinstance(part, Chunk) and part.key.startswith(NUMBER) else None


def is_slot(name: str) -> bool:
    """Whether a slot is one for a telephone number."""
    return name.startswith(keys.NUMBER_SLOT)


def desk_of(slot: str) -> str:
    """The desk whose number a slot gives, or the name of a number that is no desk's."""
    return slot.removeprefix(keys.NUMBER_SLOT).partition(".")[0]


def bare(number: str) -> str:
    """The figures of a number in Japan, as it is dialled there, and its #."""
    figures = re.sub("[^0-9#+]", "", number)
    return re.sub(r"^\+81", "0", figures)


def _span(prompt: Prompt | None) -> Span:
    """A whole prompt as one span."""
    chunks = prompt.chunks() if prompt else ()
    return Span("".join(chunk.written for chunk in chunks), "".join(chunk.spoken for chunk in chunks))


def _says_numbers(key: str) -> bool:
    return keys.called(key) is not None or keys.taken_apart(key).family == "digits"


def _parsed(key: str, text: object) -> Prompt | None:
    """The prompt of a text; None where it is none, as is told elsewhere."""
    try:
        return parse(key, text) if isinstance(text, str) else None
    except ValueError:
        return None
