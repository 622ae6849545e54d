"""Browsers that staff have signed in with: a signed text that the browser keeps says so.

It opens nothing by itself. It only lets a browser try to sign in where strangers have tried too
often, and names no one: it holds ids of accounts and times.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from itsdangerous import BadSignature, URLSafeSerializer

_MOST = 8  # accounts that share a browser; those that signed in last stay known


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser by an id of its own ("": it has none yet), and the accounts that signed in with it,
    the latest last, and when (id -> aware)."""

    id: str = ""
    accounts: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))

    def knowing(self, account: str, now: datetime) -> "Browser":
        """The same browser once that account has signed in with it."""
        accounts = {**{each: at for each, at in self.accounts.items() if each != account}, account: now}
        return Browser(self.id or secrets.token_hex(16), dict(list(accounts.items())[-_MOST:]))


def signed(browser: Browser, secret: str) -> str:
    """What the browser keeps. `secret`: SECRET_KEY."""
    accounts = {account: at.isoformat() for account, at in browser.accounts.items()}
    return str(_signer(secret).dumps({"browser": browser.id, "accounts": accounts}))


def browser_of(kept: str, secret: str) -> Browser:
    """The browser that has kept this; one that nobody knows where it is none of ours."""
    try:
        told = _signer(secret).loads(kept)
        moments = {account: datetime.fromisoformat(at) for account, at in told["accounts"].items()}
        return Browser(str(told["browser"]), MappingProxyType(moments))
    except (BadSignature, KeyError, TypeError, ValueError, AttributeError):
        return Browser()


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="a browser that staff know")
