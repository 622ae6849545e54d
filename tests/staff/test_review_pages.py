"""What an approver can read: before and after in words and sound, where in the call, with remarks; the sheet for the
file; any two editions beside one another."""

import re
import time
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from ivr.apart import Limits
from ivr.editions.texts import TextPlace, words_at
from ivr.people.persons import Person
from ivr.people.trail import search
from ivr.staff.compare import differing_words
from ivr.staff.home_pages import name_of
from ivr.staff.read_editions import as_read
from ivr.staff.review_rows import anchor
from ivr.staff.wording import Wording, cut_apart, cut_here
from ivr.store.leased_work import beside, once
from tests.support.clock import MOMENT
from tests.support.town import GREETING, Town, Visitor

OLD = "横浜市のマイナンバー案内です。"
NEW = "横浜市のマイナンバーの電話案内です。"
HOURS, NUMBERS = (TextPlace("line.toml", f"desk.city.{fact}") for fact in ("hours", "numbers"))
MAIL = words_at("ja", "text.mail.passages.1")


def editor_of(town: Town) -> Person:
    return town.accounts.get("eto").person


def changed(town: Town, **more: str) -> int:
    """A draft in which the greeting, a passage and facts of a desk are other ones, submitted."""
    eto = editor_of(town)
    drafts = town.office.drafts
    draft = drafts.start("窓口の時間", eto, MOMENT).id
    hours = drafts.word(draft, HOURS).text
    texts = {
        words_at("ja", GREETING): NEW,
        HOURS: re.sub(r"-\d\d:\d\d", "-17:00", hours),
        MAIL: "メールのアドレスは、押さないでください。",
    }
    drafts.save_all(draft, texts, {}, eto, MOMENT, "save")
    town.office.approval.submit(draft, "窓口の時間が変わるため", eto, MOMENT)
    return draft


def shown(visitor: Visitor) -> str:
    """The changes on the page, without marks."""
    part = visitor.html.partition('id="h-changes"')[2].partition("<h2")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", part.partition(">")[2])).split())


def test_an_approver_reads_what_changes_where_and_hears_it(town: Town) -> None:
    draft = changed(town)
    approver = town.who("abe")
    approver.get(f"/staff/drafts/{draft}/approve")
    text, html = shown(approver), approver.html
    assert "受付終了" in text and "17:00" in text and "受付開始" not in text, "a fact as a sentence"
    assert "Mo-Fr" not in text
    assert "の電話" in text and "<ins>" in html, "what comes, by words"
    assert re.search(r"電話での場所：はじめのメニュー → 1 ", text), "the way of keys"
    assert "約" in text and "秒" in text and "やさしさ" in text
    for side in ("変更前", "変更後"):
        assert side in text
    sounds = re.findall(r'<audio[^>]+src="([^"]+)"', html)
    assert any("/editions/" in each for each in sounds) and any(f"/drafts/{draft}/" in each for each in sounds)
    assert text.index("受付終了") > text.index("アドレス"), "in the order of the call"


def test_a_remark_is_answered_and_stands_in_the_trail(town: Town) -> None:
    draft = changed(town)
    approver, editor = town.who("abe"), town.who("eto")
    approver.get(f"/staff/drafts/{draft}/approve")
    say = f"/remarks/0/{MAIL.file}/{MAIL.key}"
    for _ in range(2):  # a double press
        target, fields = approver.form(say)
        approver.page = approver.client.post(target, data={**fields, said_in(0): "「アドレス」は分かりますか。"})
        approver._follow()
    assert "意見を書きました" in approver.text and approver.text.count("「アドレス」は分かりますか。") == 1
    [(place, [remark])] = town.office.remarks.of(draft).items()
    assert place == MAIL
    editor.get(f"/staff/drafts/{draft}")
    assert "「アドレス」は分かりますか。" in editor.text
    answer = {said_in(remark.id): "「URL」にします。"}
    assert "「URL」にします。" in editor.send(f"/remarks/{remark.id}/{MAIL.file}/{MAIL.key}", **answer)
    acts = [each.act for each in search(town.office.database, act="draft.")][:2]
    assert [each.act for each in acts] == ["draft.answer", "draft.remark"]
    assert str(MAIL) in acts[0].what and acts[0].after == "「URL」にします。"
    town.office.drafts.save(draft, MAIL, "消してください。", 1, editor_of(town), MOMENT)
    assert "その後、変わっています" in editor.get(f"/staff/drafts/{draft}")
    sheet = editor.get(f"/staff/drafts/{draft}/sheet")
    assert "「URL」にします。" in sheet


def said_in(answers: int) -> str:
    """The field of a remark on the passage, or of an answer to one by its number."""
    return f"say-{answers}-{anchor(MAIL)}"


@pytest.mark.parametrize("path", ["", "/submit", "/approve"])
def test_a_remark_that_says_nothing_or_too_much_is_told_at_its_field(path: str, town: Town) -> None:
    draft = changed(town)
    town.office.remarks.say(draft, MAIL, "「アドレス」は分かりますか。", town.accounts.get("abe").person, MOMENT)
    [[remark]] = town.office.remarks.of(draft).values()
    editor = town.who("eto")
    editor.get(f"/staff/drafts/{draft}{path}")
    title = heading(editor)
    for answers, typed, told in ((0, " ", "意見を書いてください"), (remark.id, "長" * 5_001, "5000文字まで")):
        field = said_in(answers)
        editor.send(f"/remarks/{answers}/{MAIL.file}/{MAIL.key}", **{field: typed})
        assert editor.status == 409 and heading(editor) == title, "the page is the same"
        assert f'<a href="#{field}">' in editor.html.partition('class="problem summary"')[2].partition("</div>")[0]
        area = re.search(
            rf'<details class="say" open>.{{,900}}<textarea id="{field}"([^>]*)>([^<]*)', editor.html, re.DOTALL
        )
        assert area and 'aria-invalid="true"' in area[1] and f'aria-describedby="e-{field}"' in area[1]
        assert area[2].strip() == typed.strip(), "what was typed is there"
        assert told in (re.search(rf'id="e-{field}">([^<]*)', editor.html) or [""] * 2)[1]
        assert editor.html.count('aria-invalid="true"') == 1


def heading(visitor: Visitor) -> str:
    """What the page is called."""
    found = re.search(r"<h1[^>]*>([^<]*)", visitor.html)
    assert found
    return found[1]


def test_the_sheet_for_the_file_tells_what_why_who_and_when(town: Town) -> None:
    draft = changed(town)
    approver = town.who("abe")
    approver.get(f"/staff/drafts/{draft}/approve")
    approver.send("/approve", then="publish")
    sheet = approver.get(f"/staff/drafts/{draft}/sheet")
    for told in (
        "窓口の時間が変わるため",
        "江藤",
        "安部",
        "2026年11月24日（火）11:00",
        "受付終了",
        "公開した人",
        "変更前",
    ):
        assert told in sheet, told
    assert "<script" not in approver.html and 'style="' not in approver.html


@pytest.mark.slow
def test_the_sheet_is_a_pdf_as_well_and_a_machine_without_the_library_says_how_to_print(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = changed(town)
    approver = town.who("abe")
    papers = town.app.extensions["ivr.console"].papers
    papers.work.begin = beside
    approver.get(f"/staff/drafts/{draft}/sheet.pdf")
    until = time.monotonic() + 60
    while approver.status == 202 and time.monotonic() < until:
        time.sleep(0.1)
        approver.get(approver.path)
    assert "PDFができました" in approver.text
    papers.work.begin = once
    answer = approver.client.get(f"/staff/drafts/{draft}/sheet.pdf")
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF-") and answer.mimetype == "application/pdf"
    assert quote("決裁票：窓口の時間.pdf") in answer.headers["Content-Disposition"]
    town.office.drafts.rename(draft, "窓口の受付時間", editor_of(town), MOMENT)
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    approver.get(f"/staff/drafts/{draft}/sheet.pdf")
    assert "印刷をお使いください" in approver.html and approver.status == 409
    approver.get(f"/staff/drafts/{draft}/approve")
    before = next(each for each in re.findall(r'<audio[^>]+src="([^"]+)"', approver.html) if "/editions/" in each)
    answer = approver.client.get(unescape(before), follow_redirects=True)
    assert answer.status_code == 200 and answer.data.startswith(b"RIFF"), "what callers hear now can be heard"


def test_any_two_editions_are_compared(town: Town) -> None:
    draft = changed(town)
    approver = town.who("abe")
    approver.get(f"/staff/drafts/{draft}/approve")
    approver.send("/approve", then="publish")
    text = approver.get("/staff/editions/compare")
    assert "受付終了" in text and "窓口の時間" in text and "はじめの内容" in text
    live, shipped = town.office.library.live(MOMENT).id, town.office.library.shipped.id
    approver.get(f"/staff/editions/compare?before={live}&after={shipped}")
    back = shown(approver)
    assert back.index("17:00") < back.index("17:15"), "the other way round"
    assert "同じ版です" in approver.get(f"/staff/editions/compare?before={live}&after={live}")
    approver.get("/staff/editions/compare?before=zzz&after=zzz")
    assert approver.status == 404


def test_marks_are_read_as_callers_hear_them_and_stand_under_details_alone(town: Town) -> None:
    eto, drafts = editor_of(town), town.office.drafts
    draft = drafts.start("受付中の言い方", eto, MOMENT).id
    texts = {
        words_at("ja", "status.open"): "{desk}は、いま、開いています。",
        words_at("ja", "text.call.passages.1"): "こまったときは、{number.police}に、お電話ください。",
    }
    drafts.save_all(draft, texts, {}, eto, MOMENT, "save")
    approver = town.who("abe")
    line = town.office.shelf.line("", MOMENT)
    desk = name_of(line, "desk", next(iter(line.desks)))
    for page in ("approve", "phone"):
        approver.get(f"/staff/drafts/{draft}/{page}")
        bare = re.sub(r"<details.*?</details>", "", approver.html, flags=re.DOTALL)
        said = re.sub(r"<[^>]+>|\s", "", unescape(bare))
        assert f"〔{desk}〕は、" in said and "{desk}" not in said and "{number" not in said, page
        assert line.desks["police"].numbers[0] in said
        assert "{desk}は、" in re.sub(r"<[^>]+>", "", approver.html), "as it is written, under details"
    sheet = approver.get(f"/staff/drafts/{draft}/sheet")
    assert "{" not in sheet and f"〔{desk}〕" in sheet


@pytest.mark.timeless
def test_what_is_filled_in_shows_as_a_gap() -> None:
    assert as_read("全部で{count}です。") == "全部で〔…〕です。"
    assert as_read("全部で{count}です。", filled={"count": "三つ"}) == "全部で〔三つ〕です。"
    assert as_read("{start}から{end}まで") != as_read("{end}から{start}まで")
    assert as_read("{十時|じゅうじ}に") == "十時に" and as_read("{半分") == "{半分"


def test_japanese_is_compared_by_words() -> None:
    before, after = "受付は、五時十五分までです。", "受付は、五時までです。"
    words = Wording(cut_here).of([before, after])
    gone, come = differing_words(words[before].words, words[after].words)
    assert [each for kind, each in gone if kind == "gone"] == ["十五分"] and all(kind == "same" for kind, _ in come)
    assert differing_words(("全く", "別の", "文"), ("ほか", "の", "もの")) == (
        (("gone", "全く別の文"),),
        (("new", "ほかのもの"),),
    )


def test_the_analyser_works_in_a_process_apart_and_where_it_is_missing_scripts_divide_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "カードをなくしたとき"
    assert Wording(cut_apart).of([text])[text].words == tuple(cut_here([text])[0][0])
    monkeypatch.setattr("ivr.staff.wording.LIMITS", Limits(wall=0.001))
    without = Wording(cut_apart).of([text])[text]
    assert without.words == ("カード", "をなくしたとき") and without.level is None
