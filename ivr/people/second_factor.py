"""The second factor: codes of an authenticator app (TOTP, RFC 6238), new every half minute."""

import hmac
import re
from datetime import datetime

from pyotp import TOTP, random_base32

from ivr.line.text import folded

ISSUER = "My Number telephone line"

NOBODYS = random_base32()
"""A secret to look at where there is no account."""

_STEP = 30  # seconds that a code stands for
_DIGITS = re.compile("[0-9]{6}")
_BETWEEN = re.compile(r"[-~〜\s]")


def address_of(secret: str, login: str) -> str:
    """The address (otpauth:) that sets a second factor up in an app."""
    return TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Which half minute a code stands for: this one, the one before or after; None: it is wrong. It
    may be typed in full width, with blanks and hyphens between its digits."""
    given = _BETWEEN.sub("", folded(code))
    if not _DIGITS.fullmatch(given):
        given = ""
    current = int(now.timestamp()) // _STEP
    totp = TOTP(secret)
    fitting = [
        step
        for step in (current, current - 1, current + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), given.encode())
    ]
    return fitting[0] if fitting else None
