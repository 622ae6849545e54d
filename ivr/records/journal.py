"""The journal of a process: a file to which each step of a call is appended while the caller waits.

    journal = Journal(folder)
    journal.append(b"...\n")          # a few microseconds
    journal.read(4096, 100)           # what stands there, for the take-over
    for left in left_journals(folder): ...

What the disk does not take is kept in memory until the database has it (`Journal.spare`); that alone ends with the
process.

One write(2) puts a line into the kernel's page cache, from where it survives a kill -9 of the process, and a
restart of the program. It is not forced onto the disk at each step (fsync), which would take longer than the step: when
the machine itself dies, what it had not written yet, some seconds, is lost.

A lock (flock) on the file tells that its owner lives; it ends with the process. Whoever gets the lock of a
file may take up what stands in it, and throws it away then.
"""

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

MOST_BYTES = 64 * 1024 * 1024
"""Of one journal, and of those that were left beside it: about 500,000 steps, which is a day of a large city
without a database [own value]. What comes then is not recorded."""

MOST_SPARE = 8 * 1024 * 1024
"""Bytes of what is kept in memory instead [own value]: some minutes of a large city without a disk and a database."""

TURN_BYTES = 4 * 1024 * 1024
"""From so many on that were taken over a journal gives way to a new one [own value]."""

ENDING = ".journal"


class Unreadable(Exception):
    """A journal cannot be read. The message says why."""


class Spare:
    """What the disk of a journal did not take, in memory, to be taken over as a journal is. `most`: bytes."""

    def __init__(self, most: int = MOST_SPARE):
        self.name = secrets.token_hex(8)
        self._most = most
        self._content = bytearray()

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return len(self._content)

    def append(self, line: bytes) -> bool:
        """Append a line; False where there is no room for it."""
        if self.size + len(line) > self._most:
            return False
        self._content += line
        return True

    def read(self, start: int, most: int) -> bytes:
        """What stands in it from `start` on, `most` bytes of it."""
        return bytes(self._content[start : start + most])


class Journal:
    """The journal of this process, which begins with its first line. `most`: bytes, as MOST_BYTES."""

    def __init__(self, folder: Path, most: int = MOST_BYTES):
        self.folder = folder
        self.name = ""  # by which the database knows it; "" before the first line
        self.size = 0  # bytes
        self.refused: OSError | None = None  # why the disk did not take the last line
        self.spare: Spare | None = None  # what it did not take
        self.left_out = False  # whether the last line is nowhere
        self._most = most
        self._room = 0
        self._file = -1
        self._lock = Lock()

    def append(self, line: bytes) -> None:
        """Append a line, in one piece. Where there is no room it is kept in memory, as long as there is some there: a
        call goes on."""
        with self._lock:
            try:
                if self._file < 0:
                    self._begin()
                if self.size + len(line) > self._room:
                    raise OSError(errno.EDQUOT, f"it holds {self.size} bytes that the database has not taken")
                self._write(line)
                self.refused, self.left_out = None, False
            except OSError as error:
                self.refused = error
                self.spare = self.spare or Spare()
                self.left_out = not self.spare.append(line)

    def read(self, start: int, most: int) -> bytes:
        """What stands in the file from `start` on, `most` bytes of it. Unreadable."""
        return _read(self._file, start, most)

    def leave(self, taken: int) -> None:
        """End this file where all of it, `taken` bytes, was taken over, or where it lies for others to find: they take
        over what came in since, as it does without a pause on a busy day, and throw it away. The next line begins
        another."""
        with self._lock:
            if self.size == taken or self.is_there():
                self._close()

    def end_spare(self, taken: int) -> None:
        """Let go of what was kept in memory, where all of it, `taken` bytes, was taken over, and it is full or the disk
        takes lines again."""
        with self._lock:
            if self.spare and self.spare.size == taken and (self.refused is None or taken >= TURN_BYTES):
                self.spare = None

    def close(self) -> None:
        """Leave the file as a process does that ends, whatever stands in it."""
        with self._lock:
            if self._file >= 0:
                self._close()

    def is_there(self) -> bool:
        """Whether the file is still where others find it: a whole folder may be taken away."""
        with suppress(OSError):
            return os.path.samestat(os.fstat(self._file), os.stat(self._path(self.name)))
        return False

    def _begin(self) -> None:
        """Locked before anybody can find it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = secrets.token_hex(8)
        part = self.folder / f".{name}"
        file = os.open(part, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            os.rename(part, self._path(name))
        except OSError:
            os.close(file)
            part.unlink(missing_ok=True)
            raise
        others = sum(journals(self.folder).values())
        self._file, self.name, self.size = file, name, 0
        self._room = max(0, self._most - others)

    def _close(self) -> None:
        os.close(self._file)
        self._file, self.name, self.size = -1, "", 0

    def _write(self, line: bytes) -> None:
        written = os.write(self._file, line)
        if written < len(line):  # the disk is full: no piece is left of what is kept elsewhere, lest it be there twice
            os.ftruncate(self._file, self.size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.size += written

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{ENDING}"


@dataclass(frozen=True, slots=True)
class FoundJournal:
    """The journal of another process, which lives or is no more."""

    path: Path
    file: int

    @property
    def name(self) -> str:
        """By which the database knows it."""
        return _name_of(self.path)

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return os.fstat(self.file).st_size

    def read(self, start: int, most: int) -> bytes:
        """What stands in the file from `start` on, `most` bytes of it. Unreadable."""
        return _read(self.file, start, most)

    def throw_away(self) -> None:
        """All of it was taken over. OSError."""
        self.path.unlink(missing_ok=True)


def left_journals(folder: Path) -> Iterator[FoundJournal]:
    """The journals whose owners live no more, each held by us alone until the next one is asked for."""
    for path in sorted(folder.glob(f"*{ENDING}")):
        with _held(path) as file:
            if file is not None:
                yield FoundJournal(path, file)


def other_journals(folder: Path, own: str) -> Iterator[FoundJournal]:
    """The journals of others than our `own` (its name), which may be written to meanwhile."""
    for path in sorted(folder.glob(f"*{ENDING}")):
        with suppress(OSError), path.open("rb") as file:
            if _name_of(path) != own:
                yield FoundJournal(path, file.fileno())


def journals(folder: Path) -> Mapping[str, int]:
    """All journals that are there, left or not: their bytes."""
    found = {}
    for path in folder.glob(f"*{ENDING}"):
        with suppress(OSError):
            found[_name_of(path)] = path.stat().st_size
    return found


def _name_of(path: Path) -> str:
    return path.name.removesuffix(ENDING)


def _read(file: int, start: int, most: int) -> bytes:
    try:
        return os.pread(file, most, start)
    except OSError as error:
        raise Unreadable(error.strerror) from error


@contextmanager
def _held(path: Path) -> Iterator[int | None]:
    """The file with its lock; None where somebody else has that, or the file is gone."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        yield None
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        yield None
    else:
        yield file
    finally:
        os.close(file)
