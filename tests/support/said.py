"""How well the line understands what callers say.

    python -m tests.support.said FILE...

A FILE is a table of tabs: `at` (a place, such as ``fraud`` or ``police.join``; empty for the first menu)
or `keys` (pressed after answering), `language`, `said`, and `want`, what the line should do:

    place:a,b   the caller comes to one of these nodes         key:1      what that key does, or asked back
    desk:a      that desk is asked back, or its page read      person     as key 0, or asked back
    nothing     kindly not understood                          never-dial silence afterwards rings nobody
    stop        a transfer does not happen, and it is understood          yes    it rings now
    english     on in English, or English offered              again back slower faster pause help

and `keys:1|11` for a place that one of these keys lead to. Several that will do are divided by `;`.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from ivr.call.acts import Dial, Key, NoInput, Ring, Turn, Words, words_of
from ivr.call.conversation import step
from ivr.call.positions import Position, start
from ivr.line.loading import read
from ivr.line.prompt_keys import NAME, of_chunk, of_node
from ivr.line.speeds import SLOW_TO_FAST
from ivr.line.tree import Place, standing_at
from ivr.line.values import Kind, Line
from ivr.line.words import Chunk
from tests.support.given import PROMPTS

NOW = datetime(2026, 11, 24, 11, tzinfo=timezone(timedelta(hours=9)))
"""A Tuesday on which every desk is open, so that a desk could ring."""

RIGHT, NOTHING, WRONG, RINGS = "right", "nothing", "wrong", "rings"


@dataclass(frozen=True, slots=True)
class Case:
    """Something that is said at a position of a call, and what is wanted then."""

    before: Position
    language: str
    said: str
    want: str


def cases(line: Line, file: Path) -> Iterator[Case]:
    """The cases of a table."""
    for row in rows(file):
        position = start(line, row["language"])
        position = _keyed(line, position, row["keys"]) if "keys" in row else _at(line, position, row["at"])
        yield Case(position, row["language"], row["said"], row["want"])


def rows(file: Path) -> Iterator[dict[str, str]]:
    """The rows of a table of tabs."""
    with file.open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)


def outcome(line: Line, case: Case) -> str:
    """RIGHT, NOTHING (kindly not understood), WRONG, or RINGS where it rang unasked."""
    turn = step(line, case.before, Words(case.said), NOW)
    if any(_does(line, case, turn, want.strip()) for want in case.want.split(";")):
        return RIGHT
    if rings(turn) and case.want != "yes":
        return RINGS
    return WRONG if _understood(turn) else NOTHING


def score(line: Line, found: list[tuple[Case, str]]) -> Iterator[str]:
    """One line for each language, in percent."""
    for code in line.languages:
        counted = Counter(result for case, result in found if case.language == code)
        if total := counted.total():
            shares = (f"{kind} {counted[kind] / total:.1%}" for kind in (RIGHT, NOTHING, WRONG, RINGS))
            yield f"{code}: {total} said, {', '.join(shares)}"


def main(*files: str) -> None:
    """Print what was not understood rightly, and the score."""
    line = read(PROMPTS)
    for file in files:
        found = [(case, outcome(line, case)) for case in cases(line, Path(file))]
        for case, result in found:
            if result != RIGHT:
                went = step(line, case.before, Words(case.said), NOW).position
                print(f"{result:8} {case.before.place} | {case.said} | {case.want} | went to {went.place}")
        print(file, *score(line, found), sep="\n")


def _at(line: Line, position: Position, at: str) -> Position:
    return replace(position, trail=standing_at(line, Place.parse(at))) if at else position


def _keyed(line: Line, position: Position, keys: str) -> Position:
    position = step(line, position, Ring(), NOW).position
    for key in keys:
        position = step(line, position, Key(key), NOW).position
    return position


def _does(line: Line, case: Case, turn: Turn, want: str) -> bool:  # noqa: PLR0911, PLR0912
    kind, _, value = want.partition(":")
    there, before = turn.position, case.before
    if kind == "yes":
        return rings(turn)
    if kind == "nothing":
        return not _understood(turn) and not rings(turn)
    if kind == "never-dial":
        return not rings(turn) and not rings(step(line, there, NoInput(), NOW))
    if rings(turn) or not _understood(turn):
        return False
    match kind:
        case "place":
            return there.place.node in value.split(",")
        case "keys":
            first = start(line, case.language)
            return there.place.node in {_keyed(line, first, keys).place.node for keys in value.split("|")}
        case "desk":
            return there.place.node in line.desks and _is_called(line, there, value.split("|"))
        case "person":
            return there.place.node == step(line, before, Key("0"), NOW).position.place.node
        case "key":
            return there.place.node == step(line, before, Key(value), NOW).position.place.node
        case "english":
            return there.language == "en" or there.place.node == Kind.LANGUAGES
        case "again":
            return there.place == step(line, before, Key("5"), NOW).position.place
        case "back":
            return there.trail == step(line, before, Key("*"), NOW).position.trail
        case "slower":
            return SLOW_TO_FAST.index(there.speed) < SLOW_TO_FAST.index(before.speed)
        case "faster":
            return SLOW_TO_FAST.index(there.speed) > SLOW_TO_FAST.index(before.speed)
        case "pause" | "help":
            return there.place.node == kind
        case "stop":
            return there.place.step != "join" and not rings(step(line, there, NoInput(), NOW))
        case _:
            raise ValueError(f"{want!r} is nothing that the line could be wanted to do")


def _is_called(line: Line, there: Position, names: list[str]) -> bool:
    prompt = line.languages[there.language].prompts[of_node(Kind.DESK, there.place.node, NAME)]
    called = "".join(chunk.written for chunk in prompt.chunks()).casefold()
    return any(name == there.place.node or name.casefold() in called for name in names)


def rings(turn: Turn) -> bool:
    """Whether a desk is rung."""
    return any(isinstance(act, Dial) for act in turn.acts)


def _understood(turn: Turn) -> bool:
    said = (part for say in words_of(turn.acts) for part in say.parts if isinstance(part, Chunk))
    return all(of_chunk(part.key) != "say.not_understood" for part in said)


if __name__ == "__main__":
    main(*sys.argv[1:])
