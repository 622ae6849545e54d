"""The facts of a desk or text in a draft: hours, numbers, where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.draft import Word
from ivr.editions.people import NotFound, Refused
from ivr.editions.texts import Fact, Place, fact_of, text_of
from ivr.line.hours import OnHolidays
from ivr.line.loading import STRUCTURE
from ivr.staff import labels
from ivr.staff.context import Console, me, now, page, said, tell
from ivr.staff.home import name_of

_LISTS = ("closed", "numbers", "languages")
_OF_TEXTS = ("source", "confirmed")


@dataclass(frozen=True, slots=True)
class Field:
    """A fact as its form shows it. `value` stands in the field, `saved` is what the draft has."""

    name: str
    kind: str
    value: str
    saved: str
    version: int


def add(area: Blueprint, console: Console) -> None:
    """Add the pages."""
    office = console.office

    @area.get("/drafts/<int:draft>/facts/<table>/<name>")
    def edit_facts(draft: int, table: str, name: str) -> ResponseReturnValue:
        return _page(console, draft, table, name, {}, None)

    @area.post("/drafts/<int:draft>/facts/<table>/<name>")
    def save_facts(draft: int, table: str, name: str) -> ResponseReturnValue:
        words = office.drafts.words(draft)
        sent = {each: _sent(each) for each in _names(table)}
        try:
            changes = {
                _place(table, name, each): text_of(_fact(each, text))
                for each, text in sent.items()
                if text != request.form.get(f"was-{each}", "")
            }
            based = {_place(table, name, each): _number(request.form.get(f"based-{each}", "")) for each in sent}
            _refuse_strangers(words, table, name)
            office.drafts.save_all(draft, changes, based, me(), now(), "save")
        except NotFound:
            raise
        except Refused as error:
            return _page(console, draft, table, name, sent, error)
        if changes:
            tell("Saved in the draft.")
        else:
            tell("Nothing was changed.")
        return redirect(url_for("staff.edit_facts", draft=draft, table=table, name=name), 303)


def _page(
    console: Console, draft: int, table: str, name: str, sent: Mapping[str, str], error: Refused | None
) -> ResponseReturnValue:
    words = console.office.drafts.words(draft)
    _refuse_strangers(words, table, name)
    fields = [_field(words, table, name, each, sent.get(each)) for each in _names(table)]
    line = console.line()
    return page(
        "facts.html",
        409 if error else 200,
        me=me(),
        draft=console.office.drafts.get(draft),
        fields=fields,
        table=table,
        name=name,
        title=name_of(line, f"{table}.{name}.name"),
        holidays=[each.value for each in OnHolidays],
        problem=said(error) if error else None,
    )


def _names(table: str) -> tuple[str, ...]:
    return labels.FACTS if table == "desk" else _OF_TEXTS


def _refuse_strangers(words: Mapping[Place, Word], table: str, name: str) -> None:
    if table not in ("desk", "text") or _place(table, name, "source") not in words:
        raise NotFound("There is no text %(place)s.", place=f"{table}.{name}")


def _place(table: str, name: str, fact: str) -> Place:
    return Place(STRUCTURE, f"{table}.{name}.{fact}")


def _field(words: Mapping[Place, Word], table: str, name: str, fact: str, sent: str | None) -> Field:
    word = words.get(_place(table, name, fact))
    saved = _shown(fact_of(word.text)) if word else ""
    value = saved if sent is None else sent
    return Field(fact, _kind(fact), value, saved, word.version if word else 0)


def _kind(fact: str) -> str:
    special = {"holidays": "choice", "recorded": "switch", "confirmed": "day"}
    return "list" if fact in _LISTS else special.get(fact, "text")


def _shown(fact: Fact | None) -> str:
    """A fact as a field holds it."""
    match fact:
        case None | False:
            return ""
        case True:
            return "on"
        case tuple():
            return "\n".join(fact)
        case _:
            return str(fact)


def _sent(fact: str) -> str:
    """A field as it came back, without what browsers add to it."""
    return "\n".join(filter(None, (row.strip() for row in request.form.get(fact, "").splitlines())))


def _fact(name: str, text: str) -> Fact | None:
    """The fact that a field's text stands for. Refused where it is none."""
    if not text:
        return None
    match _kind(name):
        case "list":
            return tuple(text.splitlines())
        case "switch":
            return True
        case "day":
            try:
                return date.fromisoformat(text)
            except ValueError as error:
                raise Refused("Write the day as year-month-day, such as 2026-11-24.") from error
        case _:
            return text


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
