"""Who may sign in: passwords kept as argon2 hashes, a second factor by TOTP, lock-out.

A try is counted before it is looked at, so that guesses made at once count too; a code of the
second factor is good once. Whatever is wrong is answered alike. Somebody who can look after the
accounts is always left. Acts with `by` None come from the terminal of the machine: they are
noted under the account itself.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pyotp import TOTP, random_base32
from sqlalchemy import Connection, Row, insert, select, update

from ivr.editions.library import note
from ivr.editions.people import NotFound, Person, Refused, Role, require
from ivr.store.database import Database
from ivr.store.tables import account as account_table

TRIES = 5
"""Wrong tries after which an account is locked for LOCKED [own values]."""

LOCKED = timedelta(minutes=15)

SHORTEST, LONGEST = 12, 200
"""Characters of a password: long rather than full of signs (NIST SP 800-63B)."""

LONGEST_NAME = 200

ISSUER = "My Number telephone line"

_STEP = 30  # seconds that a code of the second factor stands for
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. `stamp` changes when their sessions are to end."""

    id: str
    login: str
    name: str
    roles: frozenset[Role]
    stamp: str
    locked_until: datetime | None
    stopped_at: datetime | None

    @property
    def person(self) -> Person:
        """Who acts."""
        return Person(self.id, self.name, self.roles)


class Accounts:
    """All accounts."""

    def __init__(self, database: Database):
        self.database = database

    def add(
        self,
        login: str,
        name: str,
        roles: Iterable[Role],
        password: str,
        now: datetime,
        by: Person | None = None,
    ) -> tuple[Account, str]:
        """A new account, and the address that sets its second factor up: show it once, to its
        owner, and write it nowhere."""
        _may(by)
        if not _LOGIN.fullmatch(login):
            raise Refused("A sign-in name has 2 to 64 of the characters a to z, 0 to 9, dot, hyphen, _ and @.")
        secret = random_base32()
        row = {
            "id": secrets.token_hex(8),
            "login": login,
            "name": _named(name),
            "roles": sorted(_some(roles)),
            "password": _hashed(password),
            "secret": secret,
            "stamp": secrets.token_hex(16),
            "step": 0,
            "tries": 0,
            "at": now,
        }
        with self.database.writing() as connection:
            if _find(connection, login) is not None:
                raise Refused("There is an account %(login)s already.", login=login)
            connection.execute(insert(account_table).values(row))
            made = _account(_known(connection, login))
            note(connection, by or made.person, now, "account.add", f"{login}: {_listed(made.roles)}")
        return made, TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)

    def renew(self, login: str, password: str, now: datetime, by: Person | None = None) -> str:
        """A new password and second factor; all sessions end, and locks open. The address as of `add`."""
        _may(by)
        secret = random_base32()
        with self.database.writing() as connection:
            found = _account(_known(connection, login))
            _put(
                connection,
                found.id,
                password=_hashed(password),
                secret=secret,
                stamp=secrets.token_hex(16),
                tries=0,
                locked_until=None,
                stopped_at=None,
            )
            note(connection, by or found.person, now, "account.renew", login)
        return TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)

    def stop(self, login: str, now: datetime, by: Person | None = None) -> None:
        """Let the account sign in no more, and end its sessions. Its acts stay in the trail.
        Refused for one's own, and for the last that may look after the others."""
        _may(by)
        with self.database.writing() as connection:
            found = _account(_known(connection, login))
            if by is not None and by.id == found.id:
                raise Refused("Nobody stops their own account: ask another administrator.")
            _keep_one(connection, found)
            _put(connection, found.id, stopped_at=now, stamp=secrets.token_hex(16))
            note(connection, by or found.person, now, "account.stop", login)

    def change_roles(self, login: str, roles: Iterable[Role], now: datetime, by: Person | None = None) -> Account:
        """Trust the account with these roles from its next request on: they are looked up at each.
        Refused where nobody would be left who may look after the accounts."""
        _may(by)
        wanted = _some(roles)
        with self.database.writing() as connection:
            found = _account(_known(connection, login))
            if Role.ADMINISTRATOR not in wanted:
                _keep_one(connection, found)
            if wanted != found.roles:
                _put(connection, found.id, roles=sorted(wanted))
                note(connection, by or found.person, now, "account.roles", login, _listed(found.roles), _listed(wanted))
            return _account(_known(connection, login))

    def change_password(self, login: str, current: str, code: str, new: str, now: datetime) -> Account:
        """Give oneself another password. All sessions end but the one that takes up the new
        stamp. Refused where the current password or the code is not right."""
        hashed = _hashed(new)
        step = self._proof(login, current, code, now)
        with self.database.writing() as connection:
            values = {"password": hashed, "stamp": secrets.token_hex(16)}
            if step is None or not _taken(connection, login, step, **values):
                raise Refused(
                    "The password or the code is wrong, the code was used before, or the account is locked"
                    " for 15 minutes after five wrong tries."
                )
            found = _account(_known(connection, login))
            note(connection, found.person, now, "account.password", login)
            return found

    def get(self, login: str) -> Account:
        """The account of this sign-in name. NotFound."""
        with self.database.reading() as connection:
            return _account(_known(connection, login))

    def all(self) -> tuple[Account, ...]:
        """All accounts, by sign-in name."""
        with self.database.reading() as connection:
            rows = connection.execute(select(account_table).order_by(account_table.c.login))
            return tuple(_account(row) for row in rows)

    def sign_in(self, login: str, password: str, code: str, now: datetime) -> Account | None:
        """The account, where name, password and code are right and it is not locked."""
        step = self._proof(login, password, code, now)
        if step is None:
            return None
        with self.database.writing() as connection:
            if not _taken(connection, login, step):
                return None
            found = _account(_known(connection, login))
            note(connection, found.person, now, "account.sign_in", login)
            return found

    def sign_out(self, account: str, now: datetime) -> None:
        """End all sessions of an account."""
        with self.database.writing() as connection:
            _put(connection, account, stamp=secrets.token_hex(16))
            row = connection.execute(select(account_table).where(account_table.c.id == account)).one()
            note(connection, _account(row).person, now, "account.sign_out", row.login)

    def of_session(self, account: str, stamp: str) -> Account | None:
        """The account of a session that has not ended."""
        with self.database.reading() as connection:
            row = connection.execute(select(account_table).where(account_table.c.id == account)).first()
        if row is None or row.stopped_at or not hmac.compare_digest(row.stamp, stamp):
            return None
        return _account(row)

    def _proof(self, login: str, password: str, code: str, now: datetime) -> int | None:
        """Which step of its second factor somebody has shown who knows the password, too."""
        row = self._counted(login, now)
        right = _verified(row.password if row else _nobodys(), password)
        step = _step(row.secret, code, now) if row else None
        return step if right else None

    def _counted(self, login: str, now: datetime) -> Row[Any] | None:
        """The row, with this try counted; None where nobody may try it now."""
        with self.database.writing() as connection:
            row = _find(connection, login)
            if row is None or row.stopped_at or (row.locked_until and now < row.locked_until):
                return None
            tries = 1 if row.tries >= TRIES else row.tries + 1
            locked = now + LOCKED if tries >= TRIES else None
            _put(connection, row.id, tries=tries, locked_until=locked)
            if locked:
                note(connection, _account(row).person, now, "account.last_try", login)
            return row


def _may(by: Person | None) -> None:
    if by is not None:
        require(by, Role.ADMINISTRATOR)


def _named(name: str) -> str:
    tidied = " ".join(name.split())
    if not tidied:
        raise Refused("Give the person's name.")
    if len(tidied) > LONGEST_NAME:
        raise Refused("A name has at most %(most)s characters.", most=LONGEST_NAME)
    return tidied


def _some(roles: Iterable[Role]) -> frozenset[Role]:
    found = frozenset(roles)
    if not found:
        raise Refused("Choose at least one role.")
    return found


def _listed(roles: Iterable[Role]) -> str:
    return ", ".join(sorted(roles))


def _keep_one(connection: Connection, going: Account) -> None:
    """Refused where `going` is the last that may look after the accounts."""
    left = [
        each
        for each in map(_account, connection.execute(select(account_table)))
        if Role.ADMINISTRATOR in each.roles and each.stopped_at is None
    ]
    if [each.id for each in left] == [going.id]:
        raise Refused("This is the last administrator: make somebody else one first.")


def _taken(connection: Connection, login: str, step: int, **values: object) -> bool:
    """Whether a code was not used before; it is now, and wrong tries are forgotten."""
    query = update(account_table).where(account_table.c.login == login, account_table.c.step < step)
    return bool(connection.execute(query.values(step=step, tries=0, locked_until=None, **values)).rowcount)


def _hashed(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused("A password has %(least)s to %(most)s characters.", least=SHORTEST, most=LONGEST)
    return _hasher.hash(password)


@cache
def _nobodys() -> str:
    """A hash to look at where there is no account, so that the answer takes as long."""
    return _hasher.hash(secrets.token_hex(16))


def _verified(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


def _step(secret: str, code: str, now: datetime) -> int | None:
    """Which half minute a code stands for: this one, the one before or after."""
    given = "".join(code.split())
    current = int(now.timestamp()) // _STEP
    totp = TOTP(secret)
    return next(
        (
            step
            for step in (current, current - 1, current + 1)
            if hmac.compare_digest(totp.generate_otp(step).encode(), given.encode())
        ),
        None,
    )


def _find(connection: Connection, login: str) -> Row[Any] | None:
    return connection.execute(select(account_table).where(account_table.c.login == login)).first()


def _known(connection: Connection, login: str) -> Row[Any]:
    row = _find(connection, login)
    if row is None:
        raise NotFound("There is no account %(login)s.", login=login)
    return row


def _put(connection: Connection, account: str, **values: object) -> None:
    connection.execute(update(account_table).where(account_table.c.id == account).values(**values))


def _account(row: Row[Any]) -> Account:
    roles = frozenset(map(Role, row.roles))
    return Account(row.id, row.login, row.name, roles, row.stamp, row.locked_until, row.stopped_at)
