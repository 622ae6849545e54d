"""Speaking with any local voice through one interface, pyttsx3's.

A speaker loads its engine. Make speakers only in processes that render.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import Any

from ivr.line.pronunciation import Pronunciation
from ivr.voice import drivers
from ivr.voice.sound import Samples, read_wav
from ivr.voice.voices import DEFAULT_CHOICE, ENGINES, Choice, Voice, voice_for


class SpeechFailed(Exception):
    """An engine could not be loaded, or gave no sound for a text. The message says which."""


class LoadedVoice:
    """A voice, loaded and ready."""

    def __init__(self, voice: Voice) -> None:
        """Load the engine, once a process. SpeechFailed when it cannot be."""
        self.voice = voice
        try:
            self._engine = _engine(voice.engine)
        except Exception as error:  # whatever an engine's own code raises
            raise SpeechFailed(f"{voice.engine} cannot be loaded: {error}") from error

    @classmethod
    def for_language(cls, spoken: Pronunciation, choice: Choice = DEFAULT_CHOICE) -> LoadedVoice:
        """A speaker with the best voice installed; NoVoice when there is none."""
        return cls(voice_for(spoken, choice))

    def speak(self, text: str, factor: float = 1.0) -> Samples:
        """The sound of a text, `factor` times as fast as the voice's own pace.

        SpeechFailed when the engine gives none.
        """
        with _one_at_a_time, tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "speech.wav"
            errors = self._write(text, round(ENGINES[self.voice.engine].pace * factor), file)
            sound = read_wav(file) if file.exists() else None
        if errors or sound is None or not sound.peak:
            raise SpeechFailed(f"{self.voice.engine} could not say {text!r}: {'; '.join(errors) or 'no sound'}")
        return sound

    def _write(self, text: str, rate: int, file: Path) -> list[str]:
        """Write the speech of a text to a file; the engine's errors, if any."""
        errors: list[str] = []
        token = self._engine.connect("error", lambda **event: errors.append(str(event["exception"])))
        with contextlib.redirect_stdout(io.StringIO()):  # the espeak driver prints on success
            self._engine.setProperty("voice", self.voice.name)
            self._engine.setProperty("rate", rate)
            self._engine.save_to_file(text, str(file))
            # not runAndWait: with espeak it returns before the speech is made
            self._engine.startLoop()
            self._engine.endLoop()
        self._engine.disconnect(token)
        return errors


_one_at_a_time = threading.Lock()  # espeak has one state a process; two threads crash it


@cache
def _engine(name: str) -> Any:
    """The pyttsx3 engine, one for the process: a second espeak takes the first one's sound."""
    drivers.register(name)
    from pyttsx3.engine import Engine

    return Engine(name)


atexit.register(_engine.cache_clear)  # while pyttsx3 still has its modules: its __del__ needs them
