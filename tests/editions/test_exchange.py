"""All texts out and in: TOML and a translator's spreadsheet, with a difference first."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from ivr.apart import Limits, Seats
from ivr.editions import exchange, reading
from ivr.editions.edition import Edition
from ivr.editions.texts import TextPlace
from ivr.people.refusals import Later, Refused
from tests.support.stores import EDITOR, ENGLISH, GREETING, City, shipped

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
    way = [EDITION.texts[TextPlace("ja.toml", f"{key}.name")] for key in ("menu.main", "menu.fraud", "text.mail")]
    assert found["text.mail.passages.1"][1] == " > ".join(way)


@pytest.mark.parametrize("kind", ["xlsx", "zip"])
def test_what_goes_out_comes_in_unchanged(town: City, kind: str) -> None:
    content = exchange.as_spreadsheet(EDITION) if kind == "xlsx" else exchange.as_toml(EDITION)
    words = town.office.drafts.words(town.draft().id)
    assert exchange.propose(words, reading.read(f"texts.{kind}", content)) == exchange.Proposal((), ())


def test_a_difference_first_and_then_a_draft(town: City) -> None:
    draft = town.draft()
    content = sheet([["key", "place", "ja", "en"], ["say.greeting", "", "一", None], ["no.such", "", "x", None]])
    proposal = exchange.propose(town.office.drafts.words(draft.id), reading.read("t.XLSX", content))
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
    proposal = exchange.propose(town.office.drafts.words(town.draft().id), reading.read("ja.toml", content))
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
    assert reading.read("t.xlsx", content)[GREETING] == formula


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ja.toml", b"#" * (reading.LARGEST * 10 + 1))
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
        ("ja.toml", b"\xff", "ja.toml is not saved as UTF-8"),
        ("ja.toml", b"a = ", "line 1, character 4: a value"),
        ("t.docx", b"anything", "Save it as a spreadsheet"),
        ("t.zip", sheet([]), "none of the files"),
        ("ja.toml", b"#" * (reading.LARGEST + 1), "larger than"),
    ],
)
def test_what_cannot_be_used_is_refused_with_words(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        reading.read(name, content)


# --- what other programs write ------------------------------------------------------------------

WORDS = "こちらは、みなと市です。"
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{dimension}<sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>key</t></is></c><c r="B1" t="inlineStr"><is><t>place</t></is></c>'
    '<c r="C1" t="inlineStr"><is><t>ja</t></is></c></row>{rows}</sheetData></worksheet>'
)
ROW = (
    '<row r="2"><c r="A2" t="inlineStr"><is><t>say.greeting</t></is></c>'
    '<c r="C2" t="inlineStr"><is><t>{words}</t></is></c></row>'
)


def workbook(rows: str = ROW.format(words=WORDS), dimension: str = "", styles: str = "", sheet: str = SHEET) -> bytes:
    """A spreadsheet as its parts say."""
    space = "http://schemas.openxmlformats.org"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{space}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{space}/spreadsheetml/2006/main" '
        f'xmlns:r="{space}/officeDocument/2006/relationships"><sheets>'
        '<sheet name="Sheet" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{space}/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{space}/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{space}/spreadsheetml/2006/main">{styles}</styleSheet>',
        "xl/worksheets/sheet1.xml": sheet.format(rows=rows, dimension=dimension) if sheet is SHEET else sheet,
    }
    return archive({name: text.encode() for name, text in parts.items() if text})


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(workbook(), id="plain"),
        pytest.param(workbook(dimension='<dimension ref="A1"/>'), id="a dimension that is none (WPS, POI)"),
        pytest.param(workbook(styles="<fills><fill/></fills>"), id="an empty fill, as Excel opens it"),
    ],
)
def test_what_opens_in_a_spreadsheet_program_is_read(content: bytes) -> None:
    assert reading.read("t.xlsx", content) == {GREETING: WORDS}


@pytest.mark.parametrize("line_break", ["_x000D_\n", "_x000D__x000A_", "\n", "&#13;&#10;", " _x000D_ "])
def test_line_breaks_in_cells_become_one_blank(town: City, line_break: str) -> None:
    content = workbook(ROW.format(words=f"一行目{line_break}二行目"))
    proposal = exchange.propose(town.office.drafts.words(town.draft().id), reading.read("t.xlsx", content))
    assert [each.after for each in proposal.changes] == ["一行目 二行目"]


def test_the_sheet_with_the_texts_is_found_among_others() -> None:
    book = Workbook()
    book.worksheets[0].append(["Notes"])
    book.create_chartsheet()
    book.create_sheet("Texts")
    for row in (["key", "place", "ja"], ["say.greeting", None, WORDS]):
        book["Texts"].append(row)
    out = io.BytesIO()
    book.save(out)
    assert reading.read("t.xlsx", out.getvalue()) == {GREETING: WORDS}


def test_cells_of_any_kind_are_read_as_people_see_them() -> None:
    cells = [True, 1.0, 1.5, date(1901, 2, 3), date(9999, 12, 31), "=1+1", "123"]
    rows: list[list[object]] = [["key", "place", "ja"], *([f"k{n}", "", cell] for n, cell in enumerate(cells))]
    found = reading.read("t.xlsx", sheet([*rows, [True, "", "x"], [2.0, "", "y"]]))
    texts = {place.key: text for place, text in found.items()}
    assert [texts[f"k{n}"][:10] for n in (0, 1, 2, 3, 4, 6)] == ["TRUE", "1", "1.5", "1901-02-03", "9999-12-31", "123"]
    assert (texts["TRUE"], texts["2"]) == ("x", "y")
    assert "k5" not in texts  # a formula whose value nobody has saved changes nothing


def test_merged_cells_hold_their_text_once() -> None:
    book = Workbook()
    for row in (["key", "place", "ja", "en"], ["say.greeting", "", WORDS, ""]):
        book.worksheets[0].append(row)
    book.worksheets[0].merge_cells("C2:D2")
    out = io.BytesIO()
    book.save(out)
    assert reading.read("t.xlsx", out.getvalue()) == {GREETING: WORDS}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_as_excel_writes_it(encoding: str, separator: str) -> None:
    rows = (("key", "place", "ja"), ("say.greeting", "", f'"{WORDS}\r\n次"'))
    content = "\r\n".join(separator.join(row) for row in rows).encode(encoding)
    assert reading.read("t.CSV", content) == {GREETING: f"{WORDS}\r\n次"}


def test_what_macs_put_into_a_zip_is_passed_over_and_folders_may_be_there() -> None:
    files = {
        "texts/ja.toml": b'[say]\ngreeting = "x"',
        "__MACOSX/texts/._ja.toml": b"\0\5\x16\7",
        "texts/.DS_Store": b"x",
    }
    assert reading.read("mac.zip", archive(files)) == {GREETING: "x"}
    for name in ("/etc/ja.toml", "../../ja.toml", "C:\\texts\\ja.toml"):
        assert reading.read("t.zip", archive({name: b'[say]\ngreeting = "x"'})) == {GREETING: "x"}


def with_a_password() -> bytes:
    content = bytearray(archive({"ja.toml": b"[say]"}))
    for start in (content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8):
        content[start] |= 1
    return bytes(content)


def damaged() -> bytes:
    content = bytearray(archive({"ja.toml": b'[say]\ngreeting = "x"' * 20}))
    content[40:48] = bytes(8)
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("t.zip", with_a_password(), "has a password"),
        ("t.zip", damaged(), "damaged"),
        ("t.zip", archive({"a/ja.toml": b"", "b/ja.toml": b""}), "two files named ja.toml"),
        ("t.xls", b"anything", "Save it as a spreadsheet"),
        ("t.numbers", b"anything", "Save it as a spreadsheet"),
        ("t.xlsx", workbook(sheet=SHEET[:200]), "damaged"),
        ("t.xlsx", workbook(sheet=""), "damaged"),
        ("t.ods", b"PK\x03\x04", "damaged"),
        ("t.csv", b"\xff\xfe\x00", "damaged"),
        ("t.csv", b"a,b\n", "headings"),
        ("ja.toml", b"a=" + b"[" * 200_000, "too deep"),
        ("ja.toml", b"a={" * 50_000, "too deep"),
        ("ja.toml", b"a" + b".a" * 2_000 + b"=1", "too deep"),
        ("ja.toml", b"a=" + b"9" * 5_000, "a number that is too long"),
        ("ja.toml", b"words.a=0x" + b"f" * 5_000, "a number that is too long"),
        ("ja.toml", b'a="\\ud800"', "a backslash"),
        ("ja.toml", b'a="\0"', "a character stands here"),
        ("ja.toml", b"a='" + b"x" * 6_000 + b"'", "at most 5000 characters"),
        ("ja.toml", b"\n".join(b"a%d='x'" % n for n in range(20_001)), "more than 20000 texts"),
    ],
)
def test_hostile_and_broken_files_are_refused_with_words(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        reading.read(name, content)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ('a = "x"\nb "y"', "line 2, character 3", "“=” is missing"),
        ('a = "x"\n= "y"', "line 2, character 1", "the name of a text"),
        ("[text]\na = 'x' 'y'", "line 2, character 9", "something follows"),
        ('a = "x', "line 1, character 7", "not closed"),
        ('a = ["x",\n\n', "line 1, character 10", "a value should stand"),
        ("[text", "line 1, character 6", "not closed"),
        ("a = 1\na = 2", "line 2, character 6", "already"),
        ('a = "C:\\work"', "line 1, character 10", "backslash"),
        ('a = "x\ny"', "line 1, character 7", "line break"),
        ("a = 2026-02-30", "line 1, character 5", "no such date"),
    ],
)
def test_a_mistake_in_toml_is_told_by_its_place_and_in_words(text: str, place: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        reading.read("ja.toml", text.encode())
    assert f"ja.toml, {place}: " in str(refused.value) and says in str(refused.value)
    assert refused.value.facts["original"], "what the library said goes along"


def slow(monkeypatch: pytest.MonkeyPatch, wall: float = 60.0) -> None:
    """Time enough for a machine that is busy with other things."""
    limits = exchange.LIMITS
    monkeypatch.setattr(exchange, "LIMITS", Limits(wall, limits.cpu, limits.memory, limits.answer))


def test_a_file_is_read_and_written_in_a_process_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    slow(monkeypatch)
    seats = Seats(1, 1.0)
    assert exchange.read("t.xlsx", workbook(), seats) == {GREETING: WORDS}
    with pytest.raises(Refused, match="headings"):
        exchange.read("t.xlsx", sheet([["other"]]), seats)
    assert reading.read("t.xlsx", exchange.written(EDITION, seats))[GREETING] == EDITION.texts[GREETING]


ENDLESS = workbook('<row r="99999999999"><c r="C99999999999"><v>1</v></c></row>')


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("hang.xlsx", ENDLESS, id="a row that is none"),
        pytest.param("wide.xlsx", workbook('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), id="all cells"),
        pytest.param("ja.toml", b"a" + b".a" * 200_000 + b"=1", id="200,000 dots"),
    ],
)
def test_what_would_never_end_is_ended(name: str, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(monkeypatch)
    with pytest.raises(Refused):
        exchange.read(name, content, Seats(1, 1.0))


def test_whoever_finds_no_seat_is_told_to_come_back() -> None:
    seats = Seats(1, 0.05)
    with seats.taken(), pytest.raises(Later):
        exchange.read("t.xlsx", workbook(), seats)
