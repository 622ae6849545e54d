"""The cookie of a browser that staff have signed in with: it lives longer than a session."""

from datetime import datetime

from flask import Response, request

from ivr.pages.visitors import visitor
from ivr.people.attempts import KNOWN, Origin
from ivr.people.browsers import Browser, browser_of, signed

BROWSER_COOKIE = "staff-browser"


def origin(secret: str) -> Origin:
    """Where this request comes from."""
    browser = _browser(secret)
    return Origin(visitor(), browser.id, browser.accounts)


def counted_as(secret: str) -> str:
    """Whom the limiter of requests counts this one under: a browser that is known by itself, so
    that neighbours at its address cannot use up its tries."""
    browser = _browser(secret)
    return f"browser {browser.id}" if browser.accounts else visitor()


def remember(response: Response, secret: str, account: str, now: datetime, https: bool) -> None:
    """Let this browser be known to the account from now on."""
    response.set_cookie(
        BROWSER_COOKIE,
        signed(_browser(secret).knowing(account, now), secret),
        max_age=KNOWN,
        path="/staff",
        secure=https,
        httponly=True,
        samesite="Lax",
    )


def _browser(secret: str) -> Browser:
    return browser_of(request.cookies.get(BROWSER_COOKIE, ""), secret)
