"""Signatures over a webhook's address and its form: HMAC of both in one string, in base64.

The string is the full address and then each name and value of the form, sorted by name, without
anything between (https://www.twilio.com/docs/usage/security#validating-requests). Several values of
a name are sorted too, and each counts once.
"""

import base64
import hmac
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

SHA1, SHA256 = "sha1", "sha256"
_USUAL_PORTS = {"http": 80, "https": 443}

Pairs = Iterable[tuple[str, str]]
"""Names and values of a form, in any order."""


def form_signature(secret: str, url: str, form: Mapping[str, str], algorithm: str = SHA1) -> str:
    """The signature of a request."""
    return signature_of(secret, url, form.items(), algorithm).decode()


def signature_of(secret: str, url: str, pairs: Pairs, algorithm: str = SHA1) -> bytes:
    """The signature of a request whose form may have several values of a name."""
    signed = url + "".join([name + value for name, value in sorted(set(pairs))])
    mac = _keyed(secret, algorithm).copy()
    mac.update(signed.encode())
    return base64.b64encode(mac.digest())


@lru_cache(maxsize=8)  # an account has one secret, or two while one follows another; to begin anew takes twice as long
def _keyed(secret: str, algorithm: str) -> hmac.HMAC:
    return hmac.new(secret.encode(), digestmod=algorithm)


def signs_form(secret: str, signature: str, url: str, pairs: Pairs, algorithm: str = SHA1) -> bool:
    """Whether this is the signature of the request. Carriers write the usual port into the address
    that they sign, or leave it out, as it comes; most sign it as it was asked for."""
    given, pairs = signature.encode("utf-8", "replace"), tuple(pairs)

    def signs(spelled: str) -> bool:
        return hmac.compare_digest(signature_of(secret, spelled, pairs, algorithm), given)

    return signs(url) or signs(_otherwise(url))


def _otherwise(url: str) -> str:
    """The address without its port, or with the scheme's usual one where it has none."""
    parts = urlsplit(url)
    if parts.port:
        return url.replace(parts.netloc, parts.netloc.rpartition(":")[0], 1)
    return url.replace(parts.netloc, f"{parts.netloc}:{_USUAL_PORTS.get(parts.scheme, 443)}", 1)
