"""What callers hear, as files: whole or not at all, so that the line outlives its database."""

import errno
import json
import logging
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ivr.editions.announcements import AnnouncedAlert
from ivr.editions.closures import Closure
from ivr.editions.edition import Edition
from ivr.editions.timeline import Publication, PublicationKind
from ivr.store.blobs import address
from ivr.store.files import PRIVATE
from ivr.store.health import Health, Part, Trouble

log = logging.getLogger(__name__)

VIEWS = ("live.json", "live.copy.json")
"""The view is kept twice: a file that is damaged must not take callers back to an old edition."""

Signature = tuple[tuple[int, int, int], ...]
"""Inode, size and time of files: unchanged where nobody has touched them."""

_SAFE = re.compile(r"[0-9a-f]{10,64}")


@dataclass(frozen=True, slots=True)
class View:
    """All that decides which words a call hears. `stamp` changes with every change of it."""

    stamp: str
    publications: tuple[Publication, ...]
    shipped: frozenset[str]
    alerts: tuple[AnnouncedAlert, ...]
    closures: tuple[Closure, ...]


NOTHING = View("", (), frozenset(), (), ())
"""Nobody has ever published anything."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A folder for the view, the editions in it and their recordings. Writing fails quietly,
    and `health` is told: callers must not suffer from a full disk."""

    folder: Path
    health: Health = field(default_factory=Health)

    def view(self) -> View:
        """The last view that was kept; NOTHING where there is none, or none that can be read."""
        found = next((view for file in VIEWS if (view := self._view_in(file)) is not None), None)
        if found is None and any((self.folder / file).exists() for file in VIEWS):
            log.error("the snapshot in %s is damaged; without the database, callers hear shipped words", self.folder)
        return found or NOTHING

    def keep_view(self, view: View) -> bool:
        """Keep the view in the place of the last one, unless it stands there. Whether it does now."""
        told = json.dumps(asdict(view), default=_plain, ensure_ascii=False).encode()
        stale = [file for file in VIEWS if (kept := self._view_in(file)) is None or kept.stamp != view.stamp]
        done = [self._write(self.folder / file, told) for file in stale]
        return all(done)

    def signature(self, editions: Iterable[str]) -> Signature | None:
        """Whether somebody has touched the folder, the view or these editions shows by this; None
        where something is missing."""
        files = [self.folder, *(self.folder / file for file in (*VIEWS, *(f"{name}.json" for name in editions)))]
        try:
            return tuple((found.st_ino, found.st_size, found.st_mtime_ns) for found in map(os.stat, files))
        except OSError:
            return None

    def _view_in(self, file: str) -> View | None:
        try:
            return _view(json.loads((self.folder / file).read_bytes()))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    def edition(self, name: str) -> Edition | None:
        """An edition kept under this id, if it is there and unaltered."""
        content = self._read(f"{name}.json", name)
        if content is None:
            return None
        try:
            files = {file: text.encode() for file, text in json.loads(content).items()}
        except (ValueError, AttributeError, RecursionError):
            return None
        found = Edition(MappingProxyType(files))
        return found if found.id == name else None

    def keep_edition(self, edition: Edition) -> bool:
        """Keep an edition. Whether it is kept now."""
        if self.edition(edition.id) is not None:
            return True
        told = {name: content.decode() for name, content in edition.files.items()}
        return self._write(self.folder / f"{edition.id}.json", json.dumps(told, ensure_ascii=False).encode())

    def audio(self, at: str) -> bytes | None:
        """The audio kept at an address, if it is there and unaltered."""
        content = self._read(f"{at}.audio", at)
        return content if content is not None and address(content) == at else None

    def has_audio(self, at: str) -> bool:
        """Whether there is audio at an address; whether it is unaltered shows when it is read."""
        return (self.folder / f"{at}.audio").exists()

    def audio_mark(self, at: str) -> tuple[int, int, int] | None:
        """Whether the audio at an address is still the file that it was shows by this; None: there is none."""
        try:
            found = (self.folder / f"{at}.audio").stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def keep_audio(self, at: str, content: bytes) -> bool:
        """Keep audio. Whether it is kept now."""
        return self._write(self.folder / f"{at}.audio", content)

    def clear(self, but: Collection[str], before: datetime) -> None:
        """Take away editions and audio other than these (ids and addresses) that nobody touched since `before`
        (aware), and what killed writers left."""
        for file in self._files():
            if (file.suffix == ".part" or (_is_kept(file) and file.stem not in but)) and _is_older(file, before):
                with suppress(OSError):
                    file.unlink()

    def _files(self) -> tuple[Path, ...]:
        try:
            return tuple(self.folder.iterdir())
        except OSError:
            return ()

    def _read(self, file: str, name: str) -> bytes | None:
        """Names come from addresses that anybody may write: no others than ours are looked for."""
        if not _SAFE.fullmatch(name):
            return None
        try:
            return (self.folder / file).read_bytes()
        except OSError:
            return None

    def _write(self, path: Path, content: bytes) -> bool:
        """Whether it was written: tried again where the folder went in the middle of it."""
        try:
            try:
                self._replace(path, content)
            except FileNotFoundError:
                self._replace(path, content)
        except OSError as error:
            return self._failed(error)
        return True

    def _failed(self, error: OSError) -> bool:
        told = f"{self.folder} cannot be written: {error.strerror}. After a restart, callers may hear older words."
        self.health.ill(Part.SNAPSHOT, _TROUBLES.get(error.errno or 0, Trouble.SILENT), told)
        return False

    def _replace(self, path: Path, content: bytes) -> None:
        part = None
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
            self.folder.mkdir(exist_ok=True, mode=PRIVATE)
            handle, part = tempfile.mkstemp(suffix=".part", dir=self.folder)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except OSError:
            if part is not None:
                with suppress(OSError):
                    Path(part).unlink(missing_ok=True)
            raise


def _is_kept(file: Path) -> bool:
    """Whether it is an edition or audio."""
    return file.suffix in (".json", ".audio") and _SAFE.fullmatch(file.stem) is not None


def _is_older(file: Path, moment: datetime) -> bool:
    try:
        return file.stat().st_mtime < moment.timestamp()
    except OSError:
        return False


_TROUBLES = {errno.ENOSPC: Trouble.FULL, errno.EDQUOT: Trouble.FULL, errno.EFBIG: Trouble.FULL}
_TROUBLES |= {errno.EROFS: Trouble.READ_ONLY, errno.EACCES: Trouble.READ_ONLY, errno.EPERM: Trouble.READ_ONLY}


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
            Publication(
                **{**row, "kind": PublicationKind(row["kind"]), "at": _moment(row["at"]), "done": _moment(row["done"])}
            )
            for row in told["publications"]
        ),
        shipped=frozenset(told["shipped"]),
        alerts=tuple(AnnouncedAlert(**_moments(row)) for row in told["alerts"]),
        closures=tuple(Closure(**_moments(row)) for row in told["closures"]),
    )


def _moments(row: Mapping[str, Any]) -> dict[str, Any]:
    times = ("start", "end", "at", "approved_at", "ended_at", "lapses")
    return {key: _moment(value) if key in times and value else value for key, value in row.items()}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
