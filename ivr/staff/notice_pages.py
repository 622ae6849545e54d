"""Notices: what somebody wishes to be told and by what; and for administrators what could not be sent."""

from datetime import datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ivr.line.text import folded
from ivr.notices import chat, outbox
from ivr.notices.kinds import USUAL, Kind, Way
from ivr.notices.wishes import Wish, Wishes
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.people.telling import told
from ivr.people.trail import note
from ivr.staff.area import area, needs
from ivr.staff.context import LANGUAGES, console, language, me, now, office, page, said, tell


@area.get("/me/notices")
def notices() -> ResponseReturnValue:
    return _show(_kept())


@area.post("/me/notices")
@needs(Right.LOOK)
def choose_notices() -> ResponseReturnValue:
    typed = _typed(_kept())
    try:
        if typed.chat:
            chat.usable(typed.chat, console().chats_inside)
        console().wishes.choose(me(), typed, now())
    except Refused as error:
        return _show(typed, error)
    if request.form.get("try"):
        _send_a_try(now())
        tell("A notice is on its way to try it: it comes within a minute. What becomes of it stands below.")
    else:
        tell("Your choice is kept.")
    return redirect(url_for("staff.notices"), 303)


@area.get("/notices")
@needs(Right.KEEP_ACCOUNTS)
def unsent_notices() -> ResponseReturnValue:
    return page("notices_unsent.html", me=me(), unsent=outbox.unsent(office().database))


@area.post("/notices")
@needs(Right.KEEP_ACCOUNTS)
def try_notices_again() -> ResponseReturnValue:
    with office().database.writing() as connection:
        count = outbox.try_again(connection, now())
        note(connection, me(), now(), "notices.again", str(count))
    tell("%(count)s notices are tried again within a minute.", count=count)
    return redirect(url_for("staff.unsent_notices"), 303)


def _show(wishes: Wishes, error: Refused | None = None) -> ResponseReturnValue:
    chosen = wishes.chosen
    if chosen is None:
        usual = frozenset[Kind]().union(*(USUAL[role] for role in me().roles))
        chosen = frozenset((kind, way) for kind in usual for way in Way)
    return page(
        "notices.html",
        409 if error else 200,
        me=me(),
        wishes=wishes,
        chosen=chosen,
        kinds=tuple(Kind),
        ways=tuple(Way),
        mails=console().mails,
        latest=outbox.of_account(office().database, me().id),
        told_in=wishes.language or language(),
        problem=said(error) if error else None,
    )


def _kept() -> Wishes:
    return console().wishes.of(me().id)


def _typed(before: Wishes) -> Wishes:
    """What was typed. The address of a chat is shown to nobody, so that it stays where nothing is typed."""
    form = request.form
    address = form.get("chat-password", "").strip() or ("" if form.get("chat-away") else before.chat)
    in_language = form.get("language", "")
    return Wishes(
        folded(form.get("mail", "")),
        address,
        in_language if in_language in LANGUAGES else language(),
        frozenset(_ticked()),
    )


def _ticked() -> "list[Wish]":
    return [(kind, way) for kind in Kind for way in Way if request.form.get(f"{way}-{kind}")]


def _send_a_try(moment: datetime) -> None:
    """A notice to oneself, by each way that has an address."""
    wishes = _kept()
    sentence = told("This is a try: notices of the telephone line reach you here.")
    with office().database.writing() as connection:
        for way in Way:
            if wishes.to(way):
                outbox.add(
                    connection, current_user.account.id, way, Kind.UNHEALTHY, sentence, "/staff/me/notices", moment
                )
