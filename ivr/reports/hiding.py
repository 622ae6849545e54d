"""Which numbers are not shown, since so few callers stand behind them that one might be known.

A number from 1 to 4 is hidden. Where a total is shown, whoever subtracts must not find it: then others are hidden
beside it, the smallest first, until at least two are and at least five callers stand behind them (complementary
suppression: A. Hundepool and others, Statistical Disclosure Control, Wiley 2012, chapter 4). Nought is shown: behind it
stands nobody.
"""

from collections.abc import Collection, Sequence

FEWEST = 5
"""Calls that a number is shown of."""


def is_few(number: int) -> bool:
    """Whether a number is hidden by itself."""
    return 0 < number < FEWEST


def hidden_parts(parts: Sequence[int], total: int, hidden: Collection[int] = ()) -> frozenset[int]:
    """Which of these numbers (their places) are hidden, whose `total` is shown; those `hidden` elsewhere are here, too.
    What the total has beside them counts as one more number, which is never shown."""
    found = {place for place, number in enumerate(parts) if is_few(number)} | {
        place for place in hidden if parts[place]
    }
    rest = max(0, total - sum(parts))
    if not found and not is_few(rest):
        return frozenset()
    others = sorted((number, place) for place, number in enumerate(parts) if number and place not in found)
    while others and not _is_safe([*(parts[place] for place in found), rest]):
        found.add(others.pop(0)[1])
    return frozenset(found)


def is_total_hidden(parts: Sequence[int], total: int, hidden: Collection[int]) -> bool:
    """Whether a total is hidden as well, since it tells what is hidden of its parts."""
    rest = max(0, total - sum(parts))
    few = bool(hidden) or is_few(rest)
    return is_few(total) or (few and not _is_safe([*(parts[place] for place in hidden), rest]))


def _is_safe(numbers: Sequence[int]) -> bool:
    """Whether the sum of hidden numbers may be known."""
    return sum(map(bool, numbers)) > 1 and sum(numbers) >= FEWEST
