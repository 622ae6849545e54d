"""Who changed what: found in words, told in Japanese, at the time of the city, and so in the file as well."""

import csv
import io
import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from ivr.editions.texts import TextPlace, words_at
from ivr.people.trail import search
from ivr.staff.act_names import GROUPS, TEXTS, acts, group_of
from tests.support.clock import MOMENT
from tests.support.given import ROOT
from tests.support.town import Town, Visitor

HOURS = TextPlace("line.toml", "desk.city.hours")
MAIL, GREETING = words_at("ja", "text.mail.passages.1"), words_at("ja", "say.greeting")


@pytest.fixture
def busy(town: Town) -> Town:
    """A morning's work: hours, two texts, a desk closed, in two drafts by two people."""
    eto, ebina = (town.accounts.get(login).person for login in ("eto", "ebina"))
    drafts = town.office.drafts
    hours = drafts.start("冬の受付", eto, MOMENT).id
    drafts.save(hours, HOURS, drafts.word(hours, HOURS).text.replace("17:15", "17:00"), 0, eto, MOMENT)
    words = drafts.start("=HYPERLINK(1)", ebina, MOMENT).id
    drafts.save(words, MAIL, "そのメールは、消してください。", 0, ebina, MOMENT)
    drafts.save(words, GREETING, "市の電話案内です。", 0, ebina, MOMENT)
    town.office.announcements.close("city", MOMENT, MOMENT.replace(hour=17), eto, MOMENT)
    return town


def rows(visitor: Visitor, query: str = "") -> list[list[str]]:
    """The acts on the page: their cells."""
    visitor.get(f"/staff/audit?{query}")
    body = visitor.html.partition("<tbody")[2].partition("</tbody>")[0]
    found = (re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in body.split("<tr ")[1:])
    return [[" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in row] for row in found]


def test_who_changed_the_hours_is_found_in_words(busy: Town) -> None:
    visitor = busy.who("abe")
    [found] = rows(visitor, "words=受付時間&group=texts")
    assert found[:3] == ["2026年11月24日（火）11:00", "江藤", "変更"]
    assert "受付終了： 17:15" in found[4] and "受付終了： 17:00" in found[5]
    assert [found] == rows(visitor, "fact=hours") == rows(visitor, "words=受付時間 変更")
    texts = [row[3] for row in rows(visitor, "node=desk.city")]
    assert len(texts) == 2 and any("17:00まで" in each for each in texts), "its hours, and that it was closed"
    assert len(rows(visitor, "node=text.mail")) == 1
    assert [row[1] for row in rows(visitor, "words=メール&group=texts")] == ["蛯名"]
    assert rows(visitor, "words=受付時間 そのメール") == [["ありません。"]]


def test_acts_are_found_by_person_kind_and_day_and_told_without_codes(busy: Town) -> None:
    visitor = busy.who("abe")
    ebina = busy.accounts.get("ebina").person
    assert {row[1] for row in rows(visitor, f"who={ebina.id}&group=texts")} == {"蛯名"}
    assert [row[2] for row in rows(visitor, "group=desks")] == ["窓口を臨時に休みにした"]
    assert rows(visitor, "since=2026-11-25") == [["ありません。"]]
    everything = rows(visitor)
    assert len(everything) >= 6
    assert not any(re.search(r"draft\.|account\.|desk\.close|draft \d", cell) for row in everything for cell in row[:3])
    visitor.get("/staff/audit?since=yesterday")
    assert visitor.status == 409 and "誰が何を変えたか" in visitor.text


def test_the_file_says_the_same_in_the_city_s_time_and_runs_nothing(busy: Town) -> None:
    visitor = busy.who("abe")
    answer = visitor.client.get("/staff/audit.csv?words=受付時間&group=texts")
    [heading, row] = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert heading == ["番号", "日時", "だれが", "したこと", "対象", "項目", "変更前", "変更後", "改ざん検知の値"]
    assert row[1:4] == ["2026-11-24 11:00:00", "江藤", "変更"] and row[5:8] == ["受付終了", "17:15", "17:00"]
    assert row[8] == search(busy.office.database, "desk.city.hours")[0].hash
    answer = visitor.client.get("/staff/audit.csv?group=drafts")
    subjects = [row[4] for row in csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))]
    assert not any(each.startswith("=") for each in subjects) and any("=HYPERLINK(1)" in each for each in subjects)


@pytest.mark.timeless
def test_every_act_of_the_program_has_a_name_and_a_kind() -> None:
    files = (path for room in ("editions", "people") for path in (ROOT / "ivr" / room).glob("*.py"))
    written = re.findall(
        r'"((?:draft|edition|recording|code|alert|desk|account)\.[a-z_]+)"', "".join(map(Path.read_text, files))
    )
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        named = acts()
    assert written and set(written) <= named.keys()
    assert {group_of(each) for each in named} == set(GROUPS) and group_of("draft.save") == TEXTS
