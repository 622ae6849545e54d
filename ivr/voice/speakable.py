"""Text made speakable: readings for the words whose spelling misleads a voice.

A reading comes from the mark ``{written|reading}`` in a prompt, or from the city's
table `prompts/readings.toml`, which applies to all text outside of marks:

    [code of a language]
    "#9110" = "シャープ、きゅう、いち、いち、ゼロ"

The same spans become what a local voice is given (`spoken`) and, for a carrier,
``<sub alias="reading">written</sub>``.

Where a language's file says so, a reading in kana is said letter for letter. Voices take は and へ in hiragana
for particles wherever they can, and read いち、はち as "ichi, wachi"; so hiragana
that holds one of them is passed on in katakana.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr.line.pronunciation import Pronunciation
from ivr.line.readings import Table, applied, checked
from ivr.line.words import Span, spans_of

_AMBIGUOUS = re.compile("[ぁ-ゖー]*[はへ][ぁ-ゖー]*")


@dataclass(frozen=True)
class Readings:
    """The readings table: for each language, written words and how they are said."""

    tables: Mapping[str, Table]

    def applied(self, of: Pronunciation, spans: Iterable[Span]) -> tuple[Span, ...]:
        """The spans with the language's readings set wherever no mark has set one."""
        read = applied(self.tables.get(of.code, {}), spans)
        return tuple(map(_letter_for_letter, read)) if of.letter_for_letter else read

    def speakable(self, of: Pronunciation, text: str) -> str:
        """What a voice is given for a text with marks. ValueError names a wrong mark."""
        return spoken(self.applied(of, spans_of(text)))


def load(path: Path) -> Readings:
    """Read the table. ValueError tells what is wrong in which section."""
    sections = tomllib.loads(path.read_text(encoding="utf-8"))
    return Readings({language: checked(language, table) for language, table in sections.items()})


def speakable(spans: Iterable[Span], letter_for_letter: bool) -> str:
    """What a voice is given for spans whose readings are set."""
    return spoken(map(_letter_for_letter, spans) if letter_for_letter else spans)


def spoken(spans: Iterable[Span]) -> str:
    """What a voice is given: readings where there are any, else the words as written."""
    return "".join(span.spoken for span in spans)


def _letter_for_letter(span: Span) -> Span:
    if span.reading is None:
        return span
    return Span(span.written, _AMBIGUOUS.sub(lambda kana: katakana(kana[0]), span.reading))


def katakana(text: str) -> str:
    """The text with its hiragana in katakana."""
    return "".join(chr(ord(letter) + 0x60) if "ぁ" <= letter <= "ゖ" else letter for letter in text)
