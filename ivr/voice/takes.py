"""A take: one recording ready for calls, as one file.

A take is a ZIP, stored and always the same for the same sounds, with a telephone
WAV (8 kHz mono mu-law) for each speed: `normal.wav`, `slow.wav` and so on.

    take = pack({speed: wav for ...})
    wav = sound(take, Speed.FAST)
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

from ivr.line.speeds import Speed

HEADER = 58
"""Bytes of a mu-law WAV file before its samples: RIFF, fmt, fact, data."""

_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP can tell: the bytes depend on the sounds alone


def pack(sounds: Mapping[Speed, bytes]) -> bytes:
    """The take of these telephone WAVs. KeyError when a speed is missing."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for speed in Speed:
            archive.writestr(_entry(speed), sounds[speed])
    return file.getvalue()


def sound(take: bytes, speed: Speed) -> bytes | None:
    """A take's WAV at a speed; None where it is no take, or damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(take)) as archive:
            entry = archive.getinfo(_entry(speed).filename)
            # what is stored cannot unfold into more than there is
            return archive.read(entry) if entry.compress_type == zipfile.ZIP_STORED else None
    except Exception:  # a damaged ZIP raises almost anything: errors of its own, of struct, of offsets
        return None


def seconds(wav: bytes) -> float:
    """How long a telephone WAV is, in seconds, by its header; its first HEADER bytes are enough.

    ValueError when there are fewer.
    """
    if len(wav) < HEADER:
        raise ValueError("no telephone WAV: its header is cut off")
    (rate,), (length,) = struct.unpack_from("<I", wav, 28), struct.unpack_from("<I", wav, 54)
    return float(length / rate)


def is_whole(header: bytes, size: int) -> bool:
    """Whether a file of `size` bytes that begins with `header` (HEADER bytes) is a telephone WAV
    with all the samples that its header tells of, and at least one."""
    if len(header) < HEADER or (header[:4], header[8:16], header[50:54]) != (b"RIFF", b"WAVEfmt ", b"data"):
        return False
    (rate,), (length,) = struct.unpack_from("<I", header, 28), struct.unpack_from("<I", header, 54)
    return bool(rate > 0 and 0 < length <= size - HEADER <= length + 1)  # a chunk of odd length has one byte more


def _entry(speed: Speed) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(f"{speed.value}.wav", _DATE)
    entry.create_system = 3  # Unix, wherever it is made
    return entry
