"""The table in which people fill in the usual hours of a desk: its fields, and what was typed into them.

Most desks are open at the same time from Monday to Friday, which two fields above the table say for all five days; a
day that is changed in the table counts before them. Beside the table the form keeps the hours as the line writes them,
for what no table holds. Whichever of both was changed counts, the table first.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from ivr.line.sentences import sentence
from ivr.line.text import whole
from ivr.line.typed_times import day_of, minute_of, time_text, weeks_of
from ivr.line.week import DAY, LAST, HoursFault, MonthDay, Span, read
from ivr.line.weekly_table import EMPTY, DayRow, Season, WeeklyTable, table_of, written
from ivr.staff.typed_cells import Faults

COUNT = "seasons"
"""The field that says how many seasons were sent."""

MOST_SEASONS = 12
"""Exceptions that a form takes [own value]."""

TIMES = ("open", "close", "open2", "close2")
"""The fields of a row: two times a day, each from and to."""

WORKDAYS = range(5)
"""The weekdays that two fields say at once."""

WEEK = ("week-open", "week-close")
"""Those fields."""


@dataclass(frozen=True, slots=True)
class RowCells:
    """A weekday (0 is Monday) as it stands in the form."""

    weekday: int
    times: tuple[str, ...] = ("",) * len(TIMES)
    weeks: str = ""

    @property
    def blank(self) -> bool:
        """Whether nobody has written anything."""
        return not (any(self.times) or self.weeks)

    @property
    def once(self) -> tuple[str, str] | None:
        """From when to when it is open, "" for not at all; None where the row says more than that."""
        first, last, *more = self.times
        return None if any(more) or self.weeks else (first, last)


@dataclass(frozen=True, slots=True)
class SeasonCells:
    """A season as it stands in the form; that of number 0 is the whole year."""

    number: int
    rows: tuple[RowCells, ...]
    first: str = ""
    last: str = ""

    @property
    def blank(self) -> bool:
        """Whether nobody has written anything."""
        return not (self.first or self.last or not all(row.blank for row in self.rows))


@dataclass(frozen=True, slots=True)
class HoursForm:
    """The table of the field `name`. `week`: from when to when it is open from Monday to Friday, "" where that is no
    one time; `was`: what the table said when the form was made; `held`: whether it says what the draft has."""

    name: str
    seasons: tuple[SeasonCells, ...]
    week: tuple[str, str]
    always: bool
    was: str
    held: bool = True

    def more(self, wrong: Collection[str]) -> bool:
        """Whether the table says something that `week` does not, or one of its fields is among those that are wrong."""
        year, *seasons = self.seasons
        workdays = {year.rows[day].once for day in WORKDAYS}
        weekend = year.rows[len(WORKDAYS) :]
        cells = tuple(f"{self.name}-{season.number}-" for season in self.seasons)
        return (
            len(workdays) > 1
            or None in workdays
            or not all(row.blank for row in weekend)
            or not all(season.blank for season in seasons)
            or any(name.startswith(cells) for name in wrong)
        )


def form_of(name: str, hours: str) -> HoursForm:
    """The table that shows these hours, as they are kept; an empty one where none does."""
    table = _table(hours)
    shown = table or EMPTY
    seasons = [_cells(number, season) for number, season in enumerate(shown.seasons)]
    seasons.append(_cells(len(seasons), Season((DayRow(),) * 7)))
    week = _week(shown.seasons[0].rows)
    return HoursForm(name, tuple(seasons), week, shown.always, written(shown), held=table is not None)


def sent(name: str, form: Mapping[str, str], otherwise: HoursForm) -> HoursForm:
    """The table as it was sent; `otherwise` where the form had none."""
    count = whole(form.get(f"{name}-{COUNT}", ""))
    if count is None:
        return otherwise
    seasons = tuple(_sent_season(name, number, form) for number in range(min(count, MOST_SEASONS + 1)))
    was = form.get(f"{name}-was", otherwise.was)
    standing = _week(_standing(was))
    week = tuple(form.get(f"{name}-{part}", said).strip() for part, said in zip(WEEK, standing, strict=True))
    return HoursForm(name, seasons, (week[0], week[1]), f"{name}-always" in form, was, otherwise.held)


def said(form: HoursForm) -> str:
    """The hours that stand in these cells, as they are kept. Wrong."""
    return written(table_in(form))


def table_in(form: HoursForm) -> WeeklyTable:
    """The table that stands in these cells. Wrong."""
    if form.always:
        return WeeklyTable(EMPTY.seasons, always=True)
    faults = Faults()
    seasons = [_season(form.name, each, faults) for each in form.seasons if each.number == 0 or not each.blank]
    seasons[0] = Season(tuple(_with_week(form, seasons[0].rows, faults)))
    faults.end()
    return WeeklyTable(tuple(seasons))


def cell(name: str, season: int, weekday: int, part: str) -> str:
    """The name of a field of the table."""
    return f"{name}-{season}-{weekday}-{part}"


# --- from the hours to the cells ------------------------------------------------------------------


def _table(hours: str) -> WeeklyTable | None:
    try:
        return table_of(read(hours or "off"))
    except HoursFault:
        return None


def _cells(number: int, season: Season) -> SeasonCells:
    rows = tuple(RowCells(day, _times(row.spans), _weeks(row.weeks)) for day, row in enumerate(season.rows))
    first, last = ("", "") if season.days is None else map(_day, season.days)
    return SeasonCells(number, rows, first, last)


def _standing(was: str) -> tuple[DayRow, ...]:
    """The rows of the whole year, as they stood when the form was made."""
    return (_table(was) or EMPTY).seasons[0].rows


def _week(rows: Sequence[DayRow]) -> tuple[str, str]:
    """From when to when it is open on each workday; "" where that is no one time."""
    alike = {rows[day] for day in WORKDAYS}
    row = alike.pop()
    if alike or row.weeks or len(row.spans) != 1:
        return "", ""
    first, last, *_ = _times(row.spans)
    return first, last


def _times(spans: tuple[Span, ...]) -> tuple[str, ...]:
    found = [time_text(edge if edge <= DAY else edge - DAY) for span in spans for edge in span]
    return tuple(found + [""] * (len(TIMES) - len(found)))


def _weeks(weeks: tuple[int, ...]) -> str:
    return ", ".join(str(gettext("last")) if week == LAST else str(week) for week in weeks)


def _day(day: MonthDay) -> str:
    return f"{day[0]}/{day[1]}"


# --- from the cells to the hours ------------------------------------------------------------------


def _sent_season(name: str, number: int, form: Mapping[str, str]) -> SeasonCells:
    def value(field: str) -> str:
        return form.get(field, "").strip()

    rows = tuple(
        RowCells(
            day,
            tuple(value(cell(name, number, day, part)) for part in TIMES),
            value(cell(name, number, day, "weeks")),
        )
        for day in range(7)
    )
    return SeasonCells(number, rows, value(f"{name}-{number}-first"), value(f"{name}-{number}-last"))


def _with_week(form: HoursForm, rows: Sequence[DayRow], faults: Faults) -> Iterator[DayRow]:
    """The rows of the whole year, and in place of the workdays that nobody changed what was said of all of them."""
    standing = _standing(form.was)
    if form.week == _week(standing):
        yield from rows
        return
    said = DayRow(tuple(_spans([f"{form.name}-{part}" for part in WEEK], form.week, faults)))
    for day, row in enumerate(rows):
        yield said if day in WORKDAYS and row == standing[day] else row


def _season(name: str, cells: SeasonCells, faults: Faults) -> Season:
    rows = tuple(_row(name, cells.number, row, faults) for row in cells.rows)
    if cells.number == 0:
        return Season(rows)
    days = [faults.read(f"{name}-{cells.number}-{end}", getattr(cells, end), day_of) for end in ("first", "last")]
    first, last = (day or (1, 1) for day in days)
    return Season(rows, (first, last))


def _row(name: str, season: int, cells: RowCells, faults: Faults) -> DayRow:
    fields = [cell(name, season, cells.weekday, part) for part in TIMES]
    spans = tuple(_spans(fields, cells.times, faults))
    weeks = faults.read(cell(name, season, cells.weekday, "weeks"), cells.weeks, weeks_of) if cells.weeks else ()
    if weeks and not any(cells.times):
        faults.add(fields[0], sentence("Write from when to when."))
    return DayRow(tuple(sorted(spans)), weeks or ())


def _spans(fields: list[str], times: tuple[str, ...], faults: Faults) -> Iterator[Span]:
    for at in range(0, len(fields), 2):
        names, cells = fields[at : at + 2], times[at : at + 2]
        if not any(cells):
            continue
        start, end = (faults.read(*each, minute_of) for each in zip(names, cells, strict=True))
        if start is None or end is None:
            continue
        if start == end:
            faults.add(names[1], sentence("It begins and ends at once."))
        yield start, end if end > start else end + DAY
