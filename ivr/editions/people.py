"""Who acts, what they may do, and how they are told no."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is trusted with."""

    EDITOR = "editor"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed in. `id` never changes; `name` is what others see."""

    id: str
    name: str
    roles: frozenset[Role]


class Refused(Exception):
    """An act that cannot be done as asked, and why, for the person who asked.

    `message` is a sentence in English that serves as the id of its translations; `facts` fill
    the places in it: ``_(error.message) % error.facts``.
    """

    def __init__(self, message: str, **facts: object):
        self.message = message
        self.facts = facts
        super().__init__(message % facts if facts else message)


class NotAllowed(Refused):
    """The person has no right to the act."""


class NotFound(Refused):
    """There is no such draft, prompt or the like."""


class Later(Refused):
    """Too much is being worked on just now: the same, asked again in a moment, will be done."""


NEEDED = {
    Role.EDITOR: lambda: NotAllowed("Only editors may do this."),
    Role.APPROVER: lambda: NotAllowed("Only approvers may do this."),
    Role.ADMINISTRATOR: lambda: NotAllowed("Only administrators may do this."),
}


def require(person: Person, *roles: Role) -> None:
    """NotAllowed where the person has none of these roles."""
    if not person.roles.intersection(roles):
        raise NEEDED[roles[0]]()
