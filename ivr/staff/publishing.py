"""Publishing a draft: now, or at a set time. Different pages, each with its confirmation."""

from datetime import datetime

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.people import Refused
from ivr.staff.context import Console, changed, me, now, page, said, tell, typed_moment


def add(area: Blueprint, console: Console) -> None:
    """Add the pages."""
    office = console.office

    def show(draft: int, template: str, error: Refused | None = None, **more: object) -> ResponseReturnValue:
        return page(
            template,
            409 if error else 200,
            me=me(),
            draft=office.drafts.get(draft),
            differences=office.drafts.differences(draft),
            scheduled=office.library.scheduled(now()),
            problem=said(error) if error else None,
            problems=getattr(error, "problems", ()),
            **more,
        )

    @area.get("/drafts/<int:draft>/publish")
    def publishing(draft: int) -> ResponseReturnValue:
        return show(draft, "publish.html")

    @area.post("/drafts/<int:draft>/publish")
    def publish(draft: int) -> ResponseReturnValue:
        try:
            office.publishing.publish(draft, me(), now())
        except Refused as error:
            return show(draft, "publish.html", error)
        office.shelf.refresh()
        console.begin_to_speak(changed(console, draft))
        tell("Published. New calls hear it from now on; calls under way stay on their words.")
        return redirect(url_for("staff.editions"), 303)

    @area.get("/drafts/<int:draft>/schedule")
    def scheduling(draft: int) -> ResponseReturnValue:
        """The form; with a time in the address, what that time means."""
        asked = request.args.get("at", "")
        moment: datetime | None = None
        try:
            moment = typed_moment(asked, console.zone) if asked else None
        except Refused as error:
            return show(draft, "schedule.html", error, asked=asked, moment=None)
        return show(draft, "schedule.html", asked=asked, moment=moment)

    @area.post("/drafts/<int:draft>/schedule")
    def schedule(draft: int) -> ResponseReturnValue:
        asked = request.form.get("at", "")
        try:
            office.publishing.publish_at(draft, typed_moment(asked, console.zone), me(), now())
        except Refused as error:
            return show(draft, "schedule.html", error, asked=asked, moment=None)
        office.shelf.refresh()
        console.begin_to_speak(changed(console, draft))
        tell("Scheduled. Calls that begin from then on hear it.")
        return redirect(url_for("staff.editions"), 303)
