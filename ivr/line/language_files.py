"""The file of a language: its words, what callers may say, and all that differs from other languages."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from ivr.line import language_table
from ivr.line import prompt_keys as keys
from ivr.line.named_numbers import NumberSlots, is_number, is_slot
from ivr.line.problems import Problem, TomlTable
from ivr.line.readings import Table, applied, checked
from ivr.line.sentences import Sentence, as_sentence, sentence
from ivr.line.text import one_line, says_something
from ivr.line.toml_files import parsed
from ivr.line.values import Kind, Language
from ivr.line.vocabulary import MOST_PASSAGES, came_later, is_read_in_passages, slots_of, words_came_later
from ivr.line.words import Prompt, spans_of

READINGS = "readings.toml"
"""How words are read, in all languages."""


@dataclass(frozen=True, slots=True)
class Beside:
    """All that a language's own file depends on: the `lent` file of a later release, None where there is none; the
    file of readings; and the telephone numbers that its words may give, `named` by their slots."""

    lent: bytes | None
    readings: bytes
    named: tuple[tuple[str, str], ...]


Found = tuple[Language, tuple[Problem, ...]]
"""A language, and what is wrong in it."""


@lru_cache(maxsize=16)  # of a draft's languages few have changed since the last look [own value]
def language_of(code: str, content: bytes, beside: Beside) -> Found:
    """A language by its own file, which is valid TOML."""
    reading = _Reading(code, beside)
    return reading.language(content), tuple(reading.problems)


def with_later(language: Language, beside: Beside, alerts: bool) -> Found:
    """The same with the prompts, and what callers may say, that came later than its file; `alerts`: those of prepared
    alerts among them."""
    if beside.lent is None:
        return language, ()
    reading = _Reading(language.code, beside)
    return reading.later(language, alerts), tuple(reading.problems)


@dataclass(frozen=True, slots=True, eq=False)
class _Reader:
    """How the prompts of a language are read: with which numbers, and which readings of words."""

    slots: NumberSlots
    readings: Table


@lru_cache(maxsize=64)  # of most drafts these are those of the live line [own value]
def _reader(slots: NumberSlots, readings: tuple[tuple[str, str], ...]) -> _Reader:
    """The one with these: always the same value."""
    return _Reader(slots, dict(readings))


@lru_cache(maxsize=8192)  # a language has about 500 prompts; in the next edition few are others [own value]
def _prompt(reader: _Reader, key: str, text: str) -> Prompt:
    """A prompt with its numbers and readings. ValueError."""
    slots = reader.slots
    prompt = slots.prompt(key, one_line(text))
    if strange := prompt.slots - slots_of(key):
        raise ValueError(_strange(min(strange), key, slots.named))
    if not prompt.slots and all(chunk.mute for chunk in prompt.chunks()):
        raise ValueError(sentence("says nothing: write words for it"))
    if any(map(is_number, prompt.chunks())) and not is_read_in_passages(key):
        raise ValueError(sentence("a number of ten digits is read in passages alone: name the desk here instead"))
    return prompt.read_as(lambda spans: applied(reader.readings, spans))


@lru_cache(maxsize=2048)  # a language has about 70 such lists [own value]
def _said(key: str, forms: tuple[str, ...]) -> tuple[str, ...]:
    """What callers may say for something, cleaned. ValueError."""
    found = tuple(map(one_line, forms))
    if not found or not all(map(says_something, found)):
        raise ValueError(
            sentence('there is nothing to say in it: write what a caller may say, %(key)s = ["...", "..."]', key=key)
        )
    for form in found:
        spans_of(form)
    return found


class _Reading:
    """A language's file while it is read; `problems`: what was found so far."""

    def __init__(self, code: str, beside: Beside):
        self.code, self.beside = code, beside
        self.file = f"{code}.toml"
        self.problems: list[Problem] = []

    def language(self, content: bytes) -> Language:
        """What the language's own file makes of it."""
        file = self.file
        root = TomlTable(file, file, dict(parsed(file, content, self.problems)), self.problems)
        told = root.get("language", dict, "a table [language]") or {}
        head = TomlTable(file, "language", language_table.with_lent(told, self._lent_head()), self.problems)
        words = dict(self._words(root.get("words", dict, "a table [words]") or {}))
        said = dict(_flatten(_prompts_of(root.values)))
        slots = NumberSlots.of_texts(said, head.values.get("spaces") is not False, dict(self.beside.named))
        prompts = self._prompts(root.values, slots)
        self._check_passages(prompts)
        language = language_table.language(self.code, head, prompts, words)
        hours_for = MappingProxyType(dict(self._hours_for(root.values)))
        return replace(language, hours_for=hours_for, named_numbers=slots.named)

    def later(self, language: Language, alerts: bool) -> Language:
        lent = self._lent()
        slots = NumberSlots.of_texts(dict(_flatten(_prompts_of(lent))), language.spaces, dict(self.beside.named))
        later = self._prompts(lent, slots, came_later)
        if not alerts:
            later = {key: prompt for key, prompt in later.items() if keys.taken_apart(key).family != keys.ALERT}
        words = {what: forms for what, forms in self._words(lent.get("words", {})) if words_came_later(what)}
        return replace(
            language,
            prompts=MappingProxyType({**later, **language.prompts}),
            words=MappingProxyType({**words, **language.words}),
        )

    def _lent_head(self) -> Mapping[str, Any]:
        """What the later release says of the language itself."""
        told = self._lent().get("language")
        return told if isinstance(told, dict) else {}

    def _lent(self) -> Mapping[str, Any]:
        return {} if self.beside.lent is None else parsed(self.file, self.beside.lent, [])

    def _words(self, table: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What callers may say, by what it means. A mark that is wrong would stop every call that
        listens."""
        for key, forms in _flatten(table):
            try:
                yield key, self._forms(key, forms)
            except ValueError as error:
                self.problems.append(Problem(self.file, keys.spoken(key), as_sentence(error)))
                yield key, ()

    def _forms(self, key: str, forms: Any) -> tuple[str, ...]:
        if not isinstance(forms, list) or not all(isinstance(form, str) for form in forms):
            raise ValueError(
                sentence('write what a caller may say as a list of texts, %(key)s = ["...", "..."]', key=key)
            )
        return _said(key, tuple(forms))

    def _readings(self) -> Table:
        try:
            return checked(self.code, parsed(READINGS, self.beside.readings, []).get(self.code, {}))
        except ValueError as error:
            self.problems.append(Problem(READINGS, self.code, as_sentence(error)))
            return {}

    def _prompts(
        self, values: Mapping[str, Any], slots: NumberSlots, wanted: Callable[[str], bool] = lambda _key: True
    ) -> dict[str, Prompt]:
        found, reader = {}, _reader(slots, tuple(self._readings().items()))
        for key, text in _flatten(_prompts_of(values)):
            if keys.is_hours_for(key):
                continue
            for number, passage in enumerate(text if isinstance(text, list) else [text], 1):
                place = f"{key}.{number}" if isinstance(text, list) else key
                try:
                    if wanted(place):
                        found[place] = _prompt(reader, place, _text(passage))
                except ValueError as error:
                    self.problems.append(Problem(self.file, place, as_sentence(error)))
        return found

    def _hours_for(self, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Of which hours a language's own words for them are; no words that anybody says."""
        for key, text in _flatten({"desk": values.get("desk", {})}):
            if keys.is_hours_for(key):
                if isinstance(text, str):
                    yield keys.taken_apart(key).node, text
                else:
                    self.problems.append(
                        Problem(self.file, key, sentence('is no text: write it between quotation marks, as in "..."'))
                    )

    def _check_passages(self, prompts: Mapping[str, Prompt]) -> None:
        """Passages are numbered from 1 without a gap, those of a text as far as one can count."""
        lists: dict[str, set[str]] = {}
        for key in prompts:
            if within := keys.list_of(key):
                place, number = within
                lists.setdefault(place, set()).add(number)
        for place, found in lists.items():
            if found != {str(number) for number in range(1, len(found) + 1)}:
                self.problems.append(
                    Problem(self.file, place, sentence('write the passages as a list, passages = ["...", "..."]'))
                )
            elif keys.taken_apart(place).family == Kind.TEXT and len(found) > MOST_PASSAGES:
                self.problems.append(
                    Problem(
                        self.file,
                        place,
                        sentence(
                            "are more than %(most_passages)s: take some into another text", most_passages=MOST_PASSAGES
                        ),
                    )
                )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(sentence('is no text: write it between quotation marks, as in "..."'))
    return value


def _prompts_of(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tables of a language's file whose words are said."""
    return {name: table for name, table in values.items() if name not in ("language", "words")}


def _strange(slot: str, key: str, named: Mapping[str, str]) -> Sentence:
    """Why a slot cannot be filled."""
    if is_slot(slot):
        close = get_close_matches(slot, list(named), 1) or sorted(named)
        there = ", ".join(f"{{{each}}}" for each in close)
        return sentence("{%(slot)s} is no number of line.toml; there are %(there)s", slot=slot, there=there)
    known = ", ".join(sorted(slots_of(key))) or "none"
    return sentence("{%(slot)s} cannot be filled here; slots of this prompt: %(known)s", slot=slot, known=known)


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested tables as dotted keys."""
    for key, value in table.items():
        place = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict):
            yield from _flatten(value, place)
        else:
            yield place, value
