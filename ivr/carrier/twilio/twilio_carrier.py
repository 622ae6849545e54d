"""Twilio behind the seam.

Webhooks are signed with the account's auth token (HMAC-SHA1,
https://www.twilio.com/docs/usage/security#validating-requests), or, where a rule says so, with a
SharedKey: then a second header names the key and the algorithm, and only the hash is another
(https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys, a public beta of 2026-09). Who names
a key is held to it. Several keys can be known at a time, so that one can follow another without a
call being refused.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ivr.carrier.form_signature import SHA1, SHA256, form_signature, signs_form
from ivr.carrier.media import ApiMedia
from ivr.carrier.seam import Carrier, SignedRequest
from ivr.carrier.wire import fields_of

NAME = "twilio"
API = "https://api.twilio.com"
SIGNATURE = "X-Twilio-Signature"
SIGNED_HOW = "X-Twilio-Webhooks-Signature-Settings"
ALGORITHMS = {"HMAC_SHA1": SHA1, "HMAC_SHA256": SHA256}

RECORDING_SID = re.compile(r"RE[0-9a-fA-F]{32}")


@dataclass(frozen=True)
class TwilioSigner:
    """Signs with an account's auth token."""

    token: str = field(repr=False)

    def headers(self, url: str, form: Mapping[str, str], _body: bytes) -> dict[str, str]:
        """The signature, and a token that only a retry would repeat."""
        return {SIGNATURE: form_signature(self.token, url, form), **_usual()}


@dataclass(frozen=True)
class SharedKeySigner:
    """Signs with a SharedKey, by its id and secret."""

    key: str
    secret: str = field(repr=False)
    algorithm: str = "HMAC_SHA256"

    def headers(self, url: str, form: Mapping[str, str], _body: bytes) -> dict[str, str]:
        """The signature, and which key and algorithm it is of."""
        return {
            SIGNATURE: form_signature(self.secret, url, form, ALGORITHMS[self.algorithm]),
            SIGNED_HOW: f"key={self.key},algorithm={self.algorithm}",
            **_usual(),
        }


def twilio(token: str, account: str = "", shared_keys: Mapping[str, str] | None = None) -> Carrier:
    """Twilio with an account's SID and auth token, and secrets of SharedKeys by their ids."""
    known = dict(shared_keys or {})

    def authentic(request: SignedRequest, _now: datetime) -> bool:
        secret, algorithm = _signed_with(request.header(SIGNED_HOW), token, known)
        signature = request.header(SIGNATURE)
        return bool(secret and algorithm) and signs_form(secret, signature, request.url, request.pairs, algorithm)

    return Carrier(
        name=NAME,
        signature_headers=(SIGNATURE.lower(),),
        authentic=authentic,
        signer=TwilioSigner(token),
        fields=fields_of,
        media=ApiMedia(f"{API}/2010-04-01/Accounts/{account}/Recordings", (account, token), RECORDING_SID),
    )


def _signed_with(told: str, token: str, known: Mapping[str, str]) -> tuple[str, str]:
    """The secret and algorithm that a request says it was signed with; "" for what is not known."""
    if not told:
        return token, SHA1
    parts = dict(part.strip().partition("=")[::2] for part in told.split(","))
    return known.get(parts.get("key", ""), ""), ALGORITHMS.get(parts.get("algorithm", "").upper(), "")


def _usual() -> dict[str, str]:
    return {"I-Twilio-Idempotency-Token": str(uuid.uuid4()), "User-Agent": "TwilioProxy/1.1"}
