"""A sitting in a real browser, whose microphone hears somebody read: by keys alone, left and gone on with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ivr.editions.edition import Piece
from tests.support.browser import WIDE, chromium, microphone
from tests.support.clock import MOMENT
from tests.support.console_browser import clean, sign_in
from tests.support.given import greeting
from tests.support.town import GREETING, Town
from tests.support.voices import microphone_recording

pytestmark = [pytest.mark.slow(12), pytest.mark.xdist_group("other pages")]

PATIENCE = 20_000  # milliseconds: a recording is converted


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory, served: tuple[str, Town]) -> Iterator[Browser]:
    """A browser whose microphone hears the greeting, over and over."""
    heard = tmp_path_factory.mktemp("microphone") / "read.wav"
    heard.write_bytes(microphone_recording(greeting(served[1].office.shelf.line("", MOMENT))))
    with chromium(*microphone(heard)) as found:
        yield found


def begun_at(page: Page, origin: str) -> None:
    page.goto(f"{origin}/staff/drafts")
    page.get_by_label("何についての変更ですか").fill("録音")
    page.get_by_role("button", name="始める").click()
    page.get_by_role("link", name="続けて録音する：日本語").click()


def states(page: Page) -> list[str]:
    """What is told of the texts of which something is."""
    return [text for text in page.locator("#readings .state").all_inner_texts() if text]


def test_a_row_of_texts_is_recorded_by_a_key_each(reading: Browser, served: tuple[str, Town], tmp_path: Path) -> None:
    origin, town = served
    context = reading.new_context(viewport=WIDE, locale="ja-JP", reduced_motion="reduce")  # type: ignore[arg-type]
    page = sign_in(context, served, "eto")
    page.set_default_timeout(PATIENCE)
    begun_at(page, origin)
    clean(page)
    first = page.locator("#words").inner_text()
    assert (
        first == greeting(town.office.shelf.line("", MOMENT))
        and "準備ができました" in page.locator("#sitting-state").inner_text()
    )
    page.get_by_role("button", name="始める").press("Enter")
    expect(page.locator("#sitting-state")).to_contain_text("録音しています")
    page.wait_for_timeout(2000)
    assert page.locator("#level").evaluate("(meter) => meter.value") > 0
    clean(page)
    page.keyboard.press("1")
    second = page.locator("#words").inner_text()
    assert second != first
    page.wait_for_timeout(700)
    page.keyboard.press("2")  # misread: the same text again, and nothing of it is kept
    assert page.locator("#words").inner_text() == second
    page.wait_for_timeout(700)
    page.keyboard.press("1")
    page.keyboard.press("4")
    expect(page.locator("#sitting-state")).to_contain_text("休んでいます")
    expect(page.locator("#readings .state", has_text="録音済み")).to_have_count(2)
    page.reload()  # left, and gone on with
    expect(page.locator("#count")).to_contain_text("件のうち2件")
    assert page.locator("#words").inner_text() not in (first, second)

    page.route("**/take/**", lambda route: route.abort())  # the network is gone
    page.get_by_role("button", name="始める").press("Enter")
    page.wait_for_timeout(700)
    page.keyboard.press("1")
    page.keyboard.press("4")
    expect(page.get_by_role("alert")).to_contain_text("このブラウザに残っていて")
    assert "このブラウザに残っています" in states(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/take/**")
    page.reload()
    expect(page.locator("#readings .state", has_text="録音済み")).to_have_count(3)

    page.get_by_role("link", name="聞いて確かめ、下書きに入れる").click()
    clean(page)
    assert page.locator("audio").count() == 3
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="チェックした録音を下書きに入れる").click()
    expect(page.get_by_role("status").first).to_contain_text("入れました")
    kept = town.office.drafts.edition(1).recordings[Piece("ja", GREETING)]
    assert kept.matches(first)
    context.close()
