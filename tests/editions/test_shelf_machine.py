"""A machine that lets staff do anything in any order, and holds a shelf that goes on to its promise: what its calls
hear is what a worker that starts now would let them hear, however many lines it carried over."""

import shutil
import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ivr.editions import library, timeline
from ivr.editions.shelf import Shelf
from ivr.editions.snapshot import Snapshot
from ivr.editions.timeline import PublicationKind
from ivr.people.refusals import Refusal
from ivr.store import rows, schema
from tests.support.stores import APPROVER, EDITOR, NOON, City, Losing, city_hall, greeting_with

EDITIONS = st.integers(0, 3)
MINUTES = st.integers(0, 300)


class Staff(RuleBasedStateMachine):
    """Staff at work, and a shelf that looks after each act."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.city: City = city_hall(f"sqlite:///{self.folder}/line.db", self.folder / "live")
        self.now: datetime = NOON
        self.editions = [greeting_with(words) for words in "一二三四"]
        for edition in self.editions:
            with self.city.office.database.writing() as connection:
                library.keep(connection, edition, library.DRAFTED, self.now)
        self.books = Losing(self.city.office.library)
        self.shelf = Shelf(self.books, Snapshot(self.folder / "goes on"), today=lambda: self.now)
        self.makes_backup()

    def teardown(self) -> None:
        self.city.office.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what staff do -------------------------------------------------------------------------

    def appended(self, kind: PublicationKind, at: datetime, edition: str | None = None, of: int | None = None) -> None:
        with self.city.office.database.writing() as connection:
            library.append(connection, kind, APPROVER, self.now, at, edition=edition, target=of)

    @rule(edition=EDITIONS, minutes=st.one_of(st.just(0), MINUTES))
    def publishes(self, edition: int, minutes: int) -> None:
        self.appended(PublicationKind.PUBLISH, self.now + timedelta(minutes=minutes), self.editions[edition].id)

    @rule()
    def rolls_back(self) -> None:
        below = timeline.stack_at(self.books.publications(), self.now, self.books.shipped.id)[:-1]
        if below:
            self.appended(PublicationKind.ROLL_BACK, self.now, below[-1])

    @rule()
    def withdraws(self) -> None:
        for coming in self.books.scheduled(self.now)[:1]:
            self.appended(PublicationKind.WITHDRAW, self.now, of=coming.seq)

    @rule(words=st.sampled_from("五六"), minutes=MINUTES, lasts=st.integers(1, 300), practice=st.booleans())
    def warns(self, words: str, minutes: int, lasts: int, practice: bool) -> None:
        start = self.now + timedelta(minutes=minutes)
        told = {"ja": f"{words}。", "en": "Take care."}
        end = start + timedelta(minutes=lasts)
        self.city.office.announcements.warn(told, start, end, EDITOR, self.now, practice=practice)

    @rule(approves=st.booleans())
    def looks_at_an_alert(self, approves: bool) -> None:
        board = self.city.office.announcements
        for alert in (*board.alerts(self.now), *board.practice_alerts(self.now))[:1]:
            with suppress(Refusal):
                if approves:
                    board.approve_alert(alert.id, APPROVER, self.now)
                else:
                    board.end_alert(alert.id, EDITOR, self.now)

    @rule(minutes=MINUTES, lasts=st.integers(1, 900))
    def closes_a_desk(self, minutes: int, lasts: int) -> None:
        start = self.now + timedelta(minutes=minutes)
        self.city.office.announcements.close("city", start, start + timedelta(minutes=lasts), EDITOR, self.now)

    @rule()
    def opens_it_again(self) -> None:
        for closure in self.city.office.announcements.closures(self.now)[:1]:
            self.city.office.announcements.reopen(closure.id, EDITOR, self.now)

    @rule()
    def makes_backup(self) -> None:
        with self.city.office.database.reading() as connection:
            found = {table.name: tuple(rows.rows_of(connection, table)) for table in rows.tables(connection)}
            self.backup = schema.revision(connection), found

    @rule()
    def puts_the_backup_in_its_place(self) -> None:
        revision, found = self.backup
        self.city.office.database.replace(lambda connection: rows.fill(connection, revision, found.get))

    @rule(edition=EDITIONS)
    def rings_a_stored_edition(self, edition: int) -> None:
        self.shelf.draft_line(self.editions[edition].id, self.now)

    @rule(edition=EDITIONS)
    def loses_an_edition_for_a_while(self, edition: int) -> None:
        self.books.lost = self.editions[edition].id
        self.shelf.refresh()
        self.shelf.line("", self.now)
        self.books.lost = ""

    @rule(minutes=st.sampled_from([1, 30, 400, 2000]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    # --- what holds all the same ---------------------------------------------------------------

    @invariant()
    def calls_hear_what_a_worker_would_let_them_hear_that_starts_now(self) -> None:
        self.shelf.refresh()
        other = Shelf(self.books, Snapshot(self.folder / "new"), today=lambda: self.now)
        other.refresh()
        for name in ("", self.books.shipped.id, *(edition.id for edition in self.editions)):
            for at in (self.now, self.now + timedelta(hours=3)):
                wanted = other.line(name, at)
                assert self.shelf.at_hand(name, at) in (None, wanted)
                assert self.shelf.line(name, at) == wanted
            assert self.shelf.draft_line(name, self.now) == other.draft_line(name, self.now)


Staff.TestCase.settings = settings(
    max_examples=5,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestStaff = pytest.mark.slow(20)(Staff.TestCase)
