"""The audit trail: searched, leafed through, taken along as CSV."""

from datetime import datetime, timedelta

from flask import Response, request
from flask.typing import ResponseReturnValue

from ivr.line.text import whole
from ivr.people.refusals import Refused
from ivr.people.trail import Entry, as_csv, search
from ivr.staff.area import area
from ivr.staff.context import console, me, office, page, said, typed_moment

_ON_A_PAGE = 50
_IN_A_FILE = 100_000


def _found(limit: int, before: int | None = None) -> tuple[Entry, ...]:
    asked = request.args
    last = _day(asked.get("until", ""))
    return search(
        office().database,
        words=asked.get("words", "").strip(),
        act=asked.get("act", "").strip(),
        since=_day(asked.get("since", "")),
        until=last + timedelta(days=1) if last else None,
        limit=limit,
        before=before,
    )


@area.get("/audit")
def trail() -> ResponseReturnValue:
    before = whole(request.args.get("before", ""))
    try:
        entries = _found(_ON_A_PAGE + 1, before)
    except Refused as error:
        return page("audit.html", 409, me=me(), entries=(), more=None, asked=request.args, problem=said(error))
    shown = entries[:_ON_A_PAGE]
    more = shown[-1].seq if len(entries) > _ON_A_PAGE else None
    return page("audit.html", me=me(), entries=shown, more=more, asked=request.args, problem=None)


@area.get("/audit.csv")
def trail_csv() -> ResponseReturnValue:
    content = as_csv(_found(_IN_A_FILE)).encode("utf-8-sig")
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(content, content_type="text/csv; charset=utf-8", headers=headers)


def _day(text: str) -> datetime | None:
    return typed_moment(text, console().zone) if text else None
