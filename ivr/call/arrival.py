"""What is said on coming to a place, and how long the line listens there."""

from collections.abc import Iterator
from dataclasses import replace

from ivr.call.acts import Act, Ask, Dial, Say, Turn
from ivr.call.heard_places import failures
from ivr.call.options import first_question, language_told, languages_told, offers, question, told
from ivr.call.reaching import told_now
from ivr.call.speaking import SENTENCE
from ivr.call.state import CallState
from ivr.call.whispers import matter
from ivr.line import prompt_keys as keys
from ivr.line import tree
from ivr.line.hours_words import said_hours
from ivr.line.named_numbers import number_of
from ivr.line.tree import ASK, JOIN
from ivr.line.values import Desk, Kind
from ivr.line.words import Prompt

WAITS = (10, 15, 20)
"""Seconds to wait for a key the first, second and third time (R6)."""

BETWEEN_PASSAGES = 1
"""Seconds between two passages that are read on by themselves [own value]."""

AFTER_OFFER = 5
"""Seconds after a passage that names a key, before the next is read on: who holds a smartphone needs 2 to 5 s to
find the keypad, and stops looking for it when the line speaks again [own value; simulated callers]."""

BEFORE_TRANSFER = 3
"""Seconds in which a transfer can still be stopped once it is announced: with the cost, which is told behind the
stop key, as long as an old hand needs [own value; simulated callers]."""

HOURS_AT_ONCE = 2
"""Sentences of a desk's usual hours in one passage; what is left is told with the charge, so that neither is
too long (R9) [own value]."""

PAUSE_ROUND = 60
"""Seconds of a pause between two reminders that the line is still there [own value]."""


def greet(call: CallState) -> Turn:
    """The greeting, the first menu, and early in it the ways into other languages in their own voices. Alerts in
    force come before the menu, and the languages before these, which take long."""
    greeting, alerts = call.words("say.greeting"), tuple(_alerts(call))
    if alerts:
        return arrive(call, (*greeting, *languages_told(call), *alerts))
    return ask(call, (*greeting, *first_question(call)), WAITS[call.position.tries])


def arrive(call: CallState, before: tuple[Say, ...] = ()) -> Turn:
    """Say what there is at this place, after `before`, and listen."""
    if call.notes is None:
        return _arrive(call, before)
    position = call.position
    failed = failures(call.line, position)
    here = (position.language, position.trail, position.speed, position.tries, position.offers, failed, call.listens)
    if here not in call.notes:
        call.notes[here] = _arrive(call, ())
    known: Turn = call.notes[here]
    asked, *then = known.acts
    assert isinstance(asked, Ask)
    acts = (Ask((*before, *asked.says), asked.wait), *then) if before else known.acts
    trail, offered = known.position.trail, known.position.offers
    moved = trail != position.trail or offered != position.offers
    return Turn(acts, replace(position, trail=trail, offers=offered) if moved else position)


def _arrive(call: CallState, before: tuple[Say, ...]) -> Turn:
    if call.kind is Kind.PAUSE:
        return ask(call, (*before, *_reminder(call)), PAUSE_ROUND)
    if call.place.step == JOIN:
        return _join(call, before)
    if call.place.step == ASK and not (call.desk and call.can_ring(call.desk)):
        return _arrive(call.step_to("0"), before)
    if call.reading:
        return ask(call, (*before, *_passage(call)), AFTER_OFFER if _names_a_key(call) else BETWEEN_PASSAGES)
    return ask(call, (*before, *question(call)), WAITS[call.position.tries])


def _names_a_key(call: CallState) -> bool:
    """Whether the passage that is read names the key of a language, or the one to be joined to a desk."""
    if call.kind is Kind.HELP:
        return call.place.step == "0" and bool(offers(call))
    if call.desk is None or not call.can_ring(call.desk):
        return False
    passages = tree.desk_passages(call.line, call.language.code, call.desk.key)
    return passages[int(call.place.step)] in (tree.STATUS, tree.ABOUT)


def ask(call: CallState, says: tuple[Say, ...], wait: int, *then: Act) -> Turn:
    """Say this and listen; if nothing comes, `then`. What a desk's page offers now is kept, since it
    depends on the hour."""
    kept = offers(call) if call.desk else ()
    position = call.position if kept == call.position.offers else replace(call.position, offers=kept)
    return Turn((Ask(says, wait), *then), position)


def _alerts(call: CallState) -> Iterator[Say]:
    for alert in call.line.alerts_at(call.now):
        if words := alert.words.get(call.language.code):
            yield from call.speaker.with_numbers((*words.chunks(), SENTENCE))


def _reminder(call: CallState) -> tuple[Say, ...]:
    return call.words("pause.begin" if call.place.step == "0" else "pause.still")


# --- passages -----------------------------------------------------------------------------


def _passage(call: CallState) -> tuple[Say, ...]:
    """A passage; help begins with the other languages, each in its own voice (R16), and their key holds until
    its end, so that nobody is in a hurry."""
    number = int(call.place.step)
    if call.desk:
        passages = tree.desk_passages(call.line, call.language.code, call.desk.key)
        return tuple(_of_desk(call, call.desk, passages[number], passages[:number].count(tree.NUMBER)))
    passage = tuple(_of_text(call, number))
    return (*passage, *_beside_help(call, number)) if call.kind is Kind.HELP else passage


def _of_text(call: CallState, number: int) -> Iterator[Say]:
    """A passage of a text or the help. What numbers the others give is asked for only where it gives one itself."""
    parts = call.speaker.prompt(keys.passage(call.place.node, number + 1))
    if not any(map(number_of, parts)):
        yield call.speaker.say(*parts)
        return
    rows = [_numbers_in(prompt) for prompt in call.line.passages(call.place.node, call.language.code)]
    before, after = (frozenset().union(*each) for each in (rows[:number], rows[number + 1 :]))
    yield from call.speaker.with_numbers(parts, before, after)


def _beside_help(call: CallState, number: int) -> tuple[Say, ...]:
    """What is told with the help's first two passages: the other languages; that words do as well as the keys that
    choose, where words are listened for."""
    if number == 0:
        return tuple(languages_told(call))
    words = call.speaker.optional(keys.WORDS_TOO) if number == 1 and call.listens else ()
    return (call.speaker.say(*words, SENTENCE),) if words else ()


def _numbers_in(prompt: Prompt) -> frozenset[str]:
    return frozenset(number for part in prompt.parts if (number := number_of(part)))


def _of_desk(call: CallState, desk: Desk, passage: str, at: int) -> Iterator[Say]:
    """A passage of a desk's page; `at` of its numbers have been read."""
    speaker = call.speaker
    match passage:
        case tree.STATUS:
            yield from _status(call, desk)
        case tree.NUMBER:
            yield from (*_after_hours(call, desk), speaker.ready()) if at == 0 else ()
            yield speaker.number(desk, at)
        case tree.AGAIN:
            yield from speaker.again(desk.numbers_in(call.language.code))
        case tree.ABOUT | tree.MORE:
            parts = speaker.prompt(keys.of_node(Kind.DESK, desk.key, passage))
            yield from speaker.with_numbers((*parts, SENTENCE), desk.numbers_in(call.language.code))
            yield from _joining(call, desk) if passage == tree.ABOUT else ()
        case tree.HOURS:
            yield speaker.say(*speaker.usual_hours(desk, HOURS_AT_ONCE), SENTENCE)
        case _:
            if rest := said_hours(call.language, desk)[HOURS_AT_ONCE:]:
                yield speaker.say(*rest, SENTENCE)
            yield from _charge(call, desk)


def _status(call: CallState, desk: Desk) -> tuple[Say, ...]:
    """Open or closed; an open one can be rung at once. Before one that is closed, where help is now."""
    status = call.speaker.say(*call.speaker.status(desk, call.now), SENTENCE)
    return (*told_now(call), status, *_joining(call, desk))


def _joining(call: CallState, desk: Desk) -> tuple[Say, ...]:
    """That an open desk can be rung at once: with its hours, and once more behind its numbers and what it is for,
    for who missed it or was looking for a pen (R14)."""
    return told(call, offers(call)[:1]) if call.can_ring(desk) else ()


def _after_hours(call: CallState, desk: Desk) -> tuple[Say, ...]:
    """What answers there while it is closed, where words tell of it."""
    words = call.speaker.optional(keys.of_node(Kind.DESK, desk.key, keys.AFTER_HOURS))
    return (call.speaker.say(*words, SENTENCE),) if words and not desk.hours.is_open(call.now) else ()


def _charge(call: CallState, desk: Desk) -> Iterator[Say]:
    """What a call costs and whether it is recorded."""
    yield from call.words(keys.of_node(Kind.DESK, desk.key, keys.CHARGE))
    if desk.recorded:
        yield from call.words("join.recorded")


# --- a transfer ---------------------------------------------------------------------------


def _join(call: CallState, before: tuple[Say, ...]) -> Turn:
    """Tell whom, at what cost and whether it is recorded; then ring. A desk that is closed, or does not answer,
    is not rung: its page is read instead."""
    desk = call.desk
    if desk is None or desk.dial is None or not call.can_ring(desk):
        return _arrive(call.step_to("0"), before)
    about = matter(call) if desk.whisper else None
    return ask(call, (*before, *_announcement(call, desk)), BEFORE_TRANSFER, Dial(desk.key, desk.dial, about))


def _announcement(call: CallState, desk: Desk) -> Iterator[Say]:
    yield from call.words("join.now", desk=call.speaker.name(desk.key))
    yield from language_told(call, desk)
    yield from call.words("join.cancel")  # not last: whoever wants to stop has the time of what follows as well
    yield from _charge(call, desk)
