"""Facts, readings and spoken words in a draft: changed by staff, heard and understood by callers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.editions import spoken
from ivr.editions.texts import TextPlace
from ivr.handset.handset import Handset
from ivr.line.loading import load
from ivr.line.own_hours import faults
from ivr.line.values import Line
from ivr.staff import fact_rows
from tests.support.clock import MOMENT
from tests.support.given import PROMPTS, greeting
from tests.support.town import Town, begun, console_app, published, secrets_of

READINGS, WORDS, DESK = "facts/readings/ja", "facts/words/ja", "facts/desk/city"


@pytest.fixture(name="listening")
def listening_town(tmp_path: Path) -> Iterator[Town]:
    """A city hall whose line takes words as well as keys."""
    app = console_app(tmp_path, SPEECH_INPUT="on")
    yield Town(app, secrets_of(app))
    app.extensions["ivr.office"].database.close()


def saved(town: Town, place: TextPlace) -> str:
    return town.office.drafts.word(1, place).text


# --- readings -------------------------------------------------------------------------------


def test_a_reading_that_is_added_is_heard(town: Town, line: Line) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{READINGS}")
    page = editor.send(**{"new-written": "横浜市", "new-reading": "よこはまし"})
    assert "下書きに保存しました" in page
    assert 'value="よこはまし"' in editor.html and 'name="new-written" type="text" value=""' in editor.html
    caller = published(town, editor, draft)
    assert caller.heard(greeting(line).replace("横浜市", "よこはまし"))
    assert '<sub alias="よこはまし">横浜市</sub>' in caller.documents[0].xml


def test_a_reading_is_changed_and_taken_out(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{READINGS}")
    assert "下書きに保存しました" in editor.send(**{"ja.188": "いちはちはち", "ja.YOKE": " "})
    assert saved(town, TextPlace("readings.toml", "ja.188")) == "いちはちはち"
    assert "YOKE" not in editor.text
    assert "YOKE" not in town.office.drafts.edition(1).readings["ja"]
    editor.send(**{"new-written": "YOKE", "new-reading": "ヨーケ"})
    assert town.office.drafts.edition(1).readings["ja"]["YOKE"] == "ヨーケ"


def test_a_reading_that_cannot_be_is_refused_and_stays_in_its_fields(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{READINGS}")
    for written, reading, said in (
        ("横浜市", "", "両方を書いてください"),
        ("", "よこはまし", "両方を書いてください"),
        ("188", "いちはちはち", "「188」の読み方は、すでにあります"),
        ("{横浜市", "よこはまし", "波かっこと縦線を使わないで"),
        ("横浜市", "よこ|はまし", "波かっこと縦線を使わないで"),
        ("市" * 101, "し", "100文字までです"),
    ):
        assert said in editor.send(**{"new-written": written, "new-reading": reading, "ja.YOKE": "ヨーケ"})
        assert editor.status == 409
        _, fields = editor.form()
        assert (fields["new-written"], fields["new-reading"], fields["ja.YOKE"]) == (written, reading, "ヨーケ")
    assert town.office.drafts.differences(1) == (), "all of it or nothing"


@pytest.mark.parametrize("written", ['a"b', "日.本", "ja.x", "= [", "\\u0041", "1", "#"])
def test_any_word_finds_its_place_in_the_file(written: str) -> None:
    place, text = spoken.new_reading((PROMPTS / "readings.toml").read_bytes(), {}, "ja", written, "よみ")
    assert spoken.written_of(place) == written and text == "よみ"


def test_a_reading_for_which_the_file_has_no_section_yet_gets_one() -> None:
    place, text = spoken.new_reading(b'[ja]\n"a" = "b"\n', {}, "ko", "x", "y")
    assert (place, text) == (TextPlace("readings.toml", "ko.x"), "y")


def test_a_word_that_somebody_else_added_meanwhile_is_not_overwritten(town: Town) -> None:
    first, second = town.who("eto"), town.who("ebina")
    draft = begun(first)
    for visitor in (first, second):
        visitor.get(f"{draft}/{READINGS}")
    first.send(**{"new-written": "新語", "new-reading": "しんご"})
    assert "「新語」の読み方は、すでにあります" in second.send(**{"new-written": "新語", "new-reading": "にいご"})
    assert 'value="しんご"' in second.html and 'value="にいご"' in second.html
    assert saved(town, TextPlace("readings.toml", "ja.新語")) == "しんご"


def test_a_reading_that_somebody_took_out_comes_back_to_whoever_changed_it(town: Town) -> None:
    first, second = town.who("eto"), town.who("ebina")
    draft = begun(first)
    for visitor in (first, second):
        visitor.get(f"{draft}/{READINGS}")
    first.send(**{"ja.YOKE": ""})
    page = second.send(**{"ja.YOKE": "ヨーケ"})
    assert second.status == 409 and "江藤が次のように保存しました： なし" in page
    second.send()
    assert saved(town, TextPlace("readings.toml", "ja.YOKE")) == "ヨーケ"


# --- spoken words ---------------------------------------------------------------------------


def test_a_form_that_is_added_is_understood(listening: Town) -> None:
    editor = listening.who("eto")
    assert not understood(listening.ring(), "たんとうしゃをおねがいします")
    draft = begun(editor)
    assert "人と話す（0番）" in editor.get(f"{draft}/{WORDS}") and "警察の相談窓口" in editor.html
    _, fields = editor.form()
    assert "下書きに保存しました" in editor.send(
        **{"words.person": fields["words.person"] + "\n\n 担当者 \nたんとうしゃ"}
    )
    assert understood(published(listening, editor, draft), "たんとうしゃをおねがいします")


def test_a_form_that_is_taken_out_is_no_longer_understood(listening: Town) -> None:
    editor = listening.who("eto")
    assert understood(listening.ring(), "オペレーター")
    draft = begun(editor)
    editor.get(f"{draft}/{WORDS}")
    editor.send(**{"words.person": "人と話したい"})
    assert not understood(published(listening, editor, draft), "オペレーター")


def understood(caller: Handset, said: str) -> bool:
    """Whether the caller is being connected now."""
    caller.say(said)
    return not caller.heard("聞き取れません")


def test_forms_that_would_stop_a_call_are_refused(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{WORDS}")
    for forms, said in (
        ("", "言葉を一つは書いてください"),
        ("係の人\n{係", "波かっこか縦線"),
        ("{desk}につないで", "波かっこか縦線"),
    ):
        assert said in editor.send(**{"words.person": forms}) and editor.status == 409
        assert editor.form()[1]["words.person"] == forms
    assert town.office.drafts.differences(1) == ()


def test_a_form_that_means_two_things_is_pointed_out(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    assert "聞き分けられません" not in editor.get(f"{draft}/{WORDS}")
    _, fields = editor.form()
    page = editor.send(**{"words.pause": fields["words.pause"] + "\nカードをトメ"})
    assert "「かーどをとめ」が、「しばらく止める（8番）」と「" in page


def test_the_shipped_forms_mean_one_thing_each(town: Town) -> None:
    words = town.office.drafts.words(_draft(town))
    for code, language in town.office.library.shipped.line.languages.items():
        assert fact_rows.shared_forms(words, code, language.spaces) == ()


# --- hours ------------------------------------------------------------------------------------


MADE = "月曜日から金曜日の、午前10時から午後4時30分までです。第2と第4の土曜日は、午前10時から正午までです。"


def test_what_callers_will_hear_of_the_hours_stands_beneath_them(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    desk = "facts/desk/ppc"
    assert "月曜日から金曜日の、午前9時30分から午後5時30分までです。" in editor.get(f"{draft}/{desk}")
    assert "Monday to Friday, 9:30 a.m. to 5:30 p.m." in editor.text
    page = editor.send(hours="Ｍｏ－Ｆｒ　１０：００－１６：３０；　Ｓａ［２，４］　１０：００－１２：００")
    assert MADE in page and "The second and fourth Saturday of the month, 10 a.m. to noon." in page
    assert "問題" not in page
    caller = published(town, editor, draft)
    caller.press("3336666", after=0)
    assert caller.heard(MADE)


def test_a_desk_gets_a_number_and_hours_for_callers_in_one_language(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    assert "英語の方の電話番号" in editor.get(f"{draft}/{DESK}")
    typed = {"numbers-en": "０４５－２２２－１２０９", "dial-en": "045-222-1209", "hours-en": "Mo-Su 08:00-20:00"}
    assert "下書きに保存しました" in editor.send(**typed)
    city = load(town.office.drafts.edition(1).files).desks["city"]
    assert city.heard_in("en").numbers == ("045-222-1209",) and city.heard_in("en").dial == "+81452221209"
    assert city.heard_in("ja").numbers == ("045-671-3792",)
    assert "「110」には、この電話からはつなげません" in editor.send(**{"dial-en": "110"})
    editor.get(f"{draft}/{DESK}")
    editor.send(**{"numbers-en": "", "dial-en": "", "hours-en": ""})
    assert load(town.office.drafts.edition(1).files).desks["city"].in_language == {}


def test_a_desk_becomes_one_of_any_hour(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{DESK}")
    editor.send(hours="24/7", holidays="as usual", closed="-")
    assert "24時間、毎日です。" in editor.get(f"{draft}/{DESK}") and ">-</textarea>" in editor.html
    assert load(town.office.drafts.edition(1).files).desks["city"].hours.always
    editor.send(closed="")
    assert not load(town.office.drafts.edition(1).files).desks["city"].hours.always, "closed as all others at New Year"


def test_hours_are_heard_while_they_are_typed(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{DESK}")
    path, fields = editor.form()
    for hours, told in (
        ("Mo-Fr 10:00-16:30; Sa[2,4] 10:00-12:00", MADE),
        ("Mo-Fr 17:00+", "終わりの時刻がありません"),
        ('Mo-Fr 08:45-17:15 "予約制"', "注記は読み上げません"),
    ):
        data = {**fields, "hours": hours}
        answer = editor.client.post(f"{path}/heard", data=data)
        assert answer.status_code == 200 and told in answer.get_data(as_text=True)
    assert town.office.drafts.differences(1) == (), "nothing is saved by it"


def test_a_problem_of_the_hours_is_told_at_their_field(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{DESK}")
    page = editor.send(hours="Mo-Fr sunrise-sunset")
    assert "日の出や日の入りによる時間です" in page and 'aria-invalid="true"' in editor.html
    assert editor.form()[1]["hours"] == "Mo-Fr sunrise-sunset", "what was typed is there"
    assert town.office.drafts.differences(1) == (), "and nothing is saved"


def test_words_of_one_s_own_are_written_beside_the_hours_and_taken_out_again(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{DESK}")
    words = "月曜日から金曜日は、午前8時45分から午後5時15分までです。昼も休みません。祝日と年末年始は、お休みです。"
    stands_for = "Mo-Fr 08:45-17:15; holidays closed; closed 12-29/01-03"
    assert f'type="checkbox" value="{stands_for}" id="own-for-ja"' in editor.html
    page = editor.send(**{"own-ja": words, "own-for-ja": stands_for})
    assert "下書きに保存しました" in page and words in page
    line = town.office.drafts.edition(1).line
    assert line.languages["ja"].hours_for["city"] == stands_for
    assert list(faults(line.languages["ja"], line.desks["city"])) == []
    assert "昼も休みません" in editor.get(f"{draft}/prompts/desk.city.hours"), "it can be recorded like any text"
    editor.get(f"{draft}/{DESK}")
    editor.send(**{"own-ja": "", "own-for-ja": ""})
    assert "desk.city.hours" not in town.office.drafts.edition(1).line.languages["ja"].prompts
    assert town.office.drafts.differences(1) == ()


# --- nothing is overwritten unseen ------------------------------------------------------------


def test_the_second_to_save_sees_both_and_loses_nothing(town: Town) -> None:
    first, second = town.who("eto"), town.who("ebina")
    draft = begun(first)
    ten = "月曜日から金曜日の、午前10時から午後4時までです。"
    for page, field, theirs, mine, place in (
        (DESK, "hours", "Mo-Fr 10:00-16:00", "Mo-Fr 09:00-12:00", TextPlace("line.toml", "desk.city.hours")),
        (DESK, "numbers", "045-000-0000", "045-111-1111", TextPlace("line.toml", "desk.city.numbers")),
        ("facts/text/mail", "source", "江藤の出典", "蛯名の出典", TextPlace("line.toml", "text.mail.source")),
        (WORDS, "words.help", "たすけて", "説明して", TextPlace("ja.toml", "words.help")),
        (READINGS, "ja.188", "いちはちはち", "ひゃくはちじゅうはち", TextPlace("readings.toml", "ja.188")),
    ):
        for visitor in (first, second):
            visitor.get(f"{draft}/{page}")
        first.send(**{field: theirs})
        text = second.send(**{field: mine})
        shown = ten if field == "hours" else theirs
        assert second.status == 409 and f"江藤が次のように保存しました： {shown}" in text, text
        assert second.form()[1][field] == mine
        assert theirs in saved(town, place)
        assert "下書きに保存しました" in second.send()
        assert mine in saved(town, place)
        assert [mine in each.text for each in town.office.drafts.history(place)] == [True, False]


def test_a_refusal_brings_no_old_words_back_over_those_of_others(town: Town) -> None:
    first, second = town.who("eto"), town.who("ebina")
    draft = begun(first)
    for visitor in (first, second):
        visitor.get(f"{draft}/{DESK}")
    first.send(hours="Mo-Fr 10:00-16:00", recorded="on", numbers="045-000-0000\n045-111-1111")
    second.send(confirmed="sometime", dial="045-222-2222")
    assert second.status == 409
    second.send(confirmed="2026-11-24")
    desk = town.office.drafts.edition(1).line.desks["city"]
    assert desk.hours.weekly == "Mo-Fr 10:00-16:00" and desk.recorded and len(desk.numbers) == 2
    assert desk.dial == "+81452222222" and str(desk.confirmation.day) == "2026-11-24"


def test_what_browsers_do_to_line_breaks_is_no_change(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{WORDS}")
    _, fields = editor.form()
    assert "何も変わっていません" in editor.send(**{name: text.replace("\n", "\r\n") for name, text in fields.items()})
    assert town.office.drafts.differences(1) == ()


def test_what_makes_no_line_is_told_on_its_own_page(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    at, eto = TextPlace("line.toml", "desk.city.hours"), town.accounts.get("eto").person
    town.office.drafts.save(1, at, '"whenever we like"', 0, eto, MOMENT)
    page = editor.get(f"{draft}/{DESK}")
    assert "「横浜市のマイナンバー担当」の受付時間 ：「whenever we like」は、受付時間として読めません" in page
    assert "読めません" not in editor.get(f"{draft}/facts/desk/police")


def test_a_table_that_is_not_there_is_no_page(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    for path in ("menu/main", "desk/nobody", "words/ko", "readings/ko", "line/line"):
        editor.get(f"{draft}/facts/{path}")
        assert editor.status == 404, path


def test_the_draft_leads_to_every_table(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(draft)
    for path in ("facts/words/ja", "facts/words/en", "facts/readings/ja", "facts/readings/en", "texts/mail/passages"):
        assert f'href="{draft}/{path}"' in editor.html, path


def test_only_editors_save(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = begun(editor)
    for page, values in ((WORDS, {"words.help": "x"}), (READINGS, {"ja.188": "x"}), (DESK, {"hours": "off"})):
        approver.get(f"{draft}/{page}")
        assert "下書きに保存" not in approver.text and "readonly" in approver.html
        assert "編集者だけができます" in approver.send(**values) and approver.status == 403
    assert town.office.drafts.differences(1) == ()


def _draft(town: Town) -> int:
    person = next(each.person for each in town.accounts.all() if each.login == "eto")
    return town.office.drafts.start("x", person, MOMENT).id
