"""The oracle: whether what a task needs was heard, or the right desk rang. Callers do not know it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ivr.callers.population import SimulatedCaller
from ivr.callers.sentences import HeardSentence
from ivr.callers.tasks import CallersTask
from ivr.handset.moments import Transfer
from ivr.line.text import one_width
from ivr.line.values import Line

CONTEXT = 0.5
"""In a passage a sentence is missed half as often as an option alone, and half of the letters are enough:
sentences explain each other [own values]."""

_NO_LETTER = re.compile(r"[\W_]+")


class UnknownNeed(ValueError):
    """The line has nothing of what a task needs; its text says what."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What a task needs in one language of a line: passages as their letters alone, figures of telephone
    numbers, desks by the numbers that are dialled (E.164)."""

    passages: tuple[tuple[str, ...], ...]
    numbers: tuple[str, ...]
    dialled: frozenset[str]

    def at(self, sentences: Sequence[HeardSentence]) -> tuple[int, ...]:
        """Which of these sentences hold what is needed, in their order; () where they do not."""
        letters = [_letters(sentence.text) for sentence in sentences]
        for passage in self.passages:
            if found := _spread(passage, letters):
                return found
        for number, sentence in enumerate(sentences):
            if any(figures in re.sub(r"\D", "", one_width(sentence.text)) for figures in self.numbers):
                return (number,)
        return ()

    def understood(
        self, sentences: Sequence[HeardSentence], at: Sequence[int], caller: SimulatedCaller, chance: Random
    ) -> bool:
        """Whether enough of it comes through to this caller."""
        lengths = [len(_letters(sentences[number].text)) for number in at]
        got = [length for length in lengths if chance.random() >= caller.missed * CONTEXT]
        return sum(got) >= sum(lengths) / 2

    def rings(self, transfer: Transfer) -> bool:
        """Whether this is the desk that is needed."""
        return not self.dialled.isdisjoint(transfer.numbers)


def needed(line: Line, task: CallersTask, language: str) -> Needed:
    """What a task needs in that language. UnknownNeed where the line has none of it; a passage without a
    letter can never be heard."""
    prompts = line.languages[language].prompts
    passages = [prompts[key] for key in task.passages if key in prompts]
    known = {number for desk in line.desks.values() for each in desk.versions for number in each.numbers}
    numbers = [number for number in task.numbers if number in known]
    dialled = [
        each.dial for key, desk in line.desks.items() if key in task.desks for each in desk.versions if each.dial
    ]
    if not (passages or task.numbers or dialled) or (task.numbers and not numbers and not passages and not dialled):
        wanted = ", ".join((*task.passages, *task.numbers, *task.desks))
        raise UnknownNeed(f"{task.title}: the line has none of {wanted} in {language}")
    return Needed(
        passages=tuple(
            chunks
            for passage in passages
            if (chunks := tuple(filter(None, (_letters(chunk.written) for chunk in passage.chunks()))))
        ),
        numbers=tuple(re.sub(r"\D", "", number) for number in task.numbers),
        dialled=frozenset(dialled),
    )


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", one_width(text)).casefold()


def _spread(chunks: Sequence[str], letters: Sequence[str]) -> tuple[int, ...]:
    """Over which sentences these runs of letters stand, one after another; () where they do not."""
    whole = "".join(letters)
    begin = whole.find(chunks[0])
    end = begin
    for chunk in chunks:
        found = whole.find(chunk, end)
        if begin < 0 or found < 0:
            return ()
        end = found + len(chunk)
    reached, spread = 0, []
    for number, each in enumerate(letters):
        if reached < end and reached + len(each) > begin:
            spread.append(number)
        reached += len(each)
    return tuple(spread)
