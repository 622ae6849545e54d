"""City halls with their console, by itself and in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.support.browser import WIDE, chromium
from tests.support.console_states import Windows
from tests.support.console_town import Scene, at_work, on_a_port
from tests.support.recording_line import Carrier, open_carrier
from tests.support.town import Town


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    """The carrier's API, as far as recordings go."""
    with open_carrier() as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Town]]:
    """The console on a free port, at MOMENT; the rules of the whole line find nothing."""
    with on_a_port(tmp_path_factory.mktemp("data")) as scene:
        yield scene.origin, scene.town


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The console in the middle of a working week."""
    with at_work(tmp_path_factory.mktemp("work")) as made:
        yield made


@pytest.fixture(scope="module")
def windows(browser: Browser, scene: Scene) -> Windows:
    return Windows(browser, scene)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=WIDE, locale="ja-JP", timezone_id="Asia/Tokyo", reduced_motion="reduce")  # type: ignore[arg-type]
    yield made
    made.close()
