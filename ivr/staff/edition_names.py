"""What people call editions: by their number, their day and what they are about, never by their digests."""

from collections.abc import Iterable, Mapping

from flask import g
from flask_babel import format_date, gettext

from ivr.editions.timeline import Publication
from ivr.staff.context import console, office


def of(edition: str | None) -> str:
    """An edition that was published or is scheduled: “Edition 3 of 16 November 2026, “Year's end””."""
    return _names().get(edition or "") or str(gettext("an edition that was never published"))


def _names() -> Mapping[str, str]:
    """Those of all editions, found once for a page."""
    if "edition_names" not in g:
        g.edition_names = dict(_named(office().library.publications()))
    found: Mapping[str, str] = g.edition_names
    return found


def _named(publications: Iterable[Publication]) -> Iterable[tuple[str, str]]:
    yield office().library.shipped.id, str(gettext("the first edition, with which the line came"))
    titles = {draft.id: draft.title for draft in office().drafts.all()}
    known = {office().library.shipped.id}
    for row in publications:
        if row.edition and row.draft and row.edition not in known:
            known.add(row.edition)
            day = format_date(row.at.astimezone(console().zone), "long")
            facts = {"number": len(known), "day": day, "title": titles.get(row.draft, "")}
            yield row.edition, str(gettext("edition %(number)s of %(day)s, “%(title)s”", **facts))
