"""Readings: how words are said whose spelling misleads a voice.

First those of the city's table, then what words are told by where they stand (`homographs`). Both hold for
everything outside of marks, in every voice: the line's own and the carrier's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from ivr.line import homographs
from ivr.line.homographs import Read
from ivr.line.morphemes import morphemes
from ivr.line.sentences import sentence
from ivr.line.text import one_line
from ivr.line.words import Span

Table = Mapping[str, str]

_WORDS_RUN_ON = re.compile("^[一-龠々ぁ-ゖ]|[一-龠々ぁ-ゖ]$")
"""Words with no blank around them, whose edges only an analyser knows."""


def applied(table: Table, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans, those without a reading split where a word stands that has one. What is written stays.

    The longest word of the table wins, and the table wins over where a word stands. A word is found as a
    word: "188" not in "1880", 方 not in 方法.
    """
    found = tuple(spans)
    text = "".join(span.written for span in found)
    reads = [*_of_table(table, text), *homographs.found(text)]
    return tuple(_set(found, reads)) if reads else found


def checked(language: str, table: object) -> Table:
    """A language's section of the table. ValueError tells what is wrong in it."""
    if not isinstance(table, dict):
        raise ValueError(
            sentence("readings: %(language)r is no section: write [ja] above the words", language=language)
        )
    for written, reading in table.items():
        if not one_line(written) or not isinstance(reading, str) or not one_line(reading):
            raise ValueError(
                sentence(
                    'readings: [%(language)s] \'%(written)s\': write "written" = "reading"',
                    language=language,
                    written=written,
                )
            )
    return {written: one_line(reading) for written, reading in table.items()}


def _of_table(table: Table, text: str) -> Iterator[Read]:
    """Where words of the table stand in a text."""
    if not table:
        return
    for match in _pattern(tuple(table)).finditer(text):
        if not _within_another(text, match):
            yield Read(match.start(), match.end(), table[match[0]])


def _within_another(text: str, match: re.Match[str]) -> bool:
    """Whether letters are only a part of a word of the dictionary, as 方 in 方法 is. Who the reading is of
    a run of words, or of a word that no dictionary has, is not asked."""
    if not _WORDS_RUN_ON.search(match[0]) or not homographs.HIRAGANA.search(text):
        return False
    return any(
        word.known and (word.start < match.start() < word.end or word.start < match.end() < word.end)
        for word in morphemes(text)
    )


def _set(spans: Iterable[Span], reads: Iterable[Read]) -> Iterator[Span]:
    """The spans with these readings, the first of several that overlap, wherever no mark has set one."""
    start = 0
    taken: list[Read] = []
    for read in reads:
        if all(read.end <= other.start or other.end <= read.start for other in taken):
            taken.append(read)
    for span in spans:
        end = start + len(span.written)
        inside = sorted((r for r in taken if start <= r.start and r.end <= end), key=lambda each: each.start)
        yield from _divided(span, start, inside) if span.reading is None else (span,)
        start = end


def _divided(span: Span, start: int, reads: Iterable[Read]) -> Iterator[Span]:
    """A span that begins at `start`, cut where readings begin and end."""
    done = 0
    for read in reads:
        if read.start - start > done:
            yield Span(span.written[done : read.start - start])
        yield Span(span.written[read.start - start : read.end - start], read.reading)
        done = read.end - start
    if done < len(span.written):
        yield Span(span.written[done:])


@lru_cache(maxsize=32)  # tables: every text of a line is split by the same one
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Matches these words, longest first, and splits a text around them."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("(" + "|".join(map(_whole, longest_first)) + ")", re.ASCII)


def _whole(word: str) -> str:
    before = r"(?<![A-Za-z0-9])" if re.match("[A-Za-z0-9]", word) else ""
    after = r"(?![A-Za-z0-9])" if re.search("[A-Za-z0-9]$", word) else ""
    return before + re.escape(word) + after
