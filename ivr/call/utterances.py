"""What follows what was said: mostly what a key does, but words never ring a desk (R21)."""

from dataclasses import replace

from ivr.call import digits_in_a_row as digits
from ivr.call.acts import Turn
from ivr.call.arrival import arrive
from ivr.call.keypad import can_be_done, do, leave_pause, pressed
from ivr.call.language_change import offer_languages, speak
from ivr.call.options import offers
from ivr.call.state import CallState
from ivr.call.transfers import asked_back, not_joined, standing_still, to_a_person
from ivr.call.wishes import Wish, wish
from ivr.line.tree import ASK, JOIN, KEYPAD, Place, first_step, standing_at
from ivr.line.values import Kind


def on_words(call: CallState, text: str, many: int = 0) -> Turn:
    """What was said, as the carrier wrote it down, with so many digits in a row in it. A transfer that was
    announced stands still from here on, until somebody says yes: it is not known what a voice in the room has
    said."""
    wanted = wish(call, text)
    call = _with_digits(call, wanted, many)
    if digits.is_number(call):
        return digits.refused(call)
    asked = call.place.step == ASK
    if wanted.kind == "yes" or (asked and wanted == Wish("key", "1", wanted.why)):
        return _agreed(call)
    call = standing_still(call)
    return asked_back(call, _done(call, wanted))


def _with_digits(call: CallState, wanted: Wish, many: int) -> CallState:
    """A number may be said digit by digit, or in pieces that mean nothing; any other words end it."""
    if wanted.kind == "key":
        return digits.after_key(call, wanted.what)
    return digits.after_digits(call, many) if many and not wanted else digits.ended(call)


def _agreed(call: CallState) -> Turn:
    """Yes to a transfer, or to the one language that is offered."""
    return arrive(call.step_to(JOIN)) if call.place.step in (ASK, JOIN) else pressed(call, "1")


def _done(call: CallState, wanted: Wish) -> Turn:  # noqa: PLR0911
    match wanted.kind:
        case "no":
            return _not_joined(call)
        case "key":
            return _person(call) if wanted.what == "0" else pressed(call, wanted.what)
        case "command":
            return _command(call, wanted.what)
        case "language":
            return speak(call, wanted.what)
        case "languages":
            return offer_languages(_resumed(call))
        case "desk":
            return arrive(_resumed(call).into(Place(wanted.what, ASK)))
        case "details":
            return arrive(_resumed(call).into(Place(wanted.what, "1")))
        case "place":
            return arrive(_at(_resumed(call), wanted.what))
        case _:
            return arrive(call, call.words("say.not_understood"))


def _not_joined(call: CallState) -> Turn:
    """No to a transfer, or to all the desks that are offered here."""
    why = "join.stopped"
    return not_joined(call, why) if call.place.step == ASK else arrive(call, call.words(why))


def _command(call: CallState, command: str) -> Turn:
    if command == "person":
        return _person(call)
    if call.kind is Kind.PAUSE:
        return leave_pause(call, person=False)
    if can_be_done(call, command):
        return do(call, command)
    return arrive(call, call.words("say.not_understood"))


def _person(call: CallState) -> Turn:
    return to_a_person(_resumed(call), ASK)


def _resumed(call: CallState) -> CallState:
    """Back from help, a pause or the choice of a language to where one was."""
    while call.place.node in KEYPAD:
        call = call.back()
    return call


def _at(call: CallState, node: str) -> CallState:
    """At a menu or text, from its beginning. One that no key leads to from here is come to by its own
    menus, so that `*` leads to these and the way stays as short as by keys."""
    place = Place(node, first_step(call.line, node))
    if node in {known.node for known in (*offers(call), *call.position.trail)}:
        return call.into(place)
    return call.to(replace(call.position, trail=standing_at(call.line, place)))
