"""An edition held against the rules of the call, in a process apart: every state of every call, which takes
seconds of a processor that calls need.

    problems = Apart(sounds)(Asked(edition, now))

What calls do depends on the skeleton of a line alone (`ivr.call.rules.skeleton`). Those that were found to be in order
are remembered, by the workers of a machine in one file: where only words have changed since, no state is walked, and
only words are judged. Another release, whose rules may be others, has another file.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache

from ivr import apart
from ivr.apart import Limits
from ivr.call.acts import Say
from ivr.call.walking import SPOKEN
from ivr.line.loading import load
from ivr.line.pronunciation import Pronunciation
from ivr.line.sentences import packed, unpacked
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.line.words import Break, Chunk, Part
from ivr.store.private import new_file
from ivr.voice.audio import Audio
from ivr.voice.pace import estimated_seconds
from ivr.voice.recorded import Recorded, take_name
from ivr.voice.store import Store

if TYPE_CHECKING:
    from ivr.call.rules import Finding
    from ivr.editions.checks import Asked
    from ivr.editions.edition import Edition
    from ivr.voice.sounds import Sounds

log = logging.getLogger(__name__)

LIMITS = Limits(wall=120.0, cpu=90, memory=1_500_000_000, answer=2_000_000, haste=apart.WAITED_FOR)
"""What a check may use [own values]: the shipped line needs 5 s and 200 MB, while somebody looks at the page of it."""

SKELETONS = 8
"""Skeletons that are remembered [own value]: of the live edition, and of the drafts at work."""

RULED_BY = ("call", "line", "checking.py")
"""What of the program decides whether a skeleton is in order."""

Length = Callable[[Pronunciation, Chunk, Speed], float | None]
"""How long the sound of a chunk is, in seconds; None where there is none."""


def measured(line: Line, length: Length) -> Callable[[Say], float]:
    """How long a speech of a line takes, in seconds: measured where its sounds have been made, else
    estimated from its words."""

    @cache
    def part_seconds(language: str, speed: Speed, part: Part) -> float:
        return _part_seconds(length, line.languages[language].pronunciation, speed, part)

    def seconds(say: Say) -> float:
        return sum(part_seconds(say.language, say.speed, part) for part in say.parts)

    return seconds


def _part_seconds(length: Length, spoken: Pronunciation, speed: Speed, part: Part) -> float:
    if isinstance(part, Break):
        return part.milliseconds / 1000
    found = length(spoken, part, speed)
    return estimated_seconds(part.spans, spoken.pace, speed) if found is None else found


# --- The worker's side ----------------------------------------------------------------------


@dataclass(frozen=True)
class Apart:
    """The rules, for whoever may not wait for them in a web worker's thread. apart.Failed.

    `sound` are the skeletons that were found to be in order, each with the ways to the states that take time; `folder`
    is where they are kept for all workers, None: nowhere.
    """

    sounds: Sounds
    folder: Path | None = None
    sound: LRUCache[str, object] = field(default_factory=lambda: LRUCache(SKELETONS))

    def __call__(self, asked: Asked) -> tuple[str, ...]:
        """The errors of an edition, each a sentence with its place."""
        audio = self.sounds.audio
        self._remember()
        facts = {
            "files": {name: content.decode() for name, content in asked.edition.files.items()},
            "now": asked.now.isoformat(),
            "folder": str(audio.store.folder.absolute()),
            "choice": {language: list(engines) for language, engines in audio.choice.items()},
            "recorded": _recorded(asked.edition, self.sounds.recorded),
            "sound": dict(self.sound),
        }
        answer, _ = apart.asked("ivr.checking:check", facts, b"", LIMITS, asked.told)
        if answer["sound"]:
            self.sound.update(answer["sound"])
            self._keep()
        return tuple(map(unpacked, answer["problems"]))

    def _remember(self) -> None:
        """What other workers have found."""
        with suppress(OSError, ValueError, TypeError):  # nothing yet, or not whole: it is found again
            self.sound.update(json.loads(self._file.read_bytes()) if self._file else {})

    def _keep(self) -> None:
        if self._file is None:
            return
        try:
            with new_file(self._file) as file:
                file.write(json.dumps(dict(self.sound)).encode())
            for other in self._file.parent.glob("skeletons-*.json"):
                if other != self._file:
                    other.unlink(missing_ok=True)
        except OSError as error:
            log.warning("what the rules have found is not kept: %s", error.strerror)

    @property
    def _file(self) -> Path | None:
        return self.folder and self.folder / f"skeletons-{_release()}.json"


@cache
def _release() -> str:
    """A name for the rules of this release."""
    here = Path(__file__).parent
    files = sorted(
        path for name in RULED_BY for path in ((here / name).rglob("*.py") if (here / name).is_dir() else [here / name])
    )
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _recorded(edition: Edition, recordings: Recorded) -> list[tuple[str, str, str, float]]:
    """How long the recordings of an edition are: language, chunk, speed, seconds."""
    return [
        (piece.language, piece.chunk, speed, seconds)
        for piece, chunk in edition.pieces.items()
        if (at := edition.sound(piece.language, chunk))
        for speed in Speed
        if (seconds := recordings.seconds_of(take_name(at, speed)))
    ]


# --- The child's side -----------------------------------------------------------------------


def check(facts: Mapping[str, Any], _content: bytes) -> apart.Answer:
    """The errors of a line."""
    line = load({name: text.encode() for name, text in facts["files"].items()})
    moment = datetime.fromisoformat(facts["now"]).astimezone(line.zone)
    known = {(language, chunk, speed): seconds for language, chunk, speed, seconds in facts["recorded"]}
    audio = Audio(Store(Path(facts["folder"])), {code: tuple(engines) for code, engines in facts["choice"].items()})

    def length(spoken: Pronunciation, chunk: Chunk, speed: Speed) -> float | None:
        return known.get((spoken.code, chunk.key, speed)) or audio.seconds(spoken, chunk, speed)

    found, sound = _held(line, moment, measured(line, length), facts["sound"])
    return {"problems": [packed(each.told) for each in found if each.error], "sound": sound}, b""


def _held(
    line: Line, moment: datetime, seconds: Callable[[Say], float], sound: Mapping[str, Any]
) -> tuple[list[Finding], Mapping[str, Any]]:
    """What the rules find; and the skeleton, where it is in order, with the ways to the states that take time: the
    number of an hour, the language of the greeting, keys."""
    from ivr.call import rules  # here, since web workers hold nothing against them

    hours, today = rules.open_and_closed(line, moment), moment.date()
    skeleton = rules.skeleton(line, hours)
    if ways := sound.get(skeleton):
        apart.tell("words")
        again = rules.Survey.again(line, ((hours[hour], begun, keys) for hour, begun, keys in ways), seconds)
        return rules.findings(again, today, rules.OF_WORDS), {skeleton: ways}
    apart.tell("walk")
    survey = rules.Survey.of(line, hours, seconds)
    apart.tell("states")
    of_states = rules.findings(survey, today, rules.OF_STATES)
    apart.tell("words")
    found = rules.in_order((*of_states, *rules.findings(survey, today, rules.OF_WORDS)))
    ways = [(hours.index(now), visit.begun, visit.keys) for now, visit in rules.timed(survey)]
    if any(finding.error for finding in of_states) or any(SPOKEN in keys for _, _, keys in ways):
        return found, {}  # a desk asked for in words stands in no way
    return found, {skeleton: ways}
