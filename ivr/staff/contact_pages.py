"""In a draft: ways to ask without a telephone, and telephone numbers that are no desk's."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions import ways_to_ask
from ivr.editions.structure import Operation, Shape
from ivr.editions.ways_to_ask import WORDS, WayToAsk
from ivr.line.contacts import KINDS
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import me, now, office, page, said, tell, tell_wrong

ACT = "contact"
"""How the history names a change of theirs."""


@area.get("/drafts/<int:draft>/contacts")
def contacts_of(draft: int) -> ResponseReturnValue:
    """All of both kinds."""
    return _list(draft)


@area.get("/drafts/<int:draft>/contacts/new")
@needs(Right.WRITE)
def new_contact(draft: int) -> ResponseReturnValue:
    """The form for another way to ask."""
    return _form(draft, "")


@area.get("/drafts/<int:draft>/contacts/at/<name>")
def contact(draft: int, name: str) -> ResponseReturnValue:
    """One of them, in all languages."""
    return _form(draft, name)


@area.post("/drafts/<int:draft>/contacts/save")
@needs(Right.WRITE)
def save_contact(draft: int) -> ResponseReturnValue:
    """Write one, or add it."""
    shown, wanted = _sent(draft, "was-"), _sent(draft, "")
    try:
        _do(draft, ways_to_ask.written(shown, wanted))
    except Refused as error:
        return _form(draft, wanted.key, error)
    tell("Saved in the draft.")
    return redirect(url_for("staff.contacts_of", draft=draft), 303)


@area.post("/drafts/<int:draft>/contacts/away")
@needs(Right.WRITE)
def remove_contact(draft: int) -> ResponseReturnValue:
    """Take one away."""
    return _done(draft, ways_to_ask.without(request.form.get("key", "")))


@area.post("/drafts/<int:draft>/numbers")
@needs(Right.WRITE)
def save_number(draft: int) -> ResponseReturnValue:
    """Change a number that is no desk's, add one, or take it away where nothing stands in its field."""
    form = request.form
    name = form.get("name", "")
    return _done(draft, ways_to_ask.number_written(name, form.get("was", ""), form.get("number", "")), f"number-{name}")


def _done(draft: int, operation: Operation, field: str = "") -> ResponseReturnValue:
    """`field`: the id of the one that a refusal is about."""
    try:
        _do(draft, operation)
    except Refused as error:
        if field:
            tell_wrong(field, said(error))
        return _list(draft, error)
    tell("Saved in the draft.")
    return redirect(url_for("staff.contacts_of", draft=draft), 303)


def _do(draft: int, operation: Operation) -> None:
    office().reshaping.do(draft, operation, ACT, me(), now())


def _list(draft: int, error: Refused | None = None) -> Response:
    texts = office().reshaping.texts(draft)
    known = ways_to_ask.other_numbers(texts)
    return page(
        "contacts.html",
        409 if error else 200,
        me=me(),
        draft=office().drafts.get(draft),
        contacts=ways_to_ask.ways_to_ask(texts),
        first=Shape.of(texts).languages[0],
        numbers={name: (number, ways_to_ask.gives(texts, name)) for name, number in known.items()},
        sent=request.form if error else {},
        problem=said(error) if error else None,
    )


def _form(draft: int, key: str, error: Refused | None = None) -> Response:
    texts = office().reshaping.texts(draft)
    codes = Shape.of(texts).languages
    empty = WayToAsk("", "page", "", "", {(part, code): "" for part in WORDS for code in codes})
    saved = next((each for each in ways_to_ask.ways_to_ask(texts) if each.key == key), empty)
    if key and not saved.key:
        raise NotFound("It is not there any more.")
    return page(
        "contact.html",
        409 if error else 200,
        me=me(),
        draft=office().drafts.get(draft),
        saved=saved,
        typed=_sent(draft, "") if error else saved,
        codes=codes,
        kinds=tuple(KINDS),
        problem=said(error) if error else None,
    )


def _sent(draft: int, prefix: str) -> WayToAsk:
    """The form as it came back, or with the prefix "was-" as it was filled."""
    codes, form = Shape.of(office().reshaping.texts(draft)).languages, request.form
    words = {(part, code): form.get(f"{prefix}{part}-{code}", "") for code in codes for part in WORDS}
    kind, address, source = (form.get(f"{prefix}{name}", "") for name in ("kind", "address", "source"))
    return WayToAsk(form.get("key", ""), kind, address, source, words)
