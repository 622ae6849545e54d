"""The call of staff who record by telephone: another pure conversation.

    step(words, position, heard) -> RecordingTurn(acts, position)

Whoever keys a code hears a text, reads it after the tone, listens to the take, and keeps it, makes it
again or throws it away. What must be looked up or kept on the way stands in a turn as an order: the edge
carries it out and brings what came of it as the next thing heard, until there are acts.

    while turn.order:
        turn = step(words, turn.position, carried_out(turn.order, turn.position))

Every state answers every key: 5 says it again, * goes back one step, 0 and 9 help. There is no person
to be reached, the speed is that of the take, and a call that is put aside goes on in the console: so
R1, R7 and R8 have nothing to say here.
"""

import hashlib
from dataclasses import dataclass, replace

from ivr.call.acts import Ask, HangUp, Lost, NoInput, Play, Record, Ring, Say
from ivr.call.arrival import WAITS
from ivr.call.recording_events import (
    CodeRedeemed,
    CodeRefused,
    DropTake,
    FindTake,
    FindText,
    JudgeTake,
    KeepTake,
    Keyed,
    Order,
    OutOfOrder,
    RecordingHeard,
    RecordingPosition,
    RecordingTurn,
    RecordingWords,
    Redeem,
    Sentence,
    Stage,
    TakeFound,
    TakeJudged,
    TakeMissing,
    TextFound,
    TurnedAway,
    VoiceTaken,
    WordsChanged,
)
from ivr.line.speeds import Speed
from ivr.line.words import Chunk, Span

CODE_DIGITS = 8

BEFORE_TONE = 1
"""Seconds between the text and the tone: a key goes on at once [own value]."""

LONGEST = 60
"""Seconds of a recording; a passage may have twenty (R9) [own value]."""

SILENCE_ENDS = 5
"""Seconds of silence that end a recording, which is Twilio's own value for it."""

TRIES = len(WAITS)
"""How often the line asks again before it says goodbye (R6)."""


def step(words: RecordingWords, position: RecordingPosition, heard: RecordingHeard) -> RecordingTurn:
    """What is done when `heard` comes at `position`. Never raises."""
    return _RecordingCall(words, position).on(heard)


def mark_of(words: str) -> str:
    """A short name of words, to see whether they were changed: the beginning of their SHA-256."""
    return hashlib.sha256(words.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class _RecordingCall:
    """A moment of such a call."""

    words: RecordingWords
    position: RecordingPosition

    def on(self, heard: RecordingHeard) -> RecordingTurn:
        match heard:
            case Ring():
                return self.at(Stage.CODE).first(Sentence.WELCOME).ask_code()
            case Lost():
                return self.at(Stage.CODE).first(Sentence.CODE_EXPIRED).ask_code()
            case TurnedAway(why):
                return self.end(why)
            case OutOfOrder():
                return self.end(self.words.sentences[Sentence.FAULT])
            case _:
                return self._at_stage(heard)

    def _at_stage(self, heard: RecordingHeard) -> RecordingTurn:
        match self.position.stage:
            case Stage.CODE | Stage.NEXT_CODE:
                return self._on_code(heard)
            case Stage.TEXT:
                return self._on_text(heard)
            case Stage.TONE:
                return self._on_tone(heard)
            case Stage.TAKE:
                return self._on_take(heard)

    @property
    def is_last(self) -> bool:
        """Whether the line has asked as often as it does."""
        return self.position.tries + 1 >= TRIES

    # --- moving ---------------------------------------------------------------------------

    def at(self, stage: Stage, tries: int = 0) -> "_RecordingCall":
        """At another stage."""
        return replace(self, position=replace(self.position, stage=stage, tries=tries))

    def with_errand(self, errand: str) -> "_RecordingCall":
        """On a new errand."""
        return replace(self, position=replace(self.position, errand=errand, mark="", take=""))

    def with_mark(self, mark: str) -> "_RecordingCall":
        """After these words were read out."""
        return replace(self, position=replace(self.position, mark=mark))

    def with_take(self, take: str) -> "_RecordingCall":
        """After this was recorded."""
        return replace(self, position=replace(self.position, take=take))

    def again(self, tries: int | None = None) -> "_RecordingCall":
        """At the same stage, as if for the first time, or after so many tries."""
        return self.at(self.position.stage, tries or 0)

    def first(self, *sentences: Sentence | str) -> "_RecordingCall":
        """With something to be said first."""
        said = tuple(self.words.sentences[s] if isinstance(s, Sentence) else s for s in sentences)
        return replace(self, position=replace(self.position, first=(*self.position.first, *said)))

    def order(self, order: Order) -> RecordingTurn:
        """Have the edge do something first."""
        return RecordingTurn((), self.position, order)

    # --- the code -------------------------------------------------------------------------

    def _on_code(self, heard: RecordingHeard) -> RecordingTurn:
        match heard:
            case Keyed(keys):
                return self._code_keyed(keys)
            case CodeRedeemed(errand):
                return self.at(Stage.TEXT).with_errand(errand).order(FindText())
            case CodeRefused(why, final):
                return self.end(why) if final else self.one_more().first(why).ask_code()
            case NoInput() if self.is_last:
                return self.end()
            case NoInput():
                return self.one_more().more_help(Sentence.WHERE_CODES_ARE).ask_code()
            case _:
                return self.ask_code()

    def _code_keyed(self, keys: str) -> RecordingTurn:
        if len(keys) == CODE_DIGITS and keys.isascii() and keys.isdecimal():
            return self.order(Redeem(keys))
        if "*" in keys:
            return self.again().ask_code()
        return self.one_more().first(Sentence.CODE_HAS_EIGHT_DIGITS).ask_code()

    def ask_code(self) -> RecordingTurn:
        """Ask for a code: the first one, or that of the next text."""
        if self.position.tries >= TRIES:
            return self.end()
        next_one = self.position.stage is Stage.NEXT_CODE
        return self.ask(self.said(Sentence.KEY_NEXT_CODE if next_one else Sentence.KEY_CODE), digits=CODE_DIGITS)

    # --- the text -------------------------------------------------------------------------

    def _on_text(self, heard: RecordingHeard) -> RecordingTurn:
        match heard:
            case TextFound(language, words):
                return self._read_out(language, words)
            case Keyed("5"):
                return self.order(FindText())
            case Keyed("0" | "9"):
                return self.first(Sentence.HOW_TO_RECORD).order(FindText())
            case Keyed("*"):
                return self.first(Sentence.NOTHING_BEFORE).order(FindText())
            case Keyed() | NoInput():
                tone = self.at(Stage.TONE, self.position.tries)
                return RecordingTurn((Record(LONGEST, SILENCE_ENDS),), tone.position)
            case _:
                return self.order(FindText())

    def _read_out(self, language: str, words: str) -> RecordingTurn:
        says = (
            *self.said(Sentence.THIS_TEXT),
            Say(language, Speed.NORMAL, (_chunk("text", words),)),
            *_said(self.words, Sentence.READ_AFTER_TONE),
        )
        return self.with_mark(mark_of(words)).ask(says, BEFORE_TONE)

    # --- the recording --------------------------------------------------------------------

    def _on_tone(self, heard: RecordingHeard) -> RecordingTurn:
        match heard:
            case VoiceTaken(take, hung_up):
                return self.with_take(take).order(JudgeTake(take, hung_up))
            case TakeJudged(why) if why:
                return self.at(Stage.TEXT).first(why).order(FindText())
            case TakeJudged():
                return self.at(Stage.TAKE).order(FindTake())
            case WordsChanged():
                return self.at(Stage.TEXT).first(Sentence.TEXT_CHANGED).order(FindText())
            case _ if self.is_last:
                return self.end(self.words.sentences[Sentence.NO_VOICE])
            case _:
                return self.at(Stage.TEXT, self.position.tries + 1).first(Sentence.NO_VOICE).order(FindText())

    # --- the decision ---------------------------------------------------------------------

    def _on_take(self, heard: RecordingHeard) -> RecordingTurn:
        match heard:
            case TakeFound(sound, doubts):
                return self._play(sound, doubts)
            case TakeMissing():
                return self.at(Stage.TEXT).first(Sentence.NO_TAKE).order(FindText())
            case Keyed(key):
                return self._decide(key)
            case _ if self.is_last:
                return self.end(self.words.sentences[Sentence.WAITS_IN_CONSOLE])
            case _:
                return self.one_more().more_help(Sentence.HOW_TO_CHOOSE).order(FindTake())

    def _decide(self, key: str) -> RecordingTurn:
        match key:
            case "1":  # whoever heard the doubts and the take, and keys 1, confirms that it is right
                return self.at(Stage.NEXT_CODE).first(Sentence.KEPT).order(KeepTake())
            case "2":
                return self.at(Stage.TEXT).order(DropTake())
            case "3":
                return self.at(Stage.NEXT_CODE).first(Sentence.THROWN_AWAY).order(DropTake())
            case "*":
                return self.at(Stage.TEXT).order(FindText())
            case _:
                told = {"5": (), "0": (Sentence.HOW_TO_CHOOSE,), "9": (Sentence.HOW_TO_CHOOSE,)}
                return self.again().first(*told.get(key, (Sentence.NO_SUCH_KEY,))).order(FindTake())

    def _play(self, sound: str, doubts: tuple[str, ...]) -> RecordingTurn:
        call = self.first(Sentence.DOUBTFUL, *doubts) if doubts else self
        choices = Sentence.CHOICES_IN_DOUBT if doubts else Sentence.CHOICES
        return call.ask((*call.said(Sentence.HOW_IT_SOUNDS), Play(sound), *_said(self.words, choices)))

    # --- saying and listening -------------------------------------------------------------

    def one_more(self) -> "_RecordingCall":
        """At the same stage, after one try more."""
        return self.again(self.position.tries + 1)

    def more_help(self, explained: Sentence) -> "_RecordingCall":
        """More help after the first silence, a warning after the second (R6)."""
        return self.first(explained if self.position.tries == 1 else Sentence.CALL_WILL_END)

    def said(self, *sentences: Sentence) -> tuple[Say, ...]:
        """What was to be said first, then these."""
        before = tuple(Say(self.words.language, Speed.NORMAL, (_chunk("first", text),)) for text in self.position.first)
        return (*before, *_said(self.words, *sentences))

    def ask(self, says: tuple[Say | Play, ...], wait: int | None = None, digits: int = 1) -> RecordingTurn:
        """Say this, whereby everything is said that was to be said first, and listen."""
        patience = WAITS[self.position.tries] if wait is None else wait
        return RecordingTurn((Ask(says, patience, digits),), replace(self.position, first=()))

    def end(self, *last: str) -> RecordingTurn:
        """Say what is left to say, and goodbye."""
        call = self.first(*last)
        return RecordingTurn((*call.said(Sentence.GOODBYE), HangUp()), replace(self.position, first=()))


def _said(words: RecordingWords, *sentences: Sentence) -> tuple[Say, ...]:
    return tuple(Say(words.language, Speed.NORMAL, (_chunk(each, words.sentences[each]),)) for each in sentences)


def _chunk(what: str, text: str) -> Chunk:
    return Chunk(f"staff.{what}", (Span(text),))
