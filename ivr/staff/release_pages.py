"""What a release of the program brings: told on the first page and in its draft, and where both sides changed
the same, somebody chooses."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.draft import Draft, Status
from ivr.editions.merging import Disagreement
from ivr.editions.releases import is_of_program
from ivr.editions.texts import TextPlace, words_at
from ivr.line.loading import STRUCTURE
from ivr.line.prompt_keys import NAME, of_node, taken_apart
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.staff.area import area, needs
from ivr.staff.context import console, me, now, office, tell

TAKE = "take"
"""The answer by which the program's side is taken."""

Unit = tuple[str, str, str]
"""What it is (menu, text, desk or language), its key, and what the line calls it."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A draft by the program and what it brings: `came` and `went` are whole menus, texts, desks and languages;
    then the numbers of single texts. `disagreements`: where nobody has chosen yet."""

    draft: Draft
    came: tuple[Unit, ...]
    went: tuple[Unit, ...]
    added: int
    changed: int
    removed: int
    disagreements: tuple[Disagreement, ...]


def waiting_release(drafts: Iterable[Draft]) -> Brought | None:
    """The one among these drafts that the program brought. The first page must not fail where texts in
    it have no place in its files: its own page tells that."""
    found = next((draft for draft in drafts if is_of_program(draft)), None)
    with suppress(Refused):
        return brought_by(found) if found else None
    return None


def brought_by(draft: Draft) -> Brought:
    """What a draft by the program brings."""
    before = office().library.edition(draft.base).texts
    after = office().drafts.edition(draft.id).texts
    return Brought(
        draft,
        came=_named(_units(after) - _units(before), after),
        went=_named(_units(before) - _units(after), before),
        added=len(after.keys() - before.keys()),
        changed=sum(after[place] != before[place] for place in after.keys() & before.keys()),
        removed=len(before.keys() - after.keys()),
        disagreements=disagreements_of(draft),
    )


def disagreements_of(draft: Draft) -> tuple[Disagreement, ...]:
    """What is to be chosen in a draft, while it can be changed."""
    if draft.status in (Status.PUBLISHED, Status.DISCARDED):
        return ()
    return office().releases.disagreements(draft.id)


@area.post("/drafts/<int:draft>/choose")
@needs(Right.WRITE)
def choose(draft: int) -> ResponseReturnValue:
    at = TextPlace(request.form.get("file", ""), request.form.get("key", ""))
    theirs = request.form.get("side") == TAKE
    office().releases.choose(draft, at, theirs, me(), now())
    if theirs:
        tell("What the program brings was taken into the draft.")
    else:
        tell("What staff have was kept.")
    return redirect(url_for("staff.draft", draft=draft) + "#h-sides", 303)


def _units(places: Iterable[TextPlace]) -> set[tuple[str, str]]:
    """The menus, texts, desks and languages that stand in these places: kind and name."""
    found = {("language", place.language) for place in places if place.language}
    keys = (taken_apart(place.key) for place in places if place.file == STRUCTURE)
    return found | {(key.family, key.node) for key in keys if key.node}


def _named(units: Iterable[tuple[str, str]], texts: Mapping[TextPlace, str]) -> tuple[Unit, ...]:
    code = console().line().first_language.code
    return tuple(
        (kind, name, texts.get(words_at(code, of_node(kind, name, NAME)), name)) for kind, name in sorted(units)
    )
