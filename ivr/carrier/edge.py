"""From a webhook's form to what was heard. What is not needed for that is dropped here."""

import re
from collections.abc import Mapping

from ivr.call.acts import DialEnded, Heard, Key, NoInput, NumberGiven, Words
from ivr.carrier import addresses
from ivr.carrier.privacy import has_number

_KEYPAD = frozenset("0123456789*#")
_LONGEST_SPEECH = 200
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def heard(event: str, form: Mapping[str, str]) -> Heard:
    """What the caller or the carrier did. Anything odd is words that were not understood."""
    if event == addresses.SILENCE:
        return NoInput()
    if event == addresses.DIALLED:
        return DialEnded(form.get("DialCallStatus", "").strip().lower().replace("-", "_"))
    digits, speech = form.get("Digits", ""), form.get("SpeechResult", "")
    if has_number(digits) or has_number(speech):
        return NumberGiven()
    if digits in _KEYPAD and digits:
        return Key(digits)
    return Words(speech[:_LONGEST_SPEECH])


def line_number(form: Mapping[str, str]) -> str | None:
    """The number that was rung, which is the line's own and shown to the desks as the caller."""
    number = form.get("To", "")
    return number if _E164.fullmatch(number) else None
