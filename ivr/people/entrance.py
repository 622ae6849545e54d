"""Ways in beside the password: a passkey alone, an identity at the city's provider; and what owners of accounts do
about them themselves."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from ivr.people import identities, passkeys, recovery
from ivr.people.accounts import Account, Accounts
from ivr.people.passkeys import Answer, Passkey
from ivr.people.persons import Person
from ivr.people.provider import Provider
from ivr.people.refusals import NotAllowed, Refused
from ivr.people.rights import Right, require
from ivr.people.trail import note
from ivr.store.tables import account as account_table

_NO_LETTER = re.compile(r"[^a-z0-9._@-]")


@dataclass(frozen=True, slots=True)
class Ways:
    """How somebody may sign in beside their password. `codes`: recovery codes left, None: none were made."""

    passkeys: tuple[Passkey, ...]
    codes: int | None

    @property
    def few(self) -> bool:
        """Whether other recovery codes should be made."""
        return self.codes is not None and self.codes <= recovery.FEW


@dataclass(frozen=True, slots=True)
class Entrance:
    """The ways in of all accounts."""

    accounts: Accounts

    # --- coming in -----------------------------------------------------------------------------

    def by_passkey(self, answer: Answer, now: datetime) -> Account | None:
        """The account whose passkey has answered, after it saw a fingerprint or a PIN; None: nobody's, or a stopped
        one's."""
        with self.accounts.database.writing() as connection:
            account = self.accounts.site.used(connection, answer, now, verified=True)
            found = self._of_id(connection, account) if account else None
            if found is None or found.stopped_at:
                return None
            note(connection, found.person, now, "account.sign_in", found.login, after="passkey")
            return found

    def by_identity(self, provider: Provider, claims: Mapping[str, Any], now: datetime) -> Account:
        """The account of whoever the provider says (`claims` of an ID token that was looked at). Refused where there is
        none, it is stopped, or nobody gave it a role."""
        subject = str(claims["sub"])
        with self.accounts.database.writing() as connection:
            found = self._tied(connection, provider, subject, claims, now)
            if found is not None and found.roles and not found.stopped_at:
                note(connection, found.person, now, "account.sign_in", found.login, after="single sign-on")
                return found
        raise _no_entry(found, claims, provider)

    def shows_itself(self, account: str, answer: Answer, now: datetime) -> bool:
        """Whether the passkey that has answered is this account's, and saw a fingerprint or a PIN."""
        with self.accounts.database.writing() as connection:
            return self.accounts.site.used(connection, answer, now, verified=True) == account

    def is_tied(self, account: str, provider: Provider, claims: Mapping[str, Any]) -> bool:
        """Whether whoever the provider says is the owner of this account."""
        with self.accounts.database.reading() as connection:
            return identities.account_of(connection, provider.issuer, str(claims["sub"])) == account

    # --- one's own -----------------------------------------------------------------------------

    def ways(self, account: str) -> Ways:
        """How somebody may sign in."""
        with self.accounts.database.reading() as connection:
            return Ways(passkeys.of_account(connection, account), recovery.left(connection, account))

    def options_to_add(self, account: Account, challenge: str) -> str:
        """What the browser is asked with to make another passkey (JSON)."""
        with self.accounts.database.reading() as connection:
            mine = passkeys.ids_of(connection, account.id)
        return self.accounts.site.options_to_add(challenge, account.id, account.login, account.name, mine)

    def add_passkey(self, account: Account, name: str, answer: Answer, now: datetime) -> Passkey:
        """Another passkey of one's own. Refused."""
        with self.accounts.database.writing() as connection:
            made = self.accounts.site.add(connection, account.id, name, answer, now)
            note(connection, account.person, now, "account.passkey", account.login, after=made.name)
            return made

    def remove_passkey(self, account: Account, key: str, now: datetime) -> str:
        """Let a passkey of one's own go: its name. NotFound; Refused where it is the last way in."""
        with self.accounts.database.writing() as connection:
            name = passkeys.remove(connection, account.id, key)
            rest = self._of_id(connection, account.id)
            if rest is None or not rest.ready:
                raise Refused("This passkey is your last way to sign in: add another one first.")
            note(connection, account.person, now, "account.passkey_removed", account.login, before=name)
            return name

    def new_codes(self, account: Account, now: datetime) -> tuple[str, ...]:
        """Recovery codes of one's own: to be shown once; those before are void."""
        with self.accounts.database.writing() as connection:
            codes = recovery.new_codes(connection, account.id)
            note(connection, account.person, now, "account.codes", account.login)
            return codes

    # --- inviting ------------------------------------------------------------------------------

    def invite_as(self, login: str, address: str, now: datetime, by: Person | None = None) -> Account:
        """Let whoever shows this address at the provider be tied to the account; "" takes that back. Refused for one's
        own at the console, and where another account has it."""
        if by is not None:
            require(by, Right.KEEP_ACCOUNTS)
        kept = identities.as_invited(address) if address.strip() else None
        found = self.accounts.get(login)
        if by is not None and by.id == found.id:
            raise NotAllowed("Nobody invites themselves: ask another administrator.")
        with self.accounts.database.writing() as connection:
            same = select(account_table.c.login).where(
                account_table.c.invited_as == kept, account_table.c.id != found.id
            )
            other = connection.execute(same).scalar() if kept else None
            if other:
                raise Refused("%(login)s is invited as that already.", login=other)
            connection.execute(update(account_table).where(account_table.c.id == found.id).values(invited_as=kept))
            note(connection, by or found.person, now, "account.invite", found.login, found.invited_as or "", kept or "")
        return self.accounts.get(login)

    # --- rows ----------------------------------------------------------------------------------

    def _tied(
        self, connection: Connection, provider: Provider, subject: str, claims: Mapping[str, Any], now: datetime
    ) -> Account | None:
        """The account of an identity: tied before, tied now by an invitation, or made where the provider may."""
        if account := identities.account_of(connection, provider.issuer, subject):
            return self._of_id(connection, account)
        shown = shown_address(provider, claims)
        invited = select(account_table.c.id).where(
            account_table.c.invited_as == shown, account_table.c.stopped_at.is_(None)
        )
        account = connection.execute(invited).scalar() if shown else None
        if account is None and provider.creates:
            account = self._made(connection, shown or subject, claims, now)
        if account is None:
            return None
        identities.tie(connection, provider.issuer, subject, account, now)
        connection.execute(update(account_table).where(account_table.c.id == account).values(invited_as=None))
        found = self._of_id(connection, account)
        if found:
            note(connection, found.person, now, "account.tie", found.login, after=shown or subject)
        return found

    def _made(self, connection: Connection, shown: str, claims: Mapping[str, Any], now: datetime) -> str:
        """An account without any role, which opens nothing yet."""
        name = " ".join(str(claims.get("name") or shown).split())[:200]
        login = _NO_LETTER.sub("", shown.casefold()).lstrip("._@-")[:48] or "staff"
        taken = connection.execute(select(account_table.c.id).where(account_table.c.login == login)).first()
        login = f"{login}-{secrets.token_hex(4)}" if taken or len(login) < 2 else login
        made = secrets.token_hex(8)
        empty = {"roles": [], "password": "", "secret": "", "step": 0}
        connection.execute(
            account_table.insert().values(id=made, login=login, name=name, stamp=secrets.token_hex(16), at=now, **empty)
        )
        note(connection, Person(made, name, frozenset()), now, "account.add", f"{login}: ")
        return made

    def _of_id(self, connection: Connection, account: str) -> Account | None:
        return self.accounts.of_id(connection, account)


def shown_address(provider: Provider, claims: Mapping[str, Any]) -> str | None:
    """What the provider says that is compared with invitations; None where it says nothing that counts: an address of
    mail must be called verified, since elsewhere its owner may write what they like."""
    shown = claims.get(provider.claim)
    if not isinstance(shown, str) or (provider.claim == "email" and claims.get("email_verified") is not True):
        return None
    try:
        return identities.as_invited(shown)
    except Refused:
        return None


def _no_entry(found: Account | None, claims: Mapping[str, Any], provider: Provider) -> Refused:
    if found is None:
        shown = shown_address(provider, claims)
        if shown is None:
            return Refused("There is no account here for you. Ask an administrator to invite you.")
        return Refused("There is no account here for %(address)s. Ask an administrator to invite you.", address=shown)
    if found.stopped_at:
        return Refused("Your account here is stopped. Ask an administrator.")
    return Refused("Your account is made, but has no role yet. Ask an administrator to give you one.")
