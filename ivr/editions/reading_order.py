"""What somebody who records all of a language reads, in the order in which a call says it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.editions.edition import Piece, Recording, prompt_of
from ivr.line.prompt_keys import KeyParts
from ivr.line.tree import ways_on
from ivr.line.values import Line
from ivr.line.words import Chunk

_FIRST, _ON_THE_WAY, _ANYWHERE = range(3)
"""Where words are said: as the call begins, at a menu, text or desk, or wherever one is."""


class Wanted(StrEnum):
    """Which pieces are to be read: those without a recording of their words, the passages of texts alone (of
    these, too, those without one), or all."""

    MISSING = "missing"
    PASSAGES = "passages"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ToRead:
    """A piece to be read, the `number`-th of its language (from 1). `recorded`: callers hear a recording of
    exactly these words."""

    number: int
    piece: Piece
    chunk: Chunk
    recorded: bool

    @property
    def is_passage(self) -> bool:
        """Whether it is of a passage of a text, rather than of what is said around them."""
        return prompt_of(self.piece).parts.is_passage


def to_read(
    line: Line, chunks: Mapping[Piece, Chunk], standing: Mapping[Piece, Recording], language: str
) -> tuple[ToRead, ...]:
    """All pieces of a language, in the order of the call."""
    places = {node: number for number, node in enumerate(dict.fromkeys(_nodes(line)))}
    mine = [piece for piece in chunks if piece.language == language]
    ordered = sorted(mine, key=lambda piece: _rank(places, prompt_of(piece).parts))
    return tuple(
        ToRead(number, piece, chunks[piece], piece in standing and standing[piece].matches(chunks[piece].spoken))
        for number, piece in enumerate(ordered, 1)
    )


def those(wanted: Wanted, pieces: tuple[ToRead, ...]) -> tuple[ToRead, ...]:
    """Those of them that are wanted."""
    if wanted is Wanted.ALL:
        return pieces
    return tuple(each for each in pieces if not each.recorded and (wanted is Wanted.MISSING or each.is_passage))


def _rank(places: Mapping[str, int], key: KeyParts) -> tuple[int, int]:
    """Where the words of a key come: those of one place stay in the order of their file."""
    if key.node:
        return _ON_THE_WAY, places.get(key.node, len(places))
    return (_FIRST if key.family == "say" else _ANYWHERE), 0


def _nodes(line: Line) -> Iterator[str]:
    """Menus, texts and desks as their keys lead to them, the first option with all behind it first; then the rest."""
    waiting, seen = [line.start], set[str]()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        yield node
        waiting.extend(reversed(ways_on(line, node)))
    yield from (*line.menus, *line.texts, *line.desks)
