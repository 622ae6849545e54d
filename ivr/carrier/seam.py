"""What differs between carriers, as one value: whoever speaks TwiML is one more folder here.

Common to all is the wire format (`ivr.carrier.wire`) and the documents that `ivr.carrier.twiml`
writes. No carrier is asked to do anything to a call but by the documents that answer its webhooks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.carrier.media import RecordedMedia
from ivr.carrier.wire import CarrierFields, Signer


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A webhook, as far as it is signed. `url` is its full public address, as it was sent, on the one
    configured origin: what forwarded headers claim is the sender's word. `header` finds one by its
    name, "" where there is none; `pairs` are the names and values that the `body` holds where it is a form."""

    method: str
    url: str
    header: Callable[[str], str]
    pairs: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier with this line's account.

    A request without one of `signature_headers` (small letters) is refused unread. `authentic` tells,
    in constant time, whether a webhook is the carrier's own, at a time (aware); `signer` signs as the
    carrier does, for our own telephones. `fields` reads a webhook's form at an address, `dialect` puts a document
    into words that the carrier knows, None where it knows TwiML's. `media` are the account's
    recordings, and `longest_static` the characters of a document that the carrier keeps for itself.
    """

    name: str
    signature_headers: tuple[str, ...]
    authentic: Callable[[SignedRequest, datetime], bool]
    signer: Signer
    fields: Callable[[Mapping[str, str], str], CarrierFields]
    media: RecordedMedia
    dialect: Callable[[str], str] | None = None
    longest_static: int = 4000

    def written(self, document: str) -> str:
        """A document in the carrier's dialect."""
        return self.dialect(document) if self.dialect else document
