"""On in another language."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ivr.call.acts import Turn
from ivr.call.arrival import arrive
from ivr.call.state import CallState
from ivr.line.text import whole
from ivr.line.tree import KEYPAD, Place, desk_at, desk_passages, passages_at
from ivr.line.values import Kind


def speak(call: CallState, code: str) -> Turn:
    """Go on in another language: from the keypad's own places back to where one was."""
    trail = tuple(_in_language(call, code, place) for place in call.position.trail)
    call = call.to(replace(call.position, language=code, trail=trail))
    while call.place.node in KEYPAD:
        call = call.back()
    return arrive(call, call.words("say.greeting") if len(call.position.trail) == 1 else ())


def offer_languages(call: CallState) -> Turn:
    """The other languages, each in its own voice, for somebody who does not speak this one."""
    if len(call.line.languages) == 1:
        return arrive(call, call.words("say.not_understood"))
    return arrive(call.into(Place(Kind.LANGUAGES, "0")))


def _in_language(call: CallState, code: str, place: Place) -> Place:
    """The place in a language that may read other passages there: of a desk the same one, or the nearest before
    it; of fewer in a text or the help the last."""
    number, passages = whole(place.step), passages_at(call.line, code, place)
    if number is None or not passages:
        return place
    if desk_at(call.line, place.node):
        return Place(place.node, str(_same_of_desk(call, code, place.node, number)))
    return Place(place.node, str(min(number, passages - 1)))


def _same_of_desk(call: CallState, code: str, desk: str, number: int) -> int:
    """Where another language reads the passage of a desk that this one reads as `number`: each has words, and
    telephone numbers, that the other may lack."""
    here, there = (tuple(_each_once(desk_passages(call.line, each, desk))) for each in (call.language.code, code))
    return next(there.index(passage) for passage in reversed(here[: number + 1]) if passage in there)


def _each_once(passages: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Each passage with how many of its name came before it."""
    seen: Counter[str] = Counter()
    for passage in passages:
        yield passage, seen[passage]
        seen[passage] += 1
