"""On in another language."""

from dataclasses import replace

from ivr.call.acts import Turn
from ivr.call.arrival import arrive
from ivr.call.state import CallState
from ivr.line.text import whole
from ivr.line.tree import KEYPAD, Place, kind_of, passages_at
from ivr.line.values import Kind


def speak(call: CallState, code: str) -> Turn:
    """Go on in another language: from the keypad's own places back to where one was."""
    call = call.to(replace(call.position, language=code))
    call = call.to(replace(call.position, trail=tuple(_in_language(call, place) for place in call.position.trail)))
    while call.place.node in KEYPAD:
        call = call.back()
    return arrive(call, call.words("say.greeting") if len(call.position.trail) == 1 else ())


def offer_languages(call: CallState) -> Turn:
    """The other languages, each in its own voice, for somebody who does not speak this one."""
    if len(call.line.languages) == 1:
        return arrive(call, call.words("say.not_understood"))
    return arrive(call.into(Place(Kind.LANGUAGES, "0")))


def _in_language(call: CallState, place: Place) -> Place:
    """The place in a language that may have fewer passages of its text: then its last one."""
    number = whole(place.step)
    if number is None or kind_of(call.line, place.node) is not Kind.TEXT:
        return place
    return Place(place.node, str(min(number, passages_at(call.line, call.language.code, place) - 1)))
