"""What a release brings, as staff see it: on the first page, in its draft, and where they have to choose."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.editions.draft import Status
from ivr.editions.office import Office
from ivr.editions.texts import change
from tests.support.brought import HOURS, MENU_TEXT_AND_DESK
from tests.support.clock import MOMENT
from tests.support.given import PROMPTS
from tests.support.stores import ENGLISH, GREETING, City
from tests.support.town import Town, console_app, open_town, published

HELLO = "Hello. This is another line."


@pytest.fixture
def released(tmp_path: Path) -> Iterator[Town]:
    """A console whose staff have published a greeting, and whose program then came with other files."""
    rooms: Office = console_app(tmp_path / "data").extensions["ivr.office"]
    City(rooms, tmp_path, MOMENT - timedelta(hours=1)).publish(ja="こちらは、市の電話案内です。")
    rooms.database.close()
    folder = tmp_path / "prompts"
    folder.mkdir()
    files = {path.name: path.read_bytes() for path in PROMPTS.glob("*.toml")}
    changes = MENU_TEXT_AND_DESK | {
        GREETING: "プログラムの電話案内です。",
        ENGLISH: HELLO,
        HOURS: '"Mo-Fr 09:00-17:00"',
    }
    for name, content in change(files, changes).items():
        (folder / name).write_bytes(content)
    with open_town(tmp_path / "data", PROMPTS_DIR=str(folder)) as after:
        yield after


def test_the_first_page_tells_what_the_program_brings(released: Town) -> None:
    editor = released.who("eto")
    editor.get("/staff")
    assert "プログラムが、新しい案内を届けました" in editor.text
    for name in ("メニュー「更新」", "案内文「有効期限」", "窓口「交付窓口」"):
        assert name in editor.text
    assert "決める必要があるもの：1件" in editor.text
    (draft,) = released.office.drafts.all(Status.OPEN)
    assert draft.title in editor.text


def test_whatever_a_draft_changes_is_named_and_leads_to_the_page_that_writes_it(released: Town) -> None:
    (draft,) = released.office.drafts.all(Status.OPEN)
    editor = released.who("eto")
    changes = editor.get(f"/staff/drafts/{draft.id}") and editor.html.partition('id="h-changes"')[2]
    changes = changes.partition("<h2")[0]
    for name in ("「カードと、もれた番号」の番号を押すと、つながる先", "「更新」の0でつながる窓口"):
        assert name in changes
    rows = re.findall(r'(?:<h4[^>]*>|<span class="about">)\s*(.*?)\s*(?:</span>|<span)', changes, re.DOTALL)
    ways = [re.search(r'href="([^"]+)"', row) for row in rows]
    assert all(ways) and len(ways) > 30
    one_of_a_kind = {found[1].rpartition("/")[0]: found[1] for found in ways if found}
    for way in one_of_a_kind.values():
        editor.get(way)
        assert editor.status == 200, way


def test_somebody_chooses_a_side_and_the_draft_goes_its_way(released: Town) -> None:
    (draft,) = released.office.drafts.all(Status.OPEN)
    page, choose = f"/staff/drafts/{draft.id}", f"/staff/drafts/{draft.id}/choose"
    approver = released.who("abe")
    approver.get(page)
    assert "こちらは、市の電話案内です。" in approver.text and "プログラムの電話案内です。" in approver.text
    assert choose not in approver.html, "it is for editors to choose"
    editor = released.who("eto")
    editor.get(page)
    editor.send(choose, side="take")
    assert "プログラムの内容を、下書きに入れました。" in editor.text
    assert choose not in editor.html
    assert released.office.drafts.word(draft.id, GREETING).text == "プログラムの電話案内です。"
    caller = published(released, editor, page)
    assert caller.heard("プログラムの電話案内です。")
    caller.press("231")
    assert caller.heard("カードの期限は、十年です。")
    editor.get("/staff")
    assert "プログラムが、新しい案内を届けました" not in editor.text


def test_a_side_that_was_settled_meanwhile_is_told(released: Town) -> None:
    (draft,) = released.office.drafts.all(Status.OPEN)
    page, choose = f"/staff/drafts/{draft.id}", f"/staff/drafts/{draft.id}/choose"
    one, other = released.who("eto"), released.who("ebina")
    for editor in (one, other):
        editor.get(page)
    one.send(choose, side="keep")
    assert "職員の内容を残しました。" in one.text
    other.send(choose, side="take")
    assert "もう決まっています" in other.text
    assert released.office.drafts.word(draft.id, GREETING).text == "こちらは、市の電話案内です。"
