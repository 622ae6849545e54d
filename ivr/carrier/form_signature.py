"""Signatures over a webhook's address and its form: HMAC of both in one string, in base64.

The string is the full address and then each name and value of the form, sorted by name, without
anything between (https://www.twilio.com/docs/usage/security#validating-requests).
"""

import base64
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

SHA1, SHA256 = "sha1", "sha256"
_USUAL_PORTS = {"http": 80, "https": 443}


def form_signature(secret: str, url: str, form: Mapping[str, Any], algorithm: str = SHA1) -> str:
    """The signature of a request."""
    pairs = "".join(name + value for name in sorted(form) for value in _values(form, name))
    return _base64(hmac.digest(secret.encode(), (url + pairs).encode(), algorithm))


def signs_form(secret: str, signature: str, url: str, form: Mapping[str, Any], algorithm: str = SHA1) -> bool:
    """Whether this is the signature of the request. Carriers write the usual port into the address
    that they sign, or leave it out, as it comes."""
    given = signature.encode("utf-8", "replace")
    found = [
        hmac.compare_digest(form_signature(secret, each, form, algorithm).encode(), given) for each in _spellings(url)
    ]
    return any(found)


def _values(form: Mapping[str, Any], name: str) -> list[str]:
    """The values of a name, each once."""
    several = getattr(form, "getlist", None)
    return sorted(set(several(name))) if several else [form[name]]


def _spellings(url: str) -> tuple[str, str]:
    """The address without a port and with one, the scheme's usual where it has none."""
    parts = urlsplit(url)
    if parts.port:
        return url.replace(parts.netloc, parts.netloc.rpartition(":")[0], 1), url
    return url, url.replace(parts.netloc, f"{parts.netloc}:{_USUAL_PORTS.get(parts.scheme, 443)}", 1)


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
