"""What holds beside the edition for a while: alerts, and desks that are closed today.

Both begin and end by themselves: every row has an end, and the call compares it with its time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy import Table as Rows

from ivr.editions.library import Library, by, stir
from ivr.editions.texts import tidy, words_at
from ivr.line import values
from ivr.line.hours import Interval
from ivr.line.readings import Table, applied
from ivr.line.text import says_something
from ivr.line.words import Prompt, parse
from ivr.notices.kinds import Kind
from ivr.notices.outbox import notify
from ivr.people.persons import Person
from ivr.people.refusals import NotAllowed, NotFound, Refused
from ivr.people.rights import Right, require
from ivr.people.telling import Told, told
from ivr.people.trail import note
from ivr.store.tables import alert as alert_table
from ivr.store.tables import closure as closure_table

LONGEST_ALERT = timedelta(days=7)
LONGEST_CLOSURE = timedelta(days=31)
"""A desk that is closed for longer, or for ever, is changed by a draft."""

UNAPPROVED = timedelta(hours=2)
"""How long an alert is heard that nobody approved [own value]."""

TOLD = timedelta(days=7)
"""How long its author is told that an alert has lapsed [own value]."""

_KEPT = timedelta(days=1)  # how long something that ended is still told to calls under way


@dataclass(frozen=True, slots=True)
class AnnouncedAlert:
    """A warning after the greeting of every call, from `start` to just before `end` or
    `ended_at` (aware), and no longer than to `lapses` where nobody approved it by then. That
    moment is part of it, so that it falls silent by itself, whatever becomes of the database.
    `words`: language code -> text."""

    id: int
    words: Mapping[str, str]
    start: datetime
    end: datetime
    by: str
    by_name: str
    at: datetime
    approved_by: str | None
    approved_by_name: str | None
    approved_at: datetime | None
    ended_by: str | None
    ended_by_name: str | None
    ended_at: datetime | None
    lapses: datetime | None = None

    @property
    def until(self) -> datetime:
        """When it stops being heard."""
        last = min(self.end, self.ended_at or self.end)
        return min(last, self.lapses) if self.lapses and not self._approved_in_time else last

    @property
    def pending(self) -> datetime | None:
        """When it ends before its time unless somebody approves it; None where it does not."""
        if self.lapses is None or self._approved_in_time or self.lapses >= min(self.end, self.ended_at or self.end):
            return None
        return self.lapses

    def lapsed(self, now: datetime) -> bool:
        """Whether it has ended since nobody approved it."""
        return self.pending is not None and self.pending <= now

    @property
    def _approved_in_time(self) -> bool:
        return self.lapses is not None and self.approved_at is not None and self.approved_at < self.lapses

    def heard(self, now: datetime) -> bool:
        """Whether a call at `now` hears it."""
        return self.start <= now < self.until

    def value(self, readings: Mapping[str, Table]) -> values.Alert:
        """It as the Line has it, read as the tables (code -> table) say."""
        key = f"alert.{self.id}"
        prompts = {code: _read(parse(key, words), readings.get(code, {})) for code, words in self.words.items()}
        return values.Alert(key, MappingProxyType(prompts), self.start, self.until)


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


class Announcements:
    """Alerts and closures. `unapproved`: how long an alert is heard that nobody approves."""

    def __init__(self, books: Library, unapproved: timedelta = UNAPPROVED):
        self.library = books
        self.unapproved = unapproved
        self.database = books.database

    def warn(
        self,
        words: Mapping[str, str],
        start: datetime,
        end: datetime,
        person: Person,
        now: datetime,
        partly: bool = False,
    ) -> AnnouncedAlert:
        """Put an alert on the line, at once if `start` is `now` or earlier; it is approved
        afterwards, or ends by itself. Refused where a language has no words, or it lasts too long.
        `partly`: languages other than the first may be left out, and do not say it."""
        require(person, Right.WARN)
        start = max(start, now)
        _check_span(start, end, now, LONGEST_ALERT)
        languages = self.library.live(now).line.languages
        left_out = {code for code in [*languages][1:] if partly and not words.get(code, "").strip()}
        tidied = {
            code: _alert_words(language, words.get(code, ""))
            for code, language in languages.items()
            if code not in left_out
        }
        with self.database.writing() as connection:
            row = {"words": tidied, "start": start, "end": end, "at": now, **by(person)}
            row["lapses"] = start + self.unapproved
            query = insert(alert_table).values(row).returning(alert_table.c.id)
            made = connection.execute(query).scalar_one()
            stir(connection)
            span = f"alert {made}: {start.isoformat()} to {end.isoformat()}"
            note(connection, person, now, "alert.warn", span, after=" / ".join(tidied.values()))
            alert = _alert(_row(connection, alert_table, made))
            notify(connection, Kind.ALERT, _begun(alert), "/staff/alerts", now, person)
            return alert

    def approve_alert(self, alert: int, person: Person, now: datetime) -> AnnouncedAlert:
        """Say afterwards that an alert is right. NotAllowed for whoever wrote it; Refused where it
        has ended since nobody did so in time: nothing speaks again without being looked at anew."""
        require(person, Right.APPROVE_ALERT)
        with self.database.writing() as connection:
            found = _alert(_row(connection, alert_table, alert))
            if found.by == person.id:
                raise NotAllowed("Somebody else must approve this alert.")
            if found.lapsed(now):
                raise Refused("This alert has ended, since nobody approved it in time: write it anew if it is needed.")
            if found.approved_at is not None:
                raise Refused("%(name)s has approved this alert already.", name=found.approved_by_name)
            _change(connection, alert_table, alert, approved_at=now, **by(person, "approved_by"))
            note(connection, person, now, "alert.approve", f"alert {alert}")
            return _alert(_row(connection, alert_table, alert))

    def end_alert(self, alert: int, person: Person, now: datetime) -> AnnouncedAlert:
        """Stop an alert before its end."""
        require(person, Right.WARN)
        with self.database.writing() as connection:
            _end(connection, alert_table, alert, _alert(_row(connection, alert_table, alert)).until, person, now)
            note(connection, person, now, "alert.end", f"alert {alert}")
            return _alert(_row(connection, alert_table, alert))

    def close(self, desk: str, start: datetime, end: datetime, person: Person, now: datetime) -> Closure:
        """Close a desk for a while: it is neither rung nor called open."""
        require(person, Right.CLOSE_DESK)
        start = max(start, now)
        _check_span(start, end, now, LONGEST_CLOSURE)
        if desk not in self.library.live(now).line.desks:
            raise NotFound("There is no desk %(desk)s.", desk=desk)
        with self.database.writing() as connection:
            row = {"desk": desk, "start": start, "end": end, "at": now, **by(person)}
            query = insert(closure_table).values(row).returning(closure_table.c.id)
            made = connection.execute(query).scalar_one()
            stir(connection)
            span = f"closure {made} of {desk}: {start.isoformat()} to {end.isoformat()}"
            note(connection, person, now, "desk.close", span)
            return _closure(_row(connection, closure_table, made))

    def reopen(self, closure: int, person: Person, now: datetime) -> Closure:
        """Let a desk answer again before the end of its closure."""
        require(person, Right.CLOSE_DESK)
        with self.database.writing() as connection:
            found = _closure(_row(connection, closure_table, closure))
            _end(connection, closure_table, closure, found.until, person, now)
            note(connection, person, now, "desk.reopen", f"closure {closure} of {found.desk}")
            return _closure(_row(connection, closure_table, closure))

    def alerts(self, now: datetime) -> tuple[AnnouncedAlert, ...]:
        """Alerts heard now or to come, the first first."""
        with self.database.reading() as connection:
            return tuple(each for each in recent_alerts(connection, now) if now < each.until)

    def closures(self, now: datetime) -> tuple[Closure, ...]:
        """Closures that hold now or are to come, the first first."""
        with self.database.reading() as connection:
            return tuple(each for each in recent_closures(connection, now) if now < each.until)

    def past_alerts(self, limit: int = 50) -> tuple[AnnouncedAlert, ...]:
        """All alerts, the newest first: among them those that nobody approved yet."""
        query = select(alert_table).order_by(alert_table.c.id.desc()).limit(limit)
        with self.database.reading() as connection:
            return tuple(_alert(row) for row in connection.execute(query))

    def lapsed_alerts(self, person: Person, now: datetime) -> tuple[AnnouncedAlert, ...]:
        """Their own alerts that ended lately since nobody approved them, the newest first."""
        query = select(alert_table).where(alert_table.c.by == person.id, alert_table.c.lapses > now - TOLD)
        with self.database.reading() as connection:
            mine = map(_alert, connection.execute(query.order_by(alert_table.c.id.desc())))
            return tuple(each for each in mine if each.lapsed(now))


def recent_alerts(connection: Connection, now: datetime) -> tuple[AnnouncedAlert, ...]:
    """Alerts that a call which is under way at `now` may meet."""
    query = select(alert_table).where(alert_table.c.end > now - _KEPT).order_by(alert_table.c.start)
    return tuple(_alert(row) for row in connection.execute(query))


def recent_closures(connection: Connection, now: datetime) -> tuple[Closure, ...]:
    """Closures that a call which is under way at `now` may meet."""
    query = select(closure_table).where(closure_table.c.end > now - _KEPT).order_by(closure_table.c.start)
    return tuple(_closure(row) for row in connection.execute(query))


def intervals(closures: Sequence[Closure], zone: ZoneInfo) -> dict[str, tuple[Interval, ...]]:
    """Closures by desk, as `Line.live` takes them."""
    found: dict[str, tuple[Interval, ...]] = {}
    for closure in closures:
        if closure.start < closure.until:
            found[closure.desk] = (*found.get(closure.desk, ()), closure.interval(zone))
    return found


def _read(prompt: Prompt, table: Table) -> Prompt:
    return prompt.read_as(lambda spans: applied(table, spans))


def _alert_words(language: values.Language, words: str) -> str:
    code, most = language.code, language.alert_characters
    tidied = tidy(words_at(code, "alert"), words)
    if not tidied:
        raise Refused("Write the alert in every language: %(language)s is missing.", language=code)
    if len(tidied) > most:
        raise Refused("An alert has at most %(most)s characters in %(language)s.", most=most, language=code)
    try:
        prompt = parse("alert", tidied)
    except ValueError as error:
        raise Refused("A brace or bar stands alone: write {written|reading}.") from error
    if not prompt.slots and not says_something("".join(chunk.spoken for chunk in prompt.chunks())):
        raise Refused("Write the alert in every language: %(language)s is missing.", language=code)
    if prompt.slots:
        raise Refused("An alert has no slots such as {%(slot)s}.", slot=min(prompt.slots))
    return tidied


def _begun(alert: AnnouncedAlert) -> Told:
    return told(
        "%(name)s has put an alert on the line, from %(start)s to %(end)s. It ends at %(lapses)s unless somebody "
        "approves it: %(words)s",
        name=alert.by_name,
        start=alert.start,
        end=alert.end,
        lapses=alert.pending or alert.end,
        words=next(iter(alert.words.values())),
    )


def _check_span(start: datetime, end: datetime, now: datetime, longest: timedelta) -> None:
    if end <= max(start, now):
        raise Refused("The end must come after the start, and after now.")
    if end - start > longest:
        raise Refused("It may last %(days)s days at most.", days=longest.days)


def _end(connection: Connection, table: Rows, number: int, until: datetime, person: Person, now: datetime) -> None:
    if until <= now:
        raise Refused("It has ended already.")
    _change(connection, table, number, ended_at=now, **by(person, "ended_by"))


def _change(connection: Connection, table: Rows, number: int, **changes: object) -> None:
    connection.execute(update(table).where(table.c.id == number).values(**changes))
    stir(connection)


def _row(connection: Connection, table: Rows, number: int) -> Row[Any]:
    row = connection.execute(select(table).where(table.c.id == number)).first()
    if row is None:
        raise NotFound("There is no such row.")
    return row


def _alert(row: Row[Any]) -> AnnouncedAlert:
    return AnnouncedAlert(**row._mapping)


def _closure(row: Row[Any]) -> Closure:
    return Closure(**row._mapping)
