"""What the log is told of a fault: what kind it was and where it came about, never its words.

The message of an error may hold what was sent: keys, speech, a password, a row of a table.
"""

import logging
import traceback
from collections.abc import Iterator

MOST = 8
"""Errors of a chain that are told [own value]."""


def log_fault(log: logging.Logger, happened: str, error: BaseException) -> None:
    """Tell the log that something failed: `happened`, the kinds of the errors, and their lines."""
    log.error("%s\n%s", happened, "\n".join(_told(error)))


def _told(error: BaseException) -> Iterator[str]:
    for each in _chain(error):
        yield f"{type(each).__module__}.{type(each).__qualname__}, by way of:"
        yield "".join(traceback.format_tb(each.__traceback__)).rstrip("\n")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that it came from."""
    found: BaseException | None = error
    for _ in range(MOST):
        if found is None:
            return
        yield found
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
