"""The log: lines of words, or of JSON for whoever gathers them, each with the call that it is about.

What the program tells its log holds no number and no secret to begin with (`ivr.carrier.faults` sees to that).
Here is the net beneath it, for the words of libraries: digits as of a telephone or a My Number are hidden, and so
are the secrets of the settings.
"""

import logging
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

HIDDEN = "[hidden]"
FEWEST_DIGITS = 10
"""Digits in a row that are hidden: as many as a Japanese telephone number has at least."""

_NUMBER = re.compile(rf"\+?\d(?:[ -]?\d){{{FEWEST_DIGITS - 1},}}")

Names = Callable[[], Mapping[str, str]]
"""Tells by which names a call is known in its records. Asked for when a line is written, which few calls cause."""


def _nobody() -> Mapping[str, str]:
    return {}


_names: ContextVar[Names] = ContextVar("names", default=_nobody)


class LogFormat(StrEnum):
    """How lines of the log are written."""

    TEXT = "text"
    JSON = "json"


@contextmanager
def about_call(names: Names) -> Iterator[None]:
    """All that is told meanwhile, on this thread or task, is about the call of these names, never of what the carrier
    calls it."""
    before = _names.set(names)
    try:
        yield
    finally:
        _names.reset(before)


def install(form: LogFormat, secrets: Collection[str] = ()) -> None:
    """Have the whole log written so, to stderr, in the place of what was installed before. None of the
    `secrets` is ever told."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(form, secrets))
    handler.set_name(__name__)
    root = logging.getLogger()
    for former in [each for each in root.handlers if each.get_name() == __name__]:
        root.removeHandler(former)
    root.addHandler(handler)


def formatter(form: LogFormat, secrets: Collection[str] = ()) -> logging.Formatter:
    """What writes a line."""
    hide = _Net(frozenset(secret for secret in secrets if secret))
    return _json(hide) if form is LogFormat.JSON else _Words(hide)


class _Net:
    """Hides what must not be told."""

    def __init__(self, secrets: frozenset[str]) -> None:
        longest_first = sorted(secrets, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if secrets else None

    def __call__(self, text: str) -> str:
        """The text without numbers and secrets."""
        without = self._secrets.sub(HIDDEN, text) if self._secrets else text
        return _NUMBER.sub(HIDDEN, without)


class _Words(logging.Formatter):
    """Lines for people."""

    def __init__(self, hide: _Net) -> None:
        super().__init__("%(message)s")
        self._hide = hide

    def format(self, record: logging.LogRecord) -> str:
        """The message, with its traceback where it has one."""
        return self._hide(super().format(record))


def _json(hide: _Net) -> logging.Formatter:
    import structlog  # where it is used: a line of words needs none of it

    def told(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        record: logging.LogRecord = event["_record"]
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "event": hide(str(event["event"])),
        }
        with suppress(Exception):  # a line without its call is better than none
            line |= _names.get()()
        if failed := event.get("exception"):
            line["exception"] = hide(failed)
        return line

    made: logging.Formatter = structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.processors.format_exc_info,
            told,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    return made
