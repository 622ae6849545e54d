"""Sentences of the program for people: strings that remember what they were made of.

To whoever reads the log or a terminal it is a string. The console asks for its `message`, which is
the id of its translations, and for what fills the places in it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_NONE: Mapping[str, object] = MappingProxyType({})


class Sentence(str):
    """What is wrong, in English. `message` has places such as ``%(name)s`` for `facts`; `place`: of what it is
    told, as a problem or a finding names it, "" where the sentence does not stand for a whole problem."""

    message: str
    facts: Mapping[str, object]
    place: str

    @classmethod
    def of(cls, text: str, message: str, facts: Mapping[str, object] = _NONE, place: str = "") -> "Sentence":
        """The string `text`, made of these."""
        made = cls(text)
        made.message, made.facts, made.place = message, facts, place
        return made

    def about(self, place: str, text: str) -> "Sentence":
        """The whole line `text` that tells it of a place."""
        return Sentence.of(text, self.message, self.facts, place)


def sentence(message: str, **facts: object) -> Sentence:
    """A sentence that is translated where it is shown (`make messages` gathers it)."""
    return Sentence.of(message % facts if facts else message, message, facts)


def as_sentence(text: object) -> Sentence:
    """The sentence of an error or a string; one that was made of nothing else is its own message."""
    found = text.args[0] if isinstance(text, Exception) and text.args else text
    if isinstance(text, Exception) and hasattr(text, "message"):
        return Sentence.of(str(text), text.message, getattr(text, "facts", _NONE))
    return found if isinstance(found, Sentence) else Sentence.of(str(found), str(found))


def packed(text: str) -> Any:
    """The same as JSON keeps it."""
    if not isinstance(text, Sentence):
        return str(text)
    return {"text": str(text), "message": text.message, "facts": packed_facts(text.facts), "place": text.place}


def packed_facts(facts: Mapping[str, object]) -> dict[str, Any]:
    """What fills the places of a sentence, as JSON keeps it: numbers, strings, and sentences."""
    return {name: fact if isinstance(fact, int | float) else packed(_plain(fact)) for name, fact in facts.items()}


def _plain(fact: object) -> str:
    return fact if isinstance(fact, str) else str(fact)


def unpacked(kept: Any) -> Any:
    """What was packed, by this or an earlier release."""
    if not isinstance(kept, dict):
        return kept
    return Sentence.of(kept["text"], kept["message"], unpacked_facts(kept["facts"]), kept["place"])


def unpacked_facts(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What was packed of the facts of a sentence."""
    return {name: unpacked(fact) for name, fact in kept.items()}
