"""Search over all that callers hear, and words replaced across texts, each looked at before."""

from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.announcements import AnnouncedAlert
from ivr.editions.draft import Draft, Status
from ivr.editions.replacing import Replacements
from ivr.editions.searching import Hit, by_branch, search
from ivr.editions.structure import Shape, names_of
from ivr.editions.texts import TextPlace
from ivr.line.finding import found
from ivr.line.text import whole
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.people.telling import told
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, page, said, tell, translated
from ivr.staff.other_forms import forms_apart
from ivr.staff.read_editions import Read

MOST = 100
"""Places on a page [own value]: whoever finds more writes more of the words."""

_TICKED = "place-"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found at a menu, text or desk: its name, "" of what belongs to none, and the way to it, names with
    their keys."""

    name: str
    way: tuple[tuple[int, str], ...]
    hits: tuple[Hit, ...]


@area.get("/find")
def find() -> ResponseReturnValue:
    """The form, and what was found."""
    asked, language = request.args.get("q", "").strip(), _language()
    line, texts = console().line(), office().library.live(now()).texts
    forms = request.args.get("forms") == "on"
    hits = search(line, texts, asked, language, forms_apart if forms else None) if asked else ()
    return page(
        "find.html",
        me=me(),
        asked=asked,
        language=language,
        forms=forms,
        inflected=any(not each.spaces for each in line.languages.values()),
        codes=tuple(line.languages),
        groups=_groups(hits[:MOST]),
        count=len(hits),
        most=MOST,
        alerts=_alerts(asked) if asked else (),
    )


@area.get("/replace")
@needs(Right.WRITE)
def look_at_replacing() -> ResponseReturnValue:
    """What would be replaced, before and after."""
    return _replace()


@area.post("/replace")
@needs(Right.WRITE)
def replace_words() -> ResponseReturnValue:
    """Replace the words in the texts that were ticked, in one draft."""
    form = request.form
    wanted, new = form.get("q", "").strip(), form.get("with", "").strip()
    title = translated(told("“%(old)s” becomes “%(new)s”", old=wanted[:60], new=new[:60]))
    try:
        looked = office().replacing.look(_draft(), wanted, new, _language(), now())
        places = {each.place: each.before for each in looked.can if form.get(_name(each.place))}
        if form.get("seen") != looked.mark([each.place for each in looked.can]):
            raise Refused("Somebody has changed this meanwhile: look at it again.")
        made = office().replacing.replace(_draft(), title, (wanted, new, _language()), places, me(), now())
    except Refused as error:
        return _replace(error)
    tell("%(count)s texts were changed in the draft.", count=len(places))
    return redirect(url_for("staff.draft", draft=made.id), 303)


def _replace(error: Refused | None = None) -> Response:
    values = request.values
    wanted, new = values.get("q", "").strip(), values.get("with", "").strip()
    looked = Replacements((), ())
    if wanted:
        looked = office().replacing.look(_draft(), wanted, new, _language(), now())
    return page(
        "replace.html",
        409 if error else 200,
        me=me(),
        asked=wanted,
        new=new,
        language=_language(),
        codes=tuple(console().line().languages),
        looked=looked,
        seen=looked.mark([each.place for each in looked.can]),
        name_of_place=_name,
        heard=_read().heard,
        ticked=[each.place for each in looked.can if error is None or request.form.get(_name(each.place))],
        drafts=_drafts(),
        draft=_draft(),
        problem=said(error) if error else None,
    )


def _groups(hits: tuple[Hit, ...]) -> tuple[Found, ...]:
    texts = office().library.live(now()).texts
    shape = Shape.of(texts)
    names = names_of(texts, next(iter(shape.languages), ""))
    return tuple(
        Found(
            names.get(branch, ""),
            tuple((number, names[key]) for number, key in shape.way(branch) or ()) if branch else (),
            each,
        )
        for branch, each in by_branch(hits).items()
    )


def _alerts(asked: str) -> tuple[AnnouncedAlert, ...]:
    """Alerts that callers hear now or are to hear."""
    standing = office().announcements.alerts(now())
    return tuple(each for each in standing if any(found(words, asked) for words in each.words.values()))


def _language() -> str:
    """The language that was asked for; "" for all."""
    code = request.values.get("language", "")
    return code if code in console().line().languages else ""


def _draft() -> int | None:
    """The draft that was chosen; None: a new one."""
    number = whole(request.values.get("draft", ""))
    return number if number in {each.id for each in _drafts()} else None


def _read() -> Read:
    """What the texts are read in: the draft that was chosen, else what callers hear now."""
    draft = _draft()
    return Read(office().library.live(now()) if draft is None else office().drafts.edition(draft))


def _drafts() -> tuple[Draft, ...]:
    return office().drafts.all(Status.OPEN)


def _name(place: TextPlace) -> str:
    return f"{_TICKED}{place.file}-{place.key}"
