"""What becomes of records with time: one call's two names become one, what is old becomes counts, what is older goes.

Done by one process at a time, once an hour, whichever asks first.
"""

from datetime import UTC, datetime, timedelta, tzinfo

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, literal, or_, select, update

from ivr.records import tallies
from ivr.records.day_keys import NOON
from ivr.records.takeover import reckon
from ivr.store.database import Database, Queue
from ivr.store.tables import Moment, journal, record, record_count, upkeep

EVERY = timedelta(hours=1)
MONTH = timedelta(days=365.2425 / 12)

COUNTED = ("edition", "alert", "language", "place", "heard", "desk", "outcome")
"""What steps have in common that are counted together, in each hour."""


def keep_up(database: Database, now: datetime, zone: tzinfo, days: int, months: int) -> None:
    """Do what is due at `now` (aware): records are kept singly for so many days, then as counts for so many months, as
    the figures of days (of `zone`) are from the beginning.
    Nothing where it was done within the hour. DatabaseGone."""
    if not _is_due(database, now):
        return
    with database.writing(Queue.RECORDS) as connection:
        join_names(connection, now, zone)
    if tallies.are_missing(database):
        tallies.recount(database, zone)
    while (hour := _oldest_hour(database)) is not None and hour + EVERY <= now - timedelta(days=days):
        with database.writing(Queue.RECORDS) as connection:
            count_hour(connection, hour)
    with database.writing(Queue.RECORDS) as connection:
        too_old = now - months * MONTH
        connection.execute(delete(record_count).where(record_count.c.hour < too_old))
        tallies.remove_days(connection, None, too_old.astimezone(zone).date())
        done = and_(journal.c.at < too_old, journal.c.entries == journal.c.gone)
        connection.execute(delete(journal).where(done))


def join_names(connection: Connection, now: datetime, zone: tzinfo) -> None:
    """Give calls that went on over midnight the name that they began with: under it, too, there are records. A
    second name is kept no longer than calls can have it."""
    began_before = record.c.before.in_(select(record.c.call))
    joined = connection.execute(select(record.c.before).where(began_before).distinct()).scalars().all()
    others = connection.execute(select(record.c.call).where(began_before).distinct()).scalars().all()
    joining = tallies.Joining(connection, zone)
    joining.out((*joined, *others))
    both = {"call": record.c.before, "before": None}
    connection.execute(update(record).where(began_before).values(both))
    reckon(connection, joined)
    joining.back(joined)
    connection.execute(update(record).where(record.c.before.is_not(None), record.c.at < now - NOON).values(before=None))


def count_hour(connection: Connection, hour: datetime) -> None:
    """Make counts of the records of an hour, which go."""
    within = and_(record.c.at >= hour, record.c.at < hour + EVERY)
    same = [record.c[name] for name in COUNTED]
    counts = select(literal(hour, Moment), *same, func.count(), func.coalesce(func.sum(record.c.seconds), 0)).where(
        within
    )
    into = ("hour", *COUNTED, "number", "seconds")
    connection.execute(insert(record_count).from_select(into, counts.group_by(*same)))
    remove(connection, within)


def remove(connection: Connection, which: ColumnElement[bool]) -> int:
    """Delete records: how many. Their journals know that they were there."""
    gone = select(func.count()).where(record.c.journal == journal.c.id, which).scalar_subquery()
    touched = select(record.c.journal).where(which)
    connection.execute(update(journal).where(journal.c.id.in_(touched)).values(gone=journal.c.gone + gone))
    return connection.execute(delete(record).where(which)).rowcount


def _is_due(database: Database, now: datetime) -> bool:
    due = or_(upkeep.c.at <= now - EVERY, upkeep.c.at > now + EVERY)  # a clock may have been set back
    with database.reading() as connection:
        if connection.execute(select(upkeep.c.id).where(due)).first() is None:
            return False
    with database.writing(Queue.RECORDS) as connection:
        return connection.execute(update(upkeep).where(due).values(at=now)).rowcount == 1


def _oldest_hour(database: Database) -> datetime | None:
    with database.reading() as connection:
        oldest = connection.execute(select(func.min(record.c.at))).scalar()
    return oldest.astimezone(UTC).replace(minute=0, second=0, microsecond=0) if oldest else None
