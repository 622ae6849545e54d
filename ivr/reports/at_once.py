"""What calls do just now, from the records of the last hour. Numbers from 1 to 4 are hidden here as well."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, distinct, func, or_, select

from ivr.call.meanings import COMPLETED, DIAL
from ivr.records.entries import END
from ivr.records.steps import ENDS, RINGS
from ivr.reports.hiding import hidden_parts, is_few
from ivr.reports.tables import Value
from ivr.store.database import Database
from ivr.store.tables import record

LAST = timedelta(hours=1)

QUIET = timedelta(minutes=5)
"""After which a call that does nothing is over, though no end was told [own value]: a step comes every minute at least,
but for a talk with a desk."""

FEWEST_ANSWERS = 0.5
"""A desk does not answer where less than this share of the calls that rang it in the last hour was answered [own
value]."""

MOST_IN_VAIN = 2
"""And at least so many were not [own value]: one caller who gives up tells nothing."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A desk that does not answer: calls that rang it, and those that were answered."""

    desk: str
    rung: Value
    answered: Value


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Calls under way, those that began in the last hour, and the desks that do not answer."""

    under_way: Value
    last_hour: Value
    unanswered: tuple[Unanswered, ...]


def at_once(database: Database, now: datetime) -> AtOnce:
    """What calls do at `now` (aware). DatabaseGone."""
    with database.reading() as connection:
        hour = record.c.at.between(now - LAST, now)
        under_way = _calls(connection, _goes_on(hour, now))
        begun = _calls(connection, and_(hour, record.c.heard == "ring"))
        desks = _dialled(connection, hour)
    return AtOnce(shown(under_way), shown(begun), tuple(filter(None, map(_unanswered, desks, desks.values()))))


def _goes_on(hour: ColumnElement[bool], now: datetime) -> ColumnElement[bool]:
    over = or_(record.c.heard == END, record.c.outcome == ENDS)
    rung = select(record.c.call).where(hour, record.c.heard.startswith(f"{DIAL}:"))
    talks = and_(record.c.outcome == RINGS, record.c.call.not_in(rung))
    lately = or_(record.c.at > now - QUIET, talks)
    return and_(hour, lately, record.c.call.not_in(select(record.c.call).where(hour, over)))


def _calls(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count(distinct(record.c.call))).where(which)).scalar_one()


def _dialled(connection: Connection, hour: ColumnElement[bool]) -> Mapping[str, Mapping[str, int]]:
    """How ringing each desk has ended, in how many calls."""
    ended = and_(hour, record.c.desk != "", record.c.heard.startswith(f"{DIAL}:"))
    each = record.c.desk, record.c.heard
    found: dict[str, dict[str, int]] = defaultdict(dict)
    rows = select(*each, func.count(distinct(record.c.call))).where(ended).group_by(*each).order_by(*each)
    for desk, heard, number in connection.execute(rows):
        found[desk][heard.partition(":")[2]] = number
    return found


def _unanswered(desk: str, statuses: Mapping[str, int]) -> Unanswered | None:
    answered = statuses.get(COMPLETED, 0)
    total = sum(statuses.values())
    if total - answered < MOST_IN_VAIN or answered >= FEWEST_ANSWERS * total:
        return None
    few = hidden_parts((answered, total - answered), total)
    return Unanswered(desk, shown(total), Value(hidden=True) if few else shown(answered))


def shown(number: int) -> Value:
    """A number as it is shown."""
    return Value(hidden=True) if is_few(number) else Value(number)
