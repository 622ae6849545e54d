"""Desks: open or closed now, and "closed today"."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.line.tree import desk_at
from ivr.line.values import Kind
from ivr.people.refusals import NotFound, Refusal
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, tell, typed_moment
from ivr.staff.home_pages import counters, name_of


def _show(error: Refusal | None = None) -> ResponseReturnValue:
    line = console().line()
    return page(
        "desks.html",
        409 if error else 200,
        me=me(),
        counters=counters(line, now()),
        names={key: name_of(line, Kind.DESK, key) for key in line.desks},
        closures=office().announcements.closures(now()),
        sent=request.form,
        problem=said(error) if error else None,
    )


@area.get("/desks")
def desks() -> ResponseReturnValue:
    return _show()


@area.post("/desks/look")
@needs(Right.CLOSE_DESK)
def look_at_closure() -> ResponseReturnValue:
    desk, line = request.form.get("desk", ""), console().line()
    try:
        if desk_at(line, desk) is None:
            raise NotFound("There is no desk %(desk)s.", desk=desk)
        start = request.form.get("start", "")
        begin = typed_moment(start, console().zone) if start else now()
        end = typed_moment(request.form.get("end", ""), console().zone)
    except Refusal as error:
        return _show(error)
    name = name_of(line, Kind.DESK, desk)
    return page("closure.html", me=me(), desk=desk, name=name, start=begin, end=end, sent=request.form)


@area.post("/desks")
@needs(Right.CLOSE_DESK)
def close_desk() -> ResponseReturnValue:
    start = request.form.get("start", "")
    try:
        begin = typed_moment(start, console().zone) if start else now()
        end = typed_moment(request.form.get("end", ""), console().zone)
        office().announcements.close(request.form.get("desk", ""), begin, end, me(), now())
    except Refusal as error:
        return _show(error)
    office().shelf.refresh()
    tell("The desk is closed for that time; it is not rung.")
    return redirect(url_for("staff.desks"), 303)


@area.post("/desks/reopen/<int:closure>")
@needs(Right.CLOSE_DESK)
def reopen_desk(closure: int) -> ResponseReturnValue:
    office().announcements.reopen(closure, me(), now())
    office().shelf.refresh()
    tell("The desk answers again in its usual hours.")
    return redirect(url_for("staff.desks"), 303)
