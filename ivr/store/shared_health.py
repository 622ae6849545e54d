"""What is unwell in the processes of a server, together: whichever is asked tells of all of them.

Calls are answered where nothing is written into the database, and would not know for long that its disk is full. Each
process writes what is unwell into a file of its own once a second; that of one that has ended tells nothing any more.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ivr.store.health import Ill, Part, Trouble

ENDING = ".unwell"


@dataclass(frozen=True)
class SharedHealth:
    """That of the processes that share a folder; this one writes into the file of its number."""

    folder: Path
    number: int = field(default_factory=os.getpid)

    def write(self, ills: Mapping[Part, Ill]) -> None:
        """Let the others know. Where that cannot be, they tell what they knew."""
        part = self.folder / f".{self.number}{ENDING}"
        with suppress(OSError):
            part.write_text(json.dumps({name: [ill.trouble, ill.sentence] for name, ill in ills.items()}))
            part.replace(self.folder / f"{self.number}{ENDING}")

    def others(self) -> Mapping[Part, Ill]:
        """What is unwell in the others that live."""
        found: dict[Part, Ill] = {}
        for path in sorted(self.folder.glob(f"[0-9]*{ENDING}")):
            if path.stem != str(self.number) and _lives(int(path.stem)):
                with suppress(OSError):
                    found |= _read(path.read_text())
        return found


def _read(text: str) -> dict[Part, Ill]:
    return {Part(part): Ill(Trouble(trouble), sentence) for part, (trouble, sentence) in json.loads(text).items()}


def _lives(process: int) -> bool:
    """Whether there is such a process that is ours: its number may be another user's by now."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(process, 0)
        return True
    return False
