"""Browsers that staff have signed in with: a signed cookie says so, and lives longer than a session.

It opens nothing by itself. It only lets a browser try to sign in where strangers have tried too
often, and names no one: it holds ids of accounts and times.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from flask import Response, request
from itsdangerous import BadSignature, URLSafeSerializer

from ivr.pages.visitors import visitor
from ivr.staff.attempts import KNOWN, Origin

COOKIE = "staff-browser"

_MOST = 8  # accounts that share a browser; those that signed in last stay known


def origin(secret: str) -> Origin:
    """Where this request comes from."""
    browser, accounts = _read(secret)
    return Origin(visitor(), browser, MappingProxyType(accounts))


def counted_as(secret: str) -> str:
    """Whom the limiter of requests counts this one under: a browser that is known by itself, so
    that neighbours at its address cannot use up its tries."""
    browser, accounts = _read(secret)
    return f"browser {browser}" if accounts else visitor()


def remember(response: Response, secret: str, account: str, now: datetime, https: bool) -> None:
    """Let this browser be known to the account from now on."""
    browser, accounts = _read(secret)
    accounts = {**{each: at for each, at in accounts.items() if each != account}, account: now}
    told = {each: at.isoformat() for each, at in list(accounts.items())[-_MOST:]}
    response.set_cookie(
        COOKIE,
        _signer(secret).dumps({"browser": browser or secrets.token_hex(16), "accounts": told}),
        max_age=KNOWN,
        path="/staff",
        secure=https,
        httponly=True,
        samesite="Lax",
    )


def _read(secret: str) -> tuple[str, dict[str, datetime]]:
    """The browser's id and the accounts that it knows, the latest last; nothing where the cookie
    is none of ours."""
    try:
        told = _signer(secret).loads(request.cookies.get(COOKIE, ""))
        return str(told["browser"]), _moments(told["accounts"])
    except (BadSignature, KeyError, TypeError, ValueError, AttributeError):
        return "", {}


def _moments(told: Mapping[str, str]) -> dict[str, datetime]:
    return {account: datetime.fromisoformat(at) for account, at in told.items()}


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="a browser that staff know")
