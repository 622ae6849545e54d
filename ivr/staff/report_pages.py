"""Reports: what calls did in a month or a fiscal year, on a page, on paper, and as files."""

from collections.abc import Iterator, Mapping
from itertools import islice

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from ivr.editions.structure import names_of
from ivr.pages import catalogues
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right
from ivr.reports.counts import by_month
from ivr.reports.periods import Period, told_of
from ivr.reports.report import Report, Town, made
from ivr.reports.sheets import Sheet, as_csv, as_workbook
from ivr.staff import report_names, report_numbers, report_words
from ivr.staff.area import area, needs
from ivr.staff.context import console, in_their_language, me, now, office, page, today
from ivr.staff.paper_pages import PRINTED, asked_for, made_now
from ivr.staff.report_charts import chart
from ivr.staff.report_listening import heard_words
from ivr.staff.report_names import Names

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_EDITIONS = 6
"""Editions that are asked for the name of what the line has no more [own value]: a tenth of a second each, once."""


MOST_OPEN = 13
"""Rows of a table that stands open behind its chart [own value]: the months of a year and this one."""


@area.get("/reports")
@needs(Right.READ_REPORTS)
def reports() -> ResponseReturnValue:
    if wanted := request.args.get("period"):
        return redirect(url_for("staff.report", period=asked(wanted)), 303)
    day = today()
    told = tuple(told_of(by_month(office().database, day), day))
    latest = next((each for each in told if each.month), Period.month_of(day))
    return redirect(url_for("staff.report", period=latest), 303)


@area.get("/reports/<period>")
@needs(Right.READ_REPORTS)
def report(period: str) -> ResponseReturnValue:
    return page("report.html", 200, **_told(asked(period)), heard_words=heard_words, most=MOST_OPEN)


@area.get("/reports/<period>/print")
@needs(Right.READ_REPORTS)
def report_print(period: str) -> ResponseReturnValue:
    return page("report_print.html", 200, **_told(kept(period)), made=made_now())


@area.get("/reports/<period>/calls.pdf")
@needs(Right.READ_REPORTS)
def report_pdf(period: str) -> ResponseReturnValue:
    """The same as PDF."""
    found = kept(period)
    html = page("report_print.html", 200, **_told(found), printed=True, made=PRINTED).get_data(as_text=True)
    back = url_for("staff.report_print", period=found)
    return asked_for(html, f"calls-{found}", back, Right.READ_REPORTS)


@area.get("/reports/<period>/calls.csv")
@needs(Right.READ_REPORTS)
def report_csv(period: str) -> ResponseReturnValue:
    with in_their_language():
        content = as_csv(_sheets(_made(kept(period))), report_words.file_words())
    return _file(content.encode("utf-8-sig"), f"calls-{period}.csv", "text/csv; charset=utf-8")


@area.get("/reports/<period>/calls.xlsx")
@needs(Right.READ_REPORTS)
def report_workbook(period: str) -> ResponseReturnValue:
    with in_their_language():
        title = report_names.period(asked(period))
        content = as_workbook(_sheets(_made(kept(period))), title, report_words.file_words())
    return _file(content, f"calls-{period}.xlsx", SPREADSHEET)


def asked(period: str) -> Period:
    """The period of an address. NotFound."""
    try:
        return Period.parse(period)
    except ValueError as error:
        raise NotFound("There is no such page.") from error


def kept(period: str) -> Period:
    """The same, where what it tells may be kept. NotFound; Refused."""
    found = asked(period)
    if not found.is_to_keep(today()):
        raise Refused("This month goes on: it can be printed and saved once it is over.")
    return found


def town() -> Town:
    """What reports must know of the line that callers hear now. A desk of an older one shows itself by what it did."""
    line = console().line()
    return Town(frozenset({*line.desks, *office().library.shipped.line.desks}), line.nearest, console().prices)


def names() -> Names:
    """What rows are called."""
    return Names(_called, console().line().nearest)


def _called() -> Iterator[Mapping[str, str]]:
    """What menus, texts and desks are called, for this reader: by the edition of now, the program's files, and those
    heard before, the newest first."""
    library, line = office().library, console().line()
    code = catalogues.nearest(str(get_locale()), line.languages)
    yield names_of(library.live(now()).texts, code)
    yield names_of(library.shipped.texts, code)
    before = dict.fromkeys(each.edition for each in library.history(now()) if each.edition)
    for edition in islice(before, MOST_EDITIONS):
        yield names_of(library.edition(edition).texts, code)


def _made(period: Period) -> Report:
    return made(office().database, period, town(), today())


def _told(period: Period) -> dict[str, object]:
    """What the pages of a report show."""
    found, named, day = _made(period), names(), today()
    known = tuple(told_of(by_month(office().database, day), day))
    return {
        "me": me(),
        "report": found,
        "period": period,
        "periods": known,
        "names": named,
        "say": report_words,
        "named": report_names,
        "show": report_numbers,
        "chart": lambda table: chart(table, named),
        "prices": console().prices,
        "to_keep": period.is_to_keep(day),
    }


def _sheets(found: Report) -> tuple[Sheet, ...]:
    named, meanings = names(), report_words.meanings(console().prices)
    return tuple(report_words.sheet(table, named, meanings[table.name]) for table in found.tables)


def _file(content: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)
