"""Sound made in processes of their own (`ivr.apart`), for a web worker that loads no engine and no numpy.

take, doubts = Booth().take(recording, language.pace, expected=4.2)
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from pathlib import Path
from typing import Any

from ivr import apart
from ivr.apart import Limits, Queue, Seats
from ivr.line.pronunciation import Pace, Pronunciation, Unit
from ivr.line.speeds import Speed
from ivr.voice import intake
from ivr.voice.intake import Reason, Unusable
from ivr.voice.judging import Doubt
from ivr.voice.render import Item, planned, render
from ivr.voice.store import Store, StoreFailed
from ivr.voice.voices import Choice

log = logging.getLogger(__name__)

TAKING = Limits(wall=30.0, cpu=20, memory=2_000_000_000, answer=4_000_000)
"""What a child may use for a take [own values; a minute of 48 kHz stereo needs 1.5 s, 330 MB and 1.7 MB]."""

BoothFailed = apart.Failed
"""A child died, hung or could not be started. The message is for the log; nothing that was sent is in it."""


@dataclass(frozen=True)
class Booth:
    """Where sound is made. The figures are how long to wait for it, in seconds [own values]: for a
    take, for speech, and for speech in the background; `seats` are those on which takes are made."""

    taking: float = TAKING.wall
    speaking: float = 30.0
    background: float = 3600.0
    seats: Seats = field(default_factory=lambda: Seats(1, 3.0))

    def take(
        self, content: bytes, pace: Pace, expected: float, name: str = "", keys: bool = False
    ) -> tuple[bytes, tuple[Doubt, ...]]:
        """The take of a recording (see `ivr.voice.takes`) of a text that takes about `expected`
        seconds at normal pace, and what makes one doubt that it is right; `name`: what its file was
        called; `keys`: it was begun and ended by keys, which may be heard in it. Unusable, with the
        reason for the person; Busy; BoothFailed."""
        intake.check_size(content)
        facts = {"pace": astuple(pace), "expected": expected, "name": name[-100:], "keys": keys}
        limits = Limits(self.taking, TAKING.cpu, TAKING.memory, TAKING.answer)
        with self.seats.taken():
            answer, take = apart.asked("ivr.voice.booth:taken", facts, content, limits)
        if "reason" in answer:
            raise _unusable(answer)
        return take, _doubts(answer)

    def speak(self, items: Sequence[Item], store: Store, choice: Choice) -> None:
        """Make the sounds of these items that are missing in the store, and wait for them.

        What could not be made in that time is not there, and the log says why. Busy.
        """
        with self.seats.taken():
            _speak(items, store, choice, Limits(self.speaking))

    def begin(self, items: Sequence[Item], store: Store, choice: Choice) -> None:
        """The same, not waited for: one request after another, each with what is still missing then."""
        _background.add(lambda: _speak(items, store, choice, Limits(self.background, haste=apart.BACKGROUND)))


# --- The worker's side ----------------------------------------------------------------------


def _speak(items: Iterable[Item], store: Store, choice: Choice, limits: Limits) -> None:
    plan = planned(items, store, choice)
    problems = [each.problem for each in plan.known if each.problem]
    if plan.tasks:
        facts = {
            "items": [(asdict(item.spoken), item.text, item.speed) for task in plan.tasks for item in task.items],
            "folder": str(store.folder.absolute()),
            "choice": {language: list(engines) for language, engines in choice.items()},
        }
        try:
            problems += apart.asked("ivr.voice.booth:spoken", facts, b"", limits)[0]["problems"]
        except BoothFailed as error:
            problems.append(str(error))
    for problem in problems:
        log.warning("not spoken: %s", problem)


def _unusable(answer: Mapping[str, Any]) -> Exception:
    try:
        message = answer["message"]
        return Unusable(message, reason=Reason(answer["reason"]), **answer["facts"])
    except (KeyError, TypeError, ValueError) as error:
        return BoothFailed(f"the child did not answer: {error!r}")


def _doubts(answer: Mapping[str, Any]) -> tuple[Doubt, ...]:
    try:
        return tuple(Doubt(message, facts) for message, facts in answer["doubts"])
    except (KeyError, TypeError, ValueError) as error:
        raise BoothFailed(f"the child did not answer: {error!r}") from error


_background = Queue("booth")


# --- The child's side -----------------------------------------------------------------------


def taken(facts: Mapping[str, Any], content: bytes) -> apart.Answer:
    """A recording made into a take, or why it cannot be."""
    try:
        take, doubts = intake.converted(content, _pace(*facts["pace"]), facts["expected"], facts["name"], facts["keys"])
    except Unusable as error:
        return {"reason": error.reason, "message": error.message, "facts": dict(error.facts)}, b""
    return {"doubts": [[doubt.message, dict(doubt.facts)] for doubt in doubts]}, take


def spoken(facts: Mapping[str, Any], _content: bytes) -> apart.Answer:
    """Sounds made for a store: what could not be."""
    items = [Item(_pronunciation(**spoken), text, Speed(speed)) for spoken, text, speed in facts["items"]]
    choice = {language: tuple(engines) for language, engines in facts["choice"].items()}
    try:
        results = render(items, Store(Path(facts["folder"])), processes=0, choice=choice)
        problems = [each.problem for each in results if each.problem]
    except StoreFailed as error:
        problems = [str(error)]
    return {"problems": problems}, b""


def _pronunciation(pace: Mapping[str, Any], voices: Sequence[str], **rest: Any) -> Pronunciation:
    return Pronunciation(pace=_pace(**pace), voices=tuple(voices), **rest)


def _pace(unit: str, normal: int, slow: int, fast: int, very_fast: int) -> Pace:
    return Pace(Unit(unit), normal, slow, fast, very_fast)
