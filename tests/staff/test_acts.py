"""What staff do at the console, and what is refused them, with the words that the line says."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from ivr.editions.checks import Asked
from ivr.editions.draft import Status
from ivr.editions.texts import TextPlace
from ivr.staff.advice import advise
from ivr.staff.compare import marked, whole
from tests.support.clock import MOMENT
from tests.support.languages import SHIPPED
from tests.support.town import GREETING, Town, Visitor, begun

NEW = "新しいあいさつです。"
OLD = "横浜市のマイナンバー案内です。"
JA, EN = TextPlace("ja.toml", GREETING), TextPlace("en.toml", GREETING)


def submitted(visitor: Visitor, **texts: str) -> str:
    """A draft with these texts, on its way to approval."""
    draft = begun(visitor)
    visitor.get(f"{draft}/prompts/{GREETING}")
    visitor.send(**{f"text-{code}": text for code, text in (texts or {"ja": NEW}).items()})
    visitor.get(f"{draft}/submit")
    assert "承認を申請しました" in visitor.send("/submit", reason="分かりやすくするため")
    return draft


def test_the_whole_way_of_a_change(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = submitted(editor)
    assert town.ring().heard(OLD)
    shown = approver.get(f"{draft}/approve")
    assert "分かりやすくするため" in shown and "新しい" in shown
    assert "承認しました" in approver.send("/approve")
    approver.get(f"{draft}/publish")
    assert "公開しました" in approver.send("/publish")
    assert town.ring().heard(NEW)
    approver.get("/staff/editions/roll-back")
    assert "一つ前の版に戻しました" in approver.send("/roll-back")
    assert town.ring().heard(OLD)


def test_nobody_approves_their_own_work(town: Town) -> None:
    both = town.who("baba")
    draft = submitted(both)
    both.get(f"{draft}/approve")
    assert "この下書きに関わっていない人が、承認してください" in both.send("/approve")
    assert both.status == 409
    assert town.office.drafts.get(1).status is Status.SUBMITTED


def test_an_approval_is_of_exactly_what_was_looked_at(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = submitted(editor)
    approver.get(f"{draft}/approve")
    editor.get(f"{draft}/prompts/{GREETING}")
    editor.send(**{"text-ja": "さらに変えました。"})
    assert "もう一度確かめてください" in approver.send("/approve")


def test_a_draft_is_sent_back_with_words(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = submitted(editor)
    approver.get(f"{draft}/approve")
    assert "直してほしいことを書いてください" in approver.send("/send-back", words=" ")
    approver.send("/send-back", words="もっと短く")
    assert "もっと短く" in editor.get(draft)


def test_roles_are_asked_for_by_every_act(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = submitted(editor)
    token = {"csrf_token": _token(editor)}
    for path in (f"{draft}/approve", f"{draft}/send-back", "/staff/editions/roll-back"):
        answer = editor.client.post(path, data={**token, "digest": "x", "words": "x"})
        assert answer.status_code in (403, 409), path
        assert "承認者だけができます" in answer.get_data(as_text=True), path
    token = {"csrf_token": _token(approver)}
    for path in (f"{draft}/discard", f"{draft}/rebase", f"{draft}/prompts/{GREETING}/confirm/en"):
        answer = approver.client.post(path, data=token)
        assert answer.status_code == 403 and "編集者だけができます" in answer.get_data(as_text=True), path


def test_publishing_at_a_set_time_and_taking_it_back(town: Town) -> None:
    draft = submitted(town.who("eto"))
    approver = town.who("abe")
    approver.get(f"{draft}/approve")
    approver.send("/approve")
    assert "2026年11月25日（水）9:30から" in approver.get(f"{draft}/schedule?at=2026-11-25T09:30")
    assert "予約しました" in approver.send("/schedule")
    before, after = MOMENT + timedelta(hours=22, minutes=29), MOMENT + timedelta(hours=22, minutes=31)
    assert town.ring(before).heard(OLD) and town.ring(after).heard(NEW)
    approver.get("/staff/editions/withdraw/1")
    assert "予約を取り消しました" in approver.send("/withdraw/1")
    assert town.ring(after).heard(OLD)


@pytest.mark.parametrize("at", ["yesterday", "2026-11-24T10:59", "2036-01-01T00:00"])
def test_a_time_that_is_none_is_refused_in_words(town: Town, at: str) -> None:
    draft = submitted(town.who("eto"))
    approver = town.who("abe")
    approver.get(f"{draft}/approve")
    approver.send("/approve")
    approver.get(f"{draft}/schedule?at=2026-11-25T09:30")
    approver.send("/schedule", at=at)
    assert approver.status == 409
    assert "できませんでした" in approver.text
    assert town.office.library.scheduled(MOMENT) == ()


def test_what_breaks_a_rule_is_not_published(town: Town) -> None:
    town.office.checks.rules = lambda _asked: ("R13 ja.toml: say.greeting: takes 9 s",)
    draft = submitted(town.who("eto"))
    approver = town.who("abe")
    assert "takes 9 s" in approver.get(f"{draft}/approve")
    approver.send("/approve")
    approver.get(f"{draft}/publish")
    assert "takes 9 s" in approver.send("/publish")
    assert approver.status == 409
    assert town.ring().heard(OLD)


def test_the_rules_are_asked_once_a_day_for_the_same_words(town: Town) -> None:
    asked: list[Asked] = []

    def rules(each: Asked) -> tuple[str, ...]:
        if each.edition != town.office.library.shipped:
            asked.append(each)
        return ()

    town.office.checks.rules = rules
    draft = submitted(town.who("eto"))
    approver = town.who("abe")
    for _ in range(3):
        approver.get(f"{draft}/approve")
    approver.send("/approve")
    assert len(asked) == 1
    tomorrow = approver.later(days=1)
    tomorrow.sign_in("abe")
    tomorrow.get(f"{draft}/publish")
    assert "公開しました" in tomorrow.send("/publish")
    assert len(asked) == 2


def test_a_refusal_leaves_the_ways_to_other_pages(town: Town) -> None:
    editor = town.who("eto")
    editor.get("/staff/drafts/999")
    assert editor.status == 404 and 'href="/staff/drafts"' in editor.html and "サインアウト" in editor.html


def test_a_draft_is_given_another_title(town: Town) -> None:
    editor = town.who("eto")
    editor.get(begun(editor))
    assert "新しい名前" in editor.send("/rename", title="新しい名前")
    assert "新しい名前" in editor.get("/staff/drafts")


def test_the_second_to_save_sees_both_texts_and_loses_nothing(town: Town) -> None:
    first, second = town.who("eto"), town.who("ebina")
    draft = begun(first)
    for visitor in (first, second):
        visitor.get(f"{draft}/prompts/{GREETING}")
    first.send(**{"text-ja": "江藤の文です。"})
    page = second.send(**{"text-ja": "蛯名の文です。"})
    assert second.status == 409
    assert "江藤が次のように保存しました" in page and "江藤の文です。" in page and "蛯名の文です。" in page
    assert "下書きに保存しました" in second.send()
    assert [each.text for each in town.office.drafts.history(JA)] == ["蛯名の文です。", "江藤の文です。"]


def test_changing_one_language_marks_the_other_and_does_not_confirm_it(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    page = editor.send(**{"text-ja": NEW})
    assert "見直しが必要" in page
    assert town.office.drafts.word(1, EN).renew
    assert "見直しが必要な文" in editor.get(draft)
    editor.get(f"{draft}/prompts/{GREETING}")
    editor.send("/confirm/en")
    assert not town.office.drafts.word(1, EN).renew


def test_what_is_typed_is_kept_and_others_are_told(town: Town) -> None:
    editor, other = town.who("eto"), town.who("ebina")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    _, fields = editor.form()
    path = f"{draft}/prompts/{GREETING}/typed"
    sent = {**fields, "language": "ja", "text-ja": "書きかけの12345"}
    answer = editor.client.post(path, data=sent)
    assert "およそ" in answer.get_data(as_text=True) and "12345" in answer.get_data(as_text=True)
    assert "書きかけの12345" in editor.get(f"{draft}/prompts/{GREETING}")
    assert "江藤がこの文を入力しています" in other.get(f"{draft}/prompts/{GREETING}")
    editor.send("/drop")
    assert "書きかけ" not in editor.text
    signed_out = town.app.test_client().post(path, data=sent)
    assert signed_out.status_code == 401


def test_a_form_without_its_token_keeps_the_words_in_the_field(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    assert NEW in editor.send(**{"text-ja": NEW, "csrf_token": "of another session"})
    assert editor.status == 409 and not town.office.drafts.word(1, JA).changed
    assert "下書きに保存しました" in editor.send()


def test_two_drafts_over_one_another_are_brought_up_to_date(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    second = begun(editor, "もう一つ")
    first = submitted(editor)
    approver.get(f"{first}/approve")
    approver.send("/approve")
    approver.get(f"{first}/publish")
    approver.send("/publish")
    editor.get(f"{second}/prompts/say.goodbye")
    editor.send(**{"text-ja": "さようなら。"})
    editor.get(f"{second}/submit")
    assert "先に、下書きを最新にしてください" in editor.send("/submit", reason="x")
    editor.get(second)
    assert "下書きを最新にしました" in editor.send("/rebase")
    editor.get(f"{second}/submit")
    assert "承認を申請しました" in editor.send("/submit", reason="x")


def test_hours_and_numbers_of_a_desk_are_part_of_a_draft(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/facts/desk/city")
    page = editor.send(
        hours="Mo-Fr 10:00-16:00", numbers="045-671-3792\n045-000-0000", recorded="on", confirmed="2026-11-24"
    )
    assert "下書きに保存しました" in page
    desk = town.office.drafts.edition(1).line.desks["city"]
    assert desk.hours.weekly == "Mo-Fr 10:00-16:00" and desk.recorded
    assert desk.numbers == ("045-671-3792", "045-000-0000")
    assert str(desk.confirmation.day) == "2026-11-24"
    editor.get(f"{draft}/facts/desk/city")
    assert "日付を" in editor.send(confirmed="sometime") and editor.status == 409
    assert editor.get(f"{draft}/facts/menu/main") and editor.status == 404


def test_hours_that_mean_nothing_cannot_be_submitted(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    at = TextPlace("line.toml", "desk.city.hours")
    town.office.drafts.save(1, at, '"whenever we like"', 0, town.accounts.get("eto").person, MOMENT)
    assert "「横浜市のマイナンバー担当」の受付時間" in editor.get(f"{draft}/submit")
    assert f'href="{draft}/facts/desk/city"' in editor.html, "it leads to where it is mended"
    assert "問題を直してください" in editor.send("/submit", reason="x")


def test_an_author_is_told_when_nobody_approves_the_alert_and_when_it_ended(town: Town) -> None:
    editor = town.who("eto")
    editor.get("/staff/alerts?from=0")
    page = editor.send("/alerts/look", end="2026-11-24T17:00")
    assert "2026年11月24日（火）13:00までにほかの人が承認しないと、そこで終わります" in page
    assert "2時間のうちに、ほかの人が承認しないと、終わります" in editor.send("/alerts")
    waiting = "ほかの人が承認しないと、2026年11月24日（火）13:00に終わります"
    assert waiting in editor.text and waiting in editor.get("/staff")
    later = town.visitor().later(hours=2)
    ended = "あなたのお知らせは、2026年11月24日（火）13:00までに承認されなかったため、終わりました"
    assert ended in later.sign_in("eto")
    assert "時間までに承認されなかったため、終わりました" in later.get("/staff/alerts")
    approver = town.visitor().later(hours=2)
    assert ended not in approver.sign_in("abe")
    assert "を承認" not in approver.get("/staff/alerts"), "there is nothing to approve any more"
    assert not town.ring(MOMENT + timedelta(hours=2)).heard("偽の電話が増えています")


def test_an_alert_is_looked_at_heard_ended_and_approved_by_somebody_else(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    editor.get("/staff/alerts?from=0")
    assert "偽の電話" in editor.html
    assert "このお知らせを、電話に流しますか" in editor.send("/alerts/look", end="2026-11-24T12:00")
    assert not town.ring().heard("偽の電話が増えています")
    assert "お知らせを電話に流しました" in editor.send("/alerts")
    assert town.ring().heard("偽の電話が増えています")
    assert not town.ring(MOMENT + timedelta(minutes=61)).heard("偽の電話が増えています")
    with pytest.raises(AssertionError, match="no form leads"):
        editor.send("/alerts/1/approve")
    approver.get("/staff/alerts")
    assert "お知らせを承認しました" in approver.send("/alerts/1/approve")
    editor.get("/staff/alerts/1/end")
    assert "お知らせを終了しました" in editor.send("/alerts/1/end")
    assert not town.ring(MOMENT + timedelta(seconds=5)).heard("偽の電話が増えています")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"end": "tomorrow"}, "日付と時刻を"),
        ({"end": "2026-11-24T12:00", "words-en": " "}, "すべての言語"),
    ],
)
def test_an_alert_needs_an_end_and_every_language(town: Town, values: dict[str, str], said: str) -> None:
    editor = town.who("eto")
    editor.get("/staff/alerts?from=1")
    assert said in editor.send("/alerts/look", **values)
    assert "偽のメール" in editor.html, "what was written is still there"


def test_an_alert_in_the_past_is_refused_and_its_words_kept(town: Town) -> None:
    editor = town.who("eto")
    editor.get("/staff/alerts?from=0")
    editor.send("/alerts/look", end="2026-11-24T10:00")
    assert "終わりは" in editor.send("/alerts") and "偽の電話" in editor.html


def test_a_desk_closed_for_today_is_not_rung(town: Town) -> None:
    editor = town.who("eto")
    editor.get("/staff/desks")
    page = editor.send("/desks/look", **{"desk-city": "on", "end": "2026-11-24T23:59"})
    assert "横浜市のマイナンバー担当" in page and "休みにしますか" in page
    assert "休みにしました" in editor.send("/desks")
    caller = town.ring()
    caller.press("0")
    assert "045-671-3792" not in str(caller.dialled)
    assert "いますぐ受付に戻す" in editor.get("/staff/desks")
    assert "ふだんの時間どおり" in editor.send("/desks/reopen/1")


def test_texts_go_out_as_a_spreadsheet_and_come_back_by_way_of_a_difference(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/exchange")
    book = load_workbook(io.BytesIO(editor.client.get(f"{draft}/texts.xlsx").get_data()))
    row = next(row for row in book.worksheets[0].iter_rows() if row[0].value == GREETING)
    row[2].value = NEW
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    page = editor.send("/import/look", file=(out, "texts.xlsx"))
    assert "この文を取り込みますか" in page and not town.office.drafts.word(1, JA).changed
    assert "1件の文を" in editor.send("/import")
    assert town.office.drafts.word(1, JA).text == NEW
    zipped = editor.client.get(f"{draft}/texts.zip")
    assert zipped.get_data().startswith(b"PK")


@pytest.mark.parametrize(
    ("name", "content"), [("x.xlsx", b"no spreadsheet"), ("x.exe", b"MZ"), ("ja.toml", b"= ["), ("x.zip", b"")]
)
def test_files_of_another_kind_are_refused_in_words(town: Town, name: str, content: bytes) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/exchange")
    assert "できませんでした" in editor.send("/import/look", file=(io.BytesIO(content), name))
    assert editor.status == 409


def test_what_is_put_away_stays_in_the_history(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    editor.send(**{"text-ja": NEW})
    assert "[追加： 新しいあいさつ ]" in editor.get(f"{draft}/discard"), "what goes with it is shown before"
    assert "取り下げました" in editor.send("/discard")
    assert "readonly" in (editor.get(f"{draft}/prompts/{GREETING}") and editor.html)
    editor.get(f"{draft}/prompts/{GREETING}/history")
    assert "江藤" in editor.text


def test_hints_tell_length_and_what_misleads() -> None:
    long = "これは、とても長い文で、聞いているあいだに、はじめのほうを忘れてしまうような、そんな長さの、一つの文です。"
    said = [message for message, _ in advise(SHIPPED["ja"], "text.mail.passages.1", long * 3, {}).warnings]
    assert any("divide it" in each for each in said) and any("This sentence" in each for each in said)
    doubled = advise(SHIPPED["ja"], "say.x", "押さないといけないことはありません。", {}).warnings
    assert any("double negative" in message for message, _ in doubled)
    assert advise(SHIPPED["ja"], "say.x", "番号は{045|ゼロ", {}).warnings[0][0].startswith("A brace")
    assert advise(SHIPPED["ja"], "say.x", "番号は2200003です。", {}).warnings[0][1]["digits"] == "2200003"
    ((_, mend),) = advise(SHIPPED["ja"], "text.mail.passages.1", "番号は0456713792です。", {}).warnings
    assert mend == {"slot": "{number.city}", "number": "0456713792"}
    ((_, mend),) = advise(SHIPPED["ja"], "text.mail.passages.1", "番号は03-1234-5678です。", {}).warnings
    assert mend["number"] == "03-1234-5678"
    assert advise(SHIPPED["ja"], "text.mail.passages.1", "番号は{number.city}です。", {}).warnings == ()
    ((_, mend),) = advise(SHIPPED["ja"], "text.mail.passages.1", "番号は{number.polise}です。", {}).warnings
    assert mend == {"slot": "{number.polise}"}
    assert advise(SHIPPED["en"], "say.x", "Press 1 to hear it again.", {}).warnings == ()


def test_differences_are_read_in_order() -> None:
    assert marked("押して1番", "押して2番") == (("same", "押して"), ("gone", "1"), ("new", "2"), ("same", "番"))


def test_the_shipped_line_raises_few_hints(town: Town) -> None:
    texts = town.office.library.shipped.texts
    doubted = [
        (str(place), message)
        for place, text in texts.items()
        if place.prompt
        for message, _ in advise(SHIPPED[place.language or ""], place.key, text, {}).warnings
        if "negative" in message or "brace" in message
    ]
    assert doubted == []


def _token(visitor: Visitor) -> str:
    return visitor.html.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_texts_too_long_to_compare_are_shown_whole() -> None:
    long = "のは" * 2_000
    assert marked(long, long) == (("same", long),)
    assert marked(long, "は" + long) == (("gone", long), ("new", "は" + long))
    assert whole("", "x") == (("new", "x"),)
