"""The door: signing in and out, sessions that end, and what was typed when one ended."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from ivr.editions.texts import words_at
from ivr.line.text import cleaned, whole
from ivr.pages.ringing import from_this_site
from ivr.people.accounts import Account, FactorLost
from ivr.people.persons import Role
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import require
from ivr.staff import cookies, exchange, prompts, recording
from ivr.staff.context import LANGUAGES, MOST, Console, now, page, said, tell

P = ParamSpec("P")
R = TypeVar("R")

IDLE = timedelta(minutes=30)
"""A session ends when nothing was done in it for so long [own values]."""

WHOLE = timedelta(hours=10)
"""A session ends after a day's work, whatever is done in it."""

TRIES_AN_ADDRESS = "20/minute;100/hour"
"""Tries to sign in from one address, or one known browser; an account has its own count [own value]."""

_OPEN = (
    "staff.sign_in",
    "staff.signing_in",
    "staff.set_up",
    "staff.setting_up",
    "staff.choose_language",
    "staff.static",
)
_LARGE = {
    "staff.look_at_import": exchange.LARGEST_FORM,
    "staff.take_in": exchange.LARGEST_FORM,
    "staff.take_sound": recording.LARGEST_FORM,
}
"""Bytes of the requests that bring files; all others are small."""

_AUTOSAVE = "staff.typed"
_FIELD = "field-"
_CARRIED = re.compile(r"(typed|based|field)-|(draft|key|again)$")
_SECRET = re.compile(r"password|code|csrf_token")
_BESIDE = ("was-", "based-", "seen-", "digest")  # what a form carries that nobody typed


class Visitor(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Somebody signed in, as Flask-Login has them."""

    def __init__(self, account: Account):
        self.account = account

    def get_id(self) -> str:
        """The account and the stamp of its sessions."""
        return f"{self.account.id}:{self.account.stamp}"


def visitor(console: Console, key: str) -> Visitor | None:
    """Who a session belongs to; None where it has ended."""
    name, _, stamp = key.partition(":")
    since, seen = (_moment(session.get(each)) for each in ("since", "seen"))
    if since is None or seen is None or now() - since >= WHOLE or now() - seen >= IDLE:
        return None
    found = console.accounts.of_session(name, stamp)
    return Visitor(found) if found else None


def guard(area: Blueprint, console: Console, csrf: CSRFProtect) -> None:
    """Nobody comes in without signing in, and no form without its token."""

    @area.before_request
    def readable() -> None:
        """No page of ours leads to numbers beyond those of all rows, or to NUL, which no database stores."""
        for each in (request.view_args or {}).values():
            if each > MOST if isinstance(each, int) else "\0" in str(each):
                raise NotFound("There is no such page.")

    @area.before_request
    def enter() -> ResponseReturnValue | None:
        if request.endpoint not in _OPEN:
            if not current_user.is_authenticated:
                return _stopped(console)
            session["seen"] = now().isoformat()
            if request.endpoint in _LARGE:
                require(current_user.account.person, Role.EDITOR)  # before a byte of the file is read
                _widen(_LARGE[request.endpoint])
        csrf.protect()
        return None


def clean() -> None:
    """Before any form or question is read: without what nobody can see or say, whichever field it
    was typed or pasted into. Secrets are what they are."""
    request.form = _cleaned(request.form)
    request.args = _cleaned(request.args)


def _cleaned(fields: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    every = ((name, text) for name, texts in fields.lists() for text in texts)
    return ImmutableMultiDict((name, text if _SECRET.search(name) else cleaned(text)) for name, text in every)


def add(area: Blueprint, console: Console) -> None:
    """Add the pages."""

    @area.get("/sign-in")
    def sign_in() -> ResponseReturnValue:
        return _form(request.args.get("next", ""))

    @area.post("/sign-in")
    @limited(console)
    def signing_in() -> ResponseReturnValue:
        form = request.form
        login, origin = form.get("login", "").strip(), cookies.origin(console.secret)
        try:
            found = console.accounts.sign_in(login, form.get("password", ""), form.get("code", ""), now(), origin)
        except FactorLost as error:
            return _form(form.get("next", ""), 409, problem=said(error), login=login)
        if found is None:
            return _form(form.get("next", ""), 401, wrong=True, login=login)
        begin(found)
        _keep_typed(console, found)
        return known_from_now_on(console, found, onward(found))

    def onward(found: Account) -> ResponseReturnValue:
        """Where they wanted to go, or what they had not sent yet."""
        form = request.form
        if form.get("again"):
            fields = _to_send_again()
            typed = [text for name, text in fields if text.strip() and not name.startswith(_BESIDE)]
            return page("again.html", me=found.person, path=_way(form["again"]), fields=fields, typed=typed)
        return redirect(_way(form.get("next", "")), 303)

    @area.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        console.accounts.sign_out(current_user.account.id, now())
        logout_user()
        session.clear()
        tell("You have signed out.")
        return redirect(url_for("staff.sign_in"), 303)

    @area.post("/language")
    def choose_language() -> ResponseReturnValue:
        chosen = request.form.get("language", "")
        if chosen in LANGUAGES:
            session["language"] = chosen
        return redirect(_way(request.form.get("next", "")), 303)


def limited(console: Console) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A page that one may try at so often only."""
    return console.limiter.limit(TRIES_AN_ADDRESS, key_func=lambda: cookies.counted_as(console.secret))


def begin(account: Account) -> None:
    """Begin a session; nothing of the one before is left in it but the language."""
    chosen = session.get("language")
    session.clear()
    session.update(since=now().isoformat(), seen=now().isoformat(), **({"language": chosen} if chosen else {}))
    login_user(Visitor(account))


def known_from_now_on(console: Console, account: Account, answer: ResponseReturnValue) -> Response:
    """The answer, after which strangers cannot lock this browser out of the account."""
    response = make_response(answer)
    cookies.remember(response, console.secret, account.id, now(), console.https)
    return response


def _widen(most: int) -> None:
    """Let this request be so large."""
    request.max_content_length = most
    request.max_form_memory_size = most


def _stopped(console: Console) -> ResponseReturnValue:
    """The way to sign in. What was typed goes along: into the editor of a text, or to be sent again."""
    if request.endpoint == _AUTOSAVE or recording.asked_by_script():
        return Response(status=401)  # its script keeps the words, or the sound, in the browser
    if request.method == "GET":
        back = request.full_path.rstrip("?")
        return redirect(url_for("staff.sign_in", next=back), 303)
    if request.endpoint in _LARGE:
        return _form(url_for("staff.home"), 401, ended=True, carried=[])  # nobody's file is read
    if request.endpoint != prompts.SAVING:
        return _form(url_for("staff.home"), 401, ended=True, carried=_unsent(console))
    names = request.view_args or {}
    carried = [("draft", str(names["draft"])), ("key", str(names["key"]))]
    for code in console.line().languages:
        carried.append((f"typed-{code}", request.form.get(f"text-{code}", "")))
        carried.append((f"based-{code}", request.form.get(f"based-{code}", "0")))
    return _form(url_for("staff.edit_prompt", **names), 401, ended=True, carried=carried)


def _unsent(console: Console) -> list[tuple[str, str]]:
    """The form that came too late, but for what is secret. Only a page of ours may bring one, so
    that nobody is made to send what another site has filled in."""
    if not from_this_site(console.public_url):
        return []
    fields = [(name, text) for name, texts in request.form.lists() for text in texts if not _SECRET.search(name)]
    return [("again", request.path), *((f"{_FIELD}{name}", text) for name, text in fields)]


def _to_send_again() -> list[tuple[str, str]]:
    """The fields of the form that was carried along."""
    every = ((name, text) for name, texts in request.form.lists() for text in texts)
    return [(name.removeprefix(_FIELD), text) for name, text in every if name.startswith(_FIELD)]


def _keep_typed(console: Console, account: Account) -> None:
    """What came along becomes the person's own unsaved words: nothing is changed by it."""
    form = request.form
    draft, key = whole(form.get("draft", "")), form.get("key", "")
    if draft is None or Role.EDITOR not in account.roles:
        return
    try:
        known = console.office.drafts.words(draft)
    except NotFound:
        return
    for code in console.line().languages:
        place, based = words_at(code, key), whole(form.get(f"based-{code}", ""))
        if f"typed-{code}" in form and place in known and based is not None:
            try:
                console.office.typing.keep(draft, place, form[f"typed-{code}"], based, account.person, now())
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


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
