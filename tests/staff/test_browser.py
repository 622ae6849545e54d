"""The whole way in a real browser, in Japanese, and what axe-core finds on every page of it in every state."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Response, request_finished, template_rendered
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ivr.line.tree import with_facts
from ivr.staff import console, guide_pages
from tests.support.browser import NARROW, WIDE, axe, kinds, thin, told
from tests.support.clock import MOMENT
from tests.support.console_browser import clean, sign_in
from tests.support.console_states import MAIN, PLAIN, STATES, State, Windows
from tests.support.console_town import Scene
from tests.support.given import greeting
from tests.support.page_words import strange as strange_words
from tests.support.town import Town

pytestmark = [pytest.mark.slow(12), pytest.mark.xdist_group("browser")]

NEW = "新しいあいさつです。"
TEMPLATES = Path(console.__file__).parent / "templates" / "staff"
FILES = {
    "staff.calls_now",
    "staff.checked",
    "staff.going_on_steps",
    "staff.hear",
    "staff.hear_call",
    "staff.hear_edition",
    "staff.long_file_cut",
    "staff.paper_file",
    "staff.report_csv",
    "staff.report_pdf",
    "staff.report_workbook",
    "staff.reports",
    "staff.sheet_pdf",
    "staff.spreadsheet",
    "staff.static",
    "staff.toml",
    "staff.trail_csv",
}
"""What is answered with a file or a mere status, and is no page."""

TITLE = r"(?:練習：)?((?:エラー：|Error: )?)(.+) \| (?:職員用の画面|Staff console)"

LATIN = re.compile(r"[A-Za-z][A-Za-z'’]+")

INSIDE = {"staff.practice_phone"}
"""What there is in a practice alone."""


def test_an_editor_changes_a_text_and_somebody_else_puts_it_on_the_line(
    browser: Browser, context: BrowserContext, served: tuple[str, Town]
) -> None:
    _, town = served
    page = sign_in(context, served, "eto")
    clean(page)
    page.get_by_role("link", name="下書き", exact=True).click()
    page.get_by_label("何についての変更ですか").fill("あいさつ")
    page.get_by_role("button", name="始める").click()
    expect(page.get_by_role("status")).to_contain_text("下書きを始めました")
    clean(page)
    draft = page.url
    page.get_by_label("ことばで文を探す").fill(greeting(town.office.shelf.line("", MOMENT)))
    page.keyboard.press("Enter")
    page.get_by_role("link", name="最初のあいさつ").first.click()
    page.get_by_label("日本語の文").fill("書きかけの文")
    expect(page.locator(".kept").first).to_have_text("入力を残しました。まだ保存していません。")
    page.reload()
    expect(page.get_by_label("日本語の文")).to_have_value("書きかけの文")
    clean(page)
    page.get_by_label("日本語の文").fill(NEW)
    page.get_by_role("button", name="下書きに保存").click()
    expect(page.get_by_role("status").first).to_have_text("下書きに保存しました。")
    clean(page)
    page.goto(draft)
    page.get_by_role("link", name="承認を申請する").click()
    page.get_by_label("変更の理由").fill("短くするため")
    clean(page)
    page.get_by_role("button", name="承認を申請する").click()
    expect(page.get_by_role("status")).to_contain_text("承認を申請しました")
    clean(page)

    other = browser.new_context(viewport=NARROW, locale="ja-JP")  # type: ignore[arg-type]
    approver = sign_in(other, served, "abe")
    clean(approver)
    approver.get_by_role("link", name="あいさつ").click()
    expect(approver.get_by_role("button", name="このとおりに承認する")).to_be_visible()
    clean(approver)
    approver.get_by_role("button", name="このとおりに承認する").click()
    approver.get_by_role("link", name="いますぐ公開").click()
    expect(approver.get_by_role("button", name="はい、いますぐ公開します")).to_be_visible()
    clean(approver)
    assert not town.ring().heard(NEW)
    approver.get_by_role("button", name="はい、いますぐ公開します").click()
    expect(approver.get_by_role("status").first).to_contain_text("公開しました。")
    clean(approver)
    assert town.ring().heard(NEW)
    other.close()


@dataclass
class Looked:
    """What was seen on a round of the states. `pages`: as each was served; `templates`: what they are made of."""

    pages: dict[str, str] = field(default_factory=dict)
    templates: set[str] = field(default_factory=set)
    flaws: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def looked(windows: Windows) -> Looked:
    """One round for all that there is to be looked at: what takes long is to come to the states in a browser.

    Wide and light; the main pages narrow and dark, since they are wide and light in English below."""
    found, colours, dark, served = Looked(), Colours(), Colours(), [""]

    def note(_app: object, template: object, **_more: object) -> None:
        found.templates.add(Path(str(template.name)).name)  # type: ignore[attr-defined]

    def keep(_app: object, response: Response, **_more: object) -> None:
        if response.mimetype == "text/html" and "<main" in (html := response.get_data(as_text=True)):
            served.append(html)

    with template_rendered.connected_to(note), request_finished.connected_to(keep):
        for state in STATES:
            page = windows.show(state)
            found.pages[state.name] = served[-1]
            flaws = _flaws(page, state) + (colours.flaws(page) if state.how == PLAIN else [])
            page.set_viewport_size(NARROW)  # type: ignore[arg-type]
            flaws += _sideways(page)
            if state.how == MAIN:
                page.emulate_media(color_scheme="dark")
                flaws += dark.flaws(thin(page))
            found.flaws += [f"{state.name}: {flaw}" for flaw in flaws]
    return found


def test_axe_finds_nothing_on_any_page_in_any_state(looked: Looked) -> None:
    """Nor is any to be scrolled sideways, wide or narrow, nor a table in it but that of hours by weekdays."""
    assert not looked.flaws, "\n".join(looked.flaws)
    assert _templates_of_pages() - looked.templates == set()


def test_axe_finds_nothing_on_the_main_pages_in_english(windows: Windows) -> None:
    found, colours = [], Colours()
    for state in STATES:
        if state.how == MAIN:
            page = windows.show(state, "en")
            assert page.locator("html").get_attribute("lang") == "en", state.name
            found += [f"{state.name}: {flaw}" for flaw in _flaws(page, state) + colours.flaws(thin(page))]
    assert not found, "\n".join(found)


def test_no_page_in_japanese_holds_a_sentence_in_english_a_key_or_a_file(looked: Looked, scene: Scene) -> None:
    """Nothing that no clerk knows is read on any page in any state, but under details and in the line's own English."""
    known = _of_the_city(scene)
    found = {name: list(strange_words(html, known)) for name, html in looked.pages.items()}
    assert len(found) == len(STATES)
    assert {name: words for name, words in found.items() if words} == {}


def test_what_no_clerk_knows_is_found_on_a_page() -> None:
    """The test before finds what it looks for."""
    for words in ("Save the draft now", "text.mail.passages.1", "line.toml", 'hours = "Mo"', "{desk}", "4fefd40551"):
        assert list(strange_words(f'<html lang="ja"><p>これは{words}です。</p></html>')), words
        assert list(strange_words(f'<html lang="ja"><button aria-label="{words}">保存</button></html>')), words
        hidden = f'<details><summary>詳細</summary>{words}</details><p lang="en">{words}</p>'
        assert not list(strange_words(f'<html lang="ja">{hidden}<p>CSVで保存します。</p></html>')), words


def test_no_page_of_the_console_is_forgotten(scene: Scene) -> None:
    """Every page that can be gone to is a state: of axe-core here, or of test_staff_tables_browser."""
    urls = scene.town.app.url_map
    known = urls.bind("localhost")
    seen = {known.match(urlsplit(state.address(scene)).path, "GET")[0] for state in STATES}
    pages = {rule.endpoint for rule in urls.iter_rules() if "GET" in (rule.methods or ())}
    assert seen == {each for each in pages if each.startswith("staff.")} - FILES - INSIDE


def test_the_guide_has_its_pictures_and_is_printed_without_what_is_for_the_screen(windows: Windows) -> None:
    page = windows.show(next(state for state in STATES if state.name == "guide"))
    pictures = page.locator("figure img").evaluate_all("(all) => all.map((each) => [each.naturalWidth, each.alt])")
    assert len(pictures) == len(list(guide_pages.PICTURES.glob("*.png"))) >= 6
    assert all(0 < width <= 1000 and len(alt) > 40 for width, alt in pictures)
    links = page.locator(".toc a").evaluate_all("(all) => all.map((each) => each.getAttribute('href'))")
    assert all(page.locator(link).count() == 1 for link in links) and len(links) >= 10
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator("nav.toc")).to_be_hidden()
    broken = page.locator("figure").evaluate_all("(all) => all.map((each) => getComputedStyle(each).breakInside)")
    assert set(broken) == {"avoid"}
    sizes = [path.stat().st_size for path in guide_pages.PICTURES.glob("*.png")]
    assert max(sizes) < 60_000 and sum(sizes) < 400_000


def test_a_table_is_one_for_who_hears_it_where_its_rows_stand_by_themselves(windows: Windows) -> None:
    """At 320 px each row of a report is a block; the browser itself still tells of rows, columns and cells."""
    page = windows.show(next(state for state in STATES if state.name == "report"))
    tree = page.context.new_cdp_session(page)
    told = {}
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        roles = Counter(each.get("role", {}).get("value") for each in tree.send("Accessibility.getFullAXTree")["nodes"])
        told[size["width"]] = {role: roles[role] for role in ("table", "row", "columnheader", "rowheader", "cell")}
    wide, narrow = told.values()
    assert min(wide.values()) > 5
    assert {**narrow, "cell": 0} == {**wide, "cell": 0}
    assert 0 < narrow["cell"] <= wide["cell"], "what is empty is left out"


def test_a_chart_is_heard_by_keyboard_and_the_first_page_tells_what_calls_do(windows: Windows, scene: Scene) -> None:
    page = windows.show(next(state for state in STATES if state.name == "report"))
    chart, said = page.locator("#results .drawing"), page.locator("#results .said-of-chart")
    expect(chart).to_have_attribute("role", "application")
    chart.focus()
    expect(said).to_contain_text("音で聞けるグラフ「電話の結果」")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("市の総合窓口につながった")
    assert re.search(r"、|, ?[0-9]+件", said.inner_text())
    page.keyboard.press("h")
    keys = page.locator("dialog[open]")
    expect(keys).to_have_attribute("lang", "ja")
    assert "右矢印" in keys.inner_text() and not re.search(r"Move|arrow|Play", keys.inner_text())
    page.keyboard.press("Escape")
    page = windows.show(next(state for state in STATES if state.name == "now"))
    now = page.locator("#at-once")
    expect(now).to_contain_text("警察の相談電話（呼び出し6件、応答0件）")
    assert now.evaluate("(each) => each.closest('[aria-live]')") is None, "it is told to nobody who did not ask"


def _flaws(page: Page, state: State) -> list[str]:
    """What is wrong with a page as it is: for whom sees it, and for whom hears it."""
    headings = page.locator("h1").all_inner_texts()
    if len(headings) != 1:
        return [f"headings {headings}"]
    found = []
    named = re.fullmatch(TITLE, page.title())
    assert named, page.title()
    error, title = named.groups()
    if title != headings[0].strip():
        found.append(f"the title {title} is not the heading {headings[0]}")
    if state.told != bool(error):
        found.append(f"the title {page.title()} does not tell whether something was not done")
    if state.told and not page.get_by_role("alert").count():
        found.append("an error is not announced")
    return [*found, *_sideways(page)]


@dataclass
class Colours:
    """axe-core on page after page. To measure all colours takes it longer than all else: they are measured where
    something stands in something in which it has not stood before."""

    seen: set[str] = field(default_factory=set)

    def flaws(self, page: Page) -> list[str]:
        """What is wrong with this one, which has the colours of those before."""
        here = kinds(page)
        found = told(axe(page, contrast=not here <= self.seen)["violations"])
        self.seen |= here
        return found


def _sideways(page: Page) -> list[str]:
    fits = page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    tables = page.locator(".scroll:not(:has(table.hours))")
    cut = tables.evaluate_all("(all) => all.filter((each) => each.scrollWidth > each.clientWidth).length")
    return [] if fits and not cut else ["it, or a table in it, is to be scrolled sideways"]


def _templates_of_pages() -> set[str]:
    """Those that are not parts of others."""
    sources = {path.name: path.read_text("utf-8") for path in TEMPLATES.glob("*.html")}
    bases = {name for source in sources.values() for name in re.findall(r'{% extends "staff/(.+?)" %}', source)}
    return {name for name, source in sources.items() if "{% extends" in source} - bases


def _of_the_city(scene: Scene) -> frozenset[str]:
    """The words in Latin letters that the city itself uses in Japanese: in what the line says, in what callers may
    say, in what is read otherwise, in sources; and the names by which people sign in and call things."""
    shipped = scene.town.office.library.shipped
    spoken = shipped.line.first_language
    texts = ["".join(chunk.written for chunk in prompt.chunks()) for prompt in spoken.prompts.values()]
    texts += [form for forms in spoken.words.values() for form in forms]
    texts += list(shipped.readings[spoken.code])
    texts += [node.confirmation.source for _, nodes in with_facts(shipped.line) for node in nodes.values()]
    for alert in scene.town.office.announcements.past_alerts():
        texts += alert.words.values()
    typed = {*scene.town.secrets, "oka", "library", "count", "kazu"}
    return frozenset(word for text in texts for word in LATIN.findall(text)) | typed
