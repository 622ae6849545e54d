"""What is heard in the call of staff who record by telephone, what it says, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from ivr.call.acts import Act, Lost, NoInput, Ring


class Sentence(StrEnum):
    """What the line itself says in such a call; the words are the console's."""

    WELCOME = auto()
    KEY_CODE = auto()
    KEY_NEXT_CODE = auto()
    CODE_HAS_EIGHT_DIGITS = auto()
    WHERE_CODES_ARE = auto()
    CODE_EXPIRED = auto()
    THIS_TEXT = auto()
    READ_AFTER_TONE = auto()
    HOW_TO_RECORD = auto()
    NOTHING_BEFORE = auto()
    NO_VOICE = auto()
    TEXT_CHANGED = auto()
    NO_TAKE = auto()
    DOUBTFUL = auto()
    HOW_IT_SOUNDS = auto()
    CHOICES = auto()
    CHOICES_IN_DOUBT = auto()
    HOW_TO_CHOOSE = auto()
    NO_SUCH_KEY = auto()
    KEPT = auto()
    THROWN_AWAY = auto()
    CALL_WILL_END = auto()
    WAITS_IN_CONSOLE = auto()
    FAULT = auto()
    GOODBYE = auto()


@dataclass(frozen=True, slots=True)
class RecordingWords:
    """What is said in such a call, in one of the line's languages (code)."""

    language: str
    sentences: Mapping[Sentence, str]


class Stage(StrEnum):
    """Where such a call stands."""

    CODE = auto()
    NEXT_CODE = auto()
    TEXT = auto()
    TONE = auto()
    TAKE = auto()


# --- what is heard ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Keyed:
    """Keys came: one, or those of a code."""

    keys: str


@dataclass(frozen=True, slots=True)
class VoiceTaken:
    """The carrier has recorded something, under this name; `hung_up`: the call is over."""

    take: str
    hung_up: bool = False


@dataclass(frozen=True, slots=True)
class CodeRedeemed:
    """The code holds. `errand`: what it was given for, as the edge writes it down."""

    errand: str


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """The code does not hold, and why; `final`: nor will another one in this call."""

    why: str
    final: bool


@dataclass(frozen=True, slots=True)
class TextFound:
    """The words to be read, in a language of the line (code)."""

    language: str
    words: str


@dataclass(frozen=True, slots=True)
class TakeJudged:
    """The take was taken in; or `why` it cannot be used, "" where it can."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class WordsChanged:
    """The take says words that are no longer those of the text."""


@dataclass(frozen=True, slots=True)
class TakeFound:
    """The sound (address) of the take as callers will hear it, and what makes one doubt it."""

    sound: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeMissing:
    """There is no take that waits for a decision."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was to be done with the take is done."""


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """This may not be, or not any more, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """Something at the edge does not work just now."""


RecordingHeard = (
    Ring
    | NoInput
    | Lost
    | Keyed
    | VoiceTaken
    | CodeRedeemed
    | CodeRefused
    | TextFound
    | TakeJudged
    | WordsChanged
    | TakeFound
    | TakeMissing
    | Done
    | TurnedAway
    | OutOfOrder
)


# --- what is done -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Redeem:
    """Look what a code is for: CodeRedeemed or CodeRefused."""

    code: str


@dataclass(frozen=True, slots=True)
class FindText:
    """Look what the text says now: TextFound."""


@dataclass(frozen=True, slots=True)
class JudgeTake:
    """Fetch the take, judge it, and hold it for whoever made it: TakeJudged or WordsChanged."""

    take: str
    hung_up: bool


@dataclass(frozen=True, slots=True)
class FindTake:
    """Look for the take that waits for a decision: TakeFound or TakeMissing."""


@dataclass(frozen=True, slots=True)
class KeepTake:
    """Put the take into the draft: Done."""


@dataclass(frozen=True, slots=True)
class DropTake:
    """Throw the take away: Done."""


Order = Redeem | FindText | JudgeTake | FindTake | KeepTake | DropTake
"""What the edge is to carry out. TurnedAway may come of each."""


@dataclass(frozen=True, slots=True)
class RecordingPosition:
    """All that such a call carries. `errand` is the edge's; `mark` names the words that were read out,
    `take` the carrier's last recording, `first` what is still to be said before anything else."""

    stage: Stage = Stage.CODE
    tries: int = 0
    errand: str = ""
    mark: str = ""
    take: str = ""
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordingTurn:
    """The answer, and where the call stands after it: acts, or an order that comes before them."""

    acts: tuple[Act, ...]
    position: RecordingPosition
    order: Order | None = None
