"""How fast speech is, in the unit of a language: morae, words, syllables or characters.

The speeds are the line's own rule (R7) and stand in the files of the languages. They count what is heard: all of a
prompt from its first sound to its last, pauses included.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ivr.line.pronunciation import Pace, Unit
from ivr.line.speeds import Speed
from ivr.line.text import one_width
from ivr.line.words import Span
from ivr.voice.speakable import katakana, spoken

_SMALL = "ァィゥェォャュョヮ"
_NO_SOUND = re.compile(r"[^\wー]|_")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_LATIN = re.compile(r"[A-Za-z]+")
_VOWELS = re.compile(r"[aeiouyаеёиоуыэюяαεηιουω]+")
_SIGNS = ("CJK", "HANGUL SYLLABLE", "HIRAGANA", "KATAKANA")
_MORAE_OF_A_KANJI = 1.75  # measured over civic prompts against the kana of a reader
_MORAE_OF_A_LETTER = 2.5  # エー, ビー, ダブリュー
_MORAE_OF_A_DIGIT = 1.5  # に, ご and しち, in numbers as they occur

_AROUND = " \n,;:.!?、。！？"
_COMMA = re.compile(r"[、,;:「」]")
_STOP = re.compile(r"[。！？]|[.!?](?=\s)")
_SYLLABLES_OF_A_WORD = 1.5  # of civic English


@dataclass(frozen=True, slots=True)
class _Rhythm:
    """How sound comes about: how many times its pace a voice speaks between pauses, the seconds of a pause at a
    comma and at a full stop, and of the edges of a sound, all at the normal speed."""

    quicker: float
    comma: float
    stop: float
    edges: float


_RHYTHMS = {Unit.MORA: _Rhythm(1.48, 0.58, 0.58, 0.16), Unit.WORD: _Rhythm(1.33, 0.25, 0.45, 0.3)}
"""Fitted to all prompts of the shipped line as the line's own voices speak them: 5 % off a prompt on average in
Japanese, 11 % in English (without: 17 and 18). Of other units nothing was measured."""


def units(unit: Unit, text: str) -> float:
    """How many units a text has, estimated from its letters alone."""
    match unit:
        case Unit.MORA:
            return estimated_morae(text)
        case Unit.WORD:
            return float(words(text))
        case Unit.SYLLABLE:
            return float(syllables(text))
        case Unit.CHARACTER:
            return float(characters(text))


def estimated_seconds(spans: Iterable[Span], pace: Pace, speed: Speed = Speed.NORMAL) -> float:
    """How long spans take to say, in seconds, their readings counted, not their letters; 0 where they say
    nothing. A pace counts pauses as well, so short words without one are said faster than it."""
    text = spoken(spans).strip(_AROUND)
    rhythm = _RHYTHMS.get(pace.unit)
    said = _said_units(pace.unit, text)
    if rhythm is None or not said:
        return said / pace.rate(speed) * 60
    pauses = rhythm.comma * len(_COMMA.findall(text)) + rhythm.stop * len(_STOP.findall(text))
    normal = said / (pace.normal * rhythm.quicker) * 60 + pauses + rhythm.edges
    return normal * pace.normal / pace.rate(speed)


def _said_units(unit: Unit, text: str) -> float:
    """Units as they take time: words by their syllables, since a long word takes longer."""
    return syllables(text) / _SYLLABLES_OF_A_WORD if unit is Unit.WORD else units(unit, text)


def morae(kana: str) -> int:
    """Morae of katakana or hiragana: ー, っ and ん count, small ゃゅょ do not.

    Everything that is not kana counts nothing.
    """
    katakana = _katakana(kana)
    return sum(("ァ" <= letter <= "ヴ" or letter == "ー") and letter not in _SMALL for letter in katakana)


def estimated_morae(text: str) -> float:
    """Morae of Japanese text without reading it: kanji, letters and digits by averages."""
    return sum(map(_morae_of, _katakana(_NO_SOUND.sub("", text))))


def words(text: str) -> int:
    """Words as they are said: "110" is three (one hundred ten), "8:45" two."""
    return sum(_said(word) for word in _WORD.findall(text))


def syllables(text: str) -> int:
    """Syllables: a sign of a script that writes them one by one (kanji, hangul, kana), else a run of
    vowels, and one at least in a word; figures as words."""
    return sum(_syllables_of(word) for word in _WORD.findall(one_width(text)))


def characters(text: str) -> int:
    """Signs that are said, letters and digits; of words in letters from A to Z, their syllables."""
    found = one_width(text)
    rest = _LATIN.sub("", found)
    latin = sum(_syllables_of(word) for word in _LATIN.findall(found))
    return latin + sum(letter.isalnum() for letter in rest)


def _syllables_of(word: str) -> int:
    if word.isdecimal():
        return _said(word)
    plain = unicodedata.normalize("NFD", word.casefold())
    whole_signs = sum(unicodedata.name(letter, "").startswith(_SIGNS) for letter in word)
    return max(1, whole_signs, len(_VOWELS.findall("".join(c for c in plain if not unicodedata.combining(c)))))


def _katakana(text: str) -> str:
    return katakana(one_width(text))


def _morae_of(letter: str) -> float:
    if letter in _SMALL:
        return 0
    if "ァ" <= letter <= "ヴ" or letter == "ー":
        return 1
    if letter in "0123456789":
        return _MORAE_OF_A_DIGIT
    return _MORAE_OF_A_LETTER if letter.isascii() else _MORAE_OF_A_KANJI


def _said(word: str) -> int:
    """Words that one written word is said as; numbers up to four digits as one says them."""
    if not word.isdecimal():  # figures of other scripts are said as well; ² and ① are no numbers
        return 1
    if len(word) > 4 or (word.startswith("0") and len(word) > 1):
        return len(word)
    thousands, rest = divmod(int(word), 1000)
    hundreds, rest = divmod(rest, 100)
    tens, ones = divmod(rest, 10)
    below_hundred = 2 if tens > 1 and ones else 1 if rest else 0
    return max(1, 2 * bool(thousands) + 2 * bool(hundreds) + below_hundred)
