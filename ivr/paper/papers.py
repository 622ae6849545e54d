"""PDFs that were asked for: made beside the request, once, and kept until what they show is out of date.

A paper is known by what its page shows, but for when and by whom it was made (MADE): whoever presses again, or later,
gets the one that is there, and what has changed meanwhile is printed anew. Papers can be made again at any time, so
that no backup keeps them.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, delete, insert, select

from ivr.line.sentences import packed_facts, unpacked_facts
from ivr.paper.printing import could_not_be_made, pdf_of
from ivr.people.refusals import Later, NotFound, Refused
from ivr.people.rights import Right
from ivr.people.telling import Told
from ivr.store.database import Database
from ivr.store.failures import DatabaseGone
from ivr.store.leased_work import Attempt, LeasedWork, once
from ivr.store.leases import Leases
from ivr.store.tables import paper as table

log = logging.getLogger(__name__)

MADE = '<span id="made"></span>'
"""The mark in a page in whose place stands when and by whom it was made: all that two of the same differ in."""

KEPT = timedelta(days=7)
"""How long a paper is kept that nobody asks for [own value]."""

PATIENCE = timedelta(minutes=5)
"""After so long nobody waits any more, and it is given up [own value]: it takes seconds."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be printed: its `html` with MADE in it, and the sentence that stands there; its `title`, the name of
    its `file` (without .pdf), what it `needs` to read it, and the address of the page itself (`back`)."""

    html: str
    made: str
    title: str
    file: str
    needs: Right
    back: str

    @property
    def digest(self) -> str:
        """What it shows, as one number."""
        return hashlib.sha256(self.html.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper and when it was asked for; `done`: nothing more comes of it. `told`: why there is none."""

    id: int
    title: str
    file: str
    needs: Right
    back: str
    at: datetime
    done: bool
    told: Told | None


_FACTS: tuple[Column[object], ...] = tuple(table.c[name] for name in ("id", "title", "file", "needs", "back", "at"))


class Papers:
    """All papers. `printed` makes one of a page; `begin` has one tried until it is done, under `leases`; `today`: the
    time of day (aware)."""

    def __init__(
        self,
        database: Database,
        today: Callable[[], datetime],
        printed: Callable[[str], bytes] = pdf_of,
        begin: Callable[[Attempt], None] = once,
        leases: Leases | None = None,
    ):
        self.today, self.printed = today, printed
        self.work = LeasedWork(database, table, self._tried, begin, leases)
        self._database = database

    def ask(self, sheet: Sheet, now: datetime) -> Paper:
        """The paper that shows this: the one that there is or that is being made, else it is begun."""
        with self._database.writing() as connection:
            connection.execute(delete(table).where(table.c.at < now - KEPT))
            good = (table.c.digest == sheet.digest, table.c.told.is_(None))
            there = connection.execute(select(table.c.id).where(*good).order_by(table.c.id.desc()).limit(1)).scalar()
            if there is None:
                html = sheet.html.replace(MADE, sheet.made)
                row = {"digest": sheet.digest, "title": sheet.title, "file": sheet.file, "html": html, "at": now}
                row |= {"needs": sheet.needs, "back": sheet.back, "until": self.work.until(now)}
                made: int = connection.execute(insert(table).values(row).returning(table.c.id)).scalar_one()
        if there is not None:
            return self.look(there, now)
        self.work.start(made)
        return self.get(made)

    def get(self, number: int) -> Paper:
        """A paper by its number. NotFound where there is none any more."""
        with self._database.reading() as connection:
            ended: ColumnElement[bool] = table.c.ended_at.is_not(None)
            query = select(*_FACTS, ended.label("done"), table.c.told).where(table.c.id == number)
            row = connection.execute(query).first()
        if row is None:
            raise NotFound("This PDF is not kept any more. Ask for it again.")
        told = (row.told[0], unpacked_facts(row.told[1])) if row.told else None
        return Paper(row.id, row.title, row.file, Right(row.needs), row.back, row.at, row.done, told)

    def look(self, number: int, now: datetime) -> Paper:
        """The same; where it was left undone by a process that is gone, this one takes it up."""
        found = self.get(number)
        if found.done:
            return found
        self.work.take_up(number, now)
        return self.get(number)

    def content(self, number: int) -> bytes | None:
        """The PDF; None where there is none."""
        with self._database.reading() as connection:
            found: bytes | None = connection.execute(select(table.c.content).where(table.c.id == number)).scalar()
        return found

    def _tried(self, number: int) -> bool:
        with self._database.reading() as connection:
            query = select(table.c.html, table.c.at).where(table.c.id == number, table.c.ended_at.is_(None))
            row = connection.execute(query).first()
        if row is None:
            return True
        now = max(row.at, self.today())
        try:
            if now - row.at > PATIENCE:
                raise could_not_be_made()
            content = self.printed(row.html)
        except Later:
            return False
        except Refused as error:
            self._refused(number, now, error)
        except DatabaseGone:
            raise
        except Exception:  # nobody waits for this thread who could be told otherwise
            log.exception("a PDF could not be made")
            self._refused(number, now, could_not_be_made())
        else:
            self._end(number, now, content=content)
        return True

    def _refused(self, number: int, now: datetime, why: Refused) -> None:
        self._end(number, now, told=[why.message, packed_facts(why.facts)])

    def _end(self, number: int, now: datetime, **found: object) -> None:
        self.work.note(number, until=None, ended_at=now, html="", **found)
