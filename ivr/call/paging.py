"""From passage to passage, by key or by itself (R9)."""

from ivr.call.acts import Turn
from ivr.call.arrival import arrive
from ivr.call.state import CallState
from ivr.line import tree
from ivr.line.tree import END
from ivr.line.values import Kind


def turn_page(call: CallState, by: int) -> Turn:
    """The passage before or after."""
    here = int(call.place.step) if call.reading else call.passages
    there = here + by
    if there < 0:
        return arrive(call, call.words("say.first_passage"))
    if there > call.passages:
        return arrive(call, call.words("say.last_passage"))
    return read_from(call, there)


def turn_languages(call: CallState, by: int) -> Turn:
    """The page of languages before or after, round and round."""
    pages = len(tuple(tree.language_pages(call.line, call.language.code)))
    return arrive(call.step_to(str((int(call.place.step) + by) % pages)))


def read_from(call: CallState, passage: int) -> Turn:
    """Read on; after the last passage the choices, and after help back to where one was."""
    if passage < call.passages:
        return arrive(call.step_to(str(passage)))
    if call.kind is Kind.HELP:
        return arrive(call.back(), call.words("help.end"))
    return arrive(call.step_to(END))
