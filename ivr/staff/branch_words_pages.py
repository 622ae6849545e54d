"""All that a menu, text or desk still lacks, written on its page in one go."""

import re
from dataclasses import dataclass

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions import structure
from ivr.editions.structure import Shape
from ivr.editions.texts import TextPlace, text_of
from ivr.people.refusals import Refused
from ivr.people.rights import Right
from ivr.staff import tree_pages
from ivr.staff.area import area, needs
from ivr.staff.context import me, now, office, tell_saved

_FIELD = "write-"
_BETWEEN = re.compile(r"[\s、,;；]+")
"""What people write between numbers, or between what callers may say."""

_BY_ITSELF = "hours"
"""The fact that has a page of its own, where one hears what is typed."""


@dataclass(frozen=True, slots=True)
class ToWrite:
    """A text or fact that is still to be written. `field`: the name of its field, "" of what is written on a page of
    its own; `typed`: what stands in the field."""

    place: TextPlace
    field: str
    typed: str

    @property
    def long(self) -> bool:
        """Whether it is words rather than a number or a name."""
        return self.place.prompt


@area.post("/drafts/<int:draft>/tree/at/<name>/words")
@needs(Right.WRITE)
def write_branch(draft: int, name: str) -> ResponseReturnValue:
    """Save whatever was filled in."""
    try:
        typed = {each.place: each.typed for each in to_write(draft, name) if each.typed.strip()}
        changes = {place: _text(place, text) for place, text in typed.items()}
        based = dict.fromkeys(changes, 0) | _versions(draft)
        office().drafts.save_all(draft, changes, {place: based[place] for place in changes}, me(), now(), "save")
    except Refused as error:
        return tree_pages.branch_again(draft, name, error)
    tell_saved(bool(changes))
    return redirect(url_for("staff.branch", draft=draft, name=name), 303)


def to_write(draft: int, name: str) -> tuple[ToWrite, ...]:
    """What is missing, and what was just typed for what somebody else has written meanwhile: nothing typed is lost."""
    texts = office().reshaping.texts(draft)
    branch = Shape.of(texts).branch(name)
    lacking = [place for place in structure.missing(texts) if branch.has(place)]
    sent = [place for place in texts if branch.has(place) and request.form.get(_field(place), "").strip()]
    return tuple(
        ToWrite(place, "" if place.parts.part == _BY_ITSELF and place.fact else _field(place), _sent(place))
        for place in dict.fromkeys((*lacking, *sent))
    )


area.context_processor(lambda: {"to_write": to_write})


def _field(place: TextPlace) -> str:
    return f"{_FIELD}{place.file}-{place.key}"


def _sent(place: TextPlace) -> str:
    return request.form.get(_field(place), "")


def _versions(draft: int) -> dict[TextPlace, int]:
    """The versions over which the form was filled in: of what was missing then, those that are empty still."""
    words = office().drafts.words(draft)
    return {place: word.version for place, word in words.items() if not word.text}


def _text(place: TextPlace, typed: str) -> str:
    if not place.fact:
        return typed
    if place.language is None and place.parts.part == "source":
        return text_of(" ".join(typed.split()))
    return text_of(tuple(filter(None, _BETWEEN.split(typed))))
