"""Texts and numbers as staff type or paste them: taken rightly, or refused in a sentence at once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import insert

from ivr.call import rules
from ivr.editions.draft import Broken
from ivr.editions.texts import TextPlace
from ivr.line.text import outside_xml
from ivr.people.refusals import Refused
from ivr.store.tables import alert, revision
from tests.support.clock import MOMENT
from tests.support.recording_line import ring, shown_code
from tests.support.schema import problems
from tests.support.stores import APPROVER, EDITOR
from tests.support.town import GREETING, Town, begun, console_app, secrets_of

FACTS = "facts/desk/city"
NUMBERS, DIAL = TextPlace("line.toml", "desk.city.numbers"), TextPlace("line.toml", "desk.city.dial")
DIRTY = "お知\ufffeらせ\u200bで\x08す。\ufeff\U000e0041\uffff"
CLEAN = "お知らせです。"


@pytest.fixture(name="own")
def town_with_numbers(tmp_path: Path) -> Iterator[Town]:
    """A city hall whose line knows by which numbers it is rung."""
    with patch.object(rules, "findings", lambda _survey, _today: []), patch.object(rules.Survey, "of"):
        app = console_app(tmp_path, LINE_NUMBER="+815012345678", STAFF_NUMBER="+815011112222")
        yield Town(app, secrets_of(app))
        app.extensions["ivr.office"].database.close()


# --- numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["０４５－６７１－３７９３", "(045)671-3793", "+81-45-671-3793", "045ー671ー3793"])
def test_a_number_of_any_width_is_saved_as_it_is_read(town: Town, typed: str) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{FACTS}")
    assert "下書きに保存しました" in editor.send(numbers=f"{typed}\n＃９１１０", dial=typed)
    assert town.office.drafts.word(1, NUMBERS).text == '["045-671-3793", "#9110"]'
    assert town.office.drafts.edition(1).line.desks["city"].dial == "+81456713793"


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("numbers", "045-671-3792 内線123", "内線番号があります"),
        ("numbers", "045-671-379", "電話番号として読めません"),
        ("numbers", "市役所", "電話番号として読めません"),
        ("dial", "110", "つなげません"),
        ("dial", "#9110", "つなげません"),
        ("dial", "0570-064-110", "つなげません"),
        ("dial", "０１２０－９５－０１７８", "つなげません"),
        ("dial", "12345", "つなぐことのできる"),
        ("dial", "045-671-3792 内線123", "内線番号があります"),
        ("confirmed", "2026-11-25", "まだ来ていません"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_at_once(town: Town, field: str, typed: str, told: str) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{FACTS}")
    assert told in editor.send(**{field: typed})
    assert editor.status == 409 and typed in editor.html
    assert not any(word.changed for word in town.office.drafts.words(1).values())
    for page in (draft, f"{draft}/{FACTS}", "/staff/drafts", "/staff"):
        editor.get(page)
        assert editor.status == 200


@pytest.mark.parametrize("number", ["050-1234-5678", "０５０－１１１１－２２２２"])
def test_a_desk_never_rings_the_line_itself(own: Town, number: str) -> None:
    editor = own.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/{FACTS}")
    assert "この電話案内そのものの番号です" in editor.send(dial=number)
    with pytest.raises(Refused, match="number of this line itself"):
        own.office.drafts.save(1, DIAL, f'"{number}"', 0, EDITOR, MOMENT)


def test_a_draft_that_rings_the_line_itself_is_not_submitted(own: Town) -> None:
    """Such as one from before the line had that number."""
    drafts = own.office.drafts
    drafts.own_numbers, kept = frozenset(), drafts.own_numbers
    made = drafts.start("前から", EDITOR, MOMENT)
    drafts.save(made.id, DIAL, '"050-1234-5678"', 0, EDITOR, MOMENT)
    drafts.own_numbers = kept
    with pytest.raises(Broken) as caught:
        own.office.approval.submit(made.id, "番号", EDITOR, MOMENT)
    assert "line.toml: desk.city.dial" in caught.value.problems[0]


@pytest.mark.parametrize(
    "text", ['["０４５－６７１－３７９２"]', '["(045)671-3792"]', '["045-671-3792 内線1"]', '"x"', "[]"]
)
def test_a_draft_from_before_can_be_opened_and_mended(town: Town, text: str) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    row = {"file": NUMBERS.file, "key": NUMBERS.key, "version": 1, "text": text, "act": "save"}
    with town.office.database.writing() as connection:
        connection.execute(insert(revision).values(draft=1, **row, by="e1", by_name="江藤", at=MOMENT))
    for page in (draft, f"{draft}/{FACTS}", f"{draft}/submit", "/staff/drafts"):
        editor.get(page)
        assert editor.status == 200, page
    editor.get(f"{draft}/{FACTS}")
    assert "下書きに保存しました" in editor.send(numbers="045-671-3793")
    assert town.office.drafts.edition(1).line.desks["city"].numbers == ("045-671-3793",)


# --- texts ------------------------------------------------------------------------------------


def test_whatever_is_typed_is_kept_clean(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor, f"題{DIRTY}")
    assert town.office.drafts.get(1).title == f"題{CLEAN}"
    editor.get(f"{draft}/prompts/{GREETING}")
    editor.send(**{"text-ja": DIRTY})
    assert town.office.drafts.word(1, TextPlace("ja.toml", GREETING)).text == CLEAN
    editor.get(f"{draft}/facts/readings/ja")
    editor.send(**{"new-written": f"語{DIRTY}", "new-reading": DIRTY})
    assert town.office.drafts.word(1, TextPlace("readings.toml", f"ja.語{CLEAN}")).text == CLEAN
    editor.get(f"{draft}/submit")
    editor.send("/submit", reason=f"理由{DIRTY}")
    assert town.office.drafts.get(1).reason == f"理由{CLEAN}"
    town.office.approval.send_back(1, DIRTY, APPROVER, MOMENT)
    assert town.office.drafts.get(1).sent_back == CLEAN


@pytest.mark.parametrize("escape", ["\\u0000", "\\ufffe", "\\u200b", "\\uFEFF"])
def test_no_escape_brings_it_into_a_fact(town: Town, escape: str) -> None:
    made = town.office.drafts.start("出典", EDITOR, MOMENT)
    place = TextPlace("line.toml", "desk.city.source")
    assert town.office.drafts.save(made.id, place, f'"横浜{escape}市"', 0, EDITOR, MOMENT).text == '"横浜市"'


def test_an_alert_is_clean_when_it_is_heard(town: Town) -> None:
    editor = town.who("eto")
    editor.get("/staff/alerts")
    editor.send("/alerts/look", **{"words-ja": DIRTY, "words-en": "No\ufffetice.", "end": "2026-11-24T15:00"})
    editor.send("/alerts")
    made = town.office.announcements.alerts(MOMENT)[0]
    assert made.words == {"ja": CLEAN, "en": "Notice."}
    assert town.ring().heard(CLEAN)


@pytest.mark.parametrize("words", ["", " ", "\u200b\ufeff", "。。。", "｛。｜、｝"])
def test_an_alert_that_says_nothing_is_refused(town: Town, words: str) -> None:
    with pytest.raises(Refused, match="Write the alert in every language"):
        town.office.announcements.warn({"ja": words, "en": "x"}, MOMENT, MOMENT + timedelta(hours=1), EDITOR, MOMENT)


@pytest.mark.parametrize("words", [DIRTY, "前の｛お知らせ", "{desk}", "{"])
def test_an_alert_from_before_costs_no_call(town: Town, words: str) -> None:
    """Written by a program that did not look."""
    row = {"words": {"ja": words, "en": "Old."}, "start": MOMENT, "end": MOMENT + timedelta(hours=1), "at": MOMENT}
    with town.office.database.writing() as connection:
        connection.execute(insert(alert).values(**row, by="e1", by_name="江藤"))
    town.office.shelf.refresh()
    caller = town.ring()
    assert caller.heard("マイナンバー案内")
    for document in caller.documents:
        assert outside_xml(document.xml) is None and not problems(document.xml)


def test_a_search_for_what_nobody_sees_is_answered(town: Town) -> None:
    editor = town.who("eto")
    for page in ("/staff/drafts", "/staff/audit"):
        editor.get(f"{page}?q=%00%EF%BF%BE&words=%00&before=" + "9" * 5000)
        assert editor.status == 200
    assert "お知らせ" in editor.get("/staff/alerts?from=" + "9" * 5000)
    editor.get("/staff/alerts?from=²")
    assert editor.status == 200


def test_the_staff_telephone_reads_out_a_text_from_before(own: Town) -> None:
    editor = own.who("eto")
    draft = begun(editor)
    row = {"file": "ja.toml", "key": GREETING, "version": 1, "text": DIRTY, "act": "save"}
    with own.office.database.writing() as connection:
        connection.execute(insert(revision).values(draft=1, **row, by="e1", by_name="江藤", at=MOMENT))
    caller = ring(own)
    caller.press(shown_code(editor, draft))
    assert caller.heard("お知らせ")
    assert all(outside_xml(document.xml) is None for document in caller.documents)
