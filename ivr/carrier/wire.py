"""The wire format that TwiML-speaking carriers share: what a webhook's form says, and by which names.

The line reads it and the telephones of our own write it; neither knows more of the other. What a
carrier does otherwise is in its own folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

KEYS = "0123456789*#"
"""What a telephone can key."""

OUTCOMES = ("completed", "busy", "no-answer", "failed", "canceled")
"""How a transfer can end (https://www.twilio.com/docs/voice/twiml/dial#dialcallstatus)."""

HANGUP = "hangup"
"""What stands for a key where the caller hung up while recording."""

CALL, ACCOUNT, CALLED, CALL_STATUS, DURATION = "CallSid", "AccountSid", "To", "CallStatus", "CallDuration"
DIGITS, SPEECH, RECORDING = "Digits", "SpeechResult", "RecordingSid"
DIAL_STATUS, DIAL_DURATION = "DialCallStatus", "DialCallDuration"
"""Names of the fields that the line reads. Status and duration of a call have the same ones at all three carriers:
https://www.twilio.com/docs/voice/api/call-resource#statuscallback,
https://developer.signalwire.com/compatibility-api/guides/signalwire-status-callbacks/inbound-calls-status-callbacks,
https://developers.telnyx.com/docs/voice/programmable-voice/texml-verbs/hangup."""

BUILT_IN_NUMBER = "+815000000000"
"""What our own telephones ring where the line has no number yet."""

BUILT_IN_ACCOUNT = "AC" + b"built-in handset".hex()
"""By which the line knows our own telephones: they are no callers."""


class Signer(Protocol):
    """Signs requests to the line as a carrier does."""

    def headers(self, url: str, form: Mapping[str, str], body: bytes) -> dict[str, str]:
        """All that the carrier puts into the head of a request: its signature of the full public
        address, and of the form, which is `body` as it is sent (both empty for a GET)."""


@dataclass(frozen=True, slots=True)
class CarrierFields:
    """What a webhook tells that the line needs, each "" where it was not told. Nothing else is kept:
    not who rings. `digits` is what was keyed, `transfer` how a transfer ended and `talked` how many seconds it
    lasted, `recording` the carrier's name for one; `status` is how it is with the call, and `duration` how many
    seconds it took. `address` is what was asked, which a carrier asks again where it had no answer."""

    call: str = ""
    account: str = ""
    called: str = ""
    digits: str = ""
    speech: str = ""
    transfer: str = ""
    talked: str = ""
    recording: str = ""
    status: str = ""
    duration: str = ""
    address: str = ""

    @property
    def built_in(self) -> bool:
        """Whether a telephone of our own rings: visitors trying the line, or staff. The signature
        covers it, so that nobody else says so."""
        return self.account == BUILT_IN_ACCOUNT

    @property
    def hung_up(self) -> bool:
        """Whether the caller hung up while recording."""
        return self.digits == HANGUP


def fields_of(form: Mapping[str, str], address: str = "") -> CarrierFields:
    """The fields of a webhook to an address, by the names that TwiML gave them and others kept."""
    return CarrierFields(
        call=form.get(CALL, ""),
        account=form.get(ACCOUNT, ""),
        called=form.get(CALLED, ""),
        digits=form.get(DIGITS, ""),
        speech=form.get(SPEECH, ""),
        transfer=form.get(DIAL_STATUS, ""),
        talked=form.get(DIAL_DURATION, ""),
        recording=form.get(RECORDING, ""),
        status=form.get(CALL_STATUS, ""),
        duration=form.get(DURATION, ""),
        address=address,
    )
