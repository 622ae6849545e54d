"""The texts in the files of an edition, each with its place, and how they are changed.

A place is a file and a dotted key, as `ivr.line.loading` names them: ``ja.toml`` and
``menu.main.name``, ``text.mail.passages.2``, ``words.person``; ``line.toml`` and
``desk.city.hours``. Prompts and readings are plain words. What stands in line.toml and in other
files that are no language's, the forms that callers may say (``words.…``) and what a language is
like (``language.…``) are facts: their text is the TOML value as it is written,
``"Mo-Fr 09:00-17:00"`` or ``["#9110"]``. So the texts are all that a file says; what is left of
it is comments and order.

A change keeps those, and is proved: the changed file, read again, must hold the new texts and
otherwise what it held before. It may bring tables and files that were not there, and a table or
file in which nothing is left goes.
"""

import pickle
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from ivr.line import numbers
from ivr.line.language_files import READINGS
from ivr.line.loading import NUMBERS, STRUCTURE
from ivr.line.prompt_keys import (
    KeyParts,
    fact_for_language,
    is_hours_for,
    list_of,
    spoken_of,
    taken_apart,
    tells_of_language,
)
from ivr.line.text import decoded, one_line, whole
from ivr.line.values import Kind
from ivr.people.refusals import Refused

_SUFFIX = ".toml"
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # as `ivr.line.loading` takes it for a language
_NAME = re.compile(r"[A-Za-z0-9_-]{1,58}\.toml")  # as long as the database keeps one
_NUMBERS = re.compile(r"([0-9]+)")

LONGEST_TEXT = 5000
"""Characters. The longest passage that the rules allow has about 300."""

Fact = str | bool | int | float | date | tuple[str, ...]
"""What a fact may be."""

_ABSENT: Any = object()


@dataclass(frozen=True, slots=True, order=True)
class TextPlace:
    """Where a text stands."""

    file: str
    key: str

    @property
    def language(self) -> str | None:
        """The code of the language that it is a text of; None of facts and readings."""
        return _language_of(self.file)

    @property
    def fact(self) -> bool:
        """Whether its text is a TOML value rather than plain words."""
        if self.language is None:
            return self.file != READINGS
        return spoken_of(self.key) is not None or tells_of_language(self.key)

    @property
    def prompt(self) -> bool:
        """Whether it is read aloud as it stands, and so has its like in other languages."""
        return self.language is not None and not self.fact and not is_hours_for(self.key)

    @property
    def rings(self) -> bool:
        """Whether its text is the number by which a desk is rung."""
        return self._of_desk("dial")

    @property
    def reads(self) -> bool:
        """Whether its text are the numbers of a desk that are read aloud."""
        return self._of_desk("numbers")

    @property
    def names_number(self) -> bool:
        """Whether its text is a number that is no desk's and that words give by name."""
        return self.file == STRUCTURE and self.parts.family == NUMBERS

    @property
    def parts(self) -> KeyParts:
        """Its key, taken apart."""
        return taken_apart(self.key)

    def _of_desk(self, part: str) -> bool:
        if self.file != STRUCTURE or self.parts.family != Kind.DESK:
            return False
        _, fact = fact_for_language(self.parts.part)
        return fact == part

    def __str__(self) -> str:
        return f"{self.file}: {self.key}"


@lru_cache(maxsize=64)  # asked of every text, and of few files [own value]
def _language_of(file: str) -> str | None:
    code = file.removesuffix(_SUFFIX)
    return code if _CODE.fullmatch(code) and file != code else None


def words_at(language: str, key: str) -> TextPlace:
    """The place of a prompt in a language."""
    return TextPlace(language + _SUFFIX, key)


def natural(place: TextPlace) -> tuple[str, list[str]]:
    """The order in which people count: passages.2 before passages.10."""
    parts = _NUMBERS.split(place.key)  # words and figures in turn; more figures are a larger number
    return place.file, [f"{len(part):09}{part}" if number % 2 else part for number, part in enumerate(parts)]


def texts(files: Mapping[str, bytes]) -> Mapping[TextPlace, str]:
    """Every text of these files by its place, in the files' order. `files` are valid TOML."""
    found = {
        TextPlace(name, key): text
        for name, content in files.items()
        if name not in BESIDE
        for key, text in _texts_of(name, content)
    }
    return MappingProxyType(found)


BESIDE = ("recordings.toml", "renew.toml")
"""Files of an edition that hold no texts, but what goes with them; see `ivr.editions.edition`."""


def tidy(place: TextPlace, text: str) -> str:
    """The text as it is kept: on one line, without what nobody can see or say; a fact's as TOML
    writes it. Refused where the text of a fact is no TOML value."""
    text = one_line(text)
    return _written(_value(place, text)) if place.fact and text else text


def with_numbers(place: TextPlace, text: str) -> str:
    """The tidy text of a place, telephone numbers of a desk as they are rung or read: in ordinary
    width and with hyphens. Refused where one is no number, or may not be rung."""
    fact = fact_of(text) if place.rings or place.reads or place.names_number else None
    try:
        if place.rings and isinstance(fact, str):
            numbers.rung(fact)
            return text_of(numbers.announced(fact))
        if place.names_number and isinstance(fact, str):
            return text_of(numbers.announced(fact))
        if place.reads and isinstance(fact, tuple):
            return text_of(tuple(map(numbers.announced, fact)))
    except numbers.NoNumber as error:
        raise Refused(error.message, number=error.number) from error
    return text


@lru_cache(maxsize=4096)  # a line has about 250 facts, and a page asks for each several times [own value]
def fact_of(text: str) -> Fact | None:
    """The value of a fact's text; None of an empty one."""
    if not text:
        return None
    value = tomllib.loads(f"value = {text}")["value"]
    return tuple(value) if isinstance(value, list) else value


def text_of(fact: Fact | None) -> str:
    """The text of a fact: how TOML writes it."""
    if fact is None:
        return ""
    return _written(list(fact) if isinstance(fact, tuple) else fact)


def change(files: Mapping[str, bytes], changes: Mapping[TextPlace, str]) -> dict[str, bytes]:
    """The files with these texts changed; an empty text takes it out, and with the last one the
    file. The same changes to the same files give the same bytes. Refused where a file has no place
    for one."""
    changed = dict(files)
    for name in sorted({place.file for place in changes}):
        if not _NAME.fullmatch(name) or name in BESIDE:
            raise Refused("There is no file %(file)s.", file=name)
        mine = {place: text for place, text in changes.items() if place.file == name}
        changed[name] = _changed(name, files.get(name, b""), frozenset(mine.items()))
        if not _texts_of(name, changed[name]) and (name not in files or _texts_of(name, files[name])):
            del changed[name]
    return changed


@lru_cache(maxsize=64)  # reading a file with its comments takes long, and a draft is looked at often [own value]
def _changed(name: str, content: bytes, changes: frozenset[tuple[TextPlace, str]]) -> bytes:
    before = dict(_texts_of(name, content))
    tidied = {place: tidy(place, text) for place, text in sorted(changes)}
    wanted = {place: text for place, text in tidied.items() if before.get(place.key, "") != text}
    if not wanted:
        return content
    document = pickle.loads(_document(content))
    try:
        for place in sorted(wanted, key=natural):
            if wanted[place]:
                _put(document, place, wanted[place])
        for place in sorted(wanted, key=natural, reverse=True):
            if not wanted[place]:
                _take_out(document, place)
    except (TOMLKitError, KeyError, IndexError, TypeError) as error:
        raise Refused("%(place)s cannot be changed here.", place=str(place)) from error
    after = tomlkit.dumps(document).encode()
    _prove(name, before, wanted, after)
    return after


@lru_cache(maxsize=16)  # all changes of a draft are made to the same files [own value]
def _document(content: bytes) -> bytes:
    """A file with its comments, pickled: read anew at each change, a language's takes four times as long."""
    return pickle.dumps(tomlkit.parse(decoded(content)))


def _prove(name: str, before: Mapping[str, str], wanted: Mapping[TextPlace, str], after: bytes) -> None:
    expected = {**before, **{place.key: text for place, text in wanted.items()}}
    expected = {key: text for key, text in expected.items() if text}
    if expected != dict(_texts_of(name, after)):
        raise Refused("%(place)s cannot be changed here.", place=str(min(wanted)))


def _put(document: Any, place: TextPlace, text: str) -> None:
    holder, name = _holder(document, place.key)
    if isinstance(holder, dict) and name not in holder:
        holder, name = _made(holder, place, name)
    value = _value(place, text) if place.fact else text
    if isinstance(holder, list):
        index = int(name) - 1
        if index == len(holder):
            holder.append(value)
        else:
            holder[index] = value
    else:
        holder[name] = value


def _made(holder: Any, place: TextPlace, key: str) -> tuple[Any, str]:
    """The tables and the list in which `key` is to stand below `holder`, and its name there."""
    names = [key] if place.file == READINGS and key != place.key else key.split(".", _depth(place))
    *tables, name = names
    in_list = place.prompt and list_of(place.key) is not None  # prompts of no other key are numbered in a list
    for number, table in enumerate(tables):
        if table in holder:
            raise TypeError(key)  # a value stands where the table would
        listed = in_list and number == len(tables) - 1
        holder[table] = tomlkit.array() if listed else tomlkit.table(is_super_table=number < len(tables) - 1)
        holder = holder[table]
    return holder, name


def _depth(place: TextPlace) -> int:
    """How often a key may be cut into tables: what is read has dots of its own."""
    return 1 if place.file == READINGS else -1


def _take_out(document: Any, place: TextPlace) -> None:
    """Take it out, and the tables and lists above it in which nothing is left."""
    holder, name = _holder(document, place.key)
    if isinstance(holder, list):
        if int(name) != len(holder):
            raise IndexError(name)  # the numbers of those behind it would change
        holder.pop()
    else:
        del holder[name]
    above = place.key[: -len(name) - 1]
    if not holder and above:
        _take_out_empty(document, above)


def _take_out_empty(document: Any, key: str) -> None:
    holder, name = _holder(document, key)
    del holder[name]
    above = key[: -len(name) - 1]
    if not holder and above:
        _take_out_empty(document, above)


def _holder(table: Any, key: str) -> tuple[Any, str]:
    """The table or list in which `key` stands, or would, and its name there."""
    if isinstance(table.get(key, {}), dict):
        parts = key.split(".")
        for cut in range(1, len(parts)):
            head, rest = ".".join(parts[:cut]), ".".join(parts[cut:])
            below = table.get(head)
            if isinstance(below, dict):
                return _holder(below, rest)
            if isinstance(below, list) and whole(rest) is not None:
                return below, rest
    return table, key


def _written(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return _list_written(tuple(value))
    return str(tomlkit.item(value).as_string())


@lru_cache(maxsize=4096)  # a draft's files are read again after each change, and few lists differ [own value]
def _list_written(items: tuple[str, ...]) -> str:
    return str(tomlkit.item(list(items)).as_string())


def _value(place: TextPlace, text: str) -> Any:
    """The value of a fact's text, of the kinds that line.toml knows."""
    try:
        document = tomllib.loads(f"value = {text}")
        _written(next(iter(document.values())))  # a number of thousands of digits is read, but not written
    except (ValueError, RecursionError) as error:
        raise Refused("%(place)s is not written as a value.", place=str(place)) from error
    value = _cleaned(document.pop("value", _ABSENT))
    flat = isinstance(value, str | bool | int | float | date) or (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
    )
    if document or not flat:
        raise Refused("%(place)s is not written as a value.", place=str(place))
    return value


def _cleaned(value: Any) -> Any:
    """A value without what an escape such as \\u0000 can bring into its texts."""
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return one_line(value) if isinstance(value, str) else value


@lru_cache(maxsize=64)
def _texts_of(name: str, content: bytes) -> tuple[tuple[str, str], ...]:
    return tuple(_flat(tomllib.loads(decoded(content)), TextPlace(name, "")))


def _flat(table: Mapping[str, Any], at: TextPlace) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        place = TextPlace(at.file, f"{at.key}.{name}" if at.key else name)
        if isinstance(value, dict):
            yield from _flat(value, place)
        elif place.fact:
            yield place.key, _written(value)
        elif isinstance(value, list):
            for number, item in enumerate(value, 1):
                yield f"{place.key}.{number}", one_line(str(item))
        else:
            yield place.key, one_line(str(value))
