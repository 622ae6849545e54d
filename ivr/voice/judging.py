"""Whether a recording sounds like somebody who reads its text: doubts that a person has to settle.

Nothing here refuses a recording: a whisper, a rough voice or a slow reader may be right, so whoever
made it listens and confirms. Three questions are asked of the sound, trimmed and at 16 kHz:

- Does it last about as long as its words? See LEAST and MOST.
- Is there a voice in it? Voices are periodic at 70 to 400 Hz in most of their sound, change in
  loudness from syllable to syllable, and in pitch. Of frames of 40 ms the share that repeats itself
  (autocorrelation over 0.7) is 54 to 97 % in the line's own voices and "she sells seashells", 0 % in white and
  pink noise, in wind, in a hum of the mains and in a chord; their loudness spreads by 5 to 12 dB and their pitch by 3
  to 5 semitones, that of tones, beeps and clicks by at most 2 dB, that of a rumble by 0.1 semitones.
- Is there much noise around it? Between its loudest and its quietest tenth lie 35 to 67 dB in the
  line's own voices, 24 dB with noise 20 dB below them, 19 with 15 dB, 14 with 10 dB.

All thresholds are [own values], set between those figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ivr.voice.sound import Samples

    Numbers = npt.NDArray[np.float64]

LEAST = 0.6  # of the time that a text takes at normal pace: 550 morae a minute (R7), a hurried announcer's
MOST = 1.7  # of that time: 190 morae a minute, slower than the line's slow speed
REST = 1.5  # s more: a pause to breathe, of which short texts have as many as long ones

FRAME, STEP = 0.04, 0.01  # s: three periods of a deep voice, four looks into each
LOWEST, HIGHEST = 70, 400  # Hz: a deep man's voice, a child's
ACTIVE_DB = 30.0  # dB below the loudest frame: pauses are left out
PERIODIC = 0.7  # correlation of a frame with itself a period later
AS_GOOD = 0.05  # of correlation: so much less is still the same fit
VOICED = 0.15  # of the active frames
LIVELY_DB = 2.5  # dB: how much the active frames' loudness spreads
MELODY = 0.3  # semitones: how much the pitch spreads
LONG_ENOUGH = 1.0  # s: shorter sounds may be one vowel, steady and without a pause
CLEAR_DB = 17.0  # dB between the loudest and the quietest tenth


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a recording may not be right. `message` is a sentence in English that serves as the id of its
    translations; `facts` fill the places in it."""

    message: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is made out in a sound: how many seconds it lasts, whether a voice is in it, and whether
    much noise is around that."""

    seconds: float
    voice: bool
    noisy: bool


def judged(sound: Samples) -> Judged:
    """A recording, heard."""
    import numpy as np

    from ivr.voice.sound import resampled
    from ivr.voice.telephone import STRETCH_RATE, trimmed

    heard = trimmed(resampled(sound, STRETCH_RATE))
    frames = _frames(heard)
    if not len(frames):
        return Judged(heard.seconds, voice=False, noisy=False)
    loudness = 20 * np.log10(np.sqrt(np.mean(frames**2, axis=1)) + 1e-9)
    active = loudness > loudness.max() - ACTIVE_DB
    correlation, pitch = _periods(frames[active], heard.rate)
    voiced = correlation > PERIODIC
    long = heard.seconds >= LONG_ENOUGH
    steady = long and float(loudness[active].std()) < LIVELY_DB
    flat = long and int(voiced.sum()) > 1 and float(np.std(12 * np.log2(pitch[voiced]))) < MELODY
    clear = float(np.subtract(*np.percentile(loudness, (95, 10)))) >= CLEAR_DB
    voice = float(voiced.mean()) >= VOICED and not steady and not flat
    return Judged(heard.seconds, voice, noisy=long and not clear)


def doubts(heard: Judged, expected: float) -> tuple[Doubt, ...]:
    """What makes one doubt that this is somebody who reads a text of about `expected` seconds."""
    return (*_of_length(heard.seconds, expected), *_of_voice(heard))


def _of_length(seconds: float, expected: float) -> Iterator[Doubt]:
    facts = {"seconds": f"{seconds:.1f}", "expected": f"{expected:.1f}"}
    if seconds < LEAST * expected:
        yield Doubt(
            "The recording lasts %(seconds)s seconds, but the text takes about %(expected)s. "
            "The end seems to be missing, or this is another text.",
            facts,
        )
    if seconds > MOST * expected + REST:
        yield Doubt(
            "The recording lasts %(seconds)s seconds, but the text takes only about %(expected)s. "
            "There seems to be more in it than this text.",
            facts,
        )


def _of_voice(heard: Judged) -> Iterator[Doubt]:
    if not heard.voice:
        yield Doubt("No voice was heard in the recording, only a noise or a tone.", {})
    elif heard.noisy:
        yield Doubt("There is much noise in the recording. Callers on a telephone may not understand it.", {})


def _frames(sound: Samples) -> Numbers:
    """The sound in frames that overlap, each without its offset."""
    import numpy as np

    width, step = round(FRAME * sound.rate), round(STEP * sound.rate)
    if len(sound.pcm) < width:
        return np.empty((0, width))
    frames = np.lib.stride_tricks.sliding_window_view(sound.pcm.astype(np.float64), width)[::step]
    return np.asarray(frames - frames.mean(axis=1, keepdims=True))


def _periods(frames: Numbers, rate: int) -> tuple[Numbers, Numbers]:
    """How well each frame repeats itself at its best period within a voice's range (1.0: exactly), and
    the pitch that this is, in Hz."""
    import numpy as np

    width = frames.shape[1]
    lags = np.arange(rate // HIGHEST, rate // LOWEST + 1)
    spectrum = np.abs(np.fft.rfft(frames, 2 * width)) ** 2
    products = np.fft.irfft(spectrum)[:, lags]
    energy = np.cumsum(frames**2, axis=1)
    before, after = energy[:, width - 1 - lags], energy[:, -1:] - energy[:, lags - 1]
    correlation = products / np.sqrt(np.maximum(before * after, 1e-12))
    best = correlation.max(axis=1)
    first = (correlation >= best[:, None] - AS_GOOD).argmax(axis=1)  # two or three periods fit as well as one
    return best, rate / lags[first]
