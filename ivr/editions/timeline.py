"""Which edition is live: decided from what was published, for any moment, by no job.

The list is append-only. Publishing puts an edition on top of those before it, rolling back
takes the top one off, withdrawing takes back what has not come yet. Under all of them lies
the edition that callers heard before anything was published: one that the program was shipped with,
then or, where nothing was ever published, now. So one is live at every moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PublicationKind(StrEnum):
    """What was done to the list."""

    PUBLISH = "publish"
    ROLL_BACK = "roll back"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Publication:
    """One act. It takes effect `at` and was done at `done` (aware). `edition`: what is live
    from then on, None of a withdrawal; `target`: what is withdrawn; `draft`: what it came from, and
    `base` the edition that this changed."""

    seq: int
    kind: PublicationKind
    at: datetime
    edition: str | None
    target: int | None
    draft: int | None
    by: str
    name: str
    done: datetime
    base: str | None = None


def standing(publications: Iterable[Publication]) -> tuple[Publication, ...]:
    """What was published or rolled back and not withdrawn, in the order of its effect."""
    rows = tuple(publications)
    withdrawn = {row.target for row in rows if row.kind is PublicationKind.WITHDRAW}
    left = (row for row in rows if row.kind is not PublicationKind.WITHDRAW and row.seq not in withdrawn)
    return tuple(sorted(left, key=lambda row: (row.at, row.seq)))


def stack_at(publications: Iterable[Publication], now: datetime, shipped: str) -> tuple[str, ...]:
    """The editions upon each other at `now`, the live one last. `shipped`: what is heard where nothing
    was published."""
    rows = [row for row in standing(publications) if row.at <= now]
    stack = [next((row.base for row in rows if row.base), shipped)]
    for row in rows:
        if row.kind is PublicationKind.ROLL_BACK:
            stack = stack[:1] + stack[1:-1]
        elif row.edition is not None:
            stack.append(row.edition)
    return tuple(stack)


def live_at(publications: Iterable[Publication], now: datetime, shipped: str) -> str:
    """The one edition that a call at `now` hears."""
    return stack_at(publications, now, shipped)[-1]


def scheduled(publications: Iterable[Publication], now: datetime) -> tuple[Publication, ...]:
    """What stands and has not come yet, the next first."""
    return tuple(row for row in standing(publications) if row.at > now)
