"""The sheet for the file (決裁): what was changed, why, by whom and when, to be printed or kept as PDF."""

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.timeline import Publication, standing
from ivr.staff.area import area
from ivr.staff.context import me, office, page
from ivr.staff.errand_pages import look_at_rules
from ivr.staff.paper_pages import PRINTED, asked_for, made_now
from ivr.staff.review_rows import of_draft


@area.get("/drafts/<int:draft>/sheet")
def sheet(draft: int) -> ResponseReturnValue:
    return _sheet(draft, made_now())


@area.get("/drafts/<int:draft>/sheet.pdf")
def sheet_pdf(draft: int) -> ResponseReturnValue:
    """The same as PDF. Where none can be made, a page says how it is printed all the same."""
    html = _sheet(draft, PRINTED).get_data(as_text=True)
    return asked_for(html, f"decision-{draft}", url_for("staff.sheet", draft=draft))


def _sheet(draft: int, made: str) -> Response:
    return page(
        "sheet.html",
        me=me(),
        draft=office().drafts.get(draft),
        parts=of_draft(draft),
        remarks=office().remarks.of(draft),
        rules=look_at_rules(draft),
        publications=_publications(draft),
        made=made,
        printed=made == PRINTED,
    )


def _publications(draft: int) -> tuple[Publication, ...]:
    """When it was or will be heard, the first first."""
    return tuple(row for row in standing(office().library.publications()) if row.draft == draft)
