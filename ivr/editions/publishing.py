"""Publishing: what was approved becomes what callers hear, now or at a set time.

Each change builds on the one before it. So a publication comes after all that are scheduled,
and its draft must have begun from the edition that is live just before it: nobody takes back
another one's change without knowing.
"""

from datetime import datetime, timedelta

from ivr.editions import library, timeline
from ivr.editions.bench import Bench, Room
from ivr.editions.checks import Checks
from ivr.editions.draft import Broken, Draft, Status
from ivr.editions.library import Library
from ivr.editions.releases import take_in_safely
from ivr.editions.timeline import Publication, PublicationKind
from ivr.notices.kinds import Kind
from ivr.notices.outbox import notify
from ivr.people.persons import Person
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right, require
from ivr.people.telling import told
from ivr.people.trail import note

FURTHEST = timedelta(days=366)
"""How far ahead something may be scheduled."""

MARGIN = timedelta(seconds=10)
"""So long before its hour a publication can no longer be withdrawn: workers learn of it within
seconds, and no call may hear what another one, later, does not."""


class Already(Refused):
    """It is published already, by this very act: nothing is done twice."""

    def __init__(self) -> None:
        super().__init__("This draft is published already.")


class Publishing(Room):
    """Acts upon the list of publications. `checks` know the errors of an edition."""

    def __init__(self, books: Library, checks: Checks):
        super().__init__(books)
        self.checks = checks

    def publish(self, draft: int, person: Person, now: datetime) -> None:
        """Make an approved draft what every new call hears from now on. Broken where the rules find an
        error, Unchecked while they are at it; Already; Refused where it is not approved, outdated, or
        something is scheduled."""
        self._publish(draft, person, now, now)

    def publish_at(self, draft: int, at: datetime, person: Person, now: datetime) -> None:
        """The same from `at` (aware) on, which must be after all that is scheduled already."""
        if not now + MARGIN < at <= now + FURTHEST:
            raise Refused("Choose a time from now on, within a year.")
        self._publish(draft, person, now, at)

    def withdraw(self, seq: int, person: Person, now: datetime) -> None:
        """Take back a scheduled publication. What is scheduled after it builds on it, and must be
        withdrawn first."""
        require(person, Right.PUBLISH)
        with self.writing() as bench:
            coming = timeline.scheduled(library.publications(bench.connection), now)
            row = next((each for each in coming if each.seq == seq), None)
            if row is None:
                raise NotFound("This is not scheduled, or callers hear it already.")
            if row.at - now <= MARGIN:
                raise Refused("It is about to be heard: roll it back afterwards.")
            if row is not coming[-1]:
                raise Refused("Withdraw what is scheduled after it first.")
            _withdraw(bench, row, person, now)

    def roll_back(self, person: Person, now: datetime) -> tuple[Publication, ...]:
        """Go back to the edition before the live one. What is scheduled builds on the one that
        goes, so it is withdrawn with it, and returned."""
        require(person, Right.PUBLISH)
        with self.writing() as bench:
            rows = library.publications(bench.connection)
            stack = timeline.stack_at(rows, now, self.library.shipped.id)
            if len(stack) == 1:
                raise Refused("There is no edition before this one.")
            coming = timeline.scheduled(rows, now)
            for row in reversed(coming):
                _withdraw(bench, row, person, now)
            library.keep(bench.connection, self.library.shipped, library.SHIPPED, now)
            library.append(bench.connection, PublicationKind.ROLL_BACK, person, now, now, edition=stack[-2])
            note(bench.connection, person, now, "edition.roll_back", "the line", stack[-1], stack[-2])
            back = told("%(name)s went back to the edition before: callers hear that one.", name=person.name)
            notify(bench.connection, Kind.PUBLISHED, back, "/staff/editions", now, person)
            take_in_safely(self.library, bench.connection, now)
            return coming

    def _publish(self, draft: int, person: Person, now: datetime, at: datetime) -> None:
        require(person, Right.PUBLISH)
        self._refuse_errors(draft, now)
        with self.writing() as bench:
            rows = library.publications(bench.connection)
            found = _approved(bench, draft)
            standing = timeline.standing(rows)
            if standing and standing[-1].draft == draft and standing[-1].edition == found.edition:
                raise Already
            last = max((row.at for row in standing), default=now)
            if last > at or (last == at and timeline.scheduled(rows, now)):
                raise Refused("A change is scheduled after that time: withdraw it first, or choose a later time.")
            before = timeline.live_at(rows, at, self.library.shipped.id)
            if found.base != before:
                raise Refused("Another change was published since: bring this draft up to date first.")
            library.append(
                bench.connection, PublicationKind.PUBLISH, person, now, at, edition=found.edition, of_draft=draft
            )
            bench.put(draft, status=Status.PUBLISHED)
            act = "edition.publish" if at == now else "edition.schedule"
            note(
                bench.connection, person, now, act, f"draft {draft}, from {at.isoformat()}", before, found.edition or ""
            )
            heard = told("%(name)s has published “%(title)s”: callers hear it.", name=person.name, title=found.title)
            later = told("%(name)s has set “%(title)s” to be heard from %(moment)s.", **heard[1], moment=at)
            notify(
                bench.connection, Kind.PUBLISHED, heard if at == now else later, f"/staff/drafts/{draft}", now, person
            )

    def _refuse_errors(self, draft: int, now: datetime) -> None:
        """Before the lock, since the rules take seconds. What was submitted never changes."""
        with self.reading() as bench:
            found = _approved(bench, draft)
        if found.edition and (errors := self.checks.problems(self.library.edition(found.edition), now)):
            raise Broken(errors)


def _approved(bench: Bench, draft: int) -> Draft:
    found = bench.find(draft)
    if found.status not in (Status.APPROVED, Status.PUBLISHED):
        raise Refused("This draft is not approved.")
    return found


def _withdraw(bench: Bench, row: Publication, person: Person, now: datetime) -> None:
    library.append(bench.connection, PublicationKind.WITHDRAW, person, now, now, target=row.seq)
    if row.draft is not None:
        bench.put(row.draft, status=Status.APPROVED)
    note(bench.connection, person, now, "edition.withdraw", f"scheduled for {row.at.isoformat()}", row.edition or "")
