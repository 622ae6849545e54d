"""Drafts as values: how they stand, what they change, and why they are refused."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.editions.edition import Edition, Piece, Recording
from ivr.editions.texts import TextPlace, natural
from ivr.line.loading import LineError, ringing_itself
from ivr.line.values import Line
from ivr.people.refusals import Refused


class Status(StrEnum):
    """Where a draft stands. APPROVED remains so while it waits for its hour; PUBLISHED once it
    was published or scheduled."""

    OPEN = "open"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it stands. `version` counts its changes; `digest` is that of the edition which
    was submitted, None while it is open; `sent_back`: the approver's words; `files_of`: the edition
    into whose files its texts are written, with their comments and order, None: into those of `base`."""

    id: int
    title: str
    base: str
    status: Status
    version: int
    by: str
    by_name: str
    at: datetime
    reason: str
    digest: str | None
    submitted_by: str | None
    submitted_by_name: str | None
    submitted_at: datetime | None
    approved_by: str | None
    approved_by_name: str | None
    approved_at: datetime | None
    sent_back: str
    files_of: str | None = None

    @property
    def edition(self) -> str | None:
        """The id of the edition that was submitted."""
        return None if self.digest is None else self.digest[:10]


@dataclass(frozen=True, slots=True)
class Word:
    """A text in a draft. `version` is 0 while it is as in the base; then `by` and `at` are None.
    `renew`: it lags behind another language."""

    place: TextPlace
    text: str
    version: int
    base: str
    renew: bool
    by: str | None = None
    by_name: str | None = None
    at: datetime | None = None

    @property
    def changed(self) -> bool:
        """Whether the draft changes it."""
        return self.text != self.base


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What somebody typed and has not saved; `based_on`: the version they began from."""

    person: str
    name: str
    place: TextPlace
    text: str
    based_on: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """One entry in the history of a text."""

    draft: int
    title: str
    place: TextPlace
    version: int
    text: str
    act: str
    by: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Take:
    """A recording kept in a draft, with who made it, when, and how (``browser``, ``upload``,
    ``telephone``)."""

    recording: Recording
    source: str
    by: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A recording that somebody made and has neither kept in the draft nor thrown away. `doubts`: why it
    may not be right, each a sentence and the facts that fill its places (as in `Refused`)."""

    recording: Recording
    source: str
    at: datetime
    doubts: tuple[tuple[str, Mapping[str, str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A text or a recording that a draft changes; "" or None: it is not there."""

    place: TextPlace | Piece
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Clash:
    """A text that both the draft and an edition published since have changed."""

    place: TextPlace
    published: str
    drafted: str


class Conflict(Refused):
    """Somebody else saved this text first. Both are here; nothing was overwritten."""

    def __init__(self, theirs: Word, yours: str):
        self.theirs = theirs
        self.yours = yours
        super().__init__("%(name)s changed this text while you were at it.", name=theirs.by_name or "")


class Broken(Refused):
    """The texts make no line that could be published; `problems` are sentences with places."""

    def __init__(self, problems: Sequence[str]):
        self.problems = tuple(problems)
        super().__init__("%(count)s problems must be mended first.", count=len(self.problems))


def differences(before: Edition, after: Edition) -> tuple[Difference, ...]:
    """What changes between two editions, in words (the text) and sound (the audio's address)."""
    changed = differing(before.texts, {**dict.fromkeys(before.texts, ""), **after.texts})
    said = (
        Difference(
            piece, *(each.recordings[piece].audio if piece in each.recordings else None for each in (before, after))
        )
        for piece in sorted({*before.recordings, *after.recordings})
        if before.recordings.get(piece) != after.recordings.get(piece)
    )
    ordered = sorted(changed.items(), key=lambda each: natural(each[0]))
    return (*(Difference(place, before.texts.get(place, ""), text) for place, text in ordered), *said)


def differing(base: Mapping[TextPlace, str], wanted: Mapping[TextPlace, str]) -> dict[TextPlace, str]:
    """Those wanted texts that are not so in `base`; "" is a text that is not there."""
    return {place: text for place, text in wanted.items() if base.get(place, "") != text}


def loadable(edition: Edition, own_numbers: Collection[str] = ()) -> Line:
    """The edition's line. Broken where its texts make none, or one that rings these numbers (E.164),
    which are its own."""
    try:
        line = edition.line
    except LineError as error:
        raise Broken([problem.told for problem in error.problems]) from error
    if found := ringing_itself(line, own_numbers):
        raise Broken([problem.told for problem in found])
    return line
