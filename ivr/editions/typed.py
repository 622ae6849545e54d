"""What somebody is typing: kept for them alone, so that no reload or restart loses a word."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from ivr.editions.bench import Bench, Room
from ivr.editions.draft import Unsaved
from ivr.editions.texts import LONGEST_TEXT, TextPlace
from ivr.line.text import cleaned
from ivr.people.persons import Person
from ivr.people.refusals import Refused
from ivr.people.rights import Right, require
from ivr.store.tables import unsaved

TYPING = timedelta(minutes=15)
"""Somebody whose unsaved words are younger than this is shown as at work on a text."""


class Typing(Room):
    """Unsaved words."""

    def keep(self, draft: int, place: TextPlace, text: str, based_on: int, person: Person, now: datetime) -> None:
        """Keep what somebody is typing, for them alone, until they save or drop it."""
        require(person, Right.WRITE)
        if len(text) > LONGEST_TEXT:
            raise Refused("A text has at most %(most)s characters.", most=LONGEST_TEXT)
        text = cleaned(text)
        with self.writing() as bench:
            forget(bench, draft, place, person)
            if text == bench.word(draft, place).text:
                return
            where = {"person": person.id, "draft": draft, "file": place.file, "key": place.key}
            values = {"name": person.name, "text": text, "based_on": based_on, "at": now}
            bench.connection.execute(insert(unsaved).values(**where, **values))

    def drop(self, draft: int, place: TextPlace, person: Person) -> None:
        """Forget what the person typed here."""
        with self.writing() as bench:
            forget(bench, draft, place, person)

    def mine(self, draft: int, person: Person) -> Mapping[TextPlace, Unsaved]:
        """What the person typed and has not saved."""
        return {each.place: each for each in self._all(draft) if each.person == person.id}

    def others(self, draft: int, place: TextPlace, person: Person, now: datetime) -> tuple[Unsaved, ...]:
        """Who else is at work on this text just now."""
        return tuple(
            each
            for each in self._all(draft)
            if each.place == place and each.person != person.id and now - each.at < TYPING
        )

    def _all(self, draft: int) -> tuple[Unsaved, ...]:
        with self.reading() as bench:
            rows = bench.connection.execute(select(unsaved).where(unsaved.c.draft == draft).order_by(unsaved.c.at))
            return tuple(Unsaved(r.person, r.name, TextPlace(r.file, r.key), r.text, r.based_on, r.at) for r in rows)


def forget(bench: Bench, draft: int, place: TextPlace, person: Person) -> None:
    """Forget it within another act."""
    where = {"person": person.id, "draft": draft, "file": place.file, "key": place.key}
    bench.connection.execute(delete(unsaved).filter_by(**where))
