"""The tables of a draft beside its texts: a desk's hours and numbers, a text's source, what callers
may say, and how voices read. Written like texts: never overwritten unseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions import spoken
from ivr.editions.draft import Status, Word
from ivr.editions.texts import TextPlace, fact_of
from ivr.line.hours import OnHolidays
from ivr.line.language_files import READINGS
from ivr.line.loading import STRUCTURE, LineError
from ivr.line.problems import Problem
from ivr.line.prompt_keys import of_node, own_hours, spoken_of, taken_apart
from ivr.line.values import Kind, Line
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.staff import fact_fields, fact_rows, hours_heard
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, tell_saved, tell_wrong, today, wrong
from ivr.staff.fact_fields import Field, SentFact
from ivr.staff.fact_rows import Row

LARGEST_FORM = 1_000_000
"""Bytes: all that callers may say in a language, which is 80 kB in Japanese as a form is sent [own value]."""

ALL_CLOSED = TextPlace(STRUCTURE, "line.closed")
"""The days on which all desks are closed that do not say otherwise."""

_DONE = (Status.PUBLISHED, Status.DISCARDED)


@dataclass(frozen=True, slots=True)
class _New:
    """A reading to be added: the word and how it is said."""

    written: str = ""
    reading: str = ""


area.context_processor(lambda: {"languages_of_line": lambda: tuple(console().line().languages)})


@area.get("/drafts/<int:draft>/facts/<table>/<name>")
def edit_facts(draft: int, table: str, name: str) -> ResponseReturnValue:
    return _page(draft, table, name)


@area.post("/drafts/<int:draft>/facts/<table>/<name>")
@needs(Right.WRITE, LARGEST_FORM)
def save_facts(draft: int, table: str, name: str) -> ResponseReturnValue:
    words = office().drafts.words(draft)
    rows = _rows(fact_rows.groups(console().line(), words, table, name))
    sent, new = {row.place: fact_fields.sent(row, request.form) for row in rows}, _new()
    try:
        changes = _changes(rows, sent)
        based = {place: each.version for place, each in sent.items()}
        if table == fact_rows.READING and (new.written or new.reading):
            place, text = _added(draft, name, new)
            changes[place], based[place] = text, words[place].version if place in words else 0
        office().drafts.save_all(draft, changes, based, me(), now(), "save")
    except Refused as error:
        return _page(draft, table, name, sent, new, error)
    tell_saved(bool(changes))
    return redirect(url_for("staff.edit_facts", draft=draft, table=table, name=name), 303)


@area.post("/drafts/<int:draft>/facts/desk/<name>/heard")
@needs(Right.LOOK)
def hear_hours(draft: int, name: str) -> ResponseReturnValue:
    """What callers would hear of the hours that are being typed."""
    _rows(fact_rows.groups(console().line(), office().drafts.words(draft), Kind.DESK, name))
    return page("hours_heard.html", heard=hours_heard.typed(draft, name, request.form))


def _page(
    draft: int,
    table: str,
    name: str,
    sent: Mapping[TextPlace, SentFact] | None = None,
    new: _New | None = None,
    error: Refused | None = None,
) -> ResponseReturnValue:
    line = console().line()
    words, found = office().drafts.words(draft), office().drafts.get(draft)
    rows = fact_rows.groups(line, words, table, name)
    vouched = hours_heard.stands_for_saved(words, name) if table == Kind.DESK else ""
    fields = [
        (heading, [fact_fields.shown(row, words, (sent or {}).get(row.place), vouched) for row in part])
        for heading, part in rows
    ]
    return page(
        "facts.html",
        409 if error else 200,
        me=me(),
        draft=found,
        groups=[(heading, [field for field in part if _stands(field)]) for heading, part in fields],
        table=table,
        name=name,
        called=fact_rows.called(words, table, name) if table in (Kind.DESK, Kind.TEXT) else "",
        called_in=line.first_language.code,
        letter_for_letter=name in line.languages and line.languages[name].pronunciation.letter_for_letter,
        holidays=[each.value for each in OnHolidays],
        heard=_heard(draft, name, fields) if table == Kind.DESK else None,
        all_closed=words.get(ALL_CLOSED),
        new=(new or _New()) if table == fact_rows.READING else None,
        shared=_shared(line, words, table, name),
        faults=() if found.status in _DONE else _faults(draft, table, name),
        problem=said(error) if error else None,
    )


def _rows(groups: tuple[fact_rows.Group, ...]) -> tuple[Row, ...]:
    return tuple(row for _, part in groups for row in part)


def _heard(draft: int, desk: str, groups: Iterable[tuple[str, list[Field]]]) -> hours_heard.HeardHours:
    """What callers would hear of the hours in these fields."""
    if wrong():
        return hours_heard.typed(draft, desk, request.form)
    return hours_heard.heard(draft, desk, {field.row.name: field.value for _, part in groups for field in part})


def _stands(field: Field) -> bool:
    """Whether there is anything to show: a reading that was taken out leaves no row behind."""
    return field.row.place.file != READINGS or bool(field.value or field.saved or field.theirs)


def _changes(rows: Iterable[Row], sent: Mapping[TextPlace, SentFact]) -> dict[TextPlace, str]:
    """The texts that were typed. Refused where some cannot be, which is told beside each field."""
    changes, day = {}, today()
    for row in rows:
        each = sent[row.place]
        for field, fault in each.faults.items():
            tell_wrong(field, fact_fields.beside(row, field, fault))
        try:
            if each.typed and not each.faults:
                changes[row.place] = row.text(each.text)
                _refuse_day_to_come(row.place, changes[row.place], day)
        except Refused as error:
            tell_wrong(row.name, said(error))
    if wrong():
        raise Refused("Nothing is saved yet. Mend what is told here, then save again: what you typed is kept below.")
    return changes


def _refuse_day_to_come(place: TextPlace, text: str, today: date) -> None:
    """Nobody can have made sure of a fact on a day that is still to come."""
    day = fact_of(text) if text and taken_apart(place.key).part == "confirmed" else None
    if isinstance(day, date) and day > today:
        raise Refused("%(day)s is still to come: write the day on which somebody made sure.", day=day)


def _new() -> _New:
    return _New(*(request.form.get(name, "").strip() for name in ("new-written", "new-reading")))


def _added(draft: int, language: str, new: _New) -> tuple[TextPlace, str]:
    drafts = office().drafts
    content = drafts.edition(draft).files.get(READINGS, b"")
    return spoken.new_reading(content, drafts.words(draft), language, new.written, new.reading)


def _shared(line: Line, words: Mapping[TextPlace, Word], table: str, name: str) -> tuple[tuple[str, ...], ...]:
    """Forms that mean two things at once: each with what the two are, and what the line calls them."""
    if table != fact_rows.WORDS:
        return ()
    shared = fact_rows.shared_forms(words, name, line.languages[name].spaces)
    return tuple(
        (form, one, fact_rows.meaning(words, one), other, fact_rows.meaning(words, other))
        for form, one, other in shared
    )


def _faults(draft: int, table: str, name: str) -> tuple[str, ...]:
    """What is wrong in this table and keeps the draft from being a line."""
    try:
        _ = office().drafts.edition(draft).line
    except LineError as error:
        return tuple(problem.told for problem in error.problems if _of_table(problem, table, name))
    except Refused:  # another text has no place in the files: its own page and the draft's tell it
        return ()
    return ()


def _of_table(problem: Problem, table: str, name: str) -> bool:
    match table:
        case fact_rows.WORDS:
            return problem.file == f"{name}.toml" and spoken_of(problem.key) is not None
        case fact_rows.READING:
            return problem.file == READINGS and problem.key == name
        case Kind.DESK if problem.file != STRUCTURE:
            return problem.key.startswith(own_hours(name))
        case _:
            return problem.file == STRUCTURE and f"{problem.key}.".startswith(of_node(table, name, ""))
