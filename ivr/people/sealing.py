"""Secrets of second factors, sealed with a key that is made from SECRET_KEY.

They have to be read again to check a code, so that a hash does not do; sealed, a copy of the
database alone opens no account. The key is derived by HKDF (RFC 5869) for this purpose alone.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_MARK = "sealed:"  # what was kept before there were seals is base32, which has no colon
_PURPOSE = b"second factors of staff, 1"


class Unreadable(Exception):
    """It was sealed with another SECRET_KEY, or is no seal of ours."""


class Seals:
    """Seals and opens. Who has the same SECRET_KEY can open what another one has sealed for the same `purpose`."""

    def __init__(self, secret: str, purpose: bytes = _PURPOSE):
        key = HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret.encode("utf-8", "surrogateescape"))
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, text: str) -> str:
        """The text, so that only `open` can read it."""
        return _MARK + self._fernet.encrypt(text.encode()).decode()

    def open(self, kept: str) -> str:
        """What was sealed. Unreadable."""
        try:
            return self._fernet.decrypt(kept.removeprefix(_MARK).encode("ascii")).decode()
        except (InvalidToken, ValueError) as error:
            raise Unreadable from error


def is_sealed(kept: str) -> bool:
    """Whether it is a seal, and no secret from before there were any."""
    return kept.startswith(_MARK)
