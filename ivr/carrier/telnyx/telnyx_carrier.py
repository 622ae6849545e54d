"""Telnyx behind the seam: webhooks signed with a key pair, and documents in TeXML.

Ed25519 over the time and the body as it was sent, in two headers
(https://developers.telnyx.com/docs/development/sdk/python/webhooks). The address is not signed and a
GET has no body, so only a POST is taken: an application at Telnyx must be set to POST. What was sent
long ago is refused, since it may be somebody's who overheard it. Our own telephones sign with a key
pair of our own, made from a secret that never leaves this machine.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ivr.carrier.media import ApiMedia, Bearer, NotFetched, got
from ivr.carrier.seam import Carrier, SignedRequest
from ivr.carrier.telnyx.texml import in_texml
from ivr.carrier.wire import fields_of

NAME = "telnyx"
API = "https://api.telnyx.com/v2"
SIGNATURE = "telnyx-signature-ed25519"
TIMESTAMP = "telnyx-timestamp"

OLDEST = timedelta(minutes=5)
"""How far the time of a webhook may be from ours, as in Telnyx's own libraries."""

RECORDING_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
MEDIA_HOSTS = ("telnyx.com", "amazonaws.com")
"""Where Telnyx keeps recordings; nothing else is fetched, whatever its API says."""


@dataclass(frozen=True)
class TelnyxSigner:
    """Signs with a private key. `now` is the signer's clock."""

    key: Ed25519PrivateKey = field(repr=False)
    now: Callable[[], datetime]

    def headers(self, _url: str, _form: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The time and the signature of it and the body."""
        timestamp = str(int(self.now().timestamp()))
        signature = base64.b64encode(self.key.sign(_signed(timestamp, body))).decode()
        return {TIMESTAMP: timestamp, SIGNATURE: signature, "User-Agent": "telnyx-webhooks"}


@dataclass(frozen=True)
class TelnyxMedia(ApiMedia):
    """Recordings at Telnyx, whose API tells where the sound itself is."""

    def tried(self, name: str) -> bytes | None:
        """The recording; None where it is not there yet."""
        about = got(f"{self.address}/{name}{self.about}", name, self.auth)
        return None if about is None else got(_media_url(about, name), name, None)


def telnyx(
    own_secret: str,
    now: Callable[[], datetime],
    public_key: str = "",
    account: str = "",
    api_key: str = "",
) -> Carrier:
    """Telnyx with an account's public key (base64), and its id and API key for recordings.
    `own_secret` makes the key pair of our own telephones, which sign at the time `now`."""
    own = Ed25519PrivateKey.from_private_bytes(sha256(f"telnyx:{own_secret}".encode()).digest())
    theirs = [Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))] if public_key else []
    keys = [*theirs, own.public_key()]

    def authentic(request: SignedRequest, moment: datetime) -> bool:
        timestamp = request.header(TIMESTAMP)
        if request.method != "POST" or not _is_fresh(timestamp, moment):
            return False
        signature, signed = _decoded(request.header(SIGNATURE)), _signed(timestamp, request.body)
        return any(_verified(key, signature, signed) for key in keys)

    return Carrier(
        name=NAME,
        signature_headers=(SIGNATURE,),
        authentic=authentic,
        signer=TelnyxSigner(own, now),
        fields=fields_of,
        media=TelnyxMedia(f"{API}/texml/Accounts/{account}/Recordings", Bearer(api_key), RECORDING_ID),
        dialect=in_texml,
    )


def _signed(timestamp: str, body: bytes) -> bytes:
    return timestamp.encode() + b"|" + body


def _is_fresh(timestamp: str, moment: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12):
        return False
    return abs(moment.timestamp() - int(timestamp)) <= OLDEST.total_seconds()


def _decoded(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except ValueError:
        return b""


def _verified(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _media_url(about: bytes, name: str) -> str:
    """Where the sound is. NotFetched where that is nowhere of Telnyx's."""
    try:
        url = str(json.loads(about)["media_url"])
        parts = urlsplit(url)
        host = parts.hostname or ""
    except (ValueError, LookupError, TypeError) as error:
        raise NotFetched(f"recording {name} has no address") from error
    if parts.scheme != "https" or not any(host == known or host.endswith(f".{known}") for known in MEDIA_HOSTS):
        raise NotFetched(f"recording {name} is kept in a place that is not known")
    return url
