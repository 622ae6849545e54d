"""Signing in and out: by password and second factor, or by a passkey alone."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from ivr.pages.limits import limited
from ivr.people.accounts import Account, FactorLost
from ivr.people.passkeys import USE, Answer
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.people.telling import Told, told
from ivr.staff import carried, cookies
from ivr.staff.area import NEEDS, area, needs, unlocked
from ivr.staff.context import LANGUAGES, asked_by_script, console, now, page, said, tell, tell_wrong
from ivr.staff.prompt_pages import AUTOSAVE, SAVING
from ivr.staff.sessions import begin, known_from_now_on

TRIES_AN_ADDRESS = "20/minute;100/hour"
"""Tries to sign in from one address, or one known browser; an account has its own count [own value]."""


@area.get("/sign-in")
@unlocked
def sign_in() -> ResponseReturnValue:
    return _form(request.args.get("next", ""))


_NOT_SIGNED_IN = told(
    "You could not be signed in. One of these is wrong, or you have to wait for 15 minutes, since there were too many "
    "wrong tries."
)
_CHECK: Mapping[str, Told] = MappingProxyType(
    {
        "login": told("Check the sign-in name."),
        "password": told("Check the password."),
        "code": told("Check the code: each can be used once."),
    }
)
"""What is said beside the fields: nobody is told which one it was."""


@area.post("/sign-in")
@unlocked
@limited(TRIES_AN_ADDRESS, cookies.counted_as)
def signing_in() -> ResponseReturnValue:
    form = request.form
    login, code, origin = form.get("login", "").strip(), form.get("code", ""), cookies.origin()
    try:
        found = console().accounts.sign_in(login, form.get("password", ""), code, now(), origin, answer())
    except FactorLost as error:
        return _form(form.get("next", ""), 409, problem=said(error), login=login)
    if found is None:
        for field, sentence in _CHECK.items():
            tell_wrong(field, sentence)
        return _form(form.get("next", ""), 401, problem=_NOT_SIGNED_IN, login=login)
    return come_in(found)


@area.post("/sign-in/passkey")
@unlocked
@limited(TRIES_AN_ADDRESS, cookies.counted_as)
def signing_in_by_passkey() -> ResponseReturnValue:
    found = console().entrance.by_passkey(answer(), now())
    if found is None:
        unknown = told(
            "You could not be signed in with this passkey: it is not known here, or the page was open for too long. "
            "Try again, or sign in another way."
        )
        return _form(request.form.get("next", ""), 401, problem=unknown)
    return come_in(found)


def come_in(found: Account) -> ResponseReturnValue:
    """Begin the session, and go on."""
    begin(found)
    if console().entrance.ways(found.id).few:
        tell("You have few recovery codes left: make new ones at “Your account”.")
    carried.keep_typed(found, request.form)
    return known_from_now_on(found, carried.onward(found, request.form))


def refused_entry(error: Refused, form: carried.Form) -> Response:
    """The form, why another way in did not work, and what was typed before that."""
    return _form(form.get("next", ""), 409, problem=said(error), carried=carried.carried(form))


def answer() -> Answer:
    """What a passkey has answered, in the form that was sent."""
    return Answer(request.form.get("answer", ""), request.form.get("challenge", ""))


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
    return redirect(carried.way(request.form.get("next", "")), 303)


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
        return _form(url_for("staff.home"), 401, ended=True, carried=carried.unsent())
    names = request.view_args or {}
    taken = [("draft", str(names["draft"])), ("key", str(names["key"]))]
    for code in [name.removeprefix("text-") for name in request.form if name.startswith("text-")]:
        taken.append((f"typed-{code}", request.form[f"text-{code}"]))
        taken.append((f"based-{code}", request.form.get(f"based-{code}", "0")))
    return _form(url_for("staff.edit_prompt", **names), 401, ended=True, carried=taken)


def _form(next_page: str, status: int = 200, login: str = "", **more: object) -> Response:
    along = more.pop("carried", None)
    site = console().accounts.site
    challenge = site.challenge(USE, now())
    return page(
        "sign_in.html",
        status,
        next=carried.way(next_page),
        login=login,
        carried=carried.carried(request.form) if along is None else along,
        challenge=challenge,
        alone=site.options_to_use(challenge, verified=True),
        beside=site.options_to_use(challenge, verified=False),
        passwords=console().passwords,
        provider=console().provider,
        **more,
    )
