"""Signing in and out, and what was typed when a session ended."""

import re
from urllib.parse import urlsplit

from flask import Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from ivr.editions.texts import words_at
from ivr.line.text import whole
from ivr.pages.limits import limited
from ivr.pages.phone_routes import from_this_site
from ivr.people.accounts import Account, FactorLost
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right, may
from ivr.staff import cookies
from ivr.staff.area import NEEDS, area, needs, unlocked
from ivr.staff.context import LANGUAGES, SECRET, asked_by_script, console, now, office, page, said, tell
from ivr.staff.prompt_pages import AUTOSAVE, SAVING
from ivr.staff.sessions import begin, known_from_now_on

TRIES_AN_ADDRESS = "20/minute;100/hour"
"""Tries to sign in from one address, or one known browser; an account has its own count [own value]."""

_FIELD = "field-"
_CARRIED = re.compile(r"(typed|based|field)-|(draft|key|again)$")
_BESIDE = ("was-", "based-", "seen-", "digest")  # what a form carries that nobody typed


@area.get("/sign-in")
@unlocked
def sign_in() -> ResponseReturnValue:
    return _form(request.args.get("next", ""))


@area.post("/sign-in")
@unlocked
@limited(TRIES_AN_ADDRESS, cookies.counted_as)
def signing_in() -> ResponseReturnValue:
    form = request.form
    login, origin = form.get("login", "").strip(), cookies.origin()
    try:
        found = console().accounts.sign_in(login, form.get("password", ""), form.get("code", ""), now(), origin)
    except FactorLost as error:
        return _form(form.get("next", ""), 409, problem=said(error), login=login)
    if found is None:
        return _form(form.get("next", ""), 401, wrong=True, login=login)
    begin(found)
    _keep_typed(found)
    return known_from_now_on(found, _onward(found))


def _onward(found: Account) -> ResponseReturnValue:
    """Where they wanted to go, or what they had not sent yet."""
    form = request.form
    if form.get("again"):
        fields = _to_send_again()
        typed = [text for name, text in fields if text.strip() and not name.startswith(_BESIDE)]
        return page("again.html", me=found.person, path=_way(form["again"]), fields=fields, typed=typed)
    return redirect(_way(form.get("next", "")), 303)


@area.post("/sign-out")
@needs(Right.LOOK)
def sign_out() -> ResponseReturnValue:
    console().accounts.sign_out(current_user.account.id, now())
    logout_user()
    session.clear()
    tell("You have signed out.")
    return redirect(url_for("staff.sign_in"), 303)


@area.post("/language")
@unlocked
def choose_language() -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
    return redirect(_way(request.form.get("next", "")), 303)


def stopped() -> ResponseReturnValue:
    """The way to sign in. What was typed goes along: into the editor of a text, or to be sent again."""
    if request.endpoint == AUTOSAVE or asked_by_script():
        return Response(status=401)  # its script keeps the words, or the sound, in the browser
    if request.method == "GET":
        back = request.full_path.rstrip("?")
        return redirect(url_for("staff.sign_in", next=back), 303)
    if request.endpoint in NEEDS and NEEDS[request.endpoint].largest:
        return _form(url_for("staff.home"), 401, ended=True, carried=[])  # nobody's file is read
    if request.endpoint != SAVING:
        return _form(url_for("staff.home"), 401, ended=True, carried=_unsent())
    names = request.view_args or {}
    carried = [("draft", str(names["draft"])), ("key", str(names["key"]))]
    for code in [name.removeprefix("text-") for name in request.form if name.startswith("text-")]:
        carried.append((f"typed-{code}", request.form[f"text-{code}"]))
        carried.append((f"based-{code}", request.form.get(f"based-{code}", "0")))
    return _form(url_for("staff.edit_prompt", **names), 401, ended=True, carried=carried)


def _unsent() -> list[tuple[str, str]]:
    """The form that came too late, but for what is secret. Only a page of ours may bring one, so
    that nobody is made to send what another site has filled in."""
    if not from_this_site(console().public_url):
        return []
    fields = [(name, text) for name, texts in request.form.lists() for text in texts if not SECRET.search(name)]
    return [("again", request.path), *((f"{_FIELD}{name}", text) for name, text in fields)]


def _to_send_again() -> list[tuple[str, str]]:
    """The fields of the form that was carried along."""
    every = ((name, text) for name, texts in request.form.lists() for text in texts)
    return [(name.removeprefix(_FIELD), text) for name, text in every if name.startswith(_FIELD)]


def _keep_typed(account: Account) -> None:
    """What came along becomes the person's own unsaved words: nothing is changed by it."""
    form = request.form
    draft, key = whole(form.get("draft", "")), form.get("key", "")
    if draft is None or not may(account.person, Right.WRITE):
        return
    try:
        known = office().drafts.words(draft)
    except NotFound:
        return
    for code in console().draft_line(draft).languages:
        place, based = words_at(code, key), whole(form.get(f"based-{code}", ""))
        if f"typed-{code}" in form and place in known and based is not None:
            try:
                office().typing.keep(draft, place, form[f"typed-{code}"], based, account.person, now())
            except Refused:  # longer than any text may be: it cannot have been typed in the editor
                continue


def _form(next_page: str, status: int = 200, wrong: bool = False, login: str = "", **more: object) -> Response:
    carried = more.pop("carried", None)
    if carried is None:
        every = ((name, text) for name, texts in request.form.lists() for text in texts)
        carried = [each for each in every if _CARRIED.match(each[0])]
    return page("sign_in.html", status, next=_way(next_page), wrong=wrong, login=login, carried=carried, **more)


def _way(path: str) -> str:
    """A page of the console to go to; the first one where the path is none."""
    try:
        parts = urlsplit(path)
    except ValueError:  # half an address of version 6
        return url_for("staff.home")
    inside = parts.path == "/staff" or parts.path.startswith("/staff/")
    safe = not parts.scheme and not parts.netloc and inside and "\\" not in path
    return path if safe and parts.path != url_for("staff.sign_out") else url_for("staff.home")
