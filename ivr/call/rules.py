"""The rules of the call, held against every state of a line.

R1 to R22 are the project's accessibility rules (README, "The rules of the call"); they rest
on W3C's guidance for voice menus, WCAG 2.2 and studies of speech rate. What the conversation
guarantees by construction is checked all the same: words and files change, and so may it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ivr.call.acts import Ask, Dial, HangUp, Key, NoInput, Say, Turn, Words, words_of
from ivr.call.arrival import WAITS, arrive
from ivr.call.conversation import step
from ivr.call.goals import PERSON, Seconds, TimedWay, timed
from ivr.call.heard_places import heard
from ivr.call.level import level
from ivr.call.positions import Position, start
from ivr.call.reaching import help_now
from ivr.call.speaking import Speaker, joinable
from ivr.call.state import CallState
from ivr.call.understanding import plain
from ivr.call.walking import KEYPAD, SILENCE, Visit, by_keys, walk
from ivr.call.whispers import WHISPER_SECONDS, whispers
from ivr.line import prompt_keys as keys
from ivr.line import tree
from ivr.line.contacts import CONTACTS
from ivr.line.hours import Hours
from ivr.line.named_numbers import is_number, number_of
from ivr.line.own_hours import faults
from ivr.line.scripts import foreign
from ivr.line.speeds import Speed
from ivr.line.text import whole
from ivr.line.tree import (
    ASK,
    END,
    JOIN,
    Place,
    branches,
    desk_at,
    has,
    help_now_at,
    kind_of,
    submenus,
    with_facts,
)
from ivr.line.typed_numbers import digits_in_words, typed_numbers
from ivr.line.values import MOST_LEVELS, MOST_OPTIONS, Confirmation, Kind, Language, Line
from ivr.line.vocabulary import (
    CONNECT,
    MOST_PASSAGES,
    SPOKEN_KEYS,
    is_of_the_line,
    is_read_in_passages,
    required_prompts,
)
from ivr.line.words import Break, Chunk, Part, Prompt, Span

GREETING_SECONDS = 8
MENU_SECONDS = 25
PASSAGE_SECONDS = 20
SENTENCE_SECONDS = 7
TEXT_KEYS = 2
DESK_KEYS = 3
ESTIMATE_ALLOWED = 1.05
"""How far seconds may be over a goal (R19) where they may be estimated: as well as the estimate of a whole way is
[own value]."""
PAUSE_SECONDS = 300
LEVEL_MARGIN = 1.0
"""So far under the level that a language asks for a text may be published all the same: one step of the scale, such
as from "upper elementary" to "lower intermediate" [own value]."""
PEN_MILLISECONDS = 2000
MOST_SENTENCES = 3
LONGEST_CALL = 7200
"""Seconds of a call in which one key is pressed for ever, its words heard each time; a text is heard thirty
times in less (R22) [own value]."""
MANY = 100
"""More keys than any caller needs who brings nothing new [own value]."""
NUMBERS_KEYED = ("331177889900", "112233445566", "123456789018")
"""Twelve digits as a My Number has them; those of the first two come close to desks on their way."""
JOINED_IN_ANOTHER_LANGUAGE = "join.language"
SOON_DAYS = 60
"""Hours that end within so many days are pointed out [own value]."""

_SENTENCE_END = re.compile(r"(?<=[。！？])|(?<=[.!?])\s")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a rule found. An error must be mended; a note is for somebody to look at."""

    rule: str
    place: str
    message: str
    error: bool = True

    def __str__(self) -> str:
        return f"{'error' if self.error else 'note'}  {self.rule:<4} {self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Survey:
    """Every state of the line in every language, at an hour when all is open and at one when
    all is closed, with what a rule needs to judge it."""

    line: Line
    seconds: Seconds
    visits: tuple[tuple[datetime, Visit], ...]

    @classmethod
    def of(cls, line: Line, hours: Iterable[datetime], seconds: Seconds) -> "Survey":
        """Walk the whole line at these hours (aware)."""
        visits = tuple((now, visit) for now in hours for visit in walk(line, tuple(line.languages), now))
        return cls(line, seconds, visits)

    def length(self, says: Iterable[Say]) -> float:
        """Seconds that these take to say."""
        return sum(self.seconds(say) for say in says)


def open_and_closed(line: Line, moment: datetime) -> tuple[datetime, datetime]:
    """An hour at which most desks that the line can ring are open, and one when none is."""
    hours = [_at(moment, day, hour) for day in range(14) for hour in range(24)]

    def count(hour: datetime) -> int:
        return sum(desk.dial is not None and desk.hours.is_open(hour) for desk in line.desks.values())

    return max(hours, key=count), min(hours, key=count)


def _at(moment: datetime, day: int, hour: int) -> datetime:
    return datetime.combine(moment.date() + timedelta(days=day), time(hour), moment.tzinfo)


def findings(survey: Survey, today: date) -> list[Finding]:
    """All that the rules find, errors first, each once."""
    found = [finding for rule in RULES for finding in rule(survey)]
    found += [*confirmations(survey.line, today), *ending_hours(survey.line, today)]
    return sorted(dict.fromkeys(found), key=lambda finding: (not finding.error, finding.rule))


# --- every state ----------------------------------------------------------------------------


def leads_to_a_person(survey: Survey) -> Iterator[Finding]:
    """R1: 0 rings an open desk, or tells the number of one that is open; where all are closed, it reads when
    one opens."""
    for now, visit in survey.visits:
        turn, language = visit.answers["0"], visit.turn.position.language
        anybody = any(joinable(survey.line.desks[key].heard_in(language), now) for key in survey.line.nearest)
        found = desk_at(survey.line, turn.position.place.node)
        answers = _rings(turn) or (found is not None and found.heard_in(language).hours.is_open(now))
        if found is None or (anybody and not answers):
            yield Finding("R1", str(visit), "0 leads to nobody")


def zero_keeps_its_word(survey: Survey) -> Iterator[Finding]:
    """R1: words of a menu that 0 rings its first desk are said only where it does, or asks back whether to."""
    for _, visit in survey.visits:
        place, there = visit.place, visit.answers["0"].position.place
        menu = survey.line.menus.get(place.node)
        if menu is None or not _said_in(visit.turn, keys.of_node(Kind.MENU, place.node, keys.PERSON)):
            continue
        if there.node not in menu.desks[:1] or there.step not in (JOIN, ASK):
            yield Finding("R1", str(visit), f"says that 0 rings the first desk, and it leads to {there.node}")


def own_language_first(survey: Survey) -> Iterator[Finding]:
    """R23: 0 leads to a desk that speaks the caller's language, where one that fits can be rung, but from the
    page of another desk; and whom one is joined to without it, that is said before."""
    line = survey.line
    for now, visit in survey.visits:
        call = CallState(line, visit.turn.position, now)
        code, turn = call.language.code, visit.answers["0"]
        speaking = [key for key in call.fitting_desks() if call.desk_named(key).answers_in(code)]
        could = any(joinable(call.desk_named(key), now) for key in speaking)
        place, pages = turn.position.place, [each.node for each in call.position.trail[-2:]]
        if could and _rings(turn) and place.node not in (*speaking, *pages):
            yield Finding("R23", str(visit), f"0 rings {place.node}, though a desk is open that speaks {code}")
        for each in (visit.turn, turn):
            rung = next((act.desk for act in each.acts if isinstance(act, Dial)), None)
            if rung is None or rung in speaking:
                continue
            if not _said_in(each, JOINED_IN_ANOTHER_LANGUAGE):
                yield Finding("R23", str(visit), f"{rung} is rung, and that it does not speak {code} is not said")


def answered_in_every_language(survey: Survey) -> Iterator[Finding]:
    """R23: somebody answers in each language of the line."""
    for code in survey.line.languages:
        if not any(desk.heard_in(code).answers_in(code) for desk in survey.line.desks.values()):
            message = f"no desk answers in {code}: put it into the languages of one that does"
            yield Finding("R23", "line.toml: desk", message, error=False)
    for desk in survey.line.desks.values():
        for code in desk.in_language.keys() - survey.line.languages.keys():
            message = f"{code} is no language of the line, so that nobody hears it"
            yield Finding("R23", f"line.toml: desk.{desk.key}.in.{code}", message, error=False)


def help_at_any_hour(survey: Survey) -> Iterator[Finding]:
    """R15: desks that are told of first where help is needed at once never close, and come before what is
    closed."""
    line = survey.line
    for kind, nodes in branches(line):
        for node in nodes:
            for key in help_now_at(line, node):
                if not all(each.hours.always for each in line.desks[key].versions):
                    place = f"line.toml: {keys.of_node(kind, node, 'help_now')}"
                    yield Finding(
                        "R15", place, f'{key!r} closes: name a desk of any hour (hours = "24/7"), or take it out'
                    )
    for now, visit in survey.visits:
        call = CallState(line, visit.turn.position, now)
        if call.desk is None or call.desk.hours.is_open(now) or not call.reading or call.place.step != "0":
            continue
        told = [key for key in help_now(call) if key != call.place.node and call.desk_named(key).hours.is_open(now)]
        if told and not _begins_with(visit.turn, call, told[0]):
            yield Finding("R15", str(visit), f"is closed, and does not begin with {told[0]}, which never is")


def _begins_with(turn: Turn, call: CallState, desk: str) -> bool:
    """Whether the words of a desk of any hour come before those that tell of a closed one."""
    said = [part for say in _says(turn) for part in say.parts if isinstance(part, Chunk)]
    wanted = [part for part in call.speaker.now(call.desk_named(desk)) if isinstance(part, Chunk)]
    closed = next((at for at, part in enumerate(said) if keys.of_chunk(part.key) == "status.closed"), len(said))
    return wanted[0] in said[:closed]


def offers_what_is_open(survey: Survey) -> Iterator[Finding]:
    """R1: in place of a desk that cannot be reached, only such are offered as are open and fit."""
    line = survey.line
    for now, visit in survey.visits:
        call = CallState(line, visit.turn.position, now)
        if call.desk is None:
            continue
        for place in visit.turn.position.offers:
            desk = call.desk_named(place.node)
            if place.node != call.desk.key and not (desk.hours.is_open(now) and desk.key in call.fitting_desks()):
                yield Finding("R1", str(visit), f"offers {desk.key} in place of {call.desk.key}, which is no help")


def _said_in(turn: Turn, key: str) -> bool:
    parts = (part for say in _says(turn) for part in say.parts if isinstance(part, Chunk))
    return any(keys.of_chunk(part.key) == key for part in parts)


def goes_back(survey: Survey) -> Iterator[Finding]:
    """R4: * goes back one step, never to the start; 5 stays."""
    for _, visit in survey.visits:
        before = visit.turn.position
        after = visit.answers["*"].position
        if after.trail != (before.trail[:-1] or before.trail):
            yield Finding("R4", str(visit), "* does not go back one step")
        again = visit.answers["5"].position
        if again.trail != _said_again(before):
            yield Finding("R4", str(visit), "5 leads away")


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
                yield Finding("R5", str(visit), f"key {key} is met with silence")


def waits_long_enough(survey: Survey) -> Iterator[Finding]:
    """R6: questions wait 10, then 15, then 20 seconds, and then somebody or a goodbye comes."""
    for _, visit in survey.visits:
        ask = _ask(visit.turn)
        tries = visit.turn.position.tries
        if ask is None or not _is_question(visit):
            continue
        if ask.wait != WAITS[tries]:
            yield Finding("R6", str(visit), f"waits {ask.wait} s, not {WAITS[tries]} s")
        after = visit.answers[SILENCE].position.place
        last = tries == len(WAITS) - 1 and (after.node != visit.place.node or after.step == visit.place.step)
        if last and not any(isinstance(act, Dial | HangUp) for act in visit.answers[SILENCE].acts):
            yield Finding("R6", str(visit), "a third silence leads nowhere")


def changes_speed(survey: Survey) -> Iterator[Finding]:
    """R7: 7 changes the speed and says so at the new one; the call keeps it."""
    for _, visit in survey.visits:
        if visit.place.node == Kind.PAUSE:
            continue
        turn = visit.answers["7"]
        says = _says(turn)
        if not says or says[0].speed is visit.turn.position.speed or says[0].speed is not turn.position.speed:
            yield Finding("R7", str(visit), "7 does not change the speed")


def pauses(survey: Survey) -> Iterator[Finding]:
    """R8: 8 pauses for at least five minutes, and any key goes on."""
    for now, visit in survey.visits:
        if visit.place.node == Kind.PAUSE:
            continue
        turn = visit.answers["8"]
        length = 0
        while turn.position.place.node == Kind.PAUSE:
            ask = _ask(turn)
            length += ask.wait if ask else 0
            turn = step(survey.line, turn.position, NoInput(), now)
        if length < PAUSE_SECONDS:
            yield Finding("R8", str(visit), f"a pause lasts {length} s, not {PAUSE_SECONDS} s")
        if _rings(turn):
            yield Finding("R8", str(visit), "a transfer goes on by itself behind a pause")


def only_named_keys_ring(survey: Survey) -> Iterator[Finding]:
    """R11: no key of a text or desk rings that was not named in this call."""
    line = survey.line
    for _, visit in survey.visits:
        position, place = visit.turn.position, visit.place
        named = {_key_named(part) for say in _says(visit.turn) for part in say.parts}
        choices = heard(line, position, Place(place.node, END))
        if whole(place.step) is None or place.node in tree.KEYPAD or choices:
            continue
        told = desk_at(line, place.node) and heard(line, position, Place(place.node, "0"))
        open_desk = {1} if told else set()
        for key in SPOKEN_KEYS:
            if int(key) not in named | open_desk and _rings(visit.answers[key]):
                yield Finding("R11", str(visit), f"{key} rings, though nothing has said so")


def routine_keys_once(survey: Survey) -> Iterator[Finding]:
    """R11: the keys that always work are not told twice in a row."""
    for _, visit in survey.visits:
        said = [keys.of_chunk(part.key) for say in _says(visit.turn) for part in say.parts if isinstance(part, Chunk)]
        if len({key for key in said if key in ("say.routine", "silence.explain")}) > 1:
            yield Finding("R11", str(visit), "tells the keys that always work twice")


def help_offers_languages(survey: Survey) -> Iterator[Finding]:
    """R6, R16: help begins with the other languages, each in its own voice, and their key holds long enough."""
    if len(survey.line.languages) == 1:
        return
    for now, visit in survey.visits:
        if visit.place.node != Kind.HELP:
            continue
        language, after = visit.turn.position.language, visit.answers["1"].position
        if after.language == language and after.place.node != Kind.LANGUAGES:
            yield Finding("R16", str(visit), "1 leads to no other language")
        if visit.place.step != "0":
            continue
        if all(say.language == language for say in _says(visit.turn)):
            yield Finding("R16", str(visit), "help does not begin with the other languages in their own voices")
        if (length := _help_lasts(survey, visit.turn, now)) < WAITS[0]:
            yield Finding("R6", str(visit), f"the key of languages holds for {length:.0f} s, not {WAITS[0]} s")


def _help_lasts(survey: Survey, turn: Turn, now: datetime) -> float:
    """Seconds from the end of help's first passage to its end."""
    length = -survey.length(_says(turn))
    while turn.position.place.node == Kind.HELP:
        ask = _ask(turn)
        length += survey.length(_says(turn)) + (ask.wait if ask else 0)
        turn = step(survey.line, turn.position, NoInput(), now)
    return length


def numbers_ring_nothing(survey: Survey) -> Iterator[Finding]:
    """A number that is keyed digit by digit rings nothing, and leaves no transfer announced. One of paging keys
    alone may have turned pages."""
    for now, visit in _one_of_each_place(survey):
        before = visit.turn.position
        for number in NUMBERS_KEYED:
            turn = visit.turn
            for digit in number:
                turn = step(survey.line, turn.position, Key(digit), now)
            if _rings(turn) or (turn.position.place.step == JOIN and before.place.step != JOIN):
                yield Finding("number", str(visit), f"the number {number} is keyed, and its digits are obeyed")


def calls_end(survey: Survey) -> Iterator[Finding]:
    """R22: one key pressed for ever ends the call, from the greeting and behind a text. The counting is the
    same in every language and at every hour: one of each is enough."""
    line = survey.line
    first_at = survey.visits[0][0]
    texts = 0
    for now, visit in _one_of_each_place(survey):
        behind_text = visit.place.node in line.texts and visit.place.step == END
        texts += behind_text
        spoken_here = visit.turn.position.language == line.first_language.code and now == first_at
        if not spoken_here or not (visit.keys == "" or (behind_text and texts == 1)):
            continue
        for key in KEYPAD:
            length = _lasts(survey, visit.turn, now, Key(key))
            if length > LONGEST_CALL:
                yield Finding("R22", str(visit), f"key {key} keeps the call for more than {LONGEST_CALL // 60} minutes")


def _lasts(survey: Survey, turn: Turn, now: datetime, key: Key) -> float:
    """Seconds of a call in which nothing but this key comes, as soon as the line listens; endless where it
    has not ended after MANY of them."""
    length = 0.0
    for _ in range(MANY):
        length += survey.length(_says(turn))
        if any(isinstance(act, HangUp) for act in turn.acts):
            return length
        turn = step(survey.line, turn.position, key, now + timedelta(seconds=length))
    return float("inf")


def _one_of_each_place(survey: Survey) -> Iterator[tuple[datetime, Visit]]:
    """The nearest visit to each place in each language, at each hour; of what is read, to its beginning."""
    seen = set()
    for now, visit in survey.visits:
        here = (visit.turn.position.language, visit.place, now)
        if here in seen or (whole(visit.place.step) or 0) > 0 or visit.turn.position.tries:
            continue
        seen.add(here)
        yield now, visit


def speaks_before_listening(survey: Survey) -> Iterator[Finding]:
    """Every turn has words, and listens, rings or ends with a goodbye."""
    for _, visit in survey.visits:
        if not any(isinstance(part, Chunk) for say in _says(visit.turn) for part in say.parts):
            yield Finding("R12", str(visit), "nothing is said")
        if not any(isinstance(act, Ask | HangUp) for act in visit.turn.acts):
            yield Finding("R12", str(visit), "a dead end: nothing listens and nothing ends")


def rings_only_open_desks(survey: Survey) -> Iterator[Finding]:
    """Nothing closed is rung, and only numbers of the line's own desks."""
    for now, visit in survey.visits:
        for act in visit.turn.acts:
            if not isinstance(act, Dial):
                continue
            found = desk_at(survey.line, act.desk)
            desk = found and found.heard_in(visit.turn.position.language)
            if desk is None or act.number != desk.dial or not desk.hours.is_open(now):
                yield Finding("dial", str(visit), f"{act.number} is rung, which is no open desk")


def words_never_ring(survey: Survey) -> Iterator[Finding]:
    """R21: no desk is rung by words, whatever is asked for, but by a yes where that was asked back or
    announced; and a no, or what nobody understands, stops it."""
    seen = set()
    for now, visit in survey.visits:
        position = visit.turn.position
        here = (position.language, position.place, now)
        if here in seen or (whole(position.place.step) or 0) > 0:
            continue
        seen.add(here)
        for meaning, said in _said_anywhere(survey.line, position.language):
            agreed = meaning == "yes" and position.place.step in (ASK, JOIN)
            agreed |= meaning == "1" and position.place.step == ASK
            agreed |= meaning == _again(position.place.node) and position.place.step in (ASK, JOIN)
            if _rings(step(survey.line, position, Words(said), now)) and not agreed:
                yield Finding("R21", str(visit), f"{said!r} rings a desk that nobody agreed to")


def _again(desk: str) -> str:
    """The wish to be joined to a desk, which is a yes where just that is asked back."""
    return f"join {desk}"


def _said_anywhere(line: Line, language: str) -> Iterator[tuple[str, str]]:
    """What might ring: every desk and a person asked for, yes, no, the keys that choose, and nonsense."""
    words = line.languages[language].words
    connect, joint = plain(words.get(CONNECT, ("",))[0]), line.languages[language].joint
    for what in ("person", "yes", "no", *SPOKEN_KEYS, "0"):
        yield what, plain(words[what][0])
    for desk in line.desks:
        for form in words.get(desk, ())[:1]:
            yield desk, plain(form)
            yield _again(desk), plain(form) + joint + connect
    yield "", "xyzzy"


# --- words ------------------------------------------------------------------------------------


def options_before_keys(survey: Survey) -> Iterator[Finding]:
    """R2, R3: an option's words, a pause, its key; at most four, ascending from 1."""
    for _, visit in survey.visits:
        if visit.keys == "":
            continue  # the greeting says the language's key once before the menu
        said: list[int] = []
        for say in _says(visit.turn):
            parts = say.parts
            for number, part in enumerate(parts):
                key = _key_named(part)
                if key is None:
                    continue
                said.append(key)
                before = parts[max(0, number - 2) : number]
                if len(before) < 2 or not isinstance(before[0], Chunk) or not isinstance(before[1], Break):
                    yield Finding("R2", str(visit), f"key {key} is not preceded by its words and a pause")
        in_order = said == sorted(said) or _urgent_first(survey.line, visit, said)
        if sorted(set(said)) != list(range(1, len(set(said)) + 1)) or not in_order:
            yield Finding("R3", str(visit), f"the keys are said in the order {said}")
        if len(set(said)) > MOST_OPTIONS:
            yield Finding("R3", str(visit), f"offers {len(set(said))} options, more than {MOST_OPTIONS}")


def _urgent_first(line: Line, visit: Visit, said: list[int]) -> bool:
    """Whether the keys are said in order behind the urgent one of a menu."""
    menu = line.menus.get(visit.place.node)
    if menu is None or menu.urgent is None:
        return False
    return said[0] == menu.options.index(menu.urgent) + 1 and said[1:] == sorted(said[1:])


def _key_named(part: Part) -> int | None:
    """The key that these words tell one to press."""
    named = keys.taken_apart(part.key) if isinstance(part, Chunk) else None
    return named.number if named and named.family == keys.PRESS else None


def menus_are_shallow(survey: Survey) -> Iterator[Finding]:
    """R3: at most three levels of menus."""
    line = survey.line

    def below(key: str, path: tuple[str, ...]) -> Iterator[Finding]:
        if key in path:
            yield Finding("R3", f"{Kind.MENU}.{key}", "leads back to itself: take one of the options out")
            return
        if len(path) >= MOST_LEVELS:
            yield Finding("R3", f"{Kind.MENU}.{key}", f"lies on level {len(path) + 1}: bring it up to {MOST_LEVELS}")
        for menu in submenus(line, key):
            yield from below(menu, (*path, key))

    yield from below(line.start, ())


def one_language_at_a_time(survey: Survey) -> Iterator[Finding]:
    """R16: words stand in the language that they are marked with."""
    for code, language in survey.line.languages.items():
        if not language.scripts:
            message = 'is not told, so nobody knows which letters are its own: write scripts = ["latin"] or such'
            yield Finding("R16", f"{code}.toml: language.scripts", message, error=False)
            continue
        for key, prompt in language.prompts.items():
            said = "".join(chunk.spoken for chunk in prompt.chunks())
            if strange := foreign(said, language.scripts):
                message = f"letters of another script, such as {strange[0]!r}: write how it sounds"
                yield Finding("R16", f"{code}.toml: {key}", message)


def reviewed(survey: Survey) -> Iterator[Finding]:
    """Words that nobody has read who speaks the language are known as such."""
    for code, language in survey.line.languages.items():
        if not language.reviewed:
            message = "the words are not reviewed yet: let somebody read them who speaks the language"
            yield Finding("text", f"{code}.toml: language.reviewed", message, error=False)


def numbers_of_desks(survey: Survey) -> Iterator[Finding]:
    """R14: a desk's page reads each of its numbers twice, behind time for a pen, the second time slower."""
    line = survey.line
    for now, code, desk in _desks_read(survey):
        says = tuple(say for place in _read_there(line, code, desk) for say in _read(line, code, place, now))
        yield from _read_well(f"{code}.toml: {Kind.DESK}.{desk}", says, line.desks[desk].numbers_in(code))


def numbers_in_texts(survey: Survey) -> Iterator[Finding]:
    """R14: so does a text that gives a number of ten digits."""
    line, now = survey.line, survey.visits[0][0]
    for code in line.languages:
        for text in line.texts:
            says = tuple(say for place in _read_there(line, code, text) for say in _read(line, code, place, now))
            yield from _read_well(f"{code}.toml: {keys.passages(text)}", says, ())


def _read_well(place: str, says: Sequence[Say], wanted: Iterable[str]) -> Iterator[Finding]:
    """Faults of how numbers are read in these; `wanted`: those that must be."""
    read: dict[str, list[Speed]] = {number: [] for number in wanted}
    ready = False
    for say in says:
        ready = ready or any(isinstance(part, Break) and part.milliseconds >= PEN_MILLISECONDS for part in say.parts)
        for number in filter(None, map(number_of, say.parts)):
            read.setdefault(number, []).append(say.speed)
            if not ready:
                yield Finding("R14", place, f"{number} is read before there was time to take a pen")
    for number, speeds in read.items():
        if len(speeds) < 2 or any(speed is not speeds[0].slower for speed in speeds[1:]):
            yield Finding("R14", place, f"{number} is not read twice, the second time slower")


def typed_digits(survey: Survey) -> Iterator[Finding]:
    """R14: words give telephone numbers by their names, so that all are read well and stand in one place."""
    for code, language in survey.line.languages.items():
        spelled = digits_in_words(language.words, language.prompts)
        for key, prompt in language.prompts.items():
            if keys.called(key):
                continue
            for found in typed_numbers(prompt, language.named_numbers, spelled):
                message = f"the number {found.number!r} stands there in digits: {found.mend}"
                yield Finding("R14", f"{code}.toml: {key}", message)


def desks_are_told(survey: Survey) -> Iterator[Finding]:
    """R24: what a desk hears before a caller is joined to it takes at most 4 s, of every text and menu and in every
    language of the caller."""
    line = survey.line
    if any(desk.whisper for desk in line.desks.values()) and not any(whispers(line)):
        place = f"{line.first_language.code}.toml: {keys.WHISPER}"
        yield Finding("R24", place, "is missing, so that desks are told nothing: write [whisper]", error=False)
    for about, language, says in whispers(line):
        length = survey.length(says)
        if length > WHISPER_SECONDS:
            place = keys.of_node(kind_of(line, about), about, keys.WHISPER)
            message = (
                f"a desk is told of a caller of {language} for {length:.1f} s, more than {WHISPER_SECONDS} s: "
                f'write {keys.WHISPER} = "...", a short name for desks'
            )
            yield Finding("R24", f"{line.first_language.code}.toml: {place}", message)


def hours_match_words(survey: Survey) -> Iterator[Finding]:
    """R15: the usual hours are made from the hours. A language's own words for them name the hours
    that they stand for, and give every day its times, whole."""
    line = survey.line
    for code, language in line.languages.items():
        for desk in line.desks.values():
            place = f"{code}.toml: {keys.own_hours(desk.key)}"
            yield from (Finding("R15", place, fault) for fault in faults(language, desk))
        for key in language.hours_for.keys() - _told_in_own_words(line, language):
            place = f"{code}.toml: {keys.own_hours_for(key)}"
            yield Finding("R15", place, "goes with no words of one's own: take it out, or write hours beside it")


def _told_in_own_words(line: Line, language: Language) -> set[str]:
    return {key for key in line.desks if keys.own_hours(key) in language.prompts}


def ending_hours(line: Line, today: date) -> Iterator[Finding]:
    """R15: hours of years that are over, or will be soon, close a desk for ever."""
    for place, hours in _hours_written(line):
        mend = f"write the hours of {today.year} and later, or leave the year out ({hours.week.text})"
        last = hours.last_opening(today)
        if hours.last_year is not None and last is None:
            yield Finding("R15", place, f"ended with {hours.last_year}, the desk never opens again: {mend}")
        elif last is not None and (last - today).days < SOON_DAYS:
            yield Finding("R15", place, f"end on {last}, in {(last - today).days} days: {mend}", error=False)
        over = {last for rule in hours.week.rules for _, last in rule.years[-1:] if last < today.year}
        if over and (hours.last_year is None or hours.last_year >= today.year):
            years = ", ".join(map(str, sorted(over)))
            yield Finding("R15", place, f"name {years}, which is over: take it out", error=False)


def _hours_written(line: Line) -> Iterator[tuple[str, Hours]]:
    """The hours of all desks, and those that callers in one language have, with their places."""
    for desk in line.desks.values():
        yield f"line.toml: {keys.of_node(Kind.DESK, desk.key, keys.HOURS)}", desk.hours
        for code, version in desk.in_language.items():
            if version.hours != desk.hours:
                yield f"line.toml: {keys.in_language(desk.key, code, keys.HOURS)}", version.hours


# --- lengths ----------------------------------------------------------------------------------


def lengths(survey: Survey) -> Iterator[Finding]:
    """R13: the greeting takes under 8 s, a menu under 25 s."""
    for _, visit in survey.visits:
        language, node = visit.turn.position.language, visit.place.node
        before, menu = _divided(visit.turn)
        if visit.keys == "" and survey.length(before) >= GREETING_SECONDS:
            length = survey.length(before)
            yield Finding("R13", f"{language}: say.greeting", f"takes {length:.1f} s, not under {GREETING_SECONDS} s")
        if kind_of(survey.line, node) is Kind.MENU and survey.length(menu) >= MENU_SECONDS:
            length = survey.length(menu)
            yield Finding("R13", f"{language}: menu.{node}", f"takes {length:.1f} s, not under {MENU_SECONDS} s")


def _divided(turn: Turn) -> tuple[tuple[Say, ...], tuple[Say, ...]]:
    """What is said before a menu, such as a greeting, and the menu itself."""
    says = _says(turn)
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
            for number, place in enumerate(_read_there(line, code, node), 1):
                yield from _long(survey, f"{code}.toml: {keys.passage(node, number)}", _read(line, code, place, now))
    for now, code, desk in _desks_read(survey):
        about = tree.desk_passages(line, code, desk)
        for part, place in zip(about, _read_there(line, code, desk), strict=True):
            yield from _long(survey, f"{code}: {Kind.DESK}.{desk} ({part})", _read(line, code, place, now))


def _long(survey: Survey, place: str, says: tuple[Say, ...]) -> Iterator[Finding]:
    length = survey.length(says)
    if length > PASSAGE_SECONDS:
        yield Finding("R9", place, f"takes {length:.1f} s, more than {PASSAGE_SECONDS} s: divide it")


def _sentences_of(survey: Survey, language: Language, prompt: Prompt) -> Iterator[Finding]:
    speaker, place = Speaker(survey.line, language, Speed.NORMAL), f"{language.code}.toml: {prompt.key}"
    sentences = _sentences(prompt.chunks())
    if len(sentences) > MOST_SENTENCES:
        yield Finding("R9", place, f"has {len(sentences)} sentences, more than {MOST_SENTENCES}: divide it")
    for sentence in sentences:
        length = survey.seconds(speaker.say(Chunk(prompt.key, (Span(sentence),))))
        if length > SENTENCE_SECONDS:
            message = f"a sentence takes {length:.1f} s, more than {SENTENCE_SECONDS} s: {sentence}"
            yield Finding("R13", place, message, error=False)


def _desks_read(survey: Survey) -> Iterator[tuple[datetime, str, str]]:
    """Every desk's page in every language, at the hours of the survey."""
    line = survey.line
    hours = dict.fromkeys(now for now, _ in survey.visits)
    yield from ((now, code, desk) for now in hours for code in line.languages for desk in line.desks)


def _read_there(line: Line, code: str, node: str) -> tuple[Place, ...]:
    """The passages of a node, as places."""
    count = tree.passages_at(line, code, Place(node, "0"))
    return tuple(Place(node, str(number)) for number in range(count))


def _read(line: Line, code: str, place: Place, now: datetime) -> tuple[Say, ...]:
    """What is said at a place to whoever comes there."""
    return _says(arrive(CallState(line, start(line, code).into(place), now)))


def _sentences(chunks: Iterable[Chunk]) -> list[str]:
    text = " ".join(chunk.spoken for chunk in chunks if not is_number(chunk))
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence and sentence.strip()]


def plain_words(survey: Survey) -> Iterator[Finding]:
    """R20: every text, the help and what is said of a desk are as easy as the language's file asks. A little
    under it is a note: a formula must not hold up words that callers need today."""
    for language in survey.line.languages.values():
        if language.level is None:
            continue
        for place, text in _whole_texts(survey.line, language):
            if (found := level(text)) < language.level:
                message = (
                    f"has level {found:.2f}, under {language.level:.1f}: write shorter sentences, "
                    "fewer verbs, and everyday words for learned ones"
                )
                error = found < language.level - LEVEL_MARGIN
                yield Finding("R20", f"{language.code}.toml: {place}", message, error=error)


def _whole_texts(line: Line, language: Language) -> Iterator[tuple[str, str]]:
    """What is read in a row, with its place: texts, the help, what desks are for."""
    for text in (*line.texts, keys.HELP):
        numbers = range(1, MOST_PASSAGES + 1)
        yield keys.passages(text), _written(language, [keys.passage(text, number) for number in numbers])
    for desk in line.desks:
        places = [keys.of_node(Kind.DESK, desk, part) for part in (keys.ABOUT, keys.MORE)]
        yield places[0], _written(language, places)


def _written(language: Language, places: Iterable[str]) -> str:
    prompts = (language.prompts[place] for place in places if place in language.prompts)
    return "".join(chunk.written for prompt in prompts for chunk in prompt.chunks())


def ways_are_short(survey: Survey) -> Iterator[Finding]:
    """R19: from the language's own greeting, two keys and the seconds of each goal to what cannot wait, three
    keys to a ringing desk."""
    line = survey.line
    hours = tuple(dict.fromkeys(now for now, _ in survey.visits))
    for code in line.languages:
        visits = [v for now, v in survey.visits if now == hours[0] and v.begun == v.turn.position.language == code]
        desk = min((len(v.keys) for v in visits if _rings(v.turn) and by_keys(v)), default=99)
        if desk > DESK_KEYS:
            yield Finding("R19", code, f"the nearest desk is {desk} keys away, more than {DESK_KEYS}")
    for way in timed(line, hours, survey.seconds):
        yield from _late(way)


def _late(way: TimedWay) -> Iterator[Finding]:
    """What is wrong with a way. Seconds may be estimated here, which is allowed for; `flask line seconds` has them
    from the sounds."""
    place, goal = f"{way.language}: {way.goal.node}", way.goal
    keys_to_text = way.keys.rstrip(PERSON)
    if len(keys_to_text) > TEXT_KEYS:
        yield Finding("R19", place, f"lies behind the keys {keys_to_text}, more than {TEXT_KEYS}")
    if way.seconds is None:
        yield Finding("R19", place, f"{goal.awaited}: never by the keys {way.keys}, which no words name in time")
    elif way.seconds > goal.seconds * ESTIMATE_ALLOWED:
        message = f"{goal.awaited} after {way.seconds:.1f} s by the keys {way.keys}, not {goal.seconds:.0f} s: "
        yield Finding("R19", place, message + "shorten what is said before it")


# --- the files --------------------------------------------------------------------------------


def same_in_every_language(survey: Survey) -> Iterator[Finding]:
    """Every language says the same things: as many passages, and no prompt that others lack."""
    line = survey.line
    first = line.first_language
    for language in line.languages.values():
        for text in line.texts:
            here, there = len(line.passages(text, language.code)), len(line.passages(text, first.code))
            place = f"{language.code}.toml: {keys.passages(text)}"
            if here != there:
                yield Finding("text", place, f"has {here} passages, {first.code}.toml has {there}")
            if here > MOST_PASSAGES:
                yield Finding("text", place, f"has more than {MOST_PASSAGES} passages")


def nothing_is_unreachable(survey: Survey) -> Iterator[Finding]:
    """Every menu, text and desk is reached, and every prompt is said somewhere."""
    line = survey.line
    reached = {visit.place.node for _, visit in survey.visits}
    told = {key for _, nodes in branches(line) for node in nodes for key in help_now_at(line, node)}
    for key in {node for _, nodes in branches(line) for node in nodes} - reached - told:
        yield Finding("tree", f"line.toml: {key}", "is never reached: put it among a menu's options")
    known = required_prompts(line.menus, line.texts, line.desks)
    for language in line.languages.values():
        for key in language.prompts.keys() - known:
            if not _belongs(line, key):
                yield Finding("tree", f"{language.code}.toml: {key}", "is never said: take it out or mend its name")


def _belongs(line: Line, key: str) -> bool:
    """Whether a prompt that a line may do without is said all the same."""
    parts = keys.taken_apart(key)
    if parts.is_passage:
        return parts.family == keys.HELP or has(line, Kind.TEXT, parts.node)
    if parts.family == keys.ALERT:
        return key in {part(alert) for alert in line.prepared_alerts for part in (keys.alert_title, keys.alert_words)}
    if number := keys.called(key):
        return number in line.first_language.named_numbers.values()
    if beside := _MAY_STAND_BESIDE.get(parts.family):
        return parts.part in beside and has(line, Kind(parts.family), parts.node)
    return parts.names_closing or key == keys.FOR_ALL_LANGUAGES or is_of_the_line(key) or parts.family == keys.PRESS


_MAY_STAND_BESIDE: Mapping[str, tuple[str, ...]] = {
    Kind.MENU: (keys.LEAD, keys.PERSON, keys.WHISPER),
    Kind.TEXT: (keys.WHISPER,),
    Kind.DESK: (keys.MORE, keys.HOURS, keys.NOW, keys.AFTER_HOURS),
}
"""Words of a menu, text or desk that it may do without."""


_CONFIRM = "write the day on which somebody made sure of it, or leave it out"


def confirmations(line: Line, today: date) -> Iterator[Finding]:
    """Facts that nobody has confirmed, not for longer than the line allows, or on a day to come."""
    for place, confirmation in _confirmed(line):
        age = confirmation.age_days(today)
        if age is not None and age < 0:
            yield Finding("fact", f"{place}.confirmed", f"{confirmation.day} is still to come: {_CONFIRM}")
        elif age is None:
            yield Finding("fact", place, f"is not confirmed yet; ask: {confirmation.source}", error=False)
        elif age > line.confirm_within_days:
            yield Finding("fact", place, f"was confirmed {age} days ago: {confirmation.source}", error=False)


def _confirmed(line: Line) -> Iterator[tuple[str, Confirmation]]:
    """All that is to be confirmed, with its place."""
    for kind, nodes in with_facts(line):
        for key, node in nodes.items():
            yield f"line.toml: {kind}.{key}", node.confirmation
    for contact in line.contacts:
        yield f"{CONTACTS}: {contact.key}", contact.confirmation


RULES: Sequence[Callable[[Survey], Iterable[Finding]]] = (
    leads_to_a_person,
    options_before_keys,
    menus_are_shallow,
    goes_back,
    answers_every_key,
    waits_long_enough,
    changes_speed,
    pauses,
    only_named_keys_ring,
    routine_keys_once,
    help_offers_languages,
    numbers_ring_nothing,
    calls_end,
    passages,
    speaks_before_listening,
    lengths,
    numbers_of_desks,
    numbers_in_texts,
    typed_digits,
    hours_match_words,
    desks_are_told,
    one_language_at_a_time,
    reviewed,
    plain_words,
    ways_are_short,
    rings_only_open_desks,
    zero_keeps_its_word,
    own_language_first,
    answered_in_every_language,
    help_at_any_hour,
    offers_what_is_open,
    words_never_ring,
    same_in_every_language,
    nothing_is_unreachable,
)


def _ask(turn: Turn) -> Ask | None:
    return next((act for act in turn.acts if isinstance(act, Ask)), None)


def _says(turn: Turn) -> tuple[Say, ...]:
    return words_of(turn.acts)


def _rings(turn: Turn) -> bool:
    return any(isinstance(act, Dial) for act in turn.acts)


def _is_question(visit: Visit) -> bool:
    """Whether the state waits for a choice rather than reading, pausing or ringing."""
    place, acts = visit.place, visit.turn.acts
    goodbye = any(isinstance(act, HangUp) for act in acts)
    return not (goodbye or place.node == Kind.PAUSE or place.step == JOIN or whole(place.step) is not None)
