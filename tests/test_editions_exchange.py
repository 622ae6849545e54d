"""All texts out and in: TOML and a translator's spreadsheet, with a difference first."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from ivr.editions import exchange
from ivr.editions.edition import Edition
from ivr.editions.people import Refused
from ivr.editions.texts import Place
from tests.test_store_support import EDITOR, ENGLISH, GREETING, City, any_town, shipped  # noqa: F401

EDITION = Edition(shipped())


def sheet(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_spreadsheet_has_a_row_a_prompt_with_its_place_in_the_menu() -> None:
    rows = list(load_workbook(io.BytesIO(exchange.as_spreadsheet(EDITION))).worksheets[0].iter_rows(values_only=True))
    assert rows[0] == ("key", "place", "ja", "en")
    assert len(rows) - 1 == len({place.key for place in EDITION.texts if place.prompt})
    found = {row[0]: row for row in rows}
    assert found["say.greeting"][2:] == (EDITION.texts[GREETING], EDITION.texts[ENGLISH])
    way = [EDITION.texts[Place("ja.toml", f"{key}.name")] for key in ("menu.main", "menu.fraud", "text.mail")]
    assert found["text.mail.passages.1"][1] == " > ".join(way)


@pytest.mark.parametrize("kind", ["xlsx", "zip"])
def test_what_goes_out_comes_in_unchanged(town: City, kind: str) -> None:
    content = exchange.as_spreadsheet(EDITION) if kind == "xlsx" else exchange.as_toml(EDITION)
    words = town.office.drafts.words(town.draft().id)
    assert exchange.propose(words, exchange.read(f"texts.{kind}", content)) == exchange.Proposal((), ())


def test_a_difference_first_and_then_a_draft(town: City) -> None:
    draft = town.draft()
    content = sheet([["key", "place", "ja", "en"], ["say.greeting", "", "一", None], ["no.such", "", "x", None]])
    proposal = exchange.propose(town.office.drafts.words(draft.id), exchange.read("t.XLSX", content))
    assert [(each.place, each.after) for each in proposal.changes] == [(GREETING, "一")]
    assert proposal.unknown == ("ja.toml: no.such",)
    changes = {each.place: each.after for each in proposal.changes}
    based_on = {each.place: each.based_on for each in proposal.changes}
    town.say(draft, "間")
    with pytest.raises(Refused, match="while you were at it"):
        town.office.drafts.save_all(draft.id, changes, based_on, EDITOR, town.now)
    town.office.drafts.save_all(draft.id, changes, {GREETING: 1}, EDITOR, town.now)
    assert town.office.drafts.word(draft.id, GREETING).text == "一"
    assert town.office.drafts.word(draft.id, ENGLISH).renew


def test_one_toml_file_comes_in_too(town: City) -> None:
    content = EDITION.files["ja.toml"].replace(EDITION.texts[GREETING].encode(), "一".encode())
    proposal = exchange.propose(town.office.drafts.words(town.draft().id), exchange.read("ja.toml", content))
    assert [each.after for each in proposal.changes] == ["一"]


def test_formulas_are_escaped_and_come_back_as_they_were(town: City) -> None:
    formula = '=HYPERLINK("http://example.com")'
    draft = town.draft(ja=formula, en="+1")
    edition = town.office.drafts.edition(draft.id)
    content = exchange.as_spreadsheet(edition)
    for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows():
        for cell in row:
            assert cell.value is None or cell.data_type == "s"
            assert str(cell.value or "")[:1] not in set("=+-@")
    assert exchange.read("t.xlsx", content)[GREETING] == formula


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ja.toml", b"#" * (exchange.LARGEST * 10 + 1))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("t.xlsx", b"", "damaged"),
        ("t.xlsx", b"PK\x03\x04 cut off", "damaged"),
        ("t.zip", b"no zip", "damaged"),
        ("t.xlsx", bomb(), "larger than"),
        ("t.zip", bomb(), "larger than"),
        ("t.xlsx", exchange.as_toml(EDITION), "damaged"),
        ("t.xlsx", sheet([["other", "headings"]]), "headings"),
        ("t.xlsx", sheet([]), "headings"),
        ("ja.toml", b"\xff", "not written as TOML"),
        ("ja.toml", b"a = ", "not written as TOML"),
        ("t.docx", b"anything", "none of the files"),
        ("t.zip", sheet([]), "none of the files"),
        ("ja.toml", b"#" * (exchange.LARGEST + 1), "larger than"),
    ],
)
def test_what_cannot_be_used_is_refused_with_words(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        exchange.read(name, content)
