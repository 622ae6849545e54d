"""The languages that the line is shipped with, and others that have no file."""

from pathlib import Path

from ivr.line.loading import read
from ivr.line.pronunciation import Pronunciation

SHIPPED = read(Path(__file__).parents[2] / "prompts").languages


def pronunciation(code: str) -> Pronunciation:
    """How a language is spoken: as its file says, or as one whose file says nothing is."""
    return SHIPPED[code].pronunciation if code in SHIPPED else Pronunciation(code, code)


JA, EN, VI = pronunciation("ja"), pronunciation("en"), pronunciation("vi")
