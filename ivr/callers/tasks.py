"""What people ring for, and how people of a language hear: read from tasks.toml beside this module."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("tasks.toml")


@dataclass(frozen=True, slots=True)
class WordsOfTask:
    """What a caller has in the head, in one language. `strong` words mean just this, `near` ones would do;
    `says` is what is said to a line that listens."""

    strong: tuple[str, ...]
    near: tuple[str, ...]
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallersTask:
    """One thing that people ring for, its words by language, and what it needs, any one of it: a passage
    (prompt keys), a telephone number as the public knows it, a desk that rings. `night`: no desk that can
    be rung is open. A `stranger` rings the number of the line's first language without speaking it."""

    name: str
    title: str
    night: bool
    stranger: bool
    words: Mapping[str, WordsOfTask]
    passages: tuple[str, ...]
    numbers: tuple[str, ...]
    desks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HearingOf:
    """How people of one language hear: whether words are written apart (`spaces`) and which `endings` make no
    other word of one (a pattern), how a key is named, and what the keys of the telephone itself are told by.
    `after`: how words begin that follow their key; `joined`: an offer to be joined that names nobody (a pattern);
    `any_key`: what tells that every key will do."""

    spaces: bool
    endings: str
    key: re.Pattern[str]
    keys: Mapping[str, str]
    after: re.Pattern[str] | None
    joined: re.Pattern[str]
    commands: Mapping[str, tuple[str, ...]]
    own_name: tuple[str, ...]
    any_key: tuple[str, ...]

    def key_of(self, mention: re.Match[str]) -> str:
        """The key that was named: 0 to 9, * or #."""
        name = next(group for group in mention.groups() if group)
        return self.keys.get(name) or str(int(name) if name.isdecimal() else name)

    def holds(self, text: str, words: Iterable[str]) -> bool:
        """Whether any of the words stands in the text, whole where words are written apart."""
        return any(_stands(text, word, self.spaces, self.endings) for word in words)


def _stands(text: str, word: str, spaces: bool, endings: str) -> bool:
    if not spaces:
        return word.casefold() in text.casefold()
    return bool(_whole_word(word, endings).search(text))


@cache
def _whole_word(word: str, endings: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?:{endings})?(?!\w)", re.IGNORECASE)


COMMANDS = ("again", "back", "person", "stop")
"""Options of the telephone itself, which callers know only once they have heard them."""


@cache
def tasks() -> Mapping[str, CallersTask]:
    """All tasks by name, in the order of the file."""
    return {name: _task(name, table) for name, table in _read()["task"].items()}


@cache
def hearing() -> Mapping[str, HearingOf]:
    """How people of each language hear, by its code."""
    return {code: _hearing(table) for code, table in _read()["hearing"].items()}


def _read() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


def _task(name: str, table: Mapping[str, Any]) -> CallersTask:
    return CallersTask(
        name=name,
        title=table["title"],
        night=table["hour"] == "night",
        stranger=table.get("stranger", False),
        words={code: _words(words) for code, words in table.items() if isinstance(words, dict)},
        passages=tuple(table.get("passages", ())),
        numbers=tuple(table.get("numbers", ())),
        desks=tuple(table.get("desks", ())),
    )


def _words(table: Mapping[str, list[str]]) -> WordsOfTask:
    return WordsOfTask(tuple(table["strong"]), tuple(table["near"]), tuple(table["says"]))


def _hearing(table: Mapping[str, Any]) -> HearingOf:
    return HearingOf(
        spaces=table["spaces"],
        endings=table["endings"],
        key=re.compile(table["key"], re.IGNORECASE),
        keys=table["keys"],
        after=re.compile(table["after"], re.IGNORECASE) if "after" in table else None,
        joined=re.compile(table["joined"], re.IGNORECASE),
        commands={command: tuple(table[command]) for command in COMMANDS},
        own_name=tuple(table["own_name"]),
        any_key=tuple(table["any_key"]),
    )
