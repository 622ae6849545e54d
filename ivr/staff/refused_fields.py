"""Which field of a form a refusal is about, so that its page leads there and says it beside the field.

The rooms that refuse know nothing of forms; here stands, by the sentence with which they do, what people typed it in.
A name that ends in a hyphen stands for all fields that begin so, of which the empty ones are meant where there are any.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

_TIMES, _LOGIN, _NEW = ("start", "end"), ("login",), ("new", "password")

FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Give the draft a title of at most 200 characters.": ("title",),
        "Give the reason for the change.": ("reason",),
        "Say what should be changed.": ("words",),
        "Write what you want to say.": ("say-",),
        "A text has at most %(most)s characters.": ("say-",),
        "Choose a time from now on, within a year.": ("at",),
        "Write the date and the time, such as 2026-11-24 15:00.": ("at", *_TIMES, "since", "until"),
        "The end must come after the start, and after now.": ("end",),
        "It may last %(days)s days at most.": ("end",),
        "Write the alert in every language: %(language)s is missing.": ("words-",),
        "Write the alert in every language.": ("words-",),
        "An alert has at most %(most)s characters in %(language)s.": ("words-",),
        "A brace or bar stands alone: write {written|reading}.": ("words-", "name-"),
        "An alert has no slots such as {%(slot)s}.": ("words-",),
        "Write the passage in every language.": ("words-",),
        "Give it a name and words in the first language of the line.": ("name-", "about-"),
        "Write both the name and the words in a language, or neither.": ("name-", "about-"),
        "“%(address)s” cannot be read: write it like %(example)s.": ("address",),
        "Write where the facts come from.": ("source",),
        "This is no mail address: write one such as taro@city.example.jp.": ("mail",),
        "This is no address: write it as the provider has it, such as taro@city.example.jp.": ("address",),
        "%(login)s is invited as that already.": ("address",),
        "Give it a title and words in at least one language.": ("title-", "words-"),
        "Give it a name in every language.": ("name-",),
        "A key has at most 40 small letters, digits and _, and is none of the line's own words.": ("key",),
        "The key %(key)s is in use: choose another one.": ("key",),
        "Write both the word and its reading.": ("new-",),
        "A word with a reading has at most %(most)s characters.": ("new-written",),
        "“%(written)s” has a reading already: change it in the list.": ("new-written",),
        "Write words and readings without braces and bars.": ("new-written", "new-reading"),
        "Choose a file.": ("file",),
        "The file is larger than %(most)s MB.": ("file",),
        "The file is damaged, or of another kind than its name says.": ("file",),
        "A file of this kind is not read here. Save it as a spreadsheet (XLSX), and send that.": ("file",),
        "This is none of the files that can be exported here.": ("file",),
        "A sign-in name has 2 to 64 of the characters a to z, 0 to 9, dot, hyphen, _ and @.": _LOGIN,
        "There is an account %(login)s already.": _LOGIN,
        "Give the person's name.": ("name",),
        "Give the passkey a name, such as the device that it is in.": ("name",),
        "A name has at most %(most)s characters.": ("name",),
        "A password has %(least)s to %(most)s characters.": _NEW,
        "A password must not hold your sign-in name or your name.": _NEW,
        "The two new passwords are not the same: type them again.": ("again",),
        "The code is not right: type the one that your authenticator app shows now.": ("code",),
    }
)
"""By the message of the refusal."""


def fields_of(message: str, typed: Mapping[str, str]) -> tuple[str, ...]:
    """The fields of a form, which came with these values, that a refusal is about; the first that it names."""
    for name in FIELDS.get(message, ()):
        if found := tuple(_meant(name, typed)):
            return found
    return ()


def _meant(name: str, typed: Mapping[str, str]) -> Iterable[str]:
    if not name.endswith("-"):
        return (name,) if name in typed else ()
    those = tuple(_beginning(name, typed))
    return tuple(each for each in those if not typed[each].strip()) or those


def _beginning(name: str, typed: Mapping[str, str]) -> Iterator[str]:
    yield from (each for each in typed if each.startswith(name))
