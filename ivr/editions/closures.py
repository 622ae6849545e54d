"""Desks that are closed by hand: at once or ahead of time, several together, each with an end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, insert, select

from ivr.editions import beside
from ivr.editions.library import Library, by, stir
from ivr.line.hours import Interval
from ivr.people.persons import Person
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right, require
from ivr.people.trail import note
from ivr.store.tables import closure as table

LONGEST_CLOSURE = timedelta(days=31)
"""A desk that is closed for longer, or for ever, is changed by a draft."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A desk that does not answer from `start` to just before `end` or `ended_at` (aware)."""

    id: int
    desk: str
    start: datetime
    end: datetime
    by: str
    by_name: str
    at: datetime
    ended_by: str | None
    ended_by_name: str | None
    ended_at: datetime | None

    @property
    def until(self) -> datetime:
        """When the desk answers again, hours permitting."""
        return min(self.end, self.ended_at or self.end)

    def holds(self, now: datetime) -> bool:
        """Whether the desk is closed by it at `now`."""
        return self.start <= now < self.until

    def interval(self, zone: ZoneInfo) -> Interval:
        """It as the Line has it, in the line's zone."""
        return Interval(self.start.astimezone(zone), self.until.astimezone(zone))


class Closures:
    """Acts upon them."""

    def __init__(self, books: Library):
        self.library = books
        self.database = books.database

    def close(self, desk: str, start: datetime, end: datetime, person: Person, now: datetime) -> Closure:
        """Close a desk for a while: it is neither rung nor called open."""
        return self.close_all({desk: end}, start, person, now)[0]

    def close_all(
        self, ends: Mapping[str, datetime], start: datetime, person: Person, now: datetime
    ) -> tuple[Closure, ...]:
        """Close several desks from `start` on, each to its end, all or none. One that this person has closed for
        just that time already is not closed twice. Refused where none is named, or an end is none."""
        require(person, Right.CLOSE_DESK)
        if not ends:
            raise Refused("Choose at least one desk.")
        begin, known = max(start, now), self.library.live(now).line.desks
        for desk, end in ends.items():
            beside.check_span(begin, end, now, LONGEST_CLOSURE)
            if desk not in known:
                raise NotFound("There is no desk %(desk)s.", desk=desk)
        with self.database.writing() as connection:
            standing = [each for each in recent_closures(connection, now) if now < each.until]
            return tuple(
                _same(standing, desk, start, end, person) or _close(connection, desk, begin, end, person, now)
                for desk, end in ends.items()
            )

    def reopen(self, closure: int, person: Person, now: datetime) -> Closure:
        """Let a desk answer again before the end of its closure, and of any other that holds now beside it; of
        one that is to come, take back that one alone."""
        require(person, Right.CLOSE_DESK)
        with self.database.writing() as connection:
            found = _closure(beside.row(connection, table, closure))
            beside.end(connection, table, closure, found.until, person, now)
            _note_reopened(connection, found, person, now)
            if found.holds(now):
                for each in recent_closures(connection, now):
                    if each.desk == found.desk and each.holds(now):
                        beside.end(connection, table, each.id, each.until, person, now)
                        _note_reopened(connection, each, person, now)
            return _closure(beside.row(connection, table, closure))

    def closures(self, now: datetime) -> tuple[Closure, ...]:
        """Closures that hold now or are to come, the first first."""
        with self.database.reading() as connection:
            return tuple(each for each in recent_closures(connection, now) if now < each.until)


def recent_closures(connection: Connection, now: datetime) -> tuple[Closure, ...]:
    """Closures that a call which is under way at `now` may meet."""
    query = select(table).where(table.c.end > now - beside.KEPT).order_by(table.c.start, table.c.id)
    return tuple(_closure(row) for row in connection.execute(query))


def intervals(closures: Sequence[Closure], zone: ZoneInfo) -> dict[str, tuple[Interval, ...]]:
    """Closures by desk, as `Line.live` takes them."""
    found: dict[str, tuple[Interval, ...]] = {}
    for closure in closures:
        if closure.start < closure.until:
            found[closure.desk] = (*found.get(closure.desk, ()), closure.interval(zone))
    return found


def _same(standing: Sequence[Closure], desk: str, start: datetime, end: datetime, person: Person) -> Closure | None:
    """The closure that an earlier press of the same button made."""
    return next(
        (
            each
            for each in standing
            if (each.desk, each.until, each.by) == (desk, end, person.id) and (each.start <= start)
        ),
        None,
    )


def _close(connection: Connection, desk: str, start: datetime, end: datetime, person: Person, now: datetime) -> Closure:
    row = {"desk": desk, "start": start, "end": end, "at": now, **by(person)}
    made = connection.execute(insert(table).values(row).returning(table.c.id)).scalar_one()
    stir(connection)
    span = f"closure {made} of {desk}: {start.isoformat()} to {end.isoformat()}"
    note(connection, person, now, "desk.close", span)
    return _closure(beside.row(connection, table, made))


def _note_reopened(connection: Connection, closure: Closure, person: Person, now: datetime) -> None:
    note(connection, person, now, "desk.reopen", f"closure {closure.id} of {closure.desk}")


def _closure(row: Row[Any]) -> Closure:
    return Closure(**row._mapping)
