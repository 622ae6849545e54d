"""The line's audio: where the sound of a chunk is, if it has been made.

A webhook asks this; it looks into a folder and loads no engine.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ivr.line.chunks import all_chunks
from ivr.line.dates import DAY
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.line.words import Chunk
from ivr.voice.readings import speakable
from ivr.voice.render import Item
from ivr.voice.store import Store, address
from ivr.voice.voices import Choice, NoVoice, voice_for

PREFIX = "/audio/"


@dataclass(frozen=True, slots=True)
class Said:
    """What a sound says."""

    language: str
    chunk: Chunk


@dataclass(frozen=True)
class Audio:
    """The audio of a line, made by the voices of `choice` and kept in `store`."""

    store: Store
    choice: Choice
    _made: set[str] = field(default_factory=set, compare=False)

    def url(self, language: str, chunk: Chunk, speed: Speed) -> str | None:
        """The address of a chunk's sound; None where there is none (yet)."""
        at = self.address(language, chunk, speed)
        return f"{PREFIX}{at}.wav" if at and self._has(at) else None

    def seconds(self, language: str, chunk: Chunk, speed: Speed) -> float | None:
        """How long a chunk's sound is; None where there is none."""
        at = self.address(language, chunk, speed)
        return self.store.seconds(at) if at and self._has(at) else None

    def seconds_of(self, url: str) -> float | None:
        """How long the sound of the store at an address is; None where there is none."""
        at = url.removeprefix(PREFIX).removesuffix(".wav")
        return self.store.seconds(at) if at.isalnum() and self._has(at) else None

    def address(self, language: str, chunk: Chunk, speed: Speed) -> str | None:
        """Where the chunk's sound is kept once it is made; None where no voice speaks it."""
        try:
            voice = voice_for(language, self.choice)
        except NoVoice:
            return None
        return address(voice, speakable(language, chunk.spans), speed)

    def item(self, language: str, chunk: Chunk, speed: Speed) -> Item:
        """What a renderer is asked for, to make the chunk's sound."""
        return Item(language, speakable(language, chunk.spans), speed)

    def catalogue(self, line: Line) -> dict[str, Said]:
        """What each sound of a line says, by its URL."""
        return {
            f"{PREFIX}{at}.wav": Said(language.code, chunk)
            for language in line.languages.values()
            for chunk in all_chunks(line, language)
            for speed in Speed
            if (at := self.address(language.code, chunk, speed))
        }

    def _has(self, at: str) -> bool:
        if at not in self._made and self.store.has(at):
            self._made.add(at)  # audio is never unmade
        return at in self._made


def items(line: Line, languages: Iterable[str], speeds: Iterable[Speed]) -> Iterator[Item]:
    """Everything that a line can say, to be rendered: most heard speed first, and of each the
    days of the year last, since few of them are needed soon."""
    for speed in speeds:
        chunks = [(code, chunk) for code in languages for chunk in all_chunks(line, line.languages[code])]
        for code, chunk in sorted(chunks, key=lambda found: found[1].key.startswith(DAY)):
            yield Item(code, speakable(code, chunk.spans), speed)
