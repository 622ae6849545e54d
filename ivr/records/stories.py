"""What one call came to: the figures that its records add to, each at most once for a call.

    adds(records of one call, zone) -> {Cell(day, edition, alert, language, "begun", "mail"): Sums(1, 0, 0), ...}

A call belongs to the day (of the line's zone) on which it began, to the edition and the alerts with which it began,
and to the language in which it stood last. So it is one of a day, of an edition and of a language, whatever it did.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple, Protocol

from ivr.call.meanings import COMPLETED, DIAL, WORDS
from ivr.line.text import whole
from ivr.line.tree import END, FAILURES, JOIN, KEYPAD
from ivr.records.entries import END as ENDED
from ivr.records.steps import CLOSED, ENDS, NO_MATCH, NUMBER_REFUSED, RINGS, TOLD

MINUTE = 60
BANDS = (15, 30, 45, 60, 90, 120)
"""Seconds at which bands of waiting end [own values]: R19 asks for what cannot wait within 15 to 30."""

LONGER = "longer"
READING, UNANSWERED = "reading", "unanswered"
"""Within a text or the page of a desk, in any of its passages; with a desk that was rung in vain."""


class Figure(StrEnum):
    """What is counted, and of what (the `item` of a cell)."""

    CALLS = "calls"
    """All calls that the line answered. No item."""
    HOUR = "hour"
    """Calls by the hour in which they began, "00" to "23"."""
    RESULT = "result"
    """What a call came to: one of Result."""
    JOINED = "joined"
    """Calls that ended in a talk with a desk, by the desk."""
    BEGUN = "begun"
    """Calls in which a text, or the page of a desk, began to be read, by text and desk."""
    HEARD = "heard"
    """Calls in which the last passage of one was heard to its end, by text and desk."""
    LEFT = "left"
    """Calls that the caller ended without a talk, by where they stood (`standing`)."""
    ENDED = "ended"
    """Calls that the line ended without a talk, since nothing came, or nothing new, by where they stood."""
    WRONG = "wrong"
    """Calls in which something was not understood, by where."""
    SILENT = "silent"
    """Calls in which nothing came where the line waited for an answer, by where."""
    ONCE = "once"
    """Calls in which that happened at least once, anywhere: HEARD, WRONG or SILENT."""
    REFUSED = "refused"
    """Calls in which a number was keyed or said, which is dropped at once. No item."""
    RUNG = "rung"
    """Calls in which a desk was rung, by the desk."""
    DIALLED = "dialled"
    """Calls in which ringing a desk ended so, by "<desk>.<status>"."""
    CLOSED = "closed"
    """Calls in which a desk was told to be closed, by the desk."""
    TOLD = "told"
    """Calls in which the number of an open desk was told, by the desk."""
    SECONDS = "seconds"
    """Seconds from answering until a text or desk began to be read, or rang, the first of them, by which it was."""
    BAND = "band"
    """The same calls by the band of these seconds: the second at which it ends, LONGER behind the last."""
    LENGTH = "length"
    """Seconds that calls lasted. No item."""
    MINUTES = "minutes"
    """Minutes that the carrier counts of calls, each rounded up, in `seconds`. No item."""
    TALKED = "talked"
    """The same of talks with a desk, the second leg of a call, by the desk."""


class Result(StrEnum):
    """What a call came to, the first that holds."""

    JOINED = "joined"
    """Joined to a desk that answered."""
    IN_VAIN = "in vain"
    """A desk was rung and did not answer, or was closed, and no other one answered."""
    ALONE = "alone"
    """A text or the page of a desk was read, and no person was needed."""
    EARLY = "early"
    """Nothing was read: the call ended in a menu."""


class Cell(NamedTuple):
    """Where a number stands. `alert`: numbers of alerts, separated by commas."""

    day: date
    edition: str
    alert: str
    language: str
    figure: str
    item: str


class Sums(NamedTuple):
    """How many calls, the sum of their seconds (or minutes), and of the squares of these."""

    number: int = 0
    seconds: int = 0
    squares: int = 0

    def plus(self, other: "Sums", sign: int = 1) -> "Sums":
        """Both together; with -1, the one without the other."""
        return Sums(
            self.number + sign * other.number,
            self.seconds + sign * other.seconds,
            self.squares + sign * other.squares,
        )


ONE = Sums(1)


class Told(Protocol):
    """What a record tells (`ivr.records.kept.SINGLE`), and the seconds of a transfer (`talked`)."""

    at: datetime
    edition: str
    alert: str
    language: str
    place: str
    heard: str
    desk: str
    outcome: str
    seconds: int | None
    talked: int | None


_IN_ORDER = attrgetter("at", "language", "place", "heard", "desk", "outcome", "edition", "alert")
"""By time, which is kept in milliseconds; what came in one of them always in the same order, whatever it is."""


def adds(records: Iterable[Told], zone: tzinfo) -> Mapping[Cell, Sums]:
    """What a call adds to the figures, by its records in any order; nothing where no step of it is known."""
    ordered = sorted(records, key=_IN_ORDER)
    steps = [each for each in ordered if each.heard != ENDED]
    if not steps:
        return {}
    first, last = steps[0], steps[-1]
    began = first.at.astimezone(zone)
    of_all = began.date(), first.edition, first.alert, last.language
    ends = [each for each in ordered if each.heard == ENDED]
    told = {(Figure.CALLS, ""): ONE, (Figure.HOUR, f"{began.hour:02}"): ONE}
    told |= dict.fromkeys(_named(steps), ONE)
    told |= dict(_measured(steps, ends))
    return {Cell(*of_all, figure, item): sums for (figure, item), sums in told.items()}


def standing(place: str) -> str:
    """Where a call stands, as figures tell it: the node, and within it READING, UNANSWERED, "end", "join" and so on."""
    node, step = _place(place)
    within = READING if whole(step) is not None else UNANSWERED if step in FAILURES else step
    return f"{node}.{within}" if within and node not in KEYPAD else node


# --- what happened --------------------------------------------------------------------------------


def _named(steps: Sequence[Told]) -> Iterator[tuple[Figure, str]]:
    """What a call did, each as often as it did."""
    yield Figure.RESULT, _result(steps)
    if joined := next((step.desk for step in steps if _dialled(step) == COMPLETED), ""):
        yield Figure.JOINED, joined
    else:
        yield (Figure.ENDED if steps[-1].outcome == ENDS else Figure.LEFT), standing(steps[-1].place)
    for step in steps:
        yield from _of_step(step)
    for before, after in pairwise(steps):
        for figure, item in _between(before, after):
            yield figure, item
            yield Figure.ONCE, figure


def _of_step(step: Told) -> Iterator[tuple[Figure, str]]:
    if node := _begun(step):
        yield Figure.BEGUN, node
    if step.outcome == RINGS or _dialled(step):  # of a record that was lost the other one tells
        yield Figure.RUNG, step.desk
    if status := _dialled(step):
        yield Figure.DIALLED, f"{step.desk}.{status}"
    if step.outcome == CLOSED:
        yield Figure.CLOSED, step.desk
    if step.outcome == TOLD:
        yield Figure.TOLD, step.desk
    if step.heard == NUMBER_REFUSED:
        yield Figure.REFUSED, ""


def _between(before: Told, after: Told) -> Iterator[tuple[Figure, str]]:
    """What was heard where the call stood before."""
    (here, passage), (there, step) = _place(before.place), _place(after.place)
    if after.heard in (NO_MATCH, f"{WORDS}:nothing"):
        yield Figure.WRONG, standing(before.place)
    if after.heard != "silence":
        return
    reads = whole(passage) is not None
    if here == there and reads and step == END:
        yield Figure.HEARD, here
    if not reads and passage != JOIN and here not in KEYPAD:
        yield Figure.SILENT, standing(before.place)


def _result(steps: Sequence[Told]) -> Result:
    if any(_dialled(step) == COMPLETED for step in steps):
        return Result.JOINED
    if any(step.outcome in (RINGS, CLOSED) or _dialled(step) for step in steps):
        return Result.IN_VAIN
    return Result.ALONE if any(map(_begun, steps)) else Result.EARLY


def _begun(step: Told) -> str:
    """The text or desk that is read, in any of its passages; "" where none is."""
    node, passage = _place(step.place)
    return node if whole(passage) is not None and node not in KEYPAD else ""


def _place(told: str) -> tuple[str, str]:
    """The node of a place, and the step within it. A record may tell a place that no line has any more."""
    node, _, step = told.partition(".")
    return node, step


def _dialled(step: Told) -> str:
    """How ringing a desk has ended; "" at any other step."""
    kind, _, status = step.heard.partition(":")
    return status if kind == DIAL and step.desk else ""


# --- what took how long ---------------------------------------------------------------------------


def _measured(steps: Sequence[Told], ends: Sequence[Told]) -> Iterator[tuple[tuple[Figure, str], Sums]]:
    came = next((step for step in steps if _begun(step) or step.outcome == RINGS), None)
    if came:
        waited = _since(steps[0], came)
        yield (Figure.SECONDS, came.desk or _begun(came)), _of(waited)
        yield (Figure.BAND, next((str(band) for band in BANDS if waited < band), LONGER)), ONE
    told = [each.seconds for each in ends if each.seconds is not None]
    lasted = max(told, default=_since(steps[0], steps[-1]))
    yield (Figure.LENGTH, ""), _of(lasted)
    yield (Figure.MINUTES, ""), _of(_minutes(lasted))
    for desk, minutes in _talks(steps).items():
        yield (Figure.TALKED, desk), _of(minutes)


def _talks(steps: Sequence[Told]) -> Mapping[str, int]:
    """The minutes of talks with each desk: by the carrier's measure, else from its ringing on."""
    found: dict[str, int] = {}
    for before, after in pairwise(steps):
        if _dialled(after) == COMPLETED:
            talked = _since(before, after) if after.talked is None else after.talked
            found[after.desk] = found.get(after.desk, 0) + _minutes(talked)
    return found


def _minutes(seconds: int) -> int:
    """As carriers count: one that has begun is a whole one."""
    return -(-seconds // MINUTE)


def _since(first: Told, then: Told) -> int:
    return round((then.at - first.at).total_seconds())


def _of(value: int) -> Sums:
    return Sums(1, value, value * value)
