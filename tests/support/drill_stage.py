"""What a drill needs: the line at work, calls that ring it all the while, and records held against what they had."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from sqlalchemy import func, select

from ivr.clock import utc_now
from ivr.line.loading import read
from ivr.records.day_keys import DayKeys
from ivr.store.database import Database
from ivr.store.tables import record
from tests.support import nginx, stores, twilio_api
from tests.support.given import ACCOUNT, PROMPTS, ROOT, TOKEN
from tests.support.load import Pace, Report, Webhook, Where, playing
from tests.support.server import STARTS, Server, free_port, start, wait_for, well

RATE = 50.0
"""Webhooks a second while something is broken [own value]: what a small machine does beside starting workers."""

AROUND, BROKEN = 2.0, 5.0
"""Seconds of calls before something breaks and once it is mended, and while it is broken [own values]."""

NAME = "https://localhost"


@dataclass
class Replica:
    """One of the servers, which can be started again where it was."""

    folder: Path
    port: int
    environ: dict[str, str]
    server: Server | None = None
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self, wait: bool = True) -> None:
        """Start it."""
        self.server = self._running.enter_context(start(self.folder, self.port, **self.environ))
        if wait:
            self.wait()

    def wait(self) -> None:
        """Wait until it takes calls."""
        assert self.server is not None
        started = self.server
        wait_for(lambda: well(started), STARTS)

    def stop(self) -> None:
        """Stop it as an update does, once what is under way is answered."""
        assert self.server is not None
        self.server.process.send_signal(signal.SIGTERM)
        self.server.ended()
        self.end()

    def kill(self) -> None:
        """Have it end at once, whatever it was doing."""
        assert self.server is not None
        for pid in (self.server.process.pid, *self.server.workers()):
            os.kill(pid, signal.SIGKILL)
        self.server.process.wait()
        self.end()

    def end(self) -> None:
        """Leave nothing of it behind but its data."""
        self._running.close()
        self.server = None

    def says(self) -> str:
        """The first line of /healthz."""
        try:
            status, body = self.server.ask("GET", "/healthz", seconds=5) if self.server else (0, b"")
        except (OSError, HTTPException):
            return "no answer"
        return body.decode().partition("\n")[0] if status == 200 else f"status {status}"

    def verifies(self) -> str:
        """What `flask records verify` says on its machine; "" where all is well."""
        told = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", "records", "verify"],
            cwd=ROOT,
            env={**_surroundings(), **given(self.folder), **self.environ},
            capture_output=True,
            text=True,
            check=False,
        )
        return "" if told.returncode == 0 else (told.stdout or told.stderr).strip().splitlines()[-1]


@dataclass
class Stage:
    """The line at work: its servers, their one database (SQLAlchemy's URL), and where it is rung. Where `keeps_time`
    is not, its clock jumps: calls then have names that nobody can tell, and their records are only counted."""

    folder: Path
    url: str
    replicas: list[Replica]
    where: Where
    said: Counter[str] = field(default_factory=Counter)
    keeps_time: bool = True

    @property
    def line(self) -> Server:
        """The first server."""
        found = self.replicas[0].server
        assert found is not None
        return found

    def wait(self, seconds: float = BROKEN) -> None:
        """Let time pass, and ask all the while how the line is."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.said.update(replica.says() for replica in self.replicas if replica.server)
            time.sleep(0.5)


def given(folder: Path) -> dict[str, str]:
    """The settings of a server with its data there."""
    return {"DATA_DIR": str(folder), "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_ACCOUNT_SID": ACCOUNT, "RENDER": "off"}


def _surroundings() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


@contextmanager
def one(folder: Path, url: str, **environ: str) -> Iterator[Stage]:
    """One server, rung without anything before it."""
    port = free_port()
    replica = Replica(folder / "data", port, {"DATABASE_URL": url, **environ})
    replica.folder.mkdir(exist_ok=True)
    try:
        replica.start()
        yield Stage(folder, url, [replica], Where(port, f"http://127.0.0.1:{port}"))
    finally:
        replica.end()


@contextmanager
def several(folder: Path, url: str, count: int, wait: bool = True, **environ: str) -> Iterator[Stage]:
    """Several servers with a database of all, behind nginx as it is deployed; with their workers one each."""
    authority = twilio_api.authority(folder)
    shared = {"DATABASE_URL": url, "PUBLIC_URL": NAME, "SECRET_KEY": "the same for all replicas", "PROXIES": "1"}
    replicas = [
        Replica(folder / f"data{at}", free_port(), {"WORKERS": "1", **shared, **environ}) for at in range(count)
    ]
    ports = tuple(replica.port for replica in replicas)
    (folder / "nginx").mkdir()
    try:
        for replica in replicas:
            replica.start(wait=False)
        for replica in replicas if wait else replicas[:1]:
            replica.wait()
        with nginx.serve(folder / "nginx", authority, ports, ports[0]) as port:
            yield Stage(folder, url, replicas, Where(port, NAME, str(authority.root)))
    finally:
        for replica in replicas:
            replica.end()


@dataclass(frozen=True)
class Outcome:
    """What a fault came to: what became of the calls, and of their records; `doubt` says what else is wrong with these,
    `said` what /healthz said, `remark` what else is to be known."""

    name: str
    report: Report
    lost: int
    doubled: int
    doubt: str
    said: tuple[str, ...]
    remark: str = ""

    @property
    def is_well(self) -> bool:
        """Whether callers noticed nothing, and every step is recorded once."""
        return not (self.report.lost or self.lost or self.doubled or self.doubt)


def under_load(name: str, stage: Stage, harm: Callable[[Stage], str | None], around: float = AROUND) -> Outcome:
    """Break something while calls ring, and mend it: what it came to."""
    with playing(stage.where, Pace(RATE, 600), stage.folder / "report") as calls:
        stage.wait(around)
        stage.said.clear()
        remark = harm(stage) or ""
        stage.wait(around)
        report = calls.finish()
    doubts = [doubt for replica in stage.replicas if (doubt := replica.verifies())]
    held = held_against_records if stage.keeps_time else counted_against_records
    lost, doubled, strange = held(stage.url, report)
    if strange:
        doubts.append(f"{strange} records of nothing that was asked")
    said = tuple(words for words, _ in stage.said.most_common())
    return Outcome(name, report, lost, doubled, "; ".join(doubts), said, remark)


def held_against_records(url: str, report: Report) -> tuple[int, int, int]:
    """How many answered webhooks have no record, how many records are there twice, and how many are of nothing that
    was asked."""
    database = Database(url)
    with tempfile.TemporaryDirectory() as copies:
        keys = DayKeys(database, Path(copies), read(PROMPTS).zone)
        keys.share(utc_now())

        def named(webhooks: list[Webhook]) -> set[tuple[str, str]]:
            found = (keys.names(each.call, each.at, each.address) for each in webhooks)
            return {(names.call, names.asked) for names in found}

        answered, unsure = named(report.answered), named(report.unsure)
    with database.reading() as connection:
        rows = Counter((row.call, row.asked) for row in connection.execute(select(record.c.call, record.c.asked)))
    database.close()
    doubled = sum(rows.values()) - len(rows)
    return len(answered - rows.keys()), doubled, len(rows.keys() - answered - unsure)


def counted_against_records(url: str, report: Report) -> tuple[int, int, int]:
    """The same, by their number alone."""
    database = Database(url)
    with database.reading() as connection:
        rows = connection.execute(select(func.count()).select_from(record)).scalar_one()
    database.close()
    answered, unsure = len(report.answered), len(report.unsure)
    return max(0, answered - rows), max(0, rows - answered - unsure), 0


def in_a_database_of_its_own(kind: str, folder: Path) -> str:
    """The URL of an empty database: `sqlite`, under the folder's data, or `postgresql`."""
    (folder / "data").mkdir(exist_ok=True)
    return stores.new_database(kind, folder / "data")
