"""Search, replacing, and the tree of the live call as the way in."""

import re

import pytest

from ivr.editions.texts import TextPlace
from tests.support.town import Town, Visitor, begun


def test_what_is_found_is_named_by_its_place_and_leads_to_where_it_is_changed(town: Town) -> None:
    clerk = town.who("eto")
    draft = begun(clerk)
    page = clerk.get("/staff/find?q=ｼｮｰﾄﾒｯｾｰｼﾞ")
    assert "あやしいメールや、ショートメッセージ" in page and "1番 あやしい連絡" in page
    assert "<mark>ショートメッセージ</mark>" in clerk.html
    address = re.search(r'href="([^"]*text.mail.passages.1)"', clerk.html)
    assert address
    clerk.get(address[1].replace("&amp;", "&"))
    assert clerk.path == f"{draft}/prompts/text.mail.passages.1"
    assert "0件見つかりました" in clerk.get("/staff/find?q=ありえない言葉") or "見つかりません" in clerk.text


def test_an_alert_that_is_heard_now_is_found(town: Town) -> None:
    clerk = town.who("eto")
    clerk.get("/staff/alerts/prepared/0")
    clerk.send("/alerts", until="today")
    assert "区役所を名乗る" in clerk.get("/staff/find?q=区役所を")


def test_words_are_replaced_where_they_are_ticked_in_one_draft(town: Town) -> None:
    clerk = town.who("eto")
    page = clerk.get("/staff/replace?q=カード&with=券&language=ja")
    assert "置き換えられる文" in page and "後：" in page
    target, fields = clerk.form("")
    ticked = [name for name in fields if name.startswith("place-")]
    kept = {name: value for name, value in fields.items() if name not in ticked[2:]}
    clerk.page = clerk.client.post(target, data=kept)
    assert "2件の文を直しました" in clerk._follow() and "「カード」を「券」に" in clerk.text
    [draft] = town.office.drafts.all()
    assert len(town.office.drafts.differences(draft.id)) == 2
    clerk.get("/staff/replace?q=カード&with=券&language=ja")
    clerk.send("", seen="another")
    assert clerk.status == 409 and "もう一度" in clerk.text


def test_what_is_to_be_replaced_is_shown_as_callers_hear_it_and_replaced_as_it_is_written(town: Town) -> None:
    """A number that the call fills in, {number.card_stop}, is read as its figures; its mark is told under details."""
    clerk = town.who("eto")
    clerk.get("/staff/replace?q=番号は、&with=電話番号は、&language=ja")
    shown = outside_details(clerk)
    assert "0120-95-0178" in shown and "{" not in shown
    assert "{number.card_stop}" in clerk.html, "whoever wants to know finds it"
    clerk.send("")
    [draft] = town.office.drafts.all()
    changed = [each.after for each in town.office.drafts.differences(draft.id)]
    assert "電話番号は、{number.card_stop}です。つながったら、2番です。" in changed
    clerk.get(f"/staff/replace?q=電話番号は、&with=番号は、&draft={draft.id}")
    shown = outside_details(clerk)
    assert "0120-95-0178" in shown and "{" not in shown


def outside_details(clerk: Visitor) -> str:
    """What is read on the page before anything is opened."""
    found = re.search(r"<main.*</main>", clerk.html, re.DOTALL)
    assert found
    return re.sub(r"<details.*?</details>|<[^>]*>", "", found[0], flags=re.DOTALL)


def test_the_tree_of_the_call_leads_to_every_text_and_to_its_recording(town: Town) -> None:
    clerk = town.who("eto")
    draft = begun(clerk)
    assert "あやしい連絡" in clerk.get("/staff/call") and 'href="/staff/call/at/mail"' in clerk.html
    assert "青い文字やボタンを、押さないでください" in clerk.get("/staff/call/at/mail")
    changes = re.findall(r'href="(/staff/change[^"]*)"', clerk.html)
    assert len(changes) > 20
    assert 'src="/staff/call/hear/ja/text.mail.passages.1"' in clerk.html
    for address in (changes[0], next(each for each in changes if "chunk=" in each), changes[-1]):
        clerk.get(address.replace("&amp;", "&"))
        assert clerk.status == 200 and clerk.path.startswith(draft), clerk.text
    for path in ("/staff/call/at/nothing", "/staff/call/words/nothing", "/staff/call/hear/ja/nothing"):
        assert clerk.client.get(path).status_code == 404
    assert "ここが、最初のご案内です" in clerk.get("/staff/call/words/say")


@pytest.mark.slow(3)
def test_a_text_of_the_live_call_is_heard_in_the_voice_that_callers_hear(town: Town) -> None:
    clerk = town.who("eto")
    clerk.page = clerk.client.get("/staff/call/hear/ja/say.at_start")
    assert clerk.status == 303 and clerk.page.location.startswith("/audio/")
    clerk.page = clerk.client.get(clerk.page.location)
    assert clerk.status == 200 and clerk.page.content_type == "audio/wav"


@pytest.mark.slow(2)
def test_words_are_found_in_other_forms_by_an_analyser_apart(town: Town) -> None:
    clerk = town.who("eto")
    assert "0件" in clerk.get("/staff/find?q=届く")
    assert "1件" in clerk.get("/staff/find?q=届く&forms=on") and "活用した形" in clerk.text
    assert "<mark>届い</mark>" in clerk.html


def test_every_gap_leads_to_where_it_is_mended(town: Town) -> None:
    clerk = town.who("eto")
    draft = begun(clerk)
    page = clerk.get("/staff/gaps")
    assert "録音がないところ（日本語）" in page
    address = re.search(r'href="(/staff/change[^"]*chunk=say.greeting)"', clerk.html)
    assert address
    clerk.get(address[1].replace("&amp;", "&"))
    assert clerk.path == f"{draft}/voice/ja/say.greeting"
    assert TextPlace("ja.toml", "say.greeting") not in town.office.library.live(clerk.now).renew
