"""The sheet for the file (決裁): what was changed, why, by whom and when, to be printed or kept as PDF."""

from urllib.parse import quote

from flask import Response
from flask.typing import ResponseReturnValue

from ivr.editions.timeline import Publication, standing
from ivr.paper import pdf_of
from ivr.people.refusals import Later, Refused
from ivr.people.telling import Told, told
from ivr.staff.area import area
from ivr.staff.context import me, office, page, said, translated
from ivr.staff.errand_pages import look_at_rules
from ivr.staff.review_rows import of_draft

_NAME = told("Decision")
"""What a PDF is called."""


@area.get("/drafts/<int:draft>/sheet")
def sheet(draft: int) -> ResponseReturnValue:
    return _sheet(draft)


@area.get("/drafts/<int:draft>/sheet.pdf")
def sheet_pdf(draft: int) -> ResponseReturnValue:
    """The same as PDF. Where none can be made, the page itself says how it is printed all the same."""
    try:
        content = pdf_of(_sheet(draft, printed=True).get_data(as_text=True))
    except Refused as error:
        return _sheet(draft, said(error), 503 if isinstance(error, Later) else 409)
    name = quote(f"{translated(_NAME)}-{draft}.pdf")
    headers = {"Content-Disposition": f"inline; filename=\"decision-{draft}.pdf\"; filename*=UTF-8''{name}"}
    return Response(content, content_type="application/pdf", headers=headers)


def _sheet(draft: int, problem: Told | None = None, status: int = 200, printed: bool = False) -> Response:
    return page(
        "sheet.html",
        status,
        me=me(),
        draft=office().drafts.get(draft),
        parts=of_draft(draft),
        remarks=office().remarks.of(draft),
        rules=look_at_rules(draft),
        publications=_publications(draft),
        problem=problem,
        printed=printed,
    )


def _publications(draft: int) -> tuple[Publication, ...]:
    """When it was or will be heard, the first first."""
    return tuple(row for row in standing(office().library.publications()) if row.draft == draft)
