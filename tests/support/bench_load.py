"""`make load`: the line on PostgreSQL at a constant rate, and whether every step is recorded.

    python -m tests.support.bench_load --rate 1000 --seconds 60
    python -m tests.support.bench_load --rate 1000 --seconds 60 --calls 10000 --kept False
    python -m tests.support.bench_load --rate 200 --seconds 60 --console True

Line, database and the carrier who rings share this machine; what each takes of it is told. So is the memory of the
workers, after a few seconds of calls and after each 100,000 steps. With the console, the same calls come once more
while two people use it hard, for as long as that takes them, and both are told.
"""

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.support import stores
from tests.support.bench_servers import cpu_of
from tests.support.busy_console import two_people, use_it_hard
from tests.support.drill import with_a_voice
from tests.support.drill_stage import Stage, held_against_records, in_a_database_of_its_own, one
from tests.support.load import Pace, Report, Where, playing
from tests.support.server import allow_many_connections, descendants

WARM_UP = Pace(rate=200, seconds=10, seed=2)
"""Calls before those that are measured: a line that has just started knows no answer yet."""

MOST_SECONDS = 1800.0
"""Of calls beside the console, should it never be done [own value]."""

MEMORY_STEPS = 100_000
"""After so many steps each the memory is looked at."""


def main() -> None:
    """Run it, and tell."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rate", type=float, default=1000.0, help="webhooks a second")
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--calls", type=int, default=0, help="calls at once; 0: as few as it takes")
    asked.add_argument("--kept", default="True", help="False: a connection for each webhook")
    asked.add_argument("--connections", type=int, default=0, help="at most, at once; 0: as many as it takes")
    asked.add_argument("--workers", default="2")
    asked.add_argument("--speech", default="carrier", help="local: the line plays its own voice")
    asked.add_argument("--console", default="False", help="True: once more while staff upload and publish")
    told = asked.parse_args()
    allow_many_connections()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        url = in_a_database_of_its_own("postgresql", folder)
        if told.speech == "local":
            with_a_voice(folder / "data")
        secrets = two_people(folder / "data", url) if told.console == "True" else {}
        with one(folder, url, WORKERS=told.workers, SPEECH=told.speech) as stage:
            where = replace(stage.where, kept=told.kept == "True", connections=told.connections)
            _measure(stage, where, Pace(told.rate, told.seconds, told.calls), secrets)


def _measure(stage: Stage, where: Where, pace: Pace, secrets: Mapping[str, str]) -> None:
    """`secrets`: of the two people at the console, none where nobody is there."""
    warm = _played(where, WARM_UP, stage.folder)
    line, database = _line_cpu(stage), _database_cpu()
    began = time.monotonic()
    with _memory_of(stage, seconds=MEMORY_STEPS / pace.rate) as memory:
        report = _played(where, pace, stage.folder)
    spent = time.monotonic() - began
    print(report.told())
    print(f"cores: line {(_line_cpu(stage) - line) / spent:.2f}, PostgreSQL {(_database_cpu() - database) / spent:.2f}")
    print(f"resident MB of each worker, each {MEMORY_STEPS} steps: {memory}, {_megabytes(stage)} at the end")
    reports = [warm, report, *([_beside_a_console(stage, where, pace, report, secrets)] if secrets else [])]
    doubts = [doubt for replica in stage.replicas if (doubt := replica.verifies())]
    every = Report(
        answered=[each for one in reports for each in one.answered],
        unsure=[each for one in reports for each in one.unsure],
    )
    lost, doubled, strange = held_against_records(stage.url, every)
    print(f"records: {lost} lost, {doubled} doubled, {strange} of nothing that was asked; {doubts or 'verified'}")
    print(
        f"bytes that each takes in the database, indexes included: {_bytes_of_tables(stage) / len(every.answered):.0f}"
    )


def _beside_a_console(stage: Stage, where: Where, pace: Pace, alone: Report, secrets: Mapping[str, str]) -> Report:
    """The same calls while two people use the console hard."""
    with playing(where, replace(pace, seconds=MOST_SECONDS, seed=3), stage.folder / "report") as calls:
        used = use_it_hard(stage.where.origin, secrets)
        report = calls.finish()
    print(f"beside {used.told()}: {report.told()}")
    print(f"p99 beside the console: {report.percentile(0.99) / alone.percentile(0.99):.1f} times that alone")
    return report


def _played(where: Where, pace: Pace, folder: Path) -> Report:
    with playing(where, pace, folder / "report") as calls:
        return calls.played()


@contextmanager
def _memory_of(stage: Stage, seconds: float) -> Iterator[list[list[int]]]:
    """What the workers have, now and every so many seconds."""
    memory, over = [_megabytes(stage)], threading.Event()

    def watch() -> None:
        while not over.wait(seconds):
            memory.append(_megabytes(stage))

    watching = threading.Thread(target=watch)
    watching.start()
    yield memory
    over.set()
    watching.join()


def _megabytes(stage: Stage) -> list[int]:
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in stage.line.workers()]
    return [count * os.sysconf("SC_PAGE_SIZE") // 1_000_000 for count in pages]


def _bytes_of_tables(stage: Stage) -> int:
    name = make_url(stage.url).database
    with psycopg.connect(f"host={stores.server().folder} user=postgres dbname={name}") as database:
        (size,) = database.execute("SELECT pg_total_relation_size('record')").fetchone() or (0,)
    return int(size)


def _line_cpu(stage: Stage) -> float:
    return sum(map(cpu_of, stage.line.workers()))


def _database_cpu() -> float:
    """Of its connections that are open now, which those of the line are."""
    return sum(map(cpu_of, descendants(stores.server().process.pid)))


if __name__ == "__main__":
    main()
