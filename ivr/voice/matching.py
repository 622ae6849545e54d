"""Which stretch of a long recording is which text: by the pauses in it, by length, and by what is understood of it.

Somebody reads texts one after another and pauses between them, longer than within them; now and then they misread
and begin again, or leave a text out. Stretches of voice are put together so that each group lasts about as long as
its text, with the pauses between groups rather than in them, at the least cost: a shortest way through stretches and
texts, both in order. All costs are [own values], tried on texts of the line as its own voices read them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LENGTH = 0.22  # of the logarithm of the length: so far off costs 1; voices differ from the estimate by 5 to 20 %
FAR = 3.0  # that often off, no group is of a text
WITHIN, BETWEEN = 0.75, 1.0  # s: pauses within texts are shorter than this, those between them longer
UNSURE = 0.25  # s: a pause so far on the wrong side costs 1
STRANGE = 6.0  # what it costs to take a group for no text
LEFT_OUT = 5.0  # what it costs to take a text for not read
MOST = 40  # stretches of a text: a passage has at most 20 seconds
UNDERSTOOD = 0.45  # of a text must be understood of its group; of two others of the line it is under 0.3


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where something is heard, from one pause to the next; seconds from the beginning."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Group:
    """Stretches that belong together: of the `text` (its number from 0), or of none."""

    start: float
    end: float
    text: int | None

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end - self.start


def groups(stretches: Sequence[Stretch], expected: Sequence[float]) -> tuple[Group, ...]:
    """The stretches as groups, each of a text that takes about so many seconds, or of none."""
    found = _grouped(stretches, expected)
    rates = sorted(group.seconds / expected[group.text] for group in found if group.text is not None)
    if len(rates) < 3:
        return found
    rate = rates[len(rates) // 2]  # how fast this reader reads
    return _grouped(stretches, [seconds * rate for seconds in expected])


def _grouped(stretches: Sequence[Stretch], expected: Sequence[float]) -> tuple[Group, ...]:
    """The cheapest way: `costs[s][t]` is what it costs to be through with s stretches and t texts."""
    count, texts = len(stretches), len(expected)
    costs = [[math.inf] * (texts + 1) for _ in range(count + 1)]
    ways: list[list[tuple[int, int]]] = [[(0, 0)] * (texts + 1) for _ in range(count + 1)]
    costs[0] = [LEFT_OUT * number for number in range(texts + 1)]
    ways[0] = [(0, max(0, number - 1)) for number in range(texts + 1)]
    for end in range(1, count + 1):
        row, way = costs[end], ways[end]
        for start in range(max(0, end - MOST), end):
            seconds = stretches[end - 1].end - stretches[start].start
            pauses = _pauses(stretches, start, end)
            strange = STRANGE + pauses
            before = costs[start]
            for text in range(texts + 1):
                if before[text] + strange < row[text]:
                    row[text], way[text] = before[text] + strange, (start, text)
                if text and before[text - 1] + pauses < row[text]:
                    cost = before[text - 1] + pauses + _of_length(seconds, expected[text - 1])
                    if cost < row[text]:
                        row[text], way[text] = cost, (start, text - 1)
        for text in range(1, texts + 1):
            if row[text - 1] + LEFT_OUT < row[text]:
                row[text], way[text] = row[text - 1] + LEFT_OUT, (end, text - 1)
    return tuple(_way(stretches, ways, count, min(range(texts + 1), key=lambda text: (costs[count][text], -text))))


def _way(stretches: Sequence[Stretch], ways: list[list[tuple[int, int]]], count: int, text: int) -> list[Group]:
    found = []
    while count:
        start, before = ways[count][text]
        if start < count:
            of = text - 1 if before < text else None
            found.append(Group(stretches[start].start, stretches[count - 1].end, of))
        count, text = start, before
    return found[::-1]


def _of_length(seconds: float, expected: float) -> float:
    off = math.log(seconds / expected) / LENGTH
    return off * off if abs(off) < FAR else math.inf


def _pauses(stretches: Sequence[Stretch], start: int, end: int) -> float:
    """What the pauses in a group cost, and the one before it."""
    gaps = [
        after.start - before.end
        for before, after in zip(stretches[start:end], stretches[start + 1 : end], strict=False)
    ]
    cost = sum(((gap - WITHIN) / UNSURE) ** 2 for gap in gaps if gap > WITHIN)
    before = stretches[start].start - stretches[start - 1].end if start else BETWEEN
    return cost + (((BETWEEN - before) / UNSURE) ** 2 if before < BETWEEN else 0.0)


def by_words(found: Sequence[Group], alike: Callable[[int, int], float], texts: int) -> tuple[Group, ...]:
    """The groups, each with the text that is understood of it: `alike` says how much of a text (its number) is
    in a group (its number), from 0 to 1. Texts stay in order; of two readings of one text the later one is it."""
    best = [[0.0] * (texts + 1) for _ in range(len(found) + 1)]
    share = [[alike(group, text) for text in range(texts)] for group in range(len(found))]
    for group in range(1, len(found) + 1):
        for text in range(1, texts + 1):
            gain = share[group - 1][text - 1]
            taken = best[group - 1][text - 1] + gain if gain >= UNDERSTOOD else -1.0
            best[group][text] = max(taken, best[group - 1][text], best[group][text - 1])
    chosen: dict[int, int] = {}
    group, text = len(found), texts
    while group and text:
        gain = share[group - 1][text - 1]
        if gain >= UNDERSTOOD and math.isclose(best[group][text], best[group - 1][text - 1] + gain):
            chosen[group - 1] = text - 1
            group, text = group - 1, text - 1
        elif math.isclose(best[group][text], best[group][text - 1]):
            text -= 1
        else:
            group -= 1
    return tuple(Group(each.start, each.end, chosen.get(number)) for number, each in enumerate(found))
