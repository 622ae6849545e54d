"""All texts as TOML or as a translator's spreadsheet, and back: a difference first, then a draft.

Formulas are escaped (`ivr.store.cells`) and cells are typed as text.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ivr import apart
from ivr.apart import Limits, Seats
from ivr.editions import admission, structure
from ivr.editions.draft import Word
from ivr.editions.edition import Edition
from ivr.editions.reading import COLUMNS, LARGEST
from ivr.editions.structure import Shape, Texts
from ivr.editions.texts import TextPlace, words_at
from ivr.line.prompt_keys import taken_apart
from ivr.line.sentences import unpacked_facts
from ivr.people.refusals import Later, Refused
from ivr.store.cells import escape

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

LIMITS = Limits(wall=15.0, cpu=4, memory=1_500_000_000, answer=40_000_000)
"""What a child may use for a file [own values; the shipped line's spreadsheet needs 0.6 s and 150 MB]."""

LONGEST_NAME = 200
_WIDTHS = (32, 40, 70)


@dataclass(frozen=True, slots=True)
class Change:
    """A text that an import would change, and the version of it that it was compared with."""

    place: TextPlace
    before: str
    after: str
    based_on: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an import would do: `changes`, and places that the line cannot have. `goes`: what else would
    change if all that the file does not have were taken away, and `branches` those of it that have names."""

    changes: tuple[Change, ...]
    unknown: tuple[str, ...]
    goes: tuple[Change, ...] = ()
    branches: tuple[str, ...] = ()


def as_toml(edition: Edition) -> bytes:
    """A ZIP of the edition's TOML files, byte for byte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(edition.files.items()):
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def as_spreadsheet(edition: Edition) -> bytes:
    """An XLSX: a row a prompt, with its key, its place in the menu, and a column a language."""
    languages = Shape.of(edition.texts).languages
    from openpyxl import Workbook  # here, since it loads numpy, which no webhook needs
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook has a sheet")
    _row(sheet, 1, [*COLUMNS, *languages])
    for number, key in enumerate(_prompt_keys(edition), 2):
        words = [edition.texts.get(words_at(code, key), "") for code in languages]
        _row(sheet, number, [key, menu_place(edition.texts, key), *words])
    _dress(sheet, len(languages))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(name: str, content: bytes, seats: Seats) -> dict[TextPlace, str]:
    """The texts in a file that people sent (see `ivr.editions.reading`), read in a process apart. Refused
    with the reason where it cannot be used, Later where there is no seat."""
    if len(content) > LARGEST:
        raise Refused("The file is larger than %(most)s MB.", most=LARGEST // 1_000_000)
    answer, found = _apart("ivr.editions.reading:found", {"name": name[-LONGEST_NAME:]}, content, seats)
    if "message" in answer:
        raise Refused(str(answer["message"]), **unpacked_facts(answer["facts"]))
    return {TextPlace(file, key): text for file, key, text in json.loads(found)}


def written(edition: Edition, seats: Seats) -> bytes:
    """`as_spreadsheet`, in a process apart: it loads numpy, which no web worker needs. Refused, Later."""
    return _apart("ivr.editions.exchange:spreadsheet", {}, as_toml(edition), seats)[1]


def _apart(work: str, facts: Mapping[str, object], content: bytes, seats: Seats) -> apart.Answer:
    try:
        with seats.taken():
            return apart.asked(work, facts, content, LIMITS)
    except apart.Busy as error:
        raise Later("Much is being worked on just now. Try again in a moment.") from error
    except apart.Failed as error:
        raise Refused("The file could not be worked on: it is damaged, or there is far too much in it.") from error


# --- The child's side: what `ivr.apart` calls ------------------------------------------------


def spreadsheet(_facts: Mapping[str, Any], content: bytes) -> apart.Answer:
    """An edition's spreadsheet, from a ZIP of its files."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {}, as_spreadsheet(Edition({name: archive.read(name) for name in archive.namelist()}))


# --- The difference first ---------------------------------------------------------------------


def propose(words: Mapping[TextPlace, Word], found: Mapping[TextPlace, str]) -> Proposal:
    """What taking `found` into a draft with these words would change. Texts that `found` does
    not mention, or leaves empty, stay, unless somebody wants them away."""
    texts = {place: word.text for place, word in words.items()}
    taken = admission.admitted(texts, found)
    after = {**texts, **taken}
    branches = admission.absent(texts, found)
    gone = admission.without(after, branches, admission.fewer_passages(texts, found))
    return Proposal(
        changes=tuple(_changes(words, taken)),
        unknown=tuple(map(str, admission.left_out(taken, found))),
        goes=tuple(_changes(words, gone)),
        branches=tuple(key for key in branches if key not in Shape.of({**after, **gone}).branches),
    )


def takes(words: Mapping[TextPlace, Word], changes: Mapping[TextPlace, str]) -> bool:
    """Whether a draft with these words can take all of these changes in, "" taking a text out."""
    given = {place: text for place, text in changes.items() if text}
    taken = admission.admitted({place: word.text for place, word in words.items()}, given)
    return given.keys() <= taken.keys() and (changes.keys() - given.keys()) <= words.keys()


def _changes(words: Mapping[TextPlace, Word], wanted: Mapping[TextPlace, str]) -> Iterator[Change]:
    for place, text in wanted.items():
        word = words.get(place) or Word(place, "", 0, "", False)
        if word.text != text:
            yield Change(place, word.text, text, word.version)


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


def menu_place(texts: Texts, key: str) -> str:
    """The way from the first menu to the prompt's node, in the line's first language."""
    shape = Shape.of(texts)
    names = structure.names_of(texts, next(iter(shape.languages), ""))
    return " > ".join(names[each] for each in shape.menus_to(taken_apart(key).node))
