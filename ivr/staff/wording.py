"""Texts cut into words, and how easy they are to read: by the analysers of Japanese, in a process apart, since the
workers that answer calls load none. What a text is cut into is remembered.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from cachetools import LRUCache

from ivr import apart
from ivr.apart import Limits, Seats

log = logging.getLogger(__name__)

LIMITS = Limits(wall=10.0, cpu=8, memory=1_500_000_000, answer=4_000_000)
"""What a child may use [own values]: two hundred passages need 0.5 s and 250 MB."""

_SEATS = Seats(1, 5.0)
"""One child at a time; so many seconds others wait for their turn [own values]."""

KEPT = 4096
"""Texts that a worker remembers [own value]: those of some drafts, before and after."""

SPACED = re.compile(r"[\w'’-]+|\s+|.", re.DOTALL)
"""Words where blanks divide them."""

_RUNS = re.compile(r"[A-Za-z0-9'’-]+|[\u4e00-\u9fff々]+|[\u3041-\u309f]+|[\u30a0-\u30ffー]+|\s+|.", re.DOTALL)
"""Runs of one script: what stands for words where no analyser answers."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A text in its words, and its level: 0.5 (hard) to 6.5 (easy); None where nobody measured it."""

    words: tuple[str, ...]
    level: float | None = None


Cut = Callable[[list[str]], list[tuple[list[str], float | None]]]
"""The words of each text, and its level. apart.Failed."""


def cut_apart(texts: list[str]) -> list[tuple[list[str], float | None]]:
    """The same, in a process apart."""
    with _SEATS.taken():
        answer = apart.asked("ivr.staff.wording:worded", {}, json.dumps(texts).encode(), LIMITS)[1]
    return [(list(words), level) for words, level in json.loads(answer)]


@dataclass
class Wording:
    """The words of texts that are written without blanks, and their levels."""

    cut: Cut = cut_apart
    _known: LRUCache[str, Worded] = field(default_factory=lambda: LRUCache(KEPT))
    _lock: Lock = field(default_factory=Lock)

    def of(self, texts: Iterable[str]) -> Mapping[str, Worded]:
        """Each text in its words. Where the analyser does not answer, in runs of one script."""
        wanted = tuple(dict.fromkeys(texts))
        with self._lock:
            found = {text: self._known[text] for text in wanted if text in self._known}
        if missing := [text for text in wanted if text not in found]:
            found |= self._asked(missing)
        return found

    def _asked(self, texts: list[str]) -> dict[str, Worded]:
        try:
            answer = self.cut(texts)
        except (apart.Failed, ValueError) as error:
            log.warning("texts are compared without an analyser: %s", error)
            return {text: Worded(tuple(_RUNS.findall(text))) for text in texts}
        made = {text: Worded(tuple(words), level) for text, (words, level) in zip(texts, answer, strict=True)}
        with self._lock:
            self._known.update(made)
        return made


# --- The child's side: what `ivr.apart` calls ------------------------------------------------


def worded(_facts: Mapping[str, Any], content: bytes) -> apart.Answer:
    """The words of each text, and its level."""
    return {}, json.dumps(cut_here(json.loads(content))).encode()


def cut_here(texts: list[str]) -> list[tuple[list[str], float | None]]:
    """The same in this process, which loads the analysers."""
    from ivr.call.level import level

    return [(_cut(text), level(text) if text.strip() else None) for text in texts]


def _cut(text: str) -> list[str]:
    from ivr.line.morphemes import morphemes

    words = morphemes(text)
    ends = [word.end for word in words]
    return [word.surface for word in words] + ([text[ends[-1] :]] if ends and text[ends[-1] :] else [])
