"""Changes of facts as sentences: "end of hours 17:15 → 17:00". What has no sentence of its own is told before and
after, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from babel.dates import get_day_names
from flask_babel import get_locale, gettext

from ivr.editions.texts import TextPlace, fact_of
from ivr.line.hours import Hours, OnHolidays
from ivr.line.prompt_keys import fact_for_language, spoken_of
from ivr.line.usual import Opening, Weekday, usual
from ivr.line.values import Kind
from ivr.staff import labels

_ZONE = "UTC"  # hours are read as words here, and no moment is asked of them


@dataclass(frozen=True, slots=True)
class Sentence:
    """What changes of a fact: `about` names it; `before` and `after` are words, "" where there is nothing."""

    about: str
    before: str
    after: str


def _(message: str, **facts: object) -> str:
    return str(gettext(message, **facts))


def sentences(place: TextPlace, old: str, new: str) -> tuple[Sentence, ...]:
    """All that changes of a fact or reading."""
    _language, part = fact_for_language(place.parts.part) if place.parts.family == Kind.DESK else ("", place.parts.part)
    if part == "hours" and place.language is None and (found := tuple(_hours(old, new))):
        return found
    if place.language and spoken_of(place.key) is not None:
        return tuple(_forms(place, old, new))
    return (Sentence(labels.place(place), labels.value(place, old), labels.value(place, new)),)


def _hours(old: str, new: str) -> Iterator[Sentence]:
    """When it opens and closes, where nothing else has changed."""
    before, after = _openings(old), _openings(new)
    if not before or [(each.period, each.days) for each in before] != [(each.period, each.days) for each in after]:
        return
    if any(len(each.spans) != 1 for each in (*before, *after)):
        return
    for was, is_now in zip(before, after, strict=True):
        on = _days(was.days) if len(before) > 1 else ""
        (opens, closes), (opens_now, closes_now) = was.spans[0], is_now.spans[0]
        if opens != opens_now:
            yield Sentence(on + _("Hours begin"), _time(opens), _time(opens_now))
        if closes != closes_now:
            yield Sentence(on + _("Hours end"), _time(closes), _time(closes_now))


def _openings(text: str) -> tuple[Opening, ...]:
    """When it is open; () where these hours have no such simple words."""
    try:
        weekly = fact_of(text)
        if not isinstance(weekly, str):
            return ()
        found = usual(Hours(weekly, OnHolidays.AS_USUAL, (), _ZONE))
    except ValueError:
        return ()
    return () if found.closed or any(str(each.period) for each in found.openings) else found.openings


def _days(days: tuple[Weekday, ...]) -> str:
    """Days of the week, as a heading of what follows."""
    names = get_day_names("abbreviated", locale=get_locale())
    told = [_("holidays") if each.weekday is None else names[each.weekday] for each in days]
    return _("%(days)s: ", days=_(", ").join(told))


def _time(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _forms(place: TextPlace, old: str, new: str) -> Iterator[Sentence]:
    """What callers may say that they could not, and the other way round."""
    before, after = (fact_of(text) if text else () for text in (old, new))
    was, is_now = (each if isinstance(each, tuple) else (str(each),) for each in (before, after))
    gone, come = ([form for form in one if form not in other] for one, other in ((was, is_now), (is_now, was)))
    yield Sentence(labels.place(place), _(", ").join(gone), _(", ").join(come))
