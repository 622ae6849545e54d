"""The cookie of a browser that staff have signed in with: it lives longer than a session."""

from flask import Response, request

from ivr.pages.visitors import visitor
from ivr.people.attempts import KNOWN, Origin
from ivr.people.browsers import Browser, browser_of, signed
from ivr.staff.context import console, now

BROWSER_COOKIE = "staff-browser"


def origin() -> Origin:
    """Where this request comes from."""
    browser = _browser()
    return Origin(visitor(), browser.id, browser.accounts)


def counted_as() -> str:
    """Whom the limiter of requests counts this one under: a browser that is known by itself, so
    that neighbours at its address cannot use up its tries."""
    browser = _browser()
    return f"browser {browser.id}" if browser.accounts else visitor()


def remember(response: Response, account: str) -> None:
    """Let this browser be known to the account from now on."""
    response.set_cookie(
        BROWSER_COOKIE,
        signed(_browser().knowing(account, now()), console().secret),
        max_age=KNOWN,
        path="/staff",
        secure=console().https,
        httponly=True,
        samesite="Lax",
    )


def _browser() -> Browser:
    return browser_of(request.cookies.get(BROWSER_COOKIE, ""), console().secret)
