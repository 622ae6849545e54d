"""English: hibari-tts with the voice heart, the one that its package carries."""

from __future__ import annotations

from typing import Any

import numpy as np

from ivr.voice.drivers.pcm import PcmDriver
from ivr.voice.sound import Samples

_SEED = 0  # the breath in the voice is noise: with a seed, the same text gives the same sound


def buildDriver(proxy: Any) -> PcmDriver:
    """What pyttsx3 calls for a driver."""
    from hibari import Hibari

    engine = Hibari(voice="heart")

    def synthesise(text: str, _voice: str, factor: float) -> Samples:
        pcm = engine(text, speed=factor, seed=_SEED)
        return Samples(np.asarray(pcm, dtype=np.float32), engine.sample_rate)

    return PcmDriver(proxy, "hibari", "heart", synthesise)
