"""People's voices for tests: words read aloud by the line's own voice, as a telephone or a
microphone would bring them."""

import io
import random
import struct
from functools import cache

from ivr.line.speeds import Speed
from ivr.voice.sound import Samples, resampled, silence, telephone_wav
from ivr.voice.studio import speech
from ivr.voice.voices import DEFAULT_CHOICE, voice_for
from tests.support.languages import pronunciation

WAV = telephone_wav(silence(1.25, 8000))

DAMAGES = {
    "empty": b"",
    "zeroed": bytes(len(WAV)),
    "cut off": WAV[: len(WAV) // 2],
    "only a header": WAV[:58],
    "longer": WAV + bytes(99),
    "something else": b"RIFF????WAVEfmt no" + bytes(9999),
    "of no rate": WAV[:28] + bytes(4) + WAV[32:],
    "of no length": WAV[:54] + bytes(4),
}
"""What a disk may make of it."""


@cache
def reading(words: str, language: str = "ja") -> Samples:
    """The words read aloud, at 8 kHz."""
    return speech(voice_for(pronunciation(language), DEFAULT_CHOICE), words, Speed.NORMAL)


def telephone_recording(words: str, language: str = "ja") -> bytes:
    """A recording as the carrier keeps it: a WAV file of 8 kHz."""
    return telephone_wav(reading(words, language))


def microphone_recording(words: str, language: str = "ja", kind: str = "WAV") -> bytes:
    """A recording as a computer makes it: 48 kHz, in a file of a kind that soundfile writes."""
    import soundfile

    sound = resampled(reading(words, language), 48_000)
    file = io.BytesIO()
    soundfile.write(file, sound.pcm * 0.8, sound.rate, format=kind)
    return file.getvalue()


@cache
def noise() -> bytes:
    """A minute of a recording that is all noise (WAV, 5.8 MB)."""
    frames = random.Random(1).randbytes(2 * 48_000 * 60)
    riff = struct.pack("<4sI4s", b"RIFF", 36 + len(frames), b"WAVE")
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 48_000, 96_000, 2, 16)
    return riff + form + struct.pack("<4sI", b"data", len(frames)) + frames
