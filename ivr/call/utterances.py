"""What words mean here, and what they do: mostly what a key does."""

from ivr.call.acts import Turn
from ivr.call.arrival import arrive
from ivr.call.keypad import can_be_done, do, leave_pause, on_key
from ivr.call.language_change import speak
from ivr.call.listening import meaning
from ivr.call.options import offers
from ivr.call.state import CallState
from ivr.line.tree import Place
from ivr.line.values import Kind
from ivr.line.vocabulary import COMMANDS, SPOKEN_KEYS

_KEY, _COMMAND, _LANGUAGE = "key.", "command.", "language."
"""How meanings begin; behind it stands which key, command or language."""


def on_words(call: CallState, text: str) -> Turn:
    """What was said, as the carrier wrote it down."""
    what = meaning(text, meanings(call), call.language.spaces) or ""
    if what.startswith(_KEY):
        return on_key(call, what.removeprefix(_KEY))
    if what.startswith(_LANGUAGE):
        return speak(call, what.removeprefix(_LANGUAGE))
    command = what.removeprefix(_COMMAND)
    if command and call.kind is Kind.PAUSE:
        return leave_pause(call, person=command == "person")
    if command and can_be_done(call, command):
        return do(call, command)
    return arrive(call, call.words("say.not_understood"))


def meanings(call: CallState) -> dict[str, tuple[str, ...]]:
    """What words mean here -> the forms in which it is said."""
    words = call.language.words
    known = {_COMMAND + command: words[command] for command in COMMANDS if command != "language"}
    for number, place in enumerate(call.position.offers or offers(call), 1):
        known[f"{_KEY}{number}"] = (*words[SPOKEN_KEYS[number - 1]], *_forms_for(call, place))
    for code, language in call.line.languages.items():
        known[_LANGUAGE + code] = language.words["language"]
    return known


def _forms_for(call: CallState, place: Place) -> tuple[str, ...]:
    if place.node == Kind.LANGUAGES:
        return ()
    return call.language.words[place.node] if place.step != "1" else ()
