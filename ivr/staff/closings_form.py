"""The fields in which people say on which days a desk is closed every year: as all desks are, never, or on days of
its own, each from one to another.

As with the hours (`ivr.staff.hours_form`), the form keeps beside them what the line writes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivr.line.hours import YearlyClosing
from ivr.line.sentences import sentence
from ivr.line.text import whole
from ivr.line.typed_times import day_of
from ivr.staff.typed_cells import Faults

NEVER = "-"
"""Closed on no day of the year, though the line names some for all desks."""

AS_ALL, OWN, NONE = "all", "own", "none"
"""What a form chooses: as for all desks, days of its own, no day."""

COUNT = "rows"
"""The field that says how many rows were sent."""

MOST_ROWS = 40
"""Stretches of days that a form takes [own value]."""


@dataclass(frozen=True, slots=True)
class ClosingsForm:
    """The fields of `name`: what is chosen, and the days from and to. `was`: what they said when the form was made."""

    name: str
    chosen: str
    rows: tuple[tuple[str, str], ...]
    was: str


def form_of(name: str, closed: str) -> ClosingsForm:
    """The fields that show these closings, one a line, as they are kept."""
    rows = tuple(map(_row, closed.splitlines())) if closed != NEVER else ()
    chosen = NONE if closed == NEVER else OWN if rows else AS_ALL
    return ClosingsForm(name, chosen, (*rows, ("", "")), closed)


def sent(name: str, form: Mapping[str, str], otherwise: ClosingsForm) -> ClosingsForm:
    """The fields as they were sent; `otherwise` where the form had none."""
    count = whole(form.get(f"{name}-{COUNT}", ""))
    if count is None:
        return otherwise
    rows = [tuple(form.get(f"{name}-{n}-{end}", "").strip() for end in ("first", "last")) for n in range(count)]
    pairs = tuple((first, last) for first, last in rows[:MOST_ROWS])
    return ClosingsForm(name, form.get(f"{name}-as", AS_ALL), pairs, otherwise.was)


def said(form: ClosingsForm) -> str:
    """The closings that stand in these fields, one a line. Wrong."""
    if form.chosen != OWN:
        return NEVER if form.chosen == NONE else ""
    faults = Faults()
    found = list(_closings(form, faults))
    if not found:
        faults.add(f"{form.name}-0-first", sentence("Write from which day to which."))
    faults.end()
    return "\n".join(found)


def _closings(form: ClosingsForm, faults: Faults) -> Iterable[str]:
    for number, (first, last) in enumerate(form.rows):
        if not (first or last):
            continue
        begin = faults.read(f"{form.name}-{number}-first", first, day_of)
        end = faults.read(f"{form.name}-{number}-last", last, day_of) if last else begin
        if begin and end:
            yield str(YearlyClosing(begin, end))


def _row(closing: str) -> tuple[str, str]:
    try:
        found = YearlyClosing.parse(closing)
    except ValueError:  # half a value that came in by a file
        return closing, ""
    return _day(*found.first), "" if found.first == found.last else _day(*found.last)


def _day(month: int, day: int) -> str:
    return f"{month}/{day}"
