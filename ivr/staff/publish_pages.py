"""Publishing a draft: now, or at a set time. Different pages, each with its confirmation."""

from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue

from ivr.editions.errand import Act
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, typed_moment
from ivr.staff.errand_pages import asked_for
from ivr.staff.review_rows import of_draft


def _show(draft: int, template: str, error: Refused | None = None, **more: object) -> ResponseReturnValue:
    return page(
        template,
        409 if error else 200,
        me=me(),
        draft=office().drafts.get(draft),
        parts=of_draft(draft),
        remarks={},
        scheduled=office().library.scheduled(now()),
        problem=said(error) if error else None,
        **more,
    )


@area.get("/drafts/<int:draft>/publish")
def publishing(draft: int) -> ResponseReturnValue:
    return _show(draft, "publish.html")


@area.post("/drafts/<int:draft>/publish")
@needs(Right.PUBLISH)
def publish(draft: int) -> ResponseReturnValue:
    try:
        return asked_for(draft, (Act.PUBLISH,), digest=office().drafts.get(draft).digest or "")
    except Refused as error:
        return _show(draft, "publish.html", error)


@area.get("/drafts/<int:draft>/schedule")
def scheduling(draft: int) -> ResponseReturnValue:
    """The form; with a time in the address, what that time means."""
    asked = request.args.get("at", "")
    moment: datetime | None = None
    try:
        moment = typed_moment(asked, console().zone) if asked else None
    except Refused as error:
        return _show(draft, "schedule.html", error, asked=asked, moment=None)
    return _show(draft, "schedule.html", asked=asked, moment=moment)


@area.post("/drafts/<int:draft>/schedule")
@needs(Right.PUBLISH)
def schedule(draft: int) -> ResponseReturnValue:
    asked = request.form.get("at", "")
    try:
        at = typed_moment(asked, console().zone).isoformat()
        return asked_for(draft, (Act.PUBLISH,), digest=office().drafts.get(draft).digest or "", at=at)
    except Refused as error:
        return _show(draft, "schedule.html", error, asked=asked, moment=None)
