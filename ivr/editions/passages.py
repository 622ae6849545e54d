"""Passages put in and taken out, so that all languages keep the same number of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert

from ivr.editions.bench import Bench, Room, checked
from ivr.editions.edition import Piece, Recording, prompt_of
from ivr.editions.library import by
from ivr.editions.people import NotFound, Person, Role, require
from ivr.editions.texts import Place, words_at
from ivr.store.tables import take


class Passages(Room):
    """The passages of texts."""

    def insert(self, draft: int, text: str, at: int, words: Mapping[str, str], person: Person, now: datetime) -> None:
        """Put a new passage before the `at`-th (from 1; one more than there are: at the end) of
        a text, in every language (code -> words). Those behind it move up with their recordings."""
        require(person, Role.EDITOR)
        with self.writing() as bench:
            rows = _passages(bench, draft, text, words, at, 1)
            changed = {
                code: [*row[: at - 1], checked(words_at(code, ""), words[code]), *row[at - 1 :]]
                for code, row in rows.items()
            }
            _renumber(bench, draft, text, rows, changed, person, now)

    def remove(self, draft: int, text: str, at: int, person: Person, now: datetime) -> None:
        """Take the `at`-th passage of a text out of every language."""
        require(person, Role.EDITOR)
        with self.writing() as bench:
            codes = [place.language for place in bench.words(draft) if place.key == f"text.{text}.name"]
            rows = _passages(bench, draft, text, [code for code in codes if code], at, 0)
            changed = {code: [*row[: at - 1], *row[at:]] for code, row in rows.items()}
            _renumber(bench, draft, text, rows, changed, person, now)


def _passages(
    bench: Bench, draft: int, text: str, languages: Iterable[str], at: int, beyond: int
) -> dict[str, list[str]]:
    """The passages of a text by language. Refused where there is no `at`-th in each."""
    words = bench.words(draft)
    rows: dict[str, list[str]] = {}
    for code in languages:
        row = rows.setdefault(code, [])
        while (word := words.get(words_at(code, f"text.{text}.passages.{len(row) + 1}"))) and word.text:
            row.append(word.text)
    if not rows or any(not 1 <= at <= len(row) + beyond for row in rows.values()):
        raise NotFound("There is no such passage.")
    return rows


def _renumber(
    bench: Bench,
    draft: int,
    text: str,
    before: Mapping[str, Sequence[str]],
    after: Mapping[str, Sequence[str]],
    person: Person,
    now: datetime,
) -> None:
    changes: dict[Place, str] = {}
    for code, row in after.items():
        length = max(len(row), len(before[code]))
        numbered = zip(range(1, length + 1), [*row, ""], strict=False)
        changes |= {words_at(code, f"text.{text}.passages.{number}"): words for number, words in numbered}
    words = bench.words(draft)
    moved = {place: new for place, new in changes.items() if place not in words or words[place].text != new}
    late = {(place.file, words[place].text) for place in bench.marked(draft) if place in words}
    said = bench.recordings(draft)
    bench.write(draft, moved, "passages", person, now)
    bench.mark(draft, {*bench.marked(draft), *(at for at, new in moved.items() if (at.file, new) in late)})
    _carry(bench, draft, {place.key for place in moved}, said, person, now)


def _carry(
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
            row = {"language": piece.language, "chunk": piece.chunk, "words": words, "audio": recording.audio}
            bench.connection.execute(insert(take).values(draft=draft, source="moved", **row, **by(person), at=now))
