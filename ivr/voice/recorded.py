"""People's recordings in calls: where the sound of a chunk is that somebody has read.

A recording is part of an edition: `find` tells the address of the take that says exactly a
chunk's words there, `read` brings the take. What is missing or damaged is not there, so that
its words are spoken instead.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf

from ivr.line.chunks import all_chunks
from ivr.line.pronunciation import Pronunciation
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.line.words import Chunk, Part
from ivr.voice import mulaw, takes
from ivr.voice.source import Said, url_of

Find = Callable[[str, str, Chunk], str | None]
"""Of an edition, a language and a chunk: the address of the take; None where there is none."""

LOOK_AGAIN = 2.0
"""Seconds after which a take that could not be had is looked for again: the database may have it by then
[own value]."""

MOST_KNOWN = 10_000
"""Takes of which is known whether they are whole [own value]: those of some ten editions that are all recorded."""

_NAME = re.compile(rf"([0-9a-f]{{64}})-({'|'.join(Speed)})")


def take_name(at: str, speed: Speed) -> str:
    """What the sound of the take at an address is called at a speed."""
    return f"{at}-{speed}"


def url(at: str, speed: Speed) -> str:
    """The address of the sound of a take at a speed."""
    return url_of(take_name(at, speed))


@dataclass(frozen=True, slots=True)
class _Known:
    """Whether a take is whole, as long as its mark is this and until a time on the clock."""

    mark: object
    whole: bool
    until: float


@dataclass(frozen=True)
class Recorded:
    """All recordings. `clock` counts seconds."""

    find: Find
    read: Callable[[str], bytes | None]
    mark: Callable[[str], object] = field(default=lambda _at: True)
    """Changes where the take at an address may be gone; None where that is to be seen by reading."""
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, _Known] = field(default_factory=dict, compare=False)

    def name(self, edition: str, spoken: Pronunciation, part: Part, speed: Speed) -> str | None:
        """What a chunk's recording is called; None where its words are spoken."""
        at = self.find(edition, spoken.code, part) if isinstance(part, Chunk) else None
        return take_name(at, speed) if at and self._is_whole(at) else None

    def expects(self, edition: str, spoken: Pronunciation, part: Part, _speed: Speed) -> bool:
        """Whether somebody has read a chunk."""
        return isinstance(part, Chunk) and self.find(edition, spoken.code, part) is not None

    def stands(self, called: str) -> bool:
        """Whether the take of a name is there, and whole."""
        found = _NAME.fullmatch(called)
        return found is not None and self._is_whole(found.group(1))

    def wav(self, called: str) -> bytes | None:
        """The sound of a name, as telephone audio; None where there is none."""
        found = _NAME.fullmatch(called)
        take = self.read(found.group(1)) if found else None
        return takes.sound(take, Speed(found.group(2))) if found and take else None

    def seconds_of(self, called: str) -> float | None:
        """How long the sound of a name is; None where there is none."""
        sound = self.wav(called)
        return mulaw.seconds(sound) if sound else None

    def catalogue(self, line: Line) -> dict[str, Said]:
        """What each recording of a line says, by its name."""
        return {
            take_name(at, speed): Said(language, chunk) for language, chunk, at in self._all(line) for speed in Speed
        }

    def _all(self, line: Line) -> Iterator[tuple[str, Chunk, str]]:
        for language in line.languages.values():
            for chunk in all_chunks(line, language):
                if at := self.find(line.edition, language.code, chunk):
                    yield language.code, chunk, at

    def _is_whole(self, at: str) -> bool:
        """Whether the take is there and whole: read once, and again where its file was touched."""
        mark, known = self.mark(at), self._known.get(at)
        if mark is not None and known and known.mark == mark and self.clock() < known.until:
            return known.whole
        return self._look(at)

    def _look(self, at: str) -> bool:
        """The same by reading it. Its address names its bytes, so that what was read stays whole, or damaged, for
        ever; what could not be read may be somewhere else."""
        take = self.read(at)
        whole = take is not None and all(takes.sound(take, speed) for speed in Speed)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[at] = _Known(self.mark(at), whole, self.clock() + LOOK_AGAIN if take is None else inf)
        return whole
