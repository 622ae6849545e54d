"""Rules of what keys do, of waiting and of calls without an end (R1 to R8, R11, R16, R22)."""

from collections.abc import Hashable, Iterator
from datetime import datetime, timedelta

from ivr.call.acts import Ask, Dial, HangUp, Key, NoInput, Turn
from ivr.call.arrival import WAITS
from ivr.call.conversation import step
from ivr.call.heard_places import heard
from ivr.call.positions import Position
from ivr.call.rules.survey import (
    Finding,
    Survey,
    ask_of,
    is_question,
    key_named,
    one_of_each_place,
    rings_somebody,
    says_of,
)
from ivr.call.speaking import joinable
from ivr.call.walking import KEYPAD, SILENCE
from ivr.line import prompt_keys as keys
from ivr.line import tree
from ivr.line.sentences import sentence
from ivr.line.text import whole
from ivr.line.tree import END, JOIN, Place, desk_at
from ivr.line.values import Kind
from ivr.line.vocabulary import SPOKEN_KEYS
from ivr.line.words import Chunk

PAUSE_SECONDS = 300


LONGEST_CALL = 7200
"""Seconds of a call in which one key is pressed for ever, its words heard each time; a text is heard thirty
times in less (R22) [own value]."""


MANY = 100
"""More keys than any caller needs who brings nothing new [own value]."""


NUMBERS_KEYED = ("331177889900", "112233445566", "123456789018")
"""Twelve digits as a My Number has them; those of the first two come close to desks on their way."""


def leads_to_a_person(survey: Survey) -> Iterator[Finding]:
    """R1: 0 rings an open desk, or tells the number of one that is open; where all are closed, it reads when
    one opens."""
    for now, visit in survey.visits:
        turn, language = visit.answers["0"], visit.turn.position.language
        anybody = any(joinable(survey.line.desks[key].heard_in(language), now) for key in survey.line.nearest)
        found = desk_at(survey.line, turn.position.place.node)
        answers = rings_somebody(turn) or (found is not None and found.heard_in(language).hours.is_open(now))
        if found is None or (anybody and not answers):
            yield Finding("R1", str(visit), sentence("0 leads to nobody"))


def goes_back(survey: Survey) -> Iterator[Finding]:
    """R4: * goes back one step, never to the start; 5 stays."""
    for _, visit in survey.visits:
        before = visit.turn.position
        after = visit.answers["*"].position
        if after.trail != (before.trail[:-1] or before.trail):
            yield Finding("R4", str(visit), sentence("* does not go back one step"))
        again = visit.answers["5"].position
        if again.trail != _said_again(before):
            yield Finding("R4", str(visit), sentence("5 leads away"))


def _said_again(position: Position) -> tuple[Place, ...]:
    """Where 5 stands: behind the last passage at the first again, so that the whole is heard."""
    place = position.place
    if place.node == Kind.PAUSE:
        return position.trail[:-1]
    return position.at(Place(place.node, "0")).trail if place.step == END else position.trail


def answers_every_key(survey: Survey) -> Iterator[Finding]:
    """R5, R12: words for all twelve keys, and a key is listened for whenever the line speaks."""
    for _, visit in survey.visits:
        for key in KEYPAD:
            if not any(isinstance(act, Ask) and act.says for act in visit.answers[key].acts):
                yield Finding("R5", str(visit), sentence("key %(key)s is met with silence", key=key))


def waits_long_enough(survey: Survey) -> Iterator[Finding]:
    """R6: questions wait 10, then 15, then 20 seconds, and then somebody or a goodbye comes."""
    for _, visit in survey.visits:
        ask = ask_of(visit.turn)
        tries = visit.turn.position.tries
        if ask is None or not is_question(visit):
            continue
        if ask.wait != WAITS[tries]:
            yield Finding(
                "R6", str(visit), sentence("waits %(wait)s s, not %(waits)s s", wait=ask.wait, waits=WAITS[tries])
            )
        after = visit.answers[SILENCE].position.place
        last = tries == len(WAITS) - 1 and (after.node != visit.place.node or after.step == visit.place.step)
        if last and not any(isinstance(act, Dial | HangUp) for act in visit.answers[SILENCE].acts):
            yield Finding("R6", str(visit), sentence("a third silence leads nowhere"))


def changes_speed(survey: Survey) -> Iterator[Finding]:
    """R7: 7 changes the speed and says so at the new one; the call keeps it."""
    for _, visit in survey.visits:
        if visit.place.node == Kind.PAUSE:
            continue
        turn = visit.answers["7"]
        says = says_of(turn)
        if not says or says[0].speed is visit.turn.position.speed or says[0].speed is not turn.position.speed:
            yield Finding("R7", str(visit), sentence("7 does not change the speed"))


def pauses(survey: Survey) -> Iterator[Finding]:
    """R8: 8 pauses for at least five minutes, and any key goes on."""
    known: dict[Hashable, tuple[int, bool]] = {}
    for now, visit in survey.visits:
        if visit.place.node == Kind.PAUSE:
            continue
        position = visit.answers["8"].position
        here = (now, position.language, position.trail[-2:], position.offers)
        if here not in known:
            known[here] = _pause(survey, visit.answers["8"], now)
        length, rings = known[here]
        if length < PAUSE_SECONDS:
            yield Finding(
                "R8",
                str(visit),
                sentence(
                    "a pause lasts %(length)s s, not %(pause_seconds)s s", length=length, pause_seconds=PAUSE_SECONDS
                ),
            )
        if rings:
            yield Finding("R8", str(visit), sentence("a transfer goes on by itself behind a pause"))


def _pause(survey: Survey, turn: Turn, now: datetime) -> tuple[int, bool]:
    """Seconds of a pause that nobody ends, and whether a desk is rung behind it."""
    length = 0
    while turn.position.place.node == Kind.PAUSE:
        ask = ask_of(turn)
        length += ask.wait if ask else 0
        turn = survey.step(turn, NoInput(), now)
    return length, rings_somebody(turn)


def only_named_keys_ring(survey: Survey) -> Iterator[Finding]:
    """R11: no key of a text or desk rings that was not named in this call."""
    line = survey.line
    for _, visit in survey.visits:
        position, place = visit.turn.position, visit.place
        named = {key_named(part) for say in says_of(visit.turn) for part in say.parts}
        choices = heard(line, position, Place(place.node, END))
        if whole(place.step) is None or place.node in tree.KEYPAD or choices:
            continue
        told = desk_at(line, place.node) and heard(line, position, Place(place.node, "0"))
        open_desk = {1} if told else set()
        for key in SPOKEN_KEYS:
            if int(key) not in named | open_desk and rings_somebody(visit.answers[key]):
                yield Finding("R11", str(visit), sentence("%(key)s rings, though nothing has said so", key=key))


def routine_keys_once(survey: Survey) -> Iterator[Finding]:
    """R11: the keys that always work are not told twice in a row."""
    for _, visit in survey.visits:
        said = [keys.of_chunk(part.key) for say in says_of(visit.turn) for part in say.parts if isinstance(part, Chunk)]
        if len({key for key in said if key in ("say.routine", "silence.explain")}) > 1:
            yield Finding("R11", str(visit), sentence("tells the keys that always work twice"))


def help_offers_languages(survey: Survey) -> Iterator[Finding]:
    """R16: help begins with the other languages, each in its own voice."""
    if len(survey.line.languages) == 1:
        return
    for _, visit in survey.visits:
        if visit.place.node != Kind.HELP:
            continue
        language, after = visit.turn.position.language, visit.answers["1"].position
        if after.language == language and after.place.node != Kind.LANGUAGES:
            yield Finding("R16", str(visit), sentence("1 leads to no other language"))
        if visit.place.step == "0" and all(say.language == language for say in says_of(visit.turn)):
            yield Finding(
                "R16", str(visit), sentence("help does not begin with the other languages in their own voices")
            )


def languages_wait_long_enough(survey: Survey) -> Iterator[Finding]:
    """R6: the key of the other languages, which help begins with, holds long enough."""
    if len(survey.line.languages) == 1:
        return
    for now, visit in survey.visits:
        at_first = visit.place.node == Kind.HELP and visit.place.step == "0"
        if at_first and (length := _help_lasts(survey, visit.turn, now)) < WAITS[0]:
            yield Finding(
                "R6",
                str(visit),
                sentence(
                    "the key of languages holds for %(length).0f s, not %(waits)s s", length=length, waits=WAITS[0]
                ),
            )


def _help_lasts(survey: Survey, turn: Turn, now: datetime) -> float:
    """Seconds from the end of help's first passage to its end."""
    length = -survey.length(says_of(turn))
    while turn.position.place.node == Kind.HELP:
        ask = ask_of(turn)
        length += survey.length(says_of(turn)) + (ask.wait if ask else 0)
        turn = survey.step(turn, NoInput(), now)
    return length


def numbers_ring_nothing(survey: Survey) -> Iterator[Finding]:
    """A number that is keyed digit by digit rings nothing, and leaves no transfer announced. One of paging keys
    alone may have turned pages."""
    for now, visit in one_of_each_place(survey):
        before = visit.turn.position
        for number in NUMBERS_KEYED:
            turn = visit.turn
            for digit in number:
                turn = survey.step(turn, Key(digit), now)
            if rings_somebody(turn) or (turn.position.place.step == JOIN and before.place.step != JOIN):
                yield Finding(
                    "number",
                    str(visit),
                    sentence("the number %(number)s is keyed, and its digits are obeyed", number=number),
                )


def calls_end(survey: Survey) -> Iterator[Finding]:
    """R22: one key pressed for ever ends the call, from the greeting and behind a text. The counting is the
    same in every language and at every hour: one of each is enough."""
    line = survey.line
    first_at = survey.visits[0][0]
    texts = 0
    for now, visit in one_of_each_place(survey):
        behind_text = visit.place.node in line.texts and visit.place.step == END
        texts += behind_text
        spoken_here = visit.turn.position.language == line.first_language.code and now == first_at
        if not spoken_here or not (visit.keys == "" or (behind_text and texts == 1)):
            continue
        for key in KEYPAD:
            length = _lasts(survey, visit.turn, now, Key(key))
            if length > LONGEST_CALL:
                yield Finding(
                    "R22",
                    str(visit),
                    sentence(
                        "key %(key)s keeps the call for more than %(longest_call)s minutes",
                        key=key,
                        longest_call=LONGEST_CALL // 60,
                    ),
                )


def _lasts(survey: Survey, turn: Turn, now: datetime, key: Key) -> float:
    """Seconds of a call in which nothing but this key comes, as soon as the line listens; endless where it
    has not ended after MANY of them."""
    length = 0.0
    for _ in range(MANY):
        length += survey.length(says_of(turn))
        if any(isinstance(act, HangUp) for act in turn.acts):
            return length
        turn = step(survey.line, turn.position, key, now + timedelta(seconds=length))
    return float("inf")


def speaks_before_listening(survey: Survey) -> Iterator[Finding]:
    """Every turn has words, and listens, rings or ends with a goodbye."""
    for _, visit in survey.visits:
        if not any(isinstance(part, Chunk) for say in says_of(visit.turn) for part in say.parts):
            yield Finding("R12", str(visit), sentence("nothing is said"))
        if not any(isinstance(act, Ask | HangUp) for act in visit.turn.acts):
            yield Finding("R12", str(visit), sentence("a dead end: nothing listens and nothing ends"))
