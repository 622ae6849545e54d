"""The carriers that a line may have, each with keys that only the tests know, and who signs as it does."""

import base64
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ivr import clock
from ivr.carrier.signalwire.signalwire_carrier import SignalWireSigner
from ivr.carrier.telnyx.telnyx_carrier import TelnyxSigner
from ivr.carrier.twilio.twilio_carrier import SharedKeySigner, TwilioSigner
from ivr.carrier.wire import Signer
from ivr.handset.progress import hex_sid
from tests.support.given import ACCOUNT, TOKEN

PROJECT = "11111111-2222-3333-4444-555555555555"
KEY_ID, KEY_SECRET = "webhooks_sharedkey_01hxyz", "a secret that is shared".replace(" ", "-")
TELNYX_KEY = Ed25519PrivateKey.from_private_bytes(b"the private key of the carrier's")
PUBLIC_KEY = base64.b64encode(TELNYX_KEY.public_key().public_bytes_raw()).decode()


def uuid_sid(_kind: str) -> str:
    """A name for a call or a recording, as carriers make them that have no prefixes."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class CarrierCase:
    """A carrier's settings, and a signer that has its keys."""

    environ: dict[str, str]
    signer: Signer
    sid: Callable[[str], str] = field(default=hex_sid)


TWILIO = CarrierCase({"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}, TwilioSigner(TOKEN))
SHARED_KEY = CarrierCase(
    {**TWILIO.environ, "TWILIO_SHARED_KEYS": f"webhooks_sharedkey_older=0123456789abcdef {KEY_ID}={KEY_SECRET}"},
    SharedKeySigner(KEY_ID, KEY_SECRET),
)
SIGNALWIRE = CarrierCase(
    {
        "CARRIER": "signalwire",
        "SIGNALWIRE_SIGNING_KEY": "PSK_0123456789abcdef",
        "SIGNALWIRE_SPACE": "yokohama.signalwire.com",
        "SIGNALWIRE_PROJECT_ID": PROJECT,
        "SIGNALWIRE_API_TOKEN": "PT0123456789abcdef",
    },
    SignalWireSigner("PSK_0123456789abcdef"),
    uuid_sid,
)
TELNYX = CarrierCase(
    {
        "CARRIER": "telnyx",
        "TELNYX_PUBLIC_KEY": PUBLIC_KEY,
        "TELNYX_ACCOUNT_ID": PROJECT,
        "TELNYX_API_KEY": "KEY0123456789abcdef",
        "SPEECH": "carrier",
    },
    TelnyxSigner(TELNYX_KEY, clock.utc_now),
    uuid_sid,
)

CASES = {"twilio": TWILIO, "shared key": SHARED_KEY, "signalwire": SIGNALWIRE, "telnyx": TELNYX}
