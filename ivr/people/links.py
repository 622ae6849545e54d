"""One-time links, by which whoever is to have an account sets it up.

Only a hash of a link is kept, so that a copy of the database opens no account.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.people.refusals import NotFound

LINK_LIFE = timedelta(hours=72)
"""How long a one-time link is good: over a weekend [own value]."""


class NoLink(NotFound):
    """A one-time link that is none, was used, was replaced or is too old."""

    def __init__(self) -> None:
        super().__init__(
            "This link was used already, was replaced by a newer one, or is too old. Ask an administrator for a new"
            " one. If it was not you who used it, tell them so at once."
        )


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link: show `token` once, to be handed to the owner, and write it nowhere."""

    token: str
    until: datetime


def new_link(now: datetime) -> Link:
    """Another link, good from now on."""
    return Link(secrets.token_urlsafe(32), now + LINK_LIFE)


def hash_of(token: str) -> str:
    """What is kept of a link: 256 bits of chance need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
