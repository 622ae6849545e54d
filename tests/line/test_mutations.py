"""Files that people got wrong in whatever way: they are told so, or make a line that rings through.

Values of the shipped files are changed at random. Either every fault is told with file, key and fix,
or every page of every language, the fallback and the transcript can be had: nothing between.
"""

import copy
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from difflib import unified_diff
from typing import Any
from xml.etree import ElementTree

import pytest
import tomlkit
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from ivr.call.acts import DialEnded, Heard, Key, NoInput, Ring, Words
from ivr.call.conversation import hints, step
from ivr.call.positions import start
from ivr.carrier import fallback, twiml
from ivr.line.loading import LineError, load
from ivr.line.problems import Problem
from ivr.line.values import Line
from ivr.pages.transcript import transcript
from tests.support.given import PROMPTS

SHIPPED = {path.name: path.read_bytes() for path in PROMPTS.glob("*.toml")}
TABLES = {name: tomllib.loads(content.decode()) for name, content in SHIPPED.items()}
NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
NIGHT = datetime(2026, 11, 22, 14, tzinfo=UTC)
HOURS = ("hours", "holidays", "closed")
"""Keys that have tests of their own."""

PLAIN = """
{ ｛ {desk} {time} ｛東京｜とうきょう｝ {|} 。 … ０４５－６７１－３７９２ 045-671-3792x1 110 main mail city ja en line
Asia ../etc /etc <Say> &amp; " 日本 ja-JP ２
"""
INVISIBLE = ["", " ", "x y", "\u200b", "a\u200bb", "\ufeff", "\x00", "\ufffe", "\U000e0041", "あ" * 6000]
TEXTS = st.sampled_from([*PLAIN.split(), *INVISIBLE])
FLAT = (
    TEXTS
    | st.text(max_size=12)
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.dates(min_value=date(1, 1, 1))
    | st.datetimes()
    | st.just(time(12, 30))
)
ODD = (
    FLAT
    | st.lists(TEXTS, max_size=5)
    | st.lists(FLAT, max_size=3)
    | st.lists(st.lists(TEXTS, max_size=2), max_size=2)
    | st.dictionaries(TEXTS, FLAT, max_size=2)
    | st.dictionaries(st.sampled_from(["1", "2", "3", "name", "x"]), TEXTS, max_size=3)
)


def places(table: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every value in a table, lists and tables themselves included."""
    if at:
        yield at
    items = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    for key, value in items:
        if key not in HOURS:
            yield from places(value, (*at, key))


PLACES = [(name, at) for name, table in TABLES.items() for at in places(table)]
FACTS = [each for each in PLACES if each[0] == "line.toml" or each[1][0] in ("language", "words", "say", "fallback")]


class Files(dict[str, bytes]):
    """Files that are told by what is not as shipped: whole, they are too long to be read."""

    def __repr__(self) -> str:
        lines = (
            line
            for name, content in self.items()
            for line in unified_diff(SHIPPED[name].decode().splitlines(), content.decode().splitlines(), n=0)
            if line.startswith("+")
        )
        return f"<{' / '.join(lines):.2000}>"


@st.composite
def files(draw: st.DrawFn) -> Files:
    """The shipped files with one to three values changed, moved to another key, or taken out."""
    tables = copy.deepcopy(TABLES)
    for name, at in draw(st.lists(st.sampled_from(FACTS) | st.sampled_from(PLACES), min_size=1, max_size=3)):
        holder = tables[name]
        try:
            for key in at[:-1]:
                holder = holder[key]
            match draw(st.sampled_from(["change", "change", "change", "take out", "rename", "copy"])):
                case "change":
                    holder[at[-1]] = draw(ODD)
                case "take out":
                    del holder[at[-1]]
                case "rename":
                    holder[draw(TEXTS | st.text(max_size=5))] = holder.pop(at[-1])
                case "copy":
                    other, there = draw(st.sampled_from(PLACES))
                    holder[at[-1]] = copy.deepcopy(value_at(tables[other], there))
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            continue  # an earlier change took it away
    try:
        changed = {name: table for name, table in tables.items() if table != TABLES[name]}
        return Files(SHIPPED | {name: tomlkit.dumps(table).encode() for name, table in changed.items()})
    except Exception:
        return Files(SHIPPED)  # nothing that TOML can say


def value_at(table: Any, at: tuple[Any, ...]) -> Any:
    for key in at:
        table = table[key]
    return table


@given(files())
@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
def test_a_spoilt_file_is_told_or_rings_through(spoilt: Files) -> None:
    line, problems = loaded(spoilt)
    for problem in problems:
        note(str(problem))
        assert problem.file and problem.key and problem.fix
    if line:
        ring_through(line)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize(
    "more", ['"" = "x"', '[""]\n"" = "x"', '[menu.""]', '[say]\n"" = 1', '[text.""]\n"" = {"" = []}']
)
def test_what_has_an_empty_name_is_told_by_it(name: str, more: str) -> None:
    """Each is told by file, key and fix."""
    line, problems = loaded(SHIPPED | {name: more.encode() + b"\n"})
    assert not line or name == "readings.toml"
    assert all(problem.file and problem.key and problem.fix for problem in problems)


def loaded(spoilt: dict[str, bytes]) -> tuple[Line | None, tuple[Problem, ...]]:
    try:
        return load(spoilt), ()
    except LineError as error:
        return None, error.problems or (Problem("", "", "nothing was told"),)


def ring_through(line: Line) -> None:
    """Every page by its shortest way, its answers to all keys, the fallback and the transcript."""
    for code, now in zip(line.languages, (NIGHT, NOON), strict=False):
        for turn in pages(line, code, now):
            carriage = twiml.Carriage(hints(line, turn.position, now))
            ElementTree.fromstring(twiml.document(line, turn, carriage))
        script = transcript(line, code, NOON, lambda _language, _part: None)
        assert script.greeting.words.strip()
    assert "<Say" in fallback.in_a_call(line, tuple(line.languages))
    ElementTree.fromstring(fallback.in_a_call(line, tuple(line.languages)))


def pages(line: Line, code: str, now: datetime) -> Iterator[Any]:
    """The greeting and, one step further each, every place that keys 1 to 4 lead to."""
    first = step(line, start(line, code), Ring(), now)
    seen, waiting = {first.position.place}, [first]
    while waiting:
        turn = waiting.pop()
        yield turn
        yield step(line, turn.position, DialEnded("busy"), now)
        said: tuple[Heard, ...] = (NoInput(), Words("係の人"), *map(Key, "123405679"))
        for heard in said:
            after = step(line, turn.position, heard, now)
            if after.position.place not in seen and after.position.language == code:
                seen.add(after.position.place)
                waiting.append(after)
            elif after.position.language != code:
                yield after
