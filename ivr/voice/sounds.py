"""Where the sound of anything is that a line says: a person's recording if there is one of
exactly these words, else the line's own voice, else nothing, and the carrier speaks the words.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from ivr.line.pronunciation import Pronunciation
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.line.words import Chunk, Part
from ivr.voice.audio import Audio
from ivr.voice.recorded import Recorded
from ivr.voice.silence import Silence
from ivr.voice.source import Said, SoundSource, name_of, url_of

_T = TypeVar("_T")


@dataclass(frozen=True)
class Sounds:
    """All sounds of all editions."""

    audio: Audio
    recorded: Recorded

    def url(self, edition: str, spoken: Pronunciation, part: Part, speed: Speed, own_voice: bool = True) -> str | None:
        """The address of a part's sound in an edition, with `own_voice` that of the line too; None
        where there is none (yet)."""
        name = _first(source.name(edition, spoken, part, speed) for source in self._sources(own_voice))
        return None if name is None else url_of(name)

    def play(self, line: Line, own_voice: bool) -> "Played":
        """The addresses that a call on this line plays: recordings, and with `own_voice`
        everything that the line can say itself."""
        return Played(line, self._sources(own_voice))

    def stand(self, names: Iterable[str]) -> bool:
        """Whether the sounds of all these names are there now."""
        return all(any(source.stands(name) for source in self._sources()) for name in names)

    def seconds(self, edition: str, spoken: Pronunciation, chunk: Chunk, speed: Speed) -> float | None:
        """How long a chunk's sound is; None where there is none."""
        url = self.url(edition, spoken, chunk, speed)
        return None if url is None else self.seconds_of(url)

    def seconds_of(self, url: str) -> float | None:
        """How long the sound at an address, or of a name, is; None where there is none."""
        return _first(source.seconds_of(name_of(url)) for source in self._sources())

    def wav(self, url: str) -> bytes | None:
        """The sound at an address, or of a name; None where there is none."""
        return _first(source.wav(name_of(url)) for source in self._sources())

    def catalogue(self, line: Line) -> dict[str, Said]:
        """What each sound of a line says, by its address."""
        return {url_of(name): said for source in self._sources() for name, said in source.catalogue(line).items()}

    def _sources(self, own_voice: bool = True) -> tuple[SoundSource, ...]:
        """In the order in which they are asked."""
        others = (Silence(), self.recorded)
        return (*others, self.audio) if own_voice else others


@dataclass
class Played:
    """The addresses of the sounds of one document. `names` are those that it plays; `missing`: one ought to be
    there that is not, so that the document will be another once it is."""

    line: Line
    sources: tuple[SoundSource, ...]
    names: set[str] = field(default_factory=set)
    missing: bool = False

    def __call__(self, language: str, part: Part, speed: Speed) -> str | None:
        """The address of a part's sound; None where there is none (yet)."""
        of = (self.line.edition, self.line.languages[language].pronunciation, part, speed)
        for source in self.sources:
            if (name := source.name(*of)) is not None:
                self.names.add(name)
                return url_of(name)
            self.missing = self.missing or source.expects(*of)
        return None


def _first(found: Iterator[_T | None]) -> _T | None:
    """The first that there is."""
    return next((each for each in found if each is not None), None)
