"""What is said of a text of a draft, and answered."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.texts import TextPlace
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import me, now, office, tell
from ivr.staff.review_rows import anchor

_PAGES = {"approve": "staff.approving", "submit": "staff.submitting"}


@area.post("/drafts/<int:draft>/remarks/<int:answers>/<file>/<path:key>")
@needs(Right.REMARK)
def remark(draft: int, answers: int, file: str, key: str) -> ResponseReturnValue:
    """Say something of a text; `answers`: the number of the remark that this answers, 0 for none."""
    place = TextPlace(file, key)
    office().remarks.say(draft, place, request.form.get("text", ""), me(), now(), answers or None)
    if answers:
        tell("Your answer stands below.")
    else:
        tell("Your remark stands below the text.")
    page = _PAGES.get(request.form.get("page", ""), "staff.draft")
    return redirect(url_for(page, draft=draft) + "#" + anchor(place), 303)
