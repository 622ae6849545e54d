"""Before and after: what an edition or an alert has changed in what calls do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import request
from flask.typing import ResponseReturnValue

from ivr.editions.announcements import AnnouncedAlert
from ivr.editions.timeline import Publication
from ivr.people.refusals import NotFound
from ivr.people.rights import Right
from ivr.reports.comparing import Comparison, compared, of_alert, of_edition
from ivr.reports.counts import Among
from ivr.staff import report_names, report_numbers, report_words
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, today
from ivr.staff.report_pages import names, town


@dataclass(frozen=True, slots=True)
class Change:
    """Something after which calls may do otherwise: an edition (`publication`, its draft's `title`), or an `alert`.
    `address`: as the page is asked for it."""

    address: str
    publication: Publication | None = None
    title: str = ""
    alert: AnnouncedAlert | None = None


@area.get("/reports/compare")
@needs(Right.READ_REPORTS)
def before_after() -> ResponseReturnValue:
    changes = _changes()
    wanted = request.args.get("of", "")
    chosen = next((each for each in changes if each.address == wanted), None)
    if wanted and chosen is None:
        raise NotFound("There is no such page.")
    return page(
        "before_after.html",
        me=me(),
        changes=changes,
        chosen=chosen,
        comparison=_compared(chosen) if chosen else None,
        names=names(),
        say=report_words,
        named=report_names,
        show=report_numbers,
        prices=console().prices,
    )


def _changes() -> Sequence[Change]:
    """All that can be asked for, the newest first: editions, then alerts that were heard."""
    titles = {draft.id: draft.title for draft in office().drafts.all()}
    history = office().library.history(now())
    editions = [
        Change(f"edition-{each.seq}", publication=each, title=titles.get(each.draft or 0, ""))
        for each in history
        if each.edition
    ]
    past = [each for each in office().announcements.past_alerts() if each.start < min(now(), each.until)]
    return (*editions, *(Change(f"alert-{each.id}", alert=each) for each in past))


def _compared(change: Change) -> Comparison:
    return compared(office().database, *_sides(change), town())


def _sides(change: Change) -> tuple[Among, Among]:
    if change.alert:
        return of_alert(str(change.alert.id), _day(change.alert.start), _day(change.alert.until), today())
    assert change.publication is not None
    found = change.publication
    before = [each for each in office().library.history(now()) if (each.at, each.seq) < (found.at, found.seq)]
    previous = next((each.edition for each in before if each.edition), office().library.shipped.id)
    return of_edition(found.edition or "", _day(found.at), previous, today())


def _day(moment: datetime) -> date:
    return moment.astimezone(console().zone).date()
