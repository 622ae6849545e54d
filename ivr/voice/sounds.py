"""Where the sound of anything is that a line says: a person's recording if there is one of
exactly these words, else the line's own voice, else nothing, and the carrier speaks the words.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.line.words import Break, Chunk, Part
from ivr.voice import silence
from ivr.voice.audio import PREFIX, Audio, Said
from ivr.voice.recorded import Recorded


@dataclass(frozen=True)
class Sounds:
    """All sounds of all editions."""

    audio: Audio
    recorded: Recorded

    def url(self, edition: str, language: str, chunk: Chunk, speed: Speed) -> str | None:
        """The address of a chunk's sound in an edition; None where there is none (yet)."""
        return self.recorded.url(edition, language, chunk, speed) or self.audio.url(language, chunk, speed)

    def play(self, edition: str, own_voice: bool) -> Callable[[str, Part, Speed], str | None]:
        """The addresses that a call on this edition plays: recordings, and with `own_voice`
        everything that the line can say itself."""

        def find(language: str, part: Part, speed: Speed) -> str | None:
            if isinstance(part, Break):
                return f"{PREFIX}{silence.name(part.milliseconds)}.wav"
            if own_voice:
                return self.url(edition, language, part, speed)
            return self.recorded.url(edition, language, part, speed)

        return find

    def seconds(self, edition: str, language: str, chunk: Chunk, speed: Speed) -> float | None:
        """How long a chunk's sound is; None where there is none."""
        recorded = self.recorded.seconds(edition, language, chunk, speed)
        return self.audio.seconds(language, chunk, speed) if recorded is None else recorded

    def seconds_of(self, url: str) -> float | None:
        """How long the sound at an address is; None where there is none."""
        if pause := silence.seconds(_name(url)):
            return pause
        recorded = self.recorded.seconds_of(_name(url))
        return self.audio.seconds_of(url) if recorded is None else recorded

    def wav(self, url: str) -> bytes | None:
        """The sound at an address; None where there is none."""
        name = _name(url)
        return silence.wav(name) or self.recorded.wav(name) or self.audio.wav(name)

    def catalogue(self, line: Line) -> dict[str, Said]:
        """What each sound of a line says, by its address."""
        return self.audio.catalogue(line) | self.recorded.catalogue(line)


def _name(url: str) -> str:
    return url.removeprefix(PREFIX).removesuffix(".wav")
