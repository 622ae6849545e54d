"""Silence: reading, pages of languages and pauses go on by themselves, questions are asked again with more
help (R6)."""

from dataclasses import replace

from ivr.call.acts import HangUp, Say, Turn
from ivr.call.arrival import WAITS, arrive, ask
from ivr.call.paging import read_from
from ivr.call.speaking import SENTENCE, joinable
from ivr.call.state import CallState
from ivr.call.transfers import not_joined
from ivr.line import tree
from ivr.line.tree import ASK, JOIN, PAUSE_ROUNDS, Place
from ivr.line.values import Kind

BEFORE_GOODBYE = 5
"""Seconds in which any key still keeps the call once goodbye was said [own value]."""


def on_silence(call: CallState) -> Turn:  # noqa: PLR0911
    """What follows where nothing came within the wait."""
    call = call.to(replace(call.position, run=0))
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
        return not_joined(call.heard_something(run=0), "join.unanswered")
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
        return call.words("silence.explain")
    desk = call.line.desks[call.line.silence_desk]
    if joinable(desk, call.now):
        return call.words("silence.warn_join", desk=call.speaker.name(desk.key))
    return call.words("silence.warn_end")


def _end(call: CallState) -> Turn:
    """Join the city's own desk where it is open, else its number, hours and a goodbye."""
    call = call.heard_something(run=0)
    desk = call.line.desks[call.line.silence_desk]
    if joinable(desk, call.now):
        said = call.words("silence.join", desk=call.speaker.name(desk.key))
        return arrive(call.into(Place(desk.key, JOIN)), said)
    speaker = call.speaker
    status = speaker.say(*speaker.status(desk, call.now), SENTENCE)
    return ask(call, (status, *speaker.numbers(desk), *call.words("say.goodbye")), BEFORE_GOODBYE, HangUp())
