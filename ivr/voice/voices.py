"""Which local voice speaks a language: chosen by what is installed, nothing loaded.

A language's file names its engines, best first (`local_voices`); VOICES may name others. Where nothing
is named, espeak's voices for drafts are looked through.
"""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from ivr.line.pronunciation import Pace, Pronunciation, Unit

log = logging.getLogger(__name__)

Choice = Mapping[str, tuple[str, ...]]
"""Engines for a language (code), best first, in place of those that its file names; "*" is for
languages that neither names."""

DEFAULT_CHOICE: Choice = {}
"""The files decide."""

ANY = "espeak"
"""The engine that has a voice for most languages."""


class NoVoice(Exception):
    """No engine that is installed speaks the language. The message says so to staff."""


@dataclass(frozen=True)
class Voice:
    """A voice of an engine for a language.

    `pace` is how fast it speaks by itself, in the language's own units a minute, and `wanted` how
    fast it is to speak. From `quick` times its own pace on, the engine is clearer than stretched
    sound. A `draft` voice is good enough to hear the line's flow in the making, not to serve callers.
    """

    language: str
    engine: str
    name: str
    version: str
    pace: int
    quick: float
    draft: bool
    wanted: Pace


@dataclass(frozen=True)
class Engine:
    """What an engine is installed by, and what it speaks (see `engines.toml`)."""

    package: str
    modules: tuple[str, ...]
    voices: Mapping[str, str] | None
    unit: Unit
    pace: int
    quick: float
    draft: bool

    @property
    def installed(self) -> bool:
        """Whether its modules are there; none is loaded."""
        return all(find_spec(module) for module in self.modules)

    def voice(self, spoken: Pronunciation) -> str | None:
        """What its voice for a language is called; None where it has none."""
        known = _espeak_voices() if self.voices is None else self.voices
        return next((known[name] for name in _names(spoken) if name in known), None)

    def speaks(self, code: str) -> bool:
        """Whether it may be chosen for a language. Where its voices cannot be looked up, it may."""
        known = _espeak_voices() if self.voices is None else self.voices
        return not known or code in known


def _engines() -> Mapping[str, Engine]:
    tables = tomllib.loads((Path(__file__).parent / "engines.toml").read_text(encoding="utf-8"))
    return {
        name: Engine(
            package=table["package"],
            modules=tuple(table["modules"]),
            voices=table.get("voices"),
            unit=Unit(table["unit"]),
            pace=table["pace"],
            quick=table.get("quick", float("inf")),
            draft=table.get("draft", False),
        )
        for name, table in tables.items()
    }


ENGINES: Mapping[str, Engine] = _engines()


def voice_for(spoken: Pronunciation, choice: Choice = DEFAULT_CHOICE) -> Voice:
    """The best voice installed; a better one that is missing is told once, in the log.

    NoVoice when there is none; KeyError when `choice` names an unknown engine.
    """
    return _voice_for(spoken, choice.get(spoken.code) or _known(spoken) or choice.get("*") or (ANY,))


def _known(spoken: Pronunciation) -> tuple[str, ...]:
    """What the language's file names, of the engines that there are."""
    for name in {each.partition(":")[0] for each in spoken.voices} - ENGINES.keys():
        _tell_once(f"{spoken.code}: there is no engine {name}")
    return tuple(each for each in spoken.voices if each.partition(":")[0] in ENGINES)


def _voice_for(spoken: Pronunciation, named: tuple[str, ...]) -> Voice:
    able = list(_able(spoken, named))
    found = next((each for each in able if ENGINES[each[0]].installed), None)
    if found is None:
        raise NoVoice(_no_voice(spoken.code, able))
    for name, _ in able[: able.index(found)]:
        _tell_once(f"{ENGINES[name].package} is not installed: {found[0]} speaks {spoken.code!r} instead of {name}")
    return _voice(*found, spoken)


def _able(spoken: Pronunciation, named: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The engines of `named` that speak the language, each with its voice."""
    for each in named:
        name, _, voice = each.partition(":")
        if found := voice or ENGINES[name].voice(spoken):
            yield name, found


@cache
def _voice(name: str, voice: str, spoken: Pronunciation) -> Voice:
    engine = ENGINES[name]
    return Voice(
        language=spoken.code,
        engine=name,
        name=voice,
        version=version(engine.package),
        pace=engine.pace if engine.unit is spoken.pace.unit else spoken.pace.normal,
        quick=engine.quick,
        draft=engine.draft,
        wanted=spoken.pace,
    )


def _names(spoken: Pronunciation) -> tuple[str, ...]:
    """What an engine may call the language, the most exact name first."""
    locale, code = spoken.locale.lower(), spoken.code.lower()
    return tuple(dict.fromkeys((locale, code, code.partition("-")[0], locale.partition("-")[0])))


@cache
def _espeak_voices() -> Mapping[str, str]:
    """The languages of espeak-ng, by all names that its own data have for them: what it calls the voice,
    which is the first name. None where it is not installed."""
    found = find_spec("espeakng_loader")
    if found is None or found.origin is None:
        return {}
    folder = Path(found.origin).parent / "espeak-ng-data" / "lang"
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in folder.rglob("*") if file.is_file())
    named = [names for text in texts if (names := re.findall(r"^language\s+(\S+)", text, re.MULTILINE))]
    also = {name.lower(): first for first, *others in sorted(named) for name in others}
    return also | {first.lower(): first for first, *_ in named}


def _no_voice(language: str, able: list[tuple[str, str]]) -> str:
    if not able:
        return f"no local voice speaks {language!r}"
    return f"no local voice for {language!r}: install {' or '.join(ENGINES[name].package for name, _ in able)}"


@cache
def _tell_once(sentence: str) -> None:
    log.warning(sentence)
