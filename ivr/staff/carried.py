"""What somebody had typed when they had to sign in, or to show who they are: it goes along, and is not lost."""

import hashlib
import json
import re
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, insert, select
from werkzeug.datastructures import MultiDict

from ivr.editions.texts import words_at
from ivr.line.text import whole
from ivr.pages.phone_routes import from_this_site
from ivr.people.accounts import Account
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right, may
from ivr.people.sealing import Seals, Unreadable
from ivr.staff.context import SECRET, console, now, office, page
from ivr.store.tables import stash as stash_table

Fields = list[tuple[str, str]]
Form = MultiDict[str, str]

_FIELD = "field-"
_CARRIED = re.compile(r"(typed|based|field)-|(draft|key|again)$")
_BESIDE = ("was-", "based-", "seen-", "digest")  # what a form carries that nobody typed
_STASHED = timedelta(hours=1)  # how long it waits while somebody signs in elsewhere [own value]
_PURPOSE = b"what somebody had typed, 1"


def unsent() -> Fields:
    """The form that came too late, but for what is secret. Only a page of ours may bring one, so
    that nobody is made to send what another site has filled in."""
    if not from_this_site(console().public_url):
        return []
    fields = [(name, text) for name, texts in request.form.lists() for text in texts if not SECRET.search(name)]
    return [("again", request.path), *((f"{_FIELD}{name}", text) for name, text in fields)]


def carried(form: Form) -> Fields:
    """What goes along once more."""
    return [(name, text) for name, texts in form.lists() for text in texts if _CARRIED.match(name)]


def onward(found: Account, form: Form) -> ResponseReturnValue:
    """Where they wanted to go, or what they had not sent yet."""
    if form.get("again"):
        every = [(name, text) for name, texts in form.lists() for text in texts if name.startswith(_FIELD)]
        fields = [(name.removeprefix(_FIELD), text) for name, text in every]
        typed = [(name, text) for name, text in fields if text.strip() and not name.startswith(_BESIDE)]
        return page("again.html", me=found.person, path=way(form["again"]), fields=fields, typed=typed)
    return redirect(way(form.get("next", "")), 303)


def keep_typed(account: Account, form: Form) -> None:
    """What came along becomes the person's own unsaved words: nothing is changed by it."""
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


def put_by() -> None:
    """Keep what the form carries on the server, sealed, while its owner signs in elsewhere: only this browser's session
    leads to it."""
    fields, key = [*carried(request.form), ("next", request.form.get("next", ""))], secrets.token_urlsafe(32)
    sealed = _seals().seal(json.dumps(fields))
    with office().database.writing() as connection:
        connection.execute(delete(stash_table).where(stash_table.c.until < now()))
        connection.execute(insert(stash_table).values(hash=_hash(key), sealed=sealed, until=now() + _STASHED))
    session["stash"] = key


def taken_up() -> Form:
    """What was put by, once; empty where nothing was."""
    key = _hash(str(session.pop("stash", "")))
    with office().database.writing() as connection:
        mine = stash_table.c.hash == key
        found = connection.execute(select(stash_table.c.sealed).where(mine, stash_table.c.until > now())).scalar()
        connection.execute(delete(stash_table).where(mine))
    try:
        return MultiDict([(name, text) for name, text in json.loads(_seals().open(found))]) if found else MultiDict()
    except (Unreadable, ValueError):
        return MultiDict()


def way(path: str) -> str:
    """A page of the console to go to; the first one where the path is none."""
    try:
        parts = urlsplit(path)
    except ValueError:  # half an address of version 6
        return url_for("staff.home")
    inside = parts.path == "/staff" or parts.path.startswith("/staff/")
    safe = not parts.scheme and not parts.netloc and inside and "\\" not in path
    return path if safe and parts.path != url_for("staff.sign_out") else url_for("staff.home")


def _seals() -> Seals:
    return Seals(console().secret, _PURPOSE)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
