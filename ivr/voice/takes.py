"""A take: one recording ready for calls, as one file.

A take is a ZIP, stored and always the same for the same sounds, with a telephone
WAV (8 kHz mono mu-law) for each speed: `normal.wav`, `slow.wav` and so on.

    take = pack({speed: wav for ...})
    wav = sound(take, Speed.FAST)
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from ivr.line.speeds import Speed

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


def _entry(speed: Speed) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(f"{speed.value}.wav", _DATE)
    entry.create_system = 3  # Unix, wherever it is made
    return entry
