"""Nobody's number gets past the edge.

About one in ten random 12-digit strings passes the check digit of a My Number, and a caller
may mistype, so every run of twelve digits or more counts as one, however it is written:
spaced, hyphenated, full-width, in kanji or spelt out.
"""

import re
import unicodedata

MY_NUMBER_DIGITS = 12
"""My Number Act (行政手続における特定の個人を識別するための番号の利用等に関する法律): 12 digits."""

_DIGIT = (
    r"(?:[0-9]|[〇零一二三四五六七八九]|ゼロ|れい|まる|いち|に|さん|よん|し|ご|ろく|なな|しち|はち|きゅう|きゅー|く"
    r"|zero|oh|one|two|three|four|five|six|seven|eight|nine)"
)
_BETWEEN = r"[\s\W_のノ]*"
_RUN = re.compile(rf"{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{{MY_NUMBER_DIGITS - 1},}}", re.IGNORECASE)


def has_number(text: str) -> bool:
    """Whether twelve digits or more in a row stand in `text`, however they are written."""
    return _RUN.search(unicodedata.normalize("NFKC", text)) is not None
