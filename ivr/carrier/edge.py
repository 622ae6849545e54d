"""From a webhook's form to what was heard. What is not needed for that is dropped here."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Request

from ivr.call.acts import DialEnded, Heard, Key, NoInput, NumberGiven, Ring, Words
from ivr.carrier import addresses
from ivr.carrier.privacy import MY_NUMBER_DIGITS, digits_told, most_digits
from ivr.carrier.wire import KEYS, CarrierFields
from ivr.line import numbers

FIELDS = "ivr.fields"
"""The WSGI environ key of what the carrier tells. Only who has found the signature right puts it there, and no
client can: its headers arrive as HTTP_..., and as text."""

LONGEST_SPEECH = 200
"""Letters of what is said at once that are listened to [own value]."""

_ANSWERED = ("completed", "answered")
"""DialCallStatus of a desk that was talked to; the others are busy, no-answer, failed and canceled
(https://www.twilio.com/docs/voice/twiml/dial#dialcallstatus). What it says beside these is a
transfer that failed, so that the caller is offered the desk again."""


def fields(request: Request) -> CarrierFields:
    """What the carrier tells in a webhook, whose signature was found right."""
    told: CarrierFields = request.environ[FIELDS]
    return told


def target(environ: Mapping[str, Any]) -> str:
    """Path and query of a request (WSGI's environ) as they were sent, percent signs and all."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if isinstance(raw, str) and raw.startswith("/"):
        return raw
    path = quote(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""), safe="/%~-._", encoding="latin-1")
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def heard(event: str, told: CarrierFields) -> Heard:  # noqa: PLR0911
    """What the caller or the carrier did. Anything odd is words that were not understood; nothing at
    all is silence, of which some carriers tell where others go on by themselves."""
    if event == addresses.RING:
        return Ring()
    if event == addresses.SILENCE:
        return NoInput()
    if event == addresses.DIALLED:
        status = told.transfer.strip().lower().replace("-", "_")
        return DialEnded("completed" if status in _ANSWERED else status)
    digits, speech = told.digits, told.speech
    if not digits and not speech:
        return NoInput()
    if len(digits) == 1 and digits in KEYS:
        return Key(digits)
    keyed, said = most_digits(digits), most_digits(speech)
    if keyed or said >= MY_NUMBER_DIGITS:
        return NumberGiven(max(keyed, said))
    return Words(speech[:LONGEST_SPEECH], digits_told(speech))


def line_number(told: CarrierFields) -> str | None:
    """The number that was rung, which is the line's own and shown to the desks as the caller."""
    return numbers.international(told.called)
