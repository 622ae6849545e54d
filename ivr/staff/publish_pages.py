"""Publishing a draft: now, or at a set time. Different pages, each with its confirmation."""

from datetime import datetime, timedelta

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.checks import Unchecked
from ivr.editions.draft import Draft
from ivr.editions.publishing import Already
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import changed, console, me, now, office, page, said, tell, typed_moment, waiting_page
from ivr.staff.draft_pages import problems_of

_WISH = "publish"
_PATIENCE = timedelta(minutes=15)
"""How long a press waits for the rules [own value]; after that nobody remembers having pressed."""


def _show(draft: int, template: str, error: Refused | None = None, **more: object) -> ResponseReturnValue:
    return page(
        template,
        409 if error else 200,
        me=me(),
        draft=office().drafts.get(draft),
        differences=office().drafts.differences(draft),
        scheduled=office().library.scheduled(now()),
        problem=said(error) if error else None,
        problems=getattr(error, "problems", ()),
        **more,
    )


@area.get("/drafts/<int:draft>/publish")
def publishing(draft: int) -> ResponseReturnValue:
    return _show(draft, "publish.html")


@area.post("/drafts/<int:draft>/publish")
@needs(Right.PUBLISH)
def publish(draft: int) -> ResponseReturnValue:
    return _carry_out(draft, "")


@area.get("/drafts/<int:draft>/checked")
def checked(draft: int) -> ResponseReturnValue:
    """Whether the rules are done with a draft: 204, and 202 while they are at it."""
    return "", 202 if problems_of(draft).problems is None else 204


@area.get("/drafts/<int:draft>/going-on")
def going_on(draft: int) -> ResponseReturnValue:
    """What was asked for by a press and waits for the rules: done once they have nothing against it."""
    asked = _wished(office().drafts.get(draft))
    if asked is None:
        return redirect(url_for("staff.draft", draft=draft), 303)
    return _carry_out(draft, asked, waited=True)


def _carry_out(draft: int, asked: str, waited: bool = False) -> ResponseReturnValue:
    """Publish a draft at the time that was asked for ("": now). While the rules are at it the wish
    stays in the session, which only a form with its token can have put there."""
    try:
        if asked:
            office().publishing.publish_at(draft, typed_moment(asked, console().zone), me(), now())
        else:
            office().publishing.publish(draft, me(), now())
    except Unchecked as error:
        if waited:
            return waiting_page(office().drafts.get(draft), error.since)
        session[_WISH] = [draft, office().drafts.get(draft).digest, asked, now().isoformat()]
        return redirect(url_for("staff.going_on", draft=draft), 303)
    except Already:
        session.pop(_WISH, None)
        tell("This draft is published already: nothing was done twice.")
        return redirect(url_for("staff.editions"), 303)
    except Refused as error:
        session.pop(_WISH, None)
        more = {"asked": asked, "moment": None} if asked else {}
        return _show(draft, "schedule.html" if asked else "publish.html", error, **more)
    session.pop(_WISH, None)
    office().shelf.refresh()
    console().begin_to_speak(changed(draft))
    if asked:
        tell("Scheduled. Calls that begin from then on hear it.")
    else:
        tell("Published. New calls hear it from now on; calls under way stay on their words.")
    return redirect(url_for("staff.editions"), 303)


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
        typed_moment(asked, console().zone)
    except Refused as error:
        return _show(draft, "schedule.html", error, asked=asked, moment=None)
    return _carry_out(draft, asked)


def _wished(found: Draft) -> str | None:
    """For when this person has asked to publish exactly this ("": at once), a little while ago; else None."""
    try:
        number, digest, asked, since = session.get(_WISH, ())
        young = now() - datetime.fromisoformat(since) < _PATIENCE
    except (TypeError, ValueError):
        return None
    return asked if (number, digest) == (found.id, found.digest) and young else None
