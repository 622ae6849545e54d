"""The alerts that stand prepared, in a draft: their titles and words side by side, and their order."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions import prepared_alerts
from ivr.editions.prepared_alerts import PARTS, PreparedAlert
from ivr.editions.structure import Operation, Shape
from ivr.line.text import whole
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import me, now, office, page, said, tell

ACT = "alert"
"""How the history names a change of theirs."""


@area.get("/drafts/<int:draft>/prepared-alerts")
def prepared_alerts_of(draft: int) -> ResponseReturnValue:
    """All of them, in order."""
    return _list(draft)


@area.get("/drafts/<int:draft>/prepared-alerts/new")
@needs(Right.WRITE)
def new_prepared_alert(draft: int) -> ResponseReturnValue:
    """The form for another one."""
    return _form(draft, "")


@area.get("/drafts/<int:draft>/prepared-alerts/at/<name>")
def prepared_alert(draft: int, name: str) -> ResponseReturnValue:
    """One of them, in all languages."""
    return _form(draft, name)


@area.post("/drafts/<int:draft>/prepared-alerts/save")
@needs(Right.WRITE)
def save_prepared_alert(draft: int) -> ResponseReturnValue:
    """Write one, or add it."""
    key, shown = request.form.get("key", ""), _fields(draft, "was-")
    typed = {at: text for at, text in _fields(draft, "").items() if text.strip() != shown[at].strip()}
    try:
        _do(draft, prepared_alerts.written(key, shown, typed, office().library.shipped.texts))
    except Refused as error:
        return _form(draft, key, error)
    tell("Saved in the draft.")
    return redirect(url_for("staff.prepared_alerts_of", draft=draft), 303)


@area.post("/drafts/<int:draft>/prepared-alerts/move")
@needs(Right.WRITE)
def move_prepared_alert(draft: int) -> ResponseReturnValue:
    """Show one earlier or later."""
    number = whole(request.form.get("to", "")) or 1
    return _done(draft, prepared_alerts.put_at(request.form.get("key", ""), number, office().library.shipped.texts))


@area.post("/drafts/<int:draft>/prepared-alerts/away")
@needs(Right.WRITE)
def remove_prepared_alert(draft: int) -> ResponseReturnValue:
    """Take one away."""
    return _done(draft, prepared_alerts.without(request.form.get("key", ""), office().library.shipped.texts))


def _done(draft: int, operation: Operation) -> ResponseReturnValue:
    try:
        _do(draft, operation)
    except Refused as error:
        return _list(draft, error)
    tell("It is done in the draft. It can be undone below the tree of the call.")
    return redirect(url_for("staff.prepared_alerts_of", draft=draft), 303)


def _do(draft: int, operation: Operation) -> None:
    office().reshaping.do(draft, operation, ACT, me(), now())


def _all(draft: int) -> tuple[PreparedAlert, ...]:
    return prepared_alerts.all_prepared(office().reshaping.texts(draft), office().library.shipped.texts)


def _list(draft: int, error: Refused | None = None) -> Response:
    return page(
        "prepared_alerts.html",
        409 if error else 200,
        me=me(),
        draft=office().drafts.get(draft),
        prepared=_all(draft),
        problem=said(error) if error else None,
    )


def _form(draft: int, key: str, error: Refused | None = None) -> Response:
    found = next((each for each in _all(draft) if each.key == key), None)
    if key and found is None:
        raise NotFound("There is no prepared alert %(key)s.", key=key)
    codes = Shape.of(office().reshaping.texts(draft)).languages
    saved = {
        (part, code): getattr(found, "titles" if part == "title" else "words")[code] if found else ""
        for part in PARTS
        for code in codes
    }
    typed = _fields(draft, "") if error else saved
    return page(
        "prepared_alert.html",
        409 if error else 200,
        me=me(),
        draft=office().drafts.get(draft),
        key=key,
        called=(found and next(filter(None, found.titles.values()), "")) or key,
        codes=codes,
        saved=saved,
        typed=typed,
        problem=said(error) if error else None,
    )


def _fields(draft: int, prefix: str) -> dict[tuple[str, str], str]:
    """The titles and words of the form, by part and language."""
    codes = Shape.of(office().reshaping.texts(draft)).languages
    return {(part, code): request.form.get(f"{prefix}{part}-{code}", "") for part in PARTS for code in codes}
