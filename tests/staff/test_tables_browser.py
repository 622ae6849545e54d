"""What axe-core finds on the pages of readings, spoken words, passages and accounts, errors included."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from ivr.editions.texts import TextPlace, words_at
from ivr.people.persons import Person, Role
from tests.support.browser import NARROW, WIDE
from tests.support.clock import MOMENT
from tests.support.console_browser import clean, sign_in
from tests.support.town import PASSWORD, Town

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("other pages")]

READING = TextPlace("readings.toml", "ja.188")


def both(page: Page) -> None:
    """The page as it is: narrow, where most goes wrong, and nothing cut off where it is wide."""
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    clean(page)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), page.url


def test_tables_and_passages(context: BrowserContext, served: tuple[str, Town]) -> None:
    origin, town = served
    page = sign_in(context, served, "eto")
    draft = town.office.drafts.start("読み方", _person(town, "ebina"), MOMENT).id
    base = f"{origin}/staff/drafts/{draft}"
    for path in ("", "/texts/mail/passages", "/texts/mail/passages/2/remove"):
        page.goto(base + path)
        both(page)

    page.goto(f"{base}/facts/readings/ja")
    both(page)
    town.office.drafts.save(draft, READING, "いちはちはち", 0, _person(town, "ebina"), MOMENT)
    page.get_by_label("188", exact=True).fill("ひゃくはちじゅうはち")
    page.get_by_label("言葉（書くとおりに）").fill("横浜市")
    page.get_by_role("button", name="下書きに保存").click()
    expect(page.get_by_role("alert")).to_contain_text("両方を書いてください")
    told = re.compile("蛯名が次のように保存しました： いちはちはち")
    expect(page.get_by_label("188", exact=True)).to_have_accessible_description(told)
    both(page)
    page.get_by_label("読み方（話すとおりに）").fill("よこはまし")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("下書きに保存しました。")
    assert town.office.drafts.word(draft, READING).text == "ひゃくはちじゅうはち"

    page.goto(f"{base}/facts/words/ja")
    page.get_by_label("しばらく止める（8番）").fill("待って\n戻る")
    page.get_by_role("button", name="下書きに保存").click()
    expect(page.get_by_text("聞き分けられません")).to_be_visible()
    both(page)

    page.goto(f"{base}/texts/mail/passages")
    page.get_by_role("link", name="段落2の前に入れる").click()
    page.get_by_label("日本語の文").fill("新しい段落です。")
    page.get_by_label("英語の文").fill(" ")
    page.get_by_role("button", name="入れる", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("すべての言語で")
    both(page)
    page.get_by_label("英語の文").fill("A new passage.")
    page.get_by_role("button", name="入れる", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("下書きに入れました")
    assert town.office.drafts.word(draft, words_at("ja", "text.mail.passages.2")).text == "新しい段落です。"


def test_accounts_and_ones_own(context: BrowserContext, served: tuple[str, Town]) -> None:
    origin, town = served
    _, address = town.accounts.add("kanri", "管理", [Role.ADMINISTRATOR], PASSWORD, MOMENT)
    town.secrets["kanri"] = address.partition("secret=")[2].partition("&")[0]
    page = sign_in(context, served, "kanri")
    page.get_by_role("link", name="アカウント", exact=True).click()
    both(page)
    page.get_by_label("氏名（ほかの人に見える名前）").fill("上田")
    page.get_by_label("サインイン名").fill("kanri")
    page.get_by_label("編集者").check()
    page.get_by_role("button", name="アカウントを作る").click()
    expect(page.get_by_role("alert")).to_be_visible()  # there is one of that name
    expect(page.get_by_label("編集者")).to_be_checked()
    both(page)
    page.get_by_label("サインイン名").fill("ueda")
    page.get_by_role("button", name="アカウントを作る").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("上田さんの、一度だけ使えるリンク")
    both(page)
    link = page.locator(".secret").inner_text()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("アカウントを設定する")
    box = page.get_by_role("img").bounding_box()
    assert box and box["width"] > 150 and box["height"] > 150, "a camera can read it"
    both(page)
    for act in ("renew", "stop", "roles"):
        page.goto(f"{origin}/staff/accounts/ueda/{act}")
        both(page)
    page.get_by_role("button", name="確かめる").click()
    both(page)
    page.goto(f"{origin}/staff/accounts/kanri/roles")
    page.get_by_label("編集者").check()
    page.get_by_role("button", name="確かめる").click()
    page.get_by_role("button", name="はい、変えます").click()
    expect(page.get_by_role("alert")).to_be_visible()  # nobody changes their own roles
    both(page)
    page.get_by_role("link", name="管理 (あなたのアカウント)").click()
    both(page)
    page.get_by_label("いまのパスワード").fill("wrong")
    page.get_by_label("認証アプリのコード").fill("1")
    page.get_by_label("新しいパスワード").fill(PASSWORD)
    page.get_by_label("同じパスワードをもう一度").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("パスワードかコードが違うか")
    both(page)


def _person(town: Town, login: str) -> Person:
    return town.accounts.get(login).person
