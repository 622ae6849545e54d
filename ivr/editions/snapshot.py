"""What callers hear, as files: whole or not at all, so that the line outlives its database."""

import json
import logging
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ivr.editions.announcements import Alert, Closure
from ivr.editions.edition import Edition
from ivr.editions.timeline import Kind, Publication
from ivr.store.blobs import address

log = logging.getLogger(__name__)

_SAFE = re.compile(r"[0-9a-f]{10,64}")


@dataclass(frozen=True, slots=True)
class View:
    """All that decides which words a call hears. `stamp` changes with every change of it."""

    stamp: str
    publications: tuple[Publication, ...]
    shipped: frozenset[str]
    alerts: tuple[Alert, ...]
    closures: tuple[Closure, ...]


NOTHING = View("", (), frozenset(), (), ())
"""Nobody has ever published anything."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A folder for the view, the editions in it and their recordings. Writing fails quietly,
    into the log: callers must not suffer from a full disk."""

    folder: Path

    def view(self) -> View:
        """The last view that was kept; NOTHING where there is none, or none that can be read."""
        try:
            return _view(json.loads((self.folder / "live.json").read_text()))
        except FileNotFoundError:
            return NOTHING
        except (OSError, ValueError, TypeError, KeyError):
            log.exception("the snapshot of what is live cannot be read")
            return NOTHING

    def keep_view(self, view: View) -> None:
        """Keep the view in the place of the last one."""
        told = json.dumps(asdict(view), default=_plain, ensure_ascii=False)
        self._write(self.folder / "live.json", told.encode())

    def edition(self, name: str) -> Edition | None:
        """An edition kept under this id, if it is there and unaltered."""
        content = self._read(f"{name}.json", name)
        if content is None:
            return None
        try:
            files = {file: text.encode() for file, text in json.loads(content).items()}
        except (ValueError, AttributeError):
            return None
        found = Edition(MappingProxyType(files))
        return found if found.id == name else None

    def keep_edition(self, edition: Edition) -> None:
        """Keep an edition."""
        if self.edition(edition.id) is None:
            told = {name: content.decode() for name, content in edition.files.items()}
            self._write(self.folder / f"{edition.id}.json", json.dumps(told, ensure_ascii=False).encode())

    def audio(self, at: str) -> bytes | None:
        """The audio kept at an address, if it is there and unaltered."""
        content = self._read(f"{at}.audio", at)
        return content if content is not None and address(content) == at else None

    def has_audio(self, at: str) -> bool:
        """Whether there is audio at an address; whether it is unaltered shows when it is read."""
        return (self.folder / f"{at}.audio").exists()

    def keep_audio(self, at: str, content: bytes) -> None:
        """Keep audio."""
        self._write(self.folder / f"{at}.audio", content)

    def _read(self, file: str, name: str) -> bytes | None:
        """Names come from addresses that anybody may write: no others than ours are looked for."""
        if not _SAFE.fullmatch(name):
            return None
        try:
            return (self.folder / file).read_bytes()
        except OSError:
            return None

    def _write(self, path: Path, content: bytes) -> None:
        part = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(suffix=".part", dir=self.folder)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except OSError:
            log.exception("the snapshot %s cannot be written", path.name)
            if part is not None:
                Path(part).unlink(missing_ok=True)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{value!r} cannot be kept")


def _view(told: Mapping[str, Any]) -> View:
    return View(
        stamp=told["stamp"],
        publications=tuple(
            Publication(**{**row, "kind": Kind(row["kind"]), "at": _moment(row["at"]), "done": _moment(row["done"])})
            for row in told["publications"]
        ),
        shipped=frozenset(told["shipped"]),
        alerts=tuple(Alert(**_moments(row)) for row in told["alerts"]),
        closures=tuple(Closure(**_moments(row)) for row in told["closures"]),
    )


def _moments(row: Mapping[str, Any]) -> dict[str, Any]:
    times = ("start", "end", "at", "approved_at", "ended_at", "lapses")
    return {key: _moment(value) if key in times and value else value for key, value in row.items()}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
