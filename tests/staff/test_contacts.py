"""Ways to ask without a telephone, numbers that are no desk's, and help at any hour, written at the console."""

from tests.support.town import Town, begun

FAX = {
    "kind": "fax",
    "address": "０４５ー５５０ー３６１２",
    "source": "市の告示",
    "name-ja": "区のファクス",
    "about-ja": "紙で聞けます。",
}


def test_a_way_to_ask_is_changed_and_another_added_for_the_public_page(town: Town) -> None:
    clerk = town.who("eto")
    draft = begun(clerk)
    assert "ファクス：横浜市のマイナンバー担当" in clerk.get(f"{draft}/contacts")
    clerk.get(f"{draft}/contacts/at/fax")
    clerk.send("/contacts/save", address="045-550-3611")
    clerk.get(f"{draft}/contacts/new")
    assert "下書きに保存しました" in clerk.send("/contacts/save", **FAX)
    clerk.get(f"{draft}/contacts/at/fax")
    made = {each.shown: each for each in town.office.drafts.edition(1).line.contacts}
    assert made["045-550-3611"].key == "fax" and "045-550-3610" not in made
    assert [each.words["ja"].name for each in made.values()][-1] == "区のファクス"


WRONG = {
    "読み取れません": {"address": "12"},
    "日本語で書いてください": {"name-ja": " "},
    "両方書くか": {"name-en": "Fax"},
    "出典を": {"source": ""},
    "方法を選んで": {"kind": "pigeon"},
}


def test_what_is_no_way_to_ask_is_refused_and_stays_in_the_form(town: Town) -> None:
    clerk = town.who("eto")
    draft = begun(clerk)
    for told, wrong in WRONG.items():
        clerk.get(f"{draft}/contacts/new")
        assert told in clerk.send("/contacts/save", **{**FAX, **wrong}) and clerk.status == 409
        assert "紙で聞けます。" in clerk.html


def test_the_second_to_change_a_way_to_ask_is_told(town: Town) -> None:
    first, second = town.who("eto"), town.who("ebina")
    draft = begun(first)
    for clerk in (first, second):
        clerk.get(f"{draft}/contacts/at/fax")
    first.send("/contacts/save", source="江藤の出典")
    assert (
        "だれかがここを変えました" in second.send("/contacts/save", source="蛯名の出典") and "蛯名の出典" in second.html
    )
    second.get(f"{draft}/contacts")
    second.send("/contacts/away")
    assert "ファクス：横浜市のマイナンバー担当" not in second.get(f"{draft}/contacts")


def test_a_number_that_is_no_desks_is_added_used_and_kept_while_texts_give_it(town: Town) -> None:
    clerk = town.who("eto")
    draft = begun(clerk)
    clerk.get(f"{draft}/contacts")
    page = clerk.client.post(
        f"{draft}/numbers",
        data={"csrf_token": _token(clerk.html), "name": "", "was": "", "number": "０３ー３２１２ー３４５６"},
    )
    assert page.status_code == 303
    assert "{number.number_1}" in clerk.get(f"{draft}/contacts") and "03-3212-3456" in clerk.html
    key = "text.mail.passages.6"
    clerk.get(f"{draft}/prompts/{key}")
    clerk.send(**{"text-ja": "迷ったら、{number.number_1}へ。"})
    clerk.get(f"{draft}/contacts")
    assert "使っている文が、1件あります" in clerk.send("/numbers", number="")
    clerk.get(f"{draft}/contacts")
    clerk.send("/numbers", number="03-3212-9999")
    assert town.office.drafts.edition(1).line.languages["ja"].named_numbers["number.number_1"] == "03-3212-9999"


def test_help_at_any_hour_is_chosen_at_a_place_of_the_tree(town: Town) -> None:
    clerk = town.who("eto")
    draft = begun(clerk)
    clerk.get(f"{draft}/tree/at/tricks")
    target = f"{draft}/tree/look"
    fields = {"act": "help", "page": "branch", "node-of-page": "tricks", "node": "tricks", "desk-1": "emergency"}
    clerk.page = clerk.client.post(target, data={"csrf_token": _token(clerk.html), **fields})
    assert "緊急の通報" in clerk._follow()
    texts = {str(place): text for place, text in town.office.reshaping.texts(1).items()}
    assert texts["line.toml: menu.tricks.help_now"] == '["emergency"]'


def _token(html: str) -> str:
    return html.partition('name="csrf_token" value="')[2].partition('"')[0]
