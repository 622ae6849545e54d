"""Practice areas: a line and a console of somebody's own, under a folder that is thrown away.

    DATA_DIR/practice/<name>/who.json   whose it is, and what its two persons are called
                            prompts/    the line with which it begins: what callers hear that day
                            audio/      the line's own voice, linked, so that what is made in there stays there
                            ...         all that a line writes: its database, its secrets

Its name is in the addresses of its pages and opens nothing: whoever asks must be signed in as the one it is of.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ivr.store.private import new_file

EDITOR, APPROVER = "editor", "approver"
"""The sign-in names of its two persons."""

LASTS = timedelta(days=14)
"""After so long a practice area is thrown away when somebody begins one [own value]."""

_NAME = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice area: where it is, whose it is (an account), and what its two persons are called."""

    folder: Path
    owner: str
    editor: str
    approver: str
    at: datetime

    @property
    def name(self) -> str:
        """What it is called in addresses."""
        return self.folder.name

    @property
    def prompts(self) -> Path:
        """The files of the line with which it begins."""
        return self.folder / "prompts"


class Practices:
    """All practice areas. `audio`: where the sounds of the line are."""

    def __init__(self, folder: Path, audio: Path):
        self.folder = folder
        self._audio = audio

    def begin(self, owner: str, names: Mapping[str, str], files: Mapping[str, bytes], now: datetime) -> Practice:
        """A new one in place of that which they had; `names` of its two persons, `files` of its line."""
        self._sweep(owner, now)
        folder = self.folder / secrets.token_hex(8)
        (folder / "prompts").mkdir(parents=True, mode=0o700)
        for name, content in files.items():
            (folder / "prompts" / name).write_bytes(content)
        unfinished = shutil.ignore_patterns("*.lock", "*.part")
        with suppress(OSError):  # on another disk there are no links; then its voice is made anew
            shutil.copytree(self._audio, folder / "audio", copy_function=os.link, ignore=unfinished)
        who = {"owner": owner, "at": now.isoformat(), EDITOR: names[EDITOR], APPROVER: names[APPROVER]}
        with new_file(folder / "who.json") as file:  # last: without it there is no practice area
            file.write(json.dumps(who).encode())
        return Practice(folder, owner, names[EDITOR], names[APPROVER], now)

    def find(self, name: str) -> Practice | None:
        """The one of that name."""
        folder = self.folder / name
        if not _NAME.fullmatch(name):
            return None
        try:
            who = json.loads((folder / "who.json").read_text())
            return Practice(folder, who["owner"], who[EDITOR], who[APPROVER], datetime.fromisoformat(who["at"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def of(self, owner: str) -> Practice | None:
        """The one of that account."""
        return next((each for each in self._all() if each.owner == owner), None)

    def throw_away(self, owner: str) -> None:
        """Throw away what that account has."""
        for each in self._all():
            if each.owner == owner:
                _remove(each.folder)

    def _sweep(self, owner: str, now: datetime) -> None:
        for each in self._all():
            if each.owner == owner or now - each.at > LASTS:
                _remove(each.folder)

    def _all(self) -> list[Practice]:
        if not self.folder.is_dir():
            return []
        return [found for each in sorted(self.folder.iterdir()) if (found := self.find(each.name))]


def _remove(folder: Path) -> None:
    """Whoever is in it is told that it is gone; its files go with the last that has them open."""
    (folder / "who.json").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
