"""Voices that `<Say>` takes at Twilio: which of them is known to speak a language.

Amazon's stand in known_voices.toml; Google's have systematic names, which hold the language. Twilio adds voices
at any time: one that is not known may be good.
"""

import re
import tomllib
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")

_GOOGLE = re.compile(r"Google\.([a-z]{2,3}-[A-Z]{2})-(?:(?:Standard|Wavenet|Neural2)-[A-Z]|Chirp3-HD-[A-Z][a-z]+)")


_TABLE = tomllib.loads(FILE.read_text("utf-8"))
AMAZON: dict[str, list[str]] = _TABLE["amazon"]
"""Amazon's voices, by the language that they speak."""

_OTHERWISE: dict[str, str] = _TABLE["otherwise"]


def is_known(voice: str, locale: str) -> bool:
    """Whether a voice is known to speak a language, such as ja-JP."""
    names = {locale, _OTHERWISE.get(locale, locale)}
    if google := _GOOGLE.fullmatch(voice):
        return google[1] in names
    return voice in {f"Polly.{name}" for each in names for name in AMAZON.get(each, ())}
