"""What each role may do."""

from ivr.people.persons import Person, Role
from ivr.people.refusals import NotAllowed

NEEDED = {
    Role.EDITOR: lambda: NotAllowed("Only editors may do this."),
    Role.APPROVER: lambda: NotAllowed("Only approvers may do this."),
    Role.ADMINISTRATOR: lambda: NotAllowed("Only administrators may do this."),
}


def require(person: Person, *roles: Role) -> None:
    """NotAllowed where the person has none of these roles."""
    if not person.roles.intersection(roles):
        raise NEEDED[roles[0]]()
