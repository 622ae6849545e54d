"""The tables of a report as whole numbers, and which of them are hidden.

    grids(counts, desks) -> {"texts": Grid(...), ...}

They are filled before anything is hidden, so that what is hidden in the months of a year can be kept hidden in the year
(`kept_hidden`): a year less eleven months is a month.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ivr.records.stories import BANDS, LONGER, Figure, Result
from ivr.reports.counts import Counts
from ivr.reports.hiding import FEWEST, hidden_parts, is_few, is_total_hidden

RIGHT_DESK, SWITCHBOARD = "right desk", "switchboard"
"""Where callers were joined to: the desk of their matter, or one that helps in any matter (`Line.nearest`)."""

RUNG, ANSWERED, BUSY, NO_ANSWER, FAILED, CLOSED, TOLD = (
    "rung",
    "answered",
    "busy",
    "no answer",
    "failed",
    "closed",
    "told",
)
"""The columns of the desks."""

BEGUN, HEARD = "begun", "heard"
"""The columns of the texts."""

ALL, CALLS = "all", "calls"
"""The columns of what happened once, and the one column of all other tables."""

TOTAL = ""
"""The row of the total, which no item has as its name."""

HOURS = tuple(f"{hour:02}" for hour in range(24))


class Scheme(StrEnum):
    """What is shown beside the numbers, and might tell what is hidden."""

    PARTS = "parts"
    """The rows make up a total that is shown."""
    ROWS = "rows"
    """In each row the first number is the whole of those behind it, or of some."""
    SINGLE = "single"
    """Nothing."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of numbers by their items. `parts`: of a grid of ROWS, how many columns are parts of the first one."""

    columns: tuple[str, ...]
    rows: Mapping[str, tuple[int, ...]]
    scheme: Scheme
    total: int = 0
    parts: int = 0

    def hidden(self, elsewhere: Collection[tuple[str, str]] = ()) -> frozenset[tuple[str, str]]:
        """Which numbers (item, column) are hidden; those that are so `elsewhere` are here, too."""
        match self.scheme:
            case Scheme.PARTS:
                return self._hidden_down(elsewhere)
            case Scheme.ROWS:
                return frozenset(each for item in self.rows for each in self._hidden_across(item, elsewhere))
            case Scheme.SINGLE:
                few = {(item, column) for item, column, number in self.cells() if is_few(number)}
                return frozenset(few | {(item, column) for item, column, n in self.cells() if n} & set(elsewhere))

    def cells(self) -> Iterable[tuple[str, str, int]]:
        """Every number, with its item and column; the total last, where there is one."""
        for item, row in self.rows.items():
            for column, number in zip(self.columns, row, strict=True):
                yield item, column, number
        if self.scheme is Scheme.PARTS:
            yield TOTAL, self.columns[0], self.total

    def _hidden_down(self, elsewhere: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        (column,) = self.columns
        items, parts = list(self.rows), [row[0] for row in self.rows.values()]
        forced = [place for place, item in enumerate(items) if (item, column) in elsewhere]
        found = hidden_parts(parts, self.total, forced)
        of_total = (TOTAL, column) in elsewhere or is_total_hidden(parts, self.total, found)
        named = {(items[place], column) for place in found}
        return frozenset(named | ({(TOTAL, column)} if of_total else set()))

    def _hidden_across(self, item: str, elsewhere: Collection[tuple[str, str]]) -> Iterable[tuple[str, str]]:
        total, *others = self.rows[item]
        parts, first = others[: self.parts], self.columns[0]
        forced = [place for place, column in enumerate(self.columns[1:]) if (item, column) in elsewhere]
        found = hidden_parts(parts, total, [place for place in forced if place < self.parts])
        yield from ((item, self.columns[1 + place]) for place in found)
        if (item, first) in elsewhere or is_total_hidden(parts, total, found):
            yield item, first
        for column, number in zip(self.columns[1 + self.parts :], others[self.parts :], strict=True):
            if is_few(number) or (number and (item, column) in elsewhere):
                yield item, column


Grids = Mapping[str, Grid]
Hidden = Mapping[str, frozenset[tuple[str, str]]]
"""Which numbers of each grid are hidden."""


def grids(counts: Counts, desks: Collection[str], switchboard: Collection[str], days: Sequence[str]) -> Grids:
    """All tables of these calls. `desks`: the nodes that are desks; `switchboard`: those of any matter; `days`: all
    days that are told of, in ISO 8601."""
    told = {day.isoformat(): number for day, number in counts.days.items()}
    with_desks = {*desks, *_told_of(counts)}
    texts = [item for item in counts.items(Figure.BEGUN) if item not in with_desks]
    bands = (*map(str, BANDS), LONGER)
    return {
        "results": _results(counts, switchboard),
        "joined": _joined(counts),
        "days": _parts({day: told.get(day, 0) for day in days}),
        "hours": _parts({hour: counts.number(Figure.HOUR, hour) for hour in HOURS}),
        "languages": _parts(dict(sorted(counts.languages.items(), key=lambda each: -each[1]))),
        "texts": _rows((BEGUN, HEARD), {text: _text(counts, text) for text in texts}, parts=1),
        "desks": _rows(
            (RUNG, ANSWERED, BUSY, NO_ANSWER, FAILED, CLOSED, TOLD),
            {desk: _desk(counts, desk) for desk in _told_of(counts)},
            parts=4,
        ),
        "left": _parts(counts.items(Figure.LEFT)),
        "ended": _parts(counts.items(Figure.ENDED)),
        "wrong": _single(counts.items(Figure.WRONG)),
        "silent": _single(counts.items(Figure.SILENT)),
        "once": _rows((ALL, CALLS), {each: (counts.calls, number) for each, number in _once(counts).items()}, parts=1),
        "bands": _parts({band: counts.number(Figure.BAND, band) for band in bands}),
        "firsts": _parts(counts.items(Figure.SECONDS)),
        "talks": _parts(counts.items(Figure.TALKED)),
    }


def hidden(made: Grids, switchboard: Collection[str], before: Hidden | None = None) -> Hidden:
    """What is hidden of all these tables, and of those of months `before`. The desks that callers were joined to
    stand in two tables, and together in a third: what one hides no other shows."""
    elsewhere = before or {}
    found = {name: grid.hidden(elsewhere.get(name, ())) for name, grid in made.items()}
    joined = made["joined"].rows
    few = {item for item, _ in found["joined"] if item}
    groups = {RIGHT_DESK: few - set(switchboard) - set(_OTHERS), SWITCHBOARD: few & set(switchboard)}
    unsafe = {(name, CALLS) for name, desks in groups.items() if _gives_away([joined[each][0] for each in desks])}
    unsafe |= {(result, CALLS) for other, result in _OTHERS.items() if other in few}
    found["results"] = made["results"].hidden({*unsafe, *elsewhere.get("results", ())})
    answered = {(desk, ANSWERED) for desk in few}
    found["desks"] = made["desks"].hidden({*answered, *elsewhere.get("desks", ())})
    return found


def kept_hidden(months: Iterable[tuple[Grids, Hidden]]) -> Hidden:
    """What must stay hidden in the whole of these months: that of which so little is hidden in them that the whole
    would tell."""
    behind: dict[str, dict[tuple[str, str], list[int]]] = {}
    for made, few in months:
        for name, grid in made.items():
            for item, column, number in grid.cells():
                if number and (item, column) in few[name]:
                    behind.setdefault(name, {}).setdefault((item, column), []).append(number)
    unsafe = {name: {cell for cell, of in cells.items() if _gives_away(of)} for name, cells in behind.items()}
    return {name: frozenset(cells) for name, cells in unsafe.items()}


_OTHERS = {f":{result}": result for result in (Result.ALONE, Result.IN_VAIN, Result.EARLY)}
"""Results without a desk, beside the desks: no desk has such a name."""

_ONCE = (Figure.HEARD, Figure.WRONG, Figure.SILENT)
_FAILURES = ("failed", "canceled")


def _gives_away(numbers: Sequence[int]) -> bool:
    """Whether the sum of these hidden numbers tells one of them, or of fewer callers than are shown."""
    return bool(numbers) and (len(numbers) < 2 or sum(numbers) < FEWEST)


def _results(counts: Counts, switchboard: Collection[str]) -> Grid:
    joined = counts.items(Figure.JOINED)
    city = sum(number for desk, number in joined.items() if desk in switchboard)
    return _parts(
        {
            Result.ALONE: counts.number(Figure.RESULT, Result.ALONE),
            RIGHT_DESK: sum(joined.values()) - city,
            SWITCHBOARD: city,
            Result.IN_VAIN: counts.number(Figure.RESULT, Result.IN_VAIN),
            Result.EARLY: counts.number(Figure.RESULT, Result.EARLY),
        }
    )


def _joined(counts: Counts) -> Grid:
    """The same, each desk by itself."""
    others = {name: counts.number(Figure.RESULT, result) for name, result in _OTHERS.items()}
    return _parts({**others, **counts.items(Figure.JOINED)})


def _once(counts: Counts) -> Mapping[str, int]:
    """Calls in which that happened at least once."""
    found = {str(each): counts.number(Figure.ONCE, each) for each in _ONCE}
    return {**found, str(Figure.REFUSED): counts.number(Figure.REFUSED)}


def _text(counts: Counts, text: str) -> tuple[int, int]:
    return counts.number(Figure.BEGUN, text), counts.number(Figure.HEARD, text)


def _told_of(counts: Counts) -> Iterable[str]:
    """The desks that callers had to do with, those first that were rung most."""
    return dict.fromkeys(desk for of in (Figure.RUNG, Figure.CLOSED, Figure.TOLD) for desk in counts.items(of))


def _desk(counts: Counts, desk: str) -> tuple[int, ...]:
    def ended(*statuses: str) -> int:
        return sum(counts.number(Figure.DIALLED, f"{desk}.{status}") for status in statuses)

    return (
        counts.number(Figure.RUNG, desk),
        counts.number(Figure.JOINED, desk),
        ended("busy"),
        ended("no_answer"),
        ended(*_FAILURES),
        counts.number(Figure.CLOSED, desk),
        counts.number(Figure.TOLD, desk),
    )


def _parts(numbers: Mapping[str, int]) -> Grid:
    rows = {item: (number,) for item, number in numbers.items()}
    return Grid((CALLS,), rows, Scheme.PARTS, total=sum(numbers.values()))


def _rows(columns: tuple[str, ...], rows: Mapping[str, tuple[int, ...]], parts: int) -> Grid:
    return Grid(columns, rows, Scheme.ROWS, parts=parts)


def _single(numbers: Mapping[str, int]) -> Grid:
    return Grid((CALLS,), {item: (number,) for item, number in numbers.items()}, Scheme.SINGLE)
