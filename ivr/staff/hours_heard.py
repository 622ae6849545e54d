"""What callers will hear of the hours that stand in a desk's form, in every language of the line."""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.editions.draft import Word
from ivr.editions.texts import Fact, TextPlace, fact_of
from ivr.line import week
from ivr.line.hours import Hours, OnHolidays, YearlyClosing
from ivr.line.hours_words import usual_hours
from ivr.line.loading import STRUCTURE
from ivr.line.own_hours import stands_for
from ivr.line.prompt_keys import of_node, own_hours
from ivr.line.values import Kind, Language
from ivr.people.telling import Told, told
from ivr.staff import closings_form, hours_form, typed_cells
from ivr.staff.context import console, office
from ivr.staff.typed_cells import Wrong

FIELDS = ("hours", "holidays", "closed")
"""The facts that hours are made of."""


@dataclass(frozen=True, slots=True)
class SaidHours:
    """The usual hours in a language; `own`: they are words of one's own, which stand beside."""

    language: str
    words: str
    own: bool


@dataclass(frozen=True, slots=True)
class HeardHours:
    """What callers will hear, or the problem that keeps it from being said; `stands_for` names these
    hours for words of one's own."""

    said: tuple[SaidHours, ...]
    problem: Told | None
    stands_for: str = ""


def heard(draft: int, desk: str, fields: Mapping[str, str]) -> HeardHours:
    """The hours of these fields, as they were typed, in the words of the draft."""
    languages = console().draft_line(draft).languages
    words = office().drafts.words(draft)
    try:
        hours = _hours(words, fields)
        said = tuple(_said(each, hours, words, desk) for each in languages.values())
    except week.HoursFault as fault:
        return HeardHours((), told(fault.message, **fault.facts))
    except ValueError:
        return HeardHours((), told("Write yearly closings as month-day/month-day, such as 12-29/01-03."))
    return HeardHours(said, None, stands_for(hours))


def typed(draft: int, desk: str, form: Mapping[str, str]) -> HeardHours:
    """The hours that are being typed into a desk's form."""
    try:
        fields = {
            "hours": typed_cells.typed(hours_form, "hours", form),
            "holidays": form.get("holidays", ""),
            "closed": typed_cells.typed(closings_form, "closed", form),
        }
    except Wrong as error:
        first = next(iter(error.cells.values()))
        return HeardHours((), told(first.message, **first.facts))
    return heard(draft, desk, fields)


def stands_for_saved(draft_words: Mapping[TextPlace, Word], desk: str) -> str:
    """How the hours of a desk that are saved are named where words of one's own stand for them; "" where they
    cannot be said."""
    saved = {fact: _fact(draft_words, of_node(Kind.DESK, desk, fact)) for fact in FIELDS}
    try:
        return stands_for(_hours(draft_words, saved))
    except ValueError:
        return ""


def _fact(words: Mapping[TextPlace, Word], key: str) -> str:
    """A fact as its field shows it."""
    place = TextPlace(STRUCTURE, key)
    fact = fact_of(words[place].text) if place in words else None
    if fact == ():
        return closings_form.NEVER
    return "\n".join(fact) if isinstance(fact, tuple) else str(fact or "")


def _hours(words: Mapping[TextPlace, Word], fields: Mapping[str, str]) -> Hours:
    weekly = week.read(fields.get("hours") or "off").text
    if fields.get("closed") == "-":
        return Hours(weekly, OnHolidays(fields.get("holidays") or OnHolidays.CLOSED), (), str(console().zone))
    closed = fields.get("closed", "").splitlines() or _listed(words, TextPlace(STRUCTURE, "line.closed"))
    closings = tuple(YearlyClosing.parse(each) for each in closed if each.strip())
    return Hours(weekly, OnHolidays(fields.get("holidays") or OnHolidays.CLOSED), closings, str(console().zone))


def _listed(words: Mapping[TextPlace, Word], place: TextPlace) -> tuple[str, ...]:
    fact: Fact | None = fact_of(words[place].text) if place in words else None
    return fact if isinstance(fact, tuple) else ()


def _said(language: Language, hours: Hours, words: Mapping[TextPlace, Word], desk: str) -> SaidHours:
    own = words.get(TextPlace(f"{language.code}.toml", own_hours(desk)))
    if own is not None and own.text:
        return SaidHours(language.code, own.text, own=True)
    return SaidHours(
        language.code, language.joint.join(chunk.written for chunk in usual_hours(language, hours)), own=False
    )
