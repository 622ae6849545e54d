"""Passages put into a text and taken out of it, in every language at once, and what callers hear."""

from ivr.editions.passages import Passages, state
from ivr.editions.texts import TextPlace
from ivr.line.vocabulary import MOST_PASSAGES
from tests.support.town import Town, begun, published

MAIL = "texts/mail/passages"
WORDS = {"words-ja": "まず、落ち着いてください。", "words-en": "First, keep calm."}


def passages(town: Town, code: str = "ja") -> list[str]:
    return list(Passages(town.office.library).of(1, "mail")[code])


def test_an_inserted_passage_is_heard_in_every_language_and_a_removed_one_no_more(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    page = editor.get(f"{draft}/{MAIL}")
    first, *rest = passages(town)
    assert "「あやしいメールや、ショートメッセージ」の段落" in page
    assert first in page and passages(town, "en")[0] in page
    assert f"{draft}/prompts/text.mail.passages.2" in editor.html, "each leads to its editor"
    page = editor.get(f"{draft}/{MAIL}/1/insert")
    assert first in page and "新しい段落1" in page
    assert "すべての言語で、下書きに入れました" in editor.send("/1/insert", **WORDS)
    assert passages(town) == [WORDS["words-ja"], first, *rest]
    page = editor.get(f"{draft}/{MAIL}/2/remove")
    assert first in page and passages(town, "en")[1] in page, "what goes is there in every language"
    assert "すべての言語で外しました" in editor.send("/2/remove")
    assert passages(town) == [WORDS["words-ja"], *rest]
    caller = published(town, editor, draft)
    caller.press("11")
    assert caller.heard(WORDS["words-ja"]) and not caller.heard(first)
    caller = town.ring()
    caller.press("411")
    assert caller.heard(WORDS["words-en"])


def test_a_passage_goes_in_at_the_end(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    before = passages(town)
    editor.get(f"{draft}/{MAIL}/{len(before) + 1}/insert")
    assert before[-1] in editor.text
    editor.send("/insert", **WORDS)
    assert passages(town) == [*before, WORDS["words-ja"]]


def test_every_language_needs_its_words_and_those_that_were_typed_stay(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{MAIL}/1/insert")
    for missing in ("words-ja", "words-en"):
        assert "すべての言語で書いてください" in editor.send("/insert", **{**WORDS, missing: " \u200b"})
        assert editor.status == 409
        kept = next(name for name in WORDS if name != missing)
        assert editor.form("/insert")[1][kept] == WORDS[kept]
    assert town.office.drafts.differences(1) == ()


def test_nothing_goes_in_or_out_at_a_place_that_others_have_moved(town: Town) -> None:
    first, second, third = town.who("eto"), town.who("ebina"), town.who("baba")
    draft = begun(first)
    before = passages(town)
    first.get(f"{draft}/{MAIL}/1/insert")
    second.get(f"{draft}/{MAIL}/2/remove")
    third.get(f"{draft}/{MAIL}/{len(before) + 1}/insert")
    first.send("/insert", **WORDS)
    page = second.send("/remove")
    assert second.status == 409 and "だれかが段落を変えました" in page
    assert before[0] in page and before[1] not in page, "it shows what is the second one now"
    assert "だれかが段落を変えました" in third.send("/insert", **{**WORDS, "words-ja": "最後です。"})
    assert third.form("/insert")[1]["words-ja"] == "最後です。"
    assert passages(town) == [WORDS["words-ja"], *before]
    assert "すべての言語で外しました" in second.send("/remove"), "now it was seen"
    assert passages(town) == [WORDS["words-ja"], *before[1:]]


def test_whoever_typed_at_a_number_that_is_gone_comes_in_at_the_end(town: Town) -> None:
    first, second = town.who("eto"), town.who("ebina")
    draft = begun(first)
    count = len(passages(town))
    second.get(f"{draft}/{MAIL}/{count + 1}/insert")
    for _ in range(2):
        first.get(f"{draft}/{MAIL}/1/remove")
        first.send("/remove")
    second.send("/insert", **WORDS)
    assert second.status == 409
    second.send("/insert")
    assert passages(town)[-1] == WORDS["words-ja"] and len(passages(town)) == count - 1


def test_there_is_room_for_some_and_one_is_kept(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    count = len(passages(town))
    for _ in range(MOST_PASSAGES - count):
        editor.get(f"{draft}/{MAIL}/1/insert")
        editor.send("/insert", **WORDS)
    assert "これ以上は入れられません" in editor.get(f"{draft}/{MAIL}") and "insert" not in editor.html
    editor.get(f"{draft}/{MAIL}/1/insert")
    assert f"段落は{MOST_PASSAGES}つまでです" in editor.send("/insert", **WORDS) and editor.status == 409
    for _ in range(MOST_PASSAGES - 1):
        editor.get(f"{draft}/{MAIL}/1/remove")
        editor.send("/remove")
    assert "/remove" not in (editor.get(f"{draft}/{MAIL}") and editor.html)
    editor.get(f"{draft}/{MAIL}/1/remove")
    assert "一つは必要です" in editor.send("/remove") and len(passages(town)) == 1


def test_passages_and_texts_that_are_not_there_are_no_pages(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    for path in (f"{MAIL}/0/insert", f"{MAIL}/40/insert", f"{MAIL}/40/remove", "texts/nothing/passages"):
        editor.get(f"{draft}/{path}")
        assert editor.status == 404, path


def test_only_editors_put_in_and_take_out(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = begun(editor)
    assert "段落を変える" not in approver.get(f"{draft}/{MAIL}") and "insert" not in approver.html
    for act in ("insert", "remove"):
        assert "編集者だけができます" in approver.get(f"{draft}/{MAIL}/1/{act}") and approver.status == 403
        editor.get(f"{draft}/{MAIL}/1/{act}")
        target, _ = editor.form(act)
        approver.get(draft)
        token = approver.html.partition('name="csrf_token" value="')[2].partition('"')[0]
        sent = {**WORDS, "csrf_token": token, "seen": state(town.office.passages.of(1, "mail"))}
        assert approver.client.post(target, data=sent).status_code == 403
    assert town.office.drafts.differences(1) == ()


def test_a_new_passage_takes_the_approval_away_and_is_in_the_history(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{MAIL}/1/insert")
    editor.send("/insert", **WORDS)
    editor.get(f"{draft}/submit")
    editor.send("/submit", reason="x")
    assert "申請や承認は取り消されます" in editor.get(f"{draft}/{MAIL}")
    editor.get(f"{draft}/{MAIL}/1/remove")
    editor.send("/remove")
    assert "作成中" in editor.get(draft)
    assert [each.act for each in town.office.drafts.history(TextPlace("ja.toml", "text.mail.passages.1"))] == [
        "passages",
        "passages",
    ]
