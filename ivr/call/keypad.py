"""What each key does: the same in every state (R5)."""

from dataclasses import replace

from ivr.call.acts import Say, Turn
from ivr.call.arrival import arrive
from ivr.call.language_change import speak
from ivr.call.options import offers
from ivr.call.paging import turn_languages, turn_page
from ivr.call.speaking import SENTENCE
from ivr.call.state import CallState
from ivr.call.transfers import to_a_person
from ivr.line import prompt_keys as keys
from ivr.line import tree
from ivr.line.speeds import Speed
from ivr.line.tree import Place
from ivr.line.values import Kind
from ivr.line.vocabulary import SPOKEN_KEYS

DIGITS_IN_A_ROW = 6
"""So many digits without a pause are more than any way through the menus needs: somebody is
keying a number [own value]."""

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
    run = _run(call, key)
    typed = run >= DIGITS_IN_A_ROW
    call = call.heard_something(run=0 if typed else run)
    before = call.words("say.no_number_needed") if typed else ()
    if call.kind is Kind.PAUSE:
        return leave_pause(call, person=key == "0", before=before)
    here = call.position.offers or offers(call)
    if key in SPOKEN_KEYS and int(key) <= len(here):
        return _choose(call, here[int(key) - 1], before)
    command = COMMAND_KEYS.get(key)
    if command is None or not can_be_done(call, command):
        return arrive(call, (*before, *call.words("say.no_match")))
    return do(call, command, before)


def can_be_done(call: CallState, command: str) -> bool:
    """Whether it means something here: passages are turned only where there are some."""
    return command not in ("previous", "next") or call.passages > 0 or _more_languages(call)


def _more_languages(call: CallState) -> bool:
    """Whether the caller is where languages are chosen, and there are several pages of them."""
    return call.kind is Kind.LANGUAGES and len(tuple(tree.language_pages(call.line, call.language.code))) > 1


def do(call: CallState, command: str, before: tuple[Say, ...] = ()) -> Turn:  # noqa: PLR0911
    """One of the things that can be asked for in every state."""
    match command:
        case "person":
            return to_a_person(call, before)
        case "back":
            return _back(call, before)
        case "again":
            return arrive(call, (*before, *_where(call)))
        case "previous" | "next":
            turn = turn_languages if call.kind is Kind.LANGUAGES else turn_page
            return turn(call, -1 if command == "previous" else +1, before)
        case "speed":
            return _at_speed(call, call.position.speed.next, before)
        case "slower" | "faster":
            return _slower_or_faster(call, command, before)
        case _:
            return arrive(call.into(Place(command, "0")), before)


def leave_pause(call: CallState, person: bool, before: tuple[Say, ...] = ()) -> Turn:
    """Any key goes on (R8); 0 still leads to a person (R1)."""
    call = call.back()
    if person:
        return to_a_person(call, before)
    return arrive(call, (*before, *call.words("pause.end")))


def _run(call: CallState, key: str) -> int:
    """Digits in a row, for somebody who keys a My Number; keys that steer reading do not count."""
    if key not in "0123456789":
        return 0
    if key in "4567" and call.reading:
        return call.position.run
    return call.position.run + 1


def _choose(call: CallState, place: Place, before: tuple[Say, ...]) -> Turn:
    if place.node == Kind.LANGUAGES and place.step in call.line.languages:
        return speak(call, place.step, prompts=("say.no_number_needed",) if before else ())
    return arrive(call.into(place), before)


def _back(call: CallState, before: tuple[Say, ...]) -> Turn:
    if len(call.position.trail) == 1:
        return arrive(call, (*before, *call.words("say.at_start")))
    return arrive(call.back(), before)


def _where(call: CallState) -> tuple[Say, ...]:
    return (call.speaker.say(*call.speaker.where(call.place), SENTENCE),)


def _at_speed(call: CallState, speed: Speed, before: tuple[Say, ...]) -> Turn:
    call = call.to(replace(call.position, speed=speed))
    return arrive(call, (*before, *call.words(keys.speed(speed))))


def _slower_or_faster(call: CallState, command: str, before: tuple[Say, ...]) -> Turn:
    """Slower and faster as wishes of their own, which end at the ends."""
    now = call.position.speed
    wanted = now.slower if command == "slower" else now.faster
    if wanted is not now:
        return _at_speed(call, wanted, before)
    return arrive(call, (*before, *call.words(keys.speed("slowest" if command == "slower" else "fastest"))))
