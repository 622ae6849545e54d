"""A whole text as one sound, so that the page has one player beside each text.

The telephone plays a text passage by passage. Here the same sounds are put one after another,
with the telephone's pause between passages; nothing is made or kept.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from ivr.call.arrival import BETWEEN_PASSAGES
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.line.words import Prompt
from ivr.voice import mulaw
from ivr.voice.sounds import Sounds

_PAUSE = mulaw.silence(BETWEEN_PASSAGES)


@dataclass(frozen=True, slots=True)
class TextSounds:
    """The texts of the current line as sounds, where there are sounds of all their passages."""

    sounds: Sounds
    line: Callable[[], Line]

    def version(self, language: str, part: str) -> str | None:
        """A name for the sound of a text, or of the "help", as it is now; None: there is none."""
        passages = self._passages(language, part)
        if not passages:
            return None
        return hashlib.sha256(repr(passages).encode()).hexdigest()[:16]

    def wav(self, language: str, part: str) -> bytes | None:
        """The sound of a text, or of the "help", as a WAV file; None: there is none."""
        passages = self._passages(language, part)
        if not passages:
            return None
        files = [[self.sounds.wav(url) for url in passage] for passage in passages]
        if not all(file for passage in files for file in passage):
            return None  # gone since a moment ago
        joined = (b"".join(mulaw.samples_of(file) for file in passage if file) for passage in files)
        return mulaw.written(_PAUSE.join(joined))

    def _passages(self, language: str, part: str) -> tuple[tuple[str, ...], ...]:
        """Where the sounds of each passage are; nothing where one of them is missing."""
        line = self.line()
        sounds = [
            [
                self.sounds.url(line.edition, line.languages[language].pronunciation, chunk, Speed.NORMAL)
                for chunk in passage.chunks()
                if not chunk.mute
            ]
            for passage in _passages(line, language, part)
        ]
        found = tuple(tuple(url for url in passage if url) for passage in sounds)
        whole = all(len(found[n]) == len(passage) for n, passage in enumerate(sounds))
        return found if whole else ()


def _passages(line: Line, language: str, part: str) -> tuple[Prompt, ...]:
    return line.passages(part, language) if language in line.languages else ()
