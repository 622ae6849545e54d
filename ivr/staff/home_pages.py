"""The first page: what callers hear now, and what waits for somebody."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response

from ivr.editions.draft import Status
from ivr.editions.edition import unrecorded
from ivr.line.prompt_keys import NAME, of_node
from ivr.line.values import Desk, Kind, Line
from ivr.notices import outbox
from ivr.people.accounts import NEWS
from ivr.people.rights import Right, may
from ivr.people.telling import Told
from ivr.reports.at_once import at_once, shown
from ivr.reports.counts import hearers
from ivr.staff import labels, report_names, report_numbers, report_words
from ivr.staff.area import area, needs, quiet
from ivr.staff.context import console, me, now, office, page
from ivr.staff.release_pages import waiting_release
from ivr.staff.report_pages import names
from ivr.store.health import Health

LOOK_AGAIN = 30
"""Seconds after which the first page asks what calls do [own value]."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A desk at this moment; `until`: when it closes, or opens next."""

    desk: Desk
    name: str
    is_open: bool
    until: datetime | None


@area.get("")
def home() -> Response:
    moment = now()
    live, line = office().library.live(moment), console().line()
    history = office().library.history(moment)
    waiting = office().drafts.all(Status.OPEN, Status.SUBMITTED, Status.APPROVED)
    submitted = [each for each in waiting if each.status is Status.SUBMITTED] if may(me(), Right.APPROVE) else []
    return page(
        "home.html",
        200,
        me=me(),
        to_approve=submitted,
        ills=ills(office().health),
        unsent=len(outbox.unsent(office().database)) if may(me(), Right.KEEP_ACCOUNTS) else 0,
        line=line,
        live=live,
        since=history[0] if history else None,
        alerts=office().announcements.alerts(moment),
        unapproved=[
            each for each in office().announcements.past_alerts() if each.approved_at is None and moment < each.until
        ],
        lapsed=office().announcements.lapsed_alerts(me(), moment),
        news=console().accounts.news(moment) if may(me(), Right.WATCH_ACCOUNTS) else (),
        news_days=NEWS.days,
        counters=counters(line, moment),
        scheduled=office().library.scheduled(moment),
        waiting=[each for each in waiting if each not in submitted],
        release=waiting_release(waiting),
        unrecorded=unrecorded(live),
        renew=sorted(live.renew),
        **_calls(moment),
    )


@area.get("/now")
@needs(Right.READ_REPORTS)
@quiet
def calls_now() -> Response:
    """What calls do just now, for the first page, which asks for it by itself."""
    return page("at_once.html", 200, **_calls(now()))


def _calls(moment: datetime) -> dict[str, object]:
    """What calls do, and how many have heard each alert that is in force."""
    heard = [alert for alert in office().announcements.alerts(moment) if alert.heard(moment)]
    first = min((alert.start for alert in heard), default=moment)
    numbers = hearers(office().database, first.astimezone(console().zone).date()) if heard else {}
    return {
        "at_once": at_once(office().database, moment),
        "heard": [(alert, shown(numbers.get(str(alert.id), 0))) for alert in heard],
        "names": names(),
        "say": report_words,
        "named": report_names,
        "show": report_numbers,
        "every": LOOK_AGAIN,
    }


def ills(health: Health) -> tuple[Told, ...]:
    """What is wrong with the line, each once."""
    found = [labels.ill(part, ill.trouble) for part, ill in health.ills.items()]
    return tuple({message: (message, facts) for message, facts in found}.values())


def counters(line: Line, moment: datetime) -> tuple[Counter, ...]:
    """Every desk at that moment."""
    return tuple(_counter(line, desk, moment) for desk in line.desks.values())


def name_of(line: Line, kind: str, node: str) -> str:
    """What a node is called in the line's first language."""
    return "".join(chunk.written for chunk in line.first_language.prompts[of_node(kind, node, NAME)].chunks())


def _counter(line: Line, desk: Desk, moment: datetime) -> Counter:
    is_open = desk.hours.is_open(moment)
    until = desk.hours.closes(moment) if is_open else desk.hours.next_opening(moment)
    return Counter(desk, name_of(line, Kind.DESK, desk.key), is_open, until)
