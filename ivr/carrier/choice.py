"""The carriers that there are, by the names that CARRIER may have."""

from collections.abc import Callable

from ivr import clock
from ivr.carrier.account import CarrierAccount
from ivr.carrier.seam import Carrier
from ivr.carrier.signalwire.signalwire_carrier import signalwire
from ivr.carrier.telnyx.telnyx_carrier import telnyx
from ivr.carrier.twilio.twilio_carrier import twilio


def _twilio(account: CarrierAccount, own_secret: str) -> Carrier:
    return twilio(account.signing_key or own_secret, account.account, dict(account.shared_keys))


def _signalwire(account: CarrierAccount, own_secret: str) -> Carrier:
    return signalwire(account.signing_key or own_secret, account.space, account.account, account.api_key)


def _telnyx(account: CarrierAccount, own_secret: str) -> Carrier:
    return telnyx(own_secret, clock.utc_now, account.signing_key, account.account, account.api_key)


CARRIERS: dict[str, Callable[[CarrierAccount, str], Carrier]] = {
    "twilio": _twilio,
    "signalwire": _signalwire,
    "telnyx": _telnyx,
}


def carrier_of(account: CarrierAccount, own_secret: str) -> Carrier:
    """The carrier of this account. `own_secret` signs for our own telephones where the carrier's key
    cannot, or is not set."""
    return CARRIERS[account.name](account, own_secret)
