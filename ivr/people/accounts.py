"""Who may sign in: passwords kept as argon2 hashes, second factors (TOTP, recovery codes, passkeys), one-time links.

Whoever is to have an account gets a link from an administrator, and sets password and second
factor themselves: no administrator ever holds them. A try to sign in is counted before it is
looked at, so that guesses made at once count too; a code of the second factor is good once.
Whatever is wrong is answered alike, takes as long, and is noted. Somebody who can look after the
accounts is always left. Acts with `by` None come from the terminal of the machine: they are noted
under the account itself.
"""

import hmac
import logging
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from pyotp import random_base32
from sqlalchemy import Connection, Row, exists, insert, select, update

from ivr.line.text import folded, one_line, one_width
from ivr.people import attempts, identities, passkeys, passwords, recovery, trail
from ivr.people.attempts import NO_ACCOUNT, NOWHERE, TRIES, Origin
from ivr.people.links import Link, NoLink, hash_of, new_link
from ivr.people.passkeys import Answer, Site
from ivr.people.persons import Person, Role
from ivr.people.refusals import NotFound, Refused
from ivr.people.rights import Right, may, require
from ivr.people.sealing import Seals, Unreadable, is_sealed
from ivr.people.second_factor import NOBODYS, address_of, step_of
from ivr.people.trail import Entry, note
from ivr.store.database import Database
from ivr.store.tables import account as account_table
from ivr.store.tables import identity as identity_table
from ivr.store.tables import passkey as passkey_table

log = logging.getLogger(__name__)

LONGEST_NAME = 200

NEWS = timedelta(days=14)
"""How long approvers are told of new and renewed accounts [own value]."""

_NEWS = ("account.add", "account.renew", "account.roles", "account.set_up", "account.invite", "account.tie")
_TOLD = 20  # of each kind, at most

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_SOMEBODY = Person("", "?", frozenset())  # whoever tried at a sign-in name that nobody has


class FactorLost(Refused):
    """The second factor cannot be read: SECRET_KEY is another one than when it was set up."""

    def __init__(self) -> None:
        super().__init__(
            "The key of this server (SECRET_KEY) was changed, so that your second factor can no longer be checked:"
            " it must be renewed. Ask an administrator for a new link, or whoever runs the server."
        )


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


@dataclass(frozen=True, slots=True)
class Offer:
    """What the holder of a link is shown: whose account it is, the address that sets a second
    factor up, and the same sealed, which their form sends back. It is another one each time, so
    that nobody who looked at the link before knows the one that is taken."""

    account: Account
    address: str
    sealed: str


@dataclass(frozen=True, slots=True)
class News:
    """An account that was made, renewed, set up or trusted otherwise. `act`: of the audit trail;
    `account`: None where there is none of that sign-in name any more."""

    entry: Entry
    account: Account | None


class Accounts:
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

    # --- making and renewing -------------------------------------------------------------------

    def invite(
        self, login: str, name: str, roles: Iterable[Role], now: datetime, by: Person | None = None
    ) -> tuple[Account, Link]:
        """A new account, and the link by which its owner sets it up."""
        _may(by)
        link = new_link(now)
        made = self._insert(login, name, roles, now, by, **_linked(link))
        return made, link

    def invite_again(self, login: str, now: datetime, by: Person | None = None) -> Link:
        """Renew an account: password, second factor, sessions and links before are void, locks open,
        a stopped account is started. Refused for one's own: a session that somebody found must
        not become theirs for good."""
        _may(by)
        link = new_link(now)
        with self.database.writing() as connection:
            found = self._known(connection, login)
            if by is not None and by.id == found.id:
                raise Refused("Nobody renews their own account: ask another administrator.")
            self._renew(connection, found, now, by, password="", secret="", **_linked(link))
        return link

    def add(self, login: str, name: str, roles: Iterable[Role], password: str, now: datetime) -> tuple[Account, str]:
        """A new account of somebody at the terminal, and the address that sets its second factor
        up: show it once, to its owner, and write it nowhere."""
        secret = random_base32()
        kept = passwords.hashed(password, sign_in_name(login), _named(name), self._words())
        made = self._insert(
            login, name, roles, now, None, password=kept, secret=self._seals.seal(secret), set_up_at=now
        )
        return made, address_of(secret, made.login)

    def renew(self, login: str, password: str, now: datetime) -> str:
        """The same for an account that is there: void what was before. The address as of `add`."""
        secret = random_base32()
        with self.database.writing() as connection:
            found = self._known(connection, login)
            kept = passwords.hashed(password, found.login, found.name, self._words())
            sealed = self._seals.seal(secret)
            self._renew(connection, found, now, None, password=kept, secret=sealed, set_up_at=now, **_UNLINKED)
        return address_of(secret, found.login)

    def offer(self, token: str, now: datetime, sealed: str = "") -> Offer:
        """What the holder of a link sets up; the same second factor again where its form came back
        with `sealed`. NoLink."""
        with self.database.reading() as connection:
            found = self._of_link(connection, token, now)
        secret = self._offered(token, sealed) or random_base32()
        return Offer(found, address_of(secret, found.login), self._seals.seal(f"{hash_of(token)}:{secret}"))

    def set_up(self, token: str, password: str, sealed: str, code: str, now: datetime) -> Account:
        """Give oneself a password and a second factor, which `code` shows to work; the link is
        used up. NoLink; Refused, Weak."""
        with self.database.reading() as connection:
            found = self._of_link(connection, token, now)
        secret = self._offered(token, sealed)
        step = step_of(secret, code, now) if secret else None
        kept = passwords.hashed(password, found.login, found.name, self._words())
        if secret is None or step is None:
            raise Refused("The code is not right: type the one that your authenticator app shows now.")
        with self.database.writing() as connection:
            found = self._of_link(connection, token, now)
            values = {"password": kept, "secret": self._seals.seal(secret), "step": step, "set_up_at": now}
            _put(connection, found.id, stamp=secrets.token_hex(16), **values, **_UNLINKED)
            attempts.forget(connection, found.id)
            note(connection, found.person, now, "account.set_up", found.login)
            return self._known(connection, found.login)

    def seal_all(self) -> tuple[str, ...]:
        """Seal the secrets from before there were seals. The sign-in names whose second factor must
        be renewed, since it was sealed with another SECRET_KEY."""
        lost = []
        with self.database.writing() as connection:
            for row in connection.execute(select(account_table)).all():
                if row.secret and not is_sealed(row.secret):
                    _put(connection, row.id, secret=self._seals.seal(row.secret))
                elif row.secret and self._secret(row) is None:
                    lost.append(row.login)
        if lost:
            log.error(
                "SECRET_KEY is another one than before: the second factor must be renewed (flask staff renew) of %s",
                ", ".join(lost),
            )
        return tuple(lost)

    def stop(self, login: str, now: datetime, by: Person | None = None) -> None:
        """Let the account sign in no more, and end its sessions. Its acts stay in the trail.
        Refused for one's own, and for the last that may look after the others."""
        _may(by)
        with self.database.writing() as connection:
            found = self._known(connection, login)
            if by is not None and by.id == found.id:
                raise Refused("Nobody stops their own account: ask another administrator.")
            self._keep_one(connection, found)
            _put(connection, found.id, stopped_at=now, stamp=secrets.token_hex(16), **_UNLINKED)
            note(connection, by or found.person, now, "account.stop", found.login)

    def change_roles(self, login: str, roles: Iterable[Role], now: datetime, by: Person | None = None) -> Account:
        """Trust the account with these roles from its next request on: they are looked up at each.
        Refused for one's own, and where nobody would be left who may look after the accounts."""
        _may(by)
        wanted = self._some(roles)
        with self.database.writing() as connection:
            found = self._known(connection, login)
            if by is not None and by.id == found.id:
                raise Refused("Nobody changes their own roles: ask another administrator.")
            if Role.ADMINISTRATOR not in wanted:
                self._keep_one(connection, found)
            if wanted != found.roles:
                _put(connection, found.id, roles=sorted(wanted))
                before, after = _listed(found.roles), _listed(wanted)
                note(connection, by or found.person, now, "account.roles", found.login, before, after)
            return self._known(connection, login)

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

    # --- looking -------------------------------------------------------------------------------

    def get(self, login: str) -> Account:
        """The account of this sign-in name. NotFound."""
        with self.database.reading() as connection:
            return self._known(connection, login)

    def of_id(self, connection: Connection, account: str) -> Account | None:
        """The account of this id, in a transaction that is under way; None where there is none."""
        row = connection.execute(_ROWS.where(account_table.c.id == account)).first()
        return self._account(row) if row else None

    def all(self) -> tuple[Account, ...]:
        """All accounts, by sign-in name."""
        with self.database.reading() as connection:
            return self._all(connection)

    def locks(self, now: datetime) -> Mapping[str, datetime]:
        """The accounts (by id) that somebody tried too often at, and until when they may not again."""
        with self.database.reading() as connection:
            return attempts.locks(connection, now)

    def news(self, now: datetime) -> tuple[News, ...]:
        """What approvers are told of accounts, the newest first: they know who should be there."""
        known = {account.login: account for account in self.all()}
        since = now - NEWS
        found = [each for act in _NEWS for each in trail.search(self.database, act=act, since=since, limit=_TOLD)]
        found.sort(key=lambda entry: -entry.seq)
        return tuple(News(entry, known.get(entry.act.what.partition(":")[0])) for entry in found)

    def first(self) -> bool:
        """Whether nobody can look after the accounts yet."""
        with self.database.reading() as connection:
            return not self._keepers(connection)

    # --- signing in and out --------------------------------------------------------------------

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
            _put(connection, account, stamp=secrets.token_hex(16))
            row = connection.execute(_ROWS.where(account_table.c.id == account)).one()
            note(connection, self._account(row).person, now, "account.sign_out", row.login)

    def of_session(self, account: str, stamp: str) -> Account | None:
        """The account of a session that has not ended."""
        with self.database.reading() as connection:
            row = connection.execute(_ROWS.where(account_table.c.id == account)).first()
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
        row, account, known, tries = self._counted(login, now, origin)
        able = row is not None and bool(row.password) and not row.stopped_at and tries > 0
        right = passwords.right(row.password if row and able else passwords.nobodys(), password)
        secret = self._secret(row) if row and able else NOBODYS
        step = step_of(secret or NOBODYS, code, now)
        if row and able and right and secret is None and not answer:
            raise FactorLost
        with self.database.writing() as connection:
            if row and able and right and self._second(connection, row.id, step, code, answer, now):
                _put(connection, row.id, **values)
                attempts.forgive(connection, account, origin, known)
                return self._known(connection, row.login)
            if tries:
                self._note_failed(connection, row, origin, known, tries, now)
        return None

    def _counted(self, login: str, now: datetime, origin: Origin) -> tuple[Row[Any] | None, str, bool, int]:
        """A try, counted before it is looked at: the row, what it counts under, whether from a known browser, and
        which one it is in a row (0: it may not be made)."""
        with self.database.writing() as connection:
            row = _find(connection, login)
            account = row.id if row else NO_ACCOUNT
            known = row is not None and origin.knows(row.id, row.set_up_at, now)
            return row, account, known, attempts.count(connection, account, origin, known, now)

    def _knows(self, login: str, password: str, now: datetime, origin: Origin) -> bool:
        row, account, known, tries = self._counted(login, now, origin)
        able = row is not None and bool(row.password) and not row.stopped_at and tries > 0
        right = passwords.right(row.password if row and able else passwords.nobodys(), password)
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
        found = connection.execute(_ROWS.where(account_table.c.id == account)).one()
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

    # --- rows ----------------------------------------------------------------------------------

    def _insert(
        self, login: str, name: str, roles: Iterable[Role], now: datetime, by: Person | None, **values: object
    ) -> Account:
        login = sign_in_name(login)
        if not _LOGIN.fullmatch(login):
            raise Refused("A sign-in name has 2 to 64 of the characters a to z, 0 to 9, dot, hyphen, _ and @.")
        row = {
            "id": secrets.token_hex(8),
            "login": login,
            "name": _named(name),
            "roles": sorted(self._some(roles)),
            "password": "",
            "secret": "",
            "stamp": secrets.token_hex(16),
            "step": 0,
            "at": now,
            **values,
        }
        with self.database.writing() as connection:
            if _find(connection, login) is not None:
                raise Refused("There is an account %(login)s already.", login=login)
            connection.execute(insert(account_table).values(row))
            made = self._known(connection, login)
            note(connection, by or made.person, now, "account.add", f"{login}: {_listed(made.roles)}")
        return made

    def _renew(
        self, connection: Connection, found: Account, now: datetime, by: Person | None, **values: object
    ) -> None:
        _put(connection, found.id, stamp=secrets.token_hex(16), stopped_at=None, invited_as=None, **values)
        for room in (attempts, passkeys, recovery, identities):
            room.forget(connection, found.id)
        note(connection, by or found.person, now, "account.renew", found.login)

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

    def _some(self, roles: Iterable[Role]) -> frozenset[Role]:
        found = frozenset(roles)
        if not found:
            raise Refused("Choose at least one role.")
        if found != self._apart(found):
            raise Refused("Nobody is both administrator and approver: choose one of the two.")
        return found

    def _all(self, connection: Connection) -> tuple[Account, ...]:
        return tuple(map(self._account, connection.execute(_ROWS.order_by(account_table.c.login))))

    def _keepers(self, connection: Connection) -> tuple[Account, ...]:
        """Who can look after the accounts."""
        everybody = self._all(connection)
        return tuple(
            each for each in everybody if may(each.person, Right.KEEP_ACCOUNTS) and each.ready and not each.stopped_at
        )

    def _keep_one(self, connection: Connection, going: Account) -> None:
        """Refused where `going` is the last that may look after the accounts."""
        if [each.id for each in self._keepers(connection)] == [going.id]:
            raise Refused("This is the last administrator: make somebody else one first.")

    def _known(self, connection: Connection, login: str) -> Account:
        row = _find(connection, login)
        if row is None:
            raise NotFound("There is no account %(login)s.", login=login)
        return self._account(row)

    def _of_link(self, connection: Connection, token: str, now: datetime) -> Account:
        row = connection.execute(_ROWS.where(account_table.c.link == hash_of(token))).first()
        if row is None or row.stopped_at or not row.link_until or now >= row.link_until:
            raise NoLink
        return self._account(row)

    # --- secrets -------------------------------------------------------------------------------

    def _secret(self, row: Row[Any]) -> str | None:
        """The secret of the second factor; None where it cannot be read."""
        if not is_sealed(row.secret):
            return str(row.secret)  # from before there were seals: `seal_all` has not come to it yet
        try:
            return self._seals.open(row.secret)
        except Unreadable:
            return None

    def _offered(self, token: str, sealed: str) -> str | None:
        """The secret that was offered to the holder of this link, and no other."""
        try:
            holder, _, secret = self._seals.open(sealed).partition(":")
        except Unreadable:
            return None
        return secret if hmac.compare_digest(holder, hash_of(token)) else None


def sign_in_name(login: str) -> str:
    """A sign-in name as it is kept, however it was typed: in full width, with capitals."""
    return folded(login).lower()


def _may(by: Person | None) -> None:
    if by is not None:
        require(by, Right.KEEP_ACCOUNTS)


def _named(name: str) -> str:
    tidied = one_line(one_width(name))
    if not tidied:
        raise Refused("Give the person's name.")
    if len(tidied) > LONGEST_NAME:
        raise Refused("A name has at most %(most)s characters.", most=LONGEST_NAME)
    return tidied


def _listed(roles: Iterable[Role]) -> str:
    return ", ".join(sorted(roles))


def _linked(link: Link) -> dict[str, object]:
    return {"link": hash_of(link.token), "link_until": link.until}


_ROWS = select(
    account_table,
    exists().where(passkey_table.c.account == account_table.c.id).label("has_passkey"),
    exists().where(identity_table.c.account == account_table.c.id).label("has_identity"),
)
"""Accounts, and which other ways to sign in they have."""

_UNLINKED: dict[str, object] = {"link": None, "link_until": None}


def _taken(connection: Connection, account: str, step: int) -> bool:
    """Whether a code was not used before; it is now."""
    query = update(account_table).where(account_table.c.id == account, account_table.c.step < step)
    return bool(connection.execute(query.values(step=step)).rowcount)


def _find(connection: Connection, login: str) -> Row[Any] | None:
    name = sign_in_name(login)
    if not _LOGIN.fullmatch(name):
        return None  # nobody is called so, and a database may choke on what was typed
    return connection.execute(_ROWS.where(account_table.c.login == name)).first()


def _put(connection: Connection, account: str, **values: object) -> None:
    if values:
        connection.execute(update(account_table).where(account_table.c.id == account).values(**values))
