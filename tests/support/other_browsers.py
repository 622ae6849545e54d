"""Firefox and WebKitGTK, Debian's own, driven by the commands of WebDriver (W3C) that both of them speak.

WebKitGTK has a driver that takes them over HTTP, Firefox takes them itself over a socket (Marionette). Playwright
drives builds of its own of both, which Debian does not have; Selenium wants geckodriver for Firefox, which Debian 12
has not either, and Playwright's way over WebDriver BiDi asks for what Firefox 153 ESR does not know
(emulation.setMediaFeaturesOverride). What a test needs of the commands is little.
"""

import base64
import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.support.clock import real_time

FIREFOX = "/usr/bin/firefox-esr"
WEBKIT, WEBKIT_DRIVER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", "/usr/bin/WebKitWebDriver"
STARTS = 40.0  # seconds that a browser has to start in, while others work beside it
LOOK = 0.15  # seconds between two looks at a page
PATIENCE = 20.0  # seconds until a page shows what is waited for
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # how WebDriver writes an element (W3C)
ENTER, TAB = "\ue007", "\ue004"

Send = Callable[[str, str, dict[str, Any]], Any]
"""Sends a command: its name at Marionette, its method and path at WebDriver's HTTP, and what it is told."""

PREFERENCES = {
    "marionette.port": 0,
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "intl.accept_languages": "ja,en",
}

FIND = """
const [kind, name] = arguments;
const shown = (each) => each.getClientRects().length > 0;
const said = (each) => each.textContent.replace(/\\s+/g, " ").trim();
if (kind === "field") {
  const labels = [...document.querySelectorAll("label")];
  return labels.find((each) => said(each) === name)?.control ?? null;
}
const found = [...document.querySelectorAll(kind === "link" ? "a[href]" : "button")].filter(shown);
return found.find((each) => said(each) === name) ?? found.find((each) => said(each).includes(name)) ?? null;
"""


class Window:
    """A browser's window, as somebody uses it: fields, links and buttons by what they are called."""

    def __init__(self, send: Send):
        self._send = send

    def go(self, address: str) -> None:
        """Go to a page, and wait until it is there."""
        self._send("WebDriver:Navigate", "POST url", {"url": address})

    def run(self, script: str, *given: object) -> Any:
        """What a script returns."""
        return self._send("WebDriver:ExecuteScript", "POST execute/sync", {"script": script, "args": list(given)})

    def write(self, field: str, text: str) -> None:
        """Put this into the field of that label, in place of what was there."""
        element = self._find("field", field)
        self.run("arguments[0].focus(); arguments[0].select?.()", {ELEMENT: element})
        self._type(element, text)

    def press(self, button: str) -> None:
        """Press a button, by the keyboard."""
        self._enter(self._find("button", button))

    def follow(self, link: str) -> None:
        """Follow a link, by the keyboard."""
        self._enter(self._find("link", link))

    def keys(self, text: str) -> None:
        """Press keys, wherever the focus is."""
        self._type(str(self.run("return document.activeElement")[ELEMENT]), text)

    def shows(self, words: str) -> None:
        """Wait until the page says this."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(BrowserFault):  # the page is another one just now
                if words in self.text:
                    return
            time.sleep(LOOK)
        raise AssertionError(f"the page does not say {words!r}: {self.text}")

    @property
    def text(self) -> str:
        """What the page says, to whoever sees it."""
        return str(self.run("return document.body?.innerText ?? ''"))

    def picture(self) -> bytes:
        """How it looks (PNG)."""
        return base64.b64decode(self._send("WebDriver:TakeScreenshot", "GET screenshot", {"full": False}))

    def _find(self, kind: str, name: str) -> str:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(BrowserFault):
                if found := self.run(FIND, kind, name):
                    return str(found[ELEMENT])
            time.sleep(LOOK)
        raise AssertionError(f"there is no {kind} {name!r}: {self.text}")

    def _enter(self, element: str) -> None:
        self.run("arguments[0].focus()", {ELEMENT: element})
        self._type(element, ENTER)

    def _type(self, element: str, text: str) -> None:
        told = {"id": element, "text": text, "value": list(text)}
        self._send("WebDriver:ElementSendKeys", f"POST element/{element}/value", told)


class BrowserFault(Exception):
    """What a browser could not do."""


@contextmanager
def firefox(folder: Path) -> Iterator[Window]:
    """Firefox, whose microphone hears a tone. `folder`: for its profile."""
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (folder / "user.js").write_text("\n".join(lines))
    command = [FIREFOX, "--headless", "--no-remote", "--marionette", "--profile", str(folder), "about:blank"]
    with _running(command, {"HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"}):
        port = folder / "MarionetteActivePort"
        _until(lambda: port.exists() and port.read_text().strip() != "", "Firefox does not listen")
        with socket.create_connection(("127.0.0.1", int(port.read_text())), timeout=60) as wire:
            yield Window(_over_marionette(wire))


def _over_marionette(wire: socket.socket) -> Send:
    """Messages are JSON behind their length: [0, number, command, what it is told], answered by
    [1, number, error, result]."""
    count = iter(range(1, 1_000_000))
    heard = wire.makefile("rb")  # a socket with a time limit may give less than it is asked for

    def message() -> Any:
        size = b"".join(iter(lambda: heard.read(1), b":"))
        return json.loads(heard.read(int(size)))

    def send(name: str, _path: str, told: dict[str, Any]) -> Any:
        content = json.dumps([0, next(count), name, told]).encode()
        wire.sendall(b"%d:%b" % (len(content), content))
        _, _, error, result = message()
        if error:
            raise BrowserFault(f"{name}: {error['message']}")
        return result.get("value", result) if isinstance(result, dict) else result

    message()  # who it is
    send("WebDriver:NewSession", "", {"capabilities": {}})
    return send


@contextmanager
def webkit(folder: Path) -> Iterator[Window]:
    """WebKitGTK on a screen that nobody sees. `folder`: for what it keeps."""
    with ExitStack() as stack:
        screen = stack.enter_context(_screen())
        kept = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder), "XDG_DATA_HOME": str(folder), "NO_AT_BRIDGE": "1"}
        plain = {"WEBKIT_DISABLE_COMPOSITING_MODE": "1", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
        port = _free_port()
        stack.enter_context(_running([WEBKIT_DRIVER, f"--port={port}"], {"DISPLAY": screen, **kept, **plain}))
        origin = f"http://127.0.0.1:{port}"
        _until(lambda: _answers(f"{origin}/status"), "WebKit's driver does not answer")
        options = {"binary": WEBKIT, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        send = _over_http(f"{origin}/session")
        session = send("", "POST ", {"capabilities": wanted})["sessionId"]
        try:
            yield Window(_over_http(f"{origin}/session/{session}/"))
        finally:
            requests.delete(f"{origin}/session/{session}", timeout=STARTS)


def _over_http(base: str) -> Send:
    def send(_name: str, path: str, told: dict[str, Any]) -> Any:
        method, _, where = path.partition(" ")
        body = None if method == "GET" else json.dumps(told)
        answer = requests.request(method, base + where, data=body, timeout=STARTS)
        value = answer.json()["value"]
        if not answer.ok:
            raise BrowserFault(f"{path}: {value['error']} {value['message']}")
        return value

    return send


@contextmanager
def _screen() -> Iterator[str]:
    """A screen of Xvfb's: what it is called."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with _running(command, {}, keep=writing), closing(os.fdopen(reading)) as told:
        os.close(writing)
        yield f":{told.readline().strip()}"


@contextmanager
def _running(command: list[str], more: dict[str, str], keep: int | None = None) -> Iterator[None]:
    """A program, by the real clock, until the end; it is handed `keep` (a file)."""
    environ = {**real_time(), **more}
    files = () if keep is None else (keep,)
    process = subprocess.Popen(
        command,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=files,
        start_new_session=True,
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until(done: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + STARTS
    while not done():
        if time.monotonic() > end:
            raise AssertionError(otherwise)
        time.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=1).ok
    except requests.RequestException:
        return False


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
