"""A real browser against a real server, both started by the tests, and axe-core in it."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from ivr.line.values import Alert, Line
from ivr.line.words import parse
from ivr.wiring import create_app
from tests.support.clock import MOMENT, real_time
from tests.support.given import settings_for
from tests.support.running import running

CHROMIUM = "/usr/bin/chromium-headless-shell"
"""Debian's Chromium without a window, which asks a third less of the processor than one that hides it."""
expect.set_options(timeout=30_000)  # milliseconds: other tests run beside the browser
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page and axe-core on it run for a moment: to compile them well, and beside them, costs more than it saves.
    "--js-flags=--no-opt --single-threaded-gc",
)
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

WARNING = {
    "ja": parse("warning", "区役所を名乗る、偽の電話が増えています。お金や暗証番号の話が出たら、切ってください。"),
    "en": parse(
        "warning", "Fake calls in the name of ward offices are on the rise. Hang up if they speak of money or a PIN."
    ),
}

NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}


def without_limits(app: Flask) -> Flask:
    """The application, which no longer counts requests."""
    for limiter in app.extensions["limiter"]:
        limiter.enabled = False
    return app


@contextmanager
def serving(data_dir: Path, **environ: str) -> Iterator[tuple[str, Flask]]:
    """The application on a free port, whose pages believe that a warning is in force:
    origin and application."""
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
    origin = f"http://127.0.0.1:{server.port}"
    app = without_limits(create_app(settings_for(data_dir, PUBLIC_URL=origin, **environ)))
    server.app = app
    warning = Alert("warning", WARNING, MOMENT, MOMENT + timedelta(hours=1))
    with running(server), patch.object(Line, "alerts_at", lambda _line, _now: (warning,)):
        yield origin, app


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """A browser with `more` flags."""
    with patch.dict(os.environ, real_time(), clear=True):
        playwright = sync_playwright().start()
    try:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *more], env={**real_time()})
        yield browser
        browser.close()
    finally:
        playwright.stop()


def microphone(sound: Path) -> tuple[str, ...]:
    """Flags for a microphone that hears a WAV file, over and over."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={sound}",
    )


def axe(page: Page, contrast: bool = True) -> Mapping[str, Any]:
    """What axe-core finds on the page as it is now: "violations" and "incomplete"; `contrast`: of colours, too."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    colours = {"color-contrast": {"enabled": contrast}}
    options = {"runOnly": list(RULES), "resultTypes": ["violations", "incomplete"], "rules": colours}
    found: Mapping[str, Any] = page.evaluate(f"() => axe.run({json.dumps(options)})")
    return found


THIN = """(most) => {
  const made = (of) => [of, ...of.querySelectorAll("*")].map((each) => each.tagName + "." + each.className).join(" ");
  for (const parent of document.querySelectorAll("main, main *")) {
    const seen = {};
    for (const child of [...parent.children]) {
      const kind = made(child);
      seen[kind] = (seen[kind] ?? 0) + 1;
      if (seen[kind] > most) child.remove();
    }
  }
}"""


def thin(page: Page, most: int = 3) -> Page:
    """Leave of what is made alike so many, side by side: a transcript has hundreds of passages, and axe-core, which has
    seen all of them by day, takes as long over each of them at night."""
    page.evaluate(THIN, most)
    return page


def kinds(page: Page) -> frozenset[str]:
    """What stands in what on a page, by names and classes: the colours of the same are the same."""
    told = "(of) => of.tagName + '.' + (of.getAttribute('class') || '')"
    found = page.evaluate(
        f"() => [...document.querySelectorAll('body *')].map((of) => [of.parentElement, of].map({told}).join(' '))"
    )
    return frozenset(found)


def told(rules: list[dict[str, Any]]) -> list[str]:
    """Each finding in one line: the rule, where it is, and why."""
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in rules for node in rule["nodes"]]
