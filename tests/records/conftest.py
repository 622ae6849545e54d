"""Records over databases of both kinds, with a clock of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.records.journal import journals
from ivr.records.kept import Between, faults, singles
from ivr.records.recorder import Kept, Recorder
from ivr.records.steps import Step
from ivr.store.database import Database
from ivr.store.health import Health
from tests.support.stores import new_database

TOKYO = ZoneInfo("Asia/Tokyo")
TUESDAY = datetime(2026, 11, 24, 11, 0, tzinfo=TOKYO)
STEP = Step("0123456789", "", "ja", "main", "ring", "", "goes on")


@dataclass
class Office:
    """A machine that takes calls: its folder of journals, its database, and processes that answer."""

    database: Database
    folder: Path
    now: datetime = TUESDAY
    health: Health = field(default_factory=Health)

    def process(self, days: int = 90, months: int = 24) -> Recorder:
        """A process that answers calls; its rounds are made by hand."""
        made = Recorder(self.database, self.folder, TOKYO, Kept(days, months), self.health, lambda: self.now)
        made._start = lambda: None  # type: ignore[method-assign]
        return made

    def later(self, **delta: float) -> datetime:
        self.now += timedelta(**delta)
        return self.now

    def records(self, *names: str) -> list[Any]:
        """What is kept singly, in order of time: these columns of it."""
        rows = list(singles(self.database, Between()))
        return [tuple(row[name] for name in names) if len(names) > 1 else row[names[0]] for row in rows]

    def faults(self) -> tuple[str, ...]:
        return faults(self.database, journals(self.folder))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """One over SQLite, where the kind of database makes no difference."""
    with open_office(new_database("sqlite", tmp_path), tmp_path) as made:
        yield made


@pytest.fixture
def each_office(database: Database, tmp_path: Path) -> Office:
    """One over each kind of database."""
    return Office(database, tmp_path / "journal")


@contextmanager
def open_office(url: str, folder: Path) -> Iterator[Office]:
    """One over that database, until it is closed."""
    made = Office(Database(url), folder / "journal")
    made.database.upgrade()
    yield made
    made.database.close()


def dies(process: Recorder) -> None:
    """It is gone, and its lock with it, whatever stands in its journal: as after a kill -9."""
    process.journal.close()
