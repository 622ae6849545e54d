"""Prompts: written words, how they are read aloud, and the places left open in them.

A prompt is written with two marks and no others:

- ``{written|reading}`` shows `written` and is read aloud as `reading`;
- ``{name}`` is a slot that the conversation fills: a desk, a date; ``{number.police}`` is a telephone
  number by its name (`named_numbers`), filled in when the files are read.

Full-width braces and bars, ``｛written｜reading｝``, are the same marks: a Japanese keyboard gives
those. What the voice gets is a row of chunks and breaks. A chunk is the smallest thing a
person can record: a whole prompt, or what stands between two slots of one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.line import prompt_keys
from ivr.line.sentences import sentence
from ivr.line.text import one_width, says_something

_WIDE = str.maketrans("｛｜｝", "{|}")
_MARK = re.compile(r"\{([^{}|]*)(?:\|([^{}|]*))?\}")
_SLOT = re.compile(r"[a-z_]+|number\.[a-z][a-z0-9_.]*")


def marks(text: str) -> str:
    """The text with full-width marks as ordinary ones."""
    return text.translate(_WIDE)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words; `reading` is how they are said where the spelling misleads. `named`: the telephone
    number that they are, where a prompt gave it by its name rather than by its digits."""

    written: str
    reading: str | None = None
    named: str = ""

    @property
    def spoken(self) -> str:
        """The words as they are said."""
        return self.written if self.reading is None else self.reading


def marked(span: Span) -> str:
    """The span as a prompt writes it."""
    return span.written if span.reading is None else f"{{{span.written}|{span.reading}}}"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a prompt that the conversation fills."""

    name: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Words spoken in one breath under the key that a recording of them is kept by."""

    key: str
    spans: tuple[Span, ...]

    @property
    def written(self) -> str:
        """The words as one reads them."""
        return "".join(span.written for span in self.spans)

    @property
    def spoken(self) -> str:
        """The words as one says them."""
        return "".join(span.spoken for span in self.spans)

    @property
    def mute(self) -> bool:
        """Whether it is a mere comma or full stop, which only a text needs."""
        return not says_something(self.spoken)


@dataclass(frozen=True, slots=True)
class Break:
    """Silence between two chunks, in milliseconds."""

    milliseconds: int


Part = Chunk | Break


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt of one language: its chunks and, between them, its slots."""

    key: str
    parts: tuple[Chunk | Slot, ...]

    @property
    def slots(self) -> frozenset[str]:
        """The names of the slots in it."""
        return frozenset(part.name for part in self.parts if isinstance(part, Slot))

    def chunks(self) -> tuple[Chunk, ...]:
        """The parts of the prompt that are always the same: what a speaker records."""
        return tuple(part for part in self.parts if isinstance(part, Chunk))

    def read_as(self, reading: Callable[[tuple[Span, ...]], tuple[Span, ...]]) -> "Prompt":
        """The prompt with `reading` applied to the spans of its chunks."""
        return Prompt(
            self.key,
            tuple(part if isinstance(part, Slot) else Chunk(part.key, reading(part.spans)) for part in self.parts),
        )

    def fill(self, values: Mapping[str, tuple[Part, ...]]) -> tuple[Part, ...]:
        """The prompt with its slots filled; KeyError where a slot has no value."""
        filled: list[Part] = []
        for part in self.parts:
            filled.extend(values[part.name] if isinstance(part, Slot) else (part,))
        return tuple(filled)


Fill = Callable[[str], Span | None]
"""The words of a slot that are known when a prompt is read; None where the conversation fills it."""


def parse(key: str, text: str, fill: Fill = lambda _slot: None) -> Prompt:
    """Read the marks in `text`. ValueError says which mark is wrong and how to mend it."""
    pieces = ((fill(piece.name) or piece) if isinstance(piece, Slot) else piece for piece in _pieces(text))
    return Prompt(key, _parts(key, pieces))


def spans_of(text: str) -> tuple[Span, ...]:
    """The words of a text without slots; ValueError as `parse`, and where it has a slot."""
    pieces = _pieces(text)
    if slots := [piece for piece in pieces if isinstance(piece, Slot)]:
        raise ValueError(sentence("{%(name)s} cannot be filled here", name=slots[0].name))
    return tuple(piece for piece in pieces if isinstance(piece, Span))


def placed(text: str) -> Iterator[tuple[int, int, Span | Slot]]:
    """The words and marks of a text in their order, each with where it begins and ends there; ValueError as `parse`."""
    text, end = marks(text), 0
    for mark in _MARK.finditer(text):
        if plain := _plain(text[end : mark.start()]):
            yield end, mark.start(), Span(plain)
        end = mark.end()
        yield mark.start(), end, _piece(mark)
    if plain := _plain(text[end:]):
        yield end, len(text), Span(plain)


def _pieces(text: str) -> list[Span | Slot]:
    return [piece for _, _, piece in placed(text)]


def _parts(key: str, pieces: Iterable[Span | Slot]) -> tuple[Chunk | Slot, ...]:
    """Neighbouring spans gathered into chunks; each numbered where there are slots."""
    runs: list[list[Span] | Slot] = []
    for piece in pieces:
        if isinstance(piece, Slot):
            runs.append(piece)
        elif runs and isinstance(runs[-1], list):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    whole = len(runs) == 1
    return tuple(
        run if isinstance(run, Slot) else Chunk(key if whole else prompt_keys.chunk(key, number), tuple(run))
        for number, run in enumerate(runs, 1)
    )


def _piece(mark: re.Match[str]) -> Span | Slot:
    written, reading = mark.group(1), mark.group(2)
    name = one_width(written).strip()
    if reading is not None:
        if not written.strip() or not reading.strip():
            raise ValueError(sentence("write both sides of %(mark)s, as in {written|reading}", mark=mark.group(0)))
        return Span(written, reading)
    if not _SLOT.fullmatch(name):
        raise ValueError(
            sentence(
                "%(mark)s is neither a slot such as {desk} nor a reading such as {written|reading}", mark=mark.group(0)
            )
        )
    return Slot(name)


def _plain(text: str) -> str:
    """The text, which has no marks; ValueError where it has half of one."""
    if "{" in text or "}" in text or "|" in text:
        raise ValueError(sentence("a brace or bar stands alone: write {written|reading} or {slot}"))
    return text
