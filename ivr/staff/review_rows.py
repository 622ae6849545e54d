"""What a page shows to somebody who approves: each change before and after, in words and sound, and what there is to
know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from flask import g, request

from ivr.editions.edition import Edition
from ivr.editions.facts import StandingFact, due
from ivr.editions.review import Change, Spot, review
from ivr.editions.structure import Shape, name_of
from ivr.editions.texts import TextPlace
from ivr.line.language_table import EASIEST, HARDEST
from ivr.line.loading import LineError
from ivr.line.values import Language
from ivr.staff import labels
from ivr.staff.compare import FIRST, differing_words
from ivr.staff.context import console, now, office, today
from ivr.staff.read_editions import Read, Side, has_slot
from ivr.staff.wording import SPACED, Worded

Words = Mapping[str, Worded]
"""What the analyser made of texts, by each."""


@dataclass(frozen=True, slots=True)
class Row:
    """A change of words: before and after, None where there is nothing. `only_sound`: the words stay."""

    change: Change
    before: Side | None
    after: Side | None

    @property
    def only_sound(self) -> bool:
        """Whether the words are the same."""
        return self.change.old == self.change.new

    @property
    def readings(self) -> tuple[str, str] | None:
        """How it is read before and after, where that alone differs; else None."""
        if not self.before or not self.after or self.only_sound:
            return None
        written = ("".join(words for _, words in side.marked) for side in (self.before, self.after))
        return (self.before.reading, self.after.reading) if len(set(written)) == 1 else None

    @property
    def marks(self) -> tuple[str, str] | None:
        """The texts before and after as they are written, where something in them is filled in; else None."""
        written = (self.change.old, self.change.new)
        return written if any(map(has_slot, written)) else None

    @property
    def renumbered(self) -> bool:
        """Whether it has another number than before."""
        return self.change.before is not None and self.change.before.key != self.change.place.key

    @property
    def anchor(self) -> str:
        """Its name on the page."""
        return anchor(self.change.place)


@dataclass(frozen=True, slots=True)
class Way:
    """How callers come to a menu, text or desk: the keys with what they lead to. None: no key leads there."""

    name: str
    kind: str
    keys: tuple[tuple[int, str], ...] | None


@dataclass(frozen=True, slots=True)
class Level:
    """How easy a whole text is to read in a language, before and after, from 0.5 to 6.5; and how easy it should be."""

    language: str
    before: float | None
    after: float | None
    wanted: float


@dataclass(frozen=True, slots=True)
class Part:
    """A menu, text or desk with what changes of it: words, facts, and what somebody should still make sure of. `way` is
    None of what belongs to the whole line."""

    node: str
    way: Way | None
    rows: tuple[Row, ...]
    facts: tuple[Change, ...]
    levels: tuple[Level, ...]
    due: tuple[StandingFact, ...]


def parts_of(before: Read, after: Read, today: date, language: str) -> tuple[Part, ...]:
    """All that changes from one edition to another; names in the line's `language`."""
    spots = review(before.edition, after.edition)
    words = console().wording.of(_texts(spots, before, after))
    shapes = Shape.of(after.edition.texts), Shape.of(before.edition.texts)
    dues = _due(after, today)
    return tuple(
        Part(
            spot.node,
            _way(spot.node, shapes, (after, before), language),
            tuple(_row(change, before, after, words) for change in spot.changes if _of_words(change)),
            tuple(each for each in spot.changes if not _of_words(each)),
            tuple(_levels(spot, before, after, words)),
            tuple(each for each in dues if each.key.name == spot.node),
        )
        for spot in spots
    )


def _of_words(change: Change) -> bool:
    return change.place.prompt


def _texts(spots: Sequence[Spot], before: Read, after: Read) -> Iterator[str]:
    """The texts that the analyser is to cut, the first of them."""
    for change in [each for spot in spots for each in spot.changes if _of_words(each)][:FIRST]:
        if not after.spaced(change.language):
            for read, place in ((before, change.before), (after, change.after)):
                if place:
                    yield read.plain(place)
    for spot in spots:
        for language in _levelled(spot, after):
            yield from (read.whole(spot.node, language.code) for read in (before, after))


def _levelled(spot: Spot, after: Read) -> Iterator[Language]:
    """The languages in which a text changes and whose level is measured."""
    changed = {change.language for change in spot.changes if change.place.parts.text}
    return (each for each in after.languages.values() if each.code in changed and each.level is not None)


def _levels(spot: Spot, before: Read, after: Read, words: Words) -> Iterator[Level]:
    for language in _levelled(spot, after):
        was, is_now = (_level(words.get(read.whole(spot.node, language.code))) for read in (before, after))
        yield Level(language.code, was, is_now, language.level or 0.0)


def _level(of: Worded | None) -> float | None:
    """How easy a text is, as it was measured."""
    return None if of is None or of.level is None else min(max(of.level, HARDEST), EASIEST)


def _row(change: Change, before: Read, after: Read, words: Words) -> Row:
    old, new = (read.plain(at) if at else "" for read, at in ((before, change.before), (after, change.after)))
    gone, come = differing_words(*(_cut(words, after.spaced(change.language), each) for each in (old, new)))
    return Row(
        change,
        before.side(change.before, gone) if change.before else None,
        after.side(change.after, come) if change.after else None,
    )


def _cut(words: Words, spaced: bool, text: str) -> tuple[str, ...]:
    if found := words.get(text):
        return found.words
    return tuple(SPACED.findall(text)) if spaced else (text,)


def _due(read: Read, today: date) -> tuple[StandingFact, ...]:
    try:
        return due(read.edition.line, today)
    except LineError:
        return ()


def _way(node: str, shapes: Sequence[Shape], reads: Sequence[Read], language: str) -> Way | None:
    """How callers come to a node of the new edition, or came to one that goes."""
    for shape, read in zip(shapes, reads, strict=True):
        if branch := shape.branches.get(node):
            keys, texts = shape.way(node), read.edition.texts
            named = keys and tuple((key, name_of(texts, shape.branches[child], language)) for key, child in keys)
            return Way(name_of(texts, branch, language), branch.kind, named)
    return None


def anchor(place: TextPlace) -> str:
    """The name of a text on a page."""
    return "t-" + sha256(str(place).encode()).hexdigest()[:12]


def of_draft(draft: int) -> tuple[Part, ...]:
    """What a draft changes against the edition that it began from."""
    found, code = office().drafts.get(draft), console().line().first_language.code
    before, after = office().library.edition(found.base), office().drafts.edition(draft)
    return parts_of(Read(before), Read(after, draft), today(), code)


def of_editions(before: Edition, after: Edition) -> tuple[Part, ...]:
    """What changes between two that are stored."""
    return parts_of(Read(before), Read(after), today(), console().line().first_language.code)


def heard_as(place: TextPlace, text: str | None) -> str:
    """A text of the page's draft as callers hear it, a fact in words; templates ask for it."""
    if not text or not place.prompt:
        return labels.value(place, text)
    return _page_reads().heard(place, text)


def _page_reads() -> Read:
    if "page_reads" not in g:
        draft = (request.view_args or {}).get("draft")
        made = office().drafts.edition(draft) if isinstance(draft, int) else office().library.live(now())
        g.page_reads = Read(made)
    found: Read = g.page_reads
    return found
