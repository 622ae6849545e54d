"""From a webhook's form to what was heard. What is not needed for that is dropped here."""

from collections.abc import Mapping

from flask import Request

from ivr.call.acts import DialEnded, Heard, Key, NoInput, NumberGiven, Words
from ivr.carrier import addresses
from ivr.carrier.handset import BUILT_IN_ACCOUNT
from ivr.carrier.privacy import has_number
from ivr.line import numbers

_KEYPAD = frozenset("0123456789*#")
_LONGEST_SPEECH = 200

_ANSWERED = ("completed", "answered")
"""DialCallStatus of a desk that was talked to; the others are busy, no-answer, failed and canceled
(https://www.twilio.com/docs/voice/twiml/dial#dialcallstatus). What it says beside these is a
transfer that failed, so that the caller is offered the desk again."""


def given(request: Request) -> Mapping[str, str]:
    """What the carrier tells: in the body of a POST, in the address of a GET."""
    return request.form if request.method == "POST" else request.args


def heard(event: str, form: Mapping[str, str]) -> Heard:
    """What the caller or the carrier did. Anything odd is words that were not understood."""
    if event == addresses.SILENCE:
        return NoInput()
    if event == addresses.DIALLED:
        status = form.get("DialCallStatus", "").strip().lower().replace("-", "_")
        return DialEnded("completed" if status in _ANSWERED else status)
    digits, speech = form.get("Digits", ""), form.get("SpeechResult", "")
    if has_number(digits) or has_number(speech):
        return NumberGiven()
    if digits in _KEYPAD and digits:
        return Key(digits)
    return Words(speech[:_LONGEST_SPEECH])


def built_in(form: Mapping[str, str]) -> bool:
    """Whether a telephone of our own rings: visitors trying the line, or staff. The signature
    covers it, so that nobody else says so."""
    return form.get("AccountSid") == BUILT_IN_ACCOUNT


def line_number(form: Mapping[str, str]) -> str | None:
    """The number that was rung, which is the line's own and shown to the desks as the caller."""
    return numbers.international(form.get("To", ""))
