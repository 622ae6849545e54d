"""Recovery codes: for the day on which telephone and passkeys are at home, or gone.

Each stands in for a second factor once. They are shown once, when they are made; kept are hashes, which need not be
slow, since nobody guesses 78 bits of chance. Those made before are void.
"""

import hashlib
import re
import secrets
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from ivr.line.text import folded
from ivr.store.tables import recovery_code

MANY = 10
"""Codes of one making [own value]."""

FEW = 3
"""So many left, or fewer, are told to their owner [own value]."""

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none is read as another
_LENGTH, _GROUP = 16, 4
_BETWEEN = re.compile(r"[-\s]")


def new_codes(connection: Connection, account: str) -> tuple[str, ...]:
    """Other codes: show them once, to their owner, and write them nowhere."""
    codes = tuple("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(MANY))
    forget(connection, account)
    for code in codes:
        connection.execute(insert(recovery_code).values(hash=_hash(account, code), account=account))
    return tuple("-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)) for code in codes)


def use(connection: Connection, account: str, typed: str, now: datetime) -> bool:
    """Whether it is a code of the account that was not used before; it is now. However it was typed."""
    code = _BETWEEN.sub("", folded(typed)).upper()
    mine = (recovery_code.c.hash == _hash(account, code)) & (recovery_code.c.account == account)
    query = update(recovery_code).where(mine, recovery_code.c.used_at.is_(None))
    return len(code) == _LENGTH and bool(connection.execute(query.values(used_at=now)).rowcount)


def left(connection: Connection, account: str) -> int | None:
    """How many codes are left; None where none were ever made."""
    mine = recovery_code.c.account == account
    made = connection.execute(select(func.count()).select_from(recovery_code).where(mine)).scalar_one()
    unused = select(func.count()).select_from(recovery_code).where(mine, recovery_code.c.used_at.is_(None))
    return int(connection.execute(unused).scalar_one()) if made else None


def forget(connection: Connection, account: str) -> None:
    """Void all codes of the account."""
    connection.execute(delete(recovery_code).where(recovery_code.c.account == account))


def _hash(account: str, code: str) -> str:
    return hashlib.sha256(f"{account}:{code}".encode("utf-8", "surrogatepass")).hexdigest()
