"""What holds beside the edition for a while: alerts, and desks that are closed by hand.

Both begin and end by themselves: every row has an end, and the call compares it with its time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from ivr.editions import beside
from ivr.editions.alert_words import alert_prompt, checked_alert
from ivr.editions.closures import Closures
from ivr.editions.library import Library, by, stir
from ivr.editions.texts import tidy, words_at
from ivr.line import values
from ivr.line.readings import Table, applied
from ivr.line.words import Prompt
from ivr.notices.kinds import Kind
from ivr.notices.outbox import notify
from ivr.people.persons import Person
from ivr.people.refusals import NotAllowed, Refused
from ivr.people.rights import Right, require
from ivr.people.telling import Told, told
from ivr.people.trail import note
from ivr.store.tables import alert as alert_table

LONGEST_ALERT = timedelta(days=7)
"""How long an alert is heard at most."""

UNAPPROVED = timedelta(hours=2)
"""How long an alert is heard that nobody approved [own value]."""

TOLD = timedelta(days=7)
"""How long its author is told that an alert has lapsed [own value]."""


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
    practice: bool = False
    """Whether only staff hear it, in the console and by its telephone: no caller ever does."""

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

    def value(self, readings: Mapping[str, Table], languages: Mapping[str, values.Language]) -> values.Alert:
        """It as the Line of these languages has it, with its numbers, and read as the tables (code -> table) say.
        Languages that the line no longer has do not say it."""
        key = f"alert.{self.id}"
        prompts = {
            code: _read(alert_prompt(key, words, languages[code]), readings.get(code, {}))
            for code, words in self.words.items()
            if code in languages
        }
        return values.Alert(key, MappingProxyType(prompts), self.start, self.until)


class Announcements(Closures):
    """Alerts and closures. `unapproved`: how long an alert is heard that nobody approves."""

    def __init__(self, books: Library, unapproved: timedelta = UNAPPROVED):
        super().__init__(books)
        self.unapproved = unapproved

    def warn(
        self,
        words: Mapping[str, str],
        start: datetime,
        end: datetime,
        person: Person,
        now: datetime,
        partly: bool = False,
        practice: bool = False,
    ) -> AnnouncedAlert:
        """Put an alert on the line, at once if `start` is `now` or earlier; it is approved
        afterwards, or ends by itself. Refused where a language has no words, or it lasts too long.
        `partly`: languages other than the first may be left out, and do not say it; `practice`: no caller
        hears it. The same words for the same time, by the same person, are one alert."""
        require(person, Right.WARN)
        start = max(start, now)
        beside.check_span(start, end, now, LONGEST_ALERT)
        languages = self.library.live(now).line.languages
        left_out = {code for code in [*languages][1:] if partly and not words.get(code, "").strip()}
        tidied = {
            code: _alert_words(language, words.get(code, ""))
            for code, language in languages.items()
            if code not in left_out
        }
        with self.database.writing() as connection:
            if twice := _same(connection, tidied, (start, end), practice, person, now):
                return twice
            row = {"words": tidied, "start": start, "end": end, "at": now, "practice": practice, **by(person)}
            row["lapses"] = start + self.unapproved
            query = insert(alert_table).values(row).returning(alert_table.c.id)
            made = connection.execute(query).scalar_one()
            stir(connection)
            span = f"alert {made}: {start.isoformat()} to {end.isoformat()}"
            act = "alert.practise" if practice else "alert.warn"
            note(connection, person, now, act, span, after=" / ".join(tidied.values()))
            alert = _alert(beside.row(connection, alert_table, made))
            if not practice:
                notify(connection, Kind.ALERT, _begun(alert), "/staff/alerts", now, person)
            return alert

    def approve_alert(self, alert: int, person: Person, now: datetime) -> AnnouncedAlert:
        """Say afterwards that an alert is right. NotAllowed for whoever wrote it; Refused where it
        has ended since nobody did so in time: nothing speaks again without being looked at anew."""
        require(person, Right.APPROVE_ALERT)
        with self.database.writing() as connection:
            found = _alert(beside.row(connection, alert_table, alert))
            if found.by == person.id:
                raise NotAllowed("Somebody else must approve this alert.")
            if found.lapsed(now):
                raise Refused("This alert has ended, since nobody approved it in time: write it anew if it is needed.")
            if found.approved_at is not None:
                raise Refused("%(name)s has approved this alert already.", name=found.approved_by_name)
            beside.change(connection, alert_table, alert, approved_at=now, **by(person, "approved_by"))
            note(connection, person, now, "alert.approve", f"alert {alert}")
            return _alert(beside.row(connection, alert_table, alert))

    def end_alert(self, alert: int, person: Person, now: datetime) -> AnnouncedAlert:
        """Stop an alert before its end."""
        require(person, Right.WARN)
        with self.database.writing() as connection:
            found = _alert(beside.row(connection, alert_table, alert))
            beside.end(connection, alert_table, alert, found.until, person, now)
            note(connection, person, now, "alert.end", f"alert {alert}")
            return _alert(beside.row(connection, alert_table, alert))

    def alerts(self, now: datetime) -> tuple[AnnouncedAlert, ...]:
        """Alerts that callers hear now or are to hear, the first first."""
        with self.database.reading() as connection:
            return tuple(each for each in recent_alerts(connection, now) if now < each.until)

    def practice_alerts(self, now: datetime) -> tuple[AnnouncedAlert, ...]:
        """Those that only staff hear."""
        with self.database.reading() as connection:
            found = recent_with_practice(connection, now)
            return tuple(each for each in found if each.practice and now < each.until)

    def alert(self, number: int) -> AnnouncedAlert:
        """The alert of that number. NotFound."""
        with self.database.reading() as connection:
            return _alert(beside.row(connection, alert_table, number))

    def past_alerts(self, limit: int = 50, practice: bool = False) -> tuple[AnnouncedAlert, ...]:
        """All alerts, the newest first: among them those that nobody approved yet. `practice`: those that only
        staff hear instead."""
        query = select(alert_table).order_by(alert_table.c.id.desc()).limit(limit)
        query = query.where(alert_table.c.practice.is_(practice))
        with self.database.reading() as connection:
            return tuple(_alert(row) for row in connection.execute(query))

    def lapsed_alerts(self, person: Person, now: datetime) -> tuple[AnnouncedAlert, ...]:
        """Their own alerts that ended lately since nobody approved them, the newest first."""
        query = select(alert_table).where(alert_table.c.by == person.id, alert_table.c.lapses > now - TOLD)
        query = query.where(alert_table.c.practice.is_(False))
        with self.database.reading() as connection:
            mine = map(_alert, connection.execute(query.order_by(alert_table.c.id.desc())))
            return tuple(each for each in mine if each.lapsed(now))


def recent_alerts(connection: Connection, now: datetime) -> tuple[AnnouncedAlert, ...]:
    """Alerts that a call which is under way at `now` may meet."""
    return tuple(each for each in recent_with_practice(connection, now) if not each.practice)


def recent_with_practice(connection: Connection, now: datetime) -> tuple[AnnouncedAlert, ...]:
    """The same, with those that only a call by a telephone of staff meets."""
    query = select(alert_table).where(alert_table.c.end > now - beside.KEPT)
    return tuple(_alert(row) for row in connection.execute(query.order_by(alert_table.c.start, alert_table.c.id)))


def _same(
    connection: Connection,
    words: Mapping[str, str],
    span: tuple[datetime, datetime],
    practice: bool,
    person: Person,
    now: datetime,
) -> AnnouncedAlert | None:
    """The alert that an earlier press of the same button made: it has begun by the start of this one."""
    start, end = span
    mine = (each for each in recent_with_practice(connection, now) if each.by == person.id and now < each.until)
    begun = (each for each in mine if each.start <= start)
    return next((each for each in begun if (each.words, each.end, each.practice) == (words, end, practice)), None)


def _read(prompt: Prompt, table: Table) -> Prompt:
    return prompt.read_as(lambda spans: applied(table, spans))


def _alert_words(language: values.Language, words: str) -> str:
    code, most = language.code, language.alert_characters
    tidied = tidy(words_at(code, "alert"), words)
    if not tidied:
        raise Refused("Write the alert in every language: %(language)s is missing.", language=code)
    if len(tidied) > most:
        raise Refused("An alert has at most %(most)s characters in %(language)s.", most=most, language=code)
    checked_alert(language, tidied)
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


def _alert(row: Row[Any]) -> AnnouncedAlert:
    return AnnouncedAlert(**row._mapping)
