"""Recordings in drafts: a voice for exactly these words."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert

from ivr.editions.bench import Room
from ivr.editions.draft import Take
from ivr.editions.edition import Piece, Recording, prompt_of
from ivr.editions.library import by, note
from ivr.editions.people import NotFound, Person, Role, require
from ivr.store import blobs
from ivr.store.tables import take


class Recordings(Room):
    """Recordings made by staff. What is in the draft is in `Drafts.edition(draft).recordings`."""

    def keep(
        self, draft: int, piece: Piece, words: str, audio: bytes, source: str, person: Person, now: datetime
    ) -> Take:
        """Keep a recording, already converted, of these words (as they are said: `chunk.spoken`).
        Where the text was changed meanwhile it is kept all the same, and does not match."""
        require(person, Role.EDITOR)
        with self.writing() as bench:
            if piece not in bench.said(draft):
                raise NotFound("There is no text %(place)s.", place=str(prompt_of(piece)))
            before = bench.recordings(draft).get(piece)
            bench.touch(draft)
            at = blobs.keep(bench.connection, audio)
            row = {"language": piece.language, "chunk": piece.chunk, "words": words, "audio": at, "source": source}
            bench.connection.execute(insert(take).values(draft=draft, **row, **by(person), at=now))
            what = f"draft {draft}: {piece.language} {piece.chunk}"
            note(bench.connection, person, now, "recording.keep", what, before.audio if before else "", at)
            return Take(Recording(piece, words, at), source, person.id, person.name, now)

    def drop(self, draft: int, piece: Piece, person: Person, now: datetime) -> None:
        """Take a recording out of the draft: its words are spoken instead."""
        require(person, Role.EDITOR)
        with self.writing() as bench:
            before = bench.recordings(draft).get(piece)
            if before is None:
                raise NotFound("There is no recording of %(place)s.", place=str(prompt_of(piece)))
            bench.touch(draft)
            row = {"language": piece.language, "chunk": piece.chunk, "words": "", "audio": None, "source": "dropped"}
            bench.connection.execute(insert(take).values(draft=draft, **row, **by(person), at=now))
            what = f"draft {draft}: {piece.language} {piece.chunk}"
            note(bench.connection, person, now, "recording.drop", what, before.audio)

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
