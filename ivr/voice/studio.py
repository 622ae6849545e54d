"""One text at the caller's speeds, from one synthesis; one recording likewise."""

from __future__ import annotations

import atexit
from functools import cache, lru_cache

from ivr.line.pronunciation import Pace
from ivr.line.speeds import Speed
from ivr.voice.engines import LoadedVoice, SpeechFailed
from ivr.voice.sound import Samples
from ivr.voice.telephone import at_pace, ready
from ivr.voice.voices import Voice


def speech(voice: Voice, text: str, speed: Speed) -> Samples:
    """A text as 8 kHz sound at a speed. SpeechFailed when the engine gives no sound.

    A voice speaks all its texts by the same factor, so that it stays one person:
    the rate of the speed is met over the line as a whole, not by every prompt.
    """
    factor = voice.wanted.rate(speed) / voice.pace
    if factor >= voice.quick:
        return at_pace(_take(voice, text, factor), 1.0)
    return at_pace(_take(voice, text, 1.0), factor)


def recording(sound: Samples, pace: Pace, speed: Speed) -> Samples:
    """A person's recording as 8 kHz sound at a speed; normal is as it was recorded."""
    return at_pace(ready(sound), pace.relative(speed))


@lru_cache(maxsize=4)
def _take(voice: Voice, text: str, factor: float) -> Samples:
    take = ready(_speaker(voice).speak(text, factor))
    if not take.seconds:
        raise SpeechFailed(f"{voice.engine} said {text!r} in silence")
    return take


@cache
def _speaker(voice: Voice) -> LoadedVoice:
    return LoadedVoice(voice)


atexit.register(_speaker.cache_clear)  # they hold the engines
