"""Drafts: a change to the line before callers hear it.

A draft is one change that everybody works on together, over the edition that was live when
it was begun. Nothing in it is overwritten: a save names the version that it was based on and
is refused where somebody was faster, and every version stays in the history. Submitting
fixes its bytes; whatever is changed after that takes the approval away.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select

from ivr.editions import library
from ivr.editions.bench import Bench, Room, as_draft, checked, may_change
from ivr.editions.draft import (
    Conflict,
    Difference,
    Draft,
    Revision,
    Status,
    Word,
    differences,
    differing,
    loadable,
)
from ivr.editions.edition import Edition
from ivr.editions.library import Library
from ivr.editions.structure import missing
from ivr.editions.texts import TextPlace, fact_of
from ivr.editions.typed import forget
from ivr.line import numbers
from ivr.line.text import one_line
from ivr.people.persons import Person
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right, require
from ivr.people.trail import note
from ivr.store.tables import draft as draft_table
from ivr.store.tables import revision


class Drafts(Room):
    """All drafts. The line never rings its `own_numbers` (E.164)."""

    def __init__(self, books: Library, own_numbers: frozenset[str] = frozenset()):
        super().__init__(books)
        self.own_numbers = own_numbers

    def start(self, title: str, person: Person, now: datetime, words_of: str | None = None) -> Draft:
        """A new draft over the edition that will be live last of all that is scheduled. With
        `words_of`, the texts of that stored edition are put into it, to bring it back with its voices."""
        require(person, Right.WRITE)
        earlier = self.library.edition(words_of) if words_of else None
        with self.writing() as bench:
            base = bench.base(now)
            made = bench.begin(_title(title), base, words_of, person, now)
            note(bench.connection, person, now, "draft.start", f"draft {made}: {_title(title)}", after=base.id)
            if earlier is not None:
                wanted = {**dict.fromkeys(base.texts, ""), **earlier.texts}
                bench.write(made, differing(base.texts, wanted), "bring back", person, now)
                _bring_voices(bench, made, earlier, person, now)
            return bench.find(made)

    def all(self, *status: Status) -> tuple[Draft, ...]:
        """Drafts of these states, all where none is named; the newest first."""
        query = select(draft_table).order_by(draft_table.c.id.desc())
        if status:
            query = query.where(draft_table.c.status.in_(status))
        with self.reading() as bench:
            return tuple(as_draft(row) for row in bench.connection.execute(query))

    def get(self, draft: int) -> Draft:
        """The draft. NotFound."""
        with self.reading() as bench:
            return bench.find(draft)

    def words(self, draft: int) -> Mapping[TextPlace, Word]:
        """Every text of the draft, and those that its structure needs and nobody has written yet."""
        return self.look_at(draft, _words)

    def word(self, draft: int, place: TextPlace) -> Word:
        """One text. It has version 0 and no words where the line has none of it (yet)."""
        with self.reading() as bench:
            return bench.word(draft, place)

    def edition(self, draft: int) -> Edition:
        """The edition that the draft would be. Refused where its texts have no place in the
        files."""
        return self.look_at(draft, Bench.edition)

    def preview(self, draft: int, now: datetime) -> Edition:
        """The same, stored, so that a telephone of ours can ring it by its id. Broken where it
        makes no line."""
        made = self.edition(draft)
        loadable(made)
        with self.writing() as bench:
            library.keep(bench.connection, made, library.DRAFTED, now)
        return made

    def differences(self, draft: int) -> tuple[Difference, ...]:
        """What it changes against its base, in words and sound."""
        return self.look_at(draft, _differences)

    def history(self, place: TextPlace, limit: int = 100) -> tuple[Revision, ...]:
        """Every version of a text in every draft, the newest first."""
        query = (
            select(revision, draft_table.c.title)
            .join(draft_table, draft_table.c.id == revision.c.draft)
            .where(revision.c.file == place.file, revision.c.key == place.key)
            .order_by(revision.c.seq.desc())
            .limit(limit)
        )
        with self.reading() as bench:
            return tuple(
                Revision(r.draft, r.title, place, r.version, r.text, r.act, r.by, r.by_name, r.at)
                for r in bench.connection.execute(query)
            )

    def save(self, draft: int, place: TextPlace, text: str, based_on: int, person: Person, now: datetime) -> Word:
        """Change a text. Other languages of it are to be renewed, unless this was the renewal.
        Conflict where `based_on` is no longer its version."""
        require(person, Right.WRITE)
        text = self._checked(place, text)
        with self.writing() as bench:
            standing = bench.word(draft, place)
            if standing.version != based_on and standing.text != text:
                raise Conflict(standing, text)
            forget(bench, draft, place, person)
            if standing.text != text or standing.renew:
                bench.write(draft, {place: text}, "save", person, now)
            return bench.word(draft, place)

    def save_all(
        self,
        draft: int,
        changes: Mapping[TextPlace, str],
        based_on: Mapping[TextPlace, int],
        person: Person,
        now: datetime,
        act: str = "import",
    ) -> None:
        """Change many texts at once, or none: Conflict names the first that moved on."""
        require(person, Right.WRITE)
        wanted = {place: self._checked(place, text) for place, text in changes.items()}
        with self.writing() as bench:
            words = bench.words(draft)
            for place, text in wanted.items():
                standing = words.get(place) or Word(place, "", 0, "", False)
                if standing.version != based_on.get(place, 0) and standing.text != text:
                    raise Conflict(standing, text)
            moved = {place: text for place, text in wanted.items() if place not in words or words[place].text != text}
            if moved:
                bench.write(draft, moved, act, person, now)
                bench.edition(draft)  # Refused, with nothing written, where the files have no place for one

    def confirm(self, draft: int, place: TextPlace, person: Person, now: datetime) -> Word:
        """Say that a text marked "to be renewed" is right as it stands."""
        require(person, Right.WRITE)
        with self.writing() as bench:
            standing = bench.words(draft).get(place)
            if standing is None:
                raise NotFound("There is no text %(place)s.", place=str(place))
            if standing.renew:
                bench.write(draft, {place: standing.text}, "confirm", person, now)
            return bench.words(draft)[place]

    def rename(self, draft: int, title: str, person: Person, now: datetime) -> None:
        """Give the draft another title; its texts and its approval stay."""
        require(person, Right.WRITE)
        with self.writing() as bench:
            found = bench.find(draft)
            bench.put(draft, title=_title(title))
            note(bench.connection, person, now, "draft.rename", f"draft {draft}", found.title, _title(title))

    def discard(self, draft: int, person: Person, now: datetime) -> None:
        """Put the draft away. Its words stay in the history."""
        require(person, Right.WRITE)
        with self.writing() as bench:
            may_change(bench.find(draft))
            bench.put(draft, status=Status.DISCARDED)
            note(bench.connection, person, now, "draft.discard", f"draft {draft}")

    def _checked(self, place: TextPlace, text: str) -> str:
        """The text as it is kept; a number of a desk as the line rings or reads it."""
        text = checked(place, text)
        number = fact_of(text) if place.rings else None
        if isinstance(number, str) and numbers.rung(number) in self.own_numbers:
            raise Refused(numbers.OWN, number=number)
        return text


def _bring_voices(bench: Bench, draft: int, earlier: Edition, person: Person, now: datetime) -> None:
    """The recordings of an edition whose words came back."""
    standing = bench.recordings(draft)
    for piece, words in bench.said(draft).items():
        recording, here = earlier.recordings.get(piece), standing.get(piece)
        if recording and recording.matches(words) and not (here and here.matches(words)):
            bench.record(draft, recording, "brought back", person, now)


def _words(bench: Bench, draft: int) -> Mapping[TextPlace, Word]:
    words = bench.words(draft)
    unwritten = missing({place: word.text for place, word in words.items()})
    return MappingProxyType({**{place: Word(place, "", 0, "", False) for place in unwritten}, **words})


def _differences(bench: Bench, draft: int) -> tuple[Difference, ...]:
    return differences(bench.at(bench.find(draft).base), bench.edition(draft))


def _title(title: str) -> str:
    tidied = one_line(title)
    if not 0 < len(tidied) <= 200:
        raise Refused("Give the draft a title of at most 200 characters.")
    return tidied
