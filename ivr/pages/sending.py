"""What is sent to many readers, made once: pages by the minute, files under addresses that change with them.

Each is there compressed as well, and bears a tag by which a browser that has it asks whether it has changed.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock

from cachetools import TTLCache
from flask import Blueprint, Response, abort, request, send_file

from ivr.carrier.sound_files import FOR_EVER
from ivr.line.values import Line

FRESH_SECONDS = 60
"""How long a page may be kept: it tells which desks are open now."""

MOST_KEPT = 64
"""Pages that a process keeps: those of a minute in thirty languages [own value]."""

_LETTERS = ("text/", "image/svg+xml", "application/javascript")
"""What gets smaller when it is compressed; pictures and sounds are so already."""


@dataclass(frozen=True)
class Sheet:
    """A page or file as it is sent. `kind`: its content type."""

    plain: bytes
    kind: str

    @cached_property
    def packed(self) -> bytes:
        """The same compressed."""
        return gzip.compress(self.plain, 6, mtime=0)

    @cached_property
    def tag(self) -> str:
        """A name that changes with what is in it."""
        return hashlib.sha256(self.plain).hexdigest()[:20]


def sent(sheet: Sheet, seconds: int) -> Response:
    """A sheet in answer to the request at hand, which may be kept for so long: compressed for who takes that, and
    without its words for who has them."""
    packs = request.accept_encodings["gzip"] > 0
    answer = Response(content_type=sheet.kind)
    answer.set_etag(f"{sheet.tag}-gzip" if packs else sheet.tag)
    answer.headers["Cache-Control"] = f"public, max-age={seconds}" + (", immutable" if seconds == FOR_EVER else "")
    answer.headers["Vary"] = "Accept-Encoding"
    if request.if_none_match.contains_weak(answer.get_etag()[0] or ""):
        answer.status_code = 304
        return answer
    if packs:
        answer.headers["Content-Encoding"] = "gzip"
    answer.set_data(sheet.packed if packs else sheet.plain)
    return answer


@dataclass
class KeptPages:
    """The pages of a line, each made once a minute for whatever it depends on."""

    _sheets: TTLCache[Hashable, tuple[Line, Sheet]] = field(default_factory=lambda: TTLCache(MOST_KEPT, FRESH_SECONDS))
    _making: Lock = field(default_factory=Lock)

    def page(self, line: Line, about: Hashable, make: Callable[[], str]) -> Sheet:
        """The page about this; `make` writes it where it is not there yet. One is made at a time."""
        with self._making:
            key = (id(line), about)
            known, sheet = self._sheets.get(key, (None, None))
            if known is not line or sheet is None:
                sheet = Sheet(make().encode(), "text/html; charset=utf-8")
                self._sheets[key] = (line, sheet)  # the line beside its page, so that no other has its id meanwhile
            return sheet


def serve_files(area: Blueprint, folder: Path, address: str) -> None:
    """Serve the files of a folder as the `static` ones of an area, at `address` under a name of all that is in them.
    Under the name of another release they may be kept as long as a page may."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    now = hashlib.sha256(b"".join(name.encode() + path.read_bytes() for name, path in files.items())).hexdigest()[:12]
    sheets: dict[str, Sheet] = {}

    @area.get(f"{address}/<version>/<path:filename>")
    def static(version: str, filename: str) -> Response:
        if filename not in files:
            abort(404)
        seconds = FOR_EVER if version == now else FRESH_SECONDS
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        if not kind.startswith(_LETTERS):
            return send_file(files[filename], kind, max_age=seconds)
        if filename not in sheets:
            sheets[filename] = Sheet(files[filename].read_bytes(), f"{kind}; charset=utf-8")
        return sent(sheets[filename], seconds)

    @area.url_defaults
    def named(endpoint: str, values: dict[str, object]) -> None:
        if endpoint == f"{area.name}.static":
            values["version"] = now
