"""Remarks: what is said of a single text of a draft, and answered, between those who write and those who approve."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from ivr.editions.bench import Room, may_change
from ivr.editions.library import by
from ivr.editions.texts import LONGEST_TEXT, TextPlace
from ivr.line.text import cleaned
from ivr.people.persons import Person
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right, require
from ivr.people.trail import note
from ivr.store.tables import remark as table


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said of a text, which then had these `words`; with the answers, the oldest first."""

    id: int
    place: TextPlace
    words: str
    text: str
    by: str
    by_name: str
    at: datetime
    answers: tuple["Remark", ...] = ()


class Remarks(Room):
    """All of them. Nothing that was said is ever changed or taken away."""

    def of(self, draft: int) -> Mapping[TextPlace, tuple[Remark, ...]]:
        """What was said of each text of a draft, the oldest first."""
        with self.reading() as bench:
            rows = bench.connection.execute(select(table).where(table.c.draft == draft).order_by(table.c.id)).all()
        answers: dict[int, list[Remark]] = {}
        said: dict[TextPlace, list[Remark]] = {}
        for row in reversed(rows):
            place = TextPlace(row.file, row.key)
            beneath = tuple(reversed(answers.get(row.id, [])))
            made = Remark(row.id, place, row.words, row.text, row.by, row.by_name, row.at, beneath)
            if row.answers is None:
                said.setdefault(place, []).insert(0, made)
            else:
                answers.setdefault(row.answers, []).append(made)
        return {place: tuple(each) for place, each in said.items()}

    def say(
        self, draft: int, place: TextPlace, text: str, person: Person, now: datetime, answers: int | None = None
    ) -> None:
        """Say something of a text, or answer what was said of it. Said twice by a double press, it stands once."""
        require(person, Right.REMARK)
        text = cleaned(text).strip()
        if not text:
            raise Refused("Write what you want to say.")
        if len(text) > LONGEST_TEXT:
            raise Refused("A text has at most %(most)s characters.", most=LONGEST_TEXT)
        with self.writing() as bench:
            found = bench.find(draft)
            may_change(found)
            words = bench.texts(draft).get(place) or bench.at(found.base).texts.get(place, "")
            if not words:
                raise NotFound("There is no text %(place)s.", place=str(place))
            here = (table.c.draft == draft, table.c.file == place.file, table.c.key == place.key)
            if (
                answers is not None
                and not bench.connection.execute(select(table).where(table.c.id == answers, *here)).first()
            ):
                raise NotFound("There is no such page.")
            last = bench.connection.execute(select(table).where(*here).order_by(table.c.id.desc()).limit(1)).first()
            if last and (last.by, last.text, last.answers) == (person.id, text, answers):
                return
            row = {"file": place.file, "key": place.key, "words": words, "text": text, "answers": answers}
            bench.connection.execute(insert(table).values(draft=draft, **row, **by(person), at=now))
            act = "draft.remark" if answers is None else "draft.answer"
            note(bench.connection, person, now, act, f"draft {draft}: {place}", after=text)
