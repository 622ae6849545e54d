"""The whole way without eyes: heard by a screen reader, by keyboard alone, from signing in to the published text."""

import pytest
from playwright.sync_api import Browser, BrowserContext

from ivr.editions.texts import TextPlace
from tests.support.screen_reader import Blind
from tests.support.town import PASSWORD, Town

pytestmark = [pytest.mark.slow(8), pytest.mark.xdist_group("other pages")]


def signed_in(context: BrowserContext, served: tuple[str, Town], login: str) -> Blind:
    origin, town = served
    person = Blind.at(context, f"{origin}/staff/sign-in")
    person.tab_to("サインイン名")
    person.type(login)
    person.tab_to("パスワード")
    person.type(PASSWORD)
    person.tab_to("認証アプリのコード")
    person.type(town.visitor().code(login))
    person.go()
    return person


def test_a_desk_s_hours_are_changed_and_published_without_eyes(
    browser: Browser, context: BrowserContext, served: tuple[str, Town]
) -> None:
    _, town = served
    editor = signed_in(context, served, "eto")
    editor.tab_to("link, 下書き")
    editor.go()

    editor.tab_to("何についての変更ですか")
    editor.type(" ")
    assert "alert" in editor.go() and "できませんでした" in editor.last, "focus is on what went wrong"
    assert "何についての変更かを" in editor.press("Tab"), "which leads to the field"
    said = editor.press("Enter")
    assert "textbox, 何についての変更ですか" in said and "invalid" in said, said
    assert "何についての変更かを" in said, "and the field says what is wrong"
    editor.type("金曜日は早く閉める")
    assert "下書きを始めました" in editor.go(), "what was done is heard at once"

    editor.tab_to("横浜市のマイナンバー担当")
    editor.go()
    editor.tab_to("曜日ごとの時間")
    editor.press("Enter")
    editor.tab_to("金曜日 受付終了")
    editor.type("25時")
    assert "alert" in _saved(editor), "an hour that there is not"
    assert "金曜日 受付終了" in editor.press("Tab")
    said = editor.press("Enter")
    assert "金曜日 受付終了" in said and "invalid" in said and "時刻として読めません" in said, said
    editor.type("16時")
    editor.announced("金曜日は、午前8時45分から午後4時までです")
    assert "下書きに保存しました" in _saved(editor)
    draft = editor.page.url.partition("/facts/")[0]
    number = int(draft.rpartition("/")[2])
    kept = town.office.drafts.word(number, TextPlace("line.toml", "desk.city.hours")).text
    assert kept == '"Mo-Th 08:45-17:15; Fr 08:45-16:00"'

    editor.tab_to("金曜日は早く閉める")
    editor.go()
    editor.tab_to("承認を申請する")
    editor.go()
    editor.tab_to("変更の理由")
    editor.type("職員が足りないため")
    editor.tab_to("button, 承認を申請する")
    editor.go()
    editor.announced("承認を申請しました")
    _published(browser, served)
    shown = town.app.test_client().get("/").get_data(as_text=True)
    assert "金曜日は、午前8時45分から午後4時までです" in shown, "and is what everybody is told"


def _saved(editor: Blind) -> str:
    editor.tab_to("下書きに保存")
    return editor.go()


def _published(browser: Browser, served: tuple[str, Town]) -> None:
    """Somebody else approves and publishes it, without eyes as well."""
    other = browser.new_context(locale="ja-JP")
    approver = signed_in(other, served, "abe")
    approver.tab_to("金曜日は早く閉める")
    approver.go()
    approver.tab_to("このとおりに承認する")
    approver.go()
    approver.tab_to("いますぐ公開")
    approver.go()
    approver.tab_to("はい、いますぐ公開します")
    approver.go()
    approver.announced("公開しました")
    other.close()
