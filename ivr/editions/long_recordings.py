"""Long recordings of many texts: what was cut out of them, until whoever sent them has decided on each piece.

A file is cut beside the request that brought it (`ivr.voice.cutters`). What comes of it is for that person alone,
as what they record one by one is (`ivr.editions.recordings`), and lost by no restart once it is here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from ivr.editions.bench import Bench, Room, may_change
from ivr.editions.edition import Piece, Recording
from ivr.editions.recordings import keep_all
from ivr.people.persons import Person
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right, require
from ivr.people.telling import Told, told
from ivr.people.trail import note
from ivr.store import blobs
from ivr.store.tables import cut as cut_table
from ivr.store.tables import long_recording

CLAIM = timedelta(minutes=45)
"""After so long a file that was not cut never will be, since its worker must have died [own value]."""

SOURCE = "cut"
"""How recordings that were cut out of a file came about."""

Doubts = Sequence[tuple[str, Mapping[str, str]]]
"""Sentences about a recording, and the facts that fill their places."""


@dataclass(frozen=True, slots=True)
class CutOut:
    """A piece of a long recording from `start`, both in seconds; `chunk`: the text that it seems to be of, None
    where that is not known; `words`: what that says; `heard`: what was understood of it; `take`: its audio, or
    where that is kept, None where callers would not understand it, as the `doubts` say then."""

    seq: int
    start: float
    seconds: float
    chunk: str | None
    words: str
    heard: str
    take: str | None
    doubts: Doubts


@dataclass(frozen=True, slots=True)
class LongRecording:
    """A file as it was sent, what it was called and when; `problem`: why it could not be cut; `working`: it is
    being cut. `cuts`: what is still to be decided on."""

    id: int
    draft: int
    language: str
    name: str
    at: datetime
    problem: Told | None
    working: bool
    cuts: tuple[CutOut, ...] = ()


class LongRecordings(Room):
    """All long recordings."""

    def begin(self, draft: int, language: str, name: str, person: Person, now: datetime) -> int:
        """A file has come, and is being cut: its number."""
        require(person, Right.RECORD)
        with self.writing() as bench:
            may_change(bench.find(draft))
            row = {"draft": draft, "language": language, "person": person.id, "name": name[:200], "at": now}
            query = insert(long_recording).values(**row, until=now + CLAIM).returning(long_recording.c.id)
            made: int = bench.connection.execute(query).scalar_one()
            note(bench.connection, person, now, "recording.file", f"draft {draft}: {language} {name[:200]}")
            return made

    def finish(self, number: int, cuts: Sequence[tuple[CutOut, bytes]]) -> None:
        """It is cut: each piece with its take, b"" where there is none."""
        with self.writing() as bench:
            for piece, take in cuts:
                at = blobs.keep(bench.connection, take) if take else None
                bench.connection.execute(insert(cut_table).values(recording=number, audio=at, **_row(piece)))
            _put(bench, number, until=None)

    def fail(self, number: int, problem: Told) -> None:
        """It cannot be cut, and why."""
        with self.writing() as bench:
            _put(bench, number, until=None, problem=[problem[0], dict(problem[1])])

    def of(self, draft: int, language: str, person: Person, now: datetime) -> tuple[LongRecording, ...]:
        """The files that the person sent for a language of a draft, the newest first, without those all of whose
        pieces are decided on."""
        where = {"draft": draft, "language": language, "person": person.id}
        with self.reading() as bench:
            rows = bench.connection.execute(select(long_recording).filter_by(**where).order_by(long_recording.c.id))
            found = [_recording(bench, row, now) for row in rows.all()]
        return tuple(each for each in reversed(found) if each.working or each.problem or each.cuts)

    def find(self, number: int, person: Person, now: datetime) -> LongRecording:
        """A file that the person sent. NotFound."""
        with self.reading() as bench:
            return _mine(bench, number, person, now)

    def decide(
        self, number: int, kept: Mapping[int, Piece], refused: Collection[int], person: Person, now: datetime
    ) -> int:
        """Put pieces (by their numbers) into the draft, each as the recording of a text, and throw others away, at
        once or not at all: how many were put in. Refused where there is no take."""
        require(person, Right.RECORD)
        if len(set(kept.values())) < len(kept):
            raise Refused("Two recordings have the same text: choose one of them.")
        with self.writing() as bench:
            found = _mine(bench, number, person, now)
            said, known = bench.said(found.draft), {each.seq: each for each in found.cuts}
            made = [_made(known.get(seq), piece, said) for seq, piece in kept.items()]
            keep_all(bench, found.draft, made, person, now)
            gone = [seq for seq in (*kept, *refused) if seq in known]
            where = (cut_table.c.recording == number, cut_table.c.seq.in_(gone))
            bench.connection.execute(delete(cut_table).where(*where))
        return len(made)

    def throw_away(self, number: int, person: Person, now: datetime) -> None:
        """Throw a file with all that is not decided on away."""
        with self.writing() as bench:
            _mine(bench, number, person, now)
            bench.connection.execute(delete(cut_table).where(cut_table.c.recording == number))
            bench.connection.execute(delete(long_recording).where(long_recording.c.id == number))


def _made(found: CutOut | None, piece: Piece, said: Mapping[Piece, str]) -> tuple[Recording, str]:
    if found is None or found.take is None:
        raise Refused("One of these recordings cannot be used: take it out of the choice.")
    if piece not in said:
        raise Refused("There is no text of that number: take one from the printed script.")
    return Recording(piece, said[piece], found.take), SOURCE


def _mine(bench: Bench, number: int, person: Person, now: datetime) -> LongRecording:
    row = bench.connection.execute(select(long_recording).filter_by(id=number, person=person.id)).first()
    if row is None:
        raise NotFound("There is no such recording.")
    return _recording(bench, row, now)


def _recording(bench: Bench, row: Row[Any], now: datetime) -> LongRecording:
    query = select(cut_table).where(cut_table.c.recording == row.id).order_by(cut_table.c.seq)
    cuts = tuple(map(_cut, bench.connection.execute(query)))
    working = row.until is not None and now < row.until
    problem = tuple(row.problem) if row.problem else None
    if row.until is not None and not working:
        problem = told("It was interrupted while it was being cut. Please send it again.")
    return LongRecording(row.id, row.draft, row.language, row.name, row.at, problem, working, cuts)


def _cut(row: Row[Any]) -> CutOut:
    doubts = tuple((message, facts) for message, facts in row.doubts or ())
    return CutOut(row.seq, row.start, row.seconds, row.chunk, row.words, row.heard, row.audio, doubts)


def _row(piece: CutOut) -> dict[str, object]:
    doubts = [[message, dict(facts)] for message, facts in piece.doubts]
    row = {"seq": piece.seq, "start": piece.start, "seconds": piece.seconds, "chunk": piece.chunk}
    return {**row, "words": piece.words, "heard": piece.heard, "doubts": doubts or None}


def _put(bench: Bench, number: int, **values: object) -> None:
    bench.connection.execute(update(long_recording).where(long_recording.c.id == number).values(**values))
