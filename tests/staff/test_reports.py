"""Reports in the console, as staff look for what calls did: in words, without code, and without anybody in them."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from ivr.config import ConfigError, from_environment
from ivr.records.recorder import Recorder
from ivr.records.steps import Step
from tests.support.clock import MOMENT
from tests.support.stores import City
from tests.support.synthetic_calls import Known, joined_to, ring
from tests.support.town import Town, Visitor, open_town

DAYS = [MOMENT.date() - timedelta(days=number) for number in range(40, -1, -1)]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A city hall whose line was rung 300 times, also today; three callers were joined to a desk that few want."""
    with open_town(tmp_path_factory.mktemp("hall"), CALL_PRICE="2.5", TRANSFER_PRICE="20") as town:
        recorder: Recorder = town.app.extensions["ivr.records"]
        town.app.extensions["known"] = ring(recorder, 300, DAYS, rare=[joined_to("yoke")] * 3)
        recorder.take_all()
        yield town


@pytest.fixture
def known(hall: Town) -> Known:
    found: Known = hall.app.extensions["known"]
    return found


@pytest.fixture(scope="module")
def clerk(hall: Town) -> Visitor:
    return hall.who("eto")


def test_a_month_is_told_in_words_with_what_each_figure_means(clerk: Visitor, known: Known) -> None:
    told = clerk.get("/staff/reports")
    assert clerk.path == "/staff/reports/2026-11" and "電話の実績：2026年11月" in told
    assert "2026年11月1日から2026年11月23日まで" in told and "きょうの分は、あす入ります" in told
    days = {day: number for (of, day), number in known.months["2026-11"].items() if of == "day"}
    before_today = sum(days.values()) - days.get(DAYS[-1].isoformat(), 0)
    assert f"件数 {before_today} " in told
    for words in (
        "人につながずに完結",
        "担当の窓口に直接つながった",
        "市の総合窓口につながった",
        "横浜市のマイナンバー担当",
    ):
        assert words in told
    assert "28,267件" in told and "最後の段落がキーで飛ばされずに読み終わった" in told
    for code in ("mail", "city.", "in vain", "no_answer", "reading"):
        assert not re.search(rf"(?<![\w/.#-]){re.escape(code)}", told), code


def test_what_three_callers_did_is_hidden(clerk: Visitor) -> None:
    for period in ("2026-10", "2026-11", "2026"):
        clerk.get(f"/staff/reports/{period}")
        for row in re.findall(r'<th scope="row"[^>]*>YOKEの多言語相談窓口</th>(.*?)</tr>', clerk.html):
            assert set(re.findall(r"<td[^>]*>(.*?)</td>", row)) <= {"非表示", "0", "―"}, period
    assert "YOKEの多言語相談窓口" in clerk.html


def test_a_year_is_told_by_its_months(clerk: Visitor, known: Known) -> None:
    told = clerk.get("/staff/reports/2026")
    assert "電話の実績：2026年度" in told and "2026年10月" in told
    assert "日別の件数" not in told
    assert str(known.months["2026-10"]["calls", ""]) in told


def test_the_cost_is_told_by_the_minute_of_the_carrier(clerk: Visitor) -> None:
    told = clerk.get("/staff/reports/2026-11")
    assert "着信が2.5円" in told and "窓口への通話が20円" in told
    with pytest.raises(ConfigError, match="CALL_PRICE"):
        from_environment({"CALL_PRICE": "two"})


def test_without_a_price_nothing_is_made_up(town: Town) -> None:
    assert "着信が未設定、窓口への通話が未設定" in town.who("eto").get("/staff/reports/2026-11")


def test_the_figures_are_taken_along_as_csv_and_as_a_workbook(hall: Town, clerk: Visitor) -> None:
    answer = clerk.client.get("/staff/reports/2026-10/calls.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "calls-2026-10.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert list(rows[0]) == ["表", "行", "列", "値", "下限（95％）", "上限（95％）", "単位"]
    told = {(row["表"], row["行"], row["列"]): row["値"] for row in rows}
    assert told["窓口の呼び出しと、応答・話し中・時間外", "横浜市のマイナンバー担当", "呼び出し"].isdigit()
    assert "非表示" in told.values() or all(not value or float(value) >= 0 for value in told.values())
    book = load_workbook(io.BytesIO(clerk.client.get("/staff/reports/2026-10/calls.xlsx").data))
    assert book.sheetnames[:2] == ["2026年10月", "電話の結果"]
    sheet = book["電話の結果"]
    assert [cell.value for cell in sheet[1]] == ["結果", "件数", "割合"]
    assert (
        sheet["B2"].value == int(told["電話の結果", "人につながずに完結", "件数"])
        and sheet["C2"].number_format == "0.0%"
    )
    assert "人につながずに完結" in [row[0].value for row in sheet.iter_rows()]


def test_two_reports_that_are_kept_tell_of_no_day_between_them(hall: Town, clerk: Visitor) -> None:
    assert "終わったあとに" in clerk.get("/staff/reports/2026-11") and "calls.csv" not in clerk.html
    for file in ("calls.csv", "calls.xlsx", "calls.pdf", "print"):
        clerk.get(f"/staff/reports/2026-11/{file}")
        assert clerk.status == 409 and "終わったあとに" in clerk.text
    saved = clerk.client.get("/staff/reports/2026/calls.csv").data
    assert "2026年11月".encode() not in saved and "2026年10月".encode() in saved
    later = clerk.later(days=3)
    later.sign_in("eto")
    assert later.client.get("/staff/reports/2026/calls.csv").data == saved
    assert later.client.get("/staff/reports/2026-10/calls.csv").status_code == 200


def test_before_and_after_is_told_with_its_uncertainty(clerk: Visitor) -> None:
    told = clerk.get("/staff/reports/compare")
    assert "新しい版や緊急のお知らせの前の4週間と、後とを比べます" in told
    clerk.get("/staff/reports/compare?of=edition-99")
    assert clerk.status == 404


def changed(town: Town) -> None:
    """The greeting is changed and published."""
    City(town.office, Path(), MOMENT).publish(ja="新しいあいさつです。")


def test_an_edition_is_compared_with_the_one_before_it(town: Town) -> None:
    recorder: Recorder = town.app.extensions["ivr.records"]
    library = town.office.library
    changed(town)
    after = MOMENT + timedelta(days=20)
    (published,) = library.history(after)
    days = [MOMENT.date() + timedelta(days=number) for number in range(-20, 20)]
    ring(recorder, 200, days, editions=(library.shipped.id, published.edition or ""))
    recorder.take_all()
    later = replace(town.visitor(), now=after)
    later.sign_in("eto")
    told = later.get(f"/staff/reports/compare?of=edition-{published.seq}")
    assert "ポイント（" in told and ("差があるとは言えません" in told or "前より" in told)
    assert re.search(r"件数 ?\d+ ?\d+", told)


def test_nobody_who_has_gone_is_kept_signed_in_by_the_first_page(hall: Town) -> None:
    gone = hall.who("abe")
    page = gone.get("/staff")
    assert "電話のいま" in page and "いま通話中" in page
    for _ in range(31):
        gone.now += timedelta(minutes=1)
        gone.client.get("/staff/now")
    assert gone.client.get("/staff/now").status_code in (303, 401)


def test_what_is_no_longer_on_the_line_has_no_key_for_a_name(town: Town) -> None:
    recorder: Recorder = town.app.extensions["ivr.records"]
    for serial in range(6):
        moment = MOMENT - timedelta(days=2, seconds=serial)
        recorder.note(f"CA{serial}", Step("0123456789", "", "ja", "gone.0", "ring", "", "goes on"), moment)
    recorder.take_all()
    told = town.who("eto").get("/staff/reports/2026-11")
    assert "いまはない案内" in told and "「いまはない案内」の読み上げ中" in told and "gone" not in told


@pytest.mark.parametrize("period", ["2026-13", "november", "0000"])
def test_there_are_no_other_periods(clerk: Visitor, period: str) -> None:
    clerk.get(f"/staff/reports/{period}")
    assert clerk.status == 404


def test_charts_keep_the_policy_of_pages_and_are_told_apart_without_colour(clerk: Visitor, hall: Town) -> None:
    clerk.get("/staff/reports/2026-11")
    charts = re.findall(r"<svg.*?</svg>", clerk.html, re.DOTALL)
    assert len(charts) >= 8
    for each in charts:
        tree = ElementTree.fromstring(each)
        assert tree.get("aria-hidden") == "true", "the same stands in the table"
        names = {element.tag.rpartition("}")[2] for element in tree.iter()}
        assert not names & {"style", "script", "title", "desc"}
        assert not any("style" in element.attrib for element in tree.iter())
    figures = re.findall(r"<figure.*?</figure>", clerk.html, re.DOTALL)
    told = ["数字のないところは「非表示」です" in figure for figure in figures]
    assert any(told) and not all(told)
    noughts = [figure for figure in figures if re.search(r'class="value"[^>]*>0<', figure)]
    assert noughts, "what is nought says so, other than what is hidden"
    (texts,) = [each for each in charts if "pattern-texts-1" in each]
    assert texts.count('fill="url(#pattern-texts-1)"') >= 3
    assert len(re.findall(r'<table[^>]* class="figures', clerk.html)) >= len(charts), "each has its table"


@pytest.mark.slow(6)
def test_a_month_is_a_pdf_that_can_be_read_and_heard(clerk: Visitor) -> None:
    answer = clerk.client.get("/staff/reports/2026-10/calls.pdf")
    assert answer.content_type == "application/pdf" and answer.data[:5] == b"%PDF-"
    assert len(answer.data) > 50_000, "charts and tables"
