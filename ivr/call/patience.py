"""Silence: reading, pages of languages and pauses go on by themselves, questions are asked again with more
help (R6)."""

from dataclasses import replace

from ivr.call.acts import HangUp, Say, Turn
from ivr.call.arrival import WAITS, arrive, ask
from ivr.call.heard_places import failed_before
from ivr.call.paging import read_from
from ivr.call.reaching import help_at_the_end, told_of_zero
from ivr.call.speaking import SENTENCE, joinable
from ivr.call.state import CallState
from ivr.call.transfers import not_joined
from ivr.line import tree
from ivr.line.tree import ASK, JOIN, PAUSE_ROUNDS, Place
from ivr.line.values import Desk, Kind

BEFORE_GOODBYE = 5
"""Seconds in which any key still keeps the call once goodbye was said [own value]."""


def on_silence(call: CallState) -> Turn:  # noqa: PLR0911
    """What follows where nothing came within the wait."""
    if call.kind is Kind.PAUSE:
        return _stay_paused(call)
    if call.reading:
        return read_from(call, int(call.place.step) + 1)
    if call.place.step == JOIN:
        return arrive(call)
    if call.kind is Kind.LANGUAGES:
        if page := tree.page_after(call.line, call.language.code, call.place):
            return arrive(call.step_to(page.step))
        call = call.step_to("0")
    if call.place.step == ASK and call.position.tries:
        return not_joined(call.heard_something(), "join.unanswered")
    if call.position.tries + 1 == len(WAITS):
        return _end(call)
    call = call.to(replace(call.position, tries=call.position.tries + 1))
    return arrive(call, _more_help(call))


def _stay_paused(call: CallState) -> Turn:
    rounds = int(call.place.step) + 1
    if rounds < PAUSE_ROUNDS:
        return arrive(call.step_to(str(rounds)))
    call = call.back()
    return arrive(call, call.words("pause.end"))


def _more_help(call: CallState) -> tuple[Say, ...]:
    """More help the first time, a warning of what comes the second."""
    if call.position.tries == 1:
        return told_of_zero(call, "silence.explain")
    desk = call.desk_named(call.line.silence_desk)
    if _can_be_joined(call, desk):
        return call.words("silence.warn_join", desk=call.speaker.name(desk.key))
    return call.words("silence.warn_end")


def _end(call: CallState) -> Turn:
    """Join the city's own desk where it is open, else its number, hours and a goodbye."""
    call = call.heard_something()
    desk = call.desk_named(call.line.silence_desk)
    if _can_be_joined(call, desk):
        said = call.words("silence.join", desk=call.speaker.name(desk.key))
        return arrive(call.into(Place(desk.key, JOIN)), said)
    return ask(call, last_words(call), BEFORE_GOODBYE, HangUp())


def _can_be_joined(call: CallState, desk: Desk) -> bool:
    """Open, and not rung in vain before: a receiver that was forgotten would ring it till it closes (R22)."""
    return joinable(desk, call.now) and not failed_before(call.line, call.position, desk.key)


def last_words(call: CallState) -> tuple[Say, ...]:
    """Where help is at any hour; the city's own desk: whether it is open, its number; and goodbye."""
    desk, speaker = call.desk_named(call.line.silence_desk), call.speaker
    status = speaker.say(*speaker.status(desk, call.now), SENTENCE)
    return (*help_at_the_end(call), status, *speaker.numbers(desk), *call.words("say.goodbye"))
