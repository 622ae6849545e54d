"""An errand as a value: who asked for what of which draft, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from ivr.line.sentences import unpacked, unpacked_facts
from ivr.people.persons import Person, Role
from ivr.people.rights import Right
from ivr.people.telling import Told


class Act(StrEnum):
    """What may be asked for."""

    SUBMIT = "submit"
    APPROVE = "approve"
    PUBLISH = "publish"


RIGHTS = {Act.SUBMIT: Right.WRITE, Act.APPROVE: Right.APPROVE, Act.PUBLISH: Right.PUBLISH}


class Outcome(StrEnum):
    """What came of it."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Errand:
    """`acts` in their order, with what was `asked` for: the "reason", the "digest" of what was looked at, "at" which
    time (ISO 8601; without it at once). `outcome` is None while it is under way; `told` why it was refused, and
    `problems` the sentences beside it."""

    id: int
    draft: int
    acts: tuple[Act, ...]
    asked: Mapping[str, str]
    person: Person
    at: datetime
    outcome: Outcome | None = None
    told: Told | None = None
    problems: tuple[str, ...] = ()

    @property
    def waits_for_rules(self) -> bool:
        """Whether the rules are held against the edition before it is done."""
        return Act.SUBMIT in self.acts or Act.PUBLISH in self.acts


def as_errand(row: Row[tuple[Any, ...]]) -> Errand:
    """The errand of a row."""
    told = row.told or {}
    return Errand(
        row.id,
        row.draft,
        tuple(map(Act, row.acts)),
        row.asked,
        Person(row.by, row.by_name, frozenset(map(Role, row.roles))),
        row.at,
        Outcome(row.outcome) if row.outcome else None,
        (told["message"], unpacked_facts(told["facts"])) if told else None,
        tuple(map(unpacked, told.get("problems", ()))),
    )
