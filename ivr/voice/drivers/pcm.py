"""The part of a pyttsx3 driver that is the same for every engine giving samples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ivr.voice.sound import Samples, write_wav
from ivr.voice.voices import ENGINES

Synthesis = Callable[[str, str, float], Samples]
"""Text, voice and how many times as fast as the voice's own pace, to sound."""


class PcmDriver:
    """A driver that writes what its engine synthesises to a file.

    It has no loudspeaker: `say` fails, as an `error` event. Its `rate` is in the
    language's own unit, morae or words a minute. The file is 32-bit float WAV,
    as an engine may go beyond full scale.
    """

    def __init__(self, proxy: Any, engine: str, voice: str, synthesise: Synthesis) -> None:
        self._proxy = proxy
        self._synthesise = synthesise
        self._pace = ENGINES[engine].pace
        self._properties: dict[str, Any] = {"voice": voice, "rate": self._pace}

    def save_to_file(self, text: str, filename: str) -> None:
        """Synthesise and write; pyttsx3 turns an exception into an `error` event."""
        factor = self._properties["rate"] / self._pace
        write_wav(Path(filename), self._synthesise(text, self._properties["voice"], factor))
        self._proxy.notify("finished-utterance", completed=True)

    def say(self, text: str) -> None:
        """Not to be had."""
        raise NotImplementedError("this driver only saves to a file")

    def getProperty(self, name: str) -> Any:
        """The voice or the rate; KeyError for other properties."""
        return self._properties[name]

    def setProperty(self, name: str, value: Any) -> None:
        """Choose the voice or the rate; KeyError for other properties."""
        if name not in self._properties:
            raise KeyError(name)
        self._properties[name] = value

    def startLoop(self) -> None:
        """Do what is queued, and return: everything here is synchronous."""
        self._proxy.setBusy(False)

    def endLoop(self) -> None:
        """Nothing runs on."""

    def stop(self) -> None:
        """Nothing to stop."""

    def destroy(self) -> None:
        """Nothing to release."""
