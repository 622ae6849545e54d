"""The walk of all states as a file, to be compared before and after a change of the code.

    python -m tests.support.walk_record FILE [FOLDER]

At an hour when desks are open and at one when all are closed: every state in every language, and what
the line says and does there when a key comes, silence, a word, the end of a transfer. What is
said stands once, under a short name of its own that the states refer to, so that a changed word is
one difference. Two runs over the same files give the same bytes.
"""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

from ivr.call.acts import Act, Ask, Dial, DialEnded, Heard, Lost, NumberGiven, Say, Turn, Words
from ivr.call.conversation import hints, step
from ivr.call.rules import open_and_closed
from ivr.call.understanding import plain
from ivr.call.walking import Visit, walk
from ivr.line.loading import read
from ivr.line.values import Line
from ivr.line.words import Break, Part
from tests.support.given import PROMPTS

MOMENT = datetime(2026, 11, 24, 11, tzinfo=timezone(timedelta(hours=9)))
ENDINGS = ("completed", "busy", "no_answer", "failed", "canceled", "odd")


def main(file: str, folder: str = str(PROMPTS)) -> None:
    """Write the record of the line in `folder` to `file`."""
    Path(file).write_text("\n".join(record(read(Path(folder)))) + "\n", encoding="utf-8")


def record(line: Line) -> Iterator[str]:
    """The lines of a record: states, then what is said in them."""
    said: dict[str, str] = {}
    for now in open_and_closed(line, MOMENT):
        for visit in walk(line, (line.first_language.code,), now):
            yield f"=== {now:%a %H:%M} {visit}"
            yield from _state(line, visit, now, said)
    for name, words in sorted(said.items()):
        yield f"--- {name}"
        yield words


def _state(line: Line, visit: Visit, now: datetime, said: dict[str, str]) -> Iterator[str]:
    position = visit.turn.position
    yield f"    {_told(visit.turn, said)}"
    for key, turn in visit.answers.items():
        yield f"  {key} {_told(turn, said)}"
    for heard in _others(line, position.language):
        yield f"  {heard} {_told(step(line, position, heard, now), said)}"
    yield f"  hints {_named(' | '.join(hints(line, position, now)), said)}"


def _others(line: Line, language: str) -> Iterator[Heard]:
    yield from (Lost(), NumberGiven(), Words("xyz"))
    yield from map(DialEnded, ENDINGS)
    yield from (Words(plain(forms[0])) for forms in line.languages[language].words.values())
    yield from (Words(plain(each.words["language"][0])) for each in line.languages.values())


def _told(turn: Turn, said: dict[str, str]) -> str:
    position = turn.position
    where = [position.language, "-".join(map(str, position.trail)), position.speed.name]
    counted = f"tries={position.tries} offers={','.join(map(str, position.offers))}"
    words = "\n".join(map(_act, turn.acts))
    return f"{_named(words, said)} {' '.join(where)} {counted}"


def _named(words: str, said: dict[str, str]) -> str:
    name = sha256(words.encode()).hexdigest()[:12]
    said[name] = words
    return name


def _act(act: Act) -> str:
    match act:
        case Say():
            return f"{act.language} {act.speed.name}: {' '.join(map(_part, act.parts))}"
        case Ask():
            return "\n".join((*map(_act, act.says), f"listen {act.wait} s"))
        case Dial():
            return f"dial {act.desk} {act.number}"
        case _:
            return str(act)


def _part(part: Part) -> str:
    if isinstance(part, Break):
        return f"<{part.milliseconds}>"
    return f"{part.key}[{part.written}|{part.spoken}]"


if __name__ == "__main__":
    main(*sys.argv[1:])
