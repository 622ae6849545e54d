"""Somebody who sees nothing: a page is heard by a screen reader and used by keyboard alone.

The reader is guidepup's, which says of a page in a real browser what VoiceOver or NVDA would: it follows the focus,
and announces what changes in live regions. `make test` installs it into build/ as tests/screen_reader/ pins it.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page

LIBRARY = Path("build/screen_reader/node_modules/@guidepup/virtual-screen-reader/lib/esm/index.browser.js")
_ADDRESS = "/screen-reader-of-the-tests.js"

PATIENCE = 20.0
"""Seconds to wait for what must be heard."""

MOST_TABS = 250

_START = f"""async () => {{
  if (!window.reader) window.reader = (await import('{_ADDRESS}')).virtual;
  await reader.start({{ container: document.body }});
  const at = document.activeElement;
  if (at && at !== document.body) {{ at.blur(); at.focus(); }}
}}"""
"""Listening begins where the focus is, as a reader does that comes to a page."""


@dataclass
class Blind:
    """A person at a page. `heard` is all that was said since the page was loaded."""

    page: Page
    heard: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, context: BrowserContext, address: str) -> "Blind":
        """Somebody who goes to an address."""
        library = LIBRARY.read_text("utf-8")
        context.route(f"**{_ADDRESS}", lambda route: route.fulfill(body=library, content_type="text/javascript"))
        made = cls(context.new_page())
        made.page.goto(address)
        made.listen()
        return made

    def listen(self) -> str:
        """Hear where one is: what has the focus on a page that was loaded, and what it begins with."""
        self.page.wait_for_load_state("load")
        self.page.evaluate(_START)
        return ", ".join((self.last, *self.read(1)))

    @property
    def last(self) -> str:
        """What was said last."""
        self.heard = [str(each) for each in self.page.evaluate("() => reader.spokenPhraseLog()")]
        return self.heard[-1] if self.heard else ""

    def press(self, key: str) -> str:
        """Press a key, and hear what it does on this page."""
        self.page.keyboard.press(key)
        return self.last

    def tab_to(self, words: str) -> str:
        """Go on by Tab until an element is said with these words."""
        for _ in range(MOST_TABS):
            if words in (said := self.press("Tab")):
                return said
        raise AssertionError(f"{words!r} is not reached by Tab: {self.heard[-30:]}")

    def type(self, text: str) -> None:
        """Write over whatever stands in the field that has the focus."""
        self.page.keyboard.press("Control+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)

    def go(self, key: str = "Enter") -> str:
        """Press a key that leads to another page, and hear where one is then."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        return self.listen()

    def read(self, count: int) -> list[str]:
        """Read on from here, element by element."""
        return [str(each) for each in self.page.evaluate(_READ, count)]

    def announced(self, words: str) -> str:
        """Wait until this is announced, on this page or on one that it leads to by itself."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if any(words in said for said in (self.last, *self.heard)):
                    return words
            except Error:  # another page has come meanwhile
                self.listen()
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{words!r} is not announced: {self.heard[-30:]}")


_READ = """async (count) => {
  const from = (await reader.spokenPhraseLog()).length;
  for (let i = 0; i < count; i++) await reader.next();
  return (await reader.spokenPhraseLog()).slice(from);
}"""
