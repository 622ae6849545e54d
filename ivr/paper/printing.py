"""A page of HTML as a PDF, made in a process apart: it takes a second or two of a processor that calls need.

    content = pdf_of(html)

The PDF is tagged (PDF/UA), so that it can be heard as well as read: give the page a title and a language. Its
style sheets are those of the program that the page links to; nothing else is fetched, from no disk and no network.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ivr import apart
from ivr.apart import Limits, Seats
from ivr.people.refusals import Later, Refused

LIMITS = Limits(wall=60.0, cpu=40, memory=1_500_000_000, answer=20_000_000)
"""What a child may use [own values]: a sheet of three pages needs 2 s and 250 MB."""

SEATS = Seats(1, 10.0)
"""One PDF at a time in a worker; so many seconds others wait for their turn [own values]."""

_FILES = {
    "/staff/static/": Path(__file__).parents[1] / "staff" / "static",
    "/static/pages/": Path(__file__).parents[1] / "pages" / "static",
}
_ADDRESS = re.compile(r"(?:/staff/practice/\w+)?(?P<area>/\w+/\w+/)\w+/(?P<name>[\w-]+\.(?:css|svg))")


def could_not_be_made() -> Refused:
    """The refusal where nobody knows more."""
    return Refused("The PDF could not be made. Print the page from the browser instead.")


def pdf_of(html: str) -> bytes:
    """The page as a PDF of A4 paper. Refused where this machine lacks what makes one, Later where others wait."""
    try:
        with SEATS.taken():
            answer, content = apart.asked("ivr.paper.printing:printed", {}, html.encode(), LIMITS)
    except apart.Busy as error:
        raise Later("Much is being worked on just now. Try again in a moment.") from error
    except apart.Failed as error:
        raise could_not_be_made() from error
    if "missing" in answer:
        raise Refused(
            "PDFs cannot be made on this machine yet. Print the page from the browser instead, and tell whoever "
            "runs the server: Pango is missing."
        )
    return content


# --- The child's side: what `ivr.apart` calls ------------------------------------------------


def printed(_facts: Mapping[str, Any], content: bytes) -> apart.Answer:
    """The PDF of a page."""
    try:
        import weasyprint
    except OSError as error:  # a library of the system's is not there
        return {"missing": str(error)[:200]}, b""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # the library has no types
        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002
            if url.startswith("data:"):
                return super().fetch(url)
            kind = mimetypes.guess_type(urlsplit(url).path)[0] or "application/octet-stream"
            return URLFetcherResponse(url, own_file(url), {"Content-Type": kind})

    page = weasyprint.HTML(string=content.decode(), base_url="https://files.invalid/", url_fetcher=OwnFiles())
    return {}, bytes(page.write_pdf(pdf_variant="pdf/ua-1"))


def own_file(url: str) -> bytes:
    """A file of the program's pages by its address. ValueError for all others."""
    found = _ADDRESS.fullmatch(urlsplit(url).path)
    folder = found and _FILES.get(found["area"])
    if not found or not folder:
        raise ValueError("a PDF holds files of the program alone")
    return (folder / found["name"]).read_bytes()
