"""What a page says to its reader, and what of that no clerk should ever read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSEEN = {"script", "style", "template", "noscript", "head", "svg", "audio", "details"}
"""Elements whose text is not there to be read at first: what stands under details is for those who ask for it. What
is marked not to be translated (keys of an authenticator, addresses) is there to be copied, not to be read."""

SAID = ("aria-label", "aria-description", "title", "alt", "placeholder")
"""Attributes that are read out or shown."""

PLAIN_LATIN = frozenset(
    (
        *("CSV", "XLSX", "ODS", "ZIP", "PDF", "QR", "SMS", "ID", "URL", "MB", "KB", "PIN", "OK", "Excel", "Web"),
        *("WAV", "MP", "FLAC", "AIFF", "WMA", "OGG", "WebM", "MIDI"),
        *("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"),  # the keys of a telephone
        *("Google", "Microsoft", "Authenticator", "Incoming", "Webhook"),  # as their own pages call it
        *("Ctrl", "Tab"),  # keys of a keyboard
    )
)
"""Words in Latin letters that a clerk in Japan reads every day."""

_ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’]+")
_ADDRESS = re.compile(r"https?://\S*|[\w.-]+@[\w.-]+|www\.[\w.-]+")
_CODES = (
    re.compile(r"\b[a-z_]+(?:\.[a-z0-9_]+)+\b"),  # a prompt key, or a file
    re.compile(r"\b[a-z]+_[a-z_]+\b"),
    re.compile(r"\w\s=\s[\"\[0-9]"),  # TOML
    re.compile(r"\{[^}]*\}|\[\[?[a-z.]+\]"),
    re.compile(r"\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b"),  # a digest
    re.compile(r"%\([a-z]+\)"),
)


@dataclass
class _Reader(HTMLParser):
    """Collects what a reader of `language` meets: texts with their element, without words in other languages."""

    language: str
    found: list[tuple[str, str]] = field(default_factory=list)
    stack: list[tuple[str, bool, bool]] = field(default_factory=list)  # tag, passed over, words of the line itself

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def _passed(self) -> bool:
        return bool(self.stack) and self.stack[-1][1]

    @property
    def _of_line(self) -> bool:
        return bool(self.stack) and self.stack[-1][2]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "summary" and self.stack and self.stack[-1][0] == "details":
            passed = self.stack[-2][1] if len(self.stack) > 1 else False
        else:
            passed = self._passed or tag in UNSEEN
        spoken = given.get("lang", self.language)
        passed = passed or spoken != self.language or given.get("translate") == "no"
        of_line = self._of_line or (tag != "html" and "lang" in given) or tag == "textarea"
        if not passed and given.get("type") != "hidden":
            for name in SAID:
                if given.get(name):
                    self._meet(tag, given[name], of_line)
            if tag == "input" and given.get("type", "text") in ("text", "submit", "search", "url"):
                self._meet(tag, given.get("value", ""), of_line)
        if tag not in VOID:
            self.stack.append((tag, passed, of_line))

    def handle_endtag(self, tag: str) -> None:
        while self.stack:
            if self.stack.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._passed and data.strip():
            self._meet(self.stack[-1][0] if self.stack else "", data, self._of_line)

    def _meet(self, tag: str, text: str, of_line: bool) -> None:
        if of_line:  # the line's own words hold slots and readings, which their writers know
            text = re.sub(r"\{([^}|]*)\|?[^}]*\}", " ", text)
        self.found.append((tag, " ".join(_ADDRESS.sub(" ", text).split())))


def read(html: str, language: str = "ja") -> list[tuple[str, str]]:
    """What the page says in a language, each text with its element; nothing under details."""
    reader = _Reader(language)
    reader.feed(html)
    return reader.found


def strange(html: str, known: frozenset[str] = frozenset()) -> Iterator[str]:
    """What no Japanese page may say: words in Latin letters that are none of a clerk's, keys, files, TOML. `known`:
    what people have typed, such as sign-in names."""
    for tag, text in read(html):
        words = [word for word in _ENGLISH.findall(text) if word not in PLAIN_LATIN and word not in known]
        codes = [found.group() for code in _CODES for found in code.finditer(text)]
        if codes or words:
            yield f"<{tag}> {text}"
