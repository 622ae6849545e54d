"""How often one address may ask: the counter, and what happens where it does not answer.

A counter that is gone stops nobody: each process then counts for itself until it is back. Calls
are never counted, nor made to wait for it.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, request
from flask_limiter import Limiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from ivr.pages.visitors import visitor

PATIENCE = 0.5
"""Seconds that a page waits for the counter, once [own value]: it stands near, or is gone."""


def limiter(app: Flask, counter: str) -> Limiter:
    """The limiter of all requests, which counts at `counter` (a URI of the `limits` package)."""
    limits = Limiter(
        visitor,
        app=app,
        storage_uri=counter,
        storage_options=_options(counter),
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    limits.request_filter(_is_a_call)
    return limits


def _options(counter: str) -> dict[str, Any]:
    if urlsplit(counter).scheme == "memory":
        return {}
    return {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}


def _is_a_call() -> bool:
    return request.path == "/voice" or request.path.startswith("/voice/")
