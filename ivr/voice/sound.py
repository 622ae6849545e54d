"""Mono sound in memory, and as WAV files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

Pcm = npt.NDArray[np.float32]

TELEPHONE_RATE = 8_000  # Hz, ITU-T G.711: what every telephone network carries


@dataclass(frozen=True, eq=False)
class Samples:
    """Mono sound: `pcm` is float32, full scale at -1 and 1; `rate` is in Hz."""

    pcm: Pcm
    rate: int

    @property
    def seconds(self) -> float:
        """How long the sound lasts, in seconds."""
        return len(self.pcm) / self.rate

    @property
    def peak(self) -> float:
        """The largest absolute sample; 0.0 when there is none."""
        return float(np.max(np.abs(self.pcm), initial=0.0))


def read_wav(source: Path | BinaryIO) -> Samples:
    """Sound from a WAV file of any encoding; several channels are averaged.

    Raises `soundfile.LibsndfileError` when it is not a sound file.
    """
    import soundfile

    pcm, rate = soundfile.read(source, dtype="float32", always_2d=True)
    return Samples(np.asarray(pcm.mean(axis=1), dtype=np.float32), int(rate))


def write_wav(target: Path | BinaryIO, sound: Samples) -> None:
    """Write 32-bit float WAV, which cannot clip."""
    import soundfile

    soundfile.write(target, sound.pcm, sound.rate, format="WAV", subtype="FLOAT")


def telephone_wav(sound: Samples) -> bytes:
    """The sound as an 8 kHz mono mu-law WAV file (G.711), as telephones carry it."""
    import soundfile

    file = io.BytesIO()
    pcm = resampled(sound, TELEPHONE_RATE).pcm
    soundfile.write(file, pcm, TELEPHONE_RATE, format="WAV", subtype="ULAW")
    return file.getvalue()


def resampled(sound: Samples, rate: int) -> Samples:
    """The same sound at another rate, in Hz, band-limited."""
    import soxr

    if sound.rate == rate:
        return sound
    pcm = soxr.resample(sound.pcm, sound.rate, rate)
    return Samples(np.asarray(pcm, dtype=np.float32), rate)


def joined(sounds: Sequence[Samples]) -> Samples:
    """One sound after another, with nothing between. All have one rate."""
    return Samples(np.concatenate([sound.pcm for sound in sounds]), sounds[0].rate)


def silence(seconds: float, rate: int) -> Samples:
    """Digital silence."""
    return Samples(np.zeros(round(seconds * rate), dtype=np.float32), rate)
