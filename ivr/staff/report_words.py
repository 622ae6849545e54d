"""What the tables of reports are called, and what each tells: the definitions of all figures."""

from collections.abc import Mapping

from flask_babel import gettext

from ivr.reports.report import Prices
from ivr.reports.sheets import Sheet, Words
from ivr.reports.tables import Items, Table, Unit
from ivr.staff.report_names import Names, name_of
from ivr.staff.report_numbers import hides, price


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
