"""Approval: somebody else looks at exactly these bytes before callers hear them."""

from datetime import datetime

from sqlalchemy import select

from ivr.editions import library
from ivr.editions.bench import UNAPPROVED, Bench, Room, may_change
from ivr.editions.draft import Clash, Draft, Status, differing, loadable
from ivr.editions.edition import Edition, Piece, prompt_of
from ivr.editions.library import Library, by
from ivr.editions.releases import is_of_program, rework
from ivr.editions.texts import TextPlace
from ivr.line.prompt_keys import list_of
from ivr.line.text import cleaned
from ivr.notices.kinds import Kind
from ivr.notices.outbox import notify
from ivr.people.persons import Person
from ivr.people.refusals import NotAllowed, Refused
from ivr.people.rights import Right, require
from ivr.people.telling import told
from ivr.people.trail import note
from ivr.store.tables import revision, take


class Approval(Room):
    """The way of a draft from its authors to its approver, and back. The line never rings its
    `own_numbers` (E.164)."""

    def __init__(self, books: Library, own_numbers: frozenset[str] = frozenset()):
        super().__init__(books)
        self.own_numbers = own_numbers

    def submit(self, draft: int, reason: str, person: Person, now: datetime) -> Draft:
        """Ask for approval of the draft as it is. Broken where it makes no line; Refused where
        it changes nothing, or another edition was published since (then `rebase`)."""
        require(person, Right.WRITE)
        reason = cleaned(reason).strip()
        if not reason:
            raise Refused("Give the reason for the change.")
        with self.writing() as bench:
            found = bench.find(draft)
            may_change(found)
            _up_to_date(bench, found, now)
            made = bench.edition(draft)
            if _submitted_so(found, made, reason, person):
                return found  # the button was pressed twice
            if made.id == found.base:
                raise Refused("This draft changes nothing.")
            loadable(made, self.own_numbers)
            library.keep(bench.connection, made, library.DRAFTED, now)
            bench.put(
                draft,
                status=Status.SUBMITTED,
                reason=reason,
                digest=made.digest,
                submitted_at=now,
                sent_back="",
                **by(person, "submitted_by"),
                **UNAPPROVED,
            )
            note(
                bench.connection,
                person,
                now,
                "draft.submit",
                f"draft {draft}: {reason}",
                found.base,
                made.digest,
            )
            asked = told(
                "%(name)s asks for approval of “%(title)s”. Reason: %(reason)s", **_who(found, person), reason=reason
            )
            notify(bench.connection, Kind.SUBMITTED, asked, f"{_page(draft)}/approve", now, person)
            return bench.find(draft)

    def approve(self, draft: int, digest: str, person: Person, now: datetime) -> Draft:
        """Approve exactly the bytes of this digest. NotAllowed for whoever submitted it, or ever
        wrote or recorded at a place that it changes; Refused where it was changed since."""
        require(person, Right.APPROVE)
        with self.writing() as bench:
            found = bench.find(draft)
            if found.status is Status.APPROVED and found.digest == digest and found.approved_by == person.id:
                return found  # the button was pressed twice
            if found.status is not Status.SUBMITTED or found.digest != digest:
                raise Refused("The draft was changed since you looked at it: look again.")
            if library.fetch(bench.connection, digest[:10]).digest != bench.edition(draft).digest:
                raise Refused("The draft was changed since you looked at it: look again.")
            if person.id in _authors(bench, found):
                raise NotAllowed("Somebody who had no part in this draft must approve it.")
            bench.put(draft, status=Status.APPROVED, approved_at=now, **by(person, "approved_by"))
            note(bench.connection, person, now, "draft.approve", f"draft {draft}", found.base, digest)
            right = told("%(name)s has approved “%(title)s”. It can be published.", **_who(found, person))
            notify(bench.connection, Kind.APPROVED, right, _page(draft), now, person)
            return bench.find(draft)

    def send_back(self, draft: int, words: str, person: Person, now: datetime) -> Draft:
        """Give a submitted draft back to its authors with words about why."""
        require(person, Right.APPROVE)
        words = cleaned(words).strip()
        if not words:
            raise Refused("Say what should be changed.")
        with self.writing() as bench:
            found = bench.find(draft)
            if found.status not in (Status.SUBMITTED, Status.APPROVED):
                raise Refused("This draft is not waiting for approval.")
            bench.reopen(draft)
            bench.put(draft, sent_back=words)
            note(bench.connection, person, now, "draft.send_back", f"draft {draft}", after=words)
            back = told("%(name)s has sent “%(title)s” back: %(words)s", **_who(found, person), words=words)
            notify(bench.connection, Kind.SENT_BACK, back, _page(draft), now, person)
            return bench.find(draft)

    def rebase(self, draft: int, person: Person, now: datetime) -> tuple[Clash, ...]:
        """Bring the draft onto the edition that was published since. Its own changes stay; a
        text that both changed keeps the draft's words, is marked to be looked at, and returned."""
        require(person, Right.WRITE)
        with self.writing() as bench:
            found = bench.find(draft)
            may_change(found)
            base = bench.base(now)
            library.keep(bench.connection, base, library.SHIPPED, now)
            if is_of_program(found):
                rework(bench, found, base, bench.at(found.files_of or base.id), now)
                note(bench.connection, person, now, "draft.rebase", f"draft {draft}", found.base, base.id)
                return ()
            clashes = _clashes(bench, found, base)
            undone = _undone(bench, found, base)
            bench.touch(draft)
            bench.put(draft, base=base.id)
            if undone:
                bench.write(draft, undone, "rebase", person, now)
            bench.mark(draft, {*base.renew, *(clash.place for clash in clashes)})
            note(bench.connection, person, now, "draft.rebase", f"draft {draft}", found.base, base.id)
            return clashes

    def outdated(self, draft: int, now: datetime) -> bool:
        """Whether another edition was published or scheduled since the draft began."""
        with self.reading() as bench:
            return bench.find(draft).base != bench.base(now).id


def _who(found: Draft, person: Person) -> dict[str, str]:
    """What every notice of a draft says."""
    return {"name": person.name, "title": found.title}


def _page(draft: int) -> str:
    return f"/staff/drafts/{draft}"


def _up_to_date(bench: Bench, found: Draft, now: datetime) -> None:
    if found.base != bench.base(now).id:
        raise Refused("Another change was published since: bring this draft up to date first.")


def _submitted_so(found: Draft, made: Edition, reason: str, person: Person) -> bool:
    before = (found.digest, found.reason, found.submitted_by)
    return found.status is Status.SUBMITTED and before == (made.digest, reason.strip(), person.id)


def _authors(bench: Bench, found: Draft) -> set[str | None]:
    """Whoever submitted it, or ever had a hand in a place where it changes what callers hear:
    also where others have written over it since, and in whatever draft its words come from."""
    return {found.submitted_by, *_writers(bench, found), *_speakers(bench, found)}


def _writers(bench: Bench, found: Draft) -> set[str]:
    changed = [word for word in bench.words(found.id).values() if word.changed]
    stretches = {_stretch(word.place) for word in changed}
    standing = {(word.place, word.text) for word in changed if word.text}
    wordings = {(place.file, text) for place, text in standing}  # a passage may have moved since

    def has_a_part(draft: int, place: TextPlace, text: str) -> bool:
        here = draft == found.id and (_stretch(place) in stretches or (place.file, text) in wordings)
        return here or (place, text) in standing

    keys = {word.place.key for word in changed}
    query = select(revision).where((revision.c.draft == found.id) | revision.c.key.in_(keys))
    rows = bench.connection.execute(query)
    return {row.by for row in rows if has_a_part(row.draft, TextPlace(row.file, row.key), row.text)}


def _speakers(bench: Bench, found: Draft) -> set[str]:
    """Whoever recorded, or took a recording out, where sound or words are changed."""
    said, before = bench.recordings(found.id), bench.at(found.base).recordings
    changed = {piece for piece in {*said, *before} if said.get(piece) != before.get(piece)}
    places = {_stretch(word.place) for word in bench.words(found.id).values() if word.changed}
    heard = {recording.audio for recording in said.values()}
    made = bench.connection.execute(select(take).where(take.c.draft == found.id))
    return {
        row.by
        for row in made
        if (piece := Piece(row.language, row.chunk)) in changed
        or _stretch(prompt_of(piece)) in places
        or row.audio in heard
    }


def _stretch(place: TextPlace) -> TextPlace:
    """The place; one for all passages of a text, which move when another is put in or taken out."""
    within = list_of(place.key)
    return TextPlace(place.file, within[0]) if within else place


def _clashes(bench: Bench, found: Draft, base: Edition) -> tuple[Clash, ...]:
    old = bench.at(found.base).texts
    return tuple(
        Clash(word.place, base.texts.get(word.place, ""), word.text)
        for word in bench.words(found.id).values()
        if word.changed and base.texts.get(word.place, "") not in (old.get(word.place, ""), word.text)
    )


def _undone(bench: Bench, found: Draft, base: Edition) -> dict[TextPlace, str]:
    """Texts that the draft changed and changed back: they are to follow what was published."""
    words = bench.words(found.id).values()
    return differing(
        {word.place: word.text for word in words},
        {w.place: base.texts.get(w.place, "") for w in words if w.version and not w.changed},
    )
