"""Silence: reading, pages of languages and pauses go on by themselves, questions are asked again with more
help (R6)."""

from dataclasses import replace

from ivr.call.acts import HangUp, Say, Turn
from ivr.call.arrival import WAITS, arrive, ask
from ivr.call.heard_places import failed_before
from ivr.call.options import languages_told
from ivr.call.paging import read_from
from ivr.call.reaching import help_at_the_end, told_of_zero
from ivr.call.speaking import SENTENCE, Speaker, joinable
from ivr.call.state import CallState
from ivr.call.transfers import not_joined
from ivr.line import prompt_keys as keys
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
        return (*_other_languages(call), *told_of_zero(call, "silence.explain"))
    desk = _desk_at_the_end(call)
    if _can_be_joined(call, desk):
        return call.words("silence.warn_join", desk=call.speaker.name(desk.key))
    return call.words("silence.warn_end")


def _other_languages(call: CallState) -> tuple[Say, ...]:
    """The ways into other languages, in their own voices (R16): who is silent may have understood nothing. In a menu
    without a key for them, the one of help, which begins with them."""
    here, code = tuple(languages_told(call)), call.language.code
    if here or call.kind is not Kind.MENU:
        return here
    doors = tree.language_doors(call.line, code)
    codes = (other for door in doors for other in tree.inviting(call.line, code, door))
    speakers = (Speaker(call.line, call.line.languages[other], call.position.speed) for other in codes)
    told = ((speaker, speaker.optional(keys.LANGUAGE_BY_HELP)) for speaker in speakers)
    return tuple(speaker.say(*words, SENTENCE) for speaker, words in told if words)


def _end(call: CallState) -> Turn:
    """Join the city's own desk where it is open and nobody else speaks the caller's language, else a number, hours
    and a goodbye."""
    call = call.heard_something()
    desk = _desk_at_the_end(call)
    if _can_be_joined(call, desk):
        said = call.words("silence.join", desk=call.speaker.name(desk.key))
        return arrive(call.into(Place(desk.key, JOIN)), said)
    return ask(call, last_words(call), BEFORE_GOODBYE, HangUp())


def _can_be_joined(call: CallState, desk: Desk) -> bool:
    """The city's own, open, and not rung in vain before: a receiver that was forgotten would ring it till it closes
    (R22). Nobody else is rung unasked."""
    own = desk.key == call.line.silence_desk
    return own and joinable(desk, call.now) and not failed_before(call.line, call.position, desk.key)


def _desk_at_the_end(call: CallState) -> Desk:
    """The city's own; in its place, for who does not speak its language, one that speaks theirs (R23), best one that
    is open."""
    own, code = call.desk_named(call.line.silence_desk), call.language.code
    if own.answers_in(code):
        return own
    fitting = map(call.desk_named, call.fitting_desks())
    speaking = [desk for desk in fitting if desk.answers_in(code) and not desk.hours.always]
    open_now = (desk for desk in (*speaking, own) if desk.hours.is_open(call.now))
    return next(open_now, speaking[0] if speaking else own)


def last_words(call: CallState) -> tuple[Say, ...]:
    """Where help is at any hour; a desk: whether it is open, its number; and goodbye."""
    return (*help_at_the_end(call), *_told_at_the_end(call, _desk_at_the_end(call)), *call.words("say.goodbye"))


def _told_at_the_end(call: CallState, desk: Desk) -> tuple[Say, ...]:
    """A desk with its number. Not one that is closed, where one of any hour fits best: that has just been told, and
    nobody should note down the wrong number."""
    speaker, fits_best = call.speaker, map(call.desk_named, call.named_here()[:1])
    told = any(best.hours.always and best.hours.is_open(call.now) for best in fits_best)
    if told and not desk.hours.is_open(call.now):
        return ()
    return (speaker.say(*speaker.status(desk, call.now), SENTENCE), *speaker.numbers(desk))
