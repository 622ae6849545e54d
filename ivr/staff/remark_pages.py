"""What is said of a text of a draft, and answered."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.texts import TextPlace
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import me, now, office, said, tell
from ivr.staff.draft_pages import shown_again
from ivr.staff.review_rows import anchor

_PAGES = {"approve": "staff.approving", "submit": "staff.submitting"}
"""Those on which remarks are made, by how their forms name them; all others come from the draft's own."""


@area.post("/drafts/<int:draft>/remarks/<int:answers>/<file>/<path:key>")
@needs(Right.REMARK)
def remark(draft: int, answers: int, file: str, key: str) -> ResponseReturnValue:
    """Say something of a text; `answers`: the number of the remark that this answers, 0 for none."""
    place = TextPlace(file, key)
    text = request.form.get(f"say-{answers}-{anchor(place)}", "")
    try:
        office().remarks.say(draft, place, text, me(), now(), answers or None)
    except Refused as error:
        return shown_again(draft, request.form.get("page", ""), said(error))
    if answers:
        tell("Your answer stands below.")
    else:
        tell("Your remark stands below the text.")
    page = _PAGES.get(request.form.get("page", ""), "staff.draft")
    return redirect(url_for(page, draft=draft) + "#" + anchor(place), 303)
