"""What the rows of reports are called: results, places of the call, days, and periods."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from flask_babel import format_date, gettext

from ivr.line.tree import KEYPAD
from ivr.records.entries import UNFIT
from ivr.records.stories import BANDS, LONGER, READING, UNANSWERED, Figure, Result
from ivr.reports.grids import RIGHT_DESK, SWITCHBOARD, TOTAL
from ivr.reports.periods import Period
from ivr.reports.report import CALL, TALK
from ivr.reports.tables import Items, Row, Table
from ivr.staff.text_names import language


def _(message: str, **facts: object) -> str:
    return str(gettext(message, **facts))


class Names:
    """What rows are called. `editions`: the names of all nodes in each edition that may have them, the one that callers
    hear now first; the next one is asked for only where nobody has the name yet."""

    def __init__(self, editions: Callable[[], Iterable[Mapping[str, str]]], switchboard: Sequence[str]):
        self._editions = editions
        self._known: dict[str, str] = {}
        self._switchboard = switchboard

    def row(self, items: Items, item: str) -> str:
        """A row of a table."""
        if item == TOTAL:
            return _("All together")
        named: Mapping[Items, Callable[[str], str]] = {
            Items.RESULT: lambda of: self.results()[of][0],
            Items.ONCE: lambda of: _happened()[of],
            Items.DAY: lambda of: str(format_date(date.fromisoformat(of), _("EEE d MMMM"))),
            Items.HOUR: lambda of: _("%(hour)s:00 to %(hour)s:59", hour=int(of)),
            Items.MONTH: lambda of: month(date.fromisoformat(f"{of}-01")),
            Items.LANGUAGE: language,
            Items.NODE: self.node,
            Items.STANDING: self.standing,
            Items.BAND: _band,
            Items.LEG: lambda of: {CALL: _("From callers to the line"), TALK: _("From the line to desks")}[of],
            Items.MEASURE: lambda of: self.results()[of][0] if of in self.results() else _measured()[of],
        }
        return named[items](item)

    def results(self) -> Mapping[str, tuple[str, str]]:
        """What a call came to, in words."""
        return results(_(", ").join(map(self.node, self._switchboard)))

    def node(self, key: str) -> str:
        """A menu, text or desk by its key."""
        if key not in self._known:
            self._known[key] = self._node(key)
        return self._known[key]

    def _node(self, key: str) -> str:
        names = () if key == UNFIT else self._editions()
        found = next((known[key] for known in names if key in known), "")
        return _("without a name") if found == key else found or _("no longer on the line")

    def standing(self, place: str) -> str:
        """Where a caller was."""
        node, _dot, step = place.partition(".")
        if node in KEYPAD:
            return _keypad()[node]
        name = self.node(node)
        said = {
            UNANSWERED: _("“%(name)s”, which did not answer", name=name),
            READING: _("“%(name)s”, while it was read", name=name),
            "end": _("“%(name)s”, at the choices behind it", name=name),
            "join": _("“%(name)s”, while it was rung", name=name),
            "ask": _("“%(name)s”, asked whether to ring it", name=name),
        }
        return said.get(step, _("“%(name)s”, at its choices", name=name))


def name_of(table: Table, row: Row, names: Names) -> str:
    """What a row of a table is called."""
    return _("All together") if row is table.total else names.row(table.items, row.item)


def period(of: Period) -> str:
    """A month or a fiscal year."""
    return year(of.year) if of.month is None else month(of.since)


def month(day: date) -> str:
    """The month of a day."""
    return str(format_date(day, _("MMMM y")))


def year(number: int) -> str:
    """A fiscal year."""
    return _("Fiscal year %(year)s (from April)", year=number)


def results(switchboard: str) -> Mapping[str, tuple[str, str]]:
    """What a call came to: its name, and what that means. `switchboard`: the names of the desks of any matter."""
    return {
        Result.ALONE: (
            _("Finished without a person"),
            _("A text or the page of a desk began to be read, and no desk was wanted in vain."),
        ),
        RIGHT_DESK: (
            _("Straight to the right desk"),
            _("Joined to the desk of the matter, which answered; some heard a text before."),
        ),
        SWITCHBOARD: (
            _("To the city's general desk"),
            _("Joined to a desk that helps in any matter, which answered: %(desks)s.", desks=switchboard),
        ),
        Result.IN_VAIN: (
            _("Reached nobody"),
            _("A desk was rung and did not answer, or was closed, and no other one answered."),
        ),
        Result.EARLY: (_("Left before anything was read"), _("The call ended in a menu.")),
    }


def _happened() -> Mapping[str, str]:
    return {
        Figure.HEARD: _("A text was heard to the end"),
        Figure.WRONG: _("Something was not understood"),
        Figure.SILENT: _("Nothing came while the line waited for an answer"),
        Figure.REFUSED: _("A number was keyed or said, and dropped at once"),
    }


def _measured() -> Mapping[str, str]:
    return {
        **_happened(),
        Figure.SECONDS: _("Seconds until what they came for"),
        Figure.LENGTH: _("Length of a call"),
    }


def _keypad() -> Mapping[str, str]:
    return {
        "help": _("In the help of the keys"),
        "pause": _("In a pause"),
        "language": _("In the choice of a language"),
    }


def _band(end: str) -> str:
    """A band of seconds, which are whole ones."""
    bounds = [0, *BANDS]
    if end == LONGER:
        return _("%(seconds)s seconds and more", seconds=bounds[-1])
    return _("%(first)s to %(last)s seconds", first=bounds[bounds.index(int(end)) - 1], last=int(end) - 1)
