"""Sessions: how they begin, whom they belong to, when they end."""

from datetime import datetime, timedelta

from flask import Response, make_response, session
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, login_user

from ivr.people.accounts import Account
from ivr.staff import cookies
from ivr.staff.context import console, now

IDLE = timedelta(minutes=30)
"""A session ends when nothing was done in it for so long [own values]."""

WHOLE = timedelta(hours=10)
"""A session ends after a day's work, whatever is done in it."""


FRESH = timedelta(minutes=10)
"""How long it counts that somebody has shown who they are, for acts on accounts [own value]."""


class Visitor(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Somebody signed in, as Flask-Login has them."""

    def __init__(self, account: Account):
        self.account = account

    def get_id(self) -> str:
        """The account and the stamp of its sessions."""
        return f"{self.account.id}:{self.account.stamp}"


def visitor(key: str) -> Visitor | None:
    """Who a session belongs to; None where it has ended."""
    name, _, stamp = key.partition(":")
    since, seen = (_moment(session.get(each)) for each in ("since", "seen"))
    if since is None or seen is None or now() - since >= WHOLE or now() - seen >= IDLE:
        return None
    found = console().accounts.of_session(name, stamp)
    return Visitor(found) if found else None


def begin(account: Account, fresh: bool = True) -> None:
    """Begin a session; nothing of the one before is left in it but the language. `fresh`: they have shown just now
    who they are."""
    chosen = session.get("language")
    session.clear()
    session.update(since=now().isoformat(), seen=now().isoformat(), **({"language": chosen} if chosen else {}))
    if fresh:
        prove()
    login_user(Visitor(account))


def prove() -> None:
    """They have shown once more who they are."""
    session["proved"] = now().isoformat()


def is_fresh() -> bool:
    """Whether they have shown just now who they are."""
    proved = _moment(session.get("proved"))
    return proved is not None and proved <= now() < proved + FRESH


def known_from_now_on(account: Account, answer: ResponseReturnValue) -> Response:
    """The answer, after which strangers cannot lock this browser out of the account."""
    response = make_response(answer)
    cookies.remember(response, account.id)
    return response


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
