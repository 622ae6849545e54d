"""How easy a text is to read, from 0.5 (hard) to 6.5 (easy): jReadability, which counts the length of
sentences, verbs, particles and words of Chinese and of Japanese origin (Lee and Hasebe, "Readability
measurement of Japanese texts based on levelled corpora"; package jreadability). Only of texts in Japanese."""

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1024)  # most texts of a draft are those of the edition before it [own value]
def level(text: str) -> float:
    """The level of a whole text, its sentences in a row."""
    from jreadability import compute_readability

    return float(compute_readability(text, _tagger()))


@lru_cache(maxsize=1)
def _tagger() -> Any:
    from fugashi import Tagger

    return Tagger()
