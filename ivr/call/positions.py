"""Where a call stands: all that the line remembers of it, short enough for an address."""

import re
from dataclasses import dataclass, replace

from ivr.line.speeds import Speed
from ivr.line.text import whole
from ivr.line.values import Language, Line

LONGEST_TRAIL = 16
"""No call gets deeper: a node enters the trail once as a page and once as a transfer."""

KEYPAD = ("help", "pause", "language")
"""Places that a key leads to from wherever one is, so that no call begins there."""

PAUSE_ROUNDS = 10
"""Minutes of a pause; at least five are asked for (R8)."""

DESK_PASSAGES = 3
"""A desk is read in three parts: open or closed, the numbers, the usual hours and charge."""

LANGUAGES_A_PAGE = 3
"""Languages on a page of the language menu that has a key for more (R3: four options)."""

_PLACE = re.compile(r"([a-z][a-z0-9_]*)(?:\.([a-z0-9_]+))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the call: a node of the line, or the keypad's help, pause and languages.

    `step` is where in it: the number of a passage from 0, "end" after the last one, "join"
    while a desk is being rung, how a transfer failed, minutes of a pause, a language.
    """

    node: str
    step: str = ""

    def __str__(self) -> str:
        return f"{self.node}.{self.step}" if self.step else self.node

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Read what `str` wrote; ValueError where it did not."""
        match = _PLACE.fullmatch(text)
        if not match:
            raise ValueError(f"{text!r} is no place")
        return cls(match[1], match[2] or "")

    @property
    def page(self) -> str:
        """What stays the same while one moves on within the place."""
        return f"{self.node}.join" if self.step in TRANSFER_STEPS else self.node


FAILURES = ("busy", "no_answer", "failed", "canceled")
"""How a transfer can fail, as steps of a desk's place."""

TRANSFER_STEPS = ("join", *FAILURES)


@dataclass(frozen=True, slots=True)
class Position:
    """All that a call carries. `tries` counts silences, `run` digits keyed in a row,
    `offers` what keys 1 to 4 mean where that depends on the hour it was offered at."""

    edition: str
    language: str
    trail: tuple[Place, ...]
    speed: Speed = Speed.NORMAL
    tries: int = 0
    run: int = 0
    offers: tuple[Place, ...] = ()

    @property
    def place(self) -> Place:
        """Where the caller is."""
        return self.trail[-1]

    def at(self, place: Place) -> "Position":
        """Moved within the present place."""
        return replace(self, trail=(*self.trail[:-1], place))

    def into(self, place: Place) -> "Position":
        """Gone on to `place`; back to it where the call has already been there."""
        pages = [known.page for known in self.trail]
        kept = self.trail[: pages.index(place.page)] if place.page in pages else self.trail
        return replace(self, trail=(*kept, place))

    def back(self) -> "Position":
        """One step back; the first place has none before it."""
        return replace(self, trail=self.trail[:-1] or self.trail)


def start(line: Line, language: str | None = None) -> Position:
    """Where a call to the line begins."""
    code = language if language in line.languages else line.first_language.code
    assert code is not None  # an unknown language is in no line
    return Position(line.edition, code, (Place(line.start),))


def help_passages(language: Language) -> int:
    """How many passages the help has."""
    return sum(1 for key in language.prompts if key.startswith("help.passages."))


def fits(line: Line, position: Position) -> bool:
    """Whether every place of the position exists in this edition of the line."""
    return (
        position.language in line.languages
        and 0 < len(position.trail) <= LONGEST_TRAIL
        and position.trail[0].node not in KEYPAD
        and all(_exists(line, position.language, place) for place in (*position.trail, *position.offers))
    )


def _exists(line: Line, language: str, place: Place) -> bool:
    node, step = place.node, place.step
    if node in KEYPAD:
        return _numbered(step, _keypad_steps(line, language, node)) or (node == "language" and step in line.languages)
    if node in line.menus:
        return step == ""
    if node in line.texts:
        return step == "end" or _numbered(step, len(line.passages(node, language)))
    return node in line.desks and (step in ("end", *TRANSFER_STEPS) or _numbered(step, DESK_PASSAGES))


def _keypad_steps(line: Line, language: str, node: str) -> int:
    """How many steps there are: passages, minutes, pages."""
    pages = (len(line.languages) + 1) // LANGUAGES_A_PAGE
    return {"help": help_passages(line.languages[language]), "pause": PAUSE_ROUNDS, "language": pages}[node]


def _numbered(step: str, count: int) -> bool:
    number = whole(step)
    return number is not None and number < count
