"""Passages put in and taken out, so that all languages keep the same number of them.

Numbers move when somebody else puts a passage in: whoever names the state that they looked at
is refused once it has changed, so that nothing goes in or out at a wrong place.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from ivr.editions.bench import Bench, Room, checked
from ivr.editions.edition import Piece, Recording, prompt_of
from ivr.editions.texts import TextPlace, words_at
from ivr.line.prompt_keys import NAME, of_node, passage
from ivr.line.values import Kind
from ivr.line.vocabulary import MOST_PASSAGES
from ivr.people.persons import Person
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right, require


class Passages(Room):
    """The passages of texts."""

    def of(self, draft: int, text: str) -> Mapping[str, Sequence[str]]:
        """The passages of a text by language, in order. NotFound where the line has no such text."""
        with self.reading() as bench:
            return _rows(bench, draft, text)

    def insert(
        self,
        draft: int,
        text: str,
        at: int,
        words: Mapping[str, str],
        person: Person,
        now: datetime,
        seen: str | None = None,
    ) -> None:
        """Put a new passage before the `at`-th (from 1; one more than there are: at the end) of
        a text, in every language (code -> words). Those behind it move up with their recordings.
        Refused where the passages are no longer those of the `state` that was `seen`."""
        require(person, Right.WRITE)
        with self.writing() as bench:
            rows = _rows(bench, draft, text)
            _as_seen(rows, seen)
            _within(rows, at, beyond=1)
            if any(len(row) >= MOST_PASSAGES for row in rows.values()):
                raise Refused("A text has at most %(most)s passages.", most=MOST_PASSAGES)
            new = {code: checked(words_at(code, ""), words.get(code, "")) for code in rows}
            if not all(new.values()):
                raise Refused("Write the passage in every language.")
            changed = {code: [*row[: at - 1], new[code], *row[at - 1 :]] for code, row in rows.items()}
            _renumber(bench, draft, text, rows, changed, person, now)

    def remove(self, draft: int, text: str, at: int, person: Person, now: datetime, seen: str | None = None) -> None:
        """Take the `at`-th passage of a text out of every language. `seen` as for `insert`."""
        require(person, Right.WRITE)
        with self.writing() as bench:
            rows = _rows(bench, draft, text)
            _as_seen(rows, seen)
            _within(rows, at)
            if any(len(row) == 1 for row in rows.values()):
                raise Refused("A text keeps at least one passage: change its words instead.")
            changed = {code: [*row[: at - 1], *row[at:]] for code, row in rows.items()}
            _renumber(bench, draft, text, rows, changed, person, now)


def state(rows: Mapping[str, Sequence[str]]) -> str:
    """A short name of these passages as they are: once changed they have another one."""
    told = json.dumps({code: list(row) for code, row in rows.items()}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _rows(bench: Bench, draft: int, text: str) -> dict[str, list[str]]:
    """The passages of a text by language."""
    words = bench.words(draft)
    name = of_node(Kind.TEXT, text, NAME)
    codes = [place.language for place in words if place.key == name]
    rows: dict[str, list[str]] = {code: [] for code in codes if code}
    if not rows:
        raise NotFound("There is no text %(place)s.", place=text)
    for code, row in rows.items():
        while (word := words.get(words_at(code, passage(text, len(row) + 1)))) and word.text:
            row.append(word.text)
    return rows


def _as_seen(rows: Mapping[str, Sequence[str]], seen: str | None) -> None:
    if seen is not None and seen != state(rows):
        raise Refused("The passages of this text were changed since you looked at them: look again.")


def _within(rows: Mapping[str, Sequence[str]], at: int, beyond: int = 0) -> None:
    """NotFound where there is no `at`-th in each language."""
    if any(not 1 <= at <= len(row) + beyond for row in rows.values()):
        raise NotFound("There is no such passage.")


def _renumber(
    bench: Bench,
    draft: int,
    text: str,
    before: Mapping[str, Sequence[str]],
    after: Mapping[str, Sequence[str]],
    person: Person,
    now: datetime,
) -> None:
    changes: dict[TextPlace, str] = {}
    for code, row in after.items():
        length = max(len(row), len(before[code]))
        numbered = zip(range(1, length + 1), [*row, ""], strict=False)
        changes |= {words_at(code, passage(text, number)): words for number, words in numbered}
    words = bench.words(draft)
    moved = {place: new for place, new in changes.items() if place not in words or words[place].text != new}
    late = {(place.file, words[place].text) for place in bench.marked(draft) if place in words}
    said = bench.recordings(draft)
    bench.write(draft, moved, "passages", person, now)
    bench.mark(draft, {*bench.marked(draft), *(at for at, new in moved.items() if (at.file, new) in late)})
    carry(bench, draft, {place.key for place in moved}, said, person, now)


def carry(
    bench: Bench,
    draft: int,
    moved: set[str],
    said: Mapping[Piece, Recording],
    person: Person,
    now: datetime,
) -> None:
    """Recordings of words that have another number now go along with their words."""
    known = {(piece.language, recording.words): recording for piece, recording in said.items()}
    for piece, words in bench.said(draft).items():
        recording = known.get((piece.language, words))
        if prompt_of(piece).key in moved and recording and recording.piece != piece:
            bench.record(draft, Recording(piece, words, recording.audio), "moved", person, now)
