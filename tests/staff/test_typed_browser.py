"""What is typed into a page, in a browser: it is there again, also where its script came late."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.browser import WIDE
from tests.support.console_town import Scene, on_a_port
from tests.support.town import GREETING, Visitor, begun

pytestmark = [pytest.mark.slow(3), pytest.mark.xdist_group("other pages")]

WHY = "短くするため"
WORDS = "書きかけの文"
BACK = "このブラウザーに残っていた文を、入力欄に戻しました。"
KEPT = "入力を残しました。まだ保存していません。"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with on_a_port(tmp_path_factory.mktemp("typed")) as made:
        yield made


@pytest.fixture(scope="module")
def editor(scene: Scene) -> Visitor:
    return scene.town.who("eto")


@pytest.fixture
def draft(scene: Scene, editor: Visitor) -> str:
    """The address of a draft of the editor."""
    return scene.origin + begun(editor)


@pytest.fixture
def page(browser: Browser, scene: Scene) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE, locale="ja-JP")  # type: ignore[arg-type]
    context.add_cookies([scene.cookie("eto", "ja")])  # type: ignore[list-item]
    yield context.new_page()
    context.close()


def typed_early(page: Page, address: str, script: str, label: str, words: str) -> None:
    """The words are typed while the script is still on its way, and no key is pressed after it has come."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/{script}", hold)
    page.goto(address, wait_until="commit")
    page.get_by_label(label).fill(words)
    assert held, "the script was not on its way"
    held[0].continue_()
    page.wait_for_load_state("load")
    page.unroute(f"**/{script}")


def test_what_a_form_is_given_before_its_script_came_is_there_again(page: Page, draft: str) -> None:
    typed_early(page, f"{draft}/submit", "keep.js", "変更の理由", WHY)
    page.goto(draft)
    page.goto(f"{draft}/submit")
    expect(page.get_by_label("変更の理由")).to_have_value(WHY)
    expect(page.get_by_role("status").filter(has_text=BACK)).to_be_visible()


def test_what_was_kept_longer_goes_before_what_is_typed_early(page: Page, draft: str) -> None:
    """It is the longer work; what was typed meanwhile comes back with one press."""
    page.goto(f"{draft}/submit")
    page.get_by_label("変更の理由").fill(WHY)
    typed_early(page, f"{draft}/submit", "keep.js", "変更の理由", "あ")
    expect(page.get_by_label("変更の理由")).to_have_value(WHY)
    page.get_by_role("button", name="元に戻す").click()
    expect(page.get_by_label("変更の理由")).to_have_value("あ")


def test_a_form_left_as_it_came_has_nothing_to_be_put_back(page: Page, draft: str) -> None:
    page.goto(f"{draft}/submit")
    page.goto(draft)
    page.goto(f"{draft}/submit")
    assert page.get_by_role("status").filter(has_text=BACK).count() == 0
    assert page.evaluate("() => Object.keys(localStorage)") == []


def test_what_was_sent_is_not_kept_again_by_going_back_to_it(page: Page, draft: str) -> None:
    page.goto(f"{draft}/texts/mail/passages/1/insert")
    page.get_by_label("日本語の文").fill("まず、落ち着いてください。")
    page.get_by_label("英語の文").fill("First, keep calm.")
    page.get_by_role("button", name="入れる").click()
    expect(page.get_by_role("status").first).to_contain_text("下書きに入れました")
    page.go_back()
    page.wait_for_load_state("load")
    assert page.evaluate("() => Object.keys(localStorage)") == []


def test_what_the_editor_is_given_before_its_script_came_is_kept(page: Page, draft: str) -> None:
    typed_early(page, f"{draft}/prompts/{GREETING}", "staff.js", "日本語の文", WORDS)
    expect(page.locator(".kept").first).to_have_text(KEPT)
    page.goto(draft)
    page.goto(f"{draft}/prompts/{GREETING}")
    expect(page.get_by_label("日本語の文")).to_have_value(WORDS)
