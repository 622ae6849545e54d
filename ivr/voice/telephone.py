"""Speech made ready for the telephone: trimmed, even in loudness, at the caller's speed.

One synthesis, or one recording, gives the sound for all four speeds:

    take = ready(samples)
    wav = telephone_wav(at_pace(take, 1.5))

Loudness. The target is an active speech level of -19 dBm0, which RFC 7874
section 4 (after ITU-T G.115 and G.169) gives as a root mean square of 2600 for
16-bit samples, active speech only, measured above 300 Hz. It is the level that
networks expect of a talker, so prompts are as loud as the desks that callers
are joined to. It is measured over the active frames alone, so that a chunk of
one syllable and a passage with pauses come out even; loudness after ITU-R
BS.1770 cannot measure a chunk under 0.4 s.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ivr.voice.channel import in_band
from ivr.voice.sound import TELEPHONE_RATE, Pcm, Samples, resampled
from ivr.voice.stretch import stretched

TARGET_LEVEL = 2600 / 32767  # RFC 7874 section 4: root mean square of active speech
MARGIN_DB = 15.9  # dB below the active level that still counts as speech (ITU-T P.56)
CEILING = 0.89  # -1 dB of full scale: room for the carrier's own filters
STRETCH_RATE = 16_000  # Hz: twice the telephone's, so that waves are aligned to 1/16 ms

FRAME = 0.01  # s
QUIET_DB = 38.0  # dB below the loudest frame: what is quieter at the ends is no speech
SILENCE = 1e-4  # root mean square: under the finest step that mu-law carries
LEAD = 0.03  # s kept before speech: soft consonants begin below the threshold
TAIL = 0.08  # s kept after speech, so that chunks in a row sound like one voice
FADE = 0.005  # s: the ends begin and stop without a click


def ready(sound: Samples) -> Samples:
    """A take: trimmed, levelled, at 16 kHz; what all speeds are made from."""
    return levelled(trimmed(resampled(sound, STRETCH_RATE)))


def at_pace(take: Samples, factor: float) -> Samples:
    """A take `factor` times as fast, pitch kept, as 8 kHz sound that does not clip."""
    return limited(resampled(stretched(take, factor), TELEPHONE_RATE))


def trimmed(sound: Samples) -> Samples:
    """The sound without the silence around it, but for a short natural tail.

    Silence throughout comes back as no sound at all.
    """
    loud = np.flatnonzero(speech_frames(sound))
    if not len(loud):
        return Samples(sound.pcm[:0], sound.rate)
    frame = round(FRAME * sound.rate)
    start = loud[0] * frame - round(LEAD * sound.rate)
    end = (loud[-1] + 1) * frame + round(TAIL * sound.rate)
    return _faded(Samples(_window(sound.pcm, start, end), sound.rate))


def levelled(sound: Samples) -> Samples:
    """The sound with its active speech at the target level; silence stays as it is."""
    level = active_level(sound)
    if level == 0:
        return sound
    return Samples(np.asarray(sound.pcm * (TARGET_LEVEL / level), dtype=np.float32), sound.rate)


def active_level(sound: Samples) -> float:
    """Root mean square of the active speech in the telephone band, 1.0 at full scale.

    Active are the frames at most 15.9 dB below the level itself, the margin of
    ITU-T P.56; the level is found by starting from all frames and dropping the
    quiet ones until none is left to drop. 0.0 for silence.
    """
    power = np.square(_frame_levels(in_band(sound)))
    while len(power) and power.mean() > 0:
        active = power[power >= power.mean() * 10 ** (-MARGIN_DB / 10)]
        if len(active) == len(power):
            return float(np.sqrt(power.mean()))
        power = active
    return 0.0


def limited(sound: Samples) -> Samples:
    """The sound with peaks turned down to the ceiling, smoothly, never cut off."""
    if sound.peak <= CEILING:
        return sound
    reach = round(FRAME / 2 * sound.rate)
    gain = CEILING / np.maximum(np.abs(sound.pcm), CEILING)
    padded = np.pad(gain, 2 * reach, mode="edge")
    held = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(axis=1)
    smooth = np.convolve(held, np.ones(2 * reach + 1) / (2 * reach + 1), mode="valid")
    return Samples(np.asarray(sound.pcm * smooth, dtype=np.float32), sound.rate)


def speech_frames(sound: Samples) -> npt.NDArray[np.bool_]:
    """Of each frame (FRAME) whether something is heard in it."""
    levels = _frame_levels(sound)
    threshold = max(float(levels.max(initial=0.0)) * 10 ** (-QUIET_DB / 20), SILENCE)
    return np.asarray(levels > threshold)


def _frame_levels(sound: Samples) -> npt.NDArray[np.float64]:
    frame = round(FRAME * sound.rate)
    whole = np.pad(sound.pcm, (0, -len(sound.pcm) % frame)).reshape(-1, frame)
    return np.asarray(np.sqrt(np.mean(np.square(whole, dtype=np.float64), axis=1)))


def _window(pcm: Pcm, start: int, end: int) -> Pcm:
    """Samples `start` to `end`, with silence where the sound does not reach."""
    before, after = max(0, -start), max(0, end - len(pcm))
    return np.pad(pcm[max(0, start) : end], (before, after))


def _faded(sound: Samples) -> Samples:
    length = min(round(FADE * sound.rate), len(sound.pcm) // 2)
    ramp = np.linspace(0, 1, length, dtype=np.float32)
    pcm = sound.pcm.copy()
    pcm[:length] *= ramp
    pcm[len(pcm) - length :] *= ramp[::-1]
    return Samples(pcm, sound.rate)
