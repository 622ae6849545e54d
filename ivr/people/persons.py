"""Who acts, and what they are trusted with."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is trusted with; `ivr.people.rights` says what that lets them do."""

    EDITOR = "editor"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed in. `id` never changes; `name` is what others see."""

    id: str
    name: str
    roles: frozenset[Role]
