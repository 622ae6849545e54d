"""What comes through of a sentence to somebody's ears.

`flask line hear --out FILE` writes what a recogniser understood of every prompt over the telephone. Where
a sentence holds a prompt that it misheard, people are taken to mishear it more often, and then hear what
the recogniser heard. Where nothing was measured all sentences are alike, and what is missed is gone.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from ivr.callers.population import SimulatedCaller
from ivr.callers.sentences import HeardSentence, KeyOffer

COLUMNS = ("language", "key", "error", "text", "understood")
"""Of the file, tab-separated: a language's code, the prompt's key, the share misheard, what was said and
what was understood."""

MOST = 4.0
"""How many times as often as others a sentence is missed at most [own value]."""

NUMBERS_FROM = 2
"""Letters of a prompt that a sentence must hold to be known by it [own value]."""


@dataclass(frozen=True, slots=True)
class MeasuredPrompt:
    """What a recogniser understood of a text, and the share of it that it misheard."""

    text: str
    understood: str
    error: float


@dataclass(frozen=True, slots=True)
class Ears:
    """What was measured in one language; nothing where nothing was."""

    measured: tuple[MeasuredPrompt, ...] = ()

    @property
    def mean(self) -> float:
        """The share misheard of all prompts."""
        return sum(each.error for each in self.measured) / len(self.measured) if self.measured else 0.0

    def heard(
        self, sentences: Sequence[HeardSentence], caller: SimulatedCaller, chance: Random
    ) -> dict[int, HeardSentence]:
        """The sentences that come through, by their number in the row."""
        found = {}
        for number, sentence in enumerate(sentences):
            prompt = self._prompt(sentence.text)
            if chance.random() >= min(0.9, caller.missed * self._harder(prompt)):
                found[number] = sentence
            elif prompt and prompt.error:
                found[number] = _taken_for(sentence, prompt)
        return found

    def _prompt(self, text: str) -> MeasuredPrompt | None:
        return next((each for each in self.measured if each.text in text), None)

    def _harder(self, prompt: MeasuredPrompt | None) -> float:
        return min(MOST, prompt.error / self.mean) if prompt and self.mean else 1.0


def _taken_for(sentence: HeardSentence, prompt: MeasuredPrompt) -> HeardSentence:
    offers = tuple(KeyOffer(prompt.understood, offer.key, offer.ended) for offer in sentence.offers)
    return replace(sentence, text=prompt.understood, offers=offers)


def read_measured(file: Path) -> Mapping[str, Ears]:
    """What `flask line hear --out` wrote, by language. ValueError where it is something else."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = csv.DictReader(opened, delimiter="\t")
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{file} is not what `flask line hear --out FILE` writes")
        found: dict[str, list[MeasuredPrompt]] = {}
        for row in rows:
            text = row["text"].strip(" 。.")
            if len(text) >= NUMBERS_FROM:
                prompt = MeasuredPrompt(text, row["understood"], float(row["error"]))
                found.setdefault(row["language"], []).append(prompt)
    longest_first = {code: sorted(each, key=lambda prompt: -len(prompt.text)) for code, each in found.items()}
    return {code: Ears(tuple(prompts)) for code, prompts in longest_first.items()}
