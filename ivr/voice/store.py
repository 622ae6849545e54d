"""The store of audio: files named after what they say, written whole or not at all.

An address is a hash of everything that decides the sound, so a file never
changes: what is there is right, and a changed prompt has another address.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path

from ivr.line.speeds import Speed, rate
from ivr.voice.voices import Voice

PIPELINE = 1
"""The version of everything between an engine and a file; raise it when the sound changes."""

ABANDONED = 600  # s: writing one file takes milliseconds; an older part was left by a killed process

_HEADER = 58  # bytes of a mu-law WAV file before its samples: RIFF, fmt, fact, data


class StoreFailed(Exception):
    """The store cannot be written: full, read-only or gone. The message is for staff."""


def address(voice: Voice, text: str, speed: Speed) -> str:
    """The address of a text spoken by a voice at a speed: 32 hexadecimal digits."""
    decides = [*astuple(voice), text, speed, rate(voice.language, speed), PIPELINE]
    return hashlib.sha256(json.dumps(decides).encode()).hexdigest()[:32]


def pause_address(milliseconds: int) -> str:
    """The address of so much silence."""
    return hashlib.sha256(f"pause {milliseconds} {PIPELINE}".encode()).hexdigest()[:32]


def pause_wav(milliseconds: int) -> bytes:
    """So much silence as telephone audio: 8 kHz mono mu-law, where silence is 0xFF (G.711)."""
    samples = b"\xff" * (8 * milliseconds)
    form = struct.pack("<HHIIHHH", 7, 1, 8000, 8000, 1, 8, 0)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form
    chunks += b"fact" + struct.pack("<II", 4, len(samples))
    chunks += b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


@dataclass(frozen=True)
class Store:
    """A folder of telephone audio, for many readers and writers at once."""

    folder: Path

    def path(self, at: str) -> Path:
        """Where the audio of an address is, or would be."""
        return self.folder / f"{at}.wav"

    def has(self, at: str) -> bool:
        """Whether there is audio at an address."""
        return self.path(at).exists()

    def seconds(self, at: str) -> float:
        """How long the audio at an address is; FileNotFoundError when there is none."""
        with self.path(at).open("rb") as file:
            header = file.read(_HEADER)
        (rate,), (length,) = struct.unpack_from("<I", header, 28), struct.unpack_from("<I", header, 54)
        return float(length / rate)

    def put(self, at: str, wav: bytes) -> None:
        """Write audio so that readers see all of it or none. StoreFailed when it cannot be."""
        with _telling(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._write(at, wav)

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
            handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o644)
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
            os.chmod(part, 0o644)
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
