"""Who may sign in: accounts made, renewed, stopped and trusted; links by which their owners set them up.

Whoever is to have an account gets a link from an administrator, and sets password and second
factor themselves: no administrator ever holds them. Somebody who can look after the
accounts is always left. Acts with `by` None come from the terminal of the machine: they are noted
under the account itself.
"""

import hmac
import logging
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pyotp import random_base32
from sqlalchemy import Connection, insert, select

from ivr.line.text import one_line, one_width
from ivr.people import attempts, identities, passkeys, passwords, recovery, trail
from ivr.people.account_rows import LOGIN, Account, find, put, sign_in_name
from ivr.people.links import Link, hash_of, new_link
from ivr.people.persons import Person, Role
from ivr.people.refusals import Refused
from ivr.people.rights import Right, require
from ivr.people.sealing import Unreadable, is_sealed
from ivr.people.second_factor import address_of, step_of
from ivr.people.signing_in import FactorLost, SigningIn
from ivr.people.trail import Entry, note
from ivr.store.tables import account as account_table

__all__ = ["Account", "Accounts", "FactorLost", "News", "Offer", "sign_in_name"]

log = logging.getLogger(__name__)

LONGEST_NAME = 200

NEWS = timedelta(days=14)
"""How long approvers are told of new and renewed accounts [own value]."""

_NEWS = ("account.add", "account.renew", "account.roles", "account.set_up", "account.invite", "account.tie")
_TOLD = 20  # of each kind, at most


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


class Accounts(SigningIn):
    """All accounts, and what is done to them."""

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
            put(connection, found.id, stamp=secrets.token_hex(16), **values, **_UNLINKED)
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
                    put(connection, row.id, secret=self._seals.seal(row.secret))
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
            put(connection, found.id, stopped_at=now, stamp=secrets.token_hex(16), **_UNLINKED)
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
                put(connection, found.id, roles=sorted(wanted))
                before, after = _listed(found.roles), _listed(wanted)
                note(connection, by or found.person, now, "account.roles", found.login, before, after)
            return self._known(connection, login)

    # --- looking -------------------------------------------------------------------------------

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

    # --- rows ----------------------------------------------------------------------------------

    def _insert(
        self, login: str, name: str, roles: Iterable[Role], now: datetime, by: Person | None, **values: object
    ) -> Account:
        login = sign_in_name(login)
        if not LOGIN.fullmatch(login):
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
            if find(connection, login) is not None:
                raise Refused("There is an account %(login)s already.", login=login)
            connection.execute(insert(account_table).values(row))
            made = self._known(connection, login)
            note(connection, by or made.person, now, "account.add", f"{login}: {_listed(made.roles)}")
        return made

    def _renew(
        self, connection: Connection, found: Account, now: datetime, by: Person | None, **values: object
    ) -> None:
        put(connection, found.id, stamp=secrets.token_hex(16), stopped_at=None, invited_as=None, **values)
        for room in (attempts, passkeys, recovery, identities):
            room.forget(connection, found.id)
        note(connection, by or found.person, now, "account.renew", found.login)

    def _some(self, roles: Iterable[Role]) -> frozenset[Role]:
        found = frozenset(roles)
        if not found:
            raise Refused("Choose at least one role.")
        if found != self._apart(found):
            raise Refused("Nobody is both administrator and approver: choose one of the two.")
        return found

    def _keep_one(self, connection: Connection, going: Account) -> None:
        """Refused where `going` is the last that may look after the accounts."""
        if [each.id for each in self._keepers(connection)] == [going.id]:
            raise Refused("This is the last administrator: make somebody else one first.")

    def _offered(self, token: str, sealed: str) -> str | None:
        """The secret that was offered to the holder of this link, and no other."""
        try:
            holder, _, secret = self._seals.open(sealed).partition(":")
        except Unreadable:
            return None
        return secret if hmac.compare_digest(holder, hash_of(token)) else None


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


_UNLINKED: dict[str, object] = {"link": None, "link_until": None}
