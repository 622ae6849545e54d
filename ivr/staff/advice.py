"""What can be said of a single text while it is typed: its length, and rules that it breaks.

These are hints for whoever writes; the whole line is checked before anything is published.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ivr.call.rules import PASSAGE_SECONDS, SENTENCE_SECONDS
from ivr.line.named_numbers import is_slot
from ivr.line.prompt_keys import taken_apart
from ivr.line.readings import Table, applied
from ivr.line.speeds import Speed
from ivr.line.text import one_line
from ivr.line.typed_numbers import TypedNumber, digits_in_words, typed_numbers
from ivr.line.values import Language
from ivr.line.words import Chunk, Prompt, Span
from ivr.people.refusals import Refused
from ivr.people.telling import Told, told
from ivr.voice.pace import estimated_seconds

_DIGITS = re.compile(r"[0-9０-９]{5,}")  # a postcode's four are read in one go, longer rows are not
_SENTENCE = re.compile(r"(?<=[。！？])|(?<=[.!?])\s")


@dataclass(frozen=True, slots=True)
class Advice:
    """`seconds` by speed, estimated from the letters; `warnings` as templates take them; `said`:
    the words as they are said, where readings change them; `code`: in which language."""

    seconds: Mapping[Speed, float]
    warnings: tuple[Told, ...]
    said: str
    code: str = ""


def advise(language: Language, key: str, text: str, readings: Table) -> Advice:
    """What there is to say of a text in a language."""
    try:
        prompt = _prompt(language, key, text, readings)
    except ValueError:
        brace = told("A brace or bar stands alone: write {written|reading}.")
        return Advice(MappingProxyType({}), (brace,), "")
    spans = [span for chunk in prompt.chunks() for span in chunk.spans]
    seconds = {speed: estimated_seconds(spans, language.pace, speed) for speed in Speed}
    spoken = "".join(chunk.spoken for chunk in prompt.chunks())
    return Advice(
        MappingProxyType(seconds),
        tuple(_warnings(language, key, prompt, seconds[Speed.NORMAL])),
        spoken if spoken != "".join(chunk.written for chunk in prompt.chunks()) else "",
        language.code,
    )


def heard_as(language: Language, key: str, text: str, readings: Table) -> tuple[Chunk, ...]:
    """What of a text a voice says by itself: all but what the line fills in. Refused where its marks are wrong."""
    try:
        chunks = _prompt(language, key, text, readings).chunks()
    except ValueError as error:
        raise Refused("A brace or bar stands alone: write {written|reading}.") from error
    return tuple(chunk for chunk in chunks if not chunk.mute)


def _prompt(language: Language, key: str, text: str, readings: Table) -> Prompt:
    """A text as callers hear it. ValueError where its marks are wrong."""
    return language.number_slots.prompt(key, one_line(text)).read_as(lambda spans: applied(readings, spans))


def _warnings(language: Language, key: str, prompt: Prompt, seconds: float) -> Iterator[Told]:
    spans = [span for chunk in prompt.chunks() for span in chunk.spans]
    written = "".join(span.written for span in spans)
    if taken_apart(key).is_passage and seconds > PASSAGE_SECONDS:
        yield told("Longer than %(most)s seconds: divide it into two passages.", most=PASSAGE_SECONDS)
    for sentence in filter(None, _SENTENCE.split(written)):
        if estimated_seconds((Span(sentence),), language.pace) > SENTENCE_SECONDS:
            yield told(
                "This sentence takes more than %(most)s seconds: “%(sentence)s”",
                most=SENTENCE_SECONDS,
                sentence=sentence.strip(),
            )
    if match := next(filter(None, (found.search(written) for found in language.double_negatives)), None):
        yield told("This may be a double negative: “%(words)s”. Say what is so.", words=match.group())
    telephone = list(typed_numbers(prompt, language.named_numbers, digits_in_words(language.words, language.prompts)))
    yield from _of_numbers(telephone, prompt, language.named_numbers)
    for digits in (digits for span in spans if span.reading is None for digits in _DIGITS.findall(span.written)):
        if not telephone:
            yield told("Group the digits of %(digits)s as they are read aloud, such as 045-671-3792.", digits=digits)


def _of_numbers(typed: Iterable[TypedNumber], prompt: Prompt, named: Mapping[str, str]) -> Iterator[Told]:
    """Digits of telephone numbers, and names that no number has."""
    for found in typed:
        if found.slot:
            yield told(
                "Write %(slot)s for %(number)s: it is then read digit by digit, and always the number of today.",
                slot=f"{{{found.slot}}}",
                number=found.number,
            )
        else:
            yield told(
                "Do not write the digits of %(number)s. Its number gets a name in line.toml, under [numbers] or as "
                "that of a desk; the text gives it by that name, such as %(slot)s.",
                slot=f"{{{next(iter(named), 'number.police')}}}",
                number=found.number,
            )
    for slot in sorted(slot for slot in prompt.slots if is_slot(slot)):
        yield told("No number has the name %(slot)s.", slot=f"{{{slot}}}")
