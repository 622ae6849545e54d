"""The caller's mind: what is done after a stretch of speech was heard. Pure but for its own chance.

A caller compares the words of each option with those in the head, presses at once where one fits well
(or, being patient, when all have been told), remembers two or three meanwhile, and may have forgotten the
first by then. The keys of the telephone itself are known once they have been heard. Who ends up where
nothing fits goes back, asks again, guesses at last, and in the end gives up.
"""

import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ivr.callers.population import Keypad, SimulatedCaller
from ivr.callers.sentences import HeardSentence, KeyOffer
from ivr.callers.tasks import HearingOf, WordsOfTask

STRONG, NEAR, MORE = 1.0, 0.4, 0.1
"""What one word that means just this, or one that would do, is worth, and every further one [own values]."""

KNOWN_WORDS = 0.9
"""The share of a task's words that one caller has in the head, besides those that everybody would say [own
value]."""

FORGETS = 0.2
"""The chance, for each option beyond those that are remembered, that the best one is gone [own value]. Only
what might do as well takes room in the memory: callers drop at once what does not fit, so that long menus ask
less of it than deep ones (Commarford, Lewis, Smither, Gentzler 2008, doi:10.1518/001872008X250665; its abstract was
checked)."""

ABROAD = 1 / 3
"""The share of a stretch in another language from which one takes the line to speak that. The names of other languages
are a fifth of a menu in one's own, and one's own is half of a help in another that begins with it [own value]."""

IRRELEVANT = 2
"""Passages without a word of one's own after which one believes to be wrong [own value]."""

SILENCES = 3
"""Stretches without a word after which one hangs up [own value]."""

GUESSES = 0.5
"""The chance to try any key where nothing fits and all was heard twice [own value]."""

BROKEN_OFF = {Keypad.BUTTONS: 0.2, Keypad.SMARTPHONE: 0.7, Keypad.SCREEN_READER: 1.0}
"""The chance that one stops looking for a key when the line speaks again, and listens: a screen reader and
the line cannot be heard at once, and a smartphone goes back to the ear [own values]."""

ANY_KEY = "5"
"""Pressed where every key will do: it lies in the middle and has a dot."""

NEIGHBOURS = {
    "1": "24", "2": "135", "3": "26", "4": "157", "5": "2468", "6": "359", "7": "48", "8": "5790",
    "9": "68", "0": "8*#", "*": "70", "#": "90",
}  # fmt: skip
"""Keys beside each other on a telephone (ITU-T E.161)."""


@dataclass(frozen=True, slots=True)
class PressKey:
    """Press a key, so many seconds after the stretch began."""

    key: str
    at: float


@dataclass(frozen=True, slots=True)
class SayWords:
    """Say something, so many seconds after the stretch began."""

    words: str
    at: float


@dataclass(frozen=True, slots=True)
class ListenOn:
    """Do nothing, and hear what comes."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Hang up, for a reason."""

    reason: str


CallersAct = PressKey | SayWords | ListenOn | GiveUp


_OF_AN_ACT = (
    "wrong", "chosen", "reasons", "sure", "as_chosen", "slip", "moved", "relevant", "irrelevant", "heard", "repeats",
    "wrong_turns",
)  # fmt: skip
"""What changes by an act, and so not by one that came to nothing."""


@dataclass
class CallersMind:
    """What one caller has in the head during one call."""

    caller: SimulatedCaller
    task: WordsOfTask
    people: HearingOf
    chance: Random
    known: dict[str, str] = field(default_factory=dict)  # keys of the telephone itself, once heard
    wrong: set[str] = field(default_factory=set)  # words that led to the wrong place
    heard: int = 0  # how often the choices here were heard
    chosen: str = ""  # the words of what was chosen last
    reasons: tuple[str, ...] = ()  # one's own words among them, for which it was chosen
    sure: bool = False  # whether they meant just what is looked for
    as_chosen: bool = False  # whether what is heard there is about these
    slip: str = ""  # what was chosen, where that was not heard behind it
    moved: bool = False  # whether any key was pressed
    spoke: bool = False
    acted: bool = False
    relevant: bool = False  # whether what is read here is about the task
    irrelevant: int = 0
    silences: int = 0
    foreign: float = 0.0
    repeats: int = 0
    wrong_turns: int = 0
    before: dict[str, Any] = field(default_factory=dict)  # what was meant and counted before the latest act

    def __post_init__(self) -> None:
        """Nobody has all words in the head; who knows "suspicious call" knows "call"."""
        words = (*self.task.strong, *self.task.near)
        known = " ".join((*self.task.says, *(word for word in words if self.chance.random() < KNOWN_WORDS)))
        self.strong, self.near = self._standing(known, self.task.strong), self._standing(known, self.task.near)

    def act(
        self,
        sentences: Sequence[HeardSentence],
        offers: Sequence[KeyOffer],
        foreign: float,
        seconds: float,
        *,
        listens_for_words: bool,
        missed: bool = False,
    ) -> CallersAct:
        """What is done after this stretch. `foreign` seconds of it, of `seconds`, were in another language;
        `missed`: it held what is needed, and did not come through."""
        self.before = self._intentions
        self._learn(offers)
        self.as_chosen |= any(self._count(sentence.text, self.reasons) for sentence in sentences)
        if not sentences:
            return self._hears_nothing(foreign)
        self.silences = 0
        if foreign <= seconds * ABROAD:
            self.foreign = 0.0
        if missed:
            return self._again(seconds, "did not understand it")
        options = [offer for offer in offers if not self._command(offer)]
        if not options:
            stop = next((offer.key for offer in offers if self._command(offer) == "stop"), "")
            return self._listens(sentences, stop, seconds)
        if listens_for_words and self.caller.speaks and not self.spoke:
            self.spoke = self.acted = True
            return SayWords(self.chance.choice(self.task.says), seconds + 1.0)
        return self._chooses(options, foreign > seconds * ABROAD, seconds)

    def breaks_off(self) -> None:
        """The line spoke again before a key was found: nothing was pressed, and what was wanted is wanted still."""
        vars(self).update(self.before)

    @property
    def _intentions(self) -> dict[str, Any]:
        return {name: copy(getattr(self, name)) for name in _OF_AN_ACT}

    # --- options ------------------------------------------------------------------------------

    def _chooses(self, options: Sequence[KeyOffer], abroad: bool, seconds: float) -> CallersAct:
        self.heard += 1
        if not self.acted and self.chance.random() < self.caller.hesitates:
            self.acted = True
            return ListenOn()
        best, at, forgotten = self._best(options, abroad, seconds)
        if best and not forgotten:
            return self._press(best, at)
        if forgotten or self.heard == 1:
            if self._read_to_the_end:
                return GiveUp("took what was heard for the answer")
            if self.moved and not forgotten and not self.sure:
                return self._turns_back(seconds)
            return self._again(seconds, "heard no option that fits")
        return self._guesses(options, seconds)

    def _best(self, options: Sequence[KeyOffer], abroad: bool, seconds: float) -> tuple[KeyOffer | None, float, bool]:
        """The option that fits best, when it is decided on, and whether it is forgotten by then. Abroad there is
        nothing to compare one's own language with: nobody waits for what cannot be understood."""
        best, worth, after = None, 0.0, 0
        for option in options:
            worth_of_this = self._worth(option.words, abroad)
            if worth_of_this > worth:
                best, worth, after = option, worth_of_this, 0
                if (self.caller.eager or abroad) and worth >= STRONG:
                    return best, option.ended, False
            elif best and worth_of_this >= min(worth, STRONG):
                after = 0 if option.key == best.key else after + 1  # told again, it is fresh
        beyond = max(0, after + 1 - self.caller.span)
        return best, seconds, any(self.chance.random() < FORGETS for _ in range(beyond))

    def _worth(self, words: str, abroad: bool) -> float:
        if words in self.wrong:
            return 0.0
        if abroad and self.people.holds(words, self.people.own_name):
            return STRONG
        strong, near = self._count(words, self.strong), self._count(words, self.near)
        if strong:
            return STRONG + MORE * (strong + near - 1)
        return NEAR + MORE * (near - 1) if near else 0.0

    def _press(self, option: KeyOffer, at: float) -> CallersAct:
        self.chosen, self.relevant, self.irrelevant, self.heard = option.words, False, 0, 0
        strong = self._standing(option.words, self.strong)
        self.sure, self.as_chosen = bool(strong), False
        self.reasons = strong or self._standing(option.words, self.near)
        return self._presses(option.key, at)

    def _presses(self, key: str, at: float) -> CallersAct:
        mean = self.caller.next_key if self.moved else self.caller.first_key
        self.moved = self.acted = True
        if self.chance.random() < self.caller.slips:
            key = self.chance.choice(NEIGHBOURS[key])
        return PressKey(key, at + mean * self.chance.uniform(0.8, 1.2))

    def _guesses(self, options: Sequence[KeyOffer], seconds: float) -> CallersAct:
        """Nothing fits, all was heard twice. Where none of it is what was chosen, one has come to the wrong place."""
        if self.chosen and not self.as_chosen and "back" in self.known:
            return self._turns_back(seconds)
        left = [option for option in options if option.words not in self.wrong]
        if left and self.chance.random() < GUESSES:
            return self._press(self.chance.choice(left), seconds)
        return self._again(seconds, "heard no option that fits")

    # --- what is read --------------------------------------------------------------------------

    def _listens(self, sentences: Sequence[HeardSentence], stop: str, seconds: float) -> CallersAct:
        """Passages, or a transfer that is announced: one to somebody else than was chosen is stopped by its key. Or
        the line waits, after a slip to its key, until any is pressed."""
        if any(self.people.holds(sentence.text, self.people.any_key) for sentence in sentences):
            return self._presses(ANY_KEY, seconds)
        if any(self._count(sentence.text, self.strong) for sentence in sentences):
            self.relevant, self.irrelevant = True, 0
        elif stop and not self.sure and not self.as_chosen:
            self._blames_the_choice()
            return self._presses(stop, seconds)
        else:
            self.irrelevant += 1
        if self.moved and not self.relevant and self.irrelevant >= IRRELEVANT:
            return self._turns_back(seconds)
        return ListenOn()

    @property
    def _read_to_the_end(self) -> bool:
        return self.moved and self.relevant

    def _hears_nothing(self, foreign: float) -> CallersAct:
        self.foreign += foreign
        if self.foreign > self.caller.foreign_patience:
            return GiveUp("heard only another language")
        self.silences += not foreign
        return GiveUp("heard nothing") if self.silences >= SILENCES else ListenOn()

    # --- lost ----------------------------------------------------------------------------------

    def _turns_back(self, seconds: float) -> CallersAct:
        """Back where one knows how, to a person where that is all one knows, else wait for what comes."""
        self.wrong_turns += 1
        self.irrelevant, self.heard = -IRRELEVANT, 0
        if self.wrong_turns > self.caller.wrong_turns:
            return GiveUp("lost the way")
        self._blames_the_choice()
        for command in ("back", "person"):
            if command in self.known:
                return self._presses(self.known[command], seconds)
        return ListenOn()

    def _blames_the_choice(self) -> None:
        """These words lead to the wrong place. Where something else was heard than they say, one takes it for a key
        that one has missed, and tries them once more [own value]. What was only guessed is not tried again."""
        if not self.reasons or self.as_chosen or self.slip == self.chosen:
            self.wrong.add(self.chosen)
        self.slip = self.chosen

    def _again(self, seconds: float, why: str) -> CallersAct:
        self.repeats += 1
        if self.repeats > self.caller.repeats:
            return GiveUp(why)
        return self._presses(self.known["again"], seconds) if "again" in self.known else ListenOn()

    # --- words ---------------------------------------------------------------------------------

    def _learn(self, offers: Iterable[KeyOffer]) -> None:
        for offer in offers:
            if command := self._command(offer):
                self.known[command] = offer.key

    def _command(self, offer: KeyOffer) -> str:
        """What an option of the telephone itself does; "" where it is one of the subject. Who looks for
        the same words takes it for an answer."""
        if self._count(offer.words, self.strong):
            return ""
        commands = self.people.commands.items()
        return next((name for name, words in commands if self.people.holds(offer.words, words)), "")

    def _count(self, text: str, words: Iterable[str]) -> int:
        """How many of the words stand in the text, each letter counted once."""
        found = 0
        for word in sorted(words, key=len, reverse=True):
            if self.people.holds(text, (word,)):
                found, text = found + 1, re.sub(re.escape(word), " ", text, flags=re.IGNORECASE)
        return found

    def _standing(self, text: str, words: Iterable[str]) -> tuple[str, ...]:
        """Those of the words that stand in a text."""
        return tuple(word for word in words if self.people.holds(text, (word,)))
