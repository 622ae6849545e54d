"""Which places a caller has heard: one bit each, so that a whole call's fit into its address.

A place is a menu, a passage, the choices after it, a transfer announced or failed. What was heard in one
language is new in another, the first time that the call is held in it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import reduce
from operator import or_

from ivr.call.positions import Position
from ivr.line.remembering import remembered
from ivr.line.tree import END, FAILURES, KEYPAD, TRANSFER_STEPS, Place
from ivr.line.values import Kind, Line
from ivr.line.vocabulary import MOST_PASSAGES


def heard(line: Line, position: Position, place: Place) -> bool:
    """Whether the call has heard this place in the language that it is in."""
    return bool(position.heard & _language(line, position.language) and position.heard & _bit(line, place))


def failures(line: Line, position: Position) -> int:
    """The transfers that failed in this call, as bits."""
    return position.heard & _all_failures(line)


def failed_before(line: Line, position: Position, desk: str) -> bool:
    """Whether a transfer to this desk has failed in this call, in whatever language."""
    return any(position.heard & _bit(line, Place(desk, step)) for step in FAILURES)


def failed_twice(line: Line, position: Position, desk: str) -> bool:
    """Whether two of them have."""
    return bool(position.heard & _bit(line, Place(desk, _TWICE)))


def with_failure(line: Line, position: Position, desk: str) -> Position:
    """The position after one more transfer to this desk that failed."""
    if not failed_before(line, position, desk):
        return position
    return replace(position, heard=position.heard | _bit(line, Place(desk, _TWICE)))


def with_heard(line: Line, position: Position) -> Position:
    """The position, with the place where it stands among those that were heard."""
    known, here = position.heard, _language(line, position.language)
    if not known & here:
        known = known & (_languages(line) | _all_failures(line)) | here
    known |= _bit(line, position.place)
    return position if known == position.heard else replace(position, heard=known)


@remembered
def _language(line: Line, code: str) -> int:
    return 1 << tuple(line.languages).index(code)


def _languages(line: Line) -> int:
    return (1 << len(line.languages)) - 1


@remembered
def _all_failures(line: Line) -> int:
    """The bits of failed transfers: a desk that does not answer does not in another language either."""
    places = (Place(desk, step) for desk in line.desks for step in (*FAILURES, _TWICE))
    return reduce(or_, (_bit(line, place) for place in places), 0)


def _bit(line: Line, place: Place) -> int:
    """The bit of a place, behind those of the languages. A pause is no place to be heard: it has none."""
    known = _bits(line).get(place.node)
    return known.get(place.step, known[_LAST]) if known else 0


_LAST = "last"  # no step either: a passage beyond those that can be counted, or a language, is as the last


@remembered
def _bits(line: Line) -> Mapping[str, Mapping[str, int]]:
    """The bit of each step of each node, the first of them behind those of the languages."""
    found, at = {}, len(line.languages)
    for node, steps in _all_steps(line):
        bits = {step: 1 << at + number for number, step in enumerate(steps)}
        found[node] = {**bits, _LAST: bits[steps[-1]]}
        at += len(steps)
    return found


_PASSAGES = tuple(map(str, range(MOST_PASSAGES)))
_TWICE = "twice"  # no step where a call stands: that transfers failed twice
_OF_DESK = (END, *TRANSFER_STEPS, _TWICE, *_PASSAGES)  # passages last: what is beyond them is as the last of them


def _all_steps(line: Line) -> Iterator[tuple[str, tuple[str, ...]]]:
    of_text = (*_PASSAGES, END)
    yield from ((node, ("",)) for node in line.menus)
    yield from ((node, of_text) for node in line.texts)
    yield from ((node, _OF_DESK) for node in line.desks)
    yield from ((node, _PASSAGES) for node in KEYPAD if node != Kind.PAUSE)
