"""How the line is, part by part: the one place that knows, asked by `/healthz`, `/metrics` and
the console. Every change is told to the log once, and once more when it is well again.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from types import MappingProxyType

log = logging.getLogger(__name__)


class Part(StrEnum):
    """What may be unwell while calls are answered all the same."""

    DATABASE = "database"
    LIVE = "live edition"
    SNAPSHOT = "snapshot"
    DISK = "disk"
    RECORDS = "records"


class Trouble(StrEnum):
    """What is wrong with a part, in a word for monitors. The console's sentences go by it."""

    SILENT = "does not answer"
    BUSY = "busy"
    ABSENT = "gone"
    DAMAGED = "damaged"
    EMPTY = "empty"
    FOREIGN = "not ours"
    NEWER = "newer than the program"
    FULL = "full"
    READ_ONLY = "read-only"


@dataclass(frozen=True, slots=True)
class Ill:
    """What is wrong, and a sentence for whoever runs the line: it may name files and commands,
    never a number, a secret or what anybody said."""

    trouble: Trouble
    sentence: str


class Health:
    """The parts that are unwell, of one process; and those that the `others` of its server tell of."""

    def __init__(self) -> None:
        self.others: Callable[[], Mapping[Part, Ill]] = dict
        self._ills: dict[Part, Ill] = {}
        self._lock = Lock()

    @property
    def own(self) -> Mapping[Part, Ill]:
        """What is unwell now in this process."""
        return MappingProxyType(self._ills.copy())

    @property
    def ills(self) -> Mapping[Part, Ill]:
        """What is unwell now, in the order of `Part`: what this process knows itself, before what others tell."""
        known = {**self.others(), **self._ills}
        return MappingProxyType({part: known[part] for part in Part if part in known})

    def trouble(self, part: Part) -> Trouble | None:
        """What is wrong with a part now, as far as this process knows itself; None: nothing."""
        ill = self._ills.get(part)
        return ill.trouble if ill else None

    def ill(self, part: Part, trouble: Trouble, sentence: str) -> None:
        """A part is unwell. Said to the log where it was not, or had another trouble."""
        with self._lock:
            before = self._ills.get(part)
            self._ills[part] = Ill(trouble, sentence)
        if before is None or before.trouble is not trouble:
            log.error("%s %s: %s", part, trouble, sentence)

    def well(self, part: Part) -> None:
        """A part is well, again or still."""
        if part not in self._ills:
            return
        with self._lock:
            before = self._ills.pop(part, None)
        if before is not None:
            log.warning("%s ok: it is well again (%s)", part, before.trouble)

    def told(self) -> str:
        """A line for all, then one for each part; for `/healthz`."""
        ills = self.ills
        first = ", ".join(f"{part} {ill.trouble}" for part, ill in ills.items())
        parts = [f"{part}: {f'{ill.trouble}. {ill.sentence}' if (ill := ills.get(part)) else 'ok'}" for part in Part]
        return "\n".join([f"calls ok, {first}" if first else "ok", *parts, ""])
