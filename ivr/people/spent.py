"""What is good once: challenges that were answered. Only a hash is kept, and no longer than it would be good."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from ivr.store.tables import spent


def spend(connection: Connection, what: str, until: datetime, now: datetime) -> bool:
    """Whether it was not used before; it is now. It is good until `until`."""
    connection.execute(delete(spent).where(spent.c.until < now))
    key = hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()
    if connection.execute(select(spent.c.hash).where(spent.c.hash == key)).first() is not None:
        return False
    connection.execute(insert(spent).values(hash=key, until=until))
    return True
