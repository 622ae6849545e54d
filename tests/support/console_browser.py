"""The console in a real browser: signing in by the keyboard alone, and what no page may have."""

import pyotp
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser import axe, told
from tests.support.clock import MOMENT
from tests.support.town import PASSWORD, Town


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
