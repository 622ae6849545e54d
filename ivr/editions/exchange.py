"""All texts as TOML or as a translator's spreadsheet, and back: a difference first, then a draft.

Formulas are escaped (`ivr.store.cells`) and cells are typed as text.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from tomllib import TOMLDecodeError
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from ivr.editions.draft import Word
from ivr.editions.edition import Edition
from ivr.editions.people import Refused
from ivr.editions.texts import BESIDE, Place, texts, tidy, words_at
from ivr.line.values import Line
from ivr.store.cells import escape, unescape

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

LARGEST = 5_000_000
"""Bytes of a file that is taken in, and ten times that unpacked."""

_UNPACKED = 10
_COLUMNS = ("key", "place")
_WIDTHS = (32, 40, 70)


@dataclass(frozen=True, slots=True)
class Change:
    """A text that an import would change, and the version of it that it was compared with."""

    place: Place
    before: str
    after: str
    based_on: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an import would do: `changes`, and places that the line does not have."""

    changes: tuple[Change, ...]
    unknown: tuple[str, ...]


def as_toml(edition: Edition) -> bytes:
    """A ZIP of the edition's TOML files, byte for byte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(edition.files.items()):
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def as_spreadsheet(edition: Edition) -> bytes:
    """An XLSX: a row a prompt, with its key, its place in the menu, and a column a language."""
    line = edition.line
    from openpyxl import Workbook  # here, since it loads numpy, which no webhook needs
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook has a sheet")
    _row(sheet, 1, [*_COLUMNS, *line.languages])
    for number, key in enumerate(_prompt_keys(edition), 2):
        words = [edition.texts.get(words_at(code, key), "") for code in line.languages]
        _row(sheet, number, [key, menu_place(line, key), *words])
    _dress(sheet, len(line.languages))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(name: str, content: bytes) -> dict[Place, str]:
    """The texts in a file that was exported here: .xlsx, .zip or one .toml, by its `name`.
    Refused with the reason where it is none."""
    if len(content) > LARGEST:
        raise Refused("The file is larger than %(most)s MB.", most=LARGEST // 1_000_000)
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if name.lower().endswith(".xlsx"):
            return _read_spreadsheet(content)
        files = _unzipped(content) if name.lower().endswith(".zip") else {name: content}
        found = {file: text for file, text in files.items() if file.endswith(".toml") and file not in BESIDE}
        if not found:
            raise Refused("This is none of the files that can be exported here.")
        return dict(texts(found))
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused("The file is not written as TOML: %(error)s.", error=error) from error
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError) as error:
        raise Refused("The file is damaged, or of another kind than its name says.") from error


def propose(words: Mapping[Place, Word], found: Mapping[Place, str]) -> Proposal:
    """What taking `found` into a draft with these words would change. Texts that `found` does
    not mention, or leaves empty, stay."""
    known = {place: tidy(place, text) for place, text in found.items() if place in words and text}
    return Proposal(
        changes=tuple(
            Change(place, words[place].text, text, words[place].version)
            for place, text in known.items()
            if words[place].text != text
        ),
        unknown=tuple(str(place) for place in found if place not in words and found[place]),
    )


def _prompt_keys(edition: Edition) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.key for place in edition.texts if place.prompt))


def _row(sheet: "Worksheet", number: int, texts_in_it: list[str]) -> None:
    for column, text in enumerate(texts_in_it, 1):
        if text:
            cell = sheet.cell(number, column)
            cell.value = escape(text)
            cell.data_type = "s"


def _dress(sheet: "Worksheet", languages: int) -> None:
    """Headings that stay in sight and words that wrap."""
    from openpyxl.styles import Alignment, Font

    sheet.freeze_panes = "C2"
    for column, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: 2 + languages]):
        sheet.column_dimensions[letter].width = _WIDTHS[min(column, 2)]
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)


def menu_place(line: Line, key: str) -> str:
    """The way from the first menu to the prompt's node, in the line's first language."""
    node = key.split(".")[1] if "." in key else ""
    return " > ".join(line.first_language.prompts[name].chunks()[0].written for name in _way(line, node))


def _way(line: Line, node: str) -> tuple[str, ...]:
    """The names (prompt keys) of the menus above a node and of itself; () of other prompts."""

    def below(menu: str, path: tuple[str, ...]) -> tuple[str, ...]:
        here = (*path, f"menu.{menu}.name")
        if menu == node:
            return here
        for option in line.menus[menu].options:
            if option in line.menus:
                if found := below(option, here):
                    return found
            elif option == node:
                return (*here, f"{'text' if option in line.texts else 'desk'}.{option}.name")
        return ()

    return below(line.start, ())


def _read_spreadsheet(content: bytes) -> dict[Place, str]:
    _refuse_bombs(content)
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        head = [str(cell or "").strip() for cell in next(rows, ())]
        if tuple(head[:2]) != _COLUMNS:
            raise Refused("The first row must hold the headings: key, place and the languages.")
        languages = {column: code for column, code in enumerate(head) if column >= 2 and code}
        return {
            words_at(code, str(row[0]).strip()): unescape(str(row[column]))
            for row in rows
            if row and row[0]
            for column, code in languages.items()
            if column < len(row) and row[column] is not None
        }
    finally:
        book.close()


def _unzipped(content: bytes) -> dict[str, bytes]:
    _refuse_bombs(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name.rsplit("/", 1)[-1]: archive.read(name) for name in archive.namelist()}


def _refuse_bombs(content: bytes) -> None:
    """A small file may hold a very large one."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(each.file_size for each in archive.infolist()) > _UNPACKED * LARGEST:
            raise Refused("The file is larger than %(most)s MB.", most=_UNPACKED * LARGEST // 1_000_000)
