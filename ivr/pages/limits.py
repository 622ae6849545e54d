"""How often one address may ask: the counter, and what happens where it does not answer.

A counter that is gone stops nobody: each process then counts for itself until it is back. Calls
are never counted, nor made to wait for it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app
from flask_limiter import Limiter

from ivr.pages.visitors import visitor

PATIENCE = 0.5
"""Seconds that a page waits for the counter, once [own value]: it stands near, or is gone."""


P = ParamSpec("P")
R = TypeVar("R")

_RATES: dict[Callable[..., Any], tuple[str, Callable[[], str]]] = {}
"""The views that may be asked for at a rate only, and whom each is counted for."""


def limited(rate: str, key: Callable[[], str] = visitor) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A view that each `key` may ask for at this rate only (as the `limits` package writes rates), in
    whichever application: each has a count of its own. RateLimitExceeded."""

    def counting(view: Callable[P, R]) -> Callable[P, R]:
        _RATES[view] = (rate, key)

        @wraps(view)
        def counted(*args: P.args, **kwargs: P.kwargs) -> R:
            found: Callable[P, R] = current_app.extensions["ivr.limited"][view]
            return found(*args, **kwargs)

        return counted

    return counting


def install(app: Flask, counter: str) -> None:
    """Count the requests of an application at `counter` (a URI of the `limits` package); all views
    are known by then."""
    limiter = Limiter(
        visitor,
        storage_uri=counter,
        storage_options=_options(counter),
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    # Told to be there already, it adds no hooks to the application, which would run in every call:
    # they serve limits of all pages and headers, which there are none of.
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)
    app.extensions["ivr.limited"] = {
        view: limiter.limit(rate, key_func=key)(view) for view, (rate, key) in _RATES.items()
    }


def _options(counter: str) -> dict[str, Any]:
    if urlsplit(counter).scheme == "memory":
        return {}
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}
