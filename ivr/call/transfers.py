"""To a person, and back again."""

from ivr.call.acts import HangUp, Say, Turn
from ivr.call.arrival import arrive
from ivr.call.speaking import joinable
from ivr.call.state import CallState
from ivr.line.tree import ASK, FAILURES, JOIN, Place


def to_a_person(call: CallState, before: tuple[Say, ...], step: str = JOIN) -> Turn:
    """Ring the desk that fits, or ask back whether to, else the nearest open one; else read when the first
    opens (R1)."""
    wanted, *others = call.fitting_desks()
    for key in (wanted, *others):
        if joinable(call.line.desks[key], call.now):
            said = () if key == wanted else _told_instead(call, wanted, key)
            return arrive(call.into(Place(key, step)), (*before, *said))
    return arrive(call.into(Place(wanted, "0")), before)


def on_dial_ended(call: CallState, status: str) -> Turn:
    """A goodbye where they have spoken; else why not, and what now."""
    if call.place.step != JOIN:
        return arrive(call)
    if status == "completed":
        return Turn((*call.words("say.goodbye"), HangUp()), call.position)
    return arrive(call.step_to(status if status in FAILURES else "failed"))


def asked_back(call: CallState, turn: Turn) -> Turn:
    """The turn without a transfer: a desk that words led to is asked back, never rung (R21)."""
    return arrive(call.to(turn.position).step_to(ASK)) if turn.position.place.step == JOIN else turn


def standing_still(call: CallState) -> CallState:
    """A transfer that was announced stands still where the caller does something else: it is asked back
    before it goes on."""
    return call.step_to(ASK) if call.place.step == JOIN else call


def not_joined(call: CallState, why: str) -> Turn:
    """Back to where one was before a transfer was asked back or announced, told why."""
    return arrive(call.back(), call.words(why))


def _told_instead(call: CallState, closed: str, desk: str) -> tuple[Say, ...]:
    name = call.speaker.name
    return call.words("join.instead", closed=name(closed), desk=name(desk))
