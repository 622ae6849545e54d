"""What each key does: the same in every state (R5)."""

from dataclasses import replace

from ivr.call import digits_in_a_row as digits
from ivr.call.acts import Turn
from ivr.call.arrival import arrive
from ivr.call.heard_places import heard
from ivr.call.language_change import speak
from ivr.call.options import offers
from ivr.call.paging import turn_languages, turn_page
from ivr.call.speaking import SENTENCE
from ivr.call.state import CallState
from ivr.call.transfers import not_joined, standing_still, to_a_person
from ivr.line import prompt_keys as keys
from ivr.line import tree
from ivr.line.speeds import Speed
from ivr.line.tree import ASK, END, JOIN, Place
from ivr.line.values import Kind
from ivr.line.vocabulary import SPOKEN_KEYS

COMMAND_KEYS = {
    "0": "person",
    "*": "back",
    "5": "again",
    "4": "previous",
    "6": "next",
    "#": "next",
    "7": "speed",
    "8": "pause",
    "9": "help",
}


def on_key(call: CallState, key: str) -> Turn:
    """What one key does here."""
    before = call.heard_something()
    call = digits.after_key(before, key, _steers(before, key))
    if digits.is_number(call):
        return digits.refused(call)
    return digits.without_a_ring(before, key, pressed(call, key))


def _steers(call: CallState, key: str) -> bool:
    """Whether a key says something again, changes the speed, or moves within what is read or to its choices:
    many of these in a row are nobody's number, but while a transfer is announced. So does who agrees to one."""
    if call.kind is Kind.PAUSE or call.place.step in (ASK, JOIN):
        return digits.agrees(call, key)
    if chosen := _choice(call, key):
        return not named(call, chosen)
    return key in "57" or (key in "46" and call.passages > 0)


def _choice(call: CallState, key: str) -> Place | None:
    """The place that a key chooses here."""
    here = call.position.offers or offers(call)
    return here[int(key) - 1] if key in SPOKEN_KEYS and int(key) <= len(here) else None


def on_digits(call: CallState, many: int) -> Turn:
    """What follows digits that came at once: too many for any key."""
    call = digits.after_digits(call, many)
    if digits.is_number(call):
        return digits.refused(call)
    return arrive(call, call.words("say.no_match"))


def pressed(call: CallState, key: str) -> Turn:
    """What one key does here, however many were pressed before it."""
    if call.kind is Kind.PAUSE:
        return leave_pause(call, person=key == "0")
    if chosen := _choice(call, key):
        return _choose(call, chosen)
    command = COMMAND_KEYS.get(key)
    if command is None or not can_be_done(call, command):
        return arrive(call, call.words("say.no_match"))
    return do(call, command)


def can_be_done(call: CallState, command: str) -> bool:
    """Whether it means something here: passages are turned only where there are some."""
    return command not in ("previous", "next") or call.passages > 0 or _more_languages(call)


def _more_languages(call: CallState) -> bool:
    """Whether the caller is where languages are chosen, and there are several pages of them."""
    return call.kind is Kind.LANGUAGES and len(tuple(tree.language_pages(call.line, call.language.code))) > 1


def do(call: CallState, command: str) -> Turn:  # noqa: PLR0911
    """One of the things that can be asked for in every state."""
    match command:
        case "person":
            return to_a_person(call)
        case "back":
            return _back(call)
        case "again":
            return _again(call)
        case "previous" | "next":
            turn = turn_languages if call.kind is Kind.LANGUAGES else turn_page
            return turn(call, -1 if command == "previous" else +1)
        case "speed":
            return _at_speed(call, call.position.speed.next)
        case "slower" | "faster":
            return _slower_or_faster(call, command)
        case _:
            return _aside(standing_still(call), command)


def _aside(call: CallState, node: str) -> Turn:
    """Help or a pause, from which one comes back to this place, though it was itself come to from there."""
    *before, here = call.position.trail
    trail = (*(place for place in before if place.node != node), here)
    return arrive(call.to(replace(call.position, trail=trail)).into(Place(node, "0")))


def leave_pause(call: CallState, person: bool) -> Turn:
    """Any key goes on (R8); 0 still leads to a person (R1)."""
    call = call.back()
    if person:
        return to_a_person(call)
    return arrive(call, call.words("pause.end"))


def _choose(call: CallState, place: Place) -> Turn:
    if place.node == Kind.LANGUAGES and place.step in call.line.languages:
        return speak(call, place.step)
    if not named(call, place):
        return arrive(call.step_to(END))
    return arrive(call.into(place))


def named(call: CallState, place: Place) -> bool:
    """Whether this call was told that a key leads to `place` from here. While something is read, its choices
    may still be to come: a key of theirs leads to them, and never straight to a ring (R11). Help and a desk's
    own number ring nothing, and an open desk tells at once how to be joined to it."""
    if not call.reading or call.kind is Kind.HELP:
        return True
    own = place.node == call.place.node
    if own and (place.step != JOIN or _has_heard(call, "0")):
        return True
    return _has_heard(call, END)


def _has_heard(call: CallState, step: str) -> bool:
    """Whether this part of what is read here was heard before."""
    return heard(call.line, call.position, Place(call.place.node, step))


def _back(call: CallState) -> Turn:
    if len(call.position.trail) == 1:
        return arrive(call, call.words("say.at_start"))
    if call.place.step in (ASK, JOIN):
        return not_joined(call, "join.stopped")
    return arrive(call.back())


def _again(call: CallState) -> Turn:
    """Where one is, and what is said there: a passage, and behind the last one the whole from its start (R4)."""
    where = (call.speaker.say(*call.speaker.where(call.place), SENTENCE),)
    return arrive(call.step_to("0") if call.place.step == END else call, where)


def _at_speed(call: CallState, speed: Speed) -> Turn:
    call = call.to(replace(call.position, speed=speed))
    return arrive(call, call.words(keys.speed(speed)))


def _slower_or_faster(call: CallState, command: str) -> Turn:
    """Slower and faster as wishes of their own, which end at the ends."""
    now = call.position.speed
    wanted = now.slower if command == "slower" else now.faster
    if wanted is not now:
        return _at_speed(call, wanted)
    return arrive(call, call.words(keys.speed("slowest" if command == "slower" else "fastest")))
