"""One prompt in all its languages: written side by side, never overwritten unseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.draft import Revision, Unsaved, Word
from ivr.editions.exchange import menu_place
from ivr.editions.spoken import readings
from ivr.editions.texts import TextPlace, tidy, words_at
from ivr.line.prompt_keys import taken_apart
from ivr.line.text import whole
from ivr.line.values import Language
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right
from ivr.people.telling import Told
from ivr.staff.advice import Advice, advise
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, tell, tell_saved
from ivr.staff.fact_rows import texts_in
from ivr.staff.voice_pages import voices

SAVING = "staff.save_prompt"
"""The endpoint of a saved form, whose words are kept where it cannot be taken."""

AUTOSAVE = "staff.typed"
"""The endpoint of what is typed, as the page's script sends it by itself."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A prompt in one language as the editor shows it. `text` is what stands in the field:
    what was saved, or what this person typed since; `theirs`: what somebody saved meanwhile."""

    code: str
    word: Word
    text: str
    based_on: int
    shown: str
    advice: Advice
    typed_at: datetime | None
    theirs: Word | None
    others: tuple[Unsaved, ...]


@dataclass(frozen=True, slots=True)
class _SentText:
    """A field as it came back: its words, and those it was filled with, of which version."""

    text: str
    shown: str
    based_on: int


@area.get("/drafts/<int:draft>/prompts/<key>")
def edit_prompt(draft: int, key: str) -> ResponseReturnValue:
    return _editor(draft, key, {})


@area.post("/drafts/<int:draft>/prompts/<key>")
@needs(Right.WRITE)
def save_prompt(draft: int, key: str) -> ResponseReturnValue:
    sent = {code: _sent(code) for code in console().draft_line(draft).languages}
    try:
        changes = {words_at(c, key): each.text for c, each in sent.items() if _changed(words_at(c, key), each)}
        based = {words_at(code, key): each.based_on for code, each in sent.items()}
        _known(office().drafts.words(draft), changes)
        office().drafts.save_all(draft, changes, based, me(), now(), "save")
    except Refused as error:
        return _editor(draft, key, sent, said(error))
    for code in sent:
        office().typing.drop(draft, words_at(code, key), me())
    tell_saved(bool(changes))
    return redirect(url_for("staff.edit_prompt", draft=draft, key=key), 303)


@area.post("/drafts/<int:draft>/prompts/<key>/typed")
@needs(Right.WRITE)
def typed(draft: int, key: str) -> ResponseReturnValue:
    code = request.form.get("language", "")
    place, sent = words_at(code, key), _sent(code)
    words = office().drafts.words(draft)
    _known(words, [place])
    office().typing.keep(draft, place, sent.text, sent.based_on, me(), now())
    return page("advice.html", advice=advise(console().language(code, draft), key, sent.text, readings(words, code)))


@area.post("/drafts/<int:draft>/prompts/<key>/drop")
@needs(Right.WRITE)
def drop_typed(draft: int, key: str) -> ResponseReturnValue:
    for code in console().draft_line(draft).languages:
        office().typing.drop(draft, words_at(code, key), me())
    tell("What you had not saved was dropped.")
    return redirect(url_for("staff.edit_prompt", draft=draft, key=key), 303)


@area.post("/drafts/<int:draft>/prompts/<key>/confirm/<code>")
@needs(Right.WRITE)
def confirm_prompt(draft: int, key: str, code: str) -> ResponseReturnValue:
    office().drafts.confirm(draft, words_at(code, key), me(), now())
    tell("The text is confirmed as it stands.")
    return redirect(url_for("staff.edit_prompt", draft=draft, key=key), 303)


@area.get("/drafts/<int:draft>/prompts/<key>/history")
def history(draft: int, key: str) -> ResponseReturnValue:
    found = {code: _told_history(words_at(code, key)) for code in console().draft_line(draft).languages}
    return page("history.html", me=me(), draft=office().drafts.get(draft), key=key, histories=found)


def shown_again(problem: Told) -> ResponseReturnValue:
    """The editor with what was just sent in its fields, after a form that could not be taken."""
    names = request.view_args or {}
    sent = {code: _sent(code) for code in console().draft_line(names["draft"]).languages}
    return _editor(names["draft"], names["key"], sent, problem)


def _editor(draft: int, key: str, sent: Mapping[str, _SentText], problem: Told | None = None) -> ResponseReturnValue:
    languages = console().draft_line(draft).languages
    return page(
        "prompt.html",
        409 if problem else 200,
        me=me(),
        draft=office().drafts.get(draft),
        key=key,
        text=taken_apart(key).text,
        way=menu_place(texts_in(office().drafts.words(draft)), key),
        sheets=_sheets(draft, key, sent, languages),
        voices={code: voices(draft, key, language) for code, language in languages.items()},
        problem=problem,
    )


def _sent(code: str) -> _SentText:
    form = request.form
    based = whole(form.get(f"based-{code}", ""))
    return _SentText(form.get(f"text-{code}", ""), form.get(f"was-{code}", ""), based or 0)


def _changed(place: TextPlace, sent: _SentText) -> bool:
    """Whether somebody typed something else than they were shown: the other languages of the
    form are not touched, so that nobody confirms them unseen."""
    return tidy(place, sent.text) != sent.shown


def _known(words: Mapping[TextPlace, Word], places: Iterable[TextPlace]) -> None:
    for place in places:
        if place not in words:
            raise NotFound("There is no text %(place)s.", place=str(place))


def _sheets(draft: int, key: str, sent: Mapping[str, _SentText], languages: Mapping[str, Language]) -> list[Sheet]:
    words = office().drafts.words(draft)
    mine = office().typing.mine(draft, me())
    found = []
    written = [code for code in languages if words_at(code, key) in words]
    _known(words, [words_at(code, key) for code in written or languages])
    for code in written:  # a language may leave out what others have, such as hours in words of its own
        place = words_at(code, key)
        others = office().typing.others(draft, place, me(), now())
        text = _field(words[place], mine.get(place), sent.get(code)).text
        advice = advise(languages[code], key, text, readings(words, code))
        found.append(_sheet(code, words[place], mine.get(place), sent.get(code), advice, others))
    return found


def _field(word: Word, mine: Unsaved | None, sent: _SentText | None) -> _SentText:
    """What stands in the field: what was just sent, else what was typed, else what was saved."""
    if sent is not None and _changed(word.place, sent):
        return sent
    if mine is not None:
        return _SentText(mine.text, word.text, mine.based_on)
    return _SentText(word.text, word.text, word.version)


def _sheet(
    code: str, word: Word, mine: Unsaved | None, sent: _SentText | None, advice: Advice, others: tuple[Unsaved, ...]
) -> Sheet:
    field = _field(word, mine, sent)
    moved_on = field.based_on != word.version and tidy(word.place, field.text) != word.text
    return Sheet(
        code=code,
        word=word,
        text=field.text,
        based_on=word.version,  # whoever saves now has seen theirs on this page
        shown=word.text,
        advice=advice,
        typed_at=mine.at if mine and field.text == mine.text else None,
        theirs=word if moved_on else None,
        others=others,
    )


def _told_history(place: TextPlace) -> list[tuple[Revision, str]]:
    """Every version with the words before it, the newest first."""
    rows = office().drafts.history(place)
    shipped = office().library.shipped.texts.get(place, "")
    return [(row, before.text) for row, before in pairwise(rows)] + [(row, shipped) for row in rows[-1:]]
