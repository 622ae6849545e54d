"""The table of readings: words whose spelling misleads a voice, and how they are said.

It holds for everything outside of marks, in every voice: the line's own and the carrier's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from ivr.line.text import one_line
from ivr.line.words import Span

Table = Mapping[str, str]


def applied(table: Table, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans, those without a reading split where a word of the table stands.

    The longest word wins. A word that begins or ends in a Latin letter or digit
    matches only where no other such letter or digit follows on: "188" is not
    found in "1880".
    """
    if not table:
        return tuple(spans)
    pattern = _pattern(tuple(table))
    return tuple(piece for span in spans for piece in _split(span, pattern, table))


def checked(language: str, table: object) -> Table:
    """A language's section of the table. ValueError tells what is wrong in it."""
    if not isinstance(table, dict):
        raise ValueError(f"readings: {language!r} is no section: write [ja] above the words")
    for written, reading in table.items():
        if not one_line(written) or not isinstance(reading, str) or not one_line(reading):
            raise ValueError(f'readings: [{language}] {written!r}: write "written" = "reading"')
    return {written: one_line(reading) for written, reading in table.items()}


def _split(span: Span, pattern: re.Pattern[str], table: Table) -> Iterator[Span]:
    if span.reading is not None:
        yield span
        return
    for piece in pattern.split(span.written):
        if piece:
            yield Span(piece, table.get(piece))


@lru_cache(maxsize=32)  # tables: every text of a line is split by the same one
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Matches these words, longest first, and splits a text around them."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("(" + "|".join(map(_whole, longest_first)) + ")", re.ASCII)


def _whole(word: str) -> str:
    before = r"(?<![A-Za-z0-9])" if re.match("[A-Za-z0-9]", word) else ""
    after = r"(?![A-Za-z0-9])" if re.search("[A-Za-z0-9]$", word) else ""
    return before + re.escape(word) + after
