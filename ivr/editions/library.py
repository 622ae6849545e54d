"""The stored editions and the list of publications; what is live is decided in `timeline`."""

import secrets
from collections.abc import Hashable, Mapping
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from threading import Lock
from types import MappingProxyType
from typing import Any

from cachetools import LRUCache, cachedmethod
from sqlalchemy import Connection, Row, insert, select, update

from ivr.editions import timeline
from ivr.editions.edition import Edition
from ivr.editions.timeline import Publication, PublicationKind
from ivr.people.persons import Person
from ivr.people.refusals import NotFound
from ivr.store import blobs
from ivr.store.database import Database
from ivr.store.tables import draft, publication, pulse
from ivr.store.tables import edition as edition_table

SHIPPED = "shipped"
DRAFTED = "draft"

_IN_MEMORY = 16
_LOOKS = 64
"""Looks at drafts that stay in memory: a page asks for up to four of its draft, several times [own value]."""


class Library:
    """Editions by their ids. `shipped` is the one in the files of the program; `looks` is what
    `ivr.editions.bench.Room.look_at` keeps, under the lock `looking`."""

    def __init__(self, database: Database, shipped: Edition):
        self.database = database
        self.shipped = shipped
        self._read: LRUCache[str, Edition] = LRUCache(_IN_MEMORY)
        self._reading = Lock()
        self.looks: LRUCache[Hashable, Any] = LRUCache(_LOOKS)
        self.looking = Lock()

    def open(self, now: datetime) -> None:
        """Keep the shipped edition, so that calls under way stay on it when the next version of
        the program ships another. Several processes may do so at once."""
        with self.database.writing() as connection:
            keep(connection, self.shipped, SHIPPED, now)

    def edition(self, name: str) -> Edition:
        """A stored edition, published or not, byte for byte. NotFound; blobs.Spoilt where what
        is stored is no longer what was stored."""
        with self.database.reading() as connection:
            return self.at(connection, name)

    def at(self, connection: Connection, name: str) -> Edition:
        """The same within a transaction. The last few stay in memory: they never change."""
        return self.shipped if name == self.shipped.id else self._stored(connection, name)

    @cachedmethod(attrgetter("_read"), key=lambda _self, _connection, name: name, lock=attrgetter("_reading"))
    def _stored(self, connection: Connection, name: str) -> Edition:
        return replace(fetch(connection, name), lent=self.shipped.files)

    def publications(self) -> tuple[Publication, ...]:
        """Everything that was ever published, rolled back or withdrawn, in order."""
        with self.database.reading() as connection:
            return publications(connection)

    def history(self, now: datetime) -> tuple[Publication, ...]:
        """What stood and came to pass until `now`, the newest first: the editions heard."""
        return tuple(row for row in reversed(timeline.standing(self.publications())) if row.at <= now)

    def scheduled(self, now: datetime) -> tuple[Publication, ...]:
        """What comes, the next first."""
        return timeline.scheduled(self.publications(), now)

    def live(self, now: datetime) -> Edition:
        """The edition that a call at `now` hears, alerts and closures aside."""
        return self.edition(timeline.live_at(self.publications(), now, self.shipped.id))


def keep(connection: Connection, edition: Edition, origin: str, now: datetime) -> None:
    """Store an edition, once."""
    known = select(edition_table.c.id).where(edition_table.c.digest == edition.digest)
    if connection.execute(known).first() is not None:
        return
    files = {name: blobs.keep(connection, content) for name, content in edition.files.items()}
    row = {"id": edition.id, "digest": edition.digest, "files": files, "origin": origin, "at": now}
    connection.execute(insert(edition_table).values(row))
    if origin == SHIPPED:  # calls that begin with it go on at any replica, updated or not
        stir(connection)


def fetch(connection: Connection, name: str) -> Edition:
    """A stored edition. NotFound; blobs.Spoilt."""
    row = connection.execute(select(edition_table).where(edition_table.c.id == name)).first()
    if row is None:
        raise NotFound("There is no edition %(edition)s.", edition=name)
    contents = blobs.fetch(connection, row.files.values())
    found = Edition(MappingProxyType({file: contents[at] for file, at in row.files.items()}))
    if found.digest != row.digest:
        raise blobs.Spoilt(f"edition {name} is not the one that was stored")
    return found


def shipped_ids(connection: Connection) -> frozenset[str]:
    """The editions that this and earlier versions of the program came with."""
    query = select(edition_table.c.id).where(edition_table.c.origin == SHIPPED)
    return frozenset(connection.scalars(query))


def publications(connection: Connection) -> tuple[Publication, ...]:
    """The whole list."""
    query = select(publication, draft.c.base).outerjoin(draft, draft.c.id == publication.c.draft)
    return tuple(_publication(row) for row in connection.execute(query.order_by(publication.c.seq)))


def append(
    connection: Connection,
    kind: PublicationKind,
    by: Person,
    now: datetime,
    at: datetime,
    edition: str | None = None,
    target: int | None = None,
    of_draft: int | None = None,
) -> None:
    """Write an act into the list and let every worker know."""
    connection.execute(
        insert(publication).values(
            kind=kind, at=at, edition=edition, target=target, draft=of_draft, by=by.id, by_name=by.name, done=now
        )
    )
    stir(connection)


def stir(connection: Connection) -> None:
    """Tell the workers that what is live has changed: they look at the stamp."""
    connection.execute(update(pulse).values(stamp=secrets.token_hex(16)))


def by(person: Person, prefix: str = "by") -> Mapping[str, str]:
    """Who did it, as the columns of a row."""
    return {prefix: person.id, f"{prefix}_name": person.name}


def _publication(row: Row[tuple[object, ...]]) -> Publication:
    return Publication(
        row.seq,
        PublicationKind(row.kind),
        row.at,
        row.edition,
        row.target,
        row.draft,
        row.by,
        row.by_name,
        row.done,
        row.base,
    )
