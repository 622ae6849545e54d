"""A source of sound, and how its sounds are called in addresses.

The line has three: so much silence (`silence`), people's recordings (`recorded`), and its own voice
(`audio`). Each sound has a name that says which it is and of which source, so that whoever has the name
needs no more; what a source does not have it answers with None, and the next one is asked (`sounds`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ivr.line.pronunciation import Pronunciation
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.line.words import Chunk, Part

PREFIX = "/audio/"
_SUFFIX = ".wav"


@dataclass(frozen=True, slots=True)
class Said:
    """What a sound says."""

    language: str
    chunk: Chunk


class SoundSource(Protocol):
    """Where sounds come from."""

    def name(self, edition: str, spoken: Pronunciation, part: Part, speed: Speed) -> str | None:
        """What the sound of a part of speech in an edition is called; None where there is none (yet).
        `spoken`: how its language is."""

    def expects(self, edition: str, spoken: Pronunciation, part: Part, speed: Speed) -> bool:
        """Whether there ought to be such a sound, though there may be none just now."""

    def stands(self, name: str) -> bool:
        """Whether the sound of a name is there now."""

    def wav(self, name: str) -> bytes | None:
        """The sound of a name, as telephone audio; None where there is none."""

    def seconds_of(self, name: str) -> float | None:
        """How long it is; None where there is none."""

    def catalogue(self, line: Line) -> Mapping[str, Said]:
        """What the sounds of a line say, by their names."""


def url_of(name: str) -> str:
    """The address of a sound."""
    return f"{PREFIX}{name}{_SUFFIX}"


def name_of(url: str) -> str:
    """The name of the sound at an address; a name is its own."""
    return url.removeprefix(PREFIX).removesuffix(_SUFFIX)
