"""An authenticator in software: it makes passkeys and signs with them, as a telephone or a stick would (WebAuthn,
Level 2, 6). For tests that need no browser; a browser's own is in tests/people/test_passkeys_browser.py."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """It has one passkey. `origin`: the site that its browser is at; `verifies`: it sees a finger or a PIN; `count`:
    how often it has signed."""

    origin: str = "http://localhost"
    verifies: bool = True
    count: int = 0
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str) -> str:
        """What `navigator.credentials.create` answers."""
        told = json.loads(options)
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + public
        data = self._data(told["rp"]["id"], ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        seen = self._seen("webauthn.create", told["challenge"])
        return self._answer(clientDataJSON=seen, attestationObject=attestation)

    def get(self, options: str) -> str:
        """What `navigator.credentials.get` answers."""
        told = json.loads(options)
        self.count += 1
        data, seen = self._data(told["rpId"]), self._seen("webauthn.get", told["challenge"])
        signature = self.key.sign(data + hashlib.sha256(seen).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=seen, authenticatorData=data, signature=signature)

    def _data(self, site: str, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _seen(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **response: bytes) -> str:
        told: dict[str, Any] = {name: text(each) for name, each in response.items()}
        mine = text(self.credential)
        return json.dumps({"id": mine, "rawId": mine, "type": "public-key", "response": told})


def text(content: bytes) -> str:
    """Bytes as browsers write them (base64url)."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def content(words: str) -> bytes:
    """And back."""
    return urlsafe_b64decode(words + "=" * (-len(words) % 4))
