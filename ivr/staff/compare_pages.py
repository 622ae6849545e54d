"""Any two editions beside one another, in words and sound."""

from collections.abc import Mapping

from flask import request
from flask.typing import ResponseReturnValue

from ivr.editions.edition import Piece
from ivr.line.speeds import Speed
from ivr.people.refusals import NotFound
from ivr.staff.area import area
from ivr.staff.context import console, me, now, office, page
from ivr.staff.review_rows import of_editions
from ivr.staff.voice_pages import to_sound


@area.get("/editions/compare")
def compare() -> ResponseReturnValue:
    """Two that are chosen; without a choice, what callers hear and what they heard before."""
    listed = _editions()
    names = tuple(listed)
    before = request.args.get("before") or (names[1] if len(names) > 1 else names[0])
    after = request.args.get("after") or names[0]
    if not {before, after} <= listed.keys():
        raise NotFound("There is no such page.")
    old, new = (office().library.edition(name) for name in (before, after))
    parts = of_editions(old, new) if before != after else ()
    return page("compare.html", me=me(), editions=listed, before=before, after=after, parts=parts)


@area.get("/editions/<name>/hear/<code>/<any(normal,slow,fast,very_fast):speed>/<path:key>")
def hear_edition(name: str, code: str, speed: str, key: str) -> ResponseReturnValue:
    """A piece of a stored edition as callers hear or heard it."""
    edition, piece = office().library.edition(name), Piece(code, key)
    chunk = edition.pieces.get(piece)
    if chunk is None:
        raise NotFound("There is no such page.")
    return to_sound(edition.sound(code, chunk), console().language(code), chunk, Speed(speed))


def _editions() -> Mapping[str, tuple[object, str]]:
    """What callers hear, will hear and heard, the newest first: from when on, and the title of its draft."""
    titles = {draft.id: draft.title for draft in office().drafts.all()}
    rows = (*reversed(office().library.scheduled(now())), *office().library.history(now()))
    found: dict[str, tuple[object, str]] = {}
    for row in rows:
        if row.edition and row.draft:
            found.setdefault(row.edition, (row.at, titles.get(row.draft, "")))
    found.setdefault(office().library.shipped.id, (None, ""))
    for row in rows:  # what a roll-back led to, where nothing was published before
        if row.edition:
            found.setdefault(row.edition, (row.at, ""))
    return found
