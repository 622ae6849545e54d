"""Pictures of every page, light and dark, wide and at 320 px.

python -m tests.support.screenshots FOLDER [DATA_DIR]; with a DATA_DIR that has sounds, players are shown.
python -m tests.support.screenshots --guide makes the pictures of the console's guide anew.
"""

import sys
import tempfile
from pathlib import Path
from types import ModuleType

from playwright.sync_api import Browser, Page

from tests.support.browser import NARROW, WIDE, chromium, serving

PAGES = {"read-ja": "/", "read-en": "/en", "phone-ja": "/phone", "phone-en": "/en/phone", "missing": "/missing"}


def main(folder: Path, data_dir: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving(data_dir) as (origin, _), chromium() as browser:
        for scheme in ("light", "dark"):
            for name, size in (("wide", WIDE), ("narrow", NARROW)):
                _pictures(browser, origin, folder, scheme, name, size)
    with tempfile.TemporaryDirectory() as staff:
        _console().take(folder, Path(staff))


def _pictures(browser: Browser, origin: str, folder: Path, scheme: str, name: str, size: dict[str, int]) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    for which, path in PAGES.items():
        page.goto(origin + path)
        page.screenshot(path=folder / f"{which}-{scheme}-{name}.png", full_page=not which.startswith("read"))
        if which.startswith("read"):
            _scrolled(page, folder / f"{which}-{scheme}-{name}")
        if which == "phone-ja":
            _in_a_call(page, folder / f"call-{scheme}-{name}")
    context.close()


def _scrolled(page: Page, name: Path) -> None:
    """A text and the desks further down."""
    for part in ("part-mail", "desks-now", "others"):
        page.goto(f"{page.url.partition('#')[0]}#{part}")
        page.screenshot(path=f"{name}-{part}.png")


def _in_a_call(page: Page, name: Path) -> None:
    page.click("#call")
    for key in ("1", "1"):
        page.wait_for_selector(".line >> nth=-1")
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    page.screenshot(path=f"{name}.png", full_page=True)
    page.click("#hang-up")


def _console() -> ModuleType:
    """The console's part, which loads much that those who want only MOMENT do not need."""
    from tests.support import console_pictures

    return console_pictures


if __name__ == "__main__":
    if sys.argv[1:] == ["--guide"]:
        _console().take_for_the_guide()
        sys.exit()
    with tempfile.TemporaryDirectory() as empty:
        main(*map(Path, [*sys.argv[1:], empty][:2]))
