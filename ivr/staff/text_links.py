"""The page of the console on which a text of a draft is written."""

from flask import url_for

from ivr.editions.structure import LINE, WAYS
from ivr.editions.texts import TextPlace
from ivr.line.contacts import CONTACTS
from ivr.line.language_files import READINGS
from ivr.line.loading import ALERTS, STRUCTURE
from ivr.line.prompt_keys import ALERT, HELP, is_hours_for, passage, passages, reading_of, spoken_of
from ivr.line.values import Kind

_FACTS_OF = (Kind.DESK, Kind.TEXT)
_LEADS = {*WAYS.values(), "desks", "help_now"}
"""What is changed in the tree of the call."""


def page_of(draft: int, place: TextPlace, there: bool = True) -> str:
    """Its address; "" where no page writes it. `there`: whether the draft has it still."""
    if beside := _beside(draft, place):
        return beside
    if place.prompt:
        return _of_words(draft, place)
    if place.file == READINGS:
        return _facts(draft, "readings", reading_of(place.key)[0])
    if place.file == STRUCTURE:
        return _of_structure(draft, place, there)
    if spoken_of(place.key) is not None:
        return _facts(draft, "words", place.language or "")
    return _facts(draft, Kind.DESK, place.parts.node) if is_hours_for(place.key) else ""


def _beside(draft: int, place: TextPlace) -> str:
    """Of what belongs to no place of the call: prepared alerts, ways to ask, numbers that are no desk's."""
    if place.file == ALERTS or (place.prompt and place.parts.family == ALERT):
        name = place.parts.part.partition(".")[0] if place.prompt else ""
        known = url_for("staff.prepared_alerts_of", draft=draft)
        return url_for("staff.prepared_alert", draft=draft, name=name) if name else known
    if place.file == CONTACTS:
        return url_for("staff.contact", draft=draft, name=place.key.partition(".")[0])
    return url_for("staff.contacts_of", draft=draft) if place.names_number else ""


def _of_words(draft: int, place: TextPlace) -> str:
    """A prompt's own page; that of all passages, or of its branch, where the place is no single prompt."""
    if place.key == passages(place.parts.node or HELP):
        whole_text = place.parts.family == Kind.TEXT
        return _passages(draft, place.parts.node) if whole_text else _prompt(draft, passage(HELP, 1))
    if place.parts.node and not place.parts.part:
        return url_for("staff.branch", draft=draft, name=place.parts.node)
    return _prompt(draft, place.key)


def _prompt(draft: int, key: str) -> str:
    return url_for("staff.edit_prompt", draft=draft, key=key)


def _passages(draft: int, text: str) -> str:
    return url_for("staff.passages", draft=draft, name=text)


def _of_structure(draft: int, place: TextPlace, there: bool) -> str:
    parts = place.parts
    if parts.node and there and (parts.part in _LEADS or not parts.part):
        return url_for("staff.branch", draft=draft, name=parts.node)
    if parts.part in _LEADS or place.key in (f"{LINE}.nearest", f"{LINE}.silence_desk"):
        return url_for("staff.tree", draft=draft)
    return _facts(draft, parts.family, parts.node) if parts.family in _FACTS_OF and parts.part else ""


def _facts(draft: int, table: str, name: str) -> str:
    return url_for("staff.edit_facts", draft=draft, table=table, name=name)
