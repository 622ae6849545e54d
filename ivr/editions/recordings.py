"""Recordings in drafts: a voice for exactly these words.

Whoever records listens to it first. Until they keep it, it is held for them alone, as what they
type is (`ivr.editions.typed`), so that no reload and no restart loses it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from ivr.editions.bench import Bench, Room, may_change
from ivr.editions.draft import Held, Take
from ivr.editions.edition import Piece, Recording, prompt_of
from ivr.editions.library import by
from ivr.line.words import Chunk
from ivr.people.persons import Person
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right, require
from ivr.people.trail import note
from ivr.store import blobs
from ivr.store.tables import held, take


class DraftRecordings(Room):
    """Recordings made by staff. What is in the draft is in `Drafts.edition(draft).recordings`."""

    def hold(
        self,
        draft: int,
        piece: Piece,
        words: str,
        audio: bytes,
        source: str,
        person: Person,
        now: datetime,
        doubts: Sequence[tuple[str, Mapping[str, str]]] = (),
    ) -> Held:
        """Hold a recording, already converted, of these words (as they are said: `chunk.spoken`)
        for whoever made it, with what makes one doubt it. It takes the place of one that they held
        before."""
        require(person, Right.RECORD)
        with self.writing() as bench:
            _known(bench, draft, piece)
            may_change(bench.find(draft))
            at = blobs.keep(bench.connection, audio)
            _let_go(bench, draft, piece, person)
            told = [[message, dict(facts)] for message, facts in doubts]
            row = {"words": words, "audio": at, "source": source, "at": now, "doubts": told or None}
            bench.connection.execute(insert(held).values(**_where(draft, piece, person), **row))
            return Held(Recording(piece, words, at), source, now, tuple(doubts))

    def held(self, draft: int, person: Person) -> Mapping[Piece, Held]:
        """What the person has made in this draft and not decided on."""
        with self.reading() as bench:
            return {found.recording.piece: found for found in _held_by(bench, draft, person)}

    def keep_held(self, draft: int, piece: Piece, person: Person, now: datetime, confirmed: bool = False) -> Take:
        """Put what the person holds into the draft. Where the text was changed meanwhile it is
        kept all the same, and does not match. Refused where there are doubts and the person has not
        confirmed that it is right."""
        require(person, Right.RECORD)
        with self.writing() as bench:
            row = bench.connection.execute(select(held).filter_by(**_where(draft, piece, person))).first()
            if row is None:
                raise NotFound("There is no recording of %(place)s.", place=str(prompt_of(piece)))
            found = _held(row)
            if found.doubts and not confirmed:
                raise Refused("Listen to the recording, and confirm first that it is right all the same.")
            _let_go(bench, draft, piece, person)
            return _keep(bench, draft, found.recording, found.source, person, now)

    def keep_all(
        self, draft: int, pieces: Collection[Piece], person: Person, now: datetime, confirmed: Collection[Piece] = ()
    ) -> int:
        """Put all that the person holds of these pieces into the draft, at once or not at all: how many there
        were. Refused where there are doubts about one that is not `confirmed`."""
        require(person, Right.RECORD)
        with self.writing() as bench:
            found = [each for each in _held_by(bench, draft, person) if each.recording.piece in pieces]
            if any(each.doubts and each.recording.piece not in confirmed for each in found):
                raise Refused("Listen to the recording, and confirm first that it is right all the same.")
            keep_all(bench, draft, [(each.recording, each.source) for each in found], person, now)
            for each in found:
                _let_go(bench, draft, each.recording.piece, person)
        return len(found)

    def let_go(self, draft: int, piece: Piece, person: Person) -> None:
        """Throw away what the person holds."""
        require(person, Right.RECORD)
        with self.writing() as bench:
            _let_go(bench, draft, piece, person)

    def drop(self, draft: int, piece: Piece, person: Person, now: datetime) -> None:
        """Take a recording out of the draft: its words are spoken instead."""
        require(person, Right.RECORD)
        with self.writing() as bench:
            before = bench.recordings(draft).get(piece)
            if before is None:
                raise NotFound("There is no recording of %(place)s.", place=str(prompt_of(piece)))
            bench.touch(draft)
            row = {"language": piece.language, "chunk": piece.chunk, "words": "", "audio": None, "source": "dropped"}
            bench.connection.execute(insert(take).values(draft=draft, **row, **by(person), at=now))
            note(bench.connection, person, now, "recording.drop", _what(draft, piece), before.audio)

    def chunks(self, draft: int) -> Mapping[Piece, Chunk]:
        """Everything in the draft that can be recorded."""
        return self.look_at(draft, Bench.chunks)

    def standing(self, draft: int) -> Mapping[Piece, Recording]:
        """The recordings of the draft, those of its base among them, whether they still match or not."""
        return self.look_at(draft, Bench.recordings)

    def takes(self, draft: int) -> Mapping[Piece, tuple[Take, ...]]:
        """The recordings made in this draft and not dropped, the newest last. Which one of them
        stands, or that of the base, is in `Drafts.edition(draft).recordings`."""
        with self.reading() as bench:
            made = bench.takes(draft)
            return {piece: tuple(each for each in takes if each) for piece, takes in made.items()}

    def audio(self, at: str) -> bytes:
        """The audio at an address. blobs.Spoilt where there is none."""
        with self.reading() as bench:
            return blobs.fetch(bench.connection, (at,))[at]


def _keep(bench: Bench, draft: int, recording: Recording, source: str, person: Person, now: datetime) -> Take:
    keep_all(bench, draft, [(recording, source)], person, now)
    return Take(recording, source, person.id, person.name, now)


def keep_all(bench: Bench, draft: int, found: Sequence[tuple[Recording, str]], person: Person, now: datetime) -> None:
    """Put recordings, each with how it was made, into a draft. NotFound where it has no such text."""
    if not found:
        return
    said, before = bench.said(draft), bench.recordings(draft)
    bench.touch(draft)
    for recording, source in found:
        piece = recording.piece
        _must_be(piece, said)
        bench.record(draft, recording, source, person, now)
        what, standing = f"{_what(draft, piece)} ({source})", before.get(piece)
        note(bench.connection, person, now, "recording.keep", what, standing.audio if standing else "", recording.audio)


def _known(bench: Bench, draft: int, piece: Piece) -> None:
    _must_be(piece, bench.said(draft))


def _must_be(piece: Piece, said: Mapping[Piece, str]) -> None:
    if piece not in said:
        raise NotFound("There is no text %(place)s.", place=str(prompt_of(piece)))


def _let_go(bench: Bench, draft: int, piece: Piece, person: Person) -> None:
    bench.connection.execute(delete(held).filter_by(**_where(draft, piece, person)))


def _held_by(bench: Bench, draft: int, person: Person) -> tuple[Held, ...]:
    """What the person holds in a draft, the oldest first."""
    query = select(held).where(held.c.draft == draft, held.c.person == person.id).order_by(held.c.at)
    return tuple(map(_held, bench.connection.execute(query)))


def _where(draft: int, piece: Piece, person: Person) -> dict[str, object]:
    return {"person": person.id, "draft": draft, "language": piece.language, "chunk": piece.chunk}


def _held(row: Row[Any]) -> Held:
    doubts = tuple((message, facts) for message, facts in row.doubts or ())
    return Held(Recording(Piece(row.language, row.chunk), row.words, row.audio), row.source, row.at, doubts)


def _what(draft: int, piece: Piece) -> str:
    return f"draft {draft}: {piece.language} {piece.chunk}"
