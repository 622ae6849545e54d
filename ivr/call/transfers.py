"""To a person, and back again."""

from ivr.call.acts import HangUp, Say, Turn
from ivr.call.arrival import arrive
from ivr.call.heard_places import with_failure
from ivr.call.reaching import reached
from ivr.call.state import CallState
from ivr.line.tree import ASK, FAILURES, JOIN, Place


def to_a_person(call: CallState, step: str = JOIN) -> Turn:
    """Ring the desk that fits, or ask back whether to, as where it does not speak the caller's language; else what
    can be reached; else read when the first opens (R1)."""
    best, place = call.fitting_desks()[0], reached(call)
    said = _told_instead(call, best, place.node) if place.node != best else ()
    if place.step == JOIN:
        place = Place(place.node, ASK if _wants_a_yes(call, place.node) else step)
    return arrive(call.into(place), said)


def _wants_a_yes(call: CallState, desk: str) -> bool:
    """Whether a desk is asked back before it is rung: it does not speak the caller's language, while another that
    fits does at other hours, and nobody has asked so yet."""
    code = call.language.code
    if call.place == Place(desk, ASK) or call.desk_named(desk).answers_in(code):
        return False
    others = map(call.desk_named, call.fitting_desks())
    return any(other.dial is not None and other.answers_in(code) for other in others)


def on_dial_ended(call: CallState, status: str) -> Turn:
    """A goodbye where they have spoken; else why not, and what now."""
    if call.place.step != JOIN:
        return arrive(call)
    if status == "completed":
        return Turn((*call.words("say.goodbye"), HangUp()), call.position)
    call = call.to(with_failure(call.line, call.position, call.place.node))
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


def _told_instead(call: CallState, best: str, desk: str) -> tuple[Say, ...]:
    """That somebody else answers, where the desk that fits best is closed."""
    if call.desk_named(best).hours.is_open(call.now):
        return ()
    name = call.speaker.name
    return call.words("join.instead", closed=name(best), desk=name(desk))
