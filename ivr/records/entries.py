"""The lines of a journal, written and read: one entry each, as JSON.

    [<ms>, "<call>", "<before>", "<asked>", <the seven fields of a Step>]     a step
    [<ms>, "<call>", "<before>", "<asked>", <the seven fields>, <seconds>]    one after a transfer that lasted so long
    [<ms>, "<call>", "<before>", "<asked>", "<status>", <seconds>]            the end of a call

<ms> counts milliseconds of the epoch. A line ends in a bracket and a line break, so that no piece of one is
taken for a whole one. What does not have the form of a name is not written: no number and no words of a
caller get into a journal, whoever hands them in.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from ivr.records.day_keys import Names
from ivr.records.steps import Step

END = "end"
"""What was "heard" where a call has ended: its record has no place, and the carrier's status as outcome."""

ENDS = ("completed", "busy", "no-answer", "failed", "canceled")
"""How a call can end (https://www.twilio.com/docs/voice/api/call-resource#call-status-values)."""

UNFIT = "unfit"
"""Stands where a field did not have its form."""

MOST_SECONDS = 24 * 60 * 60
"""No call is longer."""

_FEW = r"(?!(?:[^0-9]*[0-9]){6})"
_NAME = r"[A-Za-z]\w*"
_ALERT = rf"([0-9]{{1,5}}|{_FEW}[A-Za-z]\w{{0,63}})"
_CODE = r"[A-Za-z]{2,}(?:-\w+)*"
FORMS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "edition": re.compile(r"[0-9a-z]{1,10}"),
        "alert": re.compile(rf"(?=.{{0,1000}}$)({_ALERT}(,{_ALERT})*)?", re.ASCII),
        "language": re.compile(rf"{_FEW}(?=.{{2,16}}$){_CODE}", re.ASCII),
        "place": re.compile(rf"{_FEW}(?=.{{1,200}}$){_NAME}(\.(\w+|{_CODE}))?", re.ASCII),
        "heard": re.compile(rf"{_FEW}(?=.{{1,100}}$)[a-z]+([: ][a-z_]+)?( ({_NAME}|{_CODE}|[0-9*#]))?", re.ASCII),
        "desk": re.compile(rf"{_FEW}(?=.{{0,64}}$)({_NAME})?", re.ASCII),
        "outcome": re.compile(r"[a-z][a-z -]{0,19}"),
    }
)
"""What each field of a step may be: names of the line, numbers of alerts, one key at most. Six digits are a number
(R22); an edition's hash may have as many."""

_FIELDS = tuple(field.name for field in fields(Step))
_NOWHERE = Step(edition="", alert="", language="", place="", heard=END, desk="", outcome="")
_HEAD = re.compile(rb'\[([0-9]{1,15}),"([0-9a-f]{32})","((?:[0-9a-f]{32})?)","((?:[0-9a-f]{16})?)",(.*)\]')
_values = attrgetter(*_FIELDS)
_STEPS = 4096
"""Steps whose line is remembered [own value]: a line of thirty places, heard in twenty ways, has fewer in use."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line says. `seconds` is the length of a call that has ended, None at a step or where it is not known;
    `talked` that of a transfer that has just ended, by the carrier's measure, None where there is none."""

    at: datetime
    names: Names
    step: Step
    seconds: int | None = None
    talked: int | None = None


def step_line(at: float, names: Names, step: Step, talked: int | None = None) -> bytes:
    """The line of a step, at `at` (s of the epoch), of the call that has these names; `talked`: as in Entry."""
    head = f'[{int(at * 1000)},"{names.call}","{names.before}","{names.asked}"'.encode()
    more = b",%d" % talked if talked is not None and _fit(talked) else b""
    return head + _tail(step) + more + b"]\n"


def end_line(at: float, names: Names, status: str, seconds: int | None) -> bytes:
    """The line of a call's end. ValueError where the status is none of ENDS."""
    if status not in ENDS:
        raise ValueError(f"{status!r:.40} ends no call")
    fit = seconds if _fit(seconds) else None
    return json.dumps([int(at * 1000), *names, status, fit], separators=(",", ":")).encode() + b"\n"


def entries(content: bytes) -> Iterator[Entry | None]:
    """The entries of whole lines, in order; None for what is no entry, such as the torn line of a killed process."""
    for text in content.split(b"\n")[:-1]:
        if text:
            yield _entry(text)


def fits(name: str, value: str) -> bool:
    """Whether a field of a step has its form."""
    return FORMS[name].fullmatch(value) is not None


@lru_cache(maxsize=_STEPS)
def _tail(step: Step) -> bytes:
    """What follows the call in the line of a step."""
    told = [value if fits(name, value) else UNFIT for name, value in zip(_FIELDS, _values(step), strict=True)]
    return b"," + json.dumps(told, separators=(",", ":"))[1:-1].encode()


def _entry(text: bytes) -> Entry | None:
    """The entry of a line; None where it does not hold what a line may hold: a disk may have garbled it."""
    found = _HEAD.fullmatch(text)
    if found is None:
        return None
    at, call, before, asked = found[1], found[2].decode(), found[3].decode(), found[4].decode()
    try:
        return Entry(datetime.fromtimestamp(int(at) / 1000, UTC), Names(call, before, asked), *_told(found[5]))
    except (ValueError, TypeError, OverflowError, OSError):
        return None


@lru_cache(maxsize=_STEPS)
def _told(rest: bytes) -> tuple[Step, int | None, int | None]:
    """What a line tells behind its names. ValueError, TypeError."""
    told = json.loads(b"[" + rest + b"]")
    return _end(*told) if len(told) == len(("status", "seconds")) else _went(*told)


def _went(*told: Any) -> tuple[Step, int | None, int | None]:
    """A step, and how long the transfer before it lasted. ValueError where the fields have not their forms."""
    step, talked = told[: len(_FIELDS)], told[len(_FIELDS) :]
    if not all(fits(name, value) for name, value in zip(_FIELDS, step, strict=True)):
        raise ValueError("no step")
    if len(talked) > 1 or not all(map(_fit, talked)):
        raise ValueError("no transfer")
    return Step(*step), None, talked[0] if talked else None


def _end(status: str, seconds: int | None) -> tuple[Step, int | None, int | None]:
    if status not in ENDS or not (seconds is None or _fit(seconds)):
        raise ValueError("no end")
    return replace(_NOWHERE, outcome=status), seconds, None


def _fit(seconds: int | None) -> bool:
    """Whether a call can last so many seconds."""
    return isinstance(seconds, int) and 0 <= seconds <= MOST_SECONDS
