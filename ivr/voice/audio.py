"""The line's audio: where the sound of a chunk is, if it has been made.

A webhook asks this; it looks into a folder and loads no engine.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from threading import Lock

from cachetools import LRUCache, cachedmethod

from ivr.line.chunks import all_chunks
from ivr.line.dates import DAY
from ivr.line.pronunciation import Pronunciation
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.line.words import Chunk, Part
from ivr.voice.render import Item
from ivr.voice.source import Said, url_of
from ivr.voice.speakable import speakable
from ivr.voice.store import ADDRESS, Mark, Store, address
from ivr.voice.voices import Choice, NoVoice, Voice, voice_for

Mend = Callable[[Sequence[Item], bool], None]
"""What is told of sounds that were there and are gone or damaged, so that they are made again;
and whether somebody waits for it."""


_ADDRESSES = 32_768
"""Chunks at a speed whose addresses are known by heart: of two languages there are about 5,200 [own value]."""


@dataclass(frozen=True)
class Audio:
    """The audio of a line, made by the voices of `choice` and kept in `store`."""

    store: Store
    choice: Choice
    mend: Mend = field(default=lambda _items, _wait: None, compare=False)
    _made: dict[str, Mark] = field(default_factory=dict, compare=False)
    _given: dict[str, Item] = field(default_factory=dict, compare=False)  # whose addresses were given away
    _lost: set[str] = field(default_factory=set, compare=False)  # were there, and are to be made again
    _mending: Lock = field(default_factory=Lock, compare=False)
    _addresses: LRUCache[tuple[Pronunciation, Chunk, Speed], str | None] = field(
        default_factory=lambda: LRUCache(_ADDRESSES), compare=False
    )
    _addressing: Lock = field(default_factory=Lock, compare=False)
    _voices: dict[Pronunciation, Voice] = field(default_factory=dict, compare=False)

    def url(self, spoken: Pronunciation, chunk: Chunk, speed: Speed) -> str | None:
        """The address of a chunk's sound; None where there is none (yet)."""
        name = self.name("", spoken, chunk, speed)
        return None if name is None else url_of(name)

    def name(self, _edition: str, spoken: Pronunciation, part: Part, speed: Speed) -> str | None:
        """What the sound of a chunk is called: its address in the store. The same words sound alike in
        all editions. Whoever has it may come for it at any time (see `wav`)."""
        return self._name(spoken, part, speed) if isinstance(part, Chunk) else None

    def expects(self, _edition: str, spoken: Pronunciation, part: Part, speed: Speed) -> bool:
        """Whether some voice speaks a chunk."""
        return isinstance(part, Chunk) and self.address(spoken, part, speed) is not None

    def stands(self, at: str) -> bool:
        """Whether the sound at an address is there, and whole."""
        return self._has(at)

    def _name(self, spoken: Pronunciation, chunk: Chunk, speed: Speed) -> str | None:
        at = self.address(spoken, chunk, speed)
        if at is None:
            return None
        if self._has(at):
            if at not in self._given:
                self._given[at] = self.item(spoken, chunk, speed)
            return at
        if at in self._lost:
            self._lost.discard(at)
            self.mend([self.item(spoken, chunk, each) for each in Speed], False)
        return None

    def wav(self, at: str) -> bytes | None:
        """The sound at an address; None where there is none. One that was given away and is gone
        is made while the carrier waits: its caller would hear nothing, or lose the call."""
        if self._has(at):
            return self.store.wav(at)
        item = self._given.get(at)
        if item is None or not self._mending.acquire(blocking=False):
            return None
        try:
            self.mend([item], True)
        finally:
            self._mending.release()
        return self.store.wav(at)

    def seconds(self, spoken: Pronunciation, chunk: Chunk, speed: Speed) -> float | None:
        """How long a chunk's sound is; None where there is none."""
        at = self.address(spoken, chunk, speed)
        return self._seconds(at) if at else None

    def seconds_of(self, at: str) -> float | None:
        """How long the sound at an address of the store is; None where there is none."""
        return self._seconds(at) if ADDRESS.fullmatch(at) else None

    @cachedmethod(attrgetter("_addresses"), key=lambda _self, *of: of, lock=attrgetter("_addressing"))
    def address(self, spoken: Pronunciation, chunk: Chunk, speed: Speed) -> str | None:
        """Where the chunk's sound is kept once it is made; None where no voice speaks it."""
        try:
            voice = self._voice(spoken)
        except NoVoice:
            return None
        return address(voice, speakable(chunk.spans, spoken.letter_for_letter), speed)

    def _voice(self, spoken: Pronunciation) -> Voice:
        """The voice of a language, looked for once: to ask whether its engine is installed reads folders."""
        if spoken not in self._voices:
            self._voices[spoken] = voice_for(spoken, self.choice)
        return self._voices[spoken]

    def item(self, spoken: Pronunciation, chunk: Chunk, speed: Speed) -> Item:
        """What a renderer is asked for, to make the chunk's sound."""
        return Item(spoken, speakable(chunk.spans, spoken.letter_for_letter), speed)

    def catalogue(self, line: Line) -> dict[str, Said]:
        """What each sound of a line says, by its address in the store."""
        return {
            at: Said(language.code, chunk)
            for language in line.languages.values()
            for chunk in all_chunks(line, language)
            for speed in Speed
            if (at := self.address(language.pronunciation, chunk, speed))
        }

    def _has(self, at: str) -> bool:
        """Whether the sound is there and whole: looked into once, and again where its file was touched."""
        if not ADDRESS.fullmatch(at):
            return False
        mark, known = self.store.mark(at), self._made.get(at)
        if mark is not None and known == mark:
            return True
        self._made.pop(at, None)
        if mark is None or not self.store.has(at):
            if mark or known:
                self._lost.add(at)
            return False
        self._made[at] = mark
        return True

    def _seconds(self, at: str) -> float | None:
        try:
            return self.store.seconds(at)
        except FileNotFoundError:
            return None


def items(line: Line, languages: Iterable[str], speeds: Iterable[Speed]) -> Iterator[Item]:
    """Everything that a line can say, to be rendered: most heard speed first, and of each the
    days of the year last, since few of them are needed soon."""
    for speed in speeds:
        chunks = [(code, chunk) for code in languages for chunk in all_chunks(line, line.languages[code])]
        for code, chunk in sorted(chunks, key=lambda found: found[1].key.startswith(DAY)):
            spoken = line.languages[code].pronunciation
            yield Item(spoken, speakable(chunk.spans, spoken.letter_for_letter), speed)
