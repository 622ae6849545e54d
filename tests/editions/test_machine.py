"""A machine that lets people do anything in any order, and holds the line to its promise: at
any instant exactly one edition is live, and callers hear only approved, unaltered words.

It keeps a model of its own, as simple as can be: which words were approved, and which of
them a caller has to hear at what time.
"""

import tempfile
from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from ivr.editions import timeline
from ivr.editions.draft import Draft, Status
from ivr.editions.edition import Piece
from ivr.people import trail
from ivr.people.persons import Person
from ivr.people.refusals import Refusal
from ivr.store.tables import metadata
from tests.support.stores import APPROVER, BOTH, EDITOR, GREETING, NOON, WRITER, City, city_hall, kept

EDITORS = st.sampled_from([EDITOR, WRITER, BOTH])
APPROVERS = st.sampled_from([APPROVER, BOTH])
ANYBODY = st.sampled_from([EDITOR, APPROVER, BOTH])
DRAFTS = st.integers(0, 1)  # how many back from the newest that is not finished
WORDS = st.sampled_from(["一", "二", "三", "四"])
MINUTES = st.integers(1, 90)
SAID = Piece("ja", GREETING.key)


class Newsroom(RuleBasedStateMachine):
    """The people of a city hall over one database, and a shelf as every worker has one."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)  # the shelf may be writing
        self.city: City = city_hall(f"sqlite:///{self.folder.name}/line.db", Path(self.folder.name) / "live")
        self.now: datetime = NOON
        self.approved = {self.city.office.library.shipped.digest}
        self.voided: set[str] = set()
        self.timeline: list[tuple[datetime, str]] = []  # what must be heard from when on
        self.calls: list[tuple[str, str]] = []  # edition and greeting of calls under way
        self.shipped_words = self.city.heard()
        self.words = {self.city.office.library.shipped.id: self.shipped_words}
        self.proved: dict[int, set[tuple[object, ...]]] = {}  # approved drafts as they were last put together

    def teardown(self) -> None:
        if hasattr(self, "city"):
            for draft in self.approvals():
                self.prove(draft)
            self.city.office.database.close()
            self.folder.cleanup()

    # --- what people do ----------------------------------------------------------------------

    @rule(person=ANYBODY)
    def start(self, person: Person) -> None:
        with suppress(Refusal):
            self.city.office.drafts.start("Change", person, self.now)

    @rule(draft=DRAFTS, words=WORDS, person=EDITORS, stale=st.booleans())
    def save(self, draft: int, words: str, person: Person, stale: bool) -> None:
        draft = self.pick(draft)
        drafts = self.city.office.drafts
        with suppress(Refusal):
            version = 0 if stale else drafts.word(draft, GREETING).version
            drafts.save(draft, GREETING, words, version, person, self.now)

    @rule(draft=DRAFTS, words=WORDS, person=EDITORS)
    def record(self, draft: int, words: str, person: Person) -> None:
        draft = self.pick(draft)
        with suppress(Refusal):
            kept(self.city.office, draft, SAID, words, words.encode(), "browser", person, self.now)

    @rule(draft=DRAFTS, person=EDITORS)
    def submit(self, draft: int, person: Person) -> None:
        draft = self.pick(draft)
        with suppress(Refusal):
            self.city.office.approval.submit(draft, "why", person, self.now)

    @rule(draft=DRAFTS, person=APPROVERS)
    def approve(self, draft: int, person: Person) -> None:
        draft = self.pick(draft)
        with suppress(Refusal):
            found = self.city.office.drafts.get(draft)
            edition = self.city.office.drafts.edition(draft)
            self.city.office.approval.approve(draft, found.digest or "", person, self.now)
            written = [each for each in self.city.office.drafts.history(GREETING) if each.draft == draft]
            assert person.id not in {each.by for each in written if each.text == edition.texts[GREETING]}
            assert edition.digest == found.digest, "approved is what is there"
            self.approved.add(edition.digest)
            self.words[edition.id] = edition.texts[GREETING]

    @rule(draft=DRAFTS, person=ANYBODY)
    def send_back(self, draft: int, person: Person) -> None:
        draft = self.pick(draft)
        with suppress(Refusal):
            self.city.office.approval.send_back(draft, "no", person, self.now)

    @rule(draft=DRAFTS, person=EDITORS)
    def rebase(self, draft: int, person: Person) -> None:
        draft = self.pick(draft)
        with suppress(Refusal):
            self.city.office.approval.rebase(draft, person, self.now)

    @rule(words=WORDS, writer=EDITORS, approver=APPROVERS, minutes=MINUTES, sound=st.booleans(), far=st.integers(0, 4))
    def a_change_goes_far(
        self, words: str, writer: Person, approver: Person, minutes: int, sound: bool, far: int
    ) -> None:
        """Otherwise a machine that acts at random would hardly ever publish anything."""
        coming = self.city.office.library.scheduled(self.now)
        self.now = max([self.now, *(row.at for row in coming)]) + timedelta(minutes=1)
        self.start(EDITOR)
        self.save(0, words, writer, False)
        if sound:
            self.record(0, words, EDITOR)
        self.submit(0, EDITOR)
        if far > 0:
            self.approve(0, approver)
        if far == 2:
            self.publish(0, APPROVER)
        if far > 2:
            self.schedule(0, APPROVER, minutes)
        if far == 4:
            self.withdraw(APPROVER)

    @rule(draft=DRAFTS, person=ANYBODY)
    def discard(self, draft: int, person: Person) -> None:
        draft = self.pick(draft)
        with suppress(Refusal):
            self.city.office.drafts.discard(draft, person, self.now)

    @rule(draft=DRAFTS, person=APPROVERS)
    def publish(self, draft: int, person: Person) -> None:
        draft = self.pick(draft)
        with suppress(Refusal):
            self.city.office.publishing.publish(draft, person, self.now)
            self.expect(self.now, draft)

    @rule(draft=DRAFTS, person=APPROVERS, minutes=MINUTES)
    def schedule(self, draft: int, person: Person, minutes: int) -> None:
        draft = self.pick(draft)
        at = self.now + timedelta(minutes=minutes)
        with suppress(Refusal):
            self.city.office.publishing.publish_at(draft, at, person, self.now)
            self.expect(at, draft)

    @rule(person=APPROVERS)
    def withdraw(self, person: Person) -> None:
        coming = self.city.office.library.scheduled(self.now)
        with suppress(Refusal):
            self.city.office.publishing.withdraw(coming[-1].seq if coming else 1, person, self.now)
            self.timeline.pop()

    @rule(person=APPROVERS)
    def roll_back(self, person: Person) -> None:
        with suppress(Refusal):
            self.city.office.publishing.roll_back(person, self.now)
            self.timeline = [entry for entry in self.timeline if entry[0] <= self.now][:-1]

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def a_call_comes_in(self) -> None:
        line = self.city.office.shelf.line("", self.now)
        self.calls.append((line.edition, self.greeting("")))

    @rule()
    def a_worker_starts_again(self) -> None:
        self.city = city_hall(f"sqlite:///{self.folder.name}/line.db", self.city.folder)

    # --- what holds all the same -------------------------------------------------------------

    @invariant()
    def exactly_one_edition_is_live_and_it_is_the_one(self) -> None:
        self.city.office.shelf.refresh()
        rows, bottom = self.city.office.library.publications(), self.city.office.library.shipped.id
        coming = [moment for moment, _ in self.timeline if moment > self.now]
        for at in (self.now, *coming, self.now + timedelta(days=1)):
            due = [name for moment, name in self.timeline if moment <= at]
            wanted = due[-1] if due else bottom
            assert timeline.live_at(rows, at, bottom) == wanted
            assert self.city.office.shelf.line("", at).edition == wanted
            assert self.city.office.library.live(at).digest in self.approved

    @invariant()
    def callers_hear_only_approved_words(self) -> None:
        line = self.city.office.shelf.line("", self.now)
        assert self.greeting("") == self.words[line.edition]
        chunk = line.languages["ja"].prompts[GREETING.key].chunks()[0]
        sound = self.city.office.shelf.sound(line.edition, "ja", chunk)
        assert sound is None or self.city.office.shelf.audio(sound) == chunk.spoken.encode()

    @invariant()
    def calls_under_way_stay_on_their_words(self) -> None:
        for edition, words in self.calls:
            assert self.greeting(edition) == words

    @invariant()
    def an_approval_is_of_what_is_there(self) -> None:
        """Drafts are put together again as soon as anything of them was written, since that takes
        long; all of them at the end."""
        kept = self.kept()
        for draft in self.approvals():
            if self.proved.get(draft.id) != kept[draft.id]:
                self.prove(draft)
                self.proved[draft.id] = kept[draft.id]

    @invariant()
    def the_trail_is_whole(self) -> None:
        assert trail.verify(self.city.office.database) is None

    def pick(self, back: int) -> int:
        """The number of a draft that is worth an act; of none if there is none."""
        drafts = self.city.office.drafts
        unfinished = drafts.all(Status.OPEN, Status.SUBMITTED, Status.APPROVED)
        return unfinished[min(back, len(unfinished) - 1)].id if unfinished else 0

    def approvals(self) -> tuple[Draft, ...]:
        """The drafts that somebody is to approve or has approved."""
        return self.city.office.drafts.all(Status.SUBMITTED, Status.APPROVED)

    def prove(self, draft: Draft) -> None:
        assert draft.digest == self.city.office.drafts.edition(draft.id).digest

    def kept(self) -> dict[int, set[tuple[object, ...]]]:
        """All that the database keeps of each draft, in whatever table."""
        found = defaultdict(set)
        with self.city.office.database.reading() as connection:
            for table in metadata.sorted_tables:
                column = table.c.id if table.name == "draft" else table.c.get("draft")
                if column is not None:
                    for number, *row in connection.execute(select(column, table)):
                        found[number].add((table.name, *row))
        return found

    def greeting(self, edition: str) -> str:
        line = self.city.office.shelf.line(edition, self.now)
        return line.languages["ja"].prompts[GREETING.key].chunks()[0].written

    def expect(self, at: datetime, draft: int) -> None:
        self.timeline.append((at, self.city.office.drafts.get(draft).edition or ""))


Newsroom.TestCase.settings = settings(
    max_examples=7,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestNewsroom = pytest.mark.slow(20)(Newsroom.TestCase)
