"""The words of an alert that staff type in a hurry: telephone numbers in them are read as all others are (R14).

Whoever types a number types its digits. A short one becomes words of its sentence; a long one is a chunk of its
own, as if the alert gave it by a name (`ivr.line.named_numbers`).
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from ivr.line import numbers
from ivr.line.finding import Folded, as_figures
from ivr.line.named_numbers import NumberSlots, gives_number
from ivr.line.prompt_keys import NUMBER_SLOT
from ivr.line.text import says_something
from ivr.line.typed_numbers import KNOWN_TO_ALL
from ivr.line.values import Language
from ivr.line.words import Prompt
from ivr.people.refusals import Refused

_SHORT = re.compile(r"(?<![0-9#+.,:-])(?:#[0-9]{4}|1[0-9]{2}(?=番|$|[へにをはでか 、。]|[.,](?![0-9])))(?![0-9])")
"""A special number: with #, or before the words that follow one in a sentence; 110 people are none."""

_TYPED = f"{NUMBER_SLOT}typed"


def alert_prompt(key: str, words: str, language: Language) -> Prompt:
    """The prompt of these words, with its numbers. ValueError where a brace or bar stands alone."""
    slots = language.number_slots
    text, named = words, dict(slots.named)
    for count, (start, end, number) in enumerate(reversed(tuple(_typed(words, slots))), 1):
        name = f"{_TYPED}{count}"
        named[name] = number
        text = f"{text[:start]}{{{name}}}{text[end:]}"
    return replace(slots, named=named).prompt(key, text)


def checked_alert(language: Language, words: str) -> None:
    """Refused where nobody can say them as an alert."""
    try:
        prompt = alert_prompt("alert", words, language)
    except ValueError as error:
        raise Refused("A brace or bar stands alone: write {written|reading}.") from error
    if prompt.slots:
        raise Refused("An alert has no slots such as {%(slot)s}.", slot=min(prompt.slots))
    if not says_something("".join(chunk.spoken for chunk in prompt.chunks())):
        raise Refused("Write the alert in every language: %(language)s is missing.", language=language.code)


def with_digits(words: str, language: Language) -> str:
    """Words that stand prepared as one types them: a number by its digits, where they give it by its name."""
    if gives_number(words):
        for slot, number in language.number_slots.named.items():
            words = words.replace(f"{{{slot}}}", number)
    return words


def _typed(words: str, slots: NumberSlots) -> Iterator[tuple[int, int, str]]:
    """Where a number was typed, and the number as it is read, from the left."""
    if not any(letter.isdigit() for letter in words):
        return
    plain = Folded.of(words, as_figures)
    end = 0
    for start, stop, number in sorted((*_long(plain.text), *_short(plain.text, slots))):
        if start >= end:
            end = stop
            yield (*plain.as_written(start, stop), number)


def _long(plain: str) -> Iterator[tuple[int, int, str]]:
    for row in dict.fromkeys(numbers.found_in(plain)):
        with suppress(numbers.NoNumber):  # one of another country: its digits are read as the voice reads them
            number = numbers.announced(row)
            for match in re.finditer(re.escape(row), plain):
                yield (*match.span(), number)


def _short(plain: str, slots: NumberSlots) -> Iterator[tuple[int, int, str]]:
    known = {*KNOWN_TO_ALL, *slots.named.values()}
    for match in _SHORT.finditer(plain):
        if match[0] in known:
            start, end = match.span()
            named = match[0] in slots.called and plain[end : end + 1] == "番"  # 110番 is the name of 110
            yield start, end + named, match[0]
