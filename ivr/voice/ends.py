"""Keys that are heard at the ends of a recording: cut off, so that the silence before and after goes as well.

Whoever records one text after another by the keyboard presses a key as a recording begins and as it ends. A
microphone on the same table hears that as a knock, louder than soft speech and apart from it.
"""

from __future__ import annotations

import numpy as np

from ivr.voice.sound import Pcm, Samples
from ivr.voice.telephone import FRAME, TAIL, speech_frames

KNOCK = 0.09  # s: a key goes down and comes up in less; the shortest syllables last as long [own value]
APART = 0.25  # s of silence between a knock and speech: the stop before a final t or k is half as long [own value]


def without_keys(sound: Samples, loudest: Pcm) -> tuple[Samples, Pcm]:
    """The sound, and the loudest channel beside it, without a knock at either end."""
    start, end = _speech(sound)
    return Samples(sound.pcm[start:end], sound.rate), loudest[start:end]


def _speech(sound: Samples) -> tuple[int, int]:
    """From which sample to which there is more than a knock; all of it where nothing else is heard."""
    runs = runs_of(sound, APART)
    frame, longest = round(FRAME * sound.rate), round(KNOCK / FRAME)
    start, end = 0, len(sound.pcm)
    if len(runs) > 1 and runs[0][1] - runs[0][0] <= longest:
        start = (runs[0][1] + 1) * frame
        runs = runs[1:]
    if len(runs) > 1 and runs[-1][1] - runs[-1][0] <= longest:
        end = runs[-2][1] * frame + round(min(TAIL, APART / 2) * sound.rate)
    return start, min(end, len(sound.pcm))


def runs_of(sound: Samples, pause: float) -> list[tuple[int, int]]:
    """Where something is heard, in frames (FRAME) from the first to behind the last: one after another with at
    least `pause` seconds of silence between them."""
    loud = np.flatnonzero(speech_frames(sound))
    if not len(loud):
        return []
    gaps = np.flatnonzero(np.diff(loud) > round(pause / FRAME))
    starts, ends = np.concatenate(([0], gaps + 1)), np.concatenate((gaps, [len(loud) - 1]))
    return [(int(loud[first]), int(loud[last]) + 1) for first, last in zip(starts, ends, strict=True)]
