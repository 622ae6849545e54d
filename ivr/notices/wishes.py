"""What each person wishes to be told, by what, and where that goes.

An address that a chat system gives out is as good as a password for its room: it is kept sealed, and shown to nobody.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address

from sqlalchemy import Connection, delete, insert, select

from ivr.notices.kinds import Kind, Way
from ivr.people.persons import Person
from ivr.people.refusals import Refused
from ivr.people.sealing import Seals, Unreadable
from ivr.people.trail import note
from ivr.store.database import Database
from ivr.store.tables import account as account_table
from ivr.store.tables import notice_address as address_table
from ivr.store.tables import notice_wish as wish_table

LONGEST_MAIL, LONGEST_CHAT = 254, 1000
"""Characters: of an address (RFC 5321, 4.5.3.1.3), and of one for chats [own value]."""

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z0-9-]*[a-z][a-z0-9-]*", re.IGNORECASE)
_PURPOSE = b"addresses of chats, 1"

Wish = tuple[Kind, Way]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody chose. `mail` and `chat` are where it goes ("": nowhere), `chat` a secret;
    `language`: in which they are told (a code); `chosen`: None where they have not chosen yet."""

    mail: str = ""
    chat: str = ""
    language: str = ""
    chosen: frozenset[Wish] | None = None

    def to(self, way: Way) -> str:
        """Where it goes by this way."""
        return self.mail if way is Way.MAIL else self.chat


class WishBook:
    """All wishes. `secret`: SECRET_KEY."""

    def __init__(self, database: Database, secret: str):
        self.database = database
        self._seals = Seals(secret, _PURPOSE)

    def of(self, account: str) -> Wishes:
        """What somebody chose. DatabaseGone."""
        with self.database.reading() as connection:
            row = connection.execute(select(address_table).where(address_table.c.account == account)).first()
            rows = connection.execute(select(wish_table).where(wish_table.c.account == account)).all()
        if row is None:
            return Wishes()
        return Wishes(
            row.mail, self._opened(row.chat), row.language, frozenset((Kind(r.kind), Way(r.way)) for r in rows)
        )

    def choose(self, person: Person, wishes: Wishes, now: datetime) -> None:
        """Keep what somebody chose. Refused where the address of mails is none; that of a chat was looked at
        before (`ivr.notices.chat.usable`)."""
        if wishes.mail and not is_mail_address(wishes.mail):
            raise Refused("This is no mail address: write one such as taro@city.example.jp.")
        kept = {"mail": wishes.mail, "language": wishes.language}
        sealed = self._seals.seal(wishes.chat) if wishes.chat else ""
        with self.database.writing() as connection:
            for table in (address_table, wish_table):
                connection.execute(delete(table).where(table.c.account == person.id))
            connection.execute(insert(address_table).values(account=person.id, chat=sealed, **kept))
            wished = [(kind, way) for kind, way in sorted(wishes.chosen or ()) if wishes.to(way)]
            for kind, way in wished:
                connection.execute(insert(wish_table).values(account=person.id, kind=kind, way=way))
            note(connection, person, now, "notices.choose", person.name)

    def _opened(self, sealed: str) -> str:
        """ "" where it was sealed with another key: it must be given anew."""
        try:
            return self._seals.open(sealed) if sealed else ""
        except Unreadable:
            return ""


def wishing(connection: Connection, kind: Kind) -> Collection[tuple[str, Way]]:
    """Who wishes to hear of that kind, by what: accounts (ids) that are not stopped."""
    asked = (
        select(wish_table.c.account, wish_table.c.way)
        .join(account_table, account_table.c.id == wish_table.c.account)
        .where(wish_table.c.kind == kind, account_table.c.stopped_at.is_(None))
        .order_by(wish_table.c.account, wish_table.c.way)
    )
    return [(row.account, Way(row.way)) for row in connection.execute(asked)]


def is_mail_address(text: str) -> bool:
    """Whether mail can be sent there."""
    if not text.isascii() or len(text) > LONGEST_MAIL:
        return False
    try:
        address = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError):
        return False
    return bool(address.username) and _DOMAIN.fullmatch(address.domain) is not None
