"""Facts of desks and texts as people read them: hours in the words that callers hear, languages and desks by their
names, days as they are written. What no form shows otherwise is a value of TOML."""

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import format_date, get_locale, gettext

from ivr.editions.texts import Fact, TextPlace, fact_of
from ivr.line.hours import Hours, OnHolidays, YearlyClosing
from ivr.line.hours_words import usual_hours
from ivr.line.loading import ALERTS
from ivr.line.prompt_keys import ALERT, NODE_FAMILIES, fact_for_language
from ivr.line.values import Kind
from ivr.pages import catalogues
from ivr.staff.context import console, names
from ivr.staff.text_names import language


def _(message: str, **facts: object) -> str:
    return str(gettext(message, **facts))


def of(place: TextPlace, text: str | None) -> str:
    """The text of a fact in words; of anything else as it is."""
    if not text or not place.fact:
        return text or ""
    try:
        fact = fact_of(text)
    except ValueError:  # half a value that came in by a file
        return text
    if place.file == ALERTS:
        return _each(_alert)(fact)
    _code, part = fact_for_language(place.parts.part) if place.parts.family == Kind.DESK else ("", place.parts.part)
    return _WAYS.get(part, _plain)(fact)


def yearly_closing(text: str) -> str:
    """Days on which a desk is closed every year, such as ``12-29/01-03``: as people write them."""
    try:
        found = YearlyClosing.parse(text)
    except ValueError:
        return text
    ends = [_("%(month)s/%(day)s", month=month, day=day) for month, day in dict.fromkeys((found.first, found.last))]
    return ends[0] if len(ends) == 1 else _("%(first)s to %(last)s", first=ends[0], last=ends[1])


def weekly(text: str) -> str:
    """Hours in the words of the reader's language, or of the line's first."""
    line = console().line()
    spoken = line.languages[catalogues.nearest(str(get_locale()), line.languages)]
    try:
        hours = Hours(text, OnHolidays.AS_USUAL, (), str(console().zone))
        return spoken.joint.join(chunk.written for chunk in usual_hours(spoken, hours) if not _of_holidays(chunk.key))
    except ValueError:
        return _("none that can be said")


def _of_holidays(key: str) -> bool:
    return key.startswith("hours.holidays_")


def day(of: date, pattern: str = "") -> str:
    """How a day is written: with its weekday, where no `pattern` says otherwise."""
    return str(format_date(of, pattern or _("EEEE d MMMM y")))


def _plain(fact: Fact | None) -> str:
    match fact:
        case None:
            return ""
        case bool():
            return _("yes") if fact else _("no")
        case date():
            return day(fact)
        case tuple():
            return _listed(fact)
        case _:
            return str(fact)


def _listed(fact: tuple[str, ...], called: Callable[[str], str] = str) -> str:
    return _(", ").join(map(called, fact)) or _("none")


def _each(called: Callable[[str], str]) -> Callable[[Fact | None], str]:
    return lambda fact: _listed(fact, called) if isinstance(fact, tuple) else called(str(fact))


def _node(key: str) -> str:
    found = (names().called(family, key) for family in NODE_FAMILIES)
    return next(filter(None, found), "") or names().node("", key)


def _alert(key: str) -> str:
    return names().called(ALERT, key) or names().node("", key)


def _holiday(of: str) -> str:
    return {"closed": _("closed"), "as usual": _("as usual"), "as Sunday": _("as on Sundays")}.get(of, of)


_WAYS: Mapping[str, Callable[[Fact | None], str]] = {
    "hours": _each(weekly),
    "holidays": _each(_holiday),
    "closed": _each(yearly_closing),
    "languages": _each(language),
    **dict.fromkeys(("options", "choices", "desks", "help_now", "nearest", "silence_desk", "urgent"), _each(_node)),
}
