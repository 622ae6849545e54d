"""What each role may do: the one table of it, asked by code and by pages alike.

It says what a role is trusted with. That nobody approves what they wrote, or stops their own
account, depends on what is done to what, and is asked where that is done.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from ivr.people.persons import Person, Role
from ivr.people.refusals import NotAllowed


class Right(StrEnum):
    """Something that one may do or not."""

    LOOK = "look"
    """See all that the console shows, ring a draft, look after one's own account."""
    READ_REPORTS = "read reports"
    """See what calls did, and take it along."""
    WRITE = "write"
    """Begin drafts and change what stands in them, up to submitting them."""
    RECORD = "record"
    """Record texts, listen to what was recorded, and put it into a draft."""
    REMARK = "remark"
    """Say something of a text of a draft, and answer what others said."""
    APPROVE = "approve"
    """Approve a draft or send it back."""
    PUBLISH = "publish"
    """Publish and schedule, withdraw and roll back."""
    WARN = "warn"
    """Put alerts on the line, and end them."""
    APPROVE_ALERT = "approve alert"
    """Approve an alert that somebody else put on the line."""
    CLOSE_DESK = "close desk"
    """Close a desk for a time, and open it again."""
    KEEP_ACCOUNTS = "keep accounts"
    """Make, renew and stop the accounts of others, and say what they are trusted with."""
    WATCH_ACCOUNTS = "watch accounts"
    """Be told which accounts are new or were changed."""


_ALL = (Right.LOOK, Right.READ_REPORTS)

RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.EDITOR: frozenset({*_ALL, Right.WRITE, Right.RECORD, Right.REMARK, Right.WARN, Right.CLOSE_DESK}),
        Role.APPROVER: frozenset(
            {
                *_ALL,
                Right.REMARK,
                Right.APPROVE,
                Right.PUBLISH,
                Right.WARN,
                Right.APPROVE_ALERT,
                Right.CLOSE_DESK,
                Right.WATCH_ACCOUNTS,
            }
        ),
        Role.ADMINISTRATOR: frozenset({*_ALL, Right.KEEP_ACCOUNTS}),
    }
)
"""What each role may do; somebody with several roles may do what any of them may."""


def may(person: Person, right: Right) -> bool:
    """Whether the person may do that."""
    return any(right in RIGHTS[role] for role in person.roles)


def require(person: Person, right: Right) -> None:
    """NotAllowed where the person may not do that."""
    if not may(person, right):
        raise _refusal(right)


def _refusal(right: Right) -> NotAllowed:
    """Whom one can ask: the first role that may."""
    match next(role for role in Role if right in RIGHTS[role]):
        case Role.EDITOR:
            return NotAllowed("Only editors may do this.")
        case Role.APPROVER:
            return NotAllowed("Only approvers may do this.")
        case Role.ADMINISTRATOR:
            return NotAllowed("Only administrators may do this.")
