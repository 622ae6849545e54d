"""Of what people are told, and by what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from ivr.people.persons import Role


class Kind(StrEnum):
    """What a notice is about: people choose by it."""

    SUBMITTED = "submitted"
    SENT_BACK = "sent back"
    APPROVED = "approved"
    PUBLISHED = "published"
    ALERT = "alert"
    """An alert began, or is still to be approved."""
    FACTS_DUE = "facts due"
    UNHEALTHY = "unhealthy"
    """Something of the line does not work, or works again."""


class Way(StrEnum):
    """What a notice comes by."""

    MAIL = "mail"
    CHAT = "chat"
    """An address that a chat system gives out, to which messages are posted (an incoming webhook)."""


USUAL: Mapping[Role, frozenset[Kind]] = MappingProxyType(
    {
        Role.EDITOR: frozenset({Kind.SENT_BACK, Kind.APPROVED, Kind.PUBLISHED, Kind.FACTS_DUE}),
        Role.APPROVER: frozenset({Kind.SUBMITTED, Kind.ALERT, Kind.UNHEALTHY}),
        Role.ADMINISTRATOR: frozenset({Kind.UNHEALTHY}),
    }
)
"""What the form proposes to somebody who has not chosen yet, by what they are trusted with [own choice]."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice in words: `subject` is one line, `text` has the address of a page in it. `id` is always the same
    for the same notice, so that programs of readers know one that comes twice; `at`: when it happened."""

    id: str
    subject: str
    text: str
    at: datetime
