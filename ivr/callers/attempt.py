"""One caller, one task, one call: the mind at a handset."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from ivr.callers.choosing import BROKEN_OFF, CallersAct, CallersMind, GiveUp, PressKey, SayWords
from ivr.callers.misheard import Ears
from ivr.callers.population import SimulatedCaller
from ivr.callers.reached import Needed
from ivr.callers.sentences import HeardSentence, Stretch, offers_of, stretch_of
from ivr.callers.tasks import CallersTask, hearing
from ivr.handset.handset import Handset
from ivr.handset.line_faults import LineFault

MOST_ACTS = 120
"""Acts of one call; more is a circle of the simulator's own [own value]."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of one call. `seconds` until what was needed began, or until the call was given up; `why`
    it was ("" for those who got there), and the keys pressed by then."""

    caller: int
    reached: bool
    seconds: float
    keys: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CallToMake:
    """A task in one language of a line: what it needs, the number to ring (a path), the hour (aware), and
    what was measured of the language."""

    task: CallersTask
    language: str
    needed: Needed
    path: str
    at: datetime
    ears: Ears = field(default_factory=Ears)


def attempt(
    caller: SimulatedCaller, to_make: CallToMake, telephone: Callable[[datetime], Handset], seed: int
) -> CallResult:
    """Ring the line once. `telephone` gives a handset that has not rung yet, at a time."""
    chance = Random(f"call {seed} {caller.number} {to_make.task.name} {to_make.language}")
    handset = telephone(to_make.at)
    call = _Call(caller, to_make, handset, chance)
    try:
        handset.dial(to_make.path)
        return call.made()
    except LineFault as fault:
        return call.ended(f"the line is out of order ({fault.reason})")


class _Call:
    """The call as it goes on."""

    def __init__(self, caller: SimulatedCaller, to_make: CallToMake, handset: Handset, chance: Random) -> None:
        self._caller, self._to_make, self._handset, self._chance = caller, to_make, handset, chance
        self._people = hearing()[to_make.language]
        self._mind = CallersMind(caller, to_make.task.words[to_make.language], self._people, chance)
        self._idle = 0.0  # seconds in which the line listened and nothing was said, before a key
        self._keys = ""

    def made(self) -> CallResult:
        """Listen and act until the call has come to something."""
        for _ in range(MOST_ACTS):
            if (result := self._over()) or (result := self._one_stretch()):
                return result
        return self.ended("went round in circles")

    def ended(self, why: str) -> CallResult:
        """Given up, or sent away."""
        return CallResult(self._caller.number, False, self._now, self._keys, why)

    @property
    def _now(self) -> float:
        return self._handset.elapsed + self._idle

    def _over(self) -> CallResult | None:
        """A desk rings, or nobody is there any more."""
        if transfer := self._handset.ringing:
            if self._to_make.needed.rings(transfer):
                return CallResult(self._caller.number, True, self._now, self._keys)
            return self.ended("was joined to another desk")
        if self._handset.listening is None:
            return self.ended("the line ended the call")
        return None

    def _one_stretch(self) -> CallResult | None:
        stretch = stretch_of(self._handset.latest, self._to_make.language)
        before = sum(sound.seconds for sound in self._handset.latest if not sound.in_gather)
        began = self._now - before
        at = self._to_make.needed.at(stretch.sentences)
        understood = bool(at) and self._to_make.needed.understood(stretch.sentences, at, self._caller, self._chance)
        act = self._acts(stretch, missed=bool(at) and not understood)
        if understood and _heard_by(act) >= stretch.sentences[at[-1]].ended:
            return CallResult(self._caller.number, True, began + stretch.sentences[at[0]].began, self._keys)
        if isinstance(act, GiveUp):
            self._handset.hang_up()
            return self.ended(act.reason)
        if began + stretch.seconds > self._caller.patience:
            self._handset.hang_up()
            return self.ended("had no more patience")
        self._do(act, stretch, before)
        return None

    def _acts(self, stretch: Stretch, *, missed: bool) -> CallersAct:
        heard: dict[int, HeardSentence] = self._to_make.ears.heard(stretch.sentences, self._caller, self._chance)
        gather = self._handset.listening
        return self._mind.act(
            tuple(heard.values()),
            offers_of(heard, self._people),
            stretch.foreign,
            stretch.seconds,
            listens_for_words=gather is not None and gather.takes_speech,
            missed=missed,
        )

    def _do(self, act: CallersAct, stretch: Stretch, before: float) -> None:
        gather = self._handset.listening
        assert gather is not None  # else the call is over
        if not isinstance(act, PressKey | SayWords):
            self._handset.wait()
            return
        late = act.at - stretch.seconds - gather.timeout
        if late > 0:
            self._handset.wait()
            if self._over_or_listens_again(late):
                self._mind.breaks_off()
                return
            self._hand_over(act, late, 0.0)
        else:
            self._hand_over(act, act.at - before, max(0.0, act.at - stretch.seconds))

    def _over_or_listens_again(self, late: float) -> bool:
        """The line has spoken again, or gone on, before the key was found."""
        broken_off = self._chance.random() < BROKEN_OFF[self._caller.keypad]
        spoken = sum(sound.seconds for sound in self._handset.latest if not sound.in_gather)
        return broken_off or self._handset.listening is None or late < spoken

    def _hand_over(self, act: PressKey | SayWords, after: float, idle: float) -> None:
        self._idle += idle
        gather = self._handset.listening
        assert gather is not None
        if isinstance(act, SayWords):
            self._handset.say(act.words)
            return
        self._keys += act.key
        self._handset.press(act.key, after=max(0.0, after))
        entry = self._handset.listening
        if entry is gather:  # the line wants more digits
            self._handset.wait()


def _heard_by(act: CallersAct) -> float:
    """Until when the stretch is heard, in seconds."""
    return act.at if isinstance(act, PressKey | SayWords) else float("inf")
