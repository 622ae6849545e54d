"""Words replaced across the texts of a line: looked at one by one first, then written into one draft.

They are found as one reads a text, and replaced as it is written: a word goes with the mark of how it is read, and
nothing is replaced within a mark. Names of what the call fills in are no words.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.editions.bench import Bench, Room, begun, checked
from ivr.editions.draft import Draft
from ivr.editions.edition import Piece, prompt_of
from ivr.editions.reshaping import mark
from ivr.editions.structure import Texts
from ivr.editions.texts import TextPlace, natural
from ivr.line.finding import found, replaced
from ivr.line.text import one_line
from ivr.line.words import Prompt, Slot, Span, marks, parse, placed
from ivr.people.persons import Person
from ivr.people.refusals import Refused
from ivr.people.rights import Right, require

Pieces = Sequence[tuple[int, int, Span | Slot]]
"""The words and marks of a text, each with where it stands in it."""

_GAP = "\0"
"""What the call fills in: no words hold that."""

ACT = "replace"
"""How the history names it."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A text before and after. `sound`: somebody recorded the words before, so that they are recorded anew."""

    place: TextPlace
    before: str
    after: str
    sound: bool = False


@dataclass(frozen=True, slots=True)
class Replacements:
    """What can be replaced, and the texts in which that must be done by hand: the words stand there within a mark, or
    nothing would be left of them."""

    can: tuple[Replacement, ...]
    by_hand: tuple[TextPlace, ...]

    def mark(self, places: Collection[TextPlace]) -> str:
        """A short name of these replacements: another one once a text is another."""
        chosen = [each for each in self.can if each.place in places]
        return mark({each.place: each.before for each in chosen}, {each.place: each.after for each in chosen})


class Replacing(Room):
    """Acts that replace words. Drafts are those that are given; None stands for one that is to begin, over what will
    be live last of all."""

    def look(self, draft: int | None, wanted: str, new: str, language: str, now: datetime) -> Replacements:
        """What would come of it; `language` (a code): in that one alone."""
        with self.reading() as bench:
            return _look(bench, draft, wanted, new, language, now)

    def replace(
        self,
        draft: int | None,
        title: str,
        wanted: tuple[str, str, str],
        places: Mapping[TextPlace, str],
        person: Person,
        now: datetime,
    ) -> Draft:
        """Replace the `wanted` words by new ones, in a language or all (""), in these places, each as it was seen.
        Refused where one is another by now, or none was chosen."""
        require(person, Right.WRITE)
        if not places:
            raise Refused("Choose at least one of them.")
        with self.writing() as bench:
            can = {each.place: each for each in _look(bench, draft, *wanted, now).can}
            if any(place not in can or can[place].before != before for place, before in places.items()):
                raise Refused("Somebody has changed this meanwhile: look at it again.")
            number = begun(bench, title, person, now) if draft is None else draft
            changes = {place: checked(place, can[place].after) for place in places}
            bench.write(number, changes, ACT, person, now)
            bench.edition(number)
            return bench.find(number)


def replacements(texts: Texts, wanted: str, new: str, language: str, recorded: Collection[TextPlace]) -> Replacements:
    """What would come of it in these texts."""
    can, by_hand = [], []
    for place in sorted(texts, key=natural):
        if not place.prompt or (language and place.language != language):
            continue
        text = texts[place]
        after = _replaced(text, wanted, new)
        if after == text:
            continue
        if after is not None and _same_marks(text, after):
            can.append(Replacement(place, text, after, place in recorded))
        else:
            by_hand.append(place)
    return Replacements(tuple(can), tuple(by_hand))


def _replaced(text: str, wanted: str, new: str) -> str | None:
    """The text with the new words, the same where the others do not stand in it; None where they are within a mark."""
    try:
        pieces = tuple(placed(text))
    except ValueError:  # half a mark
        return None if found(text, wanted) else text
    shown, edges = _as_written(text, pieces) if _has_mark(wanted) else _as_read(pieces)
    places = found(shown, marks(wanted))
    if not places:
        return None if _is_reading(pieces, wanted) else text
    if not edges.keys() >= {edge for place in places for edge in place}:
        return None
    return one_line(replaced(text, [(edges[start], edges[stop]) for start, stop in places], new))


def _as_read(pieces: Pieces) -> tuple[str, Mapping[int, int]]:
    """A text as one reads it, and for each place in it that is not within a mark where that is as it is written."""
    shown, edges = "", {0: 0}
    for start, end, piece in pieces:
        words = piece.written if isinstance(piece, Span) else _GAP
        if not _is_mark(piece):
            edges |= {len(shown) + at: start + at for at in range(len(words))}
        shown += words
        edges[len(shown)] = end
    return shown, edges


def _as_written(text: str, pieces: Pieces) -> tuple[str, Mapping[int, int]]:
    """The same of a text as it is written, for words that are looked for with their marks."""
    within = {at for start, end, piece in pieces if _is_mark(piece) for at in range(start + 1, end)}
    return marks(text), {at: at for at in range(len(text) + 1) if at not in within}


def _is_mark(piece: Span | Slot) -> bool:
    return isinstance(piece, Slot) or piece.reading is not None


def _has_mark(words: str) -> bool:
    return not {"{", "|", "}"}.isdisjoint(marks(words))


def _is_reading(pieces: Pieces, wanted: str) -> bool:
    """Whether the words are only how something is read."""
    return any(found(piece.reading or "", wanted) for _, _, piece in pieces if isinstance(piece, Span))


def _look(bench: Bench, draft: int | None, wanted: str, new: str, language: str, now: datetime) -> Replacements:
    if not wanted.strip():
        raise Refused("Write the words that are to be replaced.")
    if draft is None:
        edition = bench.base(now)
        return replacements(edition.texts, wanted, new, language, _recorded(edition.recordings))
    return replacements(bench.texts(draft), wanted, new, language, _recorded(bench.recordings(draft)))


def _recorded(recordings: Mapping[Piece, object]) -> frozenset[TextPlace]:
    return frozenset(map(prompt_of, recordings))


def _same_marks(before: str, after: str) -> bool:
    """Whether both can be read, have the same places left open, and something is left to say."""
    was, now = _parsed(before), _parsed(after)
    return was is not None and now is not None and was.slots == now.slots and bool(after)


def _parsed(text: str) -> Prompt | None:
    try:
        return parse("", text)
    except ValueError:
        return None
