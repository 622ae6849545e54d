"""Passkeys in a real browser, with its own authenticators: added, used alone and beside a password, shown again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect
from werkzeug.serving import make_server

from ivr.people.persons import Role
from ivr.staff.sessions import FRESH
from tests.support.browser import NARROW, chromium
from tests.support.clock import MOMENT, WALL
from tests.support.console_browser import clean
from tests.support.running import running
from tests.support.town import PASSWORD, Town, console_app, secrets_of

pytestmark = [pytest.mark.slow(6), pytest.mark.xdist_group("other pages")]

TELEPHONE = {"transport": "internal", "hasUserVerification": True, "isUserVerified": True}
STICK = {"transport": "usb", "hasUserVerification": True, "isUserVerified": True}  # a browser asks it for a PIN
DOES = {"protocol": "ctap2", "hasResidentKey": True, "automaticPresenceSimulation": True}


@pytest.fixture(name="origin_and_town")
def console_at_a_name(tmp_path: Path) -> Iterator[tuple[str, Town]]:
    """Passkeys are for names, not for numbers."""
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
    origin = f"http://localhost:{server.port}"
    app = console_app(tmp_path, PUBLIC_URL=origin)
    server.app = app
    town = Town(app, secrets_of(app))
    _, address = town.accounts.add("kanri", "管理", [Role.ADMINISTRATOR], PASSWORD, MOMENT)
    town.secrets["kanri"] = address.partition("secret=")[2].partition("&")[0]
    with running(server):
        yield origin, town
    town.office.database.close()


class Device:
    """What the browser can sign with."""

    def __init__(self, context: BrowserContext, page: Page):
        self.session: CDPSession = context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        self.id = ""

    def have(self, **authenticator: object) -> None:
        """This authenticator and no other."""
        if self.id:
            self.session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})
        made = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": {**DOES, **authenticator}})
        self.id = made["authenticatorId"]

    def see_a_finger(self, seen: bool) -> None:
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": seen})

    def keys(self) -> int:
        return len(self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])


def test_passkeys_from_the_first_to_the_last(origin_and_town: tuple[str, Town]) -> None:
    origin, town = origin_and_town
    with chromium() as browser:
        context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", reduced_motion="reduce")
        page = context.new_page()
        _sign_in_by_code(page, origin, town)
        device = Device(context, page)
        device.have(**TELEPHONE)
        _add(page, "自分のスマートフォン")
        assert device.keys() == 1
        clean(page)
        _not_twice(page)
        _sign_in_alone(page, device)
        _show_again(page, origin)
        page.goto(f"{origin}/staff/me")
        device.have(**STICK)
        _add(page, "USBの鍵")
        _recovery_codes(page)
        _sign_in_beside_the_password(page)
        page.goto(f"{origin}/staff/me")
        page.get_by_role("link", name="パスキー「USBの鍵」を取り外す").click()
        page.get_by_role("button", name="はい、取り外します").click()
        expect(page.get_by_role("status").first).to_contain_text("取り外しました")
        clean(page)
        context.close()


def _sign_in_by_code(page: Page, origin: str, town: Town) -> None:
    page.goto(f"{origin}/staff/me")
    clean(page)
    page.get_by_label("サインイン名").fill("kanri")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_label("認証アプリのコード").fill(town.visitor().code("kanri"))
    page.get_by_role("button", name="サインイン", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("あなたのアカウント")
    expect(page.get_by_text("このブラウザーではパスキーを使えない")).to_be_hidden()


def _add(page: Page, name: str) -> None:
    page.get_by_label("パスキーの名前").fill(name)
    page.get_by_role("button", name="パスキーを追加する").click()
    expect(page.get_by_role("status").first).to_contain_text(f"「{name}」を追加しました")


def _not_twice(page: Page) -> None:
    page.get_by_label("パスキーの名前").fill("もう一つ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").last).to_have_text("この端末には、すでにあなたのパスキーがあります。")


def _sign_in_alone(page: Page, device: Device) -> None:
    page.get_by_role("button", name="サインアウト").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    device.see_a_finger(False)
    page.get_by_role("button", name="パスキーでサインイン").click()
    expect(page.get_by_text("パスキーを使えませんでした")).to_be_visible()
    device.see_a_finger(True)
    page.get_by_role("button", name="パスキーでサインイン").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("いま、電話で聞こえること")


def _show_again(page: Page, origin: str) -> None:
    WALL.now = MOMENT + FRESH
    page.goto(f"{origin}/staff/accounts/eto/roles")
    expect(page.get_by_role("heading", level=1)).to_have_text("ご本人の確認")
    clean(page)
    page.get_by_role("button", name="パスキーで確かめる").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("江藤")


def _recovery_codes(page: Page) -> None:
    page.get_by_role("link", name="回復用コードを作る").click()
    page.get_by_role("button", name="10個のコードを作って").click()
    expect(page.locator("ol.secret li")).to_have_count(10)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark")
    clean(page)


def _sign_in_beside_the_password(page: Page) -> None:
    page.get_by_role("button", name="サインアウト").click()
    page.get_by_label("サインイン名").fill("kanri")
    page.get_by_role("button", name="コードの代わりにパスキーを使う").click()  # the password is missing
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="コードの代わりにパスキーを使う").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("いま、電話で聞こえること")
