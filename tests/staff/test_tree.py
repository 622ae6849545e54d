"""The tree of the call in the console: looked at, changed with a warning first, undone, and heard on the telephone."""

import io

import pytest
from openpyxl import Workbook

from ivr.editions.structure import Shape
from ivr.editions.texts import words_at
from tests.support.town import Town, Visitor, begun, published

NAMES = {"name-ja": "高齢の方の相談窓口", "name-en": "the desk for older people"}
DESK = {"kind": "desk", "key": "older", "parent": "card", "at": "2", **NAMES}
YES = "/tree/change"


def shape(town: Town) -> Shape:
    return Shape.of(town.office.reshaping.texts(1))


def done(visitor: Visitor, action: str = "/tree/look", **fields: str) -> str:
    """A form of the page sent, and what it would do agreed to."""
    visitor.send(action, **fields)
    return visitor.send(YES)


def acted(visitor: Visitor, **fields: str) -> str:
    """Any act on the tree, by a form of the page that stands for all."""
    target, fields_of_page = visitor.form("/tree/look")
    token = {"csrf_token": fields_of_page["csrf_token"]}
    visitor.page = visitor.client.post(target, data={**token, "page": "tree", **fields})
    return visitor._follow()


def write(visitor: Visitor, draft: str, key: str, **texts: str) -> None:
    visitor.get(f"{draft}/prompts/{key}")
    visitor.send(**{f"text-{code}": text for code, text in texts.items()})
    assert "下書きに保存しました" in visitor.text, visitor.text


def test_the_tree_shows_every_key_and_what_is_heard_there(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    page = editor.get(f"{draft}/tree")
    assert "番号 1 あやしい連絡 メニュー 番号 1 あやしいメールや、ショートメッセージ 案内の文" in page
    assert f"{draft}/hear/ja/normal/menu.fraud.option" in editor.html
    page = editor.get(f"{draft}/tree?language=en")
    assert "番号 1 suspicious contacts メニュー 番号 1 suspicious e-mails and text messages" in page
    page = editor.get(f"{draft}/tree/at/trick_cash?language=en")
    assert "番号：1 4 4" in page and "まだ書かれていない" not in page


def add_desk(editor: Visitor, draft: str) -> None:
    """A desk, added, and its words written."""
    editor.get(f"{draft}/tree/add?parent=card")
    assert "2番から3番に変わります" in editor.send("/tree/look", **DESK)
    page = editor.send(YES)
    assert "下書きに入れました" in page and "まだ書かれていないところ" in page
    editor.get(f"{draft}/submit")
    assert "desk.older" in editor.text, "what is missing is told there, too"
    for key, ja, en in (
        ("desk.older.option", "高齢の方は、", "For older people,"),
        ("desk.older.about", "暮らしのご相談を、お受けします。", "It advises on daily life."),
        ("desk.older.charge", "通話料がかかります。", "You pay for this call."),
    ):
        write(editor, draft, key, ja=ja, en=en)
    editor.get(f"{draft}/facts/desk/older")
    editor.send(numbers="045-671-2405", hours="Mo-Fr 08:45-17:15", source="市のページ")


def add_menu(editor: Visitor, draft: str) -> None:
    """A menu of four that stands where another one stood."""
    names = {"name-ja": "高齢の方への案内", "name-en": "help for older people"}
    editor.get(f"{draft}/tree/add")
    page = done(editor, kind="menu", key="elderly", parent="main", at="4", **names)
    assert "高齢の方への案内」は行き止まりです" in page
    write(editor, draft, "menu.elderly.option", ja="高齢の方への案内は、", en="For help for older people,")
    for key in ("lost", "older"):
        editor.get(f"{draft}/tree/at/elderly")
        acted(editor, act="put", node=key, parent="elderly", at="1")
        editor.send(YES)


def add_text(editor: Visitor, draft: str) -> None:
    """A text of two passages, and the desk that it leads to."""
    names = {"name-ja": "訪問する人への注意", "name-en": "visitors at the door"}
    editor.get(f"{draft}/tree/add?parent=elderly")
    done(editor, kind="text", key="visits", parent="elderly", at="1", **names)
    write(editor, draft, "text.visits.option", ja="訪問する人への注意は、", en="For visitors at the door,")
    write(editor, draft, "text.visits.passages.1", ja="まず、ドアを閉めてください。", en="First, close the door.")
    editor.get(f"{draft}/texts/visits/passages/2/insert")
    editor.send("/insert", **{"words-ja": "次に、市に電話してください。", "words-en": "Then call the city."})
    editor.get(f"{draft}/facts/text/visits")
    editor.send(source="市のページ")
    editor.get(f"{draft}/tree/at/visits")
    acted(editor, act="put", node="older", parent="visits", at="1")
    editor.send(YES)


def test_a_desk_a_menu_a_text_and_its_passages_are_added_written_approved_and_heard(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    add_desk(editor, draft)
    assert "まだ書かれていない" not in editor.get(f"{draft}/tree")
    add_menu(editor, draft)
    add_text(editor, draft)
    page = editor.get(f"{draft}/tree")
    assert "番号が4つになります。4番は言語" in page, "the first menu is too long until something leaves it"
    for node, parent, to, at in (("elderly", "main", "about", "1"), ("line", "about", "elderly", "4")):
        editor.get(f"{draft}/tree/at/{parent}")
        acted(editor, act="move", node=node, parent=parent, to=to, at=at)
        editor.send(YES)
    page = editor.get(f"{draft}/tree")
    assert "公開する前に直すところ" not in page and "まだ書かれていない" not in page
    caller = published(town, editor, draft)
    caller.press("22")
    assert caller.heard("高齢の方の相談窓口")
    caller = town.ring()
    caller.press("311")
    assert caller.heard("まず、ドアを閉めてください。")
    caller.press("6")
    assert caller.heard("次に、市に電話してください。")
    caller = town.ring()
    caller.press("4311")
    assert caller.heard("First, close the door.")


def test_what_goes_is_shown_before_and_no_caller_hears_it_after(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/tree/at/consumer")
    page = editor.send("/tree/look", act="away", node="consumer")
    assert "なくなるもの： 188の、横浜の窓口、消費生活総合センター" in page
    assert "0番でつながらなくなります" in page and "次の文に出てきます" in page and "なくなる言葉" in page
    assert "consumer" in shape(town).branches, "nothing is done yet"
    assert "下書きに入れました" in editor.send(YES)
    editor.get(f"{draft}/submit")
    assert "{number.consumer} is no number of line.toml" in editor.send("/submit", reason="窓口がなくなるため")
    for passage in ("mail.passages.6", "paid.passages.6", "trick_mail.passages.6", "trick_app.passages.5"):
        write(editor, draft, f"text.{passage}", ja="警察に、お電話ください。", en="Call the police.")
    caller = published(town, editor, draft)
    caller.press("11#")
    assert not caller.heard("消費生活総合センター")


def test_an_act_is_undone_by_its_history_unless_somebody_built_on_it(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    before = town.office.reshaping.texts(1)
    editor.get(f"{draft}/tree/at/tricks")
    done(editor, act="away", node="tricks", below="on")
    assert "trick_app" not in shape(town).branches
    assert "構成から外した" in editor.get(f"{draft}/tree")
    assert "元に戻しました" in editor.send("/tree/undo/1")
    after = town.office.reshaping.texts(1)
    assert {place: text for place, text in after.items() if text} == dict(before)
    assert town.office.drafts.differences(1) == ()
    later = editor.later(minutes=1)
    later.get(f"{draft}/tree/at/fraud")
    acted(later, act="move", node="tricks", parent="fraud", to="fraud", at="1")
    assert shape(town).branch("fraud").ways[0] == "tricks", "what breaks nothing is done at once"
    first = town.office.reshaping.deeds(1)[0].first
    last = later.later(minutes=1)
    acted(last, act="move", node="tricks", parent="fraud", to="fraud", at="2")
    last.get(f"{draft}/tree")
    token = last.form("/tree/look")[1]["csrf_token"]
    last.page = last.client.post(f"{draft}/tree/undo/{first}", data={"csrf_token": token})
    assert last.status == 409 and "先に、そちらを元に戻してください" in last.text
    assert shape(town).branch("fraud").ways[1] == "tricks"


def test_another_name_shows_what_still_says_the_old_one(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/tree/at/yoke?language=en")
    page = acted(editor, act="name", node="yoke", **{"name-en": "the language desk", "was-en": "the multilingual desk"})
    assert "変わる名前" in page and "This would break" not in page
    assert "下書きに入れました" in editor.send(YES)
    assert "the language desk" in editor.get(f"{draft}/tree?language=en")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({**DESK, "key": "police"}, "使われています"),
        ({**DESK, "key": "Older People"}, "英小文字"),
        ({**DESK, "name-en": " "}, "すべての言語で"),
        ({**DESK, "kind": "menu", "parent": "mail"}, "メニューは置けません"),
        ({**DESK, "name-ja": "{高齢"}, "|"),
    ],
)
def test_nothing_typed_is_lost_where_it_is_refused(town: Town, fields: dict[str, str], told: str) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/tree/add")
    assert told in editor.send("/tree/look", **fields)
    assert editor.status == 409
    kept = editor.form("/tree/look")[1]
    assert all(kept[name] == text for name, text in fields.items() if name.startswith("name-"))
    assert kept["key"] == fields["key"]
    assert town.office.drafts.differences(1) == ()


def test_two_editors_at_once_overwrite_nothing_of_each_other(town: Town) -> None:
    first, second = town.who("eto"), town.who("ebina")
    draft = begun(first)
    for editor, key in ((first, "older"), (second, "younger")):
        editor.get(f"{draft}/tree/add?parent=card")
        editor.send("/tree/look", **{**DESK, "key": key})
    first.send(YES)
    page = second.send(YES)
    assert second.status == 409 and "その間に、だれかがここを変えました" in page
    assert "2番から3番に変わります" in page and shape(town).branch("card").ways == ("lost", "older", "leaked", "cards")
    assert "下書きに入れました" in second.send(YES), "now it was seen, and nothing had to be typed again"
    assert shape(town).branch("card").ways == ("lost", "younger", "older", "leaked", "cards")


def test_two_editors_who_name_a_desk_in_two_languages_keep_both_names(town: Town) -> None:
    first, second = town.who("eto"), town.who("ebina")
    draft = begun(first)
    first.get(f"{draft}/tree/at/police")
    second.get(f"{draft}/tree/at/police")
    first.send("/tree/look", **{"act": "name", "node": "police", "name-ja": "県警の相談窓口"})
    first.send(YES)
    second.send("/tree/look", **{"act": "name", "node": "police", "name-en": "the police desk"})
    second.send(YES)
    texts = town.office.reshaping.texts(1)
    assert [texts[words_at(code, "desk.police.name")] for code in ("ja", "en")] == ["県警の相談窓口", "the police desk"]


def test_only_editors_change_the_tree_and_everybody_sees_it(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = begun(editor)
    page = approver.get(f"{draft}/tree")
    assert "あやしい連絡" in page and "を加える" not in page
    assert "上へ" not in approver.get(f"{draft}/tree/at/main")
    approver.get(f"{draft}/tree/add")
    assert approver.status == 403
    editor.get(f"{draft}/tree")
    assert editor.get(f"{draft}/tree/at/nobody") and editor.status == 404


def test_key_0_and_silent_callers_get_other_desks(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/tree")
    acted(editor, act="silence", desk="consumer")
    acted(editor, act="zero", node="", **{"desk-1": "yoke", "desk-2": "city"})
    acted(editor, act="zero", node="mail", **{"desk-1": "city"})
    found = shape(town)
    assert (found.silence_desk, found.nearest, found.branch("mail").desks) == ("consumer", ("yoke", "city"), ("city",))
    assert "一つ以上" in acted(editor, act="zero", node="")


def test_a_short_name_can_be_changed_until_it_is_published(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    assert "ファイルや集計で使う短い名前" not in editor.get(f"{draft}/tree/at/police")
    editor.get(f"{draft}/tree/add")
    done(editor, **DESK)
    acted(editor, act="key", node="older", new="seniors")
    assert "seniors" in shape(town).branch("card").ways and "older" not in shape(town).branches
    assert "公開したあとは" in acted(editor, act="key", node="police", new="guards")


def spreadsheet(*rows: tuple[str, str, str, str]) -> io.BytesIO:
    book, out = Workbook(), io.BytesIO()
    for row in (("key", "place", "ja", "en"), *rows):
        book.worksheets[0].append(row)
    book.save(out)
    out.seek(0)
    return out


def test_a_new_text_in_a_spreadsheet_is_shown_before_it_is_taken_in(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/exchange")
    where = "最初のメニュー > カードと、もれた番号 > 図書館"
    sheet = spreadsheet(
        ("text.library.name", where, "図書館", "the library"),
        ("text.library.passages.1", "", "図書館です。", "The library."),
        ("text.libary.passages.1", "", "x", "x"),
    )
    page = editor.send("/import/look", file=(sheet, "texts.xlsx"))
    assert "新しく加わるもの： 図書館 (案内の文)" in page and "新しく4番になります" in page
    assert "text.libary.passages.1" in page and "番号の前の言葉（日本語）" in page.partition("このあとに書くもの")[2]
    assert "library" not in shape(town).branches
    assert "下書きに取り込みました" in editor.send("/import")
    assert shape(town).branch("card").ways == ("lost", "leaked", "cards", "library")
    page = editor.get(f"{draft}/tree")
    assert "未記入" in page


def test_what_a_file_no_longer_has_goes_only_where_somebody_wants_it(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    content = town.office.library.shipped.files["line.toml"].decode()
    head, _, rest = content.partition("[text.leaked]")
    head = head.replace('["lost", "leaked", "cards"]', '["lost", "cards", "ppc"]')
    without = head + "[text.cards]" + rest.partition("[text.cards]")[2]
    for away in ("", "on"):
        editor.get(f"{draft}/exchange")
        page = editor.send("/import/look", file=(io.BytesIO(without.encode()), "line.toml"))
        assert "ファイルにないもの もれた番号" in page
        editor.send("/import", **({"away": away} if away else {}))
        assert ("leaked" in shape(town).branches) is not bool(away)


def test_nobody_puts_in_what_has_no_place(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/exchange")
    editor.send("/import/look", file=(spreadsheet(("say.goodbye", "", "では。", "Bye.")), "texts.xlsx"))
    for rows in (
        '[["ja.toml", "no.such", "x", 0]]',
        '[["../x.toml", "a", "x", 0]]',
        '[["ja.toml", "no.such", "", 0]]',
        "[]",
    ):
        target, fields = editor.form("/import")
        editor.page = editor.client.post(target, data={**fields, "changes": rows})
        assert editor.status == 409 and town.office.drafts.differences(1) == ()
        editor.get(f"{draft}/exchange")
        editor.send("/import/look", file=(spreadsheet(("say.goodbye", "", "では。", "Bye.")), "texts.xlsx"))
