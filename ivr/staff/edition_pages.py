"""What was and will be published; withdrawing and rolling back."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.timeline import stack_at
from ivr.people.refusals import NotFound
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import me, now, office, page, tell
from ivr.staff.review_rows import of_editions


@area.get("/editions")
def editions() -> ResponseReturnValue:
    return page(
        "editions.html",
        me=me(),
        history=office().library.history(now()),
        scheduled=office().library.scheduled(now()),
        live=office().library.live(now()),
        shipped=office().library.shipped.id,
        titles={draft.id: draft.title for draft in office().drafts.all()},
    )


@area.get("/editions/withdraw/<int:seq>")
def withdrawing(seq: int) -> ResponseReturnValue:
    found = next((each for each in office().library.scheduled(now()) if each.seq == seq), None)
    if found is None:
        raise NotFound("This is not scheduled, or callers hear it already.")
    return page("withdraw.html", me=me(), publication=found)


@area.post("/editions/withdraw/<int:seq>")
@needs(Right.PUBLISH)
def withdraw(seq: int) -> ResponseReturnValue:
    office().publishing.withdraw(seq, me(), now())
    office().shelf.refresh()
    tell("Withdrawn. Its draft is approved as before.")
    return redirect(url_for("staff.editions"), 303)


@area.get("/editions/roll-back")
def rolling_back() -> ResponseReturnValue:
    stack = stack_at(office().library.publications(), now(), office().library.shipped.id)
    before = office().library.edition(stack[-2]) if len(stack) > 1 else None
    live = office().library.live(now())
    return page(
        "roll_back.html",
        me=me(),
        before=before,
        live=live,
        parts=of_editions(live, before) if before else (),
        scheduled=office().library.scheduled(now()),
    )


@area.post("/editions/roll-back")
@needs(Right.PUBLISH)
def roll_back() -> ResponseReturnValue:
    withdrawn = office().publishing.roll_back(me(), now())
    office().shelf.refresh()
    tell("Rolled back. %(count)s scheduled changes were withdrawn with it.", count=len(withdrawn))
    return redirect(url_for("staff.editions"), 303)
