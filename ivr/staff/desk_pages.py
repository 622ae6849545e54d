"""Desks: open or closed now; closed by hand, several at once and ahead of time, and opened again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from ivr.call.speaking import Speaker
from ivr.editions.closures import Closure
from ivr.line.ends import OF_DESKS, End, ends_of
from ivr.line.hours import Interval
from ivr.line.speeds import Speed
from ivr.line.tree import desk_at
from ivr.line.values import Kind, Line
from ivr.pages.transcript import written
from ivr.people.refusals import NotFound, Refusal, Refused
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, tell, typed_moment
from ivr.staff.home_pages import counters, name_of

_DESK, _END = "desk-", "end-"
"""How the fields of desks begin, and of their ends."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A desk that is about to be closed: until when (in the line's zone), and what callers hear then."""

    desk: str
    name: str
    end: datetime
    heard: str


@dataclass(frozen=True, slots=True)
class ClosedDesk:
    """A desk that is closed by hand, now or later, and what it is called."""

    closure: Closure
    name: str
    now: bool


@area.get("/desks")
def desks() -> ResponseReturnValue:
    return _show()


@area.post("/desks/look")
@needs(Right.CLOSE_DESK)
def look_at_closure() -> ResponseReturnValue:
    """What closing these desks means, before it is done."""
    try:
        start, ends = _start(), _ends()
    except Refusal as error:
        return _show(error)
    begin = start or now()
    closings = tuple(_closing(desk, begin, end) for desk, end in ends.items())
    return page("closure.html", me=me(), closings=closings, start=start, one_end=len({*ends.values()}) == 1)


@area.post("/desks")
@needs(Right.CLOSE_DESK)
def close_desk() -> ResponseReturnValue:
    """Close them."""
    zone = console().zone
    sent = {name.removeprefix(_END): text for name, text in request.form.items() if name.startswith(_END)}
    try:
        ends = {desk: typed_moment(text, zone) for desk, text in sent.items()}
        office().announcements.close_all(ends, _start() or now(), me(), now())
    except Refusal as error:
        return _show(error)
    office().shelf.refresh()
    if len(ends) == 1:
        tell("The desk is closed for that time; it is not rung.")
    else:
        tell("%(count)s desks are closed for that time; they are not rung.", count=len(ends))
    return redirect(url_for("staff.desks"), 303)


@area.post("/desks/reopen/<int:closure>")
@needs(Right.CLOSE_DESK)
def reopen_desk(closure: int) -> ResponseReturnValue:
    office().announcements.reopen(closure, me(), now())
    office().shelf.refresh()
    tell("The desk answers again in its usual hours.")
    return redirect(url_for("staff.home" if request.form.get("from") == "home" else "staff.desks"), 303)


@area.context_processor
def closed() -> dict[str, object]:
    """What templates may ask: which desks are closed by hand, and what else holds beside the edition."""
    return {
        "closed_by_hand": closed_by_hand,
        "practice_alerts": lambda: office().announcements.practice_alerts(now()),
        "live_line": lambda: console().line(),
    }


def closed_by_hand() -> tuple[ClosedDesk, ...]:
    """The desks that are closed by hand now, then those that will be."""
    line, moment = console().line(), now()
    found = (
        ClosedDesk(each, name_of(line, Kind.DESK, each.desk), each.holds(moment))
        for each in office().announcements.closures(moment)
        if desk_at(line, each.desk)
    )
    return tuple(sorted(found, key=lambda each: (not each.now, each.closure.start, each.name)))


def _show(error: Refusal | None = None) -> ResponseReturnValue:
    line = console().line()
    return page(
        "desks.html",
        409 if error else 200,
        me=me(),
        counters=counters(line, now()),
        suspended=[key for key, desk in line.desks.items() if desk.hours.suspended(now())],
        names={key: name_of(line, Kind.DESK, key) for key in line.desks},
        ends=OF_DESKS,
        sent=request.form,
        problem=said(error) if error else None,
    )


def _start() -> datetime | None:
    """When they are to be closed; None: at once."""
    text = request.form.get("start", "")
    return typed_moment(text, console().zone) if text else None


def _ends() -> Mapping[str, datetime]:
    """Until when each of the desks that were chosen is to be closed."""
    line, chosen = console().line(), _chosen(request.form)
    if not chosen:
        raise Refused("Choose at least one desk.")
    if unknown := [key for key in chosen if desk_at(line, key) is None]:
        raise NotFound("There is no desk %(desk)s.", desk=unknown[0])
    until = request.form.get("until", End.SET)
    if until not in OF_DESKS:
        end = typed_moment(request.form.get("end", ""), console().zone)
        return dict.fromkeys(chosen, end)
    begin = max(_start() or now(), now())
    return ends_of(End(until), [line.desks[key] for key in chosen], begin, console().zone)


def _chosen(form: "MultiDict[str, str]") -> tuple[str, ...]:
    """The desks that were ticked; of "all", those of any hour are none: no storm closes 110."""
    if form.get("all"):
        return tuple(key for key, desk in console().line().desks.items() if not desk.hours.always)
    return tuple(name.removeprefix(_DESK) for name in form if name.startswith(_DESK))


def _closing(desk: str, start: datetime, end: datetime) -> Closing:
    line = console().line()
    return Closing(desk, name_of(line, Kind.DESK, desk), end.astimezone(line.zone), _heard(line, desk, start, end))


def _heard(line: Line, key: str, start: datetime, end: datetime) -> str:
    """What callers hear of a desk once it is closed, in the line's first language; at `start`, or where its usual
    hours begin later, then."""
    desk = line.desks[key]
    at = start if desk.hours.is_open(start) else desk.hours.next_opening(start) or start
    closed = line.live(line.alerts, {key: (*desk.hours.closures, Interval(start, end))})
    speaker = Speaker(closed, closed.first_language, Speed.NORMAL)
    return written(speaker.language, speaker.status(closed.desks[key], at if at < end else start))
