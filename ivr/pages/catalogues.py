"""In which languages pages can be had: those of which there is a catalogue of translations.

    translations/<code>/LC_MESSAGES/messages.mo

One of them translates nothing, since its words are the messages themselves.
"""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.messages.mofile import read_mo


@cache
def languages(folder: Path) -> Mapping[str, str]:
    """The languages of the catalogues in `folder` (code -> its name in itself), the one whose words
    the messages are last."""
    catalogues = {file.parent.parent.name: _messages(file) for file in folder.glob("*/LC_MESSAGES/messages.mo")}
    codes = sorted(catalogues, key=lambda code: (catalogues[code] == 0, code))
    return MappingProxyType({code: name_of(code, code) for code in codes})


def nearest(code: str, known: Collection[str]) -> str:
    """The one of `known` codes that suits whoever reads the language `code`: the same, or a kindred
    one ("pt" for "pt-BR"), else the last."""
    *_, last = known
    return negotiate_locale([code], list(known), sep="-") or last


def name_of(code: str, reader: str) -> str:
    """What a language is called in the language of its reader; "" where nobody knows."""
    try:
        return Locale.parse(code, sep="-").get_display_name(Locale.parse(reader, sep="-")) or ""
    except (ValueError, UnknownLocaleError):
        return ""


def _messages(file: Path) -> int:
    with file.open("rb") as content:
        return len(read_mo(content))
