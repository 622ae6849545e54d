"""`make drill`: what breaks, broken on purpose, with real processes and while calls ring.

    python -m tests.support.drill ["PostgreSQL killed" ...]

For each fault: calls that were lost after the carrier's one retry, steps that were answered and have no record,
records that are there twice, and what /healthz said meanwhile. Whatever needs the rights of root (file systems
of their own) is left out without them.
"""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from ivr.carrier.wire import BUILT_IN_ACCOUNT
from ivr.editions.shelf import HANGS
from ivr.line.loading import read
from ivr.records.recorder import LOOK_EVERY, ROUND_SECONDS
from ivr.voice import mulaw
from ivr.wiring import create_app
from tests.support import any_day, stores
from tests.support.clock import real_time
from tests.support.drill_proxy import BadNetwork
from tests.support.drill_stage import (
    BROKEN,
    Outcome,
    Stage,
    in_a_database_of_its_own,
    one,
    several,
    under_load,
)
from tests.support.given import PROMPTS, settings_for
from tests.support.server import STARTS, descendants, free_port, wait_for

SMALL = 2_000_000
"""Bytes of a DATA_DIR that is too small."""

KILLED_EVERY = 2.0
"""Seconds from one killed worker to the next."""

Fault = Callable[[str, Path], Outcome]
"""A drill, by its name and in a folder of its own."""


# --- PostgreSQL -----------------------------------------------------------------------------------


def postgresql(harm: Callable[[Stage], str | None]) -> Fault:
    """A drill of one server on PostgreSQL."""

    def drill(name: str, folder: Path) -> Outcome:
        with one(folder, in_a_database_of_its_own("postgresql", folder)) as stage:
            return under_load(name, stage, harm)

    return drill


def killed(stage: Stage) -> None:
    """kill -9 of PostgreSQL and all its children."""
    kill_database()
    stage.wait()
    stores.server().start()


def kill_database() -> None:
    """kill -9 of PostgreSQL, which `start` brings back."""
    database = stores.server()
    for pid in (*descendants(database.process.pid), database.process.pid):
        with suppress(ProcessLookupError):  # one for each connection, which may just have ended
            os.kill(pid, signal.SIGKILL)
    database.process.wait()


def stopped(stage: Stage) -> None:
    """SIGSTOP: connections stay open, and nothing answers."""
    database = stores.server()
    family = (database.process.pid, *descendants(database.process.pid))
    for sent in (signal.SIGSTOP, signal.SIGCONT):
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, sent)
        if sent == signal.SIGSTOP:
            stage.wait()


def behind_a_network(harm: Callable[[BadNetwork, Stage], None]) -> Fault:
    """A drill of one server that reaches PostgreSQL over a network that goes bad."""

    def drill(name: str, folder: Path) -> Outcome:
        url = in_a_database_of_its_own("postgresql", folder)
        network = BadNetwork(f"{stores.server().folder}/.s.PGSQL.5432")
        with network.at_work():
            over = f"postgresql+psycopg://postgres@127.0.0.1:{network.port}/{make_url(url).database}"
            with one(folder, over) as stage:
                return under_load(name, stage, partial(harm, network))

    return drill


def swallowed(network: BadNetwork, stage: Stage) -> None:
    """What is sent goes nowhere, and nothing says so."""
    network.open.clear()
    stage.wait(HANGS + BROKEN)
    network.open.set()


def slow(network: BadNetwork, stage: Stage) -> None:
    """Each question takes two seconds."""
    network.delay = 2.0
    stage.wait(2 * BROKEN)
    network.delay = 0.0


def full(name: str, folder: Path) -> Outcome:
    """The disk of PostgreSQL takes nothing more."""
    with disk(folder / "disk", 64_000_000) as place:
        if os.geteuid() == 0:
            shutil.chown(place, "postgres", "postgres")
        server = stores.server()
        with psycopg.connect(f"host={server.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
            connection.execute("CREATE DATABASE small TABLESPACE small")
            try:
                url = f"postgresql+psycopg://postgres@/small?host={server.folder}"
                with one(folder, url) as stage:
                    return under_load(name, stage, partial(filled, place))
            finally:
                connection.execute("DROP DATABASE small WITH (FORCE)")
                connection.execute("DROP TABLESPACE small")


def filled(place: Path, stage: Stage) -> None:
    """Fill a disk, and make room again."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(65536))
        except OSError:
            pass
    stage.wait(2 * BROKEN)
    ballast.unlink()


# --- processes ------------------------------------------------------------------------------------


def workers_killed(stage: Stage) -> str:
    """kill -9 of one worker and another, that for pages among them."""
    count = 5
    for number in range(count):
        if workers := stage.line.workers():
            os.kill(workers[number % len(workers)], signal.SIGKILL)
        stage.wait(KILLED_EVERY)
    wait_for(lambda: len(stage.line.workers()) == 3, STARTS)
    return f"{count} killed; their journals were taken up by others"


def replicas(harm: Callable[[Stage], str | None], count: int = 2, wait: bool = True) -> Fault:
    """A drill of several servers with one database, behind nginx."""

    def drill(name: str, folder: Path) -> Outcome:
        with several(folder, in_a_database_of_its_own("postgresql", folder), count, wait) as stage:
            return under_load(name, stage, harm)

    return drill


def one_killed(stage: Stage) -> None:
    """kill -9 of a whole server; it comes back later."""
    stage.replicas[1].kill()
    stage.wait()
    stage.replicas[1].start()


def one_updated(stage: Stage) -> str:
    """Each server in turn is stopped and started again, as an update does."""
    for replica in stage.replicas:
        replica.stop()
        stage.wait(1)
        replica.start()
        stage.wait(1)
    return "each in turn stopped and started"


def all_started(stage: Stage) -> None:
    """They start on an empty database, all at once, and are rung as soon as the first answers."""
    for replica in stage.replicas:
        replica.wait()


def redis_gone(name: str, folder: Path) -> Outcome:
    """Redis, which counts the requests of visitors, is killed."""
    port = free_port()
    command = ["setpriv", "--pdeathsig", "KILL", "redis-server", "--port", str(port), "--save", ""]
    redis = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=real_time(), cwd=folder)

    def harm(stage: Stage) -> str:
        assert stage.line.ask("GET", "/")[0] == 200
        redis.kill()
        redis.wait()
        stage.wait()
        return f"a page: {stage.line.ask('GET', '/')[0]}"

    try:
        url = in_a_database_of_its_own("postgresql", folder)
        with one(folder, url, RATELIMIT_STORAGE_URI=f"redis://127.0.0.1:{port}") as stage:
            return under_load(name, stage, harm)
    finally:
        redis.kill()
        redis.wait()


# --- DATA_DIR -------------------------------------------------------------------------------------


@contextmanager
def disk(place: Path, size: int) -> Iterator[Path]:
    """A file system of its own, of so many bytes."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def disk_full(name: str, folder: Path) -> Outcome:
    """DATA_DIR has no room."""
    url = in_a_database_of_its_own("postgresql", folder)
    (folder / "data").rmdir()
    with disk(folder / "data", SMALL) as data, one(folder, url) as stage:
        return under_load(name, stage, partial(filled, data))


def both_gone(name: str, folder: Path) -> Outcome:
    """DATA_DIR has no room while PostgreSQL is killed: what calls do is in memory alone."""

    def harm(data: Path, stage: Stage) -> str:
        kill_database()
        filled(data, stage)
        stores.server().start()
        stage.wait(2)
        return "in memory meanwhile; a worker that died then would take it along"

    url = in_a_database_of_its_own("postgresql", folder)
    (folder / "data").rmdir()
    with disk(folder / "data", SMALL) as data, one(folder, url) as stage:
        return under_load(name, stage, partial(harm, data))


def disk_read_only(name: str, folder: Path) -> Outcome:
    """DATA_DIR is a disk that nobody can write, from the start."""
    url = in_a_database_of_its_own("postgresql", folder)
    (folder / "data").rmdir()
    with disk(folder / "data", SMALL) as data:
        with one(folder, url):
            pass
        subprocess.run(["mount", "-o", "remount,ro", data], check=True)
        with one(folder, url) as stage:
            return under_load(name, stage, Stage.wait)


def data_deleted(stage: Stage) -> None:
    """rm -r of DATA_DIR."""
    shutil.rmtree(stage.replicas[0].folder)
    stage.wait()


# --- SQLite ---------------------------------------------------------------------------------------


def sqlite(harm: Callable[[Path, Stage], str | None]) -> Fault:
    """A drill of one server on SQLite."""

    def drill(name: str, folder: Path) -> Outcome:
        url = in_a_database_of_its_own("sqlite", folder)
        with one(folder, url) as stage:
            return under_load(name, stage, partial(harm, folder / "data" / "line.db"))

    return drill


def spoilt(spoil: Callable[[Path], object]) -> Callable[[Path, Stage], str]:
    """The file is spoilt, two seconds after its backup, which is put in its place later."""

    def harm(file: Path, stage: Stage) -> str:
        with closing(sqlite3.connect(file)) as there, closing(sqlite3.connect(file.with_suffix(".backup"))) as backup:
            there.backup(backup)
        stage.wait(2)
        spoil(file)
        stage.wait()
        for beside in file.parent.glob("line.db-*"):
            beside.unlink()
        file.with_suffix(".backup").replace(file)
        stage.wait(LOOK_EVERY * ROUND_SECONDS)
        return "a backup from 2 s before was put in its place"

    return harm


def locked(file: Path, stage: Stage) -> None:
    """Another program writes, and does not come to an end."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        stage.wait(2 * BROKEN)
        other.execute("ROLLBACK")


# --- time -----------------------------------------------------------------------------------------


def clock_jumps(name: str, folder: Path) -> Outcome:
    """The machine's clock jumps back and forth across the moment at which desks open."""
    zone = read(PROMPTS).zone
    base = datetime(2026, 11, 24, 8, 59, 50, tzinfo=zone) - any_day.REAL
    file = folder / "clock"

    def turn(by: timedelta) -> None:
        part = file.with_suffix(".part")
        part.write_text(f"{(base + by).total_seconds():+.0f}")
        part.replace(file)

    def harm(stage: Stage) -> str:
        stage.wait(BROKEN)
        hour, day = timedelta(hours=1), timedelta(days=1)
        for by in (hour, -hour, timedelta(), day, timedelta(), -day, timedelta()):
            turn(by)
            stage.wait(2)
        return "+1 h, -1 h, +1 day, -1 day, each across 09:00 and back"

    turn(timedelta())
    faked = any_day.environment(FAKETIME_TIMESTAMP_FILE=str(file), FAKETIME_NO_CACHE="1")
    changed = {key: value for key, value in faked.items() if os.environ.get(key) != value}
    with one(folder, in_a_database_of_its_own("postgresql", folder), **changed) as stage:
        stage.keeps_time = False
        return under_load(name, stage, harm)


# --- audio and releases ---------------------------------------------------------------------------


def audio_damaged(name: str, folder: Path) -> Outcome:
    """Half of the sounds are cut off while calls play them."""
    url, data = in_a_database_of_its_own("postgresql", folder), folder / "data"
    with_a_voice(data)

    def harm(stage: Stage) -> str:
        sounds = sorted((data / "audio").glob("*.wav"))[::2]
        for sound in sounds:
            sound.write_bytes(sound.read_bytes()[:100])
        stage.wait()
        played = plays_what_is_cut_off(stage, data)
        return f"{len(sounds)} sounds cut off, and {played} that a call was just about to play, which came whole"

    with one(folder, url, SPEECH="local") as stage:
        return under_load(name, stage, harm)


def plays_what_is_cut_off(stage: Stage, data: Path) -> int:
    """A call is told what to play, which is cut off before it is asked for: it comes whole. How many sounds."""
    _, document = stage.line.post("/voice", {"CallSid": "CA1", "AccountSid": BUILT_IN_ACCOUNT})
    names = [name.decode() for name in re.findall(rb"/audio/([0-9a-f]{32}\.wav)", document)]
    for name in names:
        sound = data / "audio" / name
        sound.write_bytes(sound.read_bytes()[:100])
        status, body = stage.line.ask("GET", f"/audio/{name}")
        assert status == 200 and mulaw.is_whole(body[: mulaw.HEADER], len(body)), "a sound is lost, or half of it"
    return len(names)


def with_a_voice(data: Path) -> None:
    """Fill the store with silence under the address of everything that the line says."""
    app = create_app(settings_for(data, SPEECH="local"))
    audio, line = app.extensions["ivr.audio"], read(PROMPTS)
    for at in audio.catalogue(line):
        audio.store.put(at, mulaw.written(mulaw.silence(0.1)))
    app.extensions["ivr.office"].database.close()


def newer_schema(stage: Stage) -> str:
    """A release is rolled back: the database has tables of a newer one, also when the server starts."""
    name = make_url(stage.url).database
    with psycopg.connect(f"host={stores.server().folder} user=postgres dbname={name}", autocommit=True) as database:
        (before,) = database.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
        stage.replicas[1].stop()
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        stage.replicas[1].start()
        stage.replicas[0].stop()
        stage.wait()
        database.execute("UPDATE alembic_version SET version_num = %s", [before])
        stage.replicas[0].start()
    return "two servers, each started anew on it"


FAULTS: Mapping[str, Fault] = {
    "PostgreSQL killed -9": postgresql(killed),
    "PostgreSQL stopped (SIGSTOP)": postgresql(stopped),
    "PostgreSQL black-holed": behind_a_network(swallowed),
    "PostgreSQL slow, 2 s": behind_a_network(slow),
    "PostgreSQL full": full,
    "a worker killed every 2 s": postgresql(workers_killed),
    "one of two replicas killed": replicas(one_killed),
    "two replicas updated": replicas(one_updated),
    "three replicas at once, empty database": replicas(all_started, 3, wait=False),
    "Redis killed": redis_gone,
    "DATA_DIR of 2 MB full": disk_full,
    "DATA_DIR full, PostgreSQL killed": both_gone,
    "DATA_DIR read-only": disk_read_only,
    "DATA_DIR deleted": postgresql(data_deleted),
    "SQLite deleted": sqlite(spoilt(Path.unlink)),
    "SQLite zeroed": sqlite(spoilt(lambda file: file.write_bytes(bytes(file.stat().st_size)))),
    "SQLite garbled": sqlite(spoilt(lambda file: file.write_bytes(os.urandom(file.stat().st_size)))),
    "SQLite locked": sqlite(locked),
    "the clock jumps": clock_jumps,
    "audio cut off while playing": audio_damaged,
    "a release rolled back": replicas(newer_schema),
}

OF_ROOT = (full, disk_full, both_gone, disk_read_only)


def main(names: list[str]) -> int:
    """Run these drills, or all, and print the table. How many went wrong."""
    console, wrong = Console(width=200), 0
    table = Table(title="Faults under load", show_lines=True)
    for column in (
        "fault",
        "steps",
        "asked again",
        "longest",
        "calls lost",
        "records lost",
        "doubled",
        "/healthz said",
        "",
    ):
        table.add_column(column)
    for name in names or FAULTS:
        if FAULTS[name] in OF_ROOT and os.geteuid() != 0:
            table.add_row(name, *[""] * 7, "left out: it needs the rights of root")
            continue
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            try:
                outcome = FAULTS[name](name, Path(folder))
            except Exception as error:
                wrong += 1
                traceback.print_exc()
                table.add_row(name, *[""] * 7, f"the drill failed: {error}")
                continue
        wrong += not outcome.is_well
        row = told(outcome)
        print(f"{name}: {'well' if outcome.is_well else 'NOT well'}; {outcome.report.told()}", flush=True)
        table.add_row(*row)
    console.print(table)
    return wrong


def told(outcome: Outcome) -> tuple[str, ...]:
    """An outcome as a row."""
    report = outcome.report
    return (
        outcome.name,
        str(len(report.answered)),
        report.again_told(),
        f"{report.percentile(1):.1f} s",
        str(len(report.lost)),
        str(outcome.lost),
        str(outcome.doubled),
        "; ".join(outcome.said),
        ". ".join(filter(None, (outcome.remark, outcome.doubt))),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
