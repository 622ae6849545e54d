"""Text as it comes in from people and files, made fit to be spoken, shown and put into XML.

Whatever comes in is cleaned here, once, at the edge where it comes in; what is inside can be
trusted. What no XML 1.0 document may hold (https://www.w3.org/TR/xml/#charsets) is refused in
files, where somebody can mend it, and taken out everywhere else.
"""

import re
import unicodedata
from functools import lru_cache

_OUTSIDE_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_BREAKS = frozenset("\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")
"""Line breaks of other programs, such as that of Word and Excel within a paragraph."""

_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters of Hangul that are seen as a blank, and count as letters all the same."""

_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They stand around words rather than in them, so a blank is left that keeps the words apart."""

_JOINERS = frozenset("\u200c\u200d")
"""They change how words are written and said: می‌شود (Persian) is not میشود, nor क्‍ष क्ष (Nepali)."""

_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Format characters that are seen all the same: signs around the figures of Arabic and others
(Unicode: Prepended_Concatenation_Mark)."""

_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u30fc", "-"))
"""Hyphens, dashes, minus and rules, and the long-vowel mark ー, which keyboards of Japan have in a
hyphen's place. Those of full width are among the hyphens of one_width."""

_TAGS = range(0xE0000, 0xE0080)
_NONCHARACTERS = (
    *range(0xFDD0, 0xFDF0),
    *(plane + end for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)),
)


def cleaned(text: str) -> str:
    """The text without what nobody can see and no voice can say: control and format characters,
    marks of byte order, soft hyphens, tags, halves of surrogate pairs. They leave nothing behind,
    so that a word stays whole. Its lines, tabs and blanks stay as they are."""
    if text.isprintable() and _FILLERS.isdisjoint(text):  # nearly always
        return text
    return "".join(map(_cleaned, text))


def one_width(text: str) -> str:
    """The text with every letter, figure and sign in the width and shape of its plain one (Unicode's
    NFKC): １ and ① are 1, ｶﾞ is ガ. Words stay the words that they are, and ١ stays ١."""
    return unicodedata.normalize("NFKC", text)


def folded(text: str) -> str:
    """What was typed as figures and signs (a number, a day, hours, a code, a sign-in name), as ASCII
    writes it: cleaned, in one width, on one line, and whatever looks like a hyphen as "-". Not for
    words, whose long-vowel mark ー is a letter."""
    return one_line(one_width(cleaned(text)).translate(_HYPHENS))


def one_line(text: str) -> str:
    """The text cleaned and on one line, with single blanks between its words."""
    return " ".join(cleaned(text).split())


def decoded(content: bytes) -> str:
    """A file as text; the mark that Windows puts before UTF-8 is passed over. UnicodeDecodeError."""
    return content.decode("utf-8-sig")


def in_xml(text: str) -> str:
    """The text without what no XML document may hold, and otherwise as it is."""
    return _OUTSIDE_XML.sub("", text)


def outside_xml(text: str) -> str | None:
    """The name, such as U+FFFE, of the first character in the text that no XML document may hold."""
    found = _OUTSIDE_XML.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def says_something(text: str) -> bool:
    """Whether there is a letter or figure in the text, so that a voice says something."""
    return any(letter.isalnum() for letter in text)


def whole(text: str) -> int | None:
    """The number that these digits 0 to 9 write; None for any other text, and for more than nine
    digits: nothing here is counted so far, and Python takes thousands of digits for an error."""
    return int(text) if len(text) <= 9 and text.isascii() and text.isdecimal() else None


@lru_cache(maxsize=8192)
def _cleaned(letter: str) -> str:
    if letter in "\t\n\r" or letter in _JOINERS or letter in _SEEN:
        return letter
    if letter in _BREAKS:
        return "\n"
    if letter in _FILLERS or letter in _DIRECTIONS:
        return " "
    unseen = unicodedata.category(letter) in ("Cc", "Cf", "Cs") or ord(letter) in _TAGS or ord(letter) in _NONCHARACTERS
    return "" if unseen else letter


def marked_text(message: str) -> str:
    """The sentence as it is. Marks it as one that is translated where it is shown (`make messages` gathers it)."""
    return message
