"""SignalWire behind the seam: the same verbs and fields, a signing key, and a space of one's own.

Webhooks are signed with the project's signing key, which is not its API token
(https://developer.signalwire.com/guides/webhook-security): those of cXML as TwiML's are, those of
other kinds over address and body. The header has a name of its own; the one of TwiML is still sent
to applications that came from there. Names of calls and recordings are UUIDs.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ivr.carrier.form_signature import form_signature, signs_form
from ivr.carrier.media import ApiMedia
from ivr.carrier.seam import Carrier, SignedRequest
from ivr.carrier.wire import fields_of

NAME = "signalwire"
SIGNATURE = "X-SignalWire-Signature"
FORMER_SIGNATURE = "X-Twilio-Signature"

RECORDING_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class SignalWireSigner:
    """Signs with a project's signing key."""

    key: str = field(repr=False)

    def headers(self, url: str, form: Mapping[str, str], _body: bytes) -> dict[str, str]:
        """The signature."""
        return {SIGNATURE: form_signature(self.key, url, form), "User-Agent": "SignalWire"}


def signalwire(signing_key: str, space: str = "", project: str = "", api_token: str = "") -> Carrier:
    """SignalWire with a project's signing key, and with its space (the host), id and API token for
    recordings."""

    def authentic(request: SignedRequest, _now: datetime) -> bool:
        signature = request.header(SIGNATURE) or request.header(FORMER_SIGNATURE)
        by_form = signs_form(signing_key, signature, request.url, request.pairs)
        return _signs_body(signing_key, signature, request) or by_form

    return Carrier(
        name=NAME,
        signature_headers=(SIGNATURE.lower(), FORMER_SIGNATURE.lower()),
        authentic=authentic,
        signer=SignalWireSigner(signing_key),
        fields=fields_of,
        media=ApiMedia(
            f"https://{space}/api/laml/2010-04-01/Accounts/{project}/Recordings", (project, api_token), RECORDING_ID
        ),
        dialect=in_cxml,
    )


def _signs_body(key: str, signature: str, request: SignedRequest) -> bool:
    expected = hmac.digest(key.encode(), request.url.encode() + request.body, "sha1").hex()
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def in_cxml(document: str) -> str:
    """TwiML as cXML: voices of Google have another prefix ("Say": "by prefixing them with gcloud.")."""
    return document.replace(' voice="Google.', ' voice="gcloud.')
