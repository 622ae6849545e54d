"""The structure of a draft changed: looked at first, then done as it was seen, and undone by its history."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select

from ivr.editions.bench import Bench, Room, checked
from ivr.editions.outlook import Outlook, outlook
from ivr.editions.passages import carry
from ivr.editions.structure import Operation, Texts
from ivr.editions.texts import TextPlace
from ivr.people.persons import Person
from ivr.people.refusals import Refused
from ivr.people.rights import Right, require
from ivr.store.tables import revision

ACTS = ("add", "move", "take away", "name", "key", "zero", "alert", "undo")
"""What was done to the structure, as the history of a text names it."""


@dataclass(frozen=True, slots=True)
class TreeAct:
    """An act on the structure: `first` is its number, by which it is undone; `places`: what it changed,
    each with the words before it and after it."""

    first: int
    act: str
    by_name: str
    at: datetime
    places: Mapping[TextPlace, tuple[str, str]]
    stands: bool
    """Whether all is still as it left it, so that it can be undone."""


class Reshaping(Room):
    """Acts on the structure of drafts."""

    def texts(self, draft: int) -> Texts:
        """All texts of a draft."""
        with self.reading() as bench:
            return _texts(bench, draft)

    def look(self, draft: int, operation: Operation, code: str) -> Outlook:
        """What it would do, with names in the language `code`. Refused where it cannot be done."""
        return outlook(self.texts(draft), operation, code)

    def do(
        self, draft: int, operation: Operation, act: str, person: Person, now: datetime, seen: str | None = None
    ) -> Mapping[TextPlace, str]:
        """Do it, whole or not at all, and give what it changed. Refused where it cannot be done, or would
        change something else than when its `mark` was `seen`."""
        require(person, Right.WRITE)
        with self.writing() as bench:
            texts = _texts(bench, draft)
            changes = operation(texts)
            if seen is not None and seen != mark(texts, changes):
                raise Refused("Somebody has changed this meanwhile: look at it again.")
            _write(bench, draft, {place: checked(place, text) for place, text in changes.items()}, act, person, now)
            return changes

    def deeds(self, draft: int) -> tuple[TreeAct, ...]:
        """What was done to the structure of a draft, the newest first."""
        with self.reading() as bench:
            return tuple(reversed(tuple(_deeds(bench, draft))))

    def undo(self, draft: int, first: int, person: Person, now: datetime) -> None:
        """Put back what an act of that number changed. Refused where something of it was changed since."""
        require(person, Right.WRITE)
        with self.writing() as bench:
            found = next((each for each in _deeds(bench, draft) if each.first == first), None)
            if found is None or not found.stands:
                raise Refused("Something of it was changed since: undo that first.")
            _write(bench, draft, {place: before for place, (before, _) in found.places.items()}, "undo", person, now)


def mark(texts: Texts, changes: Mapping[TextPlace, str]) -> str:
    """A short name of a change over the words that it changes: another one once either is another."""
    told = [(str(place), texts.get(place, ""), changes[place]) for place in sorted(changes)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def _texts(bench: Bench, draft: int) -> dict[TextPlace, str]:
    return dict(bench.texts(draft))


def _write(bench: Bench, draft: int, changes: Mapping[TextPlace, str], act: str, person: Person, now: datetime) -> None:
    if not changes:
        return
    said = bench.recordings(draft)
    bench.write(draft, changes, act, person, now)
    bench.edition(draft)  # Refused, with nothing written, where the files have no place for it
    carry(bench, draft, {place.key for place in changes}, said, person, now)


def _deeds(bench: Bench, draft: int) -> Iterator[TreeAct]:
    """Rows of one act follow each other, and name no place twice."""
    words, base = bench.words(draft), bench.at(bench.find(draft).base).texts
    before: dict[TextPlace, str] = {}
    for rows in _acts(bench.connection.execute(select(revision).filter_by(draft=draft).order_by(revision.c.seq))):
        here = {TextPlace(row.file, row.key): row for row in rows}
        places = {place: (before.get(place, base.get(place, "")), row.text) for place, row in here.items()}
        before |= {place: row.text for place, row in here.items()}
        if rows[0].act in ACTS:
            stands = all(words[place].version == row.version for place, row in here.items())
            yield TreeAct(rows[0].seq, rows[0].act, rows[0].by_name, rows[0].at, places, stands)


def _acts(rows: Iterable[Row[tuple[object, ...]]]) -> Iterator[list[Row[tuple[object, ...]]]]:
    act: list[Row[tuple[object, ...]]] = []
    for row in rows:
        if act and ((row.at, row.by, row.act) != (act[0].at, act[0].by, act[0].act) or _again(row, act)):
            yield act
            act = []
        act.append(row)
    if act:
        yield act


def _again(row: Row[tuple[object, ...]], act: Iterable[Row[tuple[object, ...]]]) -> bool:
    return any((row.file, row.key) == (each.file, each.key) for each in act)
