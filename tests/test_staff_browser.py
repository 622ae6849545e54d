"""The whole way in a real browser, in Japanese, and what axe-core finds on every page of it."""

from collections.abc import Iterator
from threading import Thread
from unittest.mock import patch

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from ivr.call import rules
from ivr.carrier.webhooks import NOW
from ivr.editions.people import Person
from ivr.staff.accounts import Accounts
from tests.browser import NARROW, WIDE, axe, chromium, told
from tests.test_staff_support import GREETING, MOMENT, PASSWORD, Town, console_app, secrets_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

NEW = "新しいあいさつです。"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Town]]:
    """The console on a free port, at MOMENT; the rules of the whole line find nothing."""
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
    origin = f"http://127.0.0.1:{server.port}"
    with patch.object(rules, "findings", lambda _survey, _today: []), patch.object(rules.Survey, "of"):
        app = console_app(tmp_path_factory.mktemp("data"), PUBLIC_URL=origin)
        answer = app.wsgi_app
        app.wsgi_app = lambda environ, start: answer({NOW: MOMENT, **environ}, start)  # type: ignore[method-assign]
        server.app = app
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield origin, Town(app, secrets_of(app))
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=WIDE, locale="ja-JP", timezone_id="Asia/Tokyo", reduced_motion="reduce")  # type: ignore[arg-type]
    yield made
    made.close()


def sign_in(context: BrowserContext, served: tuple[str, Town], login: str) -> Page:
    """Somebody signed in, by the keyboard alone."""
    origin, town = served
    page = context.new_page()
    page.goto(f"{origin}/staff")
    page.get_by_label("サインイン名").focus()
    step = town.used.get(login, int(MOMENT.timestamp()) // 30 - 2) + 1
    town.used[login] = step
    for text in (login, PASSWORD, pyotp.TOTP(town.secrets[login]).generate_otp(step)):
        page.keyboard.insert_text(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("いま、電話で聞こえること")
    return page


def clean(page: Page) -> None:
    """axe-core finds nothing, and nothing is cut off or to be scrolled sideways."""
    assert told(axe(page)["violations"]) == [], page.url
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), page.url


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
    page.get_by_label("ことばで文を探す").fill("電話案内です")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=GREETING).first.click()
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
    approver.get_by_role("link", name="確かめて、承認または差し戻す").click()
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


def test_axe_finds_nothing_on_any_page_wide_or_narrow(context: BrowserContext, served: tuple[str, Town]) -> None:
    origin, town = served
    stranger = context.new_page()
    stranger.goto(f"{origin}/staff/sign-in")
    stranger.get_by_label("サインイン名").fill("eto")
    stranger.get_by_label("パスワード").fill("wrong")
    stranger.get_by_label("認証アプリのコード").fill("1")
    clean(stranger)
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("alert")).to_contain_text("サインインできませんでした")
    clean(stranger)
    page = sign_in(context, served, "baba")
    draft = town.office.drafts.start("一つ", _person(town, "baba"), MOMENT).id
    text = f"/drafts/{draft}/prompts/{GREETING}"
    paths = ["", "/drafts", "/editions", "/editions/roll-back", "/alerts?from=0", "/desks", "/audit", "/drafts/999"]
    paths += [text, f"{text}/history"]
    paths += [f"/drafts/{draft}{rest}" for rest in ("", "?q=警察", "/facts/desk/city", "/facts/text/mail", "/exchange")]
    paths += [
        f"/drafts/{draft}{rest}" for rest in ("/discard", "/publish", "/schedule?at=2026-11-25T10:00", "/approve")
    ]
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for path in paths:
            page.goto(f"{origin}/staff{path}")
            clean(page)
    page.goto(f"{origin}/staff/alerts?from=0")
    page.get_by_label("終わり").fill("2026-11-24T10:00")
    page.get_by_role("button", name="確かめる").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("このお知らせを、電話に流しますか")
    clean(page)
    page.get_by_role("button", name="はい、流します").click()
    expect(page.get_by_role("alert")).to_contain_text("終わりは")
    clean(page)
    page.goto(f"{origin}/staff/desks")
    page.get_by_label("終わり").fill("2026-11-24T13:00")
    page.get_by_role("button", name="確かめる").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("この窓口を休みにしますか")
    clean(page)


def _person(town: Town, login: str) -> Person:
    return next(each.person for each in Accounts(town.office.database).all() if each.login == login)
