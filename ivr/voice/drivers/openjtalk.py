"""Japanese: Open JTalk (pyopenjtalk-plus) with the voice mei.

The voice is CC BY 3.0, Department of Computer Science, Nagoya Institute of Technology.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ivr.voice.drivers.pcm import PcmDriver
from ivr.voice.sound import Samples

_FULL_SCALE = 32_768  # the engine's samples are 16-bit values, and go beyond them


def buildDriver(proxy: Any) -> PcmDriver:
    """What pyttsx3 calls for a driver."""
    return PcmDriver(proxy, "openjtalk", "mei", _synthesise)


def _synthesise(text: str, _voice: str, factor: float) -> Samples:
    import pyopenjtalk

    pcm, rate = pyopenjtalk.tts(text, speed=factor)
    return Samples(np.asarray(pcm / _FULL_SCALE, dtype=np.float32), int(rate))
