"""Pauses between sounds: so many milliseconds of silence, made when they are asked for."""

import re
import struct

LONGEST = 10_000
"""Milliseconds: no pause of a line is longer, and nobody can ask for more [own value]."""

NAME = re.compile(r"silence-([0-9]{1,5})")
"""How a pause is called in addresses."""


def name(milliseconds: int) -> str:
    """What so much silence is called."""
    return f"silence-{milliseconds}"


def seconds(called: str) -> float | None:
    """How long the silence of a name is; None where it is no name of one, or too long."""
    found = NAME.fullmatch(called)
    return int(found.group(1)) / 1000 if found and int(found.group(1)) <= LONGEST else None


def wav(called: str) -> bytes | None:
    """The silence of a name as telephone audio: 8 kHz mono mu-law, where silence is 0xFF (G.711).
    None where it is no name of one, or too long."""
    length = seconds(called)
    return None if length is None else _wav(b"\xff" * round(8000 * length))


def _wav(samples: bytes) -> bytes:
    form = struct.pack("<HHIIHHH", 7, 1, 8000, 8000, 1, 8, 0)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form
    chunks += b"fact" + struct.pack("<II", 4, len(samples))
    chunks += b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
