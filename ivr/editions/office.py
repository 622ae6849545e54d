"""Everything that staff and calls need of this room, put together once for an application."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection

from ivr import clock
from ivr.editions import library
from ivr.editions.announcements import UNAPPROVED, Announcements
from ivr.editions.approval import Approval
from ivr.editions.checks import Begin, Checks, Rules, at_once
from ivr.editions.codes import Codes
from ivr.editions.drafts import Drafts
from ivr.editions.edition import Edition
from ivr.editions.errands import Errands
from ivr.editions.facts import Facts
from ivr.editions.library import SHIPPED, Library
from ivr.editions.long_recordings import LongRecordings
from ivr.editions.passages import Passages
from ivr.editions.publishing import Publishing
from ivr.editions.recordings import DraftRecordings
from ivr.editions.releases import Releases, take_in_safely
from ivr.editions.remarks import Remarks
from ivr.editions.replacing import Replacing
from ivr.editions.reshaping import Reshaping
from ivr.editions.shelf import Shelf
from ivr.editions.snapshot import Snapshot
from ivr.editions.typed import Typing
from ivr.store.database import Database, DatabaseGone
from ivr.store.health import Health
from ivr.store.leased_work import Attempt, once
from ivr.store.leases import Leases


@dataclass(frozen=True, slots=True)
class Office:
    """The rooms of the city's staff, and the shelf from which calls are answered."""

    database: Database
    library: Library
    drafts: Drafts
    typing: Typing
    passages: Passages
    reshaping: Reshaping
    replacing: Replacing
    recordings: DraftRecordings
    long_recordings: LongRecordings
    approval: Approval
    checks: Checks
    publishing: Publishing
    errands: Errands
    remarks: Remarks
    releases: Releases
    announcements: Announcements
    facts: Facts
    codes: Codes
    shelf: Shelf
    health: Health


def office(
    url: str,
    shipped: Mapping[str, bytes],
    rules: Rules,
    secret: str,
    folder: Path,
    today: Callable[[], datetime] = clock.utc_now,
    unapproved: timedelta = UNAPPROVED,
    own_numbers: frozenset[str] = frozenset(),
    begin: Begin = at_once,
    errands: Callable[[Attempt], None] = once,
    leases: Leases | None = None,
) -> Office:
    """All of it. `url`: the database's; `shipped`: the files of prompts/; `rules`: what finds the
    errors of an edition, and `begin` has that done, `errands` what was asked for by a press, both under
    `leases`; `secret`: SECRET_KEY; `folder`: where the
    snapshot goes; `today`: the time of day, for `Shelf`; `unapproved`: how long an alert is heard
    that nobody approved; `own_numbers` (E.164): those by which the line itself is rung. LineError
    where the shipped files make no line."""
    edition = Edition(MappingProxyType(dict(shipped)))
    _ = edition.line  # loaded now: from here on there is always something to say
    health = Health()

    def arrive(connection: Connection) -> None:
        library.keep(connection, edition, SHIPPED, today())
        take_in_safely(books, connection, today())

    database = Database(url, folder, health, arrive)
    books = Library(database, edition)
    checks = Checks(database, rules, begin, leases)
    drafts, approval = Drafts(books, own_numbers), Approval(books, own_numbers)
    publishing, shelf = Publishing(books, checks), Shelf(books, Snapshot(folder, health), today=today)
    return Office(
        database=database,
        library=books,
        drafts=drafts,
        typing=Typing(books),
        passages=Passages(books),
        reshaping=Reshaping(books),
        replacing=Replacing(books),
        recordings=DraftRecordings(books),
        long_recordings=LongRecordings(books),
        approval=approval,
        checks=checks,
        publishing=publishing,
        errands=Errands(books, drafts, approval, publishing, checks, today, shelf.refresh, errands, leases),
        remarks=Remarks(books),
        releases=Releases(books),
        announcements=Announcements(books, unapproved),
        facts=Facts(books, approval),
        codes=Codes(database, hmac.new(secret.encode(), b"one-time codes", hashlib.sha256).digest()),
        shelf=shelf,
        health=health,
    )


def open_office(rooms: Office, now: datetime) -> bool:
    """Migrate and take in the shipped edition; false where the database does not answer, and
    calls are answered from the snapshot all the same: it is opened later, once it can be."""
    try:
        rooms.library.open(now)
    except DatabaseGone:
        return False
    return True
