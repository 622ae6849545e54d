"""The console while the database or the disk is unwell: nothing vanishes, everything is said."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from ivr.store.health import Part, Trouble
from tests.support.town import GREETING, Town, Visitor, begun

pytestmark = pytest.mark.timeless

GONE = "データベースがなくなっています。電話の案内は続いています。"
DAMAGED = "データベースが壊れています。電話の案内は続いています。"
FULL = "ディスクに空きがありません。電話の案内は続いています"


def database(town: Town) -> Path:
    return Path(str(town.office.database.engine.url.database))


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (Path.unlink, GONE),
        (lambda file: file.write_bytes(bytes(file.stat().st_size)), DAMAGED),
        (lambda file: file.write_bytes(b""), DAMAGED),
        (lambda file: file.rename(file.with_name("elsewhere.db")), GONE),
    ],
)
def test_an_act_without_its_database_is_refused_in_words(
    town: Town, harm: Callable[[Path], object], words: str
) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    whole = database(town).read_bytes()
    harm(database(town))
    refused = editor.send(**{"text-ja": "新しいあいさつです。"})
    assert editor.status == 503 and words in refused
    assert words in editor.get("/staff")
    stranger = town.visitor()
    stranger.get("/staff/sign-in")
    assert words in stranger.send("/sign-in", login="eto", password="x" * 12, code="123456")
    database(town).write_bytes(whole)
    editor.get("/staff")
    assert editor.status == 200 and "データベース" not in editor.text


def test_a_full_disk_is_said_with_the_act_and_on_the_first_page(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.editions.shelf.LOOK_EVERY", 3600.0)  # no look meanwhile finds that reading goes well
    editor = town.who("eto")
    editor.get("/staff/drafts")
    with town.office.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def full(raw, _entry):  # type: ignore[no-untyped-def]
        raw.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(town.office.database.engine, "connect", full)
    for _ in range(30):
        if FULL in editor.send("/drafts", title="二" * 190):
            break
        editor.get("/staff/drafts")
    assert editor.status == 503
    assert FULL in editor.get("/staff") and editor.status == 200
    event.remove(town.office.database.engine, "connect", full)
    town.office.shelf.refresh()
    assert FULL not in editor.get("/staff")


def test_the_first_page_tells_what_else_is_unwell(town: Town) -> None:
    editor = town.who("eto")
    town.office.health.ill(Part.SNAPSHOT, Trouble.FULL, "…")
    town.office.health.ill(Part.DISK, Trouble.FULL, "…")
    town.office.health.ill(Part.LIVE, Trouble.DAMAGED, "…")
    town.office.health.ill(Part.RECORDS, Trouble.FULL, "…")
    page = editor.get("/staff")
    for words in (
        FULL,
        "案内の控えをディスクに残せません。",
        "最後に公開した版を読み込めません。",
        "通話の利用状況を、",
    ):
        assert page.count(words) == 1


@pytest.mark.parametrize(
    "path", ["/staff/drafts/99999999999999999999999", "/staff/trail?before=99999999999999999999999"]
)
def test_an_address_with_a_number_of_no_size_is_no_error(town: Town, path: str) -> None:
    editor = town.who("eto")
    editor.get(path)
    assert editor.status in (200, 404)


def test_a_form_with_what_no_database_keeps_is_refused_in_words(town: Town) -> None:
    editor: Visitor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    refused = editor.send(**{"based-ja": "9" * 30, "text-ja": "新しい。"})
    assert editor.status < 500, refused
