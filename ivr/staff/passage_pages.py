"""The passages of a text, side by side in all languages: put in and taken out everywhere at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.call.rules import PASSAGE_SECONDS
from ivr.editions.passages import state
from ivr.line.values import Kind
from ivr.line.vocabulary import MOST_PASSAGES
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right
from ivr.staff import fact_rows
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, tell


@dataclass(frozen=True, slots=True)
class Passage:
    """The passage of a number in each language that has one: code -> words."""

    number: int
    words: Mapping[str, str]


def _in_order(draft: int, name: str) -> Mapping[str, Sequence[str]]:
    """The languages as the line has them, its first one first."""
    rows = office().passages.of(draft, name)
    return {code: rows[code] for code in console().draft_line(draft).languages if code in rows}


def _show(
    draft: int, name: str, template: str, seq: int = 0, error: Refused | None = None, **more: object
) -> ResponseReturnValue:
    rows = _in_order(draft, name)
    found = _side_by_side(rows)
    number = min(seq, len(found) + 1)  # others may have taken some out meanwhile
    return page(
        template,
        409 if error else 200,
        me=me(),
        draft=office().drafts.get(draft),
        name=name,
        title=fact_rows.called(office().drafts.words(draft), Kind.TEXT, name),
        passages=found,
        most=MOST_PASSAGES,
        most_seconds=PASSAGE_SECONDS,
        full=len(found) >= MOST_PASSAGES,
        number=number,
        before=_numbered(found, number - 1),
        here=_numbered(found, number),
        codes=tuple(rows),
        seen=state(rows),
        problem=said(error) if error else None,
        **more,
    )


def _known(draft: int, name: str, seq: int, beyond: int) -> None:
    if not 1 <= seq <= len(_side_by_side(office().passages.of(draft, name))) + beyond:
        raise NotFound("There is no such passage.")


@area.get("/drafts/<int:draft>/texts/<name>/passages")
def passages(draft: int, name: str) -> ResponseReturnValue:
    return _show(draft, name, "passages.html")


@area.get("/drafts/<int:draft>/texts/<name>/passages/<int:seq>/insert")
@needs(Right.WRITE)
def inserting_passage(draft: int, name: str, seq: int) -> ResponseReturnValue:
    _known(draft, name, seq, beyond=1)
    return _show(draft, name, "passage_in.html", seq, words={})


@area.post("/drafts/<int:draft>/texts/<name>/passages/<int:seq>/insert")
@needs(Right.WRITE)
def insert_passage(draft: int, name: str, seq: int) -> ResponseReturnValue:
    words = {code: request.form.get(f"words-{code}", "") for code in office().passages.of(draft, name)}
    try:
        office().passages.insert(draft, name, seq, words, me(), now(), request.form.get("seen", ""))
    except Refused as error:
        return _show(draft, name, "passage_in.html", seq, error, words=words)
    tell("The passage is in the draft, in every language.")
    return redirect(url_for("staff.passages", draft=draft, name=name), 303)


@area.get("/drafts/<int:draft>/texts/<name>/passages/<int:seq>/remove")
@needs(Right.WRITE)
def removing_passage(draft: int, name: str, seq: int) -> ResponseReturnValue:
    _known(draft, name, seq, beyond=0)
    return _show(draft, name, "passage_out.html", seq)


@area.post("/drafts/<int:draft>/texts/<name>/passages/<int:seq>/remove")
@needs(Right.WRITE)
def remove_passage(draft: int, name: str, seq: int) -> ResponseReturnValue:
    try:
        office().passages.remove(draft, name, seq, me(), now(), request.form.get("seen", ""))
    except Refused as error:
        return _show(draft, name, "passage_out.html", seq, error)
    tell("The passage was taken out of every language.")
    return redirect(url_for("staff.passages", draft=draft, name=name), 303)


def _side_by_side(rows: Mapping[str, Sequence[str]]) -> tuple[Passage, ...]:
    return tuple(
        Passage(number, {code: words for code, words in zip(rows, each, strict=True) if words is not None})
        for number, each in enumerate(zip_longest(*rows.values()), 1)
    )


def _numbered(found: Sequence[Passage], number: int) -> Passage | None:
    return found[number - 1] if 1 <= number <= len(found) else None
