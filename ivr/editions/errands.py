"""Errands: what somebody asks for by a press, and is carried out beside the request.

To submit, to approve and to publish take seconds, and wait for the rules of the call. A press writes down who wants
what of which draft; a thread does it, once, and writes down what came of it. Another process takes up what one that
died has left, as soon as somebody looks; what nobody took up for long is not done any more, and says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from ivr.editions.approval import Approval
from ivr.editions.bench import Bench, Room
from ivr.editions.checks import Checked, Checks, Unchecked
from ivr.editions.draft import Broken
from ivr.editions.drafts import Drafts
from ivr.editions.errand import RIGHTS, Act, Errand, Outcome, as_errand
from ivr.editions.library import Library, by
from ivr.editions.publishing import Publishing
from ivr.line.sentences import packed, packed_facts
from ivr.people.persons import Person
from ivr.people.refusals import Later, Refusal, Refused
from ivr.people.rights import require
from ivr.store.failures import DatabaseGone
from ivr.store.leased_work import Attempt, LeasedWork, once
from ivr.store.leases import Leases
from ivr.store.tables import errand as table

log = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=15)
"""After so long nobody remembers having pressed: it is not done any more [own value]."""


class Errands(Room):
    """All errands. `begin` has one tried until it is done; `leases` tell other processes that this one lives;
    `heard` is called after a publication; `today`: the time of day (aware)."""

    def __init__(
        self,
        books: Library,
        drafts: Drafts,
        approval: Approval,
        publishing: Publishing,
        checks: Checks,
        today: Callable[[], datetime],
        heard: Callable[[], object] = lambda: None,
        begin: Callable[[Attempt], None] = once,
        leases: Leases | None = None,
    ):
        super().__init__(books)
        self.drafts, self.approval, self.publishing, self.checks = drafts, approval, publishing, checks
        self.today, self.heard = today, heard
        self.work = LeasedWork(books.database, table, self._tried, begin, leases)

    def ask(self, draft: int, acts: Sequence[Act], asked: Mapping[str, str], person: Person, now: datetime) -> Errand:
        """Have this done. Asked for twice it is the same errand. NotAllowed; Refused while something else is under
        way with the draft."""
        for act in acts:
            require(person, RIGHTS[act])
        with self.writing() as bench:
            bench.find(draft)
            if under_way := _latest(bench, draft, now):
                if (under_way.acts, under_way.asked, under_way.person.id) != (tuple(acts), dict(asked), person.id):
                    raise Refused("Something else is under way with this draft: wait until it is done.")
                return under_way
            row = {"acts": list(acts), "asked": dict(asked), "roles": sorted(person.roles)}
            query = insert(table).values(draft=draft, **row, **by(person), at=now, until=self.work.until(now))
            made: int = bench.connection.execute(query.returning(table.c.id)).scalar_one()
        self.work.start(made)
        return self.get(made)

    def get(self, errand: int) -> Errand:
        """An errand by its number."""
        with self.reading() as bench:
            return as_errand(bench.connection.execute(select(table).where(table.c.id == errand)).one())

    def latest(self, draft: int) -> Errand | None:
        """What was asked for last of a draft."""
        with self.reading() as bench:
            return _latest(bench, draft, None)

    def look(self, draft: int, now: datetime) -> Errand | None:
        """The same; where it was left undone by a process that is gone, this one takes it up."""
        found = self.latest(draft)
        if found is None or found.outcome:
            return found
        self.work.take_up(found.id, now)
        return self.get(found.id)

    def checked(self, errand: Errand, now: datetime) -> Checked:
        """What is known of the edition that it is about."""
        return self.checks.of(self.drafts.edition(errand.draft), now)

    def _tried(self, number: int) -> bool:
        errand = self.get(number)
        now = max(errand.at, self.today())
        if errand.outcome:
            return True
        try:
            if now - errand.at > PATIENCE:
                raise Refused("This waited for too long and was not done. Ask for it again.")
            self._carry_out(errand, now)
        except (Unchecked, Later):
            return False
        except Refusal as error:
            self._end(errand, now, Outcome.REFUSED, error)
        except DatabaseGone:
            raise
        except Exception:  # nobody waits for this thread who could be told otherwise
            log.exception("an errand could not be carried out")
            failed = Refused("This could not be done. Try again, and tell whoever runs the line.")
            self._end(errand, now, Outcome.REFUSED, failed)
        else:
            self._end(errand, now, Outcome.DONE)
        return True

    def _carry_out(self, errand: Errand, now: datetime) -> None:
        if errand.waits_for_rules:
            found = self.checked(errand, now)
            if found.problems is None:
                raise Unchecked(found.since)
            if found.problems and Act.PUBLISH in errand.acts:
                raise Broken(found.problems)
        for act in errand.acts:
            self._do(act, errand, now)

    def _do(self, act: Act, errand: Errand, now: datetime) -> None:
        draft, asked, person = errand.draft, errand.asked, errand.person
        match act:
            case Act.SUBMIT:
                self.approval.submit(draft, asked.get("reason", ""), person, now)
            case Act.APPROVE:
                self.approval.approve(draft, asked.get("digest", ""), person, now)
            case Act.PUBLISH:
                if self.drafts.get(draft).digest != asked.get("digest"):
                    raise Refused("The draft was changed since you looked at it: look again.")
                if at := asked.get("at"):
                    self.publishing.publish_at(draft, datetime.fromisoformat(at), person, now)
                else:
                    self.publishing.publish(draft, person, now)
                self.heard()

    def _end(self, errand: Errand, now: datetime, outcome: Outcome, why: Refusal | None = None) -> None:
        told = why and {
            "message": why.message,
            "facts": packed_facts(why.facts),
            "problems": [packed(each) for each in getattr(why, "problems", ())],
        }
        self.work.note(errand.id, until=None, ended_at=now, outcome=outcome, told=told)


def _latest(bench: Bench, draft: int, now: datetime | None) -> Errand | None:
    """The latest of a draft; with `now`, where it is still under way."""
    row = bench.connection.execute(
        select(table).where(table.c.draft == draft).order_by(table.c.id.desc()).limit(1)
    ).first()
    if row is None or (now is not None and (row.outcome or now - row.at > PATIENCE)):
        return None
    return as_errand(row)
