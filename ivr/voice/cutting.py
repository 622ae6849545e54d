"""A long recording of many texts, cut at its pauses into takes, each with the text that it seems to be of.

All here runs in a process apart (`ivr.voice.cutters`), for it loads numpy, FFmpeg and, where it is installed, the
recogniser (`ivr.voice.hear`), which takes about a second a text.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ivr.apart import Answer
from ivr.line.pronunciation import Pace, Unit
from ivr.voice import hear
from ivr.voice.intake import Decoded, Unusable, channels_of, check_size, made, must_be_whole, opened
from ivr.voice.judging import Doubt
from ivr.voice.matching import Group, Stretch, by_words, groups
from ivr.voice.sound import Pcm, Samples, joined
from ivr.voice.telephone import STRETCH_RATE

log = logging.getLogger(__name__)

LONGEST = 30 * 60  # s [own value]: 20 MB of MP3 at 90 kbit/s; all texts of a language take about as long
FRAME = 0.01  # s
PAUSE = 0.25  # s: what is shorter is no pause but a stop within a word or between two
KNOCK = 0.1  # s: what is shorter and stands alone is a page, a chair or a key
LEAD, TAIL = 0.25, 0.35  # s kept around a group, so that soft ends are in it; the take is trimmed by itself
OVER_NOISE_DB, UNDER_VOICE_DB = 9.0, 32.0  # a voice is so much louder than the room, and no softer than this
CANCELLED = 0.3  # of the power of one channel: less is left where two microphones hear the same upside down


def cut(facts: Mapping[str, Any], content: bytes) -> Answer:
    """Every group of a long recording: where it is, its text, what is understood of it, and its take."""
    try:
        check_size(content)
        sound = long_sound(content, facts["name"])
        found = groups(stretches(sound), [text["seconds"] for text in facts["texts"]])
    except Unusable as error:
        return {"reason": error.reason, "message": error.message, "facts": dict(error.facts)}, b""
    heard = _heard(sound, found, facts)
    if heard:
        found = _by_words(found, heard, facts)
    pace = _pace(*facts["pace"])
    rows, takes = [], []
    for number, group in enumerate(found):
        row, take = _taken(_piece(sound, group), group, pace, facts["texts"])
        rows.append({**row, "heard": heard[number] if heard else "", "length": len(take)})
        takes.append(take)
    return {"cuts": rows, "seconds": sound.seconds}, b"".join(takes)


def _taken(
    piece: Samples, group: Group, pace: Pace, texts: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], bytes]:
    """A group as a row of the answer, and its take; none where callers would not understand it."""
    expected = piece.seconds if group.text is None else texts[group.text]["seconds"]
    row: dict[str, Any] = {"start": group.start, "seconds": group.seconds, "problem": None, "doubts": []}
    row["key"] = None if group.text is None else texts[group.text]["key"]
    try:
        take, doubts = made(Decoded(piece, np.abs(piece.pcm)), pace, expected)
    except Unusable as error:
        return {**row, "problem": [error.message, dict(error.facts)]}, b""
    return {**row, "doubts": [_told(doubt) for doubt in doubts]}, take


def _told(doubt: Doubt) -> list[Any]:
    return [doubt.message, dict(doubt.facts)]


def _pace(unit: str, normal: int, slow: int, fast: int, very_fast: int) -> Pace:
    return Pace(Unit(unit), normal, slow, fast, very_fast)


# --- the sound --------------------------------------------------------------------------------


def long_sound(content: bytes, name: str) -> Samples:
    """A long file at the rate of takes, decoded piece by piece, so that it never is in memory as it was. Unusable."""
    with opened(content, name, LONGEST) as (frames, told):
        average, first, seconds = _resampled(frames)
    must_be_whole(seconds, told)
    lost = not len(average.pcm) or _power(average) < CANCELLED * _power(first)
    found = first if lost else average
    return Samples(found.pcm - np.float32(found.pcm.mean() if len(found.pcm) else 0.0), found.rate)


def _resampled(frames: Iterator[Any]) -> tuple[Samples, Samples, float]:
    """The channels' average, the first of them, and how many seconds there were."""
    import soxr

    streams: tuple[Any, Any] | None = None
    parts: tuple[list[Pcm], list[Pcm]] = ([], [])
    seconds = 0.0
    for frame in frames:
        channels = channels_of(frame)
        rate = frame.sample_rate
        streams = streams or (_stream(soxr, rate), _stream(soxr, rate))
        seconds += channels.shape[1] / rate
        for part, stream, wave in zip(parts, streams, (channels.mean(axis=0), channels[0]), strict=True):
            part.append(stream.resample_chunk(np.ascontiguousarray(wave, dtype=np.float32)))
    for part, stream in zip(parts, streams or (), strict=False):
        part.append(stream.resample_chunk(np.empty(0, dtype=np.float32), last=True))
    both = [joined([Samples(each, STRETCH_RATE) for each in part]) if part else _none() for part in parts]
    return both[0], both[1], seconds


def _stream(soxr: Any, rate: int) -> Any:
    return soxr.ResampleStream(rate, STRETCH_RATE, 1, dtype="float32")


def _none() -> Samples:
    return Samples(np.empty(0, dtype=np.float32), STRETCH_RATE)


def _power(sound: Samples) -> float:
    return float(np.mean(np.square(sound.pcm, dtype=np.float64))) if len(sound.pcm) else 0.0


def _piece(sound: Samples, group: Group) -> Samples:
    """A group by itself, with a little of what is around it."""
    start, end = (round(at * sound.rate) for at in (group.start - LEAD, group.end + TAIL))
    return Samples(sound.pcm[max(0, start) : end], sound.rate)


def stretches(sound: Samples) -> list[Stretch]:
    """Where a voice is heard, from one pause to the next."""
    levels = _levels(sound)
    if not len(levels):
        return []
    room, voice = np.percentile(levels, (5, 95))
    threshold = min(max(room + OVER_NOISE_DB, voice - UNDER_VOICE_DB), voice - OVER_NOISE_DB)
    loud = np.flatnonzero(levels > threshold)
    if not len(loud) or voice < -60:
        return []
    breaks = np.flatnonzero(np.diff(loud) > round(PAUSE / FRAME))
    starts, ends = np.concatenate(([0], breaks + 1)), np.concatenate((breaks, [len(loud) - 1]))
    runs = [(loud[first] * FRAME, (loud[last] + 1) * FRAME) for first, last in zip(starts, ends, strict=True)]
    return [Stretch(float(start), float(end)) for start, end in runs if end - start >= KNOCK]


def _levels(sound: Samples) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The loudness of each frame, in dB of full scale."""
    frame = round(FRAME * sound.rate)
    whole = sound.pcm[: len(sound.pcm) // frame * frame].reshape(-1, frame)
    return np.asarray(10 * np.log10(np.mean(np.square(whole), axis=1, dtype=np.float64) + 1e-12))


# --- what is understood -------------------------------------------------------------------------


def _heard(sound: Samples, found: Sequence[Group], facts: Mapping[str, Any]) -> list[str]:
    """What the recogniser understands of each group; nothing where it is not installed, or cannot hear."""
    if not facts["hears"] or hear.missing_packages():
        return []
    try:
        recogniser = hear.Recogniser(Path(facts["model"]), threads=1)
        return [recogniser.understand(_piece(sound, group), facts["hears"]) for group in found]
    except Exception:  # a full disk, too little memory: lengths decide without it
        log.exception("the recogniser did not hear a long recording")
        return []


def _by_words(found: Sequence[Group], heard: Sequence[str], facts: Mapping[str, Any]) -> tuple[Group, ...]:
    """The groups with the texts that are understood of them; where none is, that of its length stays if it is
    nobody else's and comes in order."""
    compare = facts["compare"]
    spoken = [hear.as_compared(text["spoken"], compare) for text in facts["texts"]]
    words = [hear.as_compared(each, compare) for each in heard]
    understood = by_words(found, lambda group, text: hear.alike(spoken[text], words[group], compare), len(spoken))
    return tuple(
        replace(group, text=before.text) if group.text is None and _fits(before.text, understood, number) else group
        for number, (group, before) in enumerate(zip(understood, found, strict=True))
    )


def _fits(text: int | None, understood: Sequence[Group], at: int) -> bool:
    """Whether a text is between those that are understood before and behind a group."""
    before = max((each.text for each in understood[:at] if each.text is not None), default=-1)
    behind = min((each.text for each in understood[at:] if each.text is not None), default=math.inf)
    return text is not None and before < text < behind
