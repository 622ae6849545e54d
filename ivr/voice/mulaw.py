"""Telephone sound as a file: a WAV of 8 kHz mono mu-law (ITU-T G.711), as telephones carry it.

The header has HEADER bytes: RIFF, a `fmt ` chunk of 18 bytes for format 7, a `fact` chunk, and the head
of the `data` chunk (Multimedia Programming Interface and Data Specifications 1.0; RFC 2361 for the 7).
libsndfile writes the same bytes.
"""

from __future__ import annotations

import struct

HEADER = 58
"""Bytes before the samples."""

RATE = 8000
"""Samples, which are bytes, a second."""

SILENT = b"\xff"
"""The sample of silence."""

_MU_LAW = 7
_RATE_AT, _LENGTH_AT = 28, HEADER - 4  # where the header tells the rate, and how many samples there are


def written(samples: bytes) -> bytes:
    """These samples as a file. A chunk of odd length is followed by one byte more, as RIFF wants it."""
    form = struct.pack("<HHIIHHH", _MU_LAW, 1, RATE, RATE, 1, 8, 0)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form
    chunks += b"fact" + struct.pack("<II", 4, len(samples))
    chunks += b"data" + struct.pack("<I", len(samples)) + samples + bytes(len(samples) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def silence(seconds: float) -> bytes:
    """The samples of so much silence."""
    return SILENT * round(RATE * seconds)


def samples_of(wav: bytes) -> bytes:
    """The samples in a file. ValueError where its header is cut off."""
    _, length = _told(wav)
    return wav[HEADER : HEADER + length]


def seconds(wav: bytes) -> float:
    """How long a file is by its header, in seconds; its first HEADER bytes are enough. ValueError where
    there are fewer."""
    rate, length = _told(wav)
    return length / rate


def is_whole(header: bytes, size: int) -> bool:
    """Whether a file of `size` bytes that begins with `header` (HEADER bytes) is a telephone WAV
    with all the samples that its header tells of, and at least one."""
    if len(header) < HEADER or (header[:4], header[8:16], header[50:54]) != (b"RIFF", b"WAVEfmt ", b"data"):
        return False
    rate, length = _told(header)
    return rate > 0 and 0 < length <= size - HEADER <= length + 1


def _told(header: bytes) -> tuple[int, int]:
    """The rate and the number of samples that a header tells."""
    if len(header) < HEADER:
        raise ValueError("no telephone WAV: its header is cut off")
    (rate,), (length,) = struct.unpack_from("<I", header, _RATE_AT), struct.unpack_from("<I", header, _LENGTH_AT)
    return int(rate), int(length)
