"""What a press leads to, in a browser: the steps are told as the rules come to them, and then the result, with a
script and without one."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, Page, expect

from ivr.apart import Queue
from ivr.editions.checks import Asked
from ivr.store.leased_work import beside
from tests.support.browser import WIDE
from tests.support.console_town import Scene, on_a_port
from tests.support.town import GREETING, begun

pytestmark = [pytest.mark.slow(4), pytest.mark.xdist_group("other pages")]


class Rules:
    """Rules that come to their steps when they are told to."""

    def __init__(self) -> None:
        self.walked, self.done = Event(), Event()

    def __call__(self, asked: Asked) -> tuple[str, ...]:
        asked.told("walk")
        assert self.walked.wait(60)
        asked.told("words")
        assert self.done.wait(60)
        return ()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with on_a_port(tmp_path) as made:
        made.town.office.errands.work.begin = beside
        made.town.office.checks.begin = Queue("checks").add
        yield made


def opened(browser: Browser, scene: Scene, scripts: bool) -> Page:
    context = browser.new_context(viewport=WIDE, locale="ja-JP", java_script_enabled=scripts)  # type: ignore[arg-type]
    context.add_cookies([scene.cookie("eto", "ja")])  # type: ignore[list-item]
    return context.new_page()


@pytest.mark.parametrize("scripts", [True, False], ids=["with a script", "without"])
def test_the_steps_and_then_the_result_come_by_themselves(browser: Browser, scene: Scene, scripts: bool) -> None:
    editor = scene.town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/prompts/{GREETING}")
    editor.send(**{"text-ja": "新しいあいさつです。"})
    rules = scene.town.office.checks.rules = Rules()
    page = opened(browser, scene, scripts)
    page.goto(f"{scene.origin}{draft}/submit")
    page.get_by_label("変更の理由").fill("短くするため")
    page.get_by_role("button", name="承認を申請する").dblclick()
    now = page.locator("[aria-current=step]")
    expect(now).to_contain_text("すべての場面")
    rules.walked.set()
    expect(now).to_contain_text("言葉の長さ")
    if scripts:
        expect(page.locator("#going-on-said")).to_contain_text("言葉の長さ")
    rules.done.set()
    expect(page.get_by_role("status").first).to_contain_text("承認を申請しました")
    assert page.url == f"{scene.origin}{draft}"
    page.context.close()
