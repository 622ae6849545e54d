"""Alerts: written or taken from prepared ones, looked at, and only then on the line; and the same for practice."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.alert_words import with_digits
from ivr.editions.announcements import AnnouncedAlert
from ivr.editions.texts import words_at
from ivr.line.ends import OF_ALERTS, End, end_at
from ivr.line.prompt_keys import alert_words
from ivr.line.text import whole
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right
from ivr.people.telling import Told
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, tell, typed_moment


@area.get("/alerts")
def alerts() -> ResponseReturnValue:
    asked = whole(request.args.get("from", ""))
    return _show({} if asked is None else _prepared(asked))


@area.get("/alerts/prepared/<int:number>")
def alert_prepared(number: int) -> ResponseReturnValue:
    """An alert that stands prepared, looked at: one press puts it on the line."""
    words = _prepared(number)
    if not words:
        raise NotFound("There is no such page.")
    missing = [code for code in console().line().languages if not words.get(code)]
    if missing[:1] == [console().line().first_language.code]:
        return _show(words)
    return _look(words, missing, bool(missing), now(), None)


@area.post("/alerts/look")
@needs(Right.WARN)
def look_at_alert() -> ResponseReturnValue:
    try:
        start, end = _start(), _set_end()
    except Refused as error:
        return _show(_sent(), said(error))
    missing = [code for code, words in _sent().items() if not words.strip()]
    if missing and (not _partly() or console().line().first_language.code in missing):
        return _show(_sent(), said(Refused("Write the alert in every language.")))
    return _look(_sent(), missing, _partly(), start, end)


@area.post("/alerts/change")
@needs(Right.WARN)
def look_again() -> ResponseReturnValue:
    return _show(_sent())


@area.post("/alerts")
@needs(Right.WARN)
def warn() -> ResponseReturnValue:
    try:
        start = _start()
        made = office().announcements.warn(_sent(), start, _end(start), me(), now(), _partly(), practising())
    except Refused as error:
        return _show(_sent(), said(error))
    office().shelf.refresh()
    _speak(made)
    if made.practice:
        tell("This is practice: only staff hear the alert, by the telephone below.")
        return redirect(url_for("staff.alerts", practice="on"), 303)
    hours = office().announcements.unapproved // timedelta(hours=1)
    tell("The alert is on the line. Where nobody else approves it within %(hours)s hours, it ends.", hours=hours)
    return redirect(url_for("staff.alerts"), 303)


@area.post("/alerts/<int:alert>/approve")
@needs(Right.APPROVE_ALERT)
def approve_alert(alert: int) -> ResponseReturnValue:
    made = office().announcements.approve_alert(alert, me(), now())
    office().shelf.refresh()
    tell("The alert is approved.")
    return redirect(_back(made), 303)


@area.get("/alerts/<int:alert>/end")
def ending_alert(alert: int) -> ResponseReturnValue:
    found = office().announcements.alert(alert)
    if found.until <= now():
        raise NotFound("It has ended already.")
    return page("end_alert.html", me=me(), alert=found)


@area.post("/alerts/<int:alert>/end")
@needs(Right.WARN)
def end_alert(alert: int) -> ResponseReturnValue:
    made = office().announcements.end_alert(alert, me(), now())
    office().shelf.refresh()
    tell("The alert has ended.")
    return redirect(_back(made), 303)


def practising() -> bool:
    """Whether this page is about alerts that no caller hears."""
    return bool(request.values.get("practice"))


def _show(words: Mapping[str, str], problem: Told | None = None) -> ResponseReturnValue:
    announced, practice = office().announcements, practising()
    return page(
        "alerts.html",
        409 if problem else 200,
        me=me(),
        codes=tuple(console().line().languages),
        line=console().line(),
        words=words,
        partly=_partly(),
        practice=practice,
        practised=announced.practice_alerts(now()),
        start=request.form.get("start", ""),
        end=request.form.get("end", ""),
        alerts=announced.practice_alerts(now()) if practice else announced.alerts(now()),
        past=announced.past_alerts(practice=practice),
        problem=problem,
        hours=announced.unapproved // timedelta(hours=1),
    )


def _look(
    words: Mapping[str, str], missing: list[str], partly: bool, start: datetime, end: datetime | None
) -> ResponseReturnValue:
    """What is about to be heard; `end`: as it was set, None where a button is to say it."""
    zone = console().zone
    ends = {each: end_at(each, max(start, now()), zone) for each in OF_ALERTS if each is not End.SET}
    return page(
        "alert.html",
        me=me(),
        words=words,
        missing=missing,
        partly=partly,
        practice=practising(),
        start=start,
        end=end,
        ends=ends,
        lapses=max(start, now()) + office().announcements.unapproved,
        at_once=start <= now(),
    )


def _sent() -> dict[str, str]:
    return {code: request.form.get(f"words-{code}", "") for code in console().line().languages}


def _partly() -> bool:
    """Whether languages left empty are meant to be left out."""
    return bool(request.form.get("partly"))


def _start() -> datetime:
    start = request.form.get("start", "")
    return typed_moment(start, console().zone) if start else now()


def _set_end() -> datetime | None:
    end = request.form.get("end", "")
    return typed_moment(end, console().zone) if end else None


def _end(start: datetime) -> datetime:
    """The end that a button says, or that was set."""
    until = request.form.get("until", End.SET)
    if until in OF_ALERTS and until != End.SET:
        return end_at(End(until), max(start, now()), console().zone)
    return typed_moment(request.form.get("end", ""), console().zone)


def _speak(made: AnnouncedAlert) -> None:
    """Have its words spoken, so that the first caller hears them."""
    line = console().line()
    prompts = made.value(office().library.live(now()).readings, line.languages).words
    console().begin_to_speak(
        (line.languages[code], chunk) for code, prompt in prompts.items() for chunk in prompt.chunks()
    )


def _back(alert: AnnouncedAlert) -> str:
    return url_for("staff.alerts", practice="on") if alert.practice else url_for("staff.alerts")


def _prepared(number: int) -> dict[str, str]:
    """The words of a prepared alert in the languages that have some, with their numbers: as the live edition has
    them, or where that is older than prepared alerts, as the program's files have them."""
    line, library = console().line(), office().library
    if number >= len(line.prepared_alerts):
        return {}
    key = alert_words(line.prepared_alerts[number])
    texts = {**library.shipped.texts, **library.live(now()).texts}
    places = {code: words_at(code, key) for code, language in line.languages.items() if key in language.prompts}
    return {code: with_digits(texts[place], line.languages[code]) for code, place in places.items() if place in texts}
