"""One transaction's look at the drafts, or one act upon them. Only this room uses it."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from ivr.editions import library, timeline
from ivr.editions.draft import Draft, Status, Take, Word, differing
from ivr.editions.edition import Edition, Piece, Recording, complete, pieces_with
from ivr.editions.library import Library, by
from ivr.editions.texts import LONGEST_TEXT, TextPlace, change, tidy, with_numbers
from ivr.line.text import one_line
from ivr.line.words import Chunk
from ivr.people.persons import Person
from ivr.people.refusals import NotFound, Refused
from ivr.people.trail import note
from ivr.store.tables import draft as draft_table
from ivr.store.tables import lagging, revision, take

UNAPPROVED = {"approved_by": None, "approved_by_name": None, "approved_at": None}
_UNSUBMITTED = {"digest": None, "submitted_by": None, "submitted_by_name": None, "submitted_at": None, **UNAPPROVED}


LONGEST_TITLE = 200
"""Characters."""

Look = TypeVar("Look")


class Bench:
    """The drafts as one transaction sees them."""

    def __init__(self, books: Library, connection: Connection):
        self.library = books
        self.connection = connection

    def find(self, draft: int) -> Draft:
        """The draft. NotFound."""
        row = self.connection.execute(select(draft_table).where(draft_table.c.id == draft)).first()
        if row is None:
            raise NotFound("There is no draft %(draft)s.", draft=draft)
        return as_draft(row)

    def state(self, draft: int) -> Hashable:
        """Another value after every change to a draft, its texts, marks and recordings. NotFound."""
        newest = (
            select(func.max(column)).where(table.c.draft == draft).scalar_subquery()
            for table in (revision, take)
            for column in (table.c.seq, table.c.at)  # a backup that was put back counts from where it stood
        )
        row = self.connection.execute(select(draft_table, *newest).where(draft_table.c.id == draft)).first()
        if row is None:
            raise NotFound("There is no draft %(draft)s.", draft=draft)
        return tuple(row)

    def begin(self, title: str, base: Edition, files_of: str | None, person: Person, now: datetime) -> int:
        """A new draft over this edition, to be written into the bytes of the edition `files_of`, of its base
        where that is None. Its number. Who begins it notes why in the trail."""
        library.keep(self.connection, base, library.SHIPPED, now)
        values = {"title": title, "base": base.id, "files_of": files_of, "status": Status.OPEN, "version": 1, "at": now}
        query = insert(draft_table).values(**values, **by(person), reason="", sent_back="")
        made: int = self.connection.execute(query.returning(draft_table.c.id)).scalar_one()
        self.mark(made, base.renew)
        return made

    def put(self, draft: int, **values: object) -> None:
        """Set columns of a draft."""
        self.connection.execute(update(draft_table).where(draft_table.c.id == draft).values(**values))

    def base(self, now: datetime) -> Edition:
        """The edition on which a change that comes after all others builds."""
        rows = library.publications(self.connection)
        last = max((row.at for row in timeline.standing(rows)), default=now)
        return self.at(timeline.live_at(rows, max(now, last), self.library.shipped.id))

    def at(self, name: str) -> Edition:
        """A stored edition, or the shipped one."""
        return self.library.at(self.connection, name)

    def words(self, draft: int) -> Mapping[TextPlace, Word]:
        """Every text of a draft."""
        base = self.at(self.find(draft).base).texts
        late = self.marked(draft)
        words = {place: Word(place, text, 0, text, place in late) for place, text in base.items()}
        for row in self._newest(draft):
            place = TextPlace(row.file, row.key)
            words[place] = Word(
                place, row.text, row.version, base.get(place, ""), place in late, row.by, row.by_name, row.at
            )
        return MappingProxyType(words)

    def texts(self, draft: int) -> Mapping[TextPlace, str]:
        """What every text of a draft says."""
        return {**self.at(self.find(draft).base).texts, **self._changed(draft)}

    def _changed(self, draft: int) -> dict[TextPlace, str]:
        """What the texts say that were written in it."""
        return {TextPlace(row.file, row.key): row.text for row in self._newest(draft)}

    def _newest(self, draft: int) -> Sequence[Row[tuple[Any, ...]]]:
        """The newest version of each text that was written in it."""
        newest = select(func.max(revision.c.seq)).where(revision.c.draft == draft)
        newest = newest.group_by(revision.c.file, revision.c.key)
        rows = select(revision).where(revision.c.seq.in_(newest)).order_by(revision.c.seq)
        return self.connection.execute(rows).all()

    def word(self, draft: int, place: TextPlace) -> Word:
        """One text; of version 0 and without words where the line has none of it (yet)."""
        return self.words(draft).get(place) or Word(place, "", 0, "", False)

    def edition(self, draft: int) -> Edition:
        """What the draft would be, published: without recordings of prompts that it does not have."""
        found = self.find(draft)
        base = self.at(found.base)
        into = self.at(found.files_of) if found.files_of else base
        written = self._changed(draft)
        if into is not base:
            written = {**dict.fromkeys(into.texts, ""), **base.texts, **written}
        files, said = change(into.files, differing(into.texts, written)), self.said(draft)
        heard = (each for piece, each in self.recordings(draft).items() if piece in said)
        return complete(files, heard, self.marked(draft), self.library.shipped.files)

    def recordings(self, draft: int) -> dict[Piece, Recording]:
        """The recording of each piece: the newest that says its words, else the newest. Those of prompts that
        were taken out are among them: they are heard again where the prompt is put back."""
        said = self.said(draft)
        standing: dict[Piece, Recording] = dict(self.at(self.find(draft).base).recordings)
        for piece, takes in self.takes(draft).items():
            kept = [each.recording for each in takes if each is not None]
            if piece in standing and None not in takes:
                kept.insert(0, standing[piece])
            standing.pop(piece, None)
            if kept:
                standing[piece] = _fitting(kept, said.get(piece, ""))
        return standing

    def chunks(self, draft: int) -> Mapping[Piece, Chunk]:
        """Everything in the draft that can be recorded."""
        return pieces_with(self.at(self.find(draft).base), frozenset(self._changed(draft).items()))

    def said(self, draft: int) -> Mapping[Piece, str]:
        """What every piece says."""
        return {piece: chunk.spoken for piece, chunk in self.chunks(draft).items()}

    def takes(self, draft: int) -> dict[Piece, list[Take | None]]:
        """The recordings of each piece since the last that was dropped, the newest last; None
        stands for dropping."""
        found: dict[Piece, list[Take | None]] = {}
        for row in self.connection.execute(select(take).where(take.c.draft == draft).order_by(take.c.seq)):
            piece = Piece(row.language, row.chunk)
            if row.audio is None:
                found[piece] = [None]
            else:
                made = Take(Recording(piece, row.words, row.audio), row.source, row.by, row.by_name, row.at)
                found.setdefault(piece, []).append(made)
        return found

    def record(self, draft: int, recording: Recording, source: str, person: Person, now: datetime) -> None:
        """Put a recording into it."""
        piece = recording.piece
        row = {"language": piece.language, "chunk": piece.chunk, "words": recording.words, "audio": recording.audio}
        self.connection.execute(insert(take).values(draft=draft, source=source, **row, **by(person), at=now))

    def write(self, draft: int, changes: Mapping[TextPlace, str], act: str, person: Person, now: datetime) -> None:
        """New versions of these texts, the marks that they set and lift, and the trail."""
        words = self.words(draft)
        self.touch(draft)
        late = set(self.marked(draft))
        for place, text in changes.items():
            standing = words.get(place) or Word(place, "", 0, "", False)
            row = {"file": place.file, "key": place.key, "version": standing.version + 1, "text": text, "act": act}
            self.connection.execute(insert(revision).values(draft=draft, **row, **by(person), at=now))
            note(self.connection, person, now, f"draft.{act}", f"draft {draft}: {place}", standing.text, text)
            if text != standing.text and place not in late:
                late |= _others(place, words) - changes.keys()
            late.discard(place)
        self.mark(draft, late)

    def touch(self, draft: int) -> None:
        """Before any change: it must still be possible, and voids what was approved."""
        may_change(self.find(draft))
        self.reopen(draft)

    def reopen(self, draft: int) -> None:
        """Take submission and approval away."""
        query = update(draft_table).where(draft_table.c.id == draft)
        self.connection.execute(query.values(status=Status.OPEN, version=draft_table.c.version + 1, **_UNSUBMITTED))

    def marked(self, draft: int) -> frozenset[TextPlace]:
        """The texts that are to be renewed."""
        rows = self.connection.execute(select(lagging).where(lagging.c.draft == draft))
        return frozenset(TextPlace(row.file, row.key) for row in rows)

    def mark(self, draft: int, places: Iterable[TextPlace]) -> None:
        """Exactly these texts are to be renewed."""
        self.connection.execute(delete(lagging).where(lagging.c.draft == draft))
        rows = [{"draft": draft, "file": place.file, "key": place.key} for place in sorted(places)]
        if rows:
            self.connection.execute(insert(lagging), rows)


class Room:
    """What all rooms with drafts in them share."""

    def __init__(self, books: Library):
        self.library = books
        self.database = books.database

    @contextmanager
    def reading(self) -> Iterator[Bench]:
        """A look. DatabaseGone."""
        with self.database.reading() as connection:
            yield Bench(self.library, connection)

    def look_at(self, draft: int, what: Callable[[Bench, int], Look]) -> Look:
        """What that makes of a draft: made once while nobody changes the draft, and never to be changed.
        DatabaseGone, NotFound, and what `what` raises."""
        with self.reading() as bench:
            state = (what, bench.state(draft))
            with self.library.looking:
                if state in self.library.looks:
                    found: Look = self.library.looks[state]
                    return found
            made = what(bench, draft)  # after its state was asked for: at worst it is newer than that
        with self.library.looking:
            self.library.looks[state] = made
        return made

    @contextmanager
    def writing(self) -> Iterator[Bench]:
        """An act, kept whole or not at all. DatabaseGone."""
        with self.database.writing() as connection:
            yield Bench(self.library, connection)


def begun(bench: Bench, title: str, person: Person, now: datetime) -> int:
    """A new draft over the edition on which a change builds that comes after all others; its number. Refused where
    it has no title."""
    tidied = one_line(title)
    if not 0 < len(tidied) <= LONGEST_TITLE:
        raise Refused("Give the draft a title of at most 200 characters.")
    base = bench.base(now)
    made = bench.begin(tidied, base, None, person, now)
    note(bench.connection, person, now, "draft.start", f"draft {made}: {tidied}", after=base.id)
    return made


def checked(place: TextPlace, text: str) -> str:
    """The text as it is kept. Refused where it is too long, or no value or number where one belongs."""
    if len(text) > LONGEST_TEXT:
        raise Refused("A text has at most %(most)s characters.", most=LONGEST_TEXT)
    return with_numbers(place, tidy(place, text))


def may_change(found: Draft) -> None:
    """Refused where the draft can no longer be changed."""
    if found.status is Status.PUBLISHED:
        raise Refused("This draft is published: begin a new one.")
    if found.status is Status.DISCARDED:
        raise Refused("This draft was put away: begin a new one.")


def as_draft(row: Row[tuple[object, ...]]) -> Draft:
    """The draft of a row."""
    return Draft(**{**row._mapping, "status": Status(row.status)})


def _fitting(made: Sequence[Recording], words: str) -> Recording:
    return next((each for each in reversed(made) if each.matches(words)), made[-1])


def _others(place: TextPlace, words: Mapping[TextPlace, Word]) -> set[TextPlace]:
    """The same prompt in the other languages."""
    if not place.prompt:
        return set()
    return {other for other in words if other.key == place.key and other.file != place.file and other.prompt}
