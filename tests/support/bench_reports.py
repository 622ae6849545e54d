"""What a report costs as calls grow: python -m tests.support.bench_reports

The figures of one busy day are copied to every day of some years, as if each had 25 times its calls; the pages of a
month and of a year are then made, without the page itself. Printed are milliseconds of this process's processor.
"""

import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import delete, insert, select

from ivr.records.recorder import Kept, Recorder
from ivr.reports.periods import Period
from ivr.reports.report import Town, made
from ivr.store.database import Database
from ivr.store.health import Health
from ivr.store.tables import tally
from tests.support.clock import MOMENT
from tests.support.stores import new_database
from tests.support.synthetic_calls import TOKYO, ring

TOWN = Town(frozenset({"police", "consumer", "city", "card_stop"}), ("city", "national"))
TIMES = 25
LAST = MOMENT.date() - timedelta(days=1)


def main() -> None:
    """Print a line for each kind of database and number of years."""
    print("database    years      calls  rows a day  month ms  year ms  step µs")
    for kind in ("sqlite", "postgresql"):
        with TemporaryDirectory() as folder:
            database = Database(new_database(kind, Path(folder)))
            took = _rung(database, Path(folder))
            for years in (1, 3):
                rows, calls = _copied(database, 365 * years)
                month, year = (_milliseconds(database, period) for period in (Period(2026, 10), Period(2026)))
                print(f"{kind:<10} {years:>6} {calls:>10} {rows:>11} {month:>9.0f} {year:>8.0f} {took:>8.0f}")
            database.close()


def _rung(database: Database, folder: Path) -> float:
    """Ring a day's calls: the microseconds that a step took to be taken over."""
    recorder = Recorder(database, folder / "journal", TOKYO, Kept(90, 24), Health(), lambda: MOMENT)
    recorder._start = lambda: None  # type: ignore[method-assign]
    recorder._keys.share(MOMENT)
    ring(recorder, 100, [LAST])
    recorder.take_all()
    size = recorder.journal.size
    ring(recorder, 3000, [LAST], seed=15)
    steps = recorder.journal.read(size, recorder.journal.size).count(b"\n")
    began = time.process_time()
    recorder.take_all()
    return 1e6 * (time.process_time() - began) / steps


def _copied(database: Database, days: int) -> tuple[int, int]:
    """The figures of the day on so many days: rows of each, and calls of all."""
    with database.writing() as connection:
        rows = [dict(row) for row in connection.execute(select(tally).where(tally.c.day == LAST)).mappings()]
        connection.execute(delete(tally).where(tally.c.day != LAST))
        for before in range(1, days):
            day = LAST - timedelta(days=before)
            many = [{**row, "day": day, "number": TIMES * row["number"]} for row in rows]
            connection.execute(insert(tally), many)
    calls = sum(row["number"] for row in rows if row["figure"] == "calls")
    return len(rows), calls + TIMES * calls * (days - 1)


def _milliseconds(database: Database, period: Period) -> float:
    """The best of three."""
    took = []
    for _ in range(3):
        began = time.process_time()
        made(database, period, TOWN, MOMENT.date())
        took.append(1000 * (time.process_time() - began))
    return min(took)


if __name__ == "__main__":
    main()
