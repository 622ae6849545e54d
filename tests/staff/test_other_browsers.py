"""The whole way of a clerk in Firefox and in WebKitGTK, beside Chromium's (test_staff_whole_way)."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.resources import files
from pathlib import Path
from unittest.mock import patch

import pyotp
import pytest

from ivr.voice.booth import Booth
from tests.support.browser import RULES
from tests.support.clock import MOMENT
from tests.support.console_town import Scene, on_a_port
from tests.support.other_browsers import Window, firefox, webkit
from tests.support.town import GREETING, PASSWORD

pytestmark = [pytest.mark.slow(10), pytest.mark.xdist_group("other pages")]

NEW = "新しいごあいさつです。"
AXE = """
return axe.run({ runOnly: arguments[0] })
  .then((found) => found.violations.map((each) => `${each.id} ${each.nodes[0].target}`));
"""

Opened = Callable[[Path], AbstractContextManager[Window]]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with on_a_port(tmp_path_factory.mktemp("data")) as made, patch.object(Booth, "begin"):
        yield made


@pytest.mark.parametrize(("opened", "hears"), [(firefox, True), (webkit, False)])
def test_a_text_is_changed_by_one_and_published_by_another(
    opened: Opened, hears: bool, scene: Scene, tmp_path: Path
) -> None:
    with opened(tmp_path) as window:
        sign_in(window, scene, "eto")
        window.follow("下書き")
        window.write("何についての変更ですか", f"あいさつ（{opened.__name__}）")
        window.press("始める")
        window.shows("下書きを始めました")
        draft = str(window.run("return location.href"))
        window.go(f"{draft}/prompts/{GREETING}")
        window.write("日本語の文", f"{NEW}{opened.__name__}")
        window.shows("入力を残しました。")
        flawless(window)
        window.press("下書きに保存")
        window.shows("下書きに保存しました。")
        record(window, draft, hears)
        window.go(f"{draft}/submit")
        window.write("変更の理由", "分かりやすくするため")
        window.press("承認を申請する")
        window.shows("承認を申請しました")
        window.press("サインアウト")
        window.shows("サインアウトしました")
        sign_in(window, scene, "abe")
        window.go(f"{draft}/approve")
        window.press("このとおりに承認する")
        window.follow("いますぐ公開")
        window.press("はい、いますぐ公開します")
        window.shows("公開しました。")
    assert scene.town.ring().heard(f"{NEW}{opened.__name__}")


def sign_in(window: Window, scene: Scene, login: str) -> None:
    window.go(f"{scene.origin}/staff")
    step = scene.town.used.get(login, int(MOMENT.timestamp()) // 30 - 2) + 1
    scene.town.used[login] = step
    window.write("サインイン名", login)
    window.write("パスワード", PASSWORD)
    window.write("認証アプリのコード", pyotp.TOTP(scene.town.secrets[login]).generate_otp(step))
    window.press("サインイン")
    window.shows("いま、電話で聞こえること")


def record(window: Window, draft: str, hears: bool) -> None:
    """Record a text; without a microphone one is told of the other ways."""
    window.go(f"{draft}/sitting/ja")
    window.press("始める")
    if not hears:
        return
    window.shows("録音しています")
    time.sleep(1.0)
    window.keys("1")
    window.keys("4")
    window.shows("休んでいます")
    window.shows("録音済み、要確認")  # a tone, and no voice


def flawless(window: Window) -> None:
    """axe-core finds nothing, and nothing is to be scrolled sideways."""
    window.run(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    assert window.run("return document.documentElement.scrollWidth <= innerWidth")
    assert window.run(AXE, list(RULES)) == []
