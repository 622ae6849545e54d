"""Passkeys (WebAuthn, Level 2): keys in a telephone, a computer or a stick, which sign for this site alone.

With user verification, a fingerprint or a PIN, one is proof enough by itself; beside a password it need not be. The
browser is handed a challenge, which is signed and good for some minutes, once: nothing is kept of it before it is
answered. Whose passkey it is the answer says, so that no page tells whether anybody has one.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Connection, Row, delete, insert, select, update

from ivr.line.text import one_line, one_width
from ivr.people.refusals import NotFound, Refused
from ivr.people.spent import spend
from ivr.store.tables import passkey as passkey_table

if TYPE_CHECKING:
    from webauthn.authentication.verify_authentication_response import VerifiedAuthentication

LIFE = timedelta(minutes=10)
"""How long a challenge may be answered [own value]: a form may stand open for a while."""

MOST = 20
"""Passkeys of an account [own value]."""

LONGEST_NAME = 100
LONGEST_ANSWER = 20_000
"""Characters of what a browser answers [own value]: 1 to 3 kB as a rule."""

ADD, USE = "add", "use"
"""What a challenge is for."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey of somebody, as its owner called it."""

    id: str
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser sent: its answer (JSON), and the challenge that it was handed."""

    json: str
    challenge: str

    def __bool__(self) -> bool:
        return bool(self.json)


@dataclass(frozen=True, slots=True)
class Site:
    """The site that passkeys are for. `origin`: PUBLIC_URL; `secret`: SECRET_KEY."""

    origin: str
    secret: str

    @property
    def name(self) -> str:
        """By what authenticators know it (the relying party's id)."""
        return urlsplit(self.origin).hostname or ""

    def challenge(self, purpose: str, now: datetime) -> str:
        """A challenge to hand out, for a form."""
        return str(self._signer(purpose).dumps([secrets.token_urlsafe(32), (now + LIFE).isoformat()]))

    def options_to_use(self, challenge: str, verified: bool) -> str:
        """What `navigator.credentials.get` is asked with (JSON). `verified`: it must see a fingerprint or PIN."""
        from webauthn import generate_authentication_options, options_to_json
        from webauthn.helpers.structs import UserVerificationRequirement as Verification

        need = Verification.REQUIRED if verified else Verification.PREFERRED
        challenged = self._read(USE, challenge)[0]
        options = generate_authentication_options(rp_id=self.name, challenge=challenged, user_verification=need)
        return options_to_json(options)

    def options_to_add(self, challenge: str, account: str, login: str, name: str, mine: tuple[str, ...]) -> str:
        """What `navigator.credentials.create` is asked with (JSON); `mine`: ids of passkeys (base64url) that its
        owner has already."""
        from webauthn import base64url_to_bytes, generate_registration_options, options_to_json
        from webauthn.helpers.structs import (
            AuthenticatorSelectionCriteria,
            PublicKeyCredentialDescriptor,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        options = generate_registration_options(
            rp_id=self.name,
            rp_name="My Number line",
            user_name=login,
            user_id=hashlib.sha256(account.encode()).digest(),
            user_display_name=name,
            challenge=self._read(ADD, challenge)[0],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,  # so that none need be named when it is used
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in mine],
        )
        return options_to_json(options)

    def add(self, connection: Connection, account: str, name: str, answer: Answer, now: datetime) -> Passkey:
        """Keep another passkey of the account. Refused where the answer does not fit."""
        from webauthn import verify_registration_response
        from webauthn.helpers.exceptions import WebAuthnException

        called = _called(name)
        if len(of_account(connection, account)) >= MOST:
            raise Refused("You have %(most)s passkeys: remove one first.", most=MOST)
        try:
            challenge = self._spent(connection, ADD, answer, now)
            made = verify_registration_response(
                credential=_parsed(answer.json),
                expected_challenge=challenge,
                expected_rp_id=self.name,
                expected_origin=self.origin,
            )
        except (WebAuthnException, BadSignature, ValueError, KeyError, TypeError) as error:
            raise Refused("This passkey could not be added: try again.") from error
        key = _key(made.credential_id)
        if connection.execute(select(passkey_table.c.id).where(passkey_table.c.id == key)).first():
            raise Refused("This passkey is here already.")
        row: dict[str, object] = {"id": key, "credential": made.credential_id, "public_key": made.credential_public_key}
        row |= {"signatures": made.sign_count, "account": account, "name": called, "made_at": now}
        connection.execute(insert(passkey_table).values(**row))
        return Passkey(key, called, now, None)

    def used(self, connection: Connection, answer: Answer, now: datetime, verified: bool) -> str | None:
        """Whose passkey (the account's id) has answered rightly; None: nobody's. `verified`: only where a
        fingerprint or PIN was seen."""
        from webauthn.helpers.exceptions import WebAuthnException

        try:
            challenge = self._spent(connection, USE, answer, now)
            told = _parsed(answer.json)
            row = _row(connection, told)
            if row is None:
                return None
            seen = self._verified(row, told, challenge, verified)
        except (WebAuthnException, BadSignature, ValueError, KeyError, TypeError):
            return None
        mine = passkey_table.c.id == row.id
        connection.execute(update(passkey_table).where(mine).values(signatures=seen.new_sign_count, used_at=now))
        return str(row.account)

    def _verified(
        self, row: Row[Any], told: dict[str, Any], challenge: bytes, verified: bool
    ) -> "VerifiedAuthentication":
        from webauthn import verify_authentication_response

        return verify_authentication_response(
            credential=told,
            expected_challenge=challenge,
            expected_rp_id=self.name,
            expected_origin=self.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.signatures,
            require_user_verification=verified,
        )

    def _spent(self, connection: Connection, purpose: str, answer: Answer, now: datetime) -> bytes:
        """The challenge, which is used up. BadSignature where it is none, too old, or was used before."""
        challenge, until = self._read(purpose, answer.challenge)
        if not now < until or not spend(connection, answer.challenge, until, now):
            raise BadSignature("used, or too old")
        return challenge

    def _read(self, purpose: str, challenge: str) -> tuple[bytes, datetime]:
        word, until = self._signer(purpose).loads(challenge)
        return base64.urlsafe_b64decode(f"{word}="), datetime.fromisoformat(until)

    def _signer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt=f"a challenge to {purpose} a passkey")


def of_account(connection: Connection, account: str) -> tuple[Passkey, ...]:
    """The passkeys of somebody, the oldest first."""
    mine = select(passkey_table).where(passkey_table.c.account == account).order_by(passkey_table.c.made_at)
    return tuple(Passkey(row.id, row.name, row.made_at, row.used_at) for row in connection.execute(mine))


def ids_of(connection: Connection, account: str) -> tuple[str, ...]:
    """By what authenticators know the passkeys of somebody (base64url)."""
    mine = select(passkey_table.c.credential).where(passkey_table.c.account == account)
    found = connection.execute(mine).scalars()
    return tuple(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in found)


def remove(connection: Connection, account: str, key: str) -> str:
    """Let a passkey of the account go: its name. NotFound."""
    mine = (passkey_table.c.id == key) & (passkey_table.c.account == account)
    name = connection.execute(select(passkey_table.c.name).where(mine)).scalar()
    if name is None:
        raise NotFound("There is no such passkey.")
    connection.execute(delete(passkey_table).where(mine))
    return str(name)


def forget(connection: Connection, account: str) -> None:
    """Void all passkeys of the account."""
    connection.execute(delete(passkey_table).where(passkey_table.c.account == account))


def _row(connection: Connection, told: Mapping[str, Any]) -> Row[Any] | None:
    from webauthn import base64url_to_bytes

    key = _key(base64url_to_bytes(str(told["rawId"])))
    return connection.execute(select(passkey_table).where(passkey_table.c.id == key)).first()


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_ANSWER:
        raise ValueError("longer than any answer")
    told = json.loads(text)
    if not isinstance(told, dict):
        raise ValueError("no answer")
    return told


def _key(credential: bytes) -> str:
    """By what a passkey is found: its own id may have 1023 bytes."""
    return hashlib.sha256(credential).hexdigest()


def _called(name: str) -> str:
    tidied = one_line(one_width(name))
    if not tidied:
        raise Refused("Give the passkey a name, such as the device that it is in.")
    if len(tidied) > LONGEST_NAME:
        raise Refused("A name has at most %(most)s characters.", most=LONGEST_NAME)
    return tidied
