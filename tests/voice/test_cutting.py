"""A long recording cut where somebody pauses; and a key that is heard at the end of a short one."""

from dataclasses import astuple
from typing import Any

import numpy as np

from ivr.line.words import Span
from ivr.voice.cutting import cut
from ivr.voice.ends import without_keys
from ivr.voice.pace import estimated_seconds
from ivr.voice.sound import Samples, joined, silence
from tests.support.languages import JA

FIRST, SECOND, THIRD = "電話を切ってください。", "窓口は閉まっています。", "警察に相談してください。"


def facts(*texts: str, **more: Any) -> dict[str, Any]:
    found = [
        {"key": f"k{n}", "spoken": t, "seconds": estimated_seconds((Span(t),), JA.pace)} for n, t in enumerate(texts)
    ]
    plain = {"texts": found, "pace": list(astuple(JA.pace)), "name": "", "hears": "", "compare": "kana", "model": ""}
    return {**plain, **more}


def test_a_key_at_the_end_is_no_part_of_what_was_read() -> None:
    rate = 16_000
    time = np.arange(rate) / rate
    voice = Samples((0.3 * np.sin(2 * np.pi * 200 * time)).astype(np.float32), rate)
    knock = Samples((0.5 * np.random.default_rng(1).normal(size=rate // 25)).astype(np.float32).clip(-1, 1), rate)
    whole = joined([knock, silence(0.4, rate), voice, silence(0.5, rate), knock])
    cleaned, loudest = without_keys(whole, np.abs(whole.pcm))
    assert 1.0 < cleaned.seconds < 1.6 and len(loudest) == len(cleaned.pcm)
    assert abs(cleaned.pcm).max() <= 0.31, "the knocks were louder"
    close = joined([voice, silence(0.12, rate), knock])  # the end of a word such as "act"
    assert without_keys(close, np.abs(close.pcm))[0].seconds == close.seconds
    assert without_keys(knock, np.abs(knock.pcm))[0].seconds == knock.seconds


def test_what_is_no_sound_is_refused_with_the_reason() -> None:
    answer, takes = cut(facts(FIRST), b"<html>")
    assert answer["reason"] and answer["message"] and takes == b""
