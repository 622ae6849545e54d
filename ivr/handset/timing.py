"""How long everything in a call takes, in seconds: exact where TwiML says so, else estimated."""

import re
import unicodedata
from functools import cache
from xml.etree.ElementTree import Element

from ivr.handset.moments import Transfer

KEY_SECONDS = 0.5  # between two keys of one entry [our own estimate]
TONE_SECONDS = 0.5  # one tone, or w for none; Play
REFUSAL_SECONDS = 3.0  # until a busy or failing number says so [our own estimate]
TALK_SECONDS = 60.0  # a transfer that was answered, unless the caller says otherwise [our own]
WORD_SECONDS = 60 / 150
MORA_SECONDS = 60 / 330
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # figures are signs
SCRIPT_SECONDS = (  # by a part of the character's Unicode name [our own estimates]
    ("CJK UNIFIED", 0.29),  # between the two morae of one language and the syllable of others
    ("IDEOGRAPHIC NUMBER", 0.29),
    ("HIRAGANA", MORA_SECONDS),
    ("KATAKANA", MORA_SECONDS),
    ("HANGUL", 0.2),
    ("THAI", 0.08),
    ("DEVANAGARI", 0.08),
    ("DIGIT", 0.3),
    ("FULL STOP", 0.4),
    ("QUESTION MARK", 0.4),
    ("EXCLAMATION MARK", 0.4),
    ("COMMA", 0.2),
)


def transfer_seconds(transfer: Transfer, status: str, seconds: float | None) -> float:
    """How long a transfer took that ended so: what the caller says, within its limits."""
    usual = {"completed": TALK_SECONDS, "no-answer": transfer.timeout}
    longest = transfer.time_limit if status == "completed" else transfer.timeout
    return min(usual.get(status, REFUSAL_SECONDS) if seconds is None else seconds, longest)


def break_seconds(mark: Element) -> float:
    """A break's time, else the usual length of its strength (Amazon Polly's SSML reference)."""
    if found := re.fullmatch(r"\+?([0-9]*\.?[0-9]+)(m?s)", mark.get("time", "")):
        return float(found[1]) / (1000 if found[2] == "ms" else 1)
    strengths = {"none": 0.0, "x-weak": 0.0, "weak": 0.2, "strong": 0.7, "x-strong": 1.0}
    return strengths.get(mark.get("strength", "medium"), 0.4)


def speed_factor(value: str) -> float:
    """Prosody: the speed as a factor."""
    if found := re.fullmatch(r"([0-9]*\.?[0-9]+)%", value):
        return max(float(found[1]), 1.0) / 100
    return {"x-slow": 0.5, "slow": 0.75, "fast": 1.25, "x-fast": 1.75}.get(value, 1.0)


def speech_seconds(text: str) -> float:
    """Estimate crudely how long a text takes to say at the usual speed, in seconds.

    330 morae and 150 words a minute (R7); scripts that write them one by one by their signs, all others
    by their words, and a little for each stop. Good to about a fifth.
    """
    signs = {mark: _sign_seconds(mark) for mark in set(text)}
    words = _WORD.findall("".join(" " if signs[mark] else mark for mark in text))
    return len(words) * WORD_SECONDS + sum(signs[mark] for mark in text)


@cache
def _sign_seconds(character: str) -> float:
    """How long a sign takes by itself; 0 where it is a letter of a word."""
    name = unicodedata.name(character, "")
    return next((seconds for script, seconds in SCRIPT_SECONDS if script in name), 0.0)
