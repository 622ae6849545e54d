"""Telephone numbers as people write them: read in one place, for files, console and settings.

Full-width figures, Japanese hyphens, brackets and blanks are folded first; phonenumbers (Google's
libphonenumber) reads what is left. What cannot be read, or may not be rung, is told in one
sentence. It serves as the id of its translations.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import phonenumbers
from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    PhoneNumberType,
)

from ivr.line.text import folded, marked_text

COUNTRY = "JP"

LONGEST_TOLD = 40
"""Characters of what is no number that its sentence repeats [own value]."""

_SIGNS = str.maketrans({"♯": "#", "・": " "})
"""What people write for # and between groups of figures."""

_ORDINARY = re.compile(r"(?:\+|\(?0)[0-9()\-. ]*[0-9]")
_SHORT = re.compile(r"1[0-9]{2}|#[0-9]{4}")
"""Three digits from 1 on (110, 188) and # with four (#9110): the special numbers of Japan's
telephone numbering plan (電気通信番号計画, Ministry of Internal Affairs and Communications)."""

_BEGINS = ("0", "+", "(0")

_EXTENSION = re.compile(r"内線|ext|x[ .:]*[0-9]|[0-9)] *[#,;*]", re.IGNORECASE)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")

_RUNG = (
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
)
"""Of ordinary cost, and reached from a carrier abroad: not 0120, 0570, 0800, 0990 nor pagers."""

NO_NUMBER = marked_text("“%(number)s” is no telephone number of Japan: write it like 045-671-3792, #9110 or 188.")
EXTENSION = marked_text(
    "“%(number)s” has an extension, which cannot be rung or read: write a number that leads there directly."
)
NEVER_RUNG = marked_text("“%(number)s” is never dialled by the line: write the desk's ordinary ten-digit number.")
NOT_RUNG = marked_text("“%(number)s” is no Japanese number that can be rung: write ten digits such as 045-671-3792.")
OWN = marked_text("“%(number)s” is the number of this line itself: write one by which the desk is reached.")


class NoNumber(ValueError):
    """No telephone number, or none for this use: `message` says why, `number` fills its place."""

    def __init__(self, message: str, number: str):
        self.message = message
        self.number = number if len(number) <= LONGEST_TOLD else number[:LONGEST_TOLD] + "…"
        told = message % {"number": self.number}
        super().__init__(told)

    @property
    def facts(self) -> Mapping[str, object]:
        """What fills the places of `message`."""
        return {"number": self.number}


def announced(text: str) -> str:
    """A number as it is read aloud and printed, 045-671-3792, #9110 or 188: ASCII figures in the
    groups that it was written in. NoNumber."""
    number = _plain(text)
    if _SHORT.fullmatch(number):
        return number
    found = _parsed(number, text, NO_NUMBER)
    groups = re.findall("[0-9]+", number)
    if number.startswith("+") or len(groups) == 1:
        return phonenumbers.format_number(found, PhoneNumberFormat.NATIONAL)
    return "-".join(groups)


def found_in(text: str) -> Iterator[str]:
    """The ordinary telephone numbers in words, as they are written there but in one width: those that can be
    one in this country or, with a plus before them, in another."""
    plain = folded(text)
    valid = [found.raw_string for found in PhoneNumberMatcher(plain, COUNTRY, Leniency.VALID)]
    possible = (found.raw_string for found in PhoneNumberMatcher(plain, COUNTRY, Leniency.POSSIBLE))
    yield from valid
    yield from (row for row in possible if row.startswith(_BEGINS) and not any(each in row for each in valid))


def rung(text: str) -> str:
    """The same in E.164, where a carrier can and may ring it. NoNumber."""
    number = _plain(text)
    if _SHORT.fullmatch(number):
        raise NoNumber(NEVER_RUNG, text)
    found = _parsed(number, text, NOT_RUNG)
    if phonenumbers.number_type(found) not in _RUNG:
        raise NoNumber(NEVER_RUNG, text)
    return phonenumbers.format_number(found, PhoneNumberFormat.E164)


@lru_cache(maxsize=64)
def international(text: str) -> str | None:
    """A number of any country in E.164, which it must be written in; width, hyphens and blanks do
    not matter. None where it is none."""
    number = re.sub(r"[-(). ]", "", _plain(text))
    if not _E164.fullmatch(number):
        return None
    try:
        return number if phonenumbers.is_possible_number(phonenumbers.parse(number)) else None
    except NumberParseException:
        return None


def tel(number: str) -> str:
    """An announced number as a ``tel:`` address (RFC 3966): ordinary numbers in E.164; short codes
    and toll-free numbers, which only answer inside the country, as they are dialled there."""
    try:
        return f"tel:{rung(number)}"
    except NoNumber:
        return f"tel:{number.replace('-', '').replace('#', '%23')}"


def _plain(text: str) -> str:
    return folded(text).translate(_SIGNS).strip()


def _parsed(number: str, written: str, otherwise: str) -> PhoneNumber:
    """A number of this country. `written` is told where it is none, in the sentence `otherwise`."""
    if _EXTENSION.search(number):
        raise NoNumber(EXTENSION, written)
    if not _ORDINARY.fullmatch(number):
        raise NoNumber(otherwise, written)
    try:
        found = phonenumbers.parse(number, COUNTRY)
    except NumberParseException as error:
        raise NoNumber(otherwise, written) from error
    if not phonenumbers.is_valid_number_for_region(found, COUNTRY):
        raise NoNumber(otherwise, written)
    return found
