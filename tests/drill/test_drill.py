"""The short form of `make drill`: what breaks most often, broken under calls."""

import os
import signal
from pathlib import Path

import pytest

from tests.support import stores
from tests.support.drill import kill_database
from tests.support.drill_stage import Stage, in_a_database_of_its_own, one, under_load


def database_and_a_worker_die(stage: Stage) -> None:
    """The worker, while the database is gone: what it answered last is in its journal alone."""
    kill_database()
    stage.wait(1)
    os.kill(stage.line.workers()[0], signal.SIGKILL)
    stage.wait(1)
    stores.server().start()


@pytest.mark.slow(15)
@pytest.mark.xdist_group("postgresql")
def test_no_call_and_no_record_is_lost_where_database_and_a_worker_die(tmp_path: Path) -> None:
    with one(tmp_path, in_a_database_of_its_own("postgresql", tmp_path)) as stage:
        outcome = under_load("database and a worker killed", stage, database_and_a_worker_die, around=1)
    assert len(outcome.report.answered) > 50
    assert outcome.is_well, outcome
    assert "calls ok, database does not answer" in outcome.said
