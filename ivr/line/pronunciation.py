"""How a language is spoken, as its file says: pace, voices, readings. Small values that can be keys
and go to other processes; the words are in `values.Language`."""

from dataclasses import dataclass
from enum import StrEnum

from ivr.line.speeds import Speed


class Unit(StrEnum):
    """What the pace of a language is counted in."""

    MORA = "mora"
    WORD = "word"
    SYLLABLE = "syllable"
    CHARACTER = "character"


@dataclass(frozen=True, slots=True)
class Pace:
    """How many units a minute are said at each speed (R7)."""

    unit: Unit
    normal: int
    slow: int
    fast: int
    very_fast: int

    def rate(self, speed: Speed) -> int:
        """Units a minute at a speed."""
        return int(getattr(self, speed))

    def relative(self, speed: Speed) -> float:
        """How many times as fast as normal a speed is."""
        return self.rate(speed) / self.normal


USUAL = Pace(Unit.WORD, 150, 120, 200, 250)
"""The pace of a language whose file tells none: R7's figures for words."""


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """How a language is spoken.

    `locale` (BCP 47) is how a carrier knows it, `pace` how fast it is, `voices` the line's own voices for
    it, best first, an engine each, or an engine and its voice ("espeak:cmn"); none are named where any
    will do. `letter_for_letter`: readings are kana that no voice may take for a particle.
    """

    code: str
    locale: str
    pace: Pace = USUAL
    voices: tuple[str, ...] = ()
    letter_for_letter: bool = False
