"""The store of audio: files named after what they say, written whole or not at all.

An address is a hash of everything that decides the sound, so a file never
changes: what is there is right, and a changed prompt has another address.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ivr.line.speeds import Speed
from ivr.voice import mulaw
from ivr.voice.voices import Voice

PIPELINE = 1
"""The version of everything between an engine and a file; raise it when the sound changes."""

ABANDONED = 600  # s: writing one file takes milliseconds; an older part was left by a killed process

_ROOM = 64 * 1024  # bytes: eight seconds of sound

log = logging.getLogger(__name__)

Mark = tuple[int, int, int]
"""Inode, size and time of a file (see `Store.mark`)."""

ADDRESS = re.compile(r"[0-9a-f]{32}")
"""What addresses look like."""


class StoreFailed(Exception):
    """The store cannot be written: full, read-only or gone. The message is for staff."""


def address(voice: Voice, text: str, speed: Speed) -> str:
    """The address of a text spoken by a voice at a speed: 32 hexadecimal digits."""
    of_voice = (voice.language, voice.engine, voice.name, voice.version, voice.pace, voice.quick, voice.draft)
    decides = [*of_voice, text, speed, voice.wanted.rate(speed), PIPELINE]
    return hashlib.sha256(json.dumps(decides).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Store:
    """A folder of telephone audio, for many readers and writers at once."""

    folder: Path

    def path(self, at: str) -> Path:
        """Where the audio of an address is, or would be."""
        return self.folder / f"{at}.wav"

    def has(self, at: str) -> bool:
        """Whether there is audio at an address. What is damaged (cut off, empty, without its
        header) is removed, so that it is made again."""
        return self._length(at) is not None

    def mark(self, at: str) -> Mark | None:
        """Changes where the file at an address was touched; None where there is none."""
        try:
            found = os.stat(f"{self.folder}/{at}.wav")  # asked in every step, for each sound: no Path is made for it
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def wav(self, at: str) -> bytes | None:
        """The audio at an address; None where there is none, or it is no address."""
        if not ADDRESS.fullmatch(at) or not self.has(at):
            return None
        try:
            return self.path(at).read_bytes()
        except OSError:
            return None

    def seconds(self, at: str) -> float:
        """How long the audio at an address is; FileNotFoundError when there is none."""
        length = self._length(at)
        if length is None:
            raise FileNotFoundError(self.path(at))
        return length

    def _length(self, at: str) -> float | None:
        try:
            with self.path(at).open("rb") as file:
                header, size = file.read(mulaw.HEADER), os.fstat(file.fileno()).st_size
        except OSError:
            return None
        if mulaw.is_whole(header, size):
            return mulaw.seconds(header)
        with suppress(OSError):
            self.path(at).unlink()
            log.warning("the sound %s was damaged; it is made again", self.path(at).name)
        return None

    def put(self, at: str, wav: bytes) -> None:
        """Write audio so that readers see all of it or none. StoreFailed when it cannot be."""
        with _telling(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._write(at, wav)

    def prove(self) -> None:
        """See that a sound can be written at all, before hours go into making some. StoreFailed."""
        with _telling(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder) as file:
                file.write(bytes(_ROOM))

    @contextmanager
    def claim(self, name: str, wait: bool = False) -> Iterator[bool]:
        """Hold the work called `name`; gives False when another process holds it.

        With `wait`, until that one is done. A claim ends with its process, however
        that ends: the system holds it, and the lock file is only its handle.
        StoreFailed when the folder cannot be written.
        """
        with _telling(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            file = self.folder / f"{name}.lock"
            handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            held = _locked(handle, wait)
            yield held
            if held:
                file.unlink(missing_ok=True)
        finally:
            os.close(handle)

    def sweep(self) -> None:
        """Remove the parts of files that killed writers left behind."""
        for part in self.folder.glob("*.part"):
            with suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime > ABANDONED:
                    part.unlink()

    def _write(self, at: str, wav: bytes) -> None:
        handle, part = tempfile.mkstemp(suffix=".part", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(wav)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, self.path(at))
        except BaseException:
            os.unlink(part)
            raise


def _locked(handle: int, wait: bool) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _telling(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreFailed(f"cannot write audio to {folder}: {error.strerror}") from error
