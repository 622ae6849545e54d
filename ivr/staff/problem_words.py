"""Problems of the line in the words of whoever reads: what it is about, where it is mended, and what to do.

A problem is a string of the program (`ivr.line.sentences`), with a file and a key, or with a place of a call. Here
it gets a name and a link; the string itself stays for those who know the files, under the page's details.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from ivr.editions.texts import TextPlace
from ivr.line.language_files import READINGS
from ivr.line.loading import ALERTS, STRUCTURE
from ivr.line.prompt_keys import NODE_FAMILIES, taken_apart
from ivr.line.sentences import Sentence
from ivr.line.text import marked_text
from ivr.line.values import Kind
from ivr.staff.context import console, names
from ivr.staff.fact_words import weekly
from ivr.staff.text_links import page_of
from ivr.staff.text_names import language

_IN_FILE = re.compile(r"(?:(?P<file>[A-Za-z0-9_-]+)(?P<toml>\.toml)?: )?(?P<key>.*)")
_IN_CALL = re.compile(r"(?P<code>[a-z]{2,3}(?:-[A-Za-z0-9]+)*): (?P<trail>\S+) \(keys (?P<keys>.*)\)")
_BESIDE = re.compile(r" \(.*\)$")
_WHOLE, _LINE_OF_FILE = "whole file", re.compile(r"line [0-9]+(?:, character [0-9]+)?")


@dataclass(frozen=True, slots=True)
class ToldProblem:
    """A problem as a page shows it. `name` is what it is about, `to` the page that mends it, `sentence` what is
    wrong, `code` the same as the program writes it; "" where there is none."""

    name: str
    to: str
    sentence: str
    code: str


def told(problems: Iterable[str], draft: int | None) -> list[ToldProblem]:
    """Problems of a draft, or of the line."""
    return [_told(problem, draft) for problem in problems]


def _told(problem: str, draft: int | None) -> ToldProblem:
    if not isinstance(problem, Sentence):  # it is in the reader's language already
        return ToldProblem("", "", problem, "")
    place = place_of(problem.place)
    to = "" if place is None or draft is None else page_of(draft, place)
    return ToldProblem(_name(problem.place, place), to, in_words(problem), str(problem))


def in_words(problem: Sentence) -> str:
    """The sentence in the reader's language. One that nobody has translated yet is not shown in another."""
    instead = marked_text("Something is to be mended here: see the details.")
    untranslated = gettext(problem.message) == problem.message and gettext(instead) != instead
    return str(gettext(instead)) if untranslated else str(gettext(problem.message, **_facts(problem.facts)))


def _facts(facts: Mapping[str, object]) -> Mapping[str, object]:
    return {name: _fact(name, fact) for name, fact in facts.items()}


def _fact(name: str, fact: object) -> object:
    """What fills a place of a sentence: keys of nodes, codes of languages and hours as people know them."""
    if isinstance(fact, Sentence):
        return in_words(fact)
    if name in ("code", "language") and isinstance(fact, str):
        return language(fact)
    if name in ("hours", "wanted") and isinstance(fact, str):
        return weekly(fact)
    called = (names().called(family, fact) for family in NODE_FAMILIES) if isinstance(fact, str) else iter(())
    return next(filter(None, called), fact)


def place_of(told_place: str) -> TextPlace | None:
    """The text or fact that a problem is about; None where it is about none."""
    if found := _IN_CALL.fullmatch(told_place):
        return _node_name(found["code"], found["trail"].rpartition("-")[2].partition(".")[0])
    found = _IN_FILE.fullmatch(_BESIDE.sub("", told_place))
    if not found or not found["key"]:
        return None
    file, key = found["file"] or STRUCTURE.removesuffix(".toml"), found["key"]
    if key == _WHOLE or _LINE_OF_FILE.fullmatch(key):
        return TextPlace(f"{file}.toml", "")
    if not taken_apart(key).part and taken_apart(key).family not in NODE_FAMILIES:
        return _node_name(file, key) or TextPlace(f"{file}.toml", key)
    return TextPlace(f"{file}.toml", key)


def _node_name(code: str, node: str) -> TextPlace | None:
    """Where the name of a node stands, of a language where the line has it."""
    line = console().line()
    file = code if code in line.languages else line.first_language.code
    kinds = {Kind.MENU: line.menus, Kind.TEXT: line.texts, Kind.DESK: line.desks}
    kind = next((kind for kind, nodes in kinds.items() if node in nodes), None)
    return None if kind is None else TextPlace(f"{file}.toml", f"{kind}.{node}.name")


def _name(told_place: str, place: TextPlace | None) -> str:
    if place is None:
        return str(gettext("Somewhere in the call")) if _IN_CALL.fullmatch(told_place) else ""
    if _IN_CALL.fullmatch(told_place):
        parts = place.parts
        return str(gettext("“%(node)s” in the call", node=names().node(parts.family, parts.node)))
    if not place.key:
        return _file(place.file)
    return names().of(place)


def _file(file: str) -> str:
    code = file.removesuffix(".toml")
    known = {
        STRUCTURE: gettext("Menus, desks and facts"),
        READINGS: gettext("The list of readings"),
        ALERTS: gettext("The prepared alerts"),
    }
    return str(known.get(file) or gettext("All words in %(language)s", language=language(code)))
