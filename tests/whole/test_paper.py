"""Pages as PDF, made by the real library in a process apart."""

import re
import zlib
from pathlib import Path

import pytest

from ivr.paper.printing import own_file, pdf_of
from ivr.people.refusals import Refused
from tests.support.given import ROOT

pytestmark = pytest.mark.timeless

PAGE = """<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>決裁</title>
<link rel="stylesheet" href="/staff/static/0/sheet.css"></head><body class="sheet"><h1>受付終了 17:15 → 17:00</h1>
<img src="file:///etc/hostname" alt="host"><img src="http://127.0.0.1:1/x.png" alt="net"></body></html>"""


@pytest.mark.slow
def test_a_page_becomes_a_tagged_pdf_with_its_own_letters() -> None:
    content = pdf_of(PAGE)
    assert content.startswith(b"%PDF-")
    written = b"".join(streams(content))
    assert b"/H1" in written and b"/StructTreeRoot" in content + written
    fonts = (content + written).replace(b"-", b"")
    assert b"NotoSansCJK" in fonts, "the style sheet asks for it"


def streams(content: bytes) -> list[bytes]:
    """What stands in the compressed parts of a PDF."""
    found = []
    for part in content.split(b"stream\n")[1::2]:
        try:
            found.append(zlib.decompress(part))
        except zlib.error:
            continue
    return found


def test_the_container_has_what_the_makefile_installs() -> None:
    found = re.search(r"^PANGO := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert found and set(found[1].split()) <= set((ROOT / "deploy" / "Containerfile").read_text().split())


def test_a_pdf_holds_files_of_the_program_alone() -> None:
    assert b"{" in own_file("own://x/static/pages/123/style.css")
    for other in ("file:///etc/passwd", "own://x/static/pages/0/../../wiring.py", "own://x/door/static/0/a.css"):
        with pytest.raises(ValueError, match="alone"):
            own_file(other)


def test_where_a_library_is_missing_people_are_told_how_to_print_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(Refused, match="Print the page from the browser"):
        pdf_of(PAGE)
