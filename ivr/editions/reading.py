"""Texts in files that people send: a translator's spreadsheet, or the TOML files that were exported.

    found = read("texts.xlsx", content)

What a file holds may be hostile, endless or broken in ways that no library foresees: `exchange.read` has
this done in a process apart. Nothing is ever unpacked into a folder; of a name in an archive the last
part counts. Spreadsheets are read by calamine, which takes what Excel, LibreOffice, WPS and POI
write; formulas come as the values that were saved with them.
"""

import csv
import io
import json
import tomllib
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zipfile import BadZipFile

from ivr.editions.admission import WAY
from ivr.editions.texts import BESIDE, LONGEST_TEXT, TextPlace, texts, words_at
from ivr.line.prompt_keys import NAME, taken_apart
from ivr.line.sentences import packed_facts
from ivr.line.text import decoded
from ivr.line.toml_mistakes import mistake
from ivr.people.refusals import Refused
from ivr.store.cells import unescape

LARGEST = 5_000_000
"""Bytes of a file that is taken in, and ten times that unpacked."""

MOST_TEXTS = 20_000
"""Texts in a file [own value]: ten times those of the shipped line in six languages."""

LONGEST_KEY = 200
"""Characters of a key; those of the line have at most 50."""

COLUMNS = ("key", "place")

_UNPACKED = 10
_SHEETS = 20  # looked through for one with texts
_SAYS = 200  # characters of what a library says of a file
_OTHER_TABLES = (".xls", ".xlsb", ".xlsm", ".numbers", ".gsheet", ".doc", ".docx", ".pdf", ".tsv", ".txt")


def read(name: str, content: bytes) -> dict[TextPlace, str]:
    """The texts in a file, by its `name`: .xlsx, .ods, .csv, .zip or one .toml. Refused with the reason
    where it is none."""
    if len(content) > LARGEST:
        raise Refused("The file is larger than %(most)s MB.", most=LARGEST // 1_000_000)
    called = name.replace("\\", "/").rpartition("/")[2]
    ending = "." + called.lower().rpartition(".")[2]
    try:
        if ending in (".xlsx", ".ods"):
            found = _from_sheets(_sheets(content))
        elif ending == ".csv":
            found = _from_sheets(_comma_separated(content))
        elif ending in _OTHER_TABLES:
            raise Refused("A file of this kind is not read here. Save it as a spreadsheet (XLSX), and send that.")
        else:
            found = _from_toml(_unzipped(content) if ending == ".zip" else {called: content})
        return _bounded(found)
    except RecursionError as error:
        raise Refused("The file is nested far too deep.") from error
    except (BadZipFile, zlib.error, KeyError, ValueError, OSError, EOFError, RuntimeError, csv.Error) as error:
        raise Refused("The file is damaged, or of another kind than its name says.") from error


def found(facts: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """The texts in a file, or why it cannot be used: what `ivr.apart` calls in its child."""
    try:
        texts = read(facts["name"], content)
    except Refused as error:
        return {"message": error.message, "facts": packed_facts(error.facts)}, b""
    return {}, json.dumps([[place.file, place.key, text] for place, text in texts.items()]).encode()


def _bounded(found: Iterable[tuple[TextPlace, str]]) -> dict[TextPlace, str]:
    """No more and no longer texts than a line can have."""
    kept: dict[TextPlace, str] = {}
    for place, text in found:
        if len(text) > LONGEST_TEXT:
            raise Refused("A text has at most %(most)s characters.", most=LONGEST_TEXT)
        kept[TextPlace(place.file[:LONGEST_KEY], place.key[:LONGEST_KEY])] = text
        if len(kept) > MOST_TEXTS:
            raise Refused("There are more than %(most)s texts in the file.", most=MOST_TEXTS)
    return kept


# --- TOML -----------------------------------------------------------------------------------


def _from_toml(files: Mapping[str, bytes]) -> Iterator[tuple[TextPlace, str]]:
    found = {file: content for file, content in files.items() if file.endswith(".toml") and file not in BESIDE}
    if not found:
        raise Refused("This is none of the files that can be exported here.")
    try:
        yield from texts(found).items()
    except ValueError as error:  # of TOML, of UTF-8, and where a number has thousands of digits
        raise _no_toml(found) from error


def _no_toml(files: Mapping[str, bytes]) -> Refused:
    """Why these files, of which one at least is no TOML, cannot be read; what the library said goes along as the fact
    `original`."""
    for file, content in files.items():
        try:
            text = decoded(content)
            tomllib.loads(text)
        except UnicodeDecodeError:
            return Refused("%(file)s is not saved as UTF-8: save it so, and send it again.", file=file)
        except tomllib.TOMLDecodeError as error:
            wrong = mistake(text, error)
            return Refused(
                "%(file)s, line %(line)s, character %(column)s: %(fix)s",
                file=file,
                line=wrong.line,
                column=wrong.column,
                fix=wrong.fix,
                original=str(error)[:_SAYS],
            )
        except ValueError:  # of Python, where a figure has thousands of digits
            return _too_long(file)
    return _too_long(", ".join(files))  # in figures that are read, but not written


def _too_long(file: str) -> Refused:
    return Refused("%(file)s holds a number that is too long.", file=file)


def _unzipped(content: bytes) -> dict[str, bytes]:
    """The TOML files in an archive, by their names; what Macs and tools put beside them is passed over."""
    _refuse_bombs(content)
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            parts = entry.filename.replace("\\", "/").split("/")
            name = parts[-1]
            if "__MACOSX" in parts or name.startswith(".") or not name.endswith(".toml"):
                continue
            if entry.flag_bits & 1:
                raise Refused("The ZIP file has a password. Send it without one.")
            if name in found:
                raise Refused(
                    "There are two files named %(name)s in the ZIP file. Send one of them.", name=name[:_SAYS]
                )
            found[name] = archive.read(entry)
    return found


def _refuse_bombs(content: bytes) -> None:
    """A small file may hold a very large one."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(each.file_size for each in archive.infolist()) > _UNPACKED * LARGEST:
            raise Refused("The file is larger than %(most)s MB.", most=_UNPACKED * LARGEST // 1_000_000)


# --- tables ---------------------------------------------------------------------------------

Rows = Iterable[Sequence[Any]]


def _from_sheets(sheets: Iterable[Rows]) -> Iterator[tuple[TextPlace, str]]:
    """The texts of the first sheet that begins with the headings."""
    for sheet in sheets:
        rows = iter(sheet)
        head = [_text(cell).strip() for cell in next(rows, ())]
        if tuple(each.lower() for each in head[:2]) == COLUMNS:
            languages = {column: code for column, code in enumerate(head) if column >= len(COLUMNS) and code}
            return _from_rows(rows, languages)
    raise Refused("The first row must hold the headings: key, place and the languages.")


def _from_rows(rows: Rows, languages: Mapping[int, str]) -> Iterator[tuple[TextPlace, str]]:
    for row in rows:
        key = _text(row[0]).strip() if row else ""
        if taken_apart(key).part == NAME and len(row) > 1 and (way := _text(row[1]).strip()):
            yield TextPlace(WAY, key), unescape(way)
        for column, code in languages.items() if key else ():
            text = _text(row[column]) if column < len(row) else ""
            if text:
                yield words_at(code, key), unescape(text)


def _sheets(content: bytes) -> Iterator[Rows]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum  # in the child alone

    _refuse_bombs(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [each.name for each in book.sheets_metadata if each.typ is SheetTypeEnum.WorkSheet]
        for name in names[:_SHEETS]:
            yield book.get_sheet_by_name(name).iter_rows()
    except PasswordError as error:
        raise Refused("The spreadsheet has a password. Save it without one.") from error
    except CalamineError as error:
        raise Refused("The file is damaged, or of another kind than its name says.") from error


def _comma_separated(content: bytes) -> Iterator[Rows]:
    """A CSV as Excel writes it: UTF-8, UTF-16 or, in Japan, Windows-31J; commas, semicolons or tabs."""
    text = _decoded(content)
    for separator in ",;\t":
        yield csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("The file is damaged, or of another kind than its name says.")


def _text(cell: object) -> str:
    """A cell as people see it."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer():
            return f"{cell:.0f}"
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return str(cell)
