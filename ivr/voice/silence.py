"""Pauses between sounds: so many milliseconds of silence, made when they are asked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.line.pronunciation import Pronunciation
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.line.words import Break, Part
from ivr.voice import mulaw
from ivr.voice.source import Said

LONGEST = 10_000
"""Milliseconds: no pause of a line is longer, and nobody can ask for more [own value]."""

_NAME = re.compile(r"silence-([0-9]{1,5})")
"""How a pause is called in addresses."""


def pause(milliseconds: int) -> str:
    """What so much silence is called."""
    return f"silence-{milliseconds}"


@dataclass(frozen=True, slots=True)
class Silence:
    """All pauses, as a source of sound."""

    def name(self, _edition: str, _spoken: Pronunciation, part: Part, _speed: Speed) -> str | None:
        """What the silence of a break is called."""
        return pause(part.milliseconds) if isinstance(part, Break) else None

    def expects(self, _edition: str, _spoken: Pronunciation, _part: Part, _speed: Speed) -> bool:
        """There is never one missing."""
        return False

    def stands(self, name: str) -> bool:
        """Whether it is a name of a silence."""
        return self.seconds_of(name) is not None

    def wav(self, name: str) -> bytes | None:
        """The silence of a name as telephone audio; None where it is no name of one, or too long."""
        length = self.seconds_of(name)
        return None if length is None else mulaw.written(mulaw.silence(length))

    def seconds_of(self, name: str) -> float | None:
        """How long the silence of a name is; None where it is no name of one, or too long."""
        found = _NAME.fullmatch(name)
        return int(found.group(1)) / 1000 if found and int(found.group(1)) <= LONGEST else None

    def catalogue(self, _line: Line) -> Mapping[str, Said]:
        """Silence says nothing."""
        return {}
