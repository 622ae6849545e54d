"""Rules of how long something takes: a passage, a menu, the way to what cannot wait (R9, R13, R19)."""

import re
from collections.abc import Iterable, Iterator

from ivr.call.acts import Say, Turn
from ivr.call.goals import PERSON, TimedWay, timed
from ivr.call.rules.survey import Finding, Survey, desks_read, places_read, read_at, rings_somebody, says_of
from ivr.call.speaking import Speaker
from ivr.call.walking import by_keys
from ivr.line import prompt_keys as keys
from ivr.line import tree
from ivr.line.named_numbers import is_number
from ivr.line.sentences import sentence
from ivr.line.speeds import Speed
from ivr.line.tree import kind_of
from ivr.line.values import Kind, Language
from ivr.line.vocabulary import is_read_in_passages
from ivr.line.words import Chunk, Part, Prompt, Span

GREETING_SECONDS = 8


MENU_SECONDS = 25


PASSAGE_SECONDS = 20


SENTENCE_SECONDS = 7


TEXT_KEYS = 2


DESK_KEYS = 3


ESTIMATE_ALLOWED = 1.05
"""How far seconds may be over a goal (R19) where they may be estimated: as well as the estimate of a whole way is
[own value]."""


MOST_SENTENCES = 3


_SENTENCE_END = re.compile(r"(?<=[。！？])|(?<=[.!?])\s")


def lengths(survey: Survey) -> Iterator[Finding]:
    """R13: the greeting takes under 8 s, a menu under 25 s."""
    for _, visit in survey.visits:
        language, node = visit.turn.position.language, visit.place.node
        before, menu = _divided(visit.turn)
        if visit.keys == "" and survey.length(before) >= GREETING_SECONDS:
            length = survey.length(before)
            yield Finding(
                "R13",
                f"{language}: say.greeting",
                sentence(
                    "takes %(length).1f s, not under %(greeting_seconds)s s",
                    length=length,
                    greeting_seconds=GREETING_SECONDS,
                ),
            )
        if kind_of(survey.line, node) is Kind.MENU and survey.length(menu) >= MENU_SECONDS:
            length = survey.length(menu)
            yield Finding(
                "R13",
                f"{language}: menu.{node}",
                sentence(
                    "takes %(length).1f s, not under %(menu_seconds)s s", length=length, menu_seconds=MENU_SECONDS
                ),
            )


def _divided(turn: Turn) -> tuple[tuple[Say, ...], tuple[Say, ...]]:
    """What is said before a menu, such as a greeting, and the menu itself."""
    says = says_of(turn)
    for number, say in enumerate(says):
        if any(_begins_a_menu(part) for part in say.parts):
            return says[:number], says[number:]
    return says, ()


def _begins_a_menu(part: Part) -> bool:
    if not isinstance(part, Chunk):
        return False
    return keys.taken_apart(keys.of_chunk(part.key)).part == keys.OPTION


def passages(survey: Survey) -> Iterator[Finding]:
    """R9: a passage takes at most 20 s, of a text, the help or a desk's page, and has one to three sentences. A
    sentence takes under 7 s where the language allows (R13), which a person must judge."""
    line, now = survey.line, survey.visits[0][0]
    for code, language in line.languages.items():
        for key, prompt in language.prompts.items():
            if is_read_in_passages(key):
                yield from _sentences_of(survey, language, prompt)
        for node in (Kind.HELP, *line.texts):
            for number, place in enumerate(places_read(line, code, node), 1):
                yield from _long(survey, f"{code}.toml: {keys.passage(node, number)}", read_at(line, code, place, now))
    for now, code, desk in desks_read(survey):
        about = tree.desk_passages(line, code, desk)
        for part, place in zip(about, places_read(line, code, desk), strict=True):
            yield from _long(survey, f"{code}: {Kind.DESK}.{desk} ({part})", read_at(line, code, place, now))


def _long(survey: Survey, place: str, says: tuple[Say, ...]) -> Iterator[Finding]:
    length = survey.length(says)
    if length > PASSAGE_SECONDS:
        yield Finding(
            "R9",
            place,
            sentence(
                "takes %(length).1f s, more than %(passage_seconds)s s: divide it",
                length=length,
                passage_seconds=PASSAGE_SECONDS,
            ),
        )


def _sentences_of(survey: Survey, language: Language, prompt: Prompt) -> Iterator[Finding]:
    speaker, place = Speaker(survey.line, language, Speed.NORMAL), f"{language.code}.toml: {prompt.key}"
    sentences = _sentences(prompt.chunks())
    if len(sentences) > MOST_SENTENCES:
        yield Finding(
            "R9",
            place,
            sentence(
                "has %(sentences)s sentences, more than %(most_sentences)s: divide it",
                sentences=len(sentences),
                most_sentences=MOST_SENTENCES,
            ),
        )
    for each in sentences:
        length = survey.seconds(speaker.say(Chunk(prompt.key, (Span(each),))))
        if length > SENTENCE_SECONDS:
            message = sentence(
                "a sentence takes %(length).1f s, more than %(sentence_seconds)s s: %(sentence)s",
                length=length,
                sentence_seconds=SENTENCE_SECONDS,
                sentence=each,
            )
            yield Finding("R13", place, message, error=False)


def _sentences(chunks: Iterable[Chunk]) -> list[str]:
    text = " ".join(chunk.spoken for chunk in chunks if not is_number(chunk))
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence and sentence.strip()]


def desks_are_near(survey: Survey) -> Iterator[Finding]:
    """R19: from the language's own greeting, three keys to a ringing desk."""
    first = survey.visits[0][0]
    for code in survey.line.languages:
        visits = [v for now, v in survey.visits if now == first and v.begun == v.turn.position.language == code]
        desk = min((len(v.keys) for v in visits if rings_somebody(v.turn) and by_keys(v)), default=99)
        if desk > DESK_KEYS:
            yield Finding(
                "R19",
                code,
                sentence(
                    "the nearest desk is %(desk)s keys away, more than %(desk_keys)s", desk=desk, desk_keys=DESK_KEYS
                ),
            )


def ways_are_short(survey: Survey) -> Iterator[Finding]:
    """R19: from the language's own greeting, two keys and the seconds of each goal to what cannot wait."""
    line = survey.line
    hours = tuple(dict.fromkeys(now for now, _ in survey.visits))
    for way in timed(line, hours, survey.seconds):
        yield from _late(way)


def _late(way: TimedWay) -> Iterator[Finding]:
    """What is wrong with a way. Seconds may be estimated here, which is allowed for; `flask line seconds` has them
    from the sounds."""
    place, goal = f"{way.language}: {way.goal.node}", way.goal
    keys_to_text = way.keys.rstrip(PERSON)
    if len(keys_to_text) > TEXT_KEYS:
        yield Finding(
            "R19",
            place,
            sentence(
                "lies behind the keys %(keys_to_text)s, more than %(text_keys)s",
                keys_to_text=keys_to_text,
                text_keys=TEXT_KEYS,
            ),
        )
    if way.seconds is None:
        yield Finding(
            "R19",
            place,
            sentence(
                "%(awaited)s: never by the keys %(keys)s, which no words name in time",
                awaited=goal.awaited,
                keys=way.keys,
            ),
        )
    elif way.seconds > goal.seconds * ESTIMATE_ALLOWED:
        message = sentence(
            "%(awaited)s after %(seconds).1f s by the keys %(keys)s, not %(wanted).0f s: "
            "shorten what is said before it",
            awaited=goal.awaited,
            seconds=way.seconds,
            keys=way.keys,
            wanted=goal.seconds,
        )
        yield Finding("R19", place, message)
