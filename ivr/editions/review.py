"""What changes between two editions, as somebody who approves it reads it.

Passages are laid beside one another by what they say, so that one that was put in is one change, and those behind it,
which only have other numbers, are none. Everything is gathered by the menu, text or desk that it belongs to, in the
order in which callers come to it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import groupby, takewhile

from ivr.editions.edition import Edition, Piece, Recording, prompt_of
from ivr.editions.structure import Shape
from ivr.editions.texts import TextPlace, natural
from ivr.line.prompt_keys import list_of, spoken_of, taken_apart
from ivr.line.text import whole

ALIKE = 0.35
"""Passages that have less in common than this are not versions of one another [own value]: of 1, which is all."""

Pair = tuple[int | None, int | None]
"""The numbers, from 0, of one and the same passage before and after; None: it is not there."""


@dataclass(frozen=True, slots=True)
class Change:
    """A text, fact or reading that changes. `before` and `after` are where it stood and stands, None where it does not;
    `old` and `new` what it says there. `sound`: recordings come, go or are others."""

    before: TextPlace | None
    after: TextPlace | None
    old: str
    new: str
    sound: bool = False

    @property
    def place(self) -> TextPlace:
        """Where it stands, or stood last."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def language(self) -> str | None:
        """Of which language it is; None of facts and readings."""
        return self.place.language


@dataclass(frozen=True, slots=True)
class Spot:
    """A menu, text or desk with all that changes of it; `node` is "" for what belongs to the whole line."""

    node: str
    changes: tuple[Change, ...]


@lru_cache(maxsize=8)  # each page of a draft shows it again [own value]
def review(before: Edition, after: Edition) -> tuple[Spot, ...]:
    """All that changes from one edition to another."""
    gathered: dict[str, list[Change]] = {}
    nodes = {*Shape.of(before.texts).branches, *Shape.of(after.texts).branches}
    for change in sorted(_changes(before, after), key=lambda each: natural(each.place)):
        gathered.setdefault(_node_of(change.place, nodes), []).append(change)
    order = {node: at for at, node in enumerate(_in_order(before, after))}
    languages = Shape.of(after.texts).languages
    return tuple(
        Spot(node, tuple(sorted(found, key=lambda each: _rank(each, languages))))
        for node, found in sorted(gathered.items(), key=lambda each: order.get(each[0], len(order)))
    )


def aligned(old: Sequence[str], new: Sequence[str]) -> tuple[Pair, ...]:
    """Which passage before is which after: so that as much as can be stays together, in the order of both. Where as
    many go as come between two that stay, they were written anew, each in the place of one."""
    first = _alike(old, new)
    last = _alike(old[first:][::-1], new[first:][::-1])
    between = _aligned(old[first : len(old) - last], new[first : len(new) - last])
    shift = len(new) - len(old)
    return (
        *((each, each) for each in range(first)),
        *((None if i is None else i + first, None if j is None else j + first) for i, j in _written_anew(between)),
        *((each, each + shift) for each in range(len(old) - last, len(old))),
    )


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many passages are the same at the beginning of both."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
    return sum(1 for _ in same)


def _aligned(old: Sequence[str], new: Sequence[str]) -> tuple[Pair, ...]:
    """The same for what is left between a beginning and an end that have stayed."""

    @cache
    def best(i: int, j: int) -> tuple[float, tuple[Pair, ...]]:
        if i == len(old) or j == len(new):
            return 0.0, (*((each, None) for each in range(i, len(old))), *((None, each) for each in range(j, len(new))))
        without_old, without_new = best(i + 1, j), best(i, j + 1)
        found = max(
            (without_old[0], ((i, None), *without_old[1])), (without_new[0], ((None, j), *without_new[1])), key=_score
        )
        likeness = _likeness(old[i], new[j])
        if likeness < ALIKE:
            return found
        both = best(i + 1, j + 1)
        return max((both[0] + likeness, ((i, j), *both[1])), found, key=_score)

    return best(0, 0)[1]


def _written_anew(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """The same with those together that stand in the place of one another."""
    for stays, run in groupby(pairs, key=lambda pair: None not in pair):
        block = list(run)
        gone, come = ([pair[side] for pair in block if pair[side] is not None] for side in (0, 1))
        if stays or len(gone) != len(come):
            yield from block
        else:
            yield from zip(gone, come, strict=True)


def _score(of: tuple[float, tuple[Pair, ...]]) -> float:
    return of[0]


def _likeness(old: str, new: str) -> float:
    """How much two passages have in common: 1 where they are the same. What is alike counts once, not by its length."""
    return 1.0 if old == new else SequenceMatcher(None, old, new, autojunk=False).ratio()


def _changes(before: Edition, after: Edition) -> Iterator[Change]:
    sounds = _sounds(before.recordings), _sounds(after.recordings)
    places = {*before.texts, *after.texts, *sounds[0], *sounds[1]}
    rows = tuple(_passages(edition) for edition in (before, after))
    for listed in {**rows[0], **rows[1]}:
        here, there = (found.get(listed, ()) for found in rows)
        old, new = ([each.texts[place] for place in row] for each, row in ((before, here), (after, there)))
        for i, j in aligned(old, new):
            was, is_now = None if i is None else here[i], None if j is None else there[j]
            yield from _change((was, is_now), (before, after), sounds)
    for place in places:
        if not (list_of(place.key) and place.prompt):
            was, is_now = (place if edition.texts.get(place) else None for edition in (before, after))
            yield from _change((was, is_now), (before, after), sounds)


_Sounds = Mapping[TextPlace, tuple[tuple[str, str, str], ...]]
"""The recordings of each prompt: which part of it, the words, the audio."""


def _change(
    here: tuple[TextPlace | None, TextPlace | None],
    editions: tuple[Edition, Edition],
    sounds: tuple[_Sounds, _Sounds],
) -> Iterator[Change]:
    old, new = (edition.texts.get(place, "") if place else "" for place, edition in zip(here, editions, strict=True))
    was, is_now = (found.get(place, ()) if place else () for place, found in zip(here, sounds, strict=True))
    if any(here) and (old != new or was != is_now):
        yield Change(*here, old, new, was != is_now)


def _sounds(recordings: Mapping[Piece, Recording]) -> _Sounds:
    found: dict[TextPlace, list[tuple[str, str, str]]] = {}
    for piece, recording in sorted(recordings.items()):
        place = prompt_of(piece)
        part = piece.chunk.removeprefix(place.key)  # the same, whatever the number of the passage
        found.setdefault(place, []).append((part, recording.words, recording.audio))
    return {place: tuple(each) for place, each in found.items()}


def _passages(edition: Edition) -> dict[tuple[str, str], tuple[TextPlace, ...]]:
    """The places of each list of passages, in order: by file and list."""
    found: dict[tuple[str, str], list[tuple[int, TextPlace]]] = {}
    for place, text in edition.texts.items():
        if text and (within := list_of(place.key)) and place.prompt:
            found.setdefault((place.file, within[0]), []).append((whole(within[1]) or 0, place))
    return {listed: tuple(place for _, place in sorted(row)) for listed, row in found.items()}


def _node_of(place: TextPlace, nodes: Iterable[str]) -> str:
    """The menu, text or desk that a place belongs to."""
    named = taken_apart(place.key).node or (spoken_of(place.key) if place.language else None) or ""
    return named if named in nodes else ""


def _in_order(before: Edition, after: Edition) -> Iterator[str]:
    """All nodes as callers come to them: those of the new edition, then those that went; last what is everywhere."""
    for edition in (after, before):
        shape = Shape.of(edition.texts)
        yield from dict.fromkeys((*shape.below(shape.start), *shape.branches))
    yield ""


def _rank(change: Change, languages: Sequence[str]) -> tuple[int, int]:
    """Words before facts, in the order of the languages."""
    at = languages.index(change.language) if change.language in languages else len(languages)
    return int(not change.place.prompt), at
