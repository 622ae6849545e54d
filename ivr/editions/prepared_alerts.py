"""The alerts that stand prepared in a draft: written, put in another order, added and taken away.

`alerts.toml` names them in the order in which staff see them; a title and the words stand in the file of
each language, which may lack either. An edition that is older than `alerts.toml` is lent those of the
release, and has them for its own once somebody changes one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ivr.editions.structure import Operation, Shape, Texts, listed
from ivr.editions.texts import TextPlace, text_of, words_at
from ivr.line.loading import ALERTS
from ivr.line.prompt_keys import alert_title, alert_words
from ivr.people.refusals import NotFound, Refused

PARTS = MappingProxyType({"title": alert_title, "words": alert_words})
"""The two parts of one, as forms name them, and where each stands in the file of a language."""

Fields = Mapping[tuple[str, str], str]
"""Texts by their part and the code of their language."""

ORDER = TextPlace(ALERTS, "alerts")
"""Where their keys stand, in order."""


@dataclass(frozen=True, slots=True)
class PreparedAlert:
    """One of them: its title and words by language, "" where a language has none."""

    key: str
    titles: Mapping[str, str]
    words: Mapping[str, str]


def all_prepared(texts: Texts, lent: Texts) -> tuple[PreparedAlert, ...]:
    """All that a draft has, in order; `lent`: the texts of the release."""
    after = with_lent(texts, lent)
    languages = Shape.of(texts).languages
    return tuple(
        PreparedAlert(
            key,
            {code: after.get(words_at(code, alert_title(key)), "") for code in languages},
            {code: after.get(words_at(code, alert_words(key)), "") for code in languages},
        )
        for key in listed(after.get(ORDER, ""))
    )


def with_lent(texts: Texts, lent: Texts) -> dict[TextPlace, str]:
    """The texts of a draft, with the alerts of the release where it has no list of its own."""
    return dict(texts) | _borrowed(texts, lent)


def written(key: str, shown: Fields, wanted: Fields, lent: Texts) -> Operation:
    """A title and words as they are `wanted` where they were `shown`; `key` "": of a new one. Refused where
    somebody else changed them meanwhile."""

    def write(texts: Texts) -> dict[TextPlace, str]:
        before = with_lent(texts, lent)
        order = listed(before.get(ORDER, ""))
        if key and key not in order:
            raise NotFound("There is no prepared alert %(key)s.", key=key)
        named = key or _free(before, order)
        changes = {}
        for (part, code), text in wanted.items():
            place = words_at(code, PARTS[part](named))
            if before.get(place, "") not in (shown.get((part, code), ""), text):
                raise Refused("Somebody has changed this meanwhile: look at it again.")
            changes[place] = text
        _says_something({**before, **changes}, named)
        if not key:
            changes[ORDER] = text_of((*order, named))
        moved = {place: text for place, text in changes.items() if before.get(place, "") != text}
        return _borrowed(texts, lent) | moved

    return write


def put_at(key: str, number: int, lent: Texts) -> Operation:
    """The same in another place of the order, from 1."""

    def move(texts: Texts) -> dict[TextPlace, str]:
        order = _order_with(texts, lent, key)
        rest = [each for each in order if each != key]
        cut = min(max(number, 1), len(order)) - 1
        return _borrowed(texts, lent) | {ORDER: text_of((*rest[:cut], key, *rest[cut:]))}

    return move


def without(key: str, lent: Texts) -> Operation:
    """That one no more, with its titles and words."""

    def take_away(texts: Texts) -> dict[TextPlace, str]:
        before = with_lent(texts, lent)
        order = _order_with(texts, lent, key)
        mine = (alert_title(key), alert_words(key))
        gone = {place: "" for place, text in before.items() if text and place.language and place.key in mine}
        return _borrowed(texts, lent) | gone | {ORDER: text_of(tuple(each for each in order if each != key))}

    return take_away


def _borrowed(texts: Texts, lent: Texts) -> dict[TextPlace, str]:
    """What comes into a draft that has no list of its own."""
    if ORDER in texts or ORDER not in lent:
        return {}
    languages = Shape.of(texts).languages
    places = [words_at(code, part(key)) for key in listed(lent[ORDER]) for code in languages for part in PARTS.values()]
    return {ORDER: lent[ORDER]} | {place: lent[place] for place in places if place in lent and not texts.get(place)}


def _order_with(texts: Texts, lent: Texts, key: str) -> tuple[str, ...]:
    order = listed(with_lent(texts, lent).get(ORDER, ""))
    if key not in order:
        raise NotFound("There is no prepared alert %(key)s.", key=key)
    return order


def _free(texts: Texts, order: tuple[str, ...]) -> str:
    """A key that none of them has or had in this draft: staff know them by their titles."""
    number = len(order) + 1
    while any(words_at(code, alert_title(f"alert_{number}")) in texts for code in Shape.of(texts).languages):
        number += 1
    return f"alert_{number}"


def _says_something(texts: Texts, key: str) -> None:
    languages = Shape.of(texts).languages
    for part in PARTS.values():
        if not any(texts.get(words_at(code, part(key)), "").strip() for code in languages):
            raise Refused("Give it a title and words in at least one language.")
