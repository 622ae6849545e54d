"""Tables with their names, as files that spreadsheet programs read."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.reports.tables import Unit, Value
from ivr.store.cells import escape

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

FORMATS = {
    Unit.CALLS: "#,##0",
    Unit.SHARE: "0.0%",
    Unit.SECONDS: "0.0",
    Unit.MINUTES: "#,##0",
    Unit.YEN: "#,##0",
}
"""How spreadsheet programs show a number."""

WIDEST, NARROWEST = 60, 12
"""Letters of a column [own values]."""

_LONGEST_NAME = 31  # of a sheet, in Excel
_UNNAMABLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table in words: what it tells (`meaning`), what its rows are of (`of`), its columns, and its rows."""

    title: str
    meaning: str
    of: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Value, ...]], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What else is said in a file: for what is hidden, the headers of the long table, and names of units."""

    hidden: str = "hidden"
    headers: tuple[str, ...] = ("table", "row", "column", "value", "from", "to", "unit")
    units: Mapping[str, str] = field(default_factory=dict)


def as_csv(sheets: Sequence[Sheet], words: Words) -> str:
    """All tables as one long one: a line for each number, with the interval that it lies in."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(words.headers)
    for line in _lines(sheets, words):
        table.writerow([escape(cell) if isinstance(cell, str) else cell for cell in line])
    return out.getvalue()


def as_workbook(sheets: Sequence[Sheet], title: str, words: Words) -> bytes:
    """All tables as a workbook: a sheet for each, behind one that says what they tell."""
    from openpyxl import Workbook  # here, since it loads numpy, which no webhook needs

    book = Workbook()
    first: Worksheet = book.worksheets[0]
    first.title = _name(title)
    first.append([escape(title)])
    for sheet in sheets:
        first.append([escape(sheet.title), escape(sheet.meaning)])
        _fill(book.create_sheet(_name(sheet.title)), sheet, words)
    _widen(first)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lines(sheets: Sequence[Sheet], words: Words) -> Iterator[Sequence[str | float]]:
    for sheet in sheets:
        for item, values in sheet.rows:
            for column, value in zip(sheet.columns, values, strict=True):
                if value.hidden or value.amount is not None:
                    bounds = ["" if bound is None else round(bound, 6) for bound in (value.low, value.high)]
                    yield (
                        sheet.title,
                        item,
                        column,
                        _told(value, words),
                        *bounds,
                        words.units.get(value.unit, value.unit),
                    )


def _fill(page: "Worksheet", sheet: Sheet, words: Words) -> None:
    from openpyxl.styles import Alignment, Font

    page.append([escape(sheet.of), *map(escape, sheet.columns)])
    for cell in page[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for item, values in sheet.rows:
        page.append([escape(item), *(_told(value, words) for value in values)])
        for value, cell in zip(values, page[page.max_row][1:], strict=True):
            cell.number_format = FORMATS[value.unit]
    page.freeze_panes = "B2"
    _widen(page)


def _told(value: Value, words: Words) -> str | float:
    if value.hidden:
        return words.hidden
    if value.amount is None:
        return ""
    return int(value.amount) if value.amount == int(value.amount) else round(value.amount, 6)


def _name(title: str) -> str:
    return title.translate(_UNNAMABLE)[:_LONGEST_NAME]


def _widen(page: "Worksheet") -> None:
    from openpyxl.utils import get_column_letter

    for place, cells in enumerate(page.iter_cols(values_only=True), 1):
        longest = max(len(str(cell or "")) for cell in cells)
        page.column_dimensions[get_column_letter(place)].width = max(NARROWEST, min(WIDEST, 2 * longest))
