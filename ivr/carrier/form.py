"""The form of a webhook, read from its body once: for the signature, and for what the line needs."""

from urllib.parse import unquote

import werkzeug.urls  # noqa: F401 (registers how what is no UTF-8 is decoded)

FORM_TYPE = "application/x-www-form-urlencoded"
"""The only kind of form that carriers send."""

_AS_SENT = "werkzeug.url_quote"
"""Bytes that are no UTF-8 stay in percent signs, as Werkzeug's own forms have them."""


def pairs_of(content_type: str, body: bytes) -> tuple[tuple[str, str], ...]:
    """Names and values, in the order in which they were sent; none where the body is no form, or no UTF-8."""
    if content_type.partition(";")[0].strip().lower() != FORM_TYPE:
        return ()
    try:
        return pairs_in(body.decode())
    except UnicodeDecodeError:
        return ()


def pairs_in(query: str) -> tuple[tuple[str, str], ...]:
    """The same of the query of an address."""
    found = []
    for pair in query.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            encoded = "%" in pair or "+" in pair
            found.append((_plain(name), _plain(value)) if encoded else (name, value))
    return tuple(found)


def _plain(text: str) -> str:
    return unquote(text.replace("+", " "), errors=_AS_SENT)
