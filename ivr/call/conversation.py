"""The conversation: `step` says what the line does next.

    step(line, position, heard, now) -> Turn(acts, position)

Every state answers every key in the same way (R5): 1 to 4 choose, 0 leads to a person, `*`
goes back, 5 says it again, 4, 6 and `#` move within what is read, 7 changes the speed, 8
pauses, 9 helps. A call ends only when a transfer has been completed, when the caller hangs
up, or after three silences with a goodbye.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.call.acts import (
    Act,
    Ask,
    Dial,
    DialEnded,
    HangUp,
    Heard,
    Key,
    Lost,
    NoInput,
    NumberGiven,
    Ring,
    Say,
    Turn,
    Words,
)
from ivr.call.listening import meaning, plain
from ivr.call.positions import (
    DESK_PASSAGES,
    FAILURES,
    KEYPAD,
    LANGUAGES_A_PAGE,
    PAUSE_ROUNDS,
    Place,
    Position,
    help_passages,
    start,
)
from ivr.call.speaking import SENTENCE, Speaker, joinable
from ivr.line.text import whole
from ivr.line.values import Desk, Language, Line
from ivr.line.vocabulary import COMMANDS, SPOKEN_KEYS
from ivr.line.words import Part

WAITS = (10, 15, 20)
"""Seconds to wait for a key the first, second and third time (R6)."""

BETWEEN_PASSAGES = 1
"""Seconds between two passages that are read on by themselves [own value]."""

BEFORE_TRANSFER = 2
"""Seconds in which a transfer can still be stopped once it is announced [own value]."""

BEFORE_GOODBYE = 5
"""Seconds in which any key still keeps the call once goodbye was said [own value]."""

PAUSE_ROUND = 60
"""Seconds of a pause between two reminders that the line is still there [own value]."""

DIGITS_IN_A_ROW = 6
"""So many digits without a pause are more than any way through the menus needs: somebody is
keying a number [own value]."""

MOST_ALTERNATIVES = 2
"""Open desks offered in place of one that cannot be reached [own value]."""

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


def step(line: Line, position: Position | None, heard: Heard, now: datetime) -> Turn:  # noqa: PLR0911
    """What the line does when `heard` comes at `position` and `now` (aware). Never raises for
    a position that `positions.fits` the line."""
    call = _Call(line, position or start(line), now)
    match heard:
        case Ring():
            return call.greet()
        case Lost():
            return call.arrive(call.words("say.restarted"))
        case Key(key):
            return _on_key(call, key)
        case Words(text):
            return _on_words(call.heard_something(run=0), text)
        case NoInput():
            return _on_silence(call)
        case NumberGiven():
            return call.heard_something(run=0).arrive(call.words("say.no_number_needed"))
        case DialEnded(status):
            return _on_dial_ended(call, status)


def hints(line: Line, position: Position, now: datetime) -> tuple[str, ...]:
    """The words that a recogniser should expect at `position`, as they are written."""
    meanings = _Call(line, position, now).meanings()
    return tuple(dict.fromkeys(plain(form) for forms in meanings.values() for form in forms))


@dataclass(frozen=True, slots=True)
class _Call:
    """A moment of a call: the line, where the call stands, the time."""

    line: Line
    position: Position
    now: datetime

    # --- what is known here -------------------------------------------------------------

    @property
    def place(self) -> Place:
        return self.position.place

    @property
    def language(self) -> Language:
        return self.line.languages[self.position.language]

    @property
    def speaker(self) -> Speaker:
        return Speaker(self.line, self.language, self.position.speed)

    @property
    def desk(self) -> Desk | None:
        return self.line.desks.get(self.place.node)

    @property
    def passages(self) -> int:
        """How many passages are read here; 0 where nothing is read."""
        if self.place.node == "help":
            return help_passages(self.language)
        if self.place.node in self.line.texts:
            return len(self.line.passages(self.place.node, self.language.code))
        if self.desk and self.place.page == self.place.node:
            return DESK_PASSAGES
        return 0

    @property
    def reading(self) -> bool:
        """Whether a passage is being read, which goes on by itself (R9)."""
        return self.passages > 0 and whole(self.place.step) is not None

    def words(self, key: str, **slots: tuple[Part, ...]) -> tuple[Say, ...]:
        """One prompt, spoken."""
        return (self.speaker.say(*self.speaker.prompt(key, **slots), SENTENCE),)

    # --- moving ---------------------------------------------------------------------------

    def to(self, position: Position) -> "_Call":
        return replace(self, position=position)

    def into(self, place: Place) -> "_Call":
        return self.to(self.position.into(place))

    def at(self, place: Place) -> "_Call":
        return self.to(self.position.at(place))

    def step_to(self, step: str) -> "_Call":
        return self.at(Place(self.place.node, step))

    def back(self) -> "_Call":
        return self.to(self.position.back())

    def heard_something(self, run: int) -> "_Call":
        """Any key or word starts the silences afresh (R6)."""
        return self.to(replace(self.position, tries=0, run=run))

    # --- whom one can reach ---------------------------------------------------------------

    def fitting_desks(self) -> tuple[str, ...]:
        """The desks that fit where the caller is, best first, then the nearest."""
        found: list[str] = []
        for place in reversed(self.position.trail):
            found += _desks_of(self.line, place)
        return tuple(dict.fromkeys([*found, *self.line.nearest]))

    def open_desks(self, but: str) -> list[str]:
        """Desks that can be rung now in place of `but`."""
        return [key for key in self.fitting_desks() if key != but and joinable(self.line.desks[key], self.now)][
            :MOST_ALTERNATIVES
        ]

    # --- what keys 1 to 4 lead to ---------------------------------------------------------

    def offers(self) -> tuple[Place, ...]:
        """The places that keys 1 to 4 lead to here and now, in the order of the keys."""
        node = self.place.node
        if node in self.line.menus:
            return (*(_door(self.line, key) for key in self.line.menus[node].options), *self._language_offer(node))
        if node in self.line.texts:
            return tuple(_choice(self.line, key) for key in self.line.texts[node].choices)
        if node == "help":
            return _language_doors(self.line, self.language.code)
        if node == "language":
            return _language_page(self.line, self.language.code, int(self.place.step or 0))
        return self._desk_offers() if self.desk else ()

    def _language_offer(self, menu: str) -> tuple[Place, ...]:
        return _language_doors(self.line, self.language.code) if menu == self.line.start else ()

    def _desk_offers(self) -> tuple[Place, ...]:
        """Ring it and hear its number again (R14); where it cannot be rung, whom one can ring."""
        assert self.desk
        if self.place.step == "join":
            return ()
        join = (Place(self.desk.key, "join"),) if joinable(self.desk, self.now) else ()
        number = (Place(self.desk.key, "1"),)
        if self.place.step not in FAILURES and join:
            return join + number
        others = tuple(Place(key, "join") for key in self.open_desks(but=self.desk.key))
        return (*join, *others, *number) if join else (*number, *others)

    # --- what is said ---------------------------------------------------------------------

    def greet(self) -> Turn:
        """The greeting, the way into other languages in their own voice, alerts in force."""
        doors = [(number, place) for number, place in enumerate(self.offers(), 1) if place.node == "language"]
        invitation = (say for number, place in doors for say in self._language_options(number, place))
        return self.arrive((*self.words("say.greeting"), *invitation, *self._alerts()))

    def _alerts(self) -> Iterator[Say]:
        for alert in self.line.alerts_at(self.now):
            words = alert.words.get(self.language.code)
            if words:
                yield self.speaker.say(*words.chunks(), SENTENCE)

    def arrive(self, before: tuple[Say, ...] = ()) -> Turn:
        """Say what there is at this place, after `before`, and listen."""
        if self.place.node == "pause":
            return self._ask((*before, *self._reminder()), PAUSE_ROUND)
        if self.place.step == "join":
            return self._join(before)
        if self.reading:
            return self._ask((*before, *self._passage()), BETWEEN_PASSAGES)
        return self._ask((*before, *self._question()), WAITS[self.position.tries])

    def _ask(self, says: tuple[Say, ...], wait: int, *then: Act) -> Turn:
        offers = self.offers() if self.desk else ()
        position = replace(self.position, offers=offers)
        return Turn((Ask(says, wait), *then), position)

    def _reminder(self) -> tuple[Say, ...]:
        return self.words("pause.begin" if self.place.step == "0" else "pause.still")

    def _passage(self) -> tuple[Say, ...]:
        node, number = self.place.node, int(self.place.step)
        if self.desk:
            return self._desk_passage(self.desk, number)
        key = f"help.passages.{number + 1}" if node == "help" else f"text.{node}.passages.{number + 1}"
        return (self.speaker.say(*self.speaker.prompt(key)),)

    def _desk_passage(self, desk: Desk, number: int) -> tuple[Say, ...]:
        speaker = self.speaker
        if number == 1:
            return speaker.numbers(desk)
        if number == 0:
            status = speaker.say(*speaker.status(desk, self.now), SENTENCE)
            return (status, *self._options(self.offers()[:1])) if joinable(desk, self.now) else (status,)
        recorded = (SENTENCE, *speaker.prompt("join.recorded")) if desk.recorded else ()
        details = (*speaker.prompt(f"desk.{desk.key}.about"), SENTENCE, *speaker.usual_hours(desk))
        return (speaker.say(*details), speaker.say(*speaker.prompt(f"desk.{desk.key}.charge"), *recorded, SENTENCE))

    def _question(self) -> tuple[Say, ...]:
        """The choices here; in texts and at desks also the keys that always work."""
        speaker, node = self.speaker, self.place.node
        if node in self.line.menus:
            lead = speaker.optional(f"menu.{node}.lead")
            return (*((speaker.say(*lead, SENTENCE),) if lead else ()), *self._count(), *self._options(self.offers()))
        if node == "language":
            return self._options(self.offers())
        return (*self._failure(), *self._options(self.offers()), *self.words("say.routine"))

    def _failure(self) -> tuple[Say, ...]:
        if not (self.desk and self.place.step in FAILURES):
            return self._instead()
        said = self.words(f"failed.{self.place.step}", desk=self.speaker.name(self.desk.key))
        return (*said, *self.speaker.numbers(self.desk))

    def _instead(self) -> tuple[Say, ...]:
        """Said before desks are offered in place of one that is closed."""
        others = [place for place in self.offers() if self.desk and place.node != self.desk.key]
        return self.words("status.instead") if others else ()

    def _count(self) -> tuple[Say, ...]:
        count = self.speaker.prompt(f"count.{len(self.offers())}")
        return self.words("say.choose", count=count)

    def _options(self, offers: tuple[Place, ...]) -> tuple[Say, ...]:
        says: list[Say] = []
        for number, place in enumerate(offers, 1):
            if place.node == "language":
                says += self._language_options(number, place)
            else:
                says.append(self.speaker.say(*self.speaker.option(number, self._offer(place))))
        return tuple(says)

    def _offer(self, place: Place) -> tuple[Part, ...]:
        if self.place.step in FAILURES and place.node == self.place.node and place.step == "join":
            return self.speaker.prompt("choice.again", desk=self.speaker.name(place.node))
        return self.speaker.offer(place, self.now)

    def _language_options(self, number: int, place: Place) -> Iterator[Say]:
        """The names of the languages that a place leads to, each in its own words and voice (R16)."""
        for code in _languages_behind(self.line, self.language.code, place):
            speaker = Speaker(self.line, self.line.languages[code], self.position.speed)
            yield speaker.say(*speaker.option(number, speaker.prompt("choice.language")))

    def _join(self, before: tuple[Say, ...]) -> Turn:
        """Tell whom, at what cost and whether it is recorded; then ring. A closed desk is
        never rung: its page is read instead."""
        desk = self.desk
        assert desk
        if not joinable(desk, self.now):
            return self.step_to("0").arrive(before)
        assert desk.dial
        said = (*before, *self._announcement(desk))
        return self._ask(said, BEFORE_TRANSFER, Dial(desk.key, desk.dial))

    def _announcement(self, desk: Desk) -> Iterator[Say]:
        speaker = self.speaker
        yield from self.words("join.now", desk=speaker.name(desk.key))
        yield from self.words(f"desk.{desk.key}.charge")
        if desk.recorded:
            yield from self.words("join.recorded")
        if self.language.code not in desk.languages:
            yield from self.words("join.language")
        yield from self.words("join.cancel")

    # --- what may be said here ------------------------------------------------------------

    def meanings(self) -> dict[str, tuple[str, ...]]:
        """What words mean here: keys 1 to 4, commands, and languages as ``language.en``."""
        words = self.language.words
        known = {f"command.{command}": words[command] for command in COMMANDS if command != "language"}
        for number, place in enumerate(self.position.offers or self.offers(), 1):
            known[f"key.{number}"] = (*words[SPOKEN_KEYS[number - 1]], *self._words_for(place))
        for code, language in self.line.languages.items():
            known[f"language.{code}"] = language.words["language"]
        return known

    def _words_for(self, place: Place) -> tuple[str, ...]:
        if place.node == "language":
            return ()
        return self.language.words[place.node] if place.step != "1" else ()


# --- keys ---------------------------------------------------------------------------------


def _on_key(call: _Call, key: str) -> Turn:
    run = _run(call, key)
    typed = run >= DIGITS_IN_A_ROW
    call = call.heard_something(run=0 if typed else run)
    before = call.words("say.no_number_needed") if typed else ()
    if call.place.node == "pause":
        return _leave_pause(call, key, before)
    offers = call.position.offers or call.offers()
    if key in SPOKEN_KEYS and int(key) <= len(offers):
        return _choose(call, offers[int(key) - 1], before)
    command = COMMAND_KEYS.get(key)
    if command in ("previous", "next") and not call.passages:
        command = None
    return _do(call, command, before) if command else call.arrive((*before, *call.words("say.no_match")))


def _run(call: _Call, key: str) -> int:
    """Digits in a row, for somebody who keys a My Number; keys that steer reading do not count."""
    if key not in "0123456789":
        return 0
    if call.reading and key in "4567":
        return call.position.run
    return call.position.run + 1


def _leave_pause(call: _Call, key: str, before: tuple[Say, ...]) -> Turn:
    """Any key goes on (R8); 0 still leads to a person (R1)."""
    call = call.back()
    if key == "0":
        return _person(call, before)
    return call.arrive((*before, *call.words("pause.end")))


def _choose(call: _Call, place: Place, before: tuple[Say, ...]) -> Turn:
    if place.node == "language" and place.step in call.line.languages:
        return _speak(call, place.step, prompts=("say.no_number_needed",) if before else ())
    return call.into(place).arrive(before)


def _do(call: _Call, command: str, before: tuple[Say, ...]) -> Turn:  # noqa: PLR0911
    match command:
        case "person":
            return _person(call, before)
        case "back":
            return _back(call, before)
        case "again":
            return call.arrive((*before, *_where(call)))
        case "previous":
            return _turn_page(call, -1, before)
        case "next":
            return _turn_page(call, +1, before)
        case "speed":
            call = call.to(replace(call.position, speed=call.position.speed.next))
            return call.arrive((*before, *call.words(f"speed.{call.position.speed}")))
        case "pause":
            return call.into(Place("pause", "0")).arrive(before)
        case _:
            return call.into(Place("help", "0")).arrive(before)


def _where(call: _Call) -> tuple[Say, ...]:
    return (call.speaker.say(*call.speaker.where(call.place), SENTENCE),)


def _back(call: _Call, before: tuple[Say, ...]) -> Turn:
    if len(call.position.trail) == 1:
        return call.arrive((*before, *call.words("say.at_start")))
    return call.back().arrive(before)


def _person(call: _Call, before: tuple[Say, ...]) -> Turn:
    """0: ring the desk that fits, else the nearest open one; else read when the first opens (R1)."""
    wanted, *others = call.fitting_desks()
    for key in (wanted, *others):
        if joinable(call.line.desks[key], call.now):
            said = () if key == wanted else _told_instead(call, wanted, key)
            return call.into(Place(key, "join")).arrive((*before, *said))
    return call.into(Place(wanted, "0")).arrive(before)


def _told_instead(call: _Call, closed: str, desk: str) -> tuple[Say, ...]:
    name = call.speaker.name
    return call.words("join.instead", closed=name(closed), desk=name(desk))


def _turn_page(call: _Call, by: int, before: tuple[Say, ...]) -> Turn:
    """The passage before or after (R9)."""
    here = int(call.place.step) if call.reading else call.passages
    there = here + by
    if there < 0:
        return call.arrive((*before, *call.words("say.first_passage")))
    if there > call.passages:
        return call.arrive((*before, *call.words("say.last_passage")))
    return _read_from(call, there, before)


def _read_from(call: _Call, passage: int, before: tuple[Say, ...] = ()) -> Turn:
    """Read on; after the last passage the choices, and after help back to where one was."""
    if passage < call.passages:
        return call.step_to(str(passage)).arrive(before)
    if call.place.node == "help":
        call = call.back()
        return call.arrive((*before, *call.words("help.end")))
    return call.step_to("end").arrive(before)


# --- words --------------------------------------------------------------------------------


def _on_words(call: _Call, text: str) -> Turn:
    kind, _, what = (meaning(text, call.meanings(), call.language.spaces) or "").partition(".")
    if kind == "key":
        return _on_key(call, what)
    if kind == "language":
        return _speak(call, what)
    if kind == "command" and call.place.node == "pause":
        return _leave_pause(call, "0" if what == "person" else "5", ())
    if kind == "command" and (what not in ("previous", "next") or call.passages):
        return _do(call, what, ())
    return call.arrive(call.words("say.not_understood"))


# --- silence ------------------------------------------------------------------------------


def _on_silence(call: _Call) -> Turn:
    call = call.to(replace(call.position, run=0))
    if call.place.node == "pause":
        return _stay_paused(call)
    if call.reading:
        return _read_from(call, int(call.place.step) + 1)
    if call.place.step == "join":
        return call.arrive()
    if call.position.tries + 1 == len(WAITS):
        return _end_by_silence(call)
    call = call.to(replace(call.position, tries=call.position.tries + 1))
    return call.arrive(_patience(call))


def _stay_paused(call: _Call) -> Turn:
    rounds = int(call.place.step) + 1
    if rounds < PAUSE_ROUNDS:
        return call.step_to(str(rounds)).arrive()
    call = call.back()
    return call.arrive(call.words("pause.end"))


def _patience(call: _Call) -> tuple[Say, ...]:
    """More help the first time, a warning of what comes the second (R6)."""
    if call.position.tries == 1:
        return call.words("silence.explain")
    desk = call.line.desks[call.line.silence_desk]
    if joinable(desk, call.now):
        return call.words("silence.warn_join", desk=call.speaker.name(desk.key))
    return call.words("silence.warn_end")


def _end_by_silence(call: _Call) -> Turn:
    """Join the city's own desk where it is open, else its number, hours and a goodbye (R6)."""
    call = call.heard_something(run=0)
    desk = call.line.desks[call.line.silence_desk]
    if joinable(desk, call.now):
        said = call.words("silence.join", desk=call.speaker.name(desk.key))
        return call.into(Place(desk.key, "join")).arrive(said)
    speaker = call.speaker
    status = speaker.say(*speaker.status(desk, call.now), SENTENCE)
    says = (status, *speaker.numbers(desk), *call.words("say.goodbye"))
    return call._ask(says, BEFORE_GOODBYE, HangUp())


# --- after a transfer ---------------------------------------------------------------------


def _on_dial_ended(call: _Call, status: str) -> Turn:
    if call.place.step != "join":
        return call.arrive()
    if status == "completed":
        return Turn((*call.words("say.goodbye"), HangUp()), call.position)
    return call.step_to(status if status in FAILURES else "failed").arrive()


# --- languages ----------------------------------------------------------------------------


def _speak(call: _Call, code: str, prompts: tuple[str, ...] = ()) -> Turn:
    """Go on in another language, with these prompts first: from the keypad's own places back to
    where one was."""
    position = replace(call.position, language=code)
    position = replace(position, trail=tuple(_in_language(call.line, code, place) for place in position.trail))
    while position.place.node in KEYPAD:
        position = position.back()
    call = call.to(position)
    if len(position.trail) == 1:
        prompts = (*prompts, "say.greeting")
    return call.arrive(tuple(say for prompt in prompts for say in call.words(prompt)))


def _in_language(line: Line, code: str, place: Place) -> Place:
    """The place in a language that may have fewer passages of its text: then its last one."""
    number = whole(place.step)
    if place.node not in line.texts or number is None:
        return place
    return Place(place.node, str(min(number, len(line.passages(place.node, code)) - 1)))


def _language_doors(line: Line, current: str) -> tuple[Place, ...]:
    """One other language is chosen at once; several have a menu of their own."""
    others = [code for code in line.languages if code != current]
    if len(others) > 1:
        return (Place("language", "0"),)
    return tuple(Place("language", code) for code in others)


def _languages_behind(line: Line, current: str, place: Place) -> tuple[str, ...]:
    """The languages that a place of the language menu leads to: one, or all from its page on."""
    if whole(place.step) is None:
        return (place.step,)
    return tuple(code for code in line.languages if code != current)[int(place.step) * LANGUAGES_A_PAGE :]


def _language_page(line: Line, current: str, page: int) -> tuple[Place, ...]:
    """Three languages and a key for more, or the last four (R3)."""
    others = _languages_behind(line, current, Place("language", str(page)))
    if len(others) <= LANGUAGES_A_PAGE + 1:
        return tuple(Place("language", code) for code in others)
    return (*(Place("language", code) for code in others[:LANGUAGES_A_PAGE]), Place("language", str(page + 1)))


# --- the line's tree ----------------------------------------------------------------------


def _door(line: Line, key: str) -> Place:
    """The place that a menu's option leads to: texts and desks are read from the beginning."""
    return Place(key, "" if key in line.menus else "0")


def _choice(line: Line, key: str) -> Place:
    """The place that a text's choice leads to: desks are rung."""
    return Place(key, "join" if key in line.desks else "0")


def _desks_of(line: Line, place: Place) -> tuple[str, ...]:
    if place.node in line.desks:
        return (place.node,)
    if place.node in line.menus:
        return line.menus[place.node].desks
    return line.texts[place.node].desks if place.node in line.texts else ()
