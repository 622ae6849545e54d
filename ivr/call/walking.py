"""Every state of a line: a walk that presses every key, keeps silent everywhere, and once asks for every
desk in words."""

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ivr.call.acts import Heard, Key, NoInput, Ring, Turn
from ivr.call.conversation import step
from ivr.call.positions import Position, start
from ivr.line.tree import ASK, Place
from ivr.line.values import Kind, Line

KEYPAD = "123456789*0#"

SILENCE = "."
"""How a silence is written among keys."""

SPOKEN = "!"
"""How a wish for a desk in words is written among keys."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One state: what was said on coming there, the language of the greeting that is nearest and the
    shortest keys that lead there from it, and the line's answer to each key and to SILENCE."""

    begun: str
    keys: str
    turn: Turn
    answers: Mapping[str, Turn]

    @property
    def place(self) -> Place:
        """Where the call stands."""
        return self.turn.position.place

    def __str__(self) -> str:
        position = self.turn.position
        return f"{position.language}: {'-'.join(map(str, position.trail))} (keys {self.keys or 'none'})"


def by_keys(visit: Visit) -> bool:
    """Whether keys alone lead there, without a silence or a word."""
    return SILENCE not in visit.keys and SPOKEN not in visit.keys


def walk(line: Line, languages: tuple[str, ...], now: datetime) -> Iterator[Visit]:
    """Every state that a call beginning in one of `languages` at `now` can be in, nearest to a greeting
    first.

    States are told apart by their place, the node before it, the silences so far and what the
    keys offer: nothing else changes what a key does next. All rounds of a pause are one.
    """
    greetings = [(code, "", step(line, start(line, code), Ring(), now)) for code in languages]
    seen: set[object] = set()
    yield from _onward(line, now, greetings, seen)
    yield from _onward(line, now, _asked_back(line, now), seen)


def _onward(line: Line, now: datetime, seeds: Iterable[tuple[str, str, Turn]], seen: set[object]) -> Iterator[Visit]:
    """The states to which keys and silence lead from these, but those that were `seen`."""
    waiting = deque(seeds)
    seen.update(_state(turn.position) for _, _, turn in waiting)
    answered: dict[Position, dict[str, Turn]] = {}
    notes: dict[Hashable, Any] = {}
    while waiting:
        begun, keys, turn = waiting.popleft()
        known = answered.setdefault(replace(turn.position, tries=0), {})  # any key begins the silences afresh (R6)
        answers = {
            label: known.get(label) or _settled(step(line, turn.position, heard, now, notes=notes))
            for label, heard in _INPUTS.items()
        }
        known.update((key, answers[key]) for key in KEYPAD)
        yield Visit(begun, keys, turn, answers)
        for label, answer in answers.items():
            if label not in _NOWHERE and (state := _state(answer.position)) not in seen:
                seen.add(state)
                waiting.append((begun, keys + label, answer))


_INPUTS: Mapping[str, Heard] = {SILENCE: NoInput(), **{key: Key(key) for key in KEYPAD}}

_NOWHERE = "7"
"""The key of the speed, which changes nothing but the speed."""


def visited_again(line: Line, begun: str, keys: str, now: datetime) -> Visit:
    """The state to which these keys and silences lead from the greeting in a language, without what follows from it."""
    turn = step(line, start(line, begun), Ring(), now)
    for label in keys:
        turn = _settled(step(line, turn.position, _INPUTS[label], now))
    return Visit(begun, keys, turn, {})


def _asked_back(line: Line, now: datetime) -> Iterator[tuple[str, str, Turn]]:
    """Every desk asked for in words in every language, where the line then asks back."""
    for code in line.languages:
        for desk in line.desks:
            place = Place(desk, ASK)
            turn = step(line, start(line, code).into(place), Key("5"), now)
            if turn.position.place == place:
                yield code, SPOKEN, turn


def _settled(turn: Turn) -> Turn:
    """The turn without what is counted on the way to it: digits in a row, and what brought nothing new."""
    position = replace(turn.position, run=0, typed=0, keyed=0, unbroken=0, origin=None, repeats=0)
    return Turn(turn.acts, position)


def _state(position: Position) -> tuple[object, ...]:
    *_, before, place = (None, None, *position.trail)
    if place and place.step == ASK:
        before = None
    here = place.node if place and place.node == Kind.PAUSE else place
    return position.language, here, before and before.node, position.tries, position.offers
