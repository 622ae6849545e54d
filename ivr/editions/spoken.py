"""What goes with the words of a language: the readings of voices, and the forms that callers may say.

Marks as in prompts mean nothing in a reading, and a form with half a mark in it would stop every
call that listens; neither gets into a draft by way of the rules here.
"""

import tomllib
from collections.abc import Iterable, Mapping

from ivr.editions.draft import Word
from ivr.editions.texts import TextPlace, change, tidy
from ivr.line import prompt_keys as keys
from ivr.line.language_files import READINGS
from ivr.line.text import one_line, says_something
from ivr.line.words import spans_of
from ivr.people.refusals import Refused

LONGEST_WRITTEN = 100
"""Characters of a word with a reading [own value]; the store takes keys of twice that."""

_MARKS = set("{}|｛｜｝")


def reading_at(language: str, written: str) -> TextPlace:
    """The place of a word's reading."""
    return TextPlace(READINGS, keys.reading(language, written))


def written_of(place: TextPlace) -> str:
    """The word whose reading stands there."""
    return keys.reading_of(place.key)[1]


def readings(words: Mapping[TextPlace, Word], language: str) -> dict[str, str]:
    """The table of a language in a draft: written -> reading."""
    return {written_of(place): words[place].text for place in reading_places(words, language) if words[place].text}


def reading_places(words: Iterable[TextPlace], language: str) -> tuple[TextPlace, ...]:
    """Where readings of words of a language stand."""
    return tuple(place for place in words if place.file == READINGS and keys.reading_of(place.key)[0] == language)


def checked_reading(reading: str) -> str:
    """A reading as it is kept. Refused where marks stand in it."""
    if _MARKS.intersection(reading):
        raise Refused("Write words and readings without braces and bars.")
    return tidy(reading_at("", ""), reading)


def checked_forms(forms: Iterable[str]) -> tuple[str, ...]:
    """Forms as they are kept. Refused where there is none, or half a mark in one."""
    found = tuple(form for form in map(one_line, forms) if form)
    if not found or not all(map(says_something, found)):
        raise Refused("Write at least one form for everything that callers may say.")
    for form in found:
        try:
            spans_of(form)
        except ValueError as error:
            raise Refused("A brace or bar stands alone: write {written|reading}.") from error
    return found


def new_reading(
    content: bytes, words: Mapping[TextPlace, Word], language: str, written: str, reading: str
) -> tuple[TextPlace, str]:
    """The place and text of a word that is to have a reading from now on. `content` is the file of
    readings. Refused where a side is missing, the word has one already, or cannot be written."""
    place = reading_at(language, checked_reading(written))
    key, text = written_of(place), checked_reading(reading)
    if not key or not text:
        raise Refused("Write both the word and its reading.")
    if len(key) > LONGEST_WRITTEN:
        raise Refused("A word with a reading has at most %(most)s characters.", most=LONGEST_WRITTEN)
    if key in readings(words, language):
        raise Refused("“%(written)s” has a reading already: change it in the list.", written=key)
    changed = change({READINGS: content}, {place: text})[READINGS]
    if tomllib.loads(changed.decode()).get(language, {}).get(key) != text:
        raise Refused("%(place)s cannot be changed here.", place=str(place))
    return place, text
