"""Long recordings cut into takes in a process apart, one after another, that nobody waits for in a request.

Cutter(folder).begin(content, "all.mp3", script, done)
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from ivr import apart
from ivr.apart import BACKGROUND, Limits, Queue
from ivr.line.pronunciation import Pace
from ivr.voice.judging import Doubt

log = logging.getLogger(__name__)

CUTTING = Limits(wall=2400.0, cpu=2400, memory=6_000_000_000, answer=200_000_000, haste=BACKGROUND)
"""What a child may use for a long file [own values]: nine minutes of 50 texts take 8 s and 0.9 GB, and with the
recogniser 80 s and 0.9 GB (of addresses more); half an hour is the longest. It writes 10 MB, and the first time the
recogniser's model of 150 MB."""

WAITING = 2
"""Files that wait while one is cut [own value]: each is up to 20 MB in memory."""


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text that is read: the `key` of its piece, what it says, and about how many seconds it takes."""

    key: str
    spoken: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ReadScript:
    """What somebody has read, in order; `hears`: its language as the recogniser calls it, "" where it hears
    none, and `compare` how words of it are compared."""

    texts: Sequence[ReadText]
    pace: Pace
    hears: str
    compare: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of a long recording from `start`, both in seconds: the `key` of the text that it seems to be of,
    what was understood of it ("" where nothing hears), and the take, with what makes one doubt it; `problem`: why
    there is none."""

    start: float
    seconds: float
    key: str | None
    heard: str
    take: bytes
    doubts: tuple[Doubt, ...]
    problem: Doubt | None


Done = Callable[[Sequence[Cut], Doubt | None], None]
"""Told once it is over: the cuts, or why there are none."""

BROKEN = Doubt("The recording could not be worked on. Please try again.", {})


@dataclass(frozen=True)
class Cutter:
    """Where long recordings are cut; the recogniser's model is kept in `folder`."""

    folder: Path
    queue: Queue = field(default_factory=lambda: Queue("cutting", WAITING))

    def begin(self, content: bytes, name: str, script: ReadScript, done: Done) -> bool:
        """Have a file cut, and `done` be told; false where too many wait already."""
        return self.queue.add(lambda: self._work(content, name, script, done))

    def _work(self, content: bytes, name: str, script: ReadScript, done: Done) -> None:
        try:
            cuts, problem = self._cut(content, name, script)
        except apart.Failed as error:
            log.warning("a long recording was not cut: %s", error)
            cuts, problem = (), BROKEN
        done(cuts, problem)

    def _cut(self, content: bytes, name: str, script: ReadScript) -> tuple[Sequence[Cut], Doubt | None]:
        texts = [{"key": each.key, "spoken": each.spoken, "seconds": each.seconds} for each in script.texts]
        facts = {"texts": texts, "pace": astuple(script.pace), "name": name[-100:], "hears": script.hears}
        facts |= {"compare": script.compare, "model": str(self.folder.absolute())}
        answer, takes = apart.asked("ivr.voice.cutting:cut", facts, content, CUTTING)
        try:
            if "reason" in answer:
                return (), _doubt((answer["message"], answer["facts"]))
            return _cuts(answer["cuts"], takes), None
        except (KeyError, TypeError, ValueError) as error:
            raise apart.Failed(f"the child did not answer: {error!r}") from error


def _cuts(rows: Sequence[Mapping[str, Any]], takes: bytes) -> list[Cut]:
    found, at = [], 0
    for row in rows:
        take = takes[at : at + row["length"]]
        at += row["length"]
        doubts, problem = tuple(map(_doubt, row["doubts"])), row["problem"] and _doubt(row["problem"])
        found.append(Cut(row["start"], row["seconds"], row["key"], row["heard"], take, doubts, problem))
    return found


def _doubt(told: Sequence[Any]) -> Doubt:
    message, facts = told
    return Doubt(message, facts)
