"""What came of all calls: a row for each task, and those who got nowhere."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from ivr.callers.attempt import CallResult, CallToMake

AIM = 0.97
"""The share of callers who finish each task [own value]. The anchor: 20.5 % of people over 65 finished none of
four tasks on real lines (Miller and others 2013)."""

MOST_LEAVINGS = 3
"""Ways in which callers left that are listed for a task."""


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """One task in one language: who got there and when, and where the others left."""

    title: str
    language: str
    results: Sequence[CallResult]

    @property
    def share(self) -> float:
        """The share of callers who got there."""
        return sum(result.reached for result in self.results) / len(self.results)

    @property
    def enough(self) -> bool:
        """Whether the aim was met."""
        return self.share >= AIM

    @property
    def seconds(self) -> tuple[float, float] | None:
        """Median and ninth decile of the seconds until what was needed began; None where nobody got there."""
        taken = [result.seconds for result in self.results if result.reached]
        if len(taken) < 2:
            return (taken[0], taken[0]) if taken else None
        return median(taken), quantiles(taken, n=10)[-1]

    @property
    def leavings(self) -> Sequence[tuple[str, str, int]]:
        """Where callers left: the keys pressed by then, why, and how many; most frequent first."""
        left = Counter((result.keys, result.why) for result in self.results if not result.reached)
        return [(keys, why, count) for (keys, why), count in sorted(left.items(), key=lambda item: (-item[1], item[0]))]

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        seconds = self.seconds
        return {
            "task": self.title,
            "language": self.language,
            "callers": len(self.results),
            "reached": self.share,
            "seconds": seconds and {"median": round(seconds[0], 1), "ninth decile": round(seconds[1], 1)},
            "left": [{"keys": keys, "why": why, "callers": count} for keys, why, count in self.leavings],
        }


def outcome(to_make: CallToMake, results: Sequence[CallResult]) -> TaskOutcome:
    """What came of one task."""
    return TaskOutcome(to_make.task.title, to_make.language, results)


def finished_none(outcomes: Sequence[TaskOutcome]) -> int:
    """How many callers got nowhere in any task."""
    got: Mapping[int, int] = Counter(result.caller for each in outcomes for result in each.results if result.reached)
    return len({result.caller for each in outcomes for result in each.results} - got.keys())
