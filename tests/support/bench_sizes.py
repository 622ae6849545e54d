"""What grows with the size of a line, and what must not: python -m tests.support.bench_sizes [NAME OF A SIZE ...]

Each size in a process of its own; sizes take turns, so that each meets the machine as the others do. Steps must cost
the same; all else may grow as the line does.
"""

import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ivr.call import rules
from ivr.call.acts import Key, Ring
from ivr.call.conversation import step
from ivr.call.positions import start
from ivr.carrier import addresses
from ivr.carrier.front import Asked, Front
from ivr.carrier.wire import CarrierFields
from ivr.checking import measured
from ivr.editions.office import Office
from ivr.editions.shelf import Shelf
from ivr.editions.snapshot import Snapshot
from ivr.line.loading import load
from tests.support import larger_lines as larger
from tests.support.clock import MOMENT
from tests.support.given import greeting
from tests.support.languages import ELEVEN, with_languages
from tests.support.stores import EDITOR, shipped
from tests.support.town import Town, Visitor, begun

MANY = 1000
TRIES = 5
"""Of each act, the best of which counts: what else the machine does only adds to it."""

ROUNDS = 3
"""Of each size, the best figures of which count."""

STEPS = 100
CHECKED = 5
"""So many times the texts are walked by the rules, which take ten times as long as all else."""


def _nothing(_office: Office) -> None:
    pass


@dataclass(frozen=True)
class Size:
    """A line of some size: its files, those that the rules walk, and what staff have done."""

    name: str
    files: Callable[[], Mapping[str, bytes]] = shipped
    walked: Callable[[], Mapping[str, bytes]] | None = None
    furnish: Callable[[Office], None] = _nothing


SIZES = (
    Size("as shipped"),
    Size("50 times the texts", partial(larger.with_texts, 50), partial(larger.with_texts, CHECKED)),
    Size("11 languages", partial(with_languages, ELEVEN), partial(with_languages, ELEVEN)),
    Size("100 alerts, past", furnish=partial(larger.past_alerts, many=100)),
    Size("100 alerts in force", furnish=partial(larger.alerts_in_force, many=100)),
    Size("100 closures", furnish=partial(larger.closures, many=100)),
    Size("all recorded", furnish=partial(larger.recordings, many=MANY)),
    Size("1,000 publications", furnish=partial(larger.publications, many=MANY)),
)


def sizes(*wanted: str) -> Table:
    """Milliseconds of the processor, microseconds for a step; resident MB of a process that answers."""
    chosen = [size for size in SIZES if not wanted or size.name in wanted]
    before, rounds = os.getloadavg()[0], [[_apart(size) for size in chosen] for _ in range(ROUNDS)]
    load = f"at a load of {before:.0f} to {os.getloadavg()[0]:.0f}"
    table = Table(title=f"With the size of the line (µs: a step, a state of the rules; else ms), {load}")
    table.add_column("size")
    for name in rounds[0][0]:
        table.add_column(name, justify="right")
    for size, *figures in zip(chosen, *rounds, strict=True):
        table.add_row(size.name, *(f"{min(each[name] for each in figures):.0f}" for name in figures[0]))
    return table


def _apart(size: Size) -> dict[str, float]:
    with get_context("spawn").Pool(1, logging.disable) as process:  # no city's line, which has nothing to tell
        return process.apply(_figures, [SIZES.index(size)])


def _figures(number: int) -> dict[str, float]:
    size = SIZES[number]
    with larger.town_of(size.files()) as town:
        size.furnish(town.office)
        town.office.shelf.refresh()
        found = {**_of_calls(town), **_of_pages(town)}
    return {**found, "a state": _of_rules(size)}


def _of_calls(town: Town) -> dict[str, float]:
    shelf, front = town.office.shelf, town.app.extensions["ivr.webhooks"].front
    data = town.app.extensions["ivr.settings"].data_dir
    look = _seconds(Shelf(town.office.library, Snapshot(data / "live"), today=lambda: MOMENT).refresh)
    line = shelf.line("", MOMENT)
    position = step(line, start(line), Ring(), MOMENT).position
    told = CarrierFields(call="CA1", called="+815012345678")
    new = Asked(line, position, Key("1"), told, MOMENT + timedelta(seconds=5))
    known = replace(new, address=addresses.timeless(addresses.address(position, addresses.KEY)))
    steps = {"step, new": _a_step(front, new) * 1e6, "known": _a_step(front, known) * 1e6}
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    change = min(_seconds(partial(_change, town)) for _ in range(TRIES))
    return {**steps, "first look": look * 1e3, "change": change * 1e3, "MB": resident}


def _a_step(front: Front, asked: Asked) -> float:
    front.answer(asked)
    return min(_seconds(lambda: [front.answer(asked) for _ in range(STEPS)]) for _ in range(TRIES)) / STEPS


def _change(town: Town) -> None:
    """A warning, and the line with it. It says again what the line says first, in each language."""
    line = town.office.shelf.line("", MOMENT)
    words = {code: greeting(line, code) for code in line.languages}
    town.office.announcements.warn(words, MOMENT, MOMENT + timedelta(hours=1), EDITOR, MOMENT)
    town.office.shelf.refresh()
    town.office.shelf.line("", MOMENT)


def _of_pages(town: Town) -> dict[str, float]:
    """Pages, and a change to the greeting on its whole way."""
    public, editor, approver = town.visitor(), town.who("eto"), town.who("abe")
    found = {"public page": _seconds(lambda: public.get("/")), "again": _seconds(lambda: public.get("/"))}
    found["console"] = min(_seconds(lambda: editor.get("/staff")) for _ in range(TRIES))
    draft = begun(editor)
    found["draft"] = min(_seconds(lambda: editor.get(draft)) for _ in range(TRIES))
    editor.get(f"{draft}/prompts/say.greeting")
    found["save"] = _seconds(lambda: editor.send("/say.greeting", **{"text-ja": "案内です。"}))
    found["publish"] = _seconds(partial(_publish, draft, editor, approver))
    return {name: seconds * 1e3 for name, seconds in found.items()}


def _publish(draft: str, editor: Visitor, approver: Visitor) -> None:
    """Submitted, approved and published."""
    editor.get(f"{draft}/submit")
    editor.send("/submit", reason="聞き取りやすくするため")
    for act in ("approve", "publish"):
        approver.get(f"{draft}/{act}")
        approver.send(f"/{act}")
    assert "公開しました" in approver.text, approver.text


def _of_rules(size: Size) -> float:
    """Microseconds for each state that `flask line check` walks and judges."""
    line = load(dict((size.walked or size.files)()))
    moment = MOMENT.astimezone(line.zone)
    began = time.process_time()
    survey = rules.Survey.of(line, rules.open_and_closed(line, moment), measured(line, lambda *_chunk: None))
    rules.findings(survey, moment.date())
    return (time.process_time() - began) / len(survey.visits) * 1e6


def _seconds(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


if __name__ == "__main__":
    Console(width=200).print(sizes(*sys.argv[1:]))
