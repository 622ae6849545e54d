"""What nobody does but time, told when it comes: alerts that nobody approved, facts that are due, publications that
begin, parts of the line that do not work. Each is told once, whichever process sees it first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ivr.editions import library
from ivr.editions.announcements import recent_alerts
from ivr.editions.facts import due
from ivr.editions.office import Office
from ivr.editions.timeline import PublicationKind
from ivr.notices.kinds import Kind
from ivr.notices.outbox import notify
from ivr.people.telling import Told, told
from ivr.staff import labels
from ivr.staff.due_pages import fact_name, reminders
from ivr.store.health import Part

LOOK_EVERY = timedelta(minutes=1)
"""Between two looks at the database [own value]."""

ILL_FOR = timedelta(minutes=1)
"""So long a part must be ill before that is told [own value]: a restart takes less."""

REMIND = timedelta(minutes=30)
"""So long before it ends, an alert that nobody approved is told of again [own value]."""

MONDAY, MORNING = 0, 8
"""When facts that are due are told, once a week, in the line's zone [own values]."""


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told: a `key` by which it is told once, the sentence, the page to go to; `only`: the accounts that
    it is for, None: all who wish."""

    key: str
    kind: Kind
    message: Told
    path: str
    only: tuple[str, ...] | None = None


@dataclass
class Watch:
    """What one process looks out for."""

    office: Office
    _next: datetime | None = None
    _said: set[str] = field(default_factory=set)  # keys of what need not be told again
    _ill_since: dict[Part, datetime] = field(default_factory=dict)

    def look(self, now: datetime) -> None:
        """Write down what is to be told now. DatabaseGone."""
        found = [*self._well_again(now), *self._ill(now)]
        if self._next is None or not self._next - LOOK_EVERY <= now < self._next:
            found += self._of_time(now)
            self._next = now + LOOK_EVERY
        news = [each for each in found if each.key not in self._said]
        if news:
            with self.office.database.writing() as connection:
                for each in news:
                    notify(connection, each.kind, each.message, each.path, now, key=each.key, only=each.only)
            self._said.update(each.key for each in news)

    def silent(self) -> Told | None:
        """Why the database takes nothing, in words; None where that is not known."""
        trouble = self.office.health.trouble(Part.DATABASE)
        return labels.ill(Part.DATABASE, trouble) if trouble else None

    # --- by the clock --------------------------------------------------------------------------

    def _of_time(self, now: datetime) -> Iterator[News]:
        with self.office.database.reading() as connection:
            yield from self._alerts(connection, now)
            yield from self._begun(connection, now)
        yield from self._due(now)

    def _alerts(self, connection: Connection, now: datetime) -> Iterator[News]:
        for alert in recent_alerts(connection, now):
            words = next(iter(alert.words.values()))
            if alert.pending and alert.start <= now < alert.pending and alert.pending - now <= REMIND:
                soon = told(
                    "Nobody has approved the alert of %(name)s: it ends at %(moment)s. %(words)s",
                    **{"name": alert.by_name, "moment": alert.pending, "words": words},
                )
                yield News(f"alert:{alert.id}:pending", Kind.ALERT, soon, "/staff/alerts")
            elif alert.lapsed(now):
                over = told(
                    "The alert of %(name)s has ended, since nobody approved it: %(words)s",
                    name=alert.by_name,
                    words=words,
                )
                yield News(f"alert:{alert.id}:lapsed", Kind.ALERT, over, "/staff/alerts")

    def _begun(self, connection: Connection, now: datetime) -> Iterator[News]:
        """Publications that were set to a time, which is now."""
        rows = library.publications(connection)
        withdrawn = {row.target for row in rows if row.kind is PublicationKind.WITHDRAW}
        for row in rows:
            set_to_a_time = row.kind is PublicationKind.PUBLISH and row.done < row.at and row.seq not in withdrawn
            if set_to_a_time and now - timedelta(days=1) < row.at <= now:
                begun = told("What %(name)s had set to a time is heard by callers now.", name=row.name)
                yield News(f"begun:{row.seq}", Kind.PUBLISHED, begun, "/staff/editions")

    def _due(self, now: datetime) -> Iterator[News]:
        line = self.office.shelf.line("", now)
        here = now.astimezone(line.zone)
        if here.weekday() == MONDAY and here.hour >= MORNING and (found := due(line, here.date())):
            first = " / ".join(fact_name(line, each.key) for each in found[:3])
            facts = told("To be confirmed: %(count)s facts, first %(names)s.", count=len(found), names=first)
            yield News(f"due:{here.date().isoformat()}", Kind.FACTS_DUE, facts, "/staff/facts")
        for key, sentence, keepers in reminders(self.office, now):
            yield News(key, Kind.FACTS_DUE, sentence, "/staff/facts?mine=on", keepers)

    # --- by the health of this server -------------------------------------------------------------

    def _ill(self, now: datetime) -> Iterator[News]:
        for part, ill in self.office.health.ills.items():
            if part is Part.DATABASE:  # which takes no notice then: the postman tells it
                continue
            since = self._ill_since.setdefault(part, now)
            if now - since >= ILL_FOR:
                yield News(_ill_key(part, since), Kind.UNHEALTHY, labels.ill(part, ill.trouble), "/staff")

    def _well_again(self, now: datetime) -> Iterator[News]:
        ills = self.office.health.ills
        for part in [part for part in self._ill_since if part not in ills]:
            ill = _ill_key(part, self._ill_since[part])
            if ill in self._said:
                well = told("What did not work works again, since %(moment)s.", moment=now)
                yield News(f"well after {ill}", Kind.UNHEALTHY, well, "/staff")
            del self._ill_since[part]


def _ill_key(part: Part, since: datetime) -> str:
    """The processes of a server see it within the same minutes."""
    return f"ill:{part}:{since:%Y%m%d%H}"
