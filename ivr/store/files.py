"""The file of a SQLite database: made once, known ever after, put aside when damaged, never
overwritten.

    file = DatabaseFile(path, Known(folder, "sqlite:line.db"))
    with file.held():                 # one process at a time
        file.make(fill)               # a new one, whole or not at all
        kept = file.put_aside()       # line.db.damaged-20261124T030000Z
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ivr import clock
from ivr.store.failures import DatabaseGone
from ivr.store.health import Trouble

PATIENCE = 5.0
"""Seconds that a process waits for another one that is making or moving the file [own value]."""

PRIVATE = 0o700
"""The mode of a folder with a database in it: accounts are in there."""

LEAST_FREE = 1024 * 1024
"""Bytes. A disk with less room is full: an act may need as much [own value]."""

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database while it is open."""

_COARSE = 1.0  # s: a kernel's clocks for the times of files differ by some milliseconds

Identity = tuple[int, int]
"""Device and inode: which file it is, whatever its name."""


@dataclass(frozen=True, slots=True)
class Known:
    """Whether there ever was a database at an address: told by a file beside the snapshot, so
    that one that is gone is not taken for one that never was. `folder`: where; None: nowhere."""

    folder: Path | None
    address: str

    @property
    def file(self) -> Path | None:
        """A line for each address, nothing secret in it."""
        return self.folder / "databases" if self.folder else None

    def __bool__(self) -> bool:
        if self.folder is None or self.file is None:
            return False
        with suppress(OSError, UnicodeDecodeError):
            return self.address in self.file.read_text().splitlines()
        return (self.folder / "live.json").exists()  # of a release that told nothing: there was one

    def since(self) -> float:
        """When it was last found well (seconds of the epoch); 0.0 where that is not known."""
        try:
            return self.file.stat().st_mtime if self.file else 0.0
        except OSError:
            return 0.0

    def tell(self) -> None:
        """There is one now. A disk that takes no files must not hinder its use."""
        if self.folder is None or self.file is None:
            return
        with suppress(OSError):
            if self and self.file.exists():
                os.utime(self.file)
                return
            self.folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
            handle = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "a") as file:
                file.write(f"{self.address}\n")


@dataclass(frozen=True, slots=True)
class DatabaseFile:
    """A SQLite database at a path."""

    path: Path

    def identity(self) -> Identity | None:
        """Which file is there now; None where there is none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else makes or moves the file meanwhile. DatabaseGone where its folder is gone,
        or another process does so for too long. A lock ends with its process."""
        try:
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise DatabaseGone(Trouble.ABSENT, f"its folder: {error.strerror}") from error
        try:
            _lock(folder)
            yield
        finally:
            os.close(folder)

    def make(self, fill: Callable[[Path], None], over: bool = False) -> str | None:
        """A new database where there is none: filled under another name first, so that nobody
        ever meets half of one. With `over`, one that is there is put aside, and its new name told.
        FileExistsError; OSError. Call it `held`."""
        handle, part = tempfile.mkstemp(prefix=f".{self.path.name}.", suffix=".new", dir=self.path.parent)
        os.close(handle)
        try:
            fill(Path(part))
            if self.path.exists() and not over:
                raise FileExistsError(self.path)
            aside = self.put_aside("replaced") if self.path.exists() else None
            os.rename(part, self.path)
            return aside
        finally:
            for name in ("", *BESIDE):
                Path(f"{part}{name}").unlink(missing_ok=True)

    def put_aside(self, because: str = "damaged") -> str:
        """Rename the file, and what is beside it, and tell its new name. OSError. Call it `held`."""
        aside = self._free(f"{self.path}.{because}-{clock.utc_now():%Y%m%dT%H%M%SZ}")
        os.rename(self.path, aside)
        for name in BESIDE:
            with suppress(FileNotFoundError):
                os.rename(f"{self.path}{name}", f"{aside}{name}")
        return aside.name

    def clear_beside(self) -> None:
        """What a database that is gone has left must not be taken for the next one's. Call it `held`."""
        with suppress(FileNotFoundError):
            Path(f"{self.path}-shm").unlink()
        for name in BESIDE:
            with suppress(FileNotFoundError):
                left = Path(f"{self.path}{name}")
                os.rename(left, self._free(f"{left}.left-{clock.utc_now():%Y%m%dT%H%M%SZ}"))

    def aside(self, since: float) -> str | None:
        """The name of the newest damaged one that was put aside after `since` (s of the epoch)."""
        found = []
        with suppress(OSError):
            for path in self.path.parent.glob(f"{self.path.name}.damaged-*"):
                if not path.name.endswith(BESIDE):
                    found.append((path.stat().st_ctime, path.name))
        newest = max(found, default=(0.0, ""))
        return newest[1] if newest[1] and newest[0] > since - _COARSE else None

    def _free(self, wanted: str) -> Path:
        names = (Path(f"{wanted}{f'-{number}' if number else ''}") for number in range(10**6))
        return next(path for path in names if not path.exists())


def disk(folder: Path) -> tuple[Trouble, str] | None:
    """What is wrong with the disk under a folder, as far as it shows without writing; None: nothing."""
    try:
        found = os.statvfs(folder)
    except OSError as error:
        return Trouble.ABSENT, f"{folder}: {error.strerror}"
    if found.f_flag & os.ST_RDONLY or not os.access(folder, os.W_OK | os.X_OK):
        return Trouble.READ_ONLY, f"Nothing can be written to {folder}."
    if found.f_bavail * found.f_frsize < LEAST_FREE:
        return Trouble.FULL, f"There is no room left in {folder}."
    return None


def _lock(folder: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise DatabaseGone(Trouble.BUSY, "another process holds its folder") from error
            time.sleep(0.02)
        except OSError:  # a file system without locks: alone is what one is there
            return
        else:
            return
