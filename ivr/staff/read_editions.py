"""An edition as somebody reads and hears it who approves: a text without marks, its sounds, and how long they take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from flask import url_for

from ivr.call.sayings import examples
from ivr.editions.edition import Edition, Piece, number_slots, prompt_of
from ivr.editions.texts import TextPlace, natural
from ivr.line.loading import LineError
from ivr.line.named_numbers import NO_NUMBERS, NumberSlots, gives_number
from ivr.line.speeds import Speed
from ivr.line.values import Language, Line
from ivr.line.words import Chunk, Part, Slot
from ivr.staff.context import console
from ivr.voice import recorded
from ivr.voice.pace import estimated_seconds

_SLOT = re.compile(r"\{[a-z][a-z0-9_.]*\}")

_NOTHING: Mapping[str, str] = MappingProxyType({})

Marked = tuple[tuple[str, str], ...]
"""Stretches of a text: ("same" | "gone" | "new", words)."""


@dataclass(frozen=True, slots=True)
class Side:
    """A text before or after: its words, where it can be heard, how long it takes in seconds (`measured`: of its sound,
    else estimated from its words). `stale`: a recording of it says other words."""

    place: TextPlace
    marked: Marked
    sounds: tuple[str, ...]
    seconds: float
    measured: bool
    reading: str = ""
    stale: bool = False


@dataclass(frozen=True)
class Read:
    """An edition as it is read and heard: `draft` is the number of the draft that it is of, None where it is stored
    under its id."""

    edition: Edition
    draft: int | None = None

    @cached_property
    def languages(self) -> Mapping[str, Language]:
        """Its languages; those that callers hear now, while it makes no line."""
        return self._line.languages

    @cached_property
    def _line(self) -> Line:
        try:
            return self.edition.line
        except LineError:
            return console().line()

    @cached_property
    def chunks(self) -> Mapping[TextPlace, tuple[tuple[Piece, Chunk], ...]]:
        """What is said of each prompt."""
        found: dict[TextPlace, list[tuple[Piece, Chunk]]] = {}
        for piece, chunk in self.edition.pieces.items():
            found.setdefault(prompt_of(piece), []).append((piece, chunk))
        return {place: tuple(each) for place, each in found.items()}

    @cached_property
    def slots(self) -> Mapping[str, NumberSlots]:
        """The telephone numbers that its words give by name, in each language that it has words in."""
        texts = self.edition.texts
        return {code: number_slots(texts, code) for code in {place.language or "" for place in texts}}

    def plain(self, place: TextPlace) -> str:
        """A text without the marks of how it is read; what is filled in when it is said stands in brackets."""
        return self.heard(place, self.edition.texts.get(place, ""))

    def heard(self, place: TextPlace, text: str) -> str:
        """The same of a text that would stand there."""
        code = place.language or ""
        slots = self.slots.get(code, NO_NUMBERS) if gives_number(text) else NO_NUMBERS
        return as_read(text, slots, self._fillings(code) if has_slot(text) else _NOTHING)

    def _fillings(self, code: str) -> Mapping[str, str]:
        """What callers hear in the slots of a language, for example."""
        if code not in self._filled:
            language = self.languages.get(code)
            found = examples(self._line, language) if language else {}
            self._filled[code] = {slot: _written(parts) for slot, parts in found.items()}
        return self._filled[code]

    @cached_property
    def _filled(self) -> dict[str, Mapping[str, str]]:
        return {}

    def spaced(self, language: str | None) -> bool:
        """Whether words of a language stand between blanks."""
        found = self.languages.get(language or "")
        return found is None or found.spaces

    def side(self, place: TextPlace, marked: Marked) -> Side:
        """A text of it, with what was found to differ."""
        said = self.chunks.get(place, ())
        found = [self._seconds(piece, chunk) for piece, chunk in said]
        return Side(
            place=place,
            marked=marked,
            sounds=tuple(self._address(piece) for piece, _ in said),
            seconds=sum(seconds for seconds, _ in found),
            measured=bool(found) and all(measured for _, measured in found),
            reading="".join(chunk.spoken for _, chunk in said),
            stale=any(self._stale(piece, chunk) for piece, chunk in said),
        )

    def _stale(self, piece: Piece, chunk: Chunk) -> bool:
        recording = self.edition.recordings.get(piece)
        return recording is not None and not recording.matches(chunk.spoken)

    def whole(self, node: str, language: str) -> str:
        """All passages of a text in a row; "" where it has none."""
        found = (place for place in self.edition.texts if place.language == language and place.parts.text == node)
        return "".join(self.plain(place) for place in sorted(found, key=natural))

    def _seconds(self, piece: Piece, chunk: Chunk) -> tuple[float, bool]:
        """How long a piece takes, and whether that was measured."""
        language, sounds = self.languages.get(piece.language), console().sounds
        audio = self.edition.sound(piece.language, chunk)
        if audio:
            url: str | None = recorded.url(audio, Speed.NORMAL)
        else:
            url = sounds.audio.url(language.pronunciation, chunk, Speed.NORMAL) if language else None
        if url and (seconds := sounds.seconds_of(url)):
            return seconds, True
        return (estimated_seconds(chunk.spans, language.pace, Speed.NORMAL) if language else 0.0), False

    def _address(self, piece: Piece) -> str:
        how: dict[str, Any] = {"code": piece.language, "speed": Speed.NORMAL, "key": piece.chunk}
        if self.draft is None:
            return url_for("staff.hear_edition", name=self.edition.id, **how)
        return url_for("staff.hear", draft=self.draft, **how)


def has_slot(text: str) -> bool:
    """Whether something is filled into a text when it is said: {desk}, {number.police}."""
    return _SLOT.search(text) is not None


def _written(parts: tuple[Part, ...]) -> str:
    return "".join(part.written for part in parts if isinstance(part, Chunk))


def as_read(text: str, slots: NumberSlots = NO_NUMBERS, filled: Mapping[str, str] = _NOTHING) -> str:
    """A prompt as one reads it, with what is `filled` in when it is said in brackets. Gaps of which nothing is known
    and that differ are numbered, so that two that change places show."""
    try:
        prompt = slots.prompt("text", text)
    except ValueError:  # half a mark
        return text
    names = sorted({part.name for part in prompt.parts if isinstance(part, Slot)} - filled.keys())
    gaps = {name: f"〔{words}〕" for name, words in filled.items()} | {
        name: f"〔{number}〕" if len(names) > 1 else "〔…〕" for number, name in enumerate(names, 1)
    }
    return "".join(gaps[part.name] if isinstance(part, Slot) else part.written for part in prompt.parts)
