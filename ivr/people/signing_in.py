"""Signing in by password and second factor: an app's code (TOTP), a recovery code, or a passkey beside it.

A try is counted before it is looked at, so that guesses made at once count too; a code of the second factor is good
once. Whatever is wrong is answered alike, takes as long, and is noted.
"""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, update

from ivr.people import attempts, passwords, recovery
from ivr.people.account_rows import ROWS, Account, AccountRows, find, put
from ivr.people.attempts import NO_ACCOUNT, NOWHERE, TRIES, Origin
from ivr.people.passkeys import Answer
from ivr.people.persons import Person
from ivr.people.refusals import Refused
from ivr.people.second_factor import NOBODYS, step_of
from ivr.people.trail import note
from ivr.store.tables import account as account_table

_SOMEBODY = Person("", "?", frozenset())  # whoever tried at a sign-in name that nobody has


class _Try(NamedTuple):
    """A try to show a password: the row of the account, what it counts under, whether it came from a known browser,
    which one it is in a row (0: it may not be made); whether the account can be shown, and whether this was its
    password."""

    row: Row[Any] | None
    account: str
    known: bool
    tries: int
    able: bool
    right: bool


class FactorLost(Refused):
    """The second factor cannot be read: SECRET_KEY is another one than when it was set up."""

    def __init__(self) -> None:
        super().__init__(
            "The key of this server (SECRET_KEY) was changed, so that your second factor can no longer be checked:"
            " it must be renewed. Ask an administrator for a new link, or whoever runs the server."
        )


class SigningIn(AccountRows):
    """Who comes in by password, whose session it is, and how one changes it."""

    def sign_in(
        self,
        login: str,
        password: str,
        code: str,
        now: datetime,
        origin: Origin = NOWHERE,
        answer: Answer | None = None,
    ) -> Account | None:
        """The account, where name, password and second factor are right and it may be tried from there: `code` is
        one of the authenticator app or a recovery code, unless a passkey of the account gave an `answer`.
        FactorLost where the password is right and the second factor can no longer be read."""
        found = self._proven(login, password, code, now, origin, answer=answer) if self._by_password else None
        if found is not None:
            with self.database.writing() as connection:
                note(connection, found.person, now, "account.sign_in", found.login)
        return found

    def is_right(self, login: str, password: str, now: datetime, origin: Origin = NOWHERE) -> bool:
        """Whether whoever is signed in knows their password still. Tries are counted as those to sign in."""
        return self._by_password and self._knows(login, password, now, origin)

    def sign_out(self, account: str, now: datetime) -> None:
        """End all sessions of an account."""
        with self.database.writing() as connection:
            put(connection, account, stamp=secrets.token_hex(16))
            row = connection.execute(ROWS.where(account_table.c.id == account)).one()
            note(connection, self._account(row).person, now, "account.sign_out", row.login)

    def of_session(self, account: str, stamp: str) -> Account | None:
        """The account of a session that has not ended."""
        with self.database.reading() as connection:
            row = connection.execute(ROWS.where(account_table.c.id == account)).first()
        if row is None or row.stopped_at or not hmac.compare_digest(row.stamp.encode(), stamp.encode()):
            return None
        return self._account(row)

    def _proven(
        self,
        login: str,
        password: str,
        code: str,
        now: datetime,
        origin: Origin,
        values: Mapping[str, object] = MappingProxyType({}),
        answer: Answer | None = None,
    ) -> Account | None:
        """The account whose password and second factor somebody has shown, with `values` set in it.
        All is looked at whatever is wrong, so that the time it takes tells nothing."""
        row, account, known, tries, able, right = self._tried(login, password, now, origin)
        secret = self._secret(row) if row and able else NOBODYS
        step = step_of(secret or NOBODYS, code, now)
        if row and able and right and secret is None and not answer:
            raise FactorLost
        with self.database.writing() as connection:
            if row and able and right and self._second(connection, row.id, step, code, answer, now):
                put(connection, row.id, **values)
                attempts.forgive(connection, account, origin, known)
                return self._known(connection, row.login)
            if tries:
                self._note_failed(connection, row, origin, known, tries, now)
        return None

    def _tried(self, login: str, password: str, now: datetime, origin: Origin) -> _Try:
        """A try with a password, counted before it is looked at."""
        with self.database.writing() as connection:
            row = find(connection, login)
            account = row.id if row else NO_ACCOUNT
            known = row is not None and origin.knows(row.id, row.set_up_at, now)
            tries = attempts.count(connection, account, origin, known, now)
        able = row is not None and bool(row.password) and not row.stopped_at and tries > 0
        right = passwords.right(row.password if row and able else passwords.nobodys(), password)
        return _Try(row, account, known, tries, able, right)

    def _knows(self, login: str, password: str, now: datetime, origin: Origin) -> bool:
        row, account, known, tries, able, right = self._tried(login, password, now, origin)
        with self.database.writing() as connection:
            if able and right:
                attempts.forgive(connection, account, origin, known)
            elif tries:
                self._note_failed(connection, row, origin, known, tries, now)
        return able and right

    def _second(
        self, connection: Connection, account: str, step: int | None, code: str, answer: Answer | None, now: datetime
    ) -> bool:
        """Whether a second factor of the account was shown; it is used up."""
        if answer:
            return self.site.used(connection, answer, now, verified=False) == account
        if step is not None:
            return _taken(connection, account, step)
        if not recovery.use(connection, account, code, now):
            return False
        found = connection.execute(ROWS.where(account_table.c.id == account)).one()
        note(connection, self._account(found).person, now, "account.recovery", found.login)
        return True

    def _note_failed(
        self, connection: Connection, row: Row[Any] | None, origin: Origin, known: bool, tries: int, now: datetime
    ) -> None:
        """What was typed as the name of nobody is not kept: it may be a password."""
        who = self._account(row).person if row else _SOMEBODY
        what = f"{row.login if row else '?'}, from {origin.place or 'the machine'}{' (known browser)' if known else ''}"
        note(connection, who, now, "account.failed", what)
        if tries >= TRIES:
            note(connection, who, now, "account.last_try", what)
        if row and not known and attempts.strangers(connection, row.id, now) == attempts.STRANGERS:
            note(connection, who, now, "account.strangers", row.login)

    def change_password(
        self, login: str, current: str, code: str, new: str, now: datetime, origin: Origin = NOWHERE
    ) -> Account:
        """Give oneself another password. All sessions end but the one that takes up the new
        stamp. Refused where the current password or the code is not right, or the new one is weak."""
        found = self.get(login)
        kept = passwords.hashed(new, found.login, found.name, self._words())
        values = {"password": kept, "stamp": secrets.token_hex(16)}
        proven = self._proven(login, current, code, now, origin, values)
        if proven is None:
            raise Refused(
                "The password or the code is wrong, the code was used before, or you have to wait for 15 minutes,"
                " since there were too many wrong tries."
            )
        with self.database.writing() as connection:
            note(connection, proven.person, now, "account.password", proven.login)
        return proven


def _taken(connection: Connection, account: str, step: int) -> bool:
    """Whether a code was not used before; it is now."""
    query = update(account_table).where(account_table.c.id == account, account_table.c.step < step)
    return bool(connection.execute(query.values(step=step)).rowcount)
