"""Every state of a line: a walk that presses every key and keeps silent everywhere."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.call.acts import Heard, Key, NoInput, Ring, Turn
from ivr.call.conversation import step
from ivr.call.positions import Place, Position, start
from ivr.line.values import Line

KEYPAD = "123456789*0#"


@dataclass(frozen=True, slots=True)
class Visit:
    """One state: what was said on coming there, and the shortest keys that lead there
    (``.`` is a silence)."""

    keys: str
    turn: Turn

    @property
    def place(self) -> Place:
        """Where the call stands."""
        return self.turn.position.place

    def __str__(self) -> str:
        position = self.turn.position
        return f"{position.language}: {'-'.join(map(str, position.trail))} (keys {self.keys or 'none'})"


def walk(line: Line, language: str, now: datetime) -> Iterator[Visit]:
    """Every state that a call beginning in `language` at `now` can be in, nearest first.

    States are told apart by their place, the node before it, the silences so far and what the
    keys offer: nothing else changes what a key does next. All rounds of a pause are one.
    """
    first = Visit("", step(line, start(line, language), Ring(), now))
    seen = {_state(first.turn.position)}
    waiting = deque([first])
    while waiting:
        visit = waiting.popleft()
        yield visit
        for label, heard in _inputs():
            turn = step(line, visit.turn.position, heard, now)
            turn = replace(turn, position=replace(turn.position, run=0))
            if (state := _state(turn.position)) not in seen:
                seen.add(state)
                waiting.append(Visit(visit.keys + label, turn))


def _inputs() -> Iterator[tuple[str, Heard]]:
    yield ".", NoInput()
    for key in KEYPAD:
        if key != "7":  # the speed changes nothing but the speed
            yield key, Key(key)


def _state(position: Position) -> tuple[object, ...]:
    *_, before, place = (None, None, *position.trail)
    here = place.node if place and place.node == "pause" else place
    return position.language, here, before and before.node, position.tries, position.offers
