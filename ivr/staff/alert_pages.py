"""Alerts: written or taken from prepared ones, looked at, and only then on the line."""

from datetime import datetime, timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.texts import words_at
from ivr.line.prompt_keys import alert_words
from ivr.line.text import whole
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right
from ivr.people.telling import Told, told
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, tell, typed_moment


def _show(words: dict[str, str], problem: Told | None = None) -> ResponseReturnValue:
    return page(
        "alerts.html",
        409 if problem else 200,
        me=me(),
        codes=tuple(console().line().languages),
        line=console().line(),
        words=words,
        partly=_partly(),
        start=request.form.get("start", ""),
        end=request.form.get("end", ""),
        alerts=office().announcements.alerts(now()),
        past=office().announcements.past_alerts(),
        problem=problem,
        hours=office().announcements.unapproved // timedelta(hours=1),
    )


def _sent() -> dict[str, str]:
    return {code: request.form.get(f"words-{code}", "") for code in console().line().languages}


def _partly() -> bool:
    """Whether languages left empty are meant to be left out."""
    return bool(request.form.get("partly"))


def _span() -> tuple[datetime, datetime]:
    start = request.form.get("start", "")
    begin = typed_moment(start, console().zone) if start else now()
    return begin, typed_moment(request.form.get("end", ""), console().zone)


@area.get("/alerts")
def alerts() -> ResponseReturnValue:
    asked = whole(request.args.get("from", ""))
    return _show({} if asked is None else _prepared(asked))


@area.post("/alerts/look")
@needs(Right.WARN)
def look_at_alert() -> ResponseReturnValue:
    try:
        start, end = _span()
    except Refused as error:
        return _show(_sent(), said(error))
    missing = [code for code, words in _sent().items() if not words.strip()]
    if missing and (not _partly() or console().line().first_language.code in missing):
        return _show(_sent(), told("Write the alert in every language."))
    lapses = max(start, now()) + office().announcements.unapproved
    return page(
        "alert.html",
        me=me(),
        words=_sent(),
        missing=missing,
        partly=_partly(),
        start=start,
        end=end,
        lapses=lapses,
        at_once=start <= now(),
    )


@area.post("/alerts/change")
@needs(Right.WARN)
def look_again() -> ResponseReturnValue:
    return _show(_sent())


@area.post("/alerts")
@needs(Right.WARN)
def warn() -> ResponseReturnValue:
    try:
        made = office().announcements.warn(_sent(), *_span(), me(), now(), _partly())
    except Refused as error:
        return _show(_sent(), said(error))
    office().shelf.refresh()
    prompts = made.value(office().library.live(now()).readings).words
    spoken = ((console().language(code), prompt) for code, prompt in prompts.items())
    console().begin_to_speak((language, chunk) for language, prompt in spoken for chunk in prompt.chunks())
    hours = office().announcements.unapproved // timedelta(hours=1)
    tell("The alert is on the line. Where nobody else approves it within %(hours)s hours, it ends.", hours=hours)
    return redirect(url_for("staff.alerts"), 303)


@area.post("/alerts/<int:alert>/approve")
@needs(Right.APPROVE_ALERT)
def approve_alert(alert: int) -> ResponseReturnValue:
    office().announcements.approve_alert(alert, me(), now())
    office().shelf.refresh()
    tell("The alert is approved.")
    return redirect(url_for("staff.alerts"), 303)


@area.get("/alerts/<int:alert>/end")
def ending_alert(alert: int) -> ResponseReturnValue:
    found = next((each for each in office().announcements.alerts(now()) if each.id == alert), None)
    if found is None:
        raise NotFound("It has ended already.")
    return page("end_alert.html", me=me(), alert=found)


@area.post("/alerts/<int:alert>/end")
@needs(Right.WARN)
def end_alert(alert: int) -> ResponseReturnValue:
    office().announcements.end_alert(alert, me(), now())
    office().shelf.refresh()
    tell("The alert has ended.")
    return redirect(url_for("staff.alerts"), 303)


def _prepared(number: int) -> dict[str, str]:
    """The words of a prepared alert in the languages that have some: as the live edition has them, or
    where that is older than prepared alerts, as the program's files have them."""
    line, library = console().line(), office().library
    if number >= len(line.prepared_alerts):
        return {}
    key = alert_words(line.prepared_alerts[number])
    texts = {**library.shipped.texts, **library.live(now()).texts}
    places = {code: words_at(code, key) for code, language in line.languages.items() if key in language.prompts}
    return {code: texts[place] for code, place in places.items() if place in texts}
