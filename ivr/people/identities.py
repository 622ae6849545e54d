"""Identities at the city's own provider: by its id of somebody (issuer and subject), which never changes and is given
to nobody else. An address only counts once: where an administrator wrote it beside an account, it ties the two."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from ivr.line.text import folded
from ivr.people.refusals import Refused
from ivr.store.tables import identity

LONGEST = 254
"""Characters of what somebody is invited as (RFC 5321, 4.5.3.1.3, for addresses)."""


def account_of(connection: Connection, issuer: str, subject: str) -> str | None:
    """The account (its id) that is tied to the identity."""
    return connection.execute(select(identity.c.account).filter_by(issuer=issuer, subject=subject)).scalar()


def tie(connection: Connection, issuer: str, subject: str, account: str, now: datetime) -> None:
    """Tie an account to an identity; another one that it was tied to is let go."""
    forget(connection, account)
    connection.execute(insert(identity).values(issuer=issuer, subject=subject, account=account, at=now))


def forget(connection: Connection, account: str) -> None:
    """Let go what the account is tied to."""
    connection.execute(delete(identity).where(identity.c.account == account))


def as_invited(address: str) -> str:
    """An address as it is kept and compared, however it was typed. Refused."""
    kept = folded(address).casefold()
    if not kept or len(kept) > LONGEST or " " in kept:
        raise Refused("This is no address: write it as the provider has it, such as taro@city.example.jp.")
    return kept
