"""Somebody who reads many texts one after another into one file."""

import io
from collections.abc import Iterable
from typing import Any

import numpy as np
import soundfile

from ivr.voice.sound import resampled
from tests.support.voices import reading

RATE = 24_000  # Hz
ROOM = 0.002  # of full scale: the hiss of a quiet room


def long_recording(texts: Iterable[str], pause: float = 2.0, kind: str = "FLAC") -> bytes:
    """These words, with so many seconds between them, in a room that is not quite silent."""
    parts: list[np.ndarray[Any, np.dtype[Any]]] = [np.zeros(RATE)]
    for words in texts:
        parts += [resampled(reading(words), RATE).pcm * 0.5, np.zeros(round(pause * RATE))]
    wave = np.concatenate(parts)
    hiss = np.random.default_rng(1).normal(0, ROOM, len(wave))
    file = io.BytesIO()
    soundfile.write(file, wave + hiss, RATE, format=kind)
    return file.getvalue()
