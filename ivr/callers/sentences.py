"""What is heard, cut into sentences, each with its seconds and the keys that it names.

A caller hears sounds in a row and does not know where the line's prompts begin and end. Within one sound
time passes evenly with its letters.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from ivr.callers.tasks import HearingOf, hearing
from ivr.handset.hearing import HeardSound

_SENTENCE = re.compile(r"(?:[^。.!?！？]|\.(?!\s|$))*(?:[。.!?！？]|$)")
_LETTER = re.compile(r"[^\W_]|[*#]")


@dataclass(frozen=True, slots=True)
class KeyOffer:
    """Words that a key was named for; `ended` is when it was, in seconds from the stretch's start."""

    words: str
    key: str
    ended: float


@dataclass(frozen=True, slots=True)
class HeardSentence:
    """One sentence, from when to when (seconds from the stretch's start), and the keys that it names."""

    text: str
    began: float
    ended: float
    offers: tuple[KeyOffer, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """All that is heard between two acts of a caller, in the languages that the caller speaks. `foreign`
    seconds were in others; `seconds` is all of it."""

    sentences: tuple[HeardSentence, ...]
    foreign: float
    seconds: float


@lru_cache(4096)
def stretch_of(sounds: tuple[HeardSound, ...], code: str) -> Stretch:
    """What somebody hears of these sounds who speaks one language, one of `tasks.hearing`."""
    sentences: list[HeardSentence] = []
    foreign = clock = 0.0
    for language, run in groupby(_in_languages(sounds), key=lambda sound: sound[0]):
        pieces = [sound for _, sound in run]
        seconds = sum(sound.seconds for sound in pieces)
        if language == code:
            sentences += _sentences(pieces, clock, hearing()[code])
        elif language:
            foreign += seconds
        clock += seconds
    return Stretch(tuple(sentences), foreign, clock)


def _in_languages(sounds: Sequence[HeardSound]) -> Iterator[tuple[str, HeardSound]]:
    """Pauses are of the language before them."""
    language = ""
    for sound in sounds:
        language = sound.language.partition("-")[0] if sound.text else language
        yield language, sound


def _sentences(sounds: Sequence[HeardSound], start: float, people: HearingOf) -> Iterator[HeardSentence]:
    joint = " " if people.spaces else ""
    text, marks, clock = "", [(0, start)], start
    for sound in sounds:
        if sound.text:
            text += joint if text else ""
            marks.append((len(text), clock))
            text += sound.text
        clock += sound.seconds
        marks.append((len(text), clock))
    for match in _SENTENCE.finditer(text):
        if not _LETTER.search(match[0]):
            continue
        began, ended = _moment(marks, match.start(), late=True), _moment(marks, match.end(), late=False)
        offers = tuple(
            KeyOffer(words, key, _moment(marks, match.start() + end, late=False))
            for words, key, end in _offers(match[0], people)
        )
        yield HeardSentence(match[0].strip(), began, max(began, ended), offers)


def _moment(marks: Sequence[tuple[int, float]], letter: int, *, late: bool) -> float:
    """When a letter is heard; at a pause just before it (`late`: behind the pause)."""
    before = max(mark for mark in marks if mark[0] <= letter) if late else max(m for m in marks if m[0] < letter)
    after = min((mark for mark in marks if mark[0] > letter or (not late and mark[0] == letter)), default=before)
    if after[0] <= before[0]:
        return before[1]
    return before[1] + (after[1] - before[1]) * (letter - before[0]) / (after[0] - before[0])


def _offers(sentence: str, people: HearingOf) -> Iterator[tuple[str, str, int]]:
    """The words for each key named in a sentence, the key, and where its name ends."""
    mentions = list(people.key.finditer(sentence))
    begin = 0
    for number, mention in enumerate(mentions):
        words = sentence[begin : mention.start()]
        following = mentions[number + 1].start() if number + 1 < len(mentions) else len(sentence)
        behind = sentence[mention.end() : following]
        end = mention.end()
        if people.after and not _LETTER.search(words) and people.after.match(behind):
            words, end = behind, following
        yield words.strip(" ,、"), people.key_of(mention), end
        begin = end


def offers_of(sentences: Mapping[int, HeardSentence], people: HearingOf) -> tuple[KeyOffer, ...]:
    """All keys that were named, in order. A key whose sentence has no words of its own is the one of the
    sentence before it. One that joins, and does not say to whom, is about what was said since the last key: who
    hears "the police are open; to be connected, press 1" knows to whom (what is left out is taken to be the topic:
    Walker, Iida, Cote 1994, "Japanese Discourse and the Process of Centering", J94-2003; its abstract was checked)."""
    found: list[KeyOffer] = []
    said: list[str] = []
    for number, sentence in sentences.items():
        for offer in sentence.offers:
            before = sentences.get(number - 1)
            bare = not _LETTER.search(offer.words) and before and not before.offers
            words = before.text if bare and before else offer.words
            if people.joined.search(words):
                words = " ".join((*said, words))
            found.append(replace(offer, words=words))
        said = [] if sentence.offers else [*said, sentence.text]
    return tuple(found)
