"""A telephone channel, to hear a prompt as a caller does."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt

from ivr.voice.sound import TELEPHONE_RATE, Pcm, Samples, read_wav, resampled, telephone_wav

LOW, HIGH = 300.0, 3_400.0  # Hz: the telephone band (ITU-T G.712)
EDGE = 60.0  # Hz: how far beyond the band a sound fades out


def over_the_telephone(sound: Samples, noise_db: float | None = None) -> Samples:
    """The sound after a telephone: 300-3400 Hz, 8 kHz, mu-law.

    `noise_db` adds white noise in the band, that many dB below the speech
    (root mean square over the whole sound). The noise is the same every time.
    """
    narrow = in_band(resampled(sound, TELEPHONE_RATE))
    if noise_db is not None:
        narrow = with_noise(narrow, noise_db)
    return read_wav(io.BytesIO(telephone_wav(narrow)))


def in_band(sound: Samples) -> Samples:
    """The part of a sound between 300 and 3400 Hz."""
    if not len(sound.pcm):
        return sound
    spectrum = np.fft.rfft(sound.pcm)
    frequency = np.fft.rfftfreq(len(sound.pcm), 1 / sound.rate)
    rise = np.clip((frequency - LOW + EDGE) / EDGE, 0, 1)
    fall = np.clip((HIGH + EDGE - frequency) / EDGE, 0, 1)
    return Samples(_back(spectrum * rise * fall, len(sound.pcm)), sound.rate)


def with_noise(sound: Samples, noise_db: float) -> Samples:
    """The sound with band noise `noise_db` dB below it."""
    noise = np.random.default_rng(0).standard_normal(len(sound.pcm)).astype(np.float32)
    band = in_band(Samples(noise, sound.rate)).pcm
    level = _rms(sound.pcm) / _rms(band) * 10 ** (-noise_db / 20)
    return Samples(np.asarray(sound.pcm + band * level, dtype=np.float32), sound.rate)


def _back(spectrum: npt.NDArray[np.complex128], length: int) -> Pcm:
    return np.fft.irfft(spectrum, length).astype(np.float32)


def _rms(pcm: Pcm) -> float:
    return float(np.sqrt(np.mean(np.square(pcm))))
