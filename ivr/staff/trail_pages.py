"""The audit trail: who changed what, found in words, leafed through, taken along as CSV."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from flask import Response, request
from flask.typing import ResponseReturnValue

from ivr.line.text import whole
from ivr.people.refusals import Refused
from ivr.people.telling import told
from ivr.people.trail import Entry, Term, as_csv, people, search
from ivr.staff import act_names, act_terms
from ivr.staff.act_words import Telling, nodes
from ivr.staff.area import area
from ivr.staff.context import console, in_their_language, me, office, page, said, translated, typed_moment

_ON_A_PAGE = 50
_IN_A_FILE = 100_000

HEADING = (
    *(told("Number"), told("On"), told("Who"), told("What was done"), told("To what")),
    *(told("Fact"), told("Before"), told("After"), told("Hash")),
)
"""The columns of the file."""


@area.get("/audit")
def trail() -> ResponseReturnValue:
    before, problem = whole(request.args.get("before", "")), None
    found: tuple[Entry, ...] = ()
    try:
        found = _found(_ON_A_PAGE + 1, before)
    except Refused as error:
        problem = said(error)
    shown = found[:_ON_A_PAGE]
    return page(
        "audit.html",
        409 if problem else 200,
        me=me(),
        entries=shown,
        telling=Telling(),
        more=shown[-1].seq if len(found) > _ON_A_PAGE else None,
        asked=request.args,
        people=people(office().database),
        nodes=nodes(),
        names=act_names,
        fields=act_terms.FIELDS,
        problem=problem,
    )


@area.get("/audit.csv")
def trail_csv() -> ResponseReturnValue:
    rows = _found(_IN_A_FILE)
    with in_their_language():
        content = as_csv([translated(each) for each in HEADING], _rows(rows)).encode("utf-8-sig")
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(content, content_type="text/csv; charset=utf-8", headers=headers)


def _found(limit: int, before: int | None = None) -> tuple[Entry, ...]:
    asked = request.args
    last = _day(asked.get("until", ""))
    return search(
        office().database,
        who=asked.get("who", ""),
        since=_day(asked.get("since", "")),
        until=last + timedelta(days=1) if last else None,
        limit=limit,
        before=before,
        terms=tuple(_terms()),
    )


def _terms() -> Iterator[Term]:
    """What was chosen and typed."""
    asked = request.args
    with in_their_language():
        yield from act_terms.of_words(asked.get("words", ""))
    kind, _dot, key = asked.get("node", "").partition(".")
    if key:
        yield act_terms.of_node(kind, key)
    if (name := asked.get("fact", "")) in act_terms.FIELDS:
        yield act_terms.of_field(name)
    if (group := asked.get("group", "")) in act_names.GROUPS:
        yield Term(acts=act_terms.of_group(group))


def _rows(entries: Iterable[Entry]) -> Iterator[tuple[object, ...]]:
    """Each act in words, a row for each of its changes; times are those of the line's city."""
    telling, zone = Telling(), console().zone
    for entry in entries:
        found = telling.told(entry.act)
        at = f"{entry.act.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        changes = [(each.about, each.before, each.after) for each in found.changes] or [("", "", "")]
        for change in changes:
            yield (entry.seq, at, entry.act.name, found.did, found.subject, *change, entry.hash)


def _day(text: str) -> datetime | None:
    return typed_moment(text, console().zone) if text else None
