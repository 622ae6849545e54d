"""The program's files as an author: a release that brings another line makes a draft of it.

Once something was published, callers hear that, whatever files the program is started with. So a
release's files are put together with what is live (`ivr.editions.merging`), from the release that the
live edition has in it already, and what comes of that is a draft: by the program, looked at, changed,
approved and published like any other, and written into the release's own files, with their comments.

There is one such draft at a time. A release that comes while it waits, and an edition that is published
or rolled back meanwhile, are put into it; what people did in it stays. It is put away by itself where
nothing is left for it to bring. Where somebody put it away, the same files make no other one.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from ivr.editions import library, timeline
from ivr.editions.bench import Bench, Room, as_draft, may_change
from ivr.editions.draft import Draft, Status, differing
from ivr.editions.edition import Edition, Piece, Recording, prompt_of
from ivr.editions.library import Library, by
from ivr.editions.merging import Disagreement, Merged, Texts, merge
from ivr.editions.texts import TextPlace
from ivr.people.persons import Person
from ivr.people.refusals import Refused
from ivr.people.rights import Right, require
from ivr.people.trail import note
from ivr.store.database import DatabaseGone
from ivr.store.tables import draft as draft_table
from ivr.store.tables import publication, revision, taken_in

log = logging.getLogger(__name__)

PROGRAM = Person("program", "プログラム", frozenset())
"""Who brings the files of a release. Nobody can sign in as this."""

TITLE = "プログラムが新しい案内を届けました"

NEWER = "プログラムがさらに新しい案内を届けました。もう一度ご確認ください。"
"""Why a draft that was waiting for approval, or had it, is open again."""

_WAITING = (Status.OPEN, Status.SUBMITTED, Status.APPROVED)
_AT_ONCE = 200  # rows in one statement


class Releases(Room):
    """What the program brought, and where it and staff disagree."""

    def disagreements(self, draft: int) -> tuple[Disagreement, ...]:
        """Where the files of a draft by the program and what staff published disagree, and nobody has
        decided yet. The draft has what staff have."""
        with self.reading() as bench:
            return _open(bench, bench.find(draft))

    def choose(self, draft: int, at: TextPlace, theirs: bool, person: Person, now: datetime) -> None:
        """Settle a disagreement: take what the program brings, or keep what staff have. Refused where
        it is settled, or no longer there."""
        require(person, Right.WRITE)
        with self.writing() as bench:
            found = bench.find(draft)
            may_change(found)
            told = next((each for each in _open(bench, found) if each.at == at), None)
            if told is None:
                raise Refused("This is settled already: look again.")
            texts = bench.texts(draft)
            changes = told.theirs if theirs else {place: texts.get(place, "") for place in told.theirs}
            late = bench.marked(draft) - changes.keys()
            bench.write(draft, changes, "take" if theirs else "keep", person, now)
            bench.mark(draft, late)  # the release has the other languages of what it changed


def is_of_program(found: Draft) -> bool:
    """Whether the program brought this draft."""
    return found.by == PROGRAM.id and found.files_of is not None


def take_in_safely(books: Library, connection: Connection, now: datetime) -> None:
    """`take_in`, within an act that must be done whatever comes of it: what cannot be put together is
    told in the log, and callers hear what was published."""
    try:
        with connection.begin_nested():
            take_in(Bench(books, connection), now)
    except DatabaseGone:
        raise
    except Exception:  # what is stored may be damaged, and the files as odd as people write them
        log.exception("the files of this release could not be put together with what is live: nothing was changed")


def take_in(bench: Bench, now: datetime) -> None:
    """Make the draft, bring it up to date, or put it away, as the module says."""
    if not timeline.standing(library.publications(bench.connection)):
        return  # nothing was ever published: callers hear the files themselves
    base, shipped = bench.base(now), bench.library.shipped
    waiting, *others = _waiting(bench) or (None,)
    for each in others:
        _put_away(bench, each, now)
    if waiting is not None:
        _look_after(bench, waiting, base, now)
    elif not _has_in_it(bench, base, shipped) and not _was_refused(bench, shipped):
        _bring(bench, base, shipped, now)


def rework(bench: Bench, found: Draft, base: Edition, shipped: Edition, now: datetime) -> None:
    """Make the program's part of its draft anew, over this base and of this release. What people did in
    the draft stays; what they decided is asked again where the program's side is another now."""
    before = _merged(bench, bench.at(found.base), bench.at(found.files_of or found.base))
    wanted = _merged(bench, base, shipped)
    mine = {**bench.at(found.base).texts, **_written(bench, found.id, by_program=True)}
    final = merge(mine, bench.texts(found.id), wanted.texts).texts
    again = _asked_again(bench, found.id, before, wanted)
    bench.touch(found.id)
    bench.put(found.id, base=base.id, files_of=shipped.id)
    if found.status in (Status.SUBMITTED, Status.APPROVED):
        bench.put(found.id, sent_back=NEWER)
    _write(bench, found.id, final, again, now)


def _look_after(bench: Bench, waiting: Draft, base: Edition, now: datetime) -> None:
    shipped = bench.library.shipped
    same = bench.at(waiting.files_of or waiting.base).texts == shipped.texts
    if same and (waiting.base == base.id or not _has_in_it(bench, base, shipped)):
        return
    rework(bench, waiting, base, shipped, now)
    if _brings_nothing(bench, bench.find(waiting.id)):
        _put_away(bench, waiting, now)


def _bring(bench: Bench, base: Edition, shipped: Edition, now: datetime) -> None:
    wanted = _merged(bench, base, shipped)
    if wanted.texts == base.texts and not wanted.disagreements:
        _remember(bench, base, shipped, now)
        return
    made = bench.begin(TITLE, base, shipped.id, PROGRAM, now)
    note(bench.connection, PROGRAM, now, "draft.start", f"draft {made}: {TITLE}", base.id, shipped.id)
    _write(bench, made, wanted.texts, (), now)


def _put_away(bench: Bench, found: Draft, now: datetime) -> None:
    bench.put(found.id, status=Status.DISCARDED)
    note(bench.connection, PROGRAM, now, "draft.discard", f"draft {found.id}")


# --- which release an edition has in it --------------------------------------------------------


def release_in(bench: Bench, edition: str) -> str:
    """The shipped edition that a published one has in it: that whose files its draft was written into, or
    that of the edition which it changed."""
    shipped = {*library.shipped_ids(bench.connection), bench.library.shipped.id}
    seen: set[str] = set()
    while edition not in seen:
        seen.add(edition)
        known = bench.connection.execute(select(taken_in.c.shipped).where(taken_in.c.edition == edition)).scalar()
        if known is not None or edition in shipped:
            return known or edition
        query = select(draft_table.c.base, draft_table.c.files_of).join(
            publication, publication.c.draft == draft_table.c.id
        )
        row = bench.connection.execute(
            query.where(publication.c.edition == edition).order_by(publication.c.seq.desc())
        ).first()
        if row is not None:
            edition = row.files_of or row.base
    return edition


def _has_in_it(bench: Bench, base: Edition, shipped: Edition) -> bool:
    """Whether an edition has all of this release, as far as it was wanted. Comments are no news."""
    return base.id == shipped.id or bench.at(release_in(bench, base.id)).texts == shipped.texts


def _remember(bench: Bench, base: Edition, shipped: Edition, now: datetime) -> None:
    """The edition has all of the release already: staff did by hand what it brings."""
    library.keep(bench.connection, shipped, library.SHIPPED, now)
    bench.connection.execute(delete(taken_in).where(taken_in.c.edition == base.id))
    bench.connection.execute(insert(taken_in).values(edition=base.id, shipped=shipped.id, at=now))


def _waiting(bench: Bench) -> list[Draft]:
    """The drafts by the program that wait for somebody, the newest first."""
    return [found for found in _all(bench) if found.status in _WAITING]


def _all(bench: Bench) -> Iterable[Draft]:
    query = select(draft_table).where(draft_table.c.by == PROGRAM.id).order_by(draft_table.c.id.desc())
    return [as_draft(row) for row in bench.connection.execute(query)]


def _was_refused(bench: Bench, shipped: Edition) -> bool:
    """Whether somebody put away what this release brings, and no other release came since."""
    last = next(iter(_all(bench)), None)
    if last is None or last.status is not Status.DISCARDED or last.files_of is None:
        return False
    return bench.at(last.files_of).texts == shipped.texts and not _has_in_it(bench, bench.at(last.base), shipped)


# --- what is put together ----------------------------------------------------------------------


def _merged(bench: Bench, base: Edition, shipped: Edition) -> Merged:
    old = bench.at(release_in(bench, base.id))
    return merge(old.texts, base.texts, shipped.texts, {prompt_of(piece) for piece in base.recordings})


def _open(bench: Bench, found: Draft) -> tuple[Disagreement, ...]:
    """The disagreements that nobody has settled: the program wrote last, or nobody did."""
    if not is_of_program(found):
        return ()
    merged = _merged(bench, bench.at(found.base), bench.at(found.files_of or found.base))
    settled = _written(bench, found.id, by_program=False).keys()
    return tuple(each for each in merged.disagreements if not each.theirs.keys() <= settled)


def _asked_again(bench: Bench, draft: int, before: Merged, wanted: Merged) -> set[TextPlace]:
    """The places of disagreements that somebody settled when the program's side was another."""
    known = {each.at: each.theirs for each in before.disagreements}
    settled = _written(bench, draft, by_program=False).keys()
    return {
        place
        for each in wanted.disagreements
        if known.get(each.at) != each.theirs
        for place in each.theirs
        if place in settled
    }


def _written(bench: Bench, draft: int, *, by_program: bool) -> dict[TextPlace, str]:
    """What the program wrote last at each place; or what people wrote where they wrote after it."""
    rows = bench.connection.execute(select(revision).where(revision.c.draft == draft).order_by(revision.c.seq))
    found: dict[TextPlace, str] = {}
    for row in rows:
        place = TextPlace(row.file, row.key)
        if (row.by == PROGRAM.id) == by_program:
            found[place] = row.text
        elif not by_program:
            found.pop(place, None)
    return found


def _brings_nothing(bench: Bench, found: Draft) -> bool:
    base = bench.at(found.base)
    return not differing(base.texts, bench.texts(found.id)) and bench.recordings(found.id) == base.recordings


# --- writing -------------------------------------------------------------------------------------


def _write(bench: Bench, draft: int, texts: Texts, again: Iterable[TextPlace], now: datetime) -> None:
    """Make these the draft's texts. One entry in the trail names them all; each version has its text."""
    words, said = bench.words(draft), bench.recordings(draft)
    standing = {place: word.text for place, word in words.items()}
    changes = differing(standing, {**dict.fromkeys(standing, ""), **texts})
    changes |= {place: texts.get(place, "") for place in again}
    rows = [
        {
            "draft": draft,
            "file": place.file,
            "key": place.key,
            "version": words[place].version + 1 if place in words else 1,
            "text": text,
            "act": "release",
            "at": now,
            **by(PROGRAM),
        }
        for place, text in changes.items()
    ]
    for start in range(0, len(rows), _AT_ONCE):
        bench.connection.execute(insert(revision), rows[start : start + _AT_ONCE])
    note(
        bench.connection,
        PROGRAM,
        now,
        "draft.release",
        f"draft {draft}: {len(rows)}",
        after=bench.find(draft).files_of or "",
    )
    _mark(bench, draft, texts, changes)
    _carry(bench, draft, {place for place, text in changes.items() if text}, said, now)


def _mark(bench: Bench, draft: int, texts: Texts, changes: Mapping[TextPlace, str]) -> None:
    """Languages that the release does not know have to follow what it changed."""
    known = {place.file for place in bench.at(bench.find(draft).files_of or "").texts}
    changed = {place.key for place, text in changes.items() if place.prompt and text}
    late = {place for place in texts if place.prompt and place.file not in known and place.key in changed}
    bench.mark(draft, {place for place in bench.marked(draft) - changes.keys() if place in texts} | late)


def _carry(bench: Bench, draft: int, changed: set[TextPlace], said: Mapping[Piece, Recording], now: datetime) -> None:
    """Recordings of words that stand elsewhere now go along with their words."""
    known = {(piece.language, recording.words): recording for piece, recording in said.items()}
    for piece, words in bench.said(draft).items():
        recording, here = known.get((piece.language, words)), said.get(piece)
        if prompt_of(piece) in changed and recording and not (here and here.matches(words)):
            bench.record(draft, Recording(piece, words, recording.audio), "moved", PROGRAM, now)
