"""What the tables of a report are called, what they tell, and how their rows and numbers are written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from flask_babel import format_date, format_decimal, format_percent, get_locale, gettext

from ivr.line.prompt_keys import NAME, of_node
from ivr.line.tree import KEYPAD, branches
from ivr.line.values import Line
from ivr.pages import catalogues
from ivr.records.stories import LONGER, READING, UNANSWERED, Figure, Result
from ivr.reports.grids import RIGHT_DESK, SWITCHBOARD, TOTAL
from ivr.reports.periods import Period
from ivr.reports.report import CALL, TALK, Prices
from ivr.reports.sheets import Sheet, Words
from ivr.reports.tables import Items, Row, Table, Unit, Value
from ivr.staff.text_names import language


def _(message: str, **facts: object) -> str:
    return str(gettext(message, **facts))


def titles() -> Mapping[str, str]:
    """What each table is called."""
    return {
        "results": _("What calls came to"),
        "once": _("What happened in calls"),
        "months": _("Calls by month"),
        "days": _("Calls by day"),
        "hours": _("Calls by hour of the day"),
        "languages": _("Calls by language"),
        "texts": _("Texts, and how many heard them to the end"),
        "desks": _("Desks: rung, answered, busy, closed"),
        "left": _("Where callers hung up"),
        "ended": _("Where the line ended the call"),
        "wrong": _("Where something was not understood"),
        "silent": _("Where callers said and pressed nothing"),
        "bands": _("How long callers waited for what they came for"),
        "firsts": _("The same, by what came first"),
        "cost": _("What the telephone carrier takes"),
        "comparison": _("Before and after"),
    }


def meanings(prices: Prices) -> Mapping[str, str]:
    """What each table tells, so that two people count alike."""
    return {
        "results": _(
            "Every call is in one row alone: the first of these that is true of it. Behind each share stands the "
            "range in which it lies with a certainty of 95 percent (Wilson), if these calls are taken for a sample."
        ),
        "once": _("Calls in which that happened at least once, and their share of all calls."),
        "months": _("Calls by the month in which they began."),
        "days": _("Calls by the day on which they began."),
        "hours": _("Calls by the hour in which they began, in the city's own time."),
        "languages": _("Calls by the language in which they ended. One that changes languages counts once."),
        "texts": _(
            "“Begun”: calls in which the text began to be read. “To the end”: those of them in which the last "
            "passage was heard to its end without a key. Whoever hung up or went on by a key before is not among "
            "them."
        ),
        "desks": _(
            "Calls in which the line rang the desk, and how that ended. A call that rang it twice counts once in "
            "each column. “Closed”: callers were told that the desk is closed. “Number told”: callers were told the "
            "number of an open desk, which the line does not ring itself."
        ),
        "left": _("Calls that the caller ended, and that were not joined to a desk, by where the caller was then."),
        "ended": _(
            "Calls that the line ended, since nothing came from the caller for long, by where the caller was then."
        ),
        "wrong": _("Calls in which words or keys were not understood there, at least once."),
        "silent": _("Calls in which nothing came while the line waited for an answer there, at least once."),
        "bands": _(
            "Seconds from the answering of the call until the first text or the page of a desk began to be read, or "
            "a desk rang. Calls that ended before that are left out."
        ),
        "firsts": _(
            "The same seconds on average, by the text or desk that came first, with the range in which the average "
            "lies with a certainty of 95 percent (Student)."
        ),
        "cost": _(
            "Each call is rounded up to whole minutes, as carriers do. A call that is joined to a desk has a second "
            "leg, which is paid as well. The length is the carrier's own; where it told none, that of the call as "
            "far as it is recorded. Prices of a minute: %(call)s for a call, %(talk)s for the second leg.",
            call=price(prices.call),
            talk=price(prices.talk),
        ),
        "comparison": _(
            "The difference is “after” less “before”, with the range in which it lies with a certainty of 95 percent "
            "(shares: Newcombe; averages: Welch). A range that holds 0 tells of no difference. What else has changed "
            "meanwhile, such as the season or the news, is in it as well."
        ),
    }


def results(switchboard: str) -> Mapping[str, tuple[str, str]]:
    """What a call came to: its name, and what that means. `switchboard`: the names of the desks of any matter."""
    return {
        Result.ALONE: (
            _("Finished without a person"),
            _("A text or the page of a desk began to be read, and no desk was wanted in vain."),
        ),
        RIGHT_DESK: (_("Straight to the right desk"), _("Joined to the desk of the matter, which answered.")),
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


def columns() -> Mapping[str, str]:
    """What the columns are called."""
    return {
        "calls": _("Calls"),
        "share": _("Share"),
        "begun": _("Begun"),
        "heard": _("To the end"),
        "share heard": _("Share to the end"),
        "rung": _("Rung"),
        "answered": _("Answered"),
        "share answered": _("Share answered"),
        "busy": _("Busy"),
        "no answer": _("No answer"),
        "failed": _("Not connected"),
        "closed": _("Closed"),
        "told": _("Number told"),
        "seconds": _("Seconds on average"),
        "minutes": _("Minutes paid"),
        "yen": _("Yen"),
        "before": _("Before"),
        "after": _("After"),
        "difference": _("Difference"),
    }


def rows_of() -> Mapping[Items, str]:
    """What the rows of a table are named by."""
    return {
        Items.RESULT: _("Result"),
        Items.ONCE: _("What happened"),
        Items.DAY: _("Day"),
        Items.HOUR: _("Hour"),
        Items.MONTH: _("Month"),
        Items.LANGUAGE: _("Language"),
        Items.NODE: _("Text or desk"),
        Items.STANDING: _("Where"),
        Items.BAND: _("Seconds"),
        Items.LEG: _("Leg"),
        Items.MEASURE: _("Figure"),
    }


def hides() -> str:
    """What stands in place of a number that is hidden."""
    return _("hidden")


class Names:
    """What rows are called. `lines`: those that may have the nodes, the one that callers hear now first; it is asked
    for the next one only where nobody has the name yet."""

    def __init__(self, lines: Callable[[], Iterable[Line]], switchboard: Sequence[str]):
        self._lines = lines
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
        reader = str(get_locale())
        for line in self._lines():
            for kind, nodes in branches(line):
                if key in nodes:
                    language = line.languages[catalogues.nearest(reader, line.languages)]
                    prompts = language.prompts, line.first_language.prompts
                    found = next(
                        (each[of_node(kind, key, NAME)] for each in prompts if of_node(kind, key, NAME) in each), None
                    )
                    return "".join(chunk.written for chunk in found.chunks()) if found else _("without a name")
        return _("no longer on the line")

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


def period(of: Period) -> str:
    """A month or a fiscal year."""
    return year(of.year) if of.month is None else month(of.since)


def price(of: Decimal | None) -> str:
    """What a minute costs."""
    return _("not set") if of is None else _("%(number)s yen", number=format_decimal(of, "#,##0.####"))


def month(day: date) -> str:
    """The month of a day."""
    return str(format_date(day, _("MMMM y")))


def year(number: int) -> str:
    """A fiscal year."""
    return _("Fiscal year %(year)s (from April)", year=number)


def written(value: Value) -> str:
    """A number with its unit, and the range that it lies in."""
    if value.hidden:
        return hides()
    if value.amount is None:
        return _("–")
    amount = number(value.amount, value.unit)
    if value.low is None or value.high is None:
        return amount
    return _(
        "%(value)s (%(low)s to %(high)s)",
        value=amount,
        low=number(value.low, value.unit),
        high=number(value.high, value.unit),
    )


def few(value: Value) -> str:
    """How many calls, of few that are counted just now."""
    return (
        _("fewer than 5 calls") if value.hidden else _("%(number)s calls", number=number(value.amount or 0, Unit.CALLS))
    )


def short(value: Value) -> str:
    """A number with its unit alone."""
    return hides() if value.hidden else _("–") if value.amount is None else number(value.amount, value.unit)


def spoken(unit: Unit) -> str:
    """How a number is said where a chart is heard, with # in its place."""
    return {Unit.SECONDS: _("# seconds")}.get(unit, _("# calls"))


def change(value: Value) -> str:
    """A difference: shares are told in percentage points."""
    if value.hidden or value.amount is None or value.low is None or value.high is None:
        return written(value)
    points = value.unit is Unit.SHARE
    told = [_signed(each * 100 if points else each) for each in (value.amount, value.low, value.high)]
    words = _("%(value)s points (%(low)s to %(high)s)") if points else _("%(value)s seconds (%(low)s to %(high)s)")
    return words % dict(zip(("value", "low", "high"), told, strict=True))


def verdict(value: Value) -> str:
    """What a difference tells."""
    if value.hidden or value.low is None or value.high is None:
        return _("Too few calls to tell.")
    if value.low > 0:
        return _("More than before.")
    return _("Less than before.") if value.high < 0 else _("No difference that these calls can tell.")


def number(amount: float, unit: Unit) -> str:
    """A number without its range."""
    match unit:
        case Unit.SHARE:
            return str(format_percent(amount, "0.0%"))
        case Unit.SECONDS:
            return _("%(number)s s", number=format_decimal(amount, "#,##0.0"))
        case Unit.YEN:
            return _("%(number)s yen", number=format_decimal(amount, "#,##0"))
        case _:
            return str(format_decimal(round(amount), "#,##0"))


def sheet(table: Table, names: Names, meaning: str) -> Sheet:
    """A table in words, for a file."""
    headers = columns()
    return Sheet(
        titles()[table.name],
        meaning,
        rows_of()[table.items],
        tuple(headers[column] for column in table.columns),
        tuple((name_of(table, row, names), row.values) for row in table.all_rows),
    )


def name_of(table: Table, row: Row, names: Names) -> str:
    """What a row of a table is called."""
    return _("All together") if row is table.total else names.row(table.items, row.item)


def file_words() -> Words:
    """What else a file says."""
    headers = (_("Table"), _("Row"), _("Column"), _("Value"), _("From (95 percent)"), _("To (95 percent)"), _("Unit"))
    units = {
        Unit.CALLS: _("calls"),
        Unit.SHARE: _("share of 1"),
        Unit.SECONDS: _("seconds"),
        Unit.MINUTES: _("minutes"),
        Unit.YEN: _("yen"),
    }
    return Words(hides(), headers, {str(unit): name for unit, name in units.items()})


def _signed(value: float) -> str:
    return str(format_decimal(value, "+#,##0.0;−#,##0.0"))


def _band(end: str) -> str:
    return _("longer") if end == LONGER else _("less than %(seconds)s seconds", seconds=end)


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
