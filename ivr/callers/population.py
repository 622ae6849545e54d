"""Callers drawn from a model. Each figure has its source or is called our own.

The model is meant to be harder on the line than a good day's callers are: half of them are 65 or older,
many hear badly, most hold a smartphone whose keypad has to be opened first, some use a screen reader.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

SHARE_OLD = 0.5
"""65 and older. The anchor of all this is about them: of 185 people of 65 and older, 20.5 % finished none of
four tasks on real lines (Miller, Gagnon, Talbot, Messier 2013, doi:10.1093/geronb/gbs092) [own value]."""

SHARE_SCREEN_READER = 0.03
"""More than among residents, since the line must serve them [own value]."""

SHARE_SMARTPHONE = {False: 0.8, True: 0.5}
"""Of the younger and of the old: the keypad is hidden, and the telephone leaves the ear [own values]."""

SCREEN_READER_SECONDS = (3.0, 8.0)
"""Until a key is found by ear: the range that the line is built for (WCAG 2.2.1, time to act) [own value]."""

SMARTPHONE_SECONDS = (2.0, 5.0)
"""Until the keypad is open and the key pressed, for the first key [own value]."""

KEY_SECONDS_BY_HAND = (1.6, 2.5)
"""Find a key and press it: a mental act and a keystroke of the keystroke-level model, 1.35 s and 0.28 s (who
does not type much) to 1.2 s (who does not know the keys): Card, Moran, Newell 1980, doi:10.1145/358886.358895,
and 1983, checked in a summary of it by the University of Hamburg, not in the book."""

OLD_FACTOR = 1.8
"""How much longer the old take (Jastrzembski, Charness 2007, doi:10.1037/1076-898X.13.4.224, who estimated nine such
parameters and held them against two telephones and people of 69 on average). Its abstract was checked, the factor
of 1.7 to 2 was not."""

SPAN_OF_THREE = {False: 0.7, True: 0.3}
"""How many remember three options rather than two while they compare. About three chunks without rehearsal
(Chen, Cowan 2009, PMC2693080), three to five in the young (Cowan 2010, doi:10.1177/0963721409359277); for the
old, auditory and working memory predict success best (Miller 2013) [own shares]."""

HARD_OF_HEARING = {False: 0.05, True: 0.5}
"""Hearing loss in Japan: 28 to 44 % at 65 to 69, 67 to 84 % from 75 on (Uchida and others 2012,
doi:10.3143/geriatrics.49.222); of those many hear a telephone well [own shares]."""

MISSED_BY_GOOD_EARS = 0.02
MISSED_BY_BAD_EARS = (0.06, 0.20)
"""The share of sentences that do not come through. Where `flask line hear` measured a sentence, its own
error counts beside this (see `misheard`) [own values]."""

SLIPS = {False: 0.01, True: 0.03}
"""Keys beside the one that was meant, a key pressed [own values]."""

HESITATES = {False: 0.03, True: 0.08}
"""Nothing at all is done at the first question [own values]."""

SHARE_EAGER = 0.6
"""Press as soon as an option fits and its key was named; all others hear the question out [own value]."""

SHARE_SPEAKS = 0.3
"""Speak where the line listens for words [own value]."""

PATIENCE = (240.0, 0.35)
"""Seconds until somebody gives up: median and spread of a log-normal distribution [own value]."""

LEAST_PATIENCE = 75.0
"""Seconds [own value]."""

FOREIGN_PATIENCE = (20.0, 60.0)
"""Seconds that somebody listens to a language that they do not speak [own value]."""

REPEATS = (2, 3, 4)
WRONG_TURNS = (2, 3)
"""How often the same question is heard again, and how many wrong turns are taken back [own values]."""


class Keypad(StrEnum):
    """What keys are pressed on."""

    BUTTONS = "buttons"
    SMARTPHONE = "smartphone"
    SCREEN_READER = "screen reader"


@dataclass(frozen=True, slots=True)
class SimulatedCaller:
    """One caller. Times are in seconds, chances between 0 and 1; `span` is how many options are remembered
    while they are compared."""

    number: int
    old: bool
    keypad: Keypad
    first_key: float
    next_key: float
    span: int
    missed: float
    slips: float
    hesitates: float
    eager: bool
    speaks: bool
    patience: float
    foreign_patience: float
    repeats: int
    wrong_turns: int


def population(seed: int, count: int) -> Iterator[SimulatedCaller]:
    """So many callers; the same for the same seed, and the first ones the same for any count."""
    for number in range(count):
        yield _drawn(number, Random(f"caller {seed} {number}"))


def _drawn(number: int, chance: Random) -> SimulatedCaller:
    old = chance.random() < SHARE_OLD
    keypad = _keypad(old, chance)
    factor = OLD_FACTOR if old else 1.0
    by_hand = chance.uniform(*KEY_SECONDS_BY_HAND) * factor
    return SimulatedCaller(
        number=number,
        old=old,
        keypad=keypad,
        first_key=_first_key(keypad, by_hand, factor, chance),
        next_key=chance.uniform(*SCREEN_READER_SECONDS) if keypad is Keypad.SCREEN_READER else by_hand,
        span=3 if chance.random() < SPAN_OF_THREE[old] else 2,
        missed=_missed(old, chance),
        slips=SLIPS[old],
        hesitates=HESITATES[old],
        eager=chance.random() < SHARE_EAGER,
        speaks=chance.random() < SHARE_SPEAKS,
        patience=max(LEAST_PATIENCE, PATIENCE[0] * chance.lognormvariate(0, PATIENCE[1])),
        foreign_patience=chance.uniform(*FOREIGN_PATIENCE),
        repeats=chance.choice(REPEATS),
        wrong_turns=chance.choice(WRONG_TURNS),
    )


def _keypad(old: bool, chance: Random) -> Keypad:
    if chance.random() < SHARE_SCREEN_READER:
        return Keypad.SCREEN_READER
    return Keypad.SMARTPHONE if chance.random() < SHARE_SMARTPHONE[old] else Keypad.BUTTONS


def _first_key(keypad: Keypad, by_hand: float, factor: float, chance: Random) -> float:
    match keypad:
        case Keypad.SCREEN_READER:
            return chance.uniform(*SCREEN_READER_SECONDS)
        case Keypad.SMARTPHONE:
            return chance.uniform(*SMARTPHONE_SECONDS) * factor
        case _:
            return by_hand


def _missed(old: bool, chance: Random) -> float:
    hard = chance.random() < HARD_OF_HEARING[old]
    return chance.uniform(*MISSED_BY_BAD_EARS) if hard else MISSED_BY_GOOD_EARS
