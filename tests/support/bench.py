"""`make bench`: how fast the line is, as ratios, since machines are noisy.

The server is raced against the least that others can do (`bench_servers`); what grows with the years is told in
figures beside one another (`bench_growth`), and so is what grows with a line (`bench_sizes`). The yardstick of the rest
is the time in which the same machine answers an empty Flask route.
"""

import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from rich.console import Console
from rich.table import Table

from ivr.call.acts import Key, Ring
from ivr.call.conversation import step
from ivr.call.positions import start
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.loading import read
from ivr.line.speeds import Speed
from ivr.records.steps import Step
from ivr.voice.audio import items
from ivr.voice.render import render
from ivr.voice.store import Store
from ivr.wiring import create_app
from tests.support.bench_growth import own_voice, publications
from tests.support.bench_servers import race
from tests.support.bench_sizes import sizes
from tests.support.given import ORIGIN, PROMPTS, SIGNER, TUESDAY_11, moment, settings_for

WARM_UP, ROUNDS = 20, 300
WIDEST = 140
"""Columns that the widest table takes."""


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        console = Console(width=max(WIDEST, Console().width))
        logging.disable()  # lines that are opened for a moment, of no city
        console.print(race())
        console.print(publications())
        console.print(own_voice())
        console.print(sizes())
        console.print(answering(Path(folder)))
        console.print(_voice(Path(folder)))


def answering(folder: Path, rounds: int = ROUNDS) -> Table:
    """What a step and its parts take: the median of so many `rounds`, in a folder for the data of a line."""
    line = read(PROMPTS)
    app = create_app(settings_for(folder))
    now = moment(TUESDAY_11, line)
    empty = Flask("empty")
    empty.add_url_rule("/", "empty", lambda: "")
    client = empty.test_client()
    position = step(line, start(line), Ring(), now).position
    recorder, kept = app.extensions["ivr.records"], Step(line.edition, "", "ja", "main", "key 1", "", "goes on")
    yardstick = _seconds(lambda: client.get("/"), rounds)
    table = Table(title="Answering, as multiples of an empty Flask route")
    for column in ("what", "times"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for what, act in {
        "empty Flask route": lambda: client.get("/"),
        "step(), one key": lambda: step(line, position, Key("1"), now),
        "webhook, a call comes in (signed, TwiML read)": lambda: Handset(Wsgi(app, SIGNER, ORIGIN), at=now).dial(),
        "record of a step": lambda: recorder.note("CA" + "0" * 32, kept, now),
        "public transcript": lambda: app.test_client().get("/"),
    }.items():
        table.add_row(what, f"{_seconds(act, rounds) / yardstick:.3f}")
    return table


def _voice(folder: Path) -> Table:
    line = read(PROMPTS)
    table = Table(title="Rendering, normal speed, two processes")
    for column in ("run", "sounds", "seconds of audio for one of work"):
        table.add_column(column, justify="right")
    wanted = list(items(line, line.languages, [Speed.NORMAL]))
    for run in ("cold", "warm"):
        began = time.perf_counter()
        done = list(render(wanted, Store(folder / "audio"), 2))
        spent = time.perf_counter() - began
        table.add_row(run, str(len(done)), f"{sum(result.seconds for result in done) / spent:.0f}")
    return table


def _seconds(act: Callable[[], object], rounds: int) -> float:
    """The median time of one act."""
    times = []
    for number in range(WARM_UP + rounds):
        began = time.perf_counter()
        act()
        if number >= WARM_UP:
            times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2]


if __name__ == "__main__":
    main()
