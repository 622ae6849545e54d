"""Prepared alerts in the console: an editor writes one, puts it first and takes it away again."""

from ivr.editions.prepared_alerts import all_prepared
from tests.support.town import Town, begun, published

NEW = {"title-ja": "停電", "words-ja": "停電のため、窓口をお休みします。"}


def prepared(town: Town) -> list[str]:
    found = all_prepared(town.office.reshaping.texts(1), town.office.library.shipped.texts)
    return [each.titles["ja"] for each in found]


def test_an_editor_adds_one_puts_it_first_and_takes_it_away(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    before = prepared(town)
    editor.get(f"{draft}/prepared-alerts/new")
    assert "下書きに保存しました" in editor.send("/save", **NEW)
    assert prepared(town) == [*before, "停電"] and NEW["words-ja"] in editor.text
    key = f"alert_{len(before) + 1}"
    if before:
        editor.send("/move", key=key, to="1")
    assert prepared(town) == ["停電", *before]
    editor.get(f"{draft}/tree")
    assert "用意したお知らせを変えた" in editor.text
    editor.get(f"{draft}/prepared-alerts")
    editor.send("/away", key=key)
    assert prepared(town) == before


def test_nothing_typed_is_lost_and_nothing_of_others_is_overwritten(town: Town) -> None:
    first, second = town.who("eto"), town.who("ebina")
    draft = begun(first)
    first.get(f"{draft}/prepared-alerts/new")
    assert "一つ以上の言語で" in first.send("/save", **{"title-ja": "停電"})
    assert first.status == 409 and first.form("/save")[1]["title-ja"] == "停電"
    first.send("/save", **NEW)
    key = f"alert_{len(prepared(town))}"
    for editor in (first, second):
        editor.get(f"{draft}/prepared-alerts/at/{key}")
    first.send("/save", **{"words-ja": "停電は、終わりました。"})
    page = second.send("/save", **{"words-ja": "停電は、明日までです。"})
    assert second.status == 409 and "だれかがここを変えました" in page and "停電は、終わりました。" in page
    assert second.form("/save")[1]["words-ja"] == "停電は、明日までです。"
    second.send("/save")
    second.get(f"{draft}/prepared-alerts")
    assert "停電は、明日までです。" in second.text, "theirs was seen"


def test_only_editors_change_them(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = begun(editor)
    assert "用意するお知らせを加える" not in approver.get(f"{draft}/prepared-alerts")
    approver.get(f"{draft}/prepared-alerts/new")
    assert approver.status == 403
    editor.get(f"{draft}/prepared-alerts/at/nothing")
    assert editor.status == 404


def test_one_that_was_written_and_published_stands_ready_where_alerts_are_begun(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/prepared-alerts/new")
    editor.send("/save", **NEW)
    published(town, editor, draft)
    before = len(prepared(town)) - 1
    assert before and "停電" in editor.get("/staff/alerts")
    editor.get(f"/staff/alerts?from={before}")
    assert editor.form("/alerts/look")[1]["words-ja"] == NEW["words-ja"]
