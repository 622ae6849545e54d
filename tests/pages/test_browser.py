"""Calls and pages in a real browser: mouse, keyboard alone, 320 px, and what axe-core finds."""

import re
import statistics
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ivr.line.chunks import all_chunks
from ivr.line.loading import read
from ivr.line.speeds import Speed
from ivr.voice.pace import estimated_seconds
from ivr.voice.sound import TELEPHONE_RATE, Samples, telephone_wav
from tests.support.browser import NARROW, WIDE, axe, chromium, serving, thin, told
from tests.support.clock import MOMENT
from tests.support.given import PROMPTS, greeting
from tests.support.languages import JA

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("pages"),
    # Werkzeug's server leaves the file of a sound to the garbage collector where it answers 304.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

GREETING = greeting(read(PROMPTS))
LONG = 40_000  # milliseconds: longer than any announcement
AT = "2026-11-24T11:00"
KEY_TO_SOUND = 0.2  # seconds, at most

SPOKEN = re.compile(r"say\.(greeting|choose)|count\.4|press|menu\.(fraud|card|about|tricks)\.|text\.(mail|call|paid)\.")

WATCH_SOUND = """
window.sounds = [];
const begin = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (when) {
  const samples = this.buffer.getChannelData(0);
  const sound = {
    duration: this.buffer.duration,
    loudest: samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
    begins: performance.now() + Math.max(0, when - this.context.currentTime) * 1000,
    context: this.context,
  };
  window.sounds.push(sound);
  return begin.call(this, when);
};
document.addEventListener("keydown", () => (window.pressed = performance.now()), true);
"""

WAIT_FOR_SOUND = """
async () => {
  for (let tries = 0; tries < 500 && !window.sounds.length; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return window.sounds[0].begins - window.pressed;
}
"""

ASK_THE_SERVER = """
async () => {
  const began = performance.now();
  await (await fetch("/healthz")).text();
  return performance.now() - began;
}
"""
"""Milliseconds of a request that needs nothing: some 5 on a quiet machine."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("data"), SPEECH_INPUT="on") as (address, app):
        give_sounds(app)
        yield address


def give_sounds(app: Flask) -> None:
    """Give the line sounds for the first menus and a fraud text; the rest stays words. They are
    tones, as long as the words would take: what a voice says is for other tests."""
    line, audio = app.extensions["ivr.line"]("", MOMENT), app.extensions["ivr.audio"]
    for chunk in all_chunks(line, line.languages["ja"]):
        if SPOKEN.match(chunk.key):
            audio.store.put(audio.address(JA, chunk, Speed.NORMAL), tone(estimated_seconds(chunk.spans, JA.pace)))


def tone(seconds: float) -> bytes:
    """A tone as a caller's sound: 440 Hz, at the level of speech."""
    moments = np.arange(round(seconds * TELEPHONE_RATE)) / TELEPHONE_RATE
    return telephone_wav(Samples((0.2 * np.sin(2 * np.pi * 440 * moments)).astype(np.float32), TELEPHONE_RATE))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    yield from opened(browser, viewport=WIDE)


@pytest.fixture
def narrow(browser: Browser) -> Iterator[Page]:
    yield from opened(browser, viewport=NARROW, has_touch=True, is_mobile=True)


def opened(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page that fails the test when its script does or the policy stops something."""
    context: BrowserContext = browser.new_context(**options)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.add_init_script(WATCH_SOUND)
    yield page
    context.close()
    assert [fault for fault in faults if "Failed to load resource" not in fault] == []


def ring(page: Page, origin: str, path: str = "/phone") -> None:
    page.goto(origin + path)
    page.locator("summary").click()
    page.fill("#at", AT)
    page.click("#call")


def hears(page: Page, words: str) -> None:
    """The line has said this since the caller's last act."""
    expect(page.locator("#log p.line").last).to_contain_text(words, timeout=60_000)


# --- calls ------------------------------------------------------------------------------------


def test_a_call_with_the_mouse(page: Page, origin: str) -> None:
    """The first announcement of a transfer passes by itself, in its own time."""
    page.clock.install()
    ring(page, origin)
    passes = iter((0, LONG, LONG))
    a_whole_call(
        page,
        lambda key: page.click(f"[data-key='{key}']"),
        lambda outcome: page.click(f"[data-outcome='{outcome}']"),
        lambda: page.clock.run_for(next(passes)),
    )


def test_a_call_with_the_keyboard_alone(page: Page, origin: str) -> None:
    page.clock.install()
    page.goto(origin + "/phone")
    until_focused(page, "#call")
    page.keyboard.press("Enter")

    def choose(outcome: str) -> None:
        until_focused(page, f"[data-outcome='{outcome}']")
        page.keyboard.press("Enter")

    a_whole_call(page, page.keyboard.press, choose, lambda: page.clock.run_for(LONG))


def test_a_call_on_a_small_mobile_telephone(narrow: Page, origin: str) -> None:
    narrow.clock.install()
    ring(narrow, origin)
    a_whole_call(
        narrow,
        lambda key: narrow.tap(f"[data-key='{key}']"),
        lambda outcome: narrow.tap(f"[data-outcome='{outcome}']"),
        lambda: narrow.clock.run_for(LONG),
    )
    assert narrow.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def a_whole_call(page: Page, press: Any, choose: Any, pass_time: Any) -> None:
    """To a fraud text, another speed, on, back, joined to a desk that is busy, again, and once more."""
    press("1")
    hears(page, "払わず")
    press("1")
    hears(page, "青い文字やボタン")
    press("7")
    hears(page, "ゆっくり")
    press("6")
    hears(page, "名前や暗証番号")
    press("*")
    hears(page, "払った方")
    press("1")
    hears(page, "青い文字やボタン")
    press("1")
    press("1")
    hears(page, "おつなぎします")
    pass_time()
    expect(page.locator("#outcomes")).to_be_visible(timeout=60_000)
    expect(page.locator("#moment")).to_contain_text("+81456649110")
    assert page.locator("[data-key='1']").get_attribute("aria-disabled") == "true"
    choose("busy")
    hears(page, "お話し中でした")
    press("5")
    hears(page, "お話し中でした")
    press("2")
    expect(page.locator("#outcomes")).to_be_hidden()
    press("0")
    hears(page, "おつなぎします")
    pass_time()
    expect(page.locator("#outcomes")).to_be_visible(timeout=60_000)
    choose("completed")
    hears(page, "ありがとうございました")
    expect(page.locator("#log p.you span[lang]").last).not_to_be_empty()  # what the desk was told
    pass_time()
    expect(page.locator("#moment")).to_contain_text("通話が終わりました", timeout=60_000)
    expect(page.locator("#call")).to_be_visible()


def until_focused(page: Page, selector: str) -> None:
    """Press Tab until this has the focus; it must be reachable."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement === document.querySelector(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def test_silence_goes_on_by_itself(page: Page, origin: str) -> None:
    page.clock.install()
    ring(page, origin)
    hears(page, GREETING)
    for _ in range(20):
        page.clock.run_for(5_000)
    expect(page.locator("#log")).to_contain_text("ゆっくりで、大丈夫です", timeout=60_000)


def test_words_can_be_typed(page: Page, origin: str) -> None:
    ring(page, origin)
    expect(page.locator("#said")).to_be_editable()
    page.fill("#said", "カード")
    page.keyboard.press("Enter")
    expect(page.locator("#log")).to_contain_text("「カード」と言いました")
    hears(page, "なくした")


def test_typed_digits_are_words_and_no_keys(page: Page, origin: str) -> None:
    ring(page, origin)
    expect(page.locator("#said")).to_be_editable()
    page.locator("#said").press_sequentially("12")
    expect(page.locator("#log")).not_to_contain_text("を押しました")


def test_the_keyboard_s_digits_can_be_turned_off(page: Page, origin: str) -> None:
    ring(page, origin)
    hears(page, GREETING)
    page.uncheck("#keyboard")
    page.keyboard.press("1")
    expect(page.locator("#log")).not_to_contain_text("を押しました")


def test_hanging_up_gives_the_telephone_back(page: Page, origin: str) -> None:
    ring(page, origin)
    page.click("#hang-up")
    expect(page.locator("#call")).to_be_focused()
    expect(page.locator("#moment")).to_have_text("通話が終わりました。")
    page.click("#call")
    hears(page, GREETING)


def test_the_call_is_announced(page: Page, origin: str) -> None:
    ring(page, origin)
    log = page.get_by_role("log")
    assert log.get_attribute("aria-live") == "polite"
    page.uncheck("#announce")
    assert log.get_attribute("aria-live") == "off"
    assert page.get_by_role("status").count() == 1


def test_a_lost_connection_is_told(page: Page, origin: str) -> None:
    ring(page, origin)
    hears(page, GREETING)
    page.route("**/phone/act", lambda route: route.abort())
    page.keyboard.press("1")
    expect(page.locator("#moment")).to_contain_text("通信ができません")


def test_the_line_in_english(page: Page, origin: str) -> None:
    ring(page, origin, "/en/phone")
    hears(page, greeting(read(PROMPTS), "en"))
    page.keyboard.press("1")
    hears(page, "press 1")


# --- sound ------------------------------------------------------------------------------------


def test_sound_is_heard_within_200_ms_of_the_key(page: Page, origin: str) -> None:
    ring(page, origin)
    hears(page, GREETING)
    latencies, bare = [], []
    for key in "11*1*1*1":
        page.evaluate("window.sounds = []")
        page.keyboard.press(key)
        latencies.append(page.evaluate(WAIT_FOR_SOUND) / 1000)
        bare.append(page.evaluate(ASK_THE_SERVER) / 1000)
        page.wait_for_timeout(200)  # a caller listens for a moment
    print(f"key to sound, ms: {[round(latency * 1000) for latency in latencies]}")
    slowed = statistics.median(bare)  # by whatever runs beside this test
    assert statistics.median(latencies) < KEY_TO_SOUND + 5 * slowed, (latencies, bare)


def test_the_sound_really_plays(page: Page, origin: str) -> None:
    ring(page, origin)
    hears(page, GREETING)
    sound = page.evaluate("({duration: window.sounds[0].duration, loudest: window.sounds[0].loudest})")
    assert sound["duration"] > 1
    assert sound["loudest"] > 0.05
    before = page.evaluate("window.sounds[0].context.currentTime")
    page.wait_for_function("before => window.sounds[0].context.currentTime - before > 0.3", arg=before)


# --- accessibility ----------------------------------------------------------------------------

NO_THEME: dict[str, Any] = {"forced_colors": "none", "contrast": "no-preference", "reduced_motion": "no-preference"}
THEMES = ({"forced_colors": "active"}, {"contrast": "more"}, {"reduced_motion": "reduce"})
PAGES = ("/", "/en", "/phone", "/en/phone", "/nothing", "/en/nothing")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(browser: Browser, origin: str, path: str, size: dict[str, int]) -> None:
    for page in opened(browser, viewport=size):
        page.goto(origin + path)
        nothing_found(page)
        thin(page).emulate_media(color_scheme="dark")
        nothing_found(page)


@pytest.mark.parametrize("path", ["/", "/phone"])
def test_axe_finds_nothing_in_other_themes(page: Page, origin: str, path: str) -> None:
    page.goto(origin + path)
    thin(page)
    for theme in THEMES:
        page.emulate_media(**NO_THEME | theme)
        nothing_found(page)


def test_axe_finds_nothing_in_a_call(browser: Browser, origin: str) -> None:
    for page in opened(browser, viewport=NARROW):
        page.clock.install()
        ring(page, origin)
        hears(page, GREETING)
        nothing_found_by_day_and_night(page)
        for key in "7771111":
            page.keyboard.press(key)
        hears(page, "おつなぎします")
        page.clock.run_for(LONG)
        expect(page.locator("#outcomes")).to_be_visible()
        nothing_found_by_day_and_night(page)
        page.click("#hang-up")
        nothing_found_by_day_and_night(page)


def nothing_found_by_day_and_night(page: Page) -> None:
    """In both colour schemes."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        nothing_found(page)


def nothing_found(page: Page) -> None:
    """No violation, and nothing that axe leaves to a person."""
    if page.locator("#log").count():  # lines that have scrolled away cannot be judged
        page.evaluate("Object.assign(document.getElementById('log').style, {height: 'auto', maxHeight: 'none'})")
    found = axe(page)
    assert told(found["violations"]) == []
    assert told(found["incomplete"]) == []


@pytest.mark.parametrize("path", PAGES)
def test_pages_reflow_at_320_pixels(browser: Browser, origin: str, path: str) -> None:
    for page in opened(browser, viewport=NARROW):
        page.goto(origin + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_the_transcript_is_whole_without_script_and_style(browser: Browser, origin: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.route("**/*.css", lambda route: route.abort())
    page = context.new_page()
    page.goto(origin)
    expect(page.locator("#part-mail")).to_be_visible()
    expect(page.locator("h1")).to_be_visible()
    context.close()


def test_keys_are_large_enough_to_touch(narrow: Page, origin: str) -> None:
    narrow.goto(origin + "/phone")
    for box in (button.bounding_box() for button in narrow.locator("button:visible").all()):
        assert box
        assert min(box["width"], box["height"]) >= 44


def test_the_focus_is_seen(page: Page, origin: str) -> None:
    page.goto(origin + "/phone")
    until_focused(page, "#call")
    style = page.evaluate(
        "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
    )
    assert style.startswith("solid")


def test_the_skip_link_leads_past_the_header(page: Page, origin: str) -> None:
    page.goto(origin)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_moment_of_the_tests_is_a_working_day() -> None:
    assert datetime.fromisoformat(AT).replace(tzinfo=MOMENT.tzinfo) == MOMENT
