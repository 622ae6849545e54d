"""Bytes kept under the SHA-256 of what they are, so that they can never be others."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from ivr.store.tables import blob


class Spoilt(Exception):
    """A blob is gone or its bytes are no longer those that it was kept for."""


def address(content: bytes) -> str:
    """Where these bytes are kept: 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def keep(connection: Connection, content: bytes) -> str:
    """Keep bytes and tell their address; those that are there already stay as they are."""
    at = address(content)
    if connection.execute(select(blob.c.hash).where(blob.c.hash == at)).first() is None:
        connection.execute(insert(blob).values(hash=at, content=content))
    return at


def fetch(connection: Connection, addresses: Iterable[str]) -> dict[str, bytes]:
    """The bytes at these addresses. Spoilt where some are missing or altered."""
    wanted = set(addresses)
    rows = connection.execute(select(blob).where(blob.c.hash.in_(wanted))).all()
    found = {row.hash: bytes(row.content) for row in rows if address(row.content) == row.hash}
    if missing := wanted - found.keys():
        raise Spoilt(f"blob {min(missing)} is missing or altered")
    return found
