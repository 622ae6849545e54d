"""Facts that somebody must make sure of: which are due, who looks after each, and that they were found right.

A fact is what a desk, a text or a contact says of the world outside; its file names the day on which somebody last
made sure (`Confirmation`). A city does so every `confirm_within_days` days. To say "confirmed, unchanged" is a change
of that day alone; all that wait are gathered in one draft, so that they are approved in one go.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, select

from ivr.editions.approval import Approval
from ivr.editions.bench import Bench, Room, begun
from ivr.editions.draft import Draft, Status, Word
from ivr.editions.library import Library, by
from ivr.editions.texts import TextPlace, text_of
from ivr.line.contacts import CONTACTS
from ivr.line.loading import STRUCTURE
from ivr.line.prompt_keys import of_node, taken_apart
from ivr.line.tree import with_facts
from ivr.line.values import Confirmation, Kind, Line
from ivr.people.persons import Person
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right, require
from ivr.people.trail import note
from ivr.store.tables import draft as draft_table
from ivr.store.tables import duty

REMIND = timedelta(days=14)
"""So long before its day whoever looks after a fact is reminded of it [own value]."""

CONFIRMED = "confirmed"
CONTACT = "contact"
"""The family of facts that are no desk's and no text's."""

ACT = "sure"
"""How the history names that somebody made sure."""


@dataclass(frozen=True, slots=True, order=True)
class FactKey:
    """Whose fact it is: `family` is "desk", "text" or "contact"."""

    family: str
    name: str

    @property
    def place(self) -> TextPlace:
        """Where the day stands on which it was confirmed."""
        if self.family == CONTACT:
            return TextPlace(CONTACTS, f"{self.name}.{CONFIRMED}")
        return TextPlace(STRUCTURE, of_node(self.family, self.name, CONFIRMED))

    def __str__(self) -> str:
        return f"{self.family}.{self.name}"

    @classmethod
    def read(cls, text: str) -> "FactKey":
        """The same back from a form. NotFound where it is none."""
        family, _, name = text.partition(".")
        if family not in (Kind.DESK, Kind.TEXT, CONTACT) or not name:
            raise NotFound("There is no text %(place)s.", place=text)
        return cls(family, name)


@dataclass(frozen=True, slots=True)
class StandingFact:
    """A fact as callers hear it now. `until`: the last day on which it counts as sure; None: nobody has made sure
    of it yet."""

    key: FactKey
    confirmation: Confirmation
    until: date | None

    def due(self, today: date) -> bool:
        """Whether somebody must make sure of it now."""
        return self.until is None or self.until < today

    def soon(self, today: date) -> bool:
        """Whether that day comes within REMIND."""
        return self.until is not None and today <= self.until < today + REMIND


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who looks after a fact: the id of their account, and their name when they were given it."""

    person: str
    name: str


def facts(line: Line) -> tuple[StandingFact, ...]:
    """All facts of a line: those that were never confirmed first, then the oldest first."""
    return tuple(sorted(_facts(line), key=lambda each: each.until or date.min))


def due(line: Line, today: date) -> tuple[StandingFact, ...]:
    """Those that somebody must make sure of now."""
    return tuple(each for each in facts(line) if each.due(today))


def to_remind(line: Line, today: date) -> tuple[StandingFact, ...]:
    """Those whose day comes soon: whoever looks after them is to be told."""
    return tuple(each for each in facts(line) if each.soon(today))


def _facts(line: Line) -> Iterator[StandingFact]:
    days = timedelta(days=line.confirm_within_days)
    for family, nodes in with_facts(line):
        for node in nodes.values():
            yield _fact(FactKey(family, node.key), node.confirmation, days)
    for contact in line.contacts:
        yield _fact(FactKey(CONTACT, contact.key), contact.confirmation, days)


def _fact(key: FactKey, confirmation: Confirmation, days: timedelta) -> StandingFact:
    return StandingFact(key, confirmation, confirmation.day + days if confirmation.day else None)


class Facts(Room):
    """Acts upon facts: who looks after them, and that they are right."""

    def __init__(self, books: Library, approval: Approval):
        super().__init__(books)
        self.approval = approval

    def keepers(self) -> Mapping[FactKey, Keeper]:
        """Who looks after which fact."""
        with self.database.reading() as connection:
            rows = connection.execute(select(duty))
            return {FactKey(row.family, row.name): Keeper(row.person, row.person_name) for row in rows}

    def give(self, keys: Iterable[FactKey], keeper: Keeper | None, person: Person, now: datetime) -> None:
        """Let somebody look after these facts from now on; None: nobody."""
        require(person, Right.WRITE)
        wanted = self._known(keys, now)
        with self.database.writing() as connection:
            for key in wanted:
                was = connection.execute(select(duty).filter_by(family=key.family, name=key.name)).first()
                connection.execute(delete(duty).filter_by(family=key.family, name=key.name))
                if keeper:
                    row = {"family": key.family, "name": key.name, "at": now, **by(person)}
                    connection.execute(insert(duty).values(**row, person=keeper.person, person_name=keeper.name))
                names = (was.person_name if was else "", keeper.name if keeper else "")
                note(connection, person, now, "fact.keeper", f"fact {key}", *names)

    def confirm(
        self, keys: Iterable[FactKey], today: date, title: str, reason: str, person: Person, now: datetime
    ) -> Draft:
        """Somebody made sure of these facts `today`, and nothing is to be changed in them. It is written into the
        draft in which such days wait for approval, begun as `title` where there is none, and that is submitted
        for `reason`."""
        require(person, Right.WRITE)
        wanted = self._known(keys, now)
        waiting = self.waiting()
        if waiting is not None and self.approval.outdated(waiting.id, now):
            self.approval.rebase(waiting.id, person, now)
        with self.writing() as bench:
            found = _gathering(bench)
            texts = bench.base(now).texts if found is None else bench.texts(found)
            moved = {key.place: day for key in wanted if texts.get(key.place) != (day := text_of(today))}
            if not moved and found is None:
                raise Refused("They are confirmed as of today already.")
            draft = begun(bench, title, person, now) if found is None else found
            if moved:
                bench.write(draft, moved, ACT, person, now)
                bench.edition(draft)
        return self.approval.submit(draft, reason, person, now)

    def waiting(self) -> Draft | None:
        """The draft in which confirmed facts wait for approval: it changes nothing else, and was not sent back."""
        with self.reading() as bench:
            number = _gathering(bench)
            return None if number is None else bench.find(number)

    def gathered(self, draft: int) -> tuple[FactKey, ...]:
        """The facts that a draft says are right; () of one that changes anything else."""
        return tuple(self.confirmed(draft))

    def confirmed(self, draft: int) -> Mapping[FactKey, Word]:
        """The same with the days that it writes down."""
        with self.reading() as bench:
            changed = [word for word in bench.words(draft).values() if word.changed]
        return {_key_of(word.place): word for word in changed} if all(_is_day(word.place) for word in changed) else {}

    def _known(self, keys: Iterable[FactKey], now: datetime) -> Collection[FactKey]:
        """These facts, which the line that callers hear has. Refused where there are none."""
        wanted = tuple(dict.fromkeys(keys))
        known = {each.key for each in facts(self.library.live(now).line)}
        if not wanted:
            raise Refused("Choose at least one of them.")
        if strange := [key for key in wanted if key not in known]:
            raise NotFound("There is no text %(place)s.", place=str(strange[0]))
        return wanted


def _gathering(bench: Bench) -> int | None:
    query = select(draft_table.c.id).where(draft_table.c.status.in_((Status.OPEN, Status.SUBMITTED)))
    query = query.where(draft_table.c.sent_back == "").order_by(draft_table.c.id.desc())
    return next((number for number in bench.connection.scalars(query).all() if _only_days(bench, number)), None)


def _only_days(bench: Bench, draft: int) -> bool:
    changed = [word.place for word in bench.words(draft).values() if word.changed]
    return bool(changed) and all(_is_day(place) for place in changed)


def _is_day(place: TextPlace) -> bool:
    if place.file == CONTACTS:
        return place.key.endswith(f".{CONFIRMED}")
    return place.file == STRUCTURE and taken_apart(place.key).part == CONFIRMED


def _key_of(place: TextPlace) -> FactKey:
    parts = place.parts
    return FactKey(parts.family, parts.node) if parts.node else FactKey(CONTACT, place.key.partition(".")[0])
