"""Practice: the whole console once more, on a line of one's own that nobody else hears.

What is here of the real console begins and ends a practice area (`ivr.staff.practices`); what is here of the
practice's own lets its owner in, as one of its two persons, and rings its line. The two are different
applications (`ivr.practising`).
"""

from collections.abc import Mapping

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ivr.editions.edition import RECORDINGS, RENEW, Edition
from ivr.line.loading import LineError
from ivr.pages.routes import telephone_set
from ivr.people.refusals import NotFound
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import console, in_their_language, language, me, now, office, page, tell
from ivr.staff.practices import APPROVER, EDITOR, Practices
from ivr.staff.sessions import begin

HOME = "/staff/practice"
"""The page of the real console at which one begins and ends: practices lead there by its whole address."""


@area.get("/practice")
def practice() -> ResponseReturnValue:
    return page("practice.html", me=me(), practice=_practices().of(me().id))


@area.post("/practice")
@needs(Right.LOOK)
def begin_practice() -> ResponseReturnValue:
    """Begin anew, with the line that callers hear now."""
    made = _practices().begin(me().id, _names(), _files(), now())
    return redirect(f"{HOME}/{made.name}/staff", 303)


@area.post("/practice/end")
@needs(Right.LOOK)
def end_practice() -> ResponseReturnValue:
    _practices().throw_away(me().id)
    tell("Your practice was thrown away. Nothing of it was heard by callers.")
    return redirect(url_for("staff.practice"), 303)


@area.post("/practice/be/<who>")
@needs(Right.LOOK)
def be(who: str) -> ResponseReturnValue:
    """Go on as the other person of the practice."""
    if not console().practising or who not in (EDITOR, APPROVER):
        raise NotFound("There is no such page.")
    begin(console().accounts.get(who))
    tell("You are %(name)s now.", name=current_user.account.name)
    return redirect(url_for("staff.home"), 303)


@area.get("/practice/phone")
def practice_phone() -> ResponseReturnValue:
    """A telephone that rings the practice's line."""
    if not console().practising:
        raise NotFound("There is no such page.")
    line = console().line()
    code = language() if language() in line.languages else line.first_language.code
    ring, act = url_for("telephone.begin"), url_for("telephone.go_on")
    return page("practice_phone.html", me=me(), telephone=telephone_set(line, code, ring, act, ""))


def let_in() -> ResponseReturnValue | None:
    """Whoever comes to a practice is let in as its editor: they have signed in already."""
    if not current_user.is_authenticated:
        begin(console().accounts.get(EDITOR))
    return redirect(url_for("staff.home"), 303) if request.endpoint == "staff.sign_in" else None


def lost(_error: Exception) -> ResponseReturnValue:
    """An address of a practice that is of no page: the page for everybody that tells so has no mark."""
    if request.path.startswith(f"{area.url_prefix}/"):
        return redirect(url_for("staff.home"), 303)
    return Response(status=404)


@area.context_processor
def mark() -> dict[str, object]:
    """What every page is told of practice."""
    return {"practising": console().practising, "may_practise": console().practices is not None, "practice_home": HOME}


def _practices() -> Practices:
    found = console().practices
    if found is None:
        raise NotFound("There is no such page.")
    return found


def _names() -> Mapping[str, str]:
    with in_their_language():
        return {
            EDITOR: gettext("%(name)s (practice, as editor)", name=me().name),
            APPROVER: gettext("%(name)s (practice, as approver)", name=me().name),
        }


def _files() -> Mapping[str, bytes]:
    """The files of what callers hear now, without its recordings; those of the program where they make no line
    without what it lends them."""
    live = office().library.live(now()).files
    plain = {name: content for name, content in live.items() if name not in (RECORDINGS, RENEW)}
    try:
        _ = Edition(plain).line
    except LineError:
        return office().library.shipped.files
    return plain
