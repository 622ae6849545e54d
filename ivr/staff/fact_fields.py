"""The fields of a table of facts: what stands in each, and how it comes back.

Only what this person typed outlives a refusal: the other fields show what is saved now, so that the next save does
not bring old words back over somebody else's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ivr.editions.draft import Word
from ivr.editions.texts import TextPlace
from ivr.line.sentences import Sentence
from ivr.people.telling import Told, told
from ivr.staff import closings_form, fact_rows, hours_form, labels, typed_cells
from ivr.staff.closings_form import ClosingsForm
from ivr.staff.context import translated
from ivr.staff.fact_rows import Row
from ivr.staff.hours_form import HoursForm
from ivr.staff.typed_cells import Cells, Wrong

_CELLS: Mapping[str, Cells[Any]] = {"hours": hours_form, "closings": closings_form}
"""By the kind of their row."""

_NOTHING: Mapping[str, Sentence] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Field:
    """A row as its form shows it. `value` stands in the field, `saved` is what the draft has; `theirs`: what
    somebody saved while this person typed something else; `cells`: the table in which it is filled in; `vouched`:
    what a tick in it says."""

    row: Row
    value: str
    saved: str
    seen: str
    theirs: Word | None
    cells: HoursForm | ClosingsForm | None = None
    vouched: str = ""


@dataclass(frozen=True, slots=True)
class SentFact:
    """A field as it came back, the version it was filled from, and whether somebody typed in it. `faults`: what is
    wrong in its cells, by their names; `form`: all fields as they came."""

    text: str
    version: int
    typed: bool
    faults: Mapping[str, Sentence] = field(default_factory=lambda: _NOTHING)
    form: Mapping[str, str] = field(default_factory=dict)


def sent(row: Row, form: Mapping[str, str]) -> SentFact:
    """What came back for a row."""
    mark = form.get(f"seen-{row.name}", "")
    faults: Mapping[str, Sentence] = _NOTHING
    try:
        cells = _CELLS.get(row.kind)
        text = fact_rows.tidy(typed_cells.typed(cells, row.name, form) if cells else form.get(row.name, ""))
    except Wrong as error:
        text, faults = fact_rows.tidy(form.get(row.name, "")), error.cells
    if row.kind == "hours" and text == "off" and row.lang:  # nothing is written: as for everybody
        text = ""
    version, same = fact_rows.was_seen(mark, text)
    return SentFact(text, version, bool(mark) and (not same or bool(faults)), faults, form)


def shown(row: Row, words: Mapping[TextPlace, Word], came: SentFact | None, vouched: str) -> Field:
    """A row in its form; `came`: what came back for it; `vouched`: the hours that words of one's own stand for."""
    word = words.get(row.place) or Word(row.place, "", 0, "", False)
    saved = _vouched(row.shown(word.text), vouched) if row.kind == "vouch" else row.shown(word.text)
    typed = came is not None and came.typed
    value = came.text if came and typed else saved
    moved_on = came is not None and came.version != word.version and value != saved
    cells = _cells(row, saved, came if typed else None)
    seen = fact_rows.seen(word.version, saved)
    return Field(row, value, saved, seen, word if moved_on else None, cells, vouched if row.kind == "vouch" else "")


def _vouched(saved: str, now: str) -> str:
    """Only a tick for the hours of today is one."""
    return saved if saved == now else ""


def _cells(row: Row, saved: str, came: SentFact | None) -> HoursForm | ClosingsForm | None:
    """The table of a row: as it was sent where that counts, else with what was written beside it."""
    cells = _CELLS.get(row.kind)
    if cells is None:
        return None
    found: HoursForm | ClosingsForm
    if came is not None and typed_cells.are_changed(cells, row.name, came.form):
        found = cells.sent(row.name, came.form, cells.form_of(row.name, saved))
    else:
        found = cells.form_of(row.name, saved if came is None else came.text)
    return found


def beside(row: Row, cell: str, fault: Sentence) -> Told:
    """What is wrong in a cell, with the row and the column that it stands in."""
    problem = translated((fault.message, dict(fault.facts)))
    where = labels.cell(labels.fact(row.what, row.lang), cell.removeprefix(f"{row.name}-"))
    return told("%(where)s: %(problem)s", where=where, problem=problem)
