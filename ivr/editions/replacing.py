"""Words replaced across the texts of a line: looked at one by one first, then written into one draft."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.editions.bench import Bench, Room, begun, checked
from ivr.editions.draft import Draft
from ivr.editions.edition import Piece, prompt_of
from ivr.editions.reshaping import mark
from ivr.editions.structure import Texts
from ivr.editions.texts import TextPlace, natural
from ivr.line.finding import found, replaced
from ivr.line.text import one_line
from ivr.line.words import Prompt, parse
from ivr.people.persons import Person
from ivr.people.refusals import Refused
from ivr.people.rights import Right, require

_SLOT = re.compile(r"(\{[a-z_.0-9]+\})")

ACT = "replace"
"""How the history names it."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A text before and after. `sound`: somebody recorded the words before, so that they are recorded anew."""

    place: TextPlace
    before: str
    after: str
    sound: bool = False


@dataclass(frozen=True, slots=True)
class Replacements:
    """What can be replaced, and the texts in which that must be done by hand: the words stand there between marks, or
    nothing would be left of them."""

    can: tuple[Replacement, ...]
    by_hand: tuple[TextPlace, ...]

    def mark(self, places: Collection[TextPlace]) -> str:
        """A short name of these replacements: another one once a text is another."""
        chosen = [each for each in self.can if each.place in places]
        return mark({each.place: each.before for each in chosen}, {each.place: each.after for each in chosen})


class Replacing(Room):
    """Acts that replace words. Drafts are those that are given; None stands for one that is to begin, over what will
    be live last of all."""

    def look(self, draft: int | None, wanted: str, new: str, language: str, now: datetime) -> Replacements:
        """What would come of it; `language` (a code): in that one alone."""
        with self.reading() as bench:
            return _look(bench, draft, wanted, new, language, now)

    def replace(
        self,
        draft: int | None,
        title: str,
        wanted: tuple[str, str, str],
        places: Mapping[TextPlace, str],
        person: Person,
        now: datetime,
    ) -> Draft:
        """Replace the `wanted` words by new ones, in a language or all (""), in these places, each as it was seen.
        Refused where one is another by now, or none was chosen."""
        require(person, Right.WRITE)
        if not places:
            raise Refused("Choose at least one of them.")
        with self.writing() as bench:
            can = {each.place: each for each in _look(bench, draft, *wanted, now).can}
            if any(place not in can or can[place].before != before for place, before in places.items()):
                raise Refused("Somebody has changed this meanwhile: look at it again.")
            number = begun(bench, title, person, now) if draft is None else draft
            changes = {place: checked(place, can[place].after) for place in places}
            bench.write(number, changes, ACT, person, now)
            bench.edition(number)
            return bench.find(number)


def replacements(texts: Texts, wanted: str, new: str, language: str, recorded: Collection[TextPlace]) -> Replacements:
    """What would come of it in these texts."""
    can, by_hand = [], []
    for place in sorted(texts, key=natural):
        text = texts[place]
        if not place.prompt or (language and place.language != language) or not _stands_in(text, wanted):
            continue
        after = one_line("".join(each if _SLOT.fullmatch(each) else replaced(each, wanted, new) for each in _cut(text)))
        if after == text:
            continue
        if _same_marks(text, after):
            can.append(Replacement(place, text, after, place in recorded))
        else:
            by_hand.append(place)
    return Replacements(tuple(can), tuple(by_hand))


def _cut(text: str) -> list[str]:
    """A text in pieces, the places that the call fills by themselves: their names are no words."""
    return _SLOT.split(text)


def _stands_in(text: str, wanted: str) -> bool:
    return any(found(each, wanted) for each in _cut(text) if not _SLOT.fullmatch(each))


def _look(bench: Bench, draft: int | None, wanted: str, new: str, language: str, now: datetime) -> Replacements:
    if not wanted.strip():
        raise Refused("Write the words that are to be replaced.")
    if draft is None:
        edition = bench.base(now)
        return replacements(edition.texts, wanted, new, language, _recorded(edition.recordings))
    return replacements(bench.texts(draft), wanted, new, language, _recorded(bench.recordings(draft)))


def _recorded(recordings: Mapping[Piece, object]) -> frozenset[TextPlace]:
    return frozenset(map(prompt_of, recordings))


def _same_marks(before: str, after: str) -> bool:
    """Whether both can be read, have the same places left open, and something is left to say."""
    was, now = _parsed(before), _parsed(after)
    return was is not None and now is not None and was.slots == now.slots and bool(after)


def _parsed(text: str) -> Prompt | None:
    try:
        return parse("", text)
    except ValueError:
        return None
