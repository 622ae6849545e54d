"""Accounts as they are kept: one row each, and which ways to sign in it has."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, select, update

from ivr.line.text import folded
from ivr.people.links import NoLink, hash_of
from ivr.people.passkeys import Site
from ivr.people.persons import Person, Role
from ivr.people.refusals import NotFound
from ivr.people.rights import Right, may
from ivr.people.sealing import Seals, Unreadable, is_sealed
from ivr.store.database import Database
from ivr.store.tables import account as account_table
from ivr.store.tables import identity as identity_table
from ivr.store.tables import passkey as passkey_table

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
"""A sign-in name."""

ROWS = select(
    account_table,
    exists().where(passkey_table.c.account == account_table.c.id).label("has_passkey"),
    exists().where(identity_table.c.account == account_table.c.id).label("has_identity"),
)
"""Accounts, and which other ways to sign in they have."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. `stamp` changes when their sessions are to end; `ready`: they have
    set a password and a second factor, and the server can read it, or have another way to sign in; `link_until`: until
    when a one-time link is good by which they do so; `set_up_at`: when they last did. `by_password`: whether
    they can sign in by one; `tied`: to an identity at the
    provider; `invited_as`: whoever shows this there (an address, folded) will be."""

    id: str
    login: str
    name: str
    roles: frozenset[Role]
    stamp: str
    ready: bool
    stopped_at: datetime | None
    set_up_at: datetime | None
    link_until: datetime | None
    by_password: bool = True
    tied: bool = False
    invited_as: str | None = None

    @property
    def person(self) -> Person:
        """Who acts."""
        return Person(self.id, self.name, self.roles)


class AccountRows:
    """All accounts. `secret` is SECRET_KEY; `words`: what no password may be made of;
    `roles_together`: whether one person may be administrator and approver; `passwords`: whether anybody signs in by
    one; `origin` (PUBLIC_URL): for which passkeys sign."""

    def __init__(
        self,
        database: Database,
        secret: str,
        words: Callable[[], Iterable[str]] = tuple,
        roles_together: bool = False,
        passwords: bool = True,
        origin: str = "",
    ):
        self.database = database
        self.site = Site(origin, secret)
        self._seals = Seals(secret)
        self._words = words
        self._together = roles_together
        self._by_password = passwords

    # --- looking -------------------------------------------------------------------------------

    def get(self, login: str) -> Account:
        """The account of this sign-in name. NotFound."""
        with self.database.reading() as connection:
            return self._known(connection, login)

    def of_id(self, connection: Connection, account: str) -> Account | None:
        """The account of this id, in a transaction that is under way; None where there is none."""
        row = connection.execute(ROWS.where(account_table.c.id == account)).first()
        return self._account(row) if row else None

    def all(self) -> tuple[Account, ...]:
        """All accounts, by sign-in name."""
        with self.database.reading() as connection:
            return self._all(connection)

    def first(self) -> bool:
        """Whether nobody can look after the accounts yet."""
        with self.database.reading() as connection:
            return not self._keepers(connection)

    # --- rows ----------------------------------------------------------------------------------

    def _account(self, row: Row[Any]) -> Account:
        by_password = self._by_password and bool(row.password) and self._secret(row) is not None
        roles = self._apart(frozenset(map(Role, row.roles)))
        return Account(
            row.id,
            row.login,
            row.name,
            roles,
            row.stamp,
            by_password or row.has_passkey or row.has_identity,
            row.stopped_at,
            row.set_up_at,
            row.link_until,
            by_password,
            row.has_identity,
            row.invited_as,
        )

    def _apart(self, roles: frozenset[Role]) -> frozenset[Role]:
        """The roles that hold: who looks after the accounts does not approve, unless the city says
        so; also where an account was given both before there was this rule."""
        if self._together or Role.ADMINISTRATOR not in roles:
            return roles
        return roles - {Role.APPROVER}

    def _all(self, connection: Connection) -> tuple[Account, ...]:
        return tuple(map(self._account, connection.execute(ROWS.order_by(account_table.c.login))))

    def _keepers(self, connection: Connection) -> tuple[Account, ...]:
        """Who can look after the accounts."""
        everybody = self._all(connection)
        return tuple(
            each for each in everybody if may(each.person, Right.KEEP_ACCOUNTS) and each.ready and not each.stopped_at
        )

    def _known(self, connection: Connection, login: str) -> Account:
        row = find(connection, login)
        if row is None:
            raise NotFound("There is no account %(login)s.", login=login)
        return self._account(row)

    def _of_link(self, connection: Connection, token: str, now: datetime) -> Account:
        row = connection.execute(ROWS.where(account_table.c.link == hash_of(token))).first()
        if row is None or row.stopped_at or not row.link_until or now >= row.link_until:
            raise NoLink
        return self._account(row)

    def _secret(self, row: Row[Any]) -> str | None:
        """The secret of the second factor; None where it cannot be read."""
        if not is_sealed(row.secret):
            return str(row.secret)  # from before there were seals: `seal_all` has not come to it yet
        try:
            return self._seals.open(row.secret)
        except Unreadable:
            return None


def sign_in_name(login: str) -> str:
    """A sign-in name as it is kept, however it was typed: in full width, with capitals."""
    return folded(login).lower()


def find(connection: Connection, login: str) -> Row[Any] | None:
    """The row of a sign-in name, however it was typed; None where there is none."""
    name = sign_in_name(login)
    if not LOGIN.fullmatch(name):
        return None  # nobody is called so, and a database may choke on what was typed
    return connection.execute(ROWS.where(account_table.c.login == name)).first()


def put(connection: Connection, account: str, **values: object) -> None:
    """Set values of an account."""
    if values:
        connection.execute(update(account_table).where(account_table.c.id == account).values(**values))
