"""Words, not codes: what texts, facts and problems are called, and forms that say what is wrong beside their fields."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from ivr.editions.texts import TextPlace
from ivr.line.contacts import CONTACTS
from ivr.line.loading import STRUCTURE
from ivr.line.values import Line
from ivr.staff import console
from ivr.staff.context import words as console_words
from ivr.staff.problem_words import told
from ivr.staff.text_names import TextNames
from tests.support.clock import MOMENT
from tests.support.page_words import strange
from tests.support.town import Town, Visitor, begun

DESK = "facts/desk/city"
HOURS = TextPlace("line.toml", "desk.city.hours")
NAMES = {("text", "mail"): "あやしいメールやサイト", ("desk", "city"): "市の窓口", ("menu", "main"): "はじめの案内"}
CODE = re.compile(r"[a-z]{2,}|\{|\[|\"")
"""What no Japanese name or sentence of a problem holds."""


@pytest.fixture(name="reader")
def japanese_reader(town: Town) -> object:
    """Sentences are asked for in Japanese."""
    from flask_babel import force_locale

    with town.app.test_request_context("/staff/drafts/1/submit"), force_locale("ja"):
        console_words().as_default()
        yield


def called(family: str, key: str) -> str:
    return NAMES.get((family, key), "")


def test_texts_and_facts_are_called_by_their_place_in_the_call(reader: object) -> None:
    names = TextNames(called)
    for file, key, name in (
        ("ja.toml", "text.mail.passages.1", "「あやしいメールやサイト」の1番目の段落（日本語）"),
        ("en.toml", "menu.main.name", "「はじめの案内」の名前（英語）"),
        ("ja.toml", "say.greeting", "最初のあいさつ（日本語）"),
        ("ja.toml", "words.again", "「もう一度聞く（5番）」を表す話し言葉（日本語）"),
        ("ja.toml", "words.mail", "「あやしいメールやサイト」を表す話し言葉（日本語）"),
        ("line.toml", "desk.city.hours", "「市の窓口」の受付時間"),
        ("line.toml", "desk.city.in.en.numbers", "「市の窓口」の読み上げる番号（英語）"),
        ("readings.toml", "ja.188", "「188」の読み方（日本語）"),
    ):
        assert names.of(TextPlace(file, key)) == name


def test_no_text_of_the_line_has_a_code_for_its_name(reader: object, town: Town, line: Line) -> None:
    names = TextNames(lambda _family, _key: "名前")
    keys = {key for language in line.languages.values() for key in language.prompts}
    assert {key: name for key in keys if CODE.search(name := names.text(key))} == {}
    facts = [place for place in town.office.library.shipped.texts if place.file in (STRUCTURE, CONTACTS)]
    assert {place: name for place in facts if CODE.search(name := names.of(place))} == {}
    assert len({names.text(key) for key in keys if key.startswith(("say.", "status.", "join.", "silence."))}) > 40


def test_no_sentence_of_a_problem_speaks_in_code() -> None:
    folder = Path(console.__file__).parent / "translations" / "ja" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as written:
        catalog = read_po(written)
    sentences = {
        message.id: re.sub(r"%\([a-z_0-9]+\)[.0-9]*[a-z]", "", str(message.string))
        for message in catalog
        if any(place.startswith(("ivr/line/", "ivr/call/")) for place, _ in message.locations)
    }
    assert len(sentences) > 140
    assert {each: told for each, told in sentences.items() if CODE.search(told)} == {}


def test_a_problem_is_told_in_words_with_the_way_to_where_it_is_mended(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    person = town.accounts.get("eto").person
    broken = {
        HOURS: '"whenever we like"',
        TextPlace("line.toml", "menu.main.options"): '["mail", "nowhere", "desks"]',
        TextPlace("ja.toml", "text.mail.passages.1"): "{kazu}です。",
    }
    town.office.drafts.save_all(1, broken, {}, person, MOMENT, "save")
    page = editor.get(f"{draft}/submit")
    for words, link in (
        ("「横浜市のマイナンバー担当」の受付時間", f"{draft}/facts/desk/city"),
        ("「最初のメニュー」の番号を押すと、つながる先 ：つながる先がありません", f"{draft}/tree/at/main"),
        ("の1番目の段落（日本語） ：波かっこの中の言葉は、", f"{draft}/prompts/text.mail.passages.1"),
    ):
        assert words in page and f'href="{link}"' in editor.html
    assert not list(strange(editor.html, frozenset({"whenever", "we", "like", "kazu"}))), "codes stand under details"
    assert "<code>line.toml: desk.city.hours: " in editor.html


def test_what_is_no_problem_of_the_program_s_own_stays_as_it_is(reader: object) -> None:
    [each] = told(["短いことばを選んでください。"], None)
    assert (each.sentence, each.name, each.to, each.code) == ("短いことばを選んでください。", "", "", "")


# --- hours, days, languages and numbers -------------------------------------------------------------


def saved(town: Town, key: str) -> str:
    return town.office.drafts.word(1, TextPlace("line.toml", key)).text


def at_the_desk(town: Town) -> Visitor:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{DESK}")
    return editor


def test_hours_are_filled_in_as_a_table_and_heard_beneath_it(town: Town) -> None:
    editor = at_the_desk(town)
    page = editor.send(
        **{
            "hours-0-4-close": "１７時",
            "hours-0-5-open": "9時",
            "hours-0-5-close": "正午",
            "hours-0-5-weeks": "第2・第4",
            "hours-1-first": "7月20日",
            "hours-1-last": "8/31",
            "hours-1-0-open": "930",
            "hours-1-0-close": "15:00",
        }
    )
    assert "下書きに保存しました" in page, page
    assert saved(town, "desk.city.hours") == (
        '"Mo-Th 08:45-17:15; Fr 08:45-17:00; Sa[2,4] 09:00-12:00; '
        'Jul 20-Aug 31 Tu-Sa off; Jul 20-Aug 31 Mo 09:30-15:00"'
    )
    assert "第2と第4の土曜日は、午前9時から正午までです" in page, page
    _, fields = editor.form()
    assert (fields["hours-0-5-open"], fields["hours-0-5-weeks"], fields["hours-1-first"]) == ("9:00", "2, 4", "7/20")


def test_the_same_hours_from_monday_to_friday_are_two_fields(town: Town) -> None:
    """All else is there to be opened, and stands open where it says more than they do."""
    editor = at_the_desk(town)
    _, fields = editor.form()
    assert (fields["hours-week-open"], fields["hours-week-close"]) == ("8:45", "17:15")
    assert not table_is_open(editor)
    assert "下書きに保存しました" in editor.send(**{"hours-week-open": "9時", "hours-week-close": "17:00"})
    assert saved(town, "desk.city.hours") == '"Mo-Fr 09:00-17:00"'
    assert "下書きに保存しました" in editor.send(**{"hours-week-close": "18:00", "hours-0-2-close": "16:00"})
    assert saved(town, "desk.city.hours") == '"Mo,Tu,Th,Fr 09:00-18:00; We 09:00-16:00"', "a day by itself counts first"
    _, fields = editor.form()
    assert (fields["hours-week-open"], fields["hours-week-close"]) == ("", "") and table_is_open(editor)
    assert "下書きに保存しました" in editor.send(**{"hours-week-open": "8:30", "hours-week-close": "17:00"})
    assert saved(town, "desk.city.hours") == '"Mo-Fr 08:30-17:00"' and not table_is_open(editor)
    assert "下書きに保存しました" in editor.send(**{"hours-0-5-open": "9:00", "hours-0-5-close": "12:00"})
    assert saved(town, "desk.city.hours") == '"Mo-Fr 08:30-17:00; Sa 09:00-12:00"' and table_is_open(editor)
    assert "下書きに保存しました" in editor.send(**{"hours-week-open": "", "hours-week-close": ""})
    assert saved(town, "desk.city.hours") == '"Sa 09:00-12:00"'


def test_what_is_wrong_in_the_two_fields_is_told_there_and_comes_back_with_what_was_typed(town: Town) -> None:
    editor = at_the_desk(town)
    page = editor.send(**{"hours-week-open": "25:00", "numbers": "045-671"})
    assert editor.status == 409 and "受付時間 月曜日から金曜日 受付開始：「25:00」は時刻として読めません" in page
    assert re.search(
        r'<input id="hours-week-open"[^>]*aria-invalid="true"[^>]*aria-describedby="e-hours-week', editor.html
    )
    assert 'href="#hours-week-open"' in editor.html and not table_is_open(editor)
    assert "下書きに保存しました" in editor.send(**{"hours-week-open": "9:30", "numbers": "045-671-3793"})
    assert saved(town, "desk.city.hours") == '"Mo-Fr 09:30-17:15"'
    editor.send(**{"hours-0-1-close": "25:00"})
    assert editor.status == 409 and table_is_open(editor), "the field that is wrong is seen"
    assert editor.form()[1]["hours-0-1-close"] == "25:00"


def test_a_form_without_the_two_fields_still_saves_its_table(town: Town) -> None:
    """It stood open in a browser while the console was put up anew."""
    editor = at_the_desk(town)
    target, fields = editor.form()
    old = {name: text for name, text in fields.items() if not name.startswith("hours-week-")}
    editor.client.post(target, data={**old, "hours-0-4-close": "16:00"})
    assert saved(town, "desk.city.hours") == '"Mo-Th 08:45-17:15; Fr 08:45-16:00"'


def table_is_open(editor: Visitor) -> bool:
    """Whether the table of a desk's hours is seen without being opened."""
    found = re.search(r'<details[^>]*id="hours-more"[^>]*>', editor.html)
    assert found
    return " open" in found[0]


def test_a_table_that_nobody_touched_changes_nothing(town: Town) -> None:
    editor = at_the_desk(town)
    assert "何も変わっていません" in editor.send()
    assert town.office.drafts.differences(1) == ()


def test_what_is_wrong_is_told_at_each_field_and_above_them_all(town: Town) -> None:
    editor = at_the_desk(town)
    page = editor.send(
        **{
            "hours-0-0-open": "25:00",
            "hours-0-1-close": "",
            "closed-as": "own",
            "closed-0-first": "2/30",
            "languages": "日本語\nうちゅう語",
            "numbers": "045-671",
            "confirmed": "2027-01-01",
        }
    )
    assert editor.status == 409 and town.office.drafts.differences(1) == ()
    assert "受付時間 月曜日 受付開始：「25:00」は時刻として読めません" in page
    assert "「うちゅう語」という言語は見つかりません" in page and "「2/30」は日付として読めません" in page
    summary, main = editor.html.partition('role="alert"')[2].split("</div>", 1)
    wrong = ("hours-0-0-open", "hours-0-1-close", "closed-0-first", "languages", "numbers", "confirmed")
    for name in wrong:
        assert f'href="#{name}"' in summary, name
        field = re.search(rf'<(?:input|textarea)[^>]*\bname="{name}"[^>]*>', main)
        assert field and 'aria-invalid="true"' in field[0] and f'aria-describedby="e-{name}' in field[0], name
        assert f'id="e-{name}"' in main
    _, fields = editor.form()
    assert (fields["hours-0-0-open"], fields["languages"]) == ("25:00", "日本語\nうちゅう語"), "nothing typed is lost"


def test_days_languages_and_numbers_are_saved_in_one_way(town: Town) -> None:
    editor = at_the_desk(town)
    page = editor.send(
        **{
            "closed-as": "own",
            "closed-0-first": "１２月２８日",
            "closed-0-last": "1-4",
            "languages": "日本語、英語\nベトナム語",
            "numbers": "０４５（６７１）３７９３",
        }
    )
    assert "下書きに保存しました" in page
    assert saved(town, "desk.city.closed") == '["12-28/01-04"]'
    assert saved(town, "desk.city.languages") == '["ja", "en", "vi"]'
    assert saved(town, "desk.city.numbers") == '["045-671-3793"]'
    assert editor.form()[1]["languages"] == "日本語\n英語\nベトナム語"
    assert "下書きに保存しました" in editor.send(**{"closed-as": "none"})
    assert saved(town, "desk.city.closed") == "[]"
    assert "下書きに保存しました" in editor.send(**{"closed-as": "all"})
    assert saved(town, "desk.city.closed") == ""


def test_a_tick_vouches_for_the_hours_that_were_seen_and_for_no_others(town: Town) -> None:
    editor = at_the_desk(town)
    words = "月曜日から金曜日は、午前8時45分から午後5時15分までです。祝日と年末年始は、お休みです。"
    tick = re.search(r'value="([^"]*)" id="own-for-ja"', editor.html)
    assert tick
    editor.send(**{"own-ja": words, "own-for-ja": tick[1]})
    assert 'id="own-for-ja" name="own-for-ja" aria-describedby="d-own-for-ja" checked' in editor.html
    editor.send(**{"hours-0-0-open": "9:00"})
    assert " checked" not in re.search(r'<input[^>]*id="own-for-ja"[^>]*>', editor.html)[0]  # type: ignore[index]


def test_a_title_that_is_missing_is_told_at_its_field(town: Town) -> None:
    editor = town.who("eto")
    editor.get("/staff/drafts")
    assert "何についての変更かを、200文字までで書いてください" in editor.send("/drafts", title=" ")
    assert '<a href="#title">' in editor.html and 'role="alert" tabindex="-1" autofocus' in editor.html
    assert re.search(r'<input id="title"[^>]*aria-invalid="true"[^>]*aria-describedby="e-title"', editor.html)
