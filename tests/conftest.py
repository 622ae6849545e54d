"""The line as it is shipped, and callers who ring it at any hour they like."""

import gc
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask

from ivr.config import Settings
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.loading import read
from ivr.line.values import Line
from ivr.store.database import Database
from ivr.wiring import create_app
from tests.support import compiled  # noqa: F401 (what all applications share is made once)
from tests.support.clock import MOMENT, WALL
from tests.support.given import ORIGIN, PROMPTS, SIGNER, TUESDAY_11, moment, settings_for
from tests.support.stores import BOTH_KINDS, City, new_database, open_city
from tests.support.town import Town, open_town

os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
"""For the processes that tests kill or starve of disk: half a .pyc would break those after them."""

sys.dont_write_bytecode = False
"""This one keeps the tests as pytest has rewritten them, which each process would do again for itself, 5 s long."""

MEMORY, ROOM = Path("/dev/shm"), 4_000_000_000
"""A disk in memory, and the bytes of it that all tests at once may want."""

if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    # Each act is written through to the disk: a third of the time of the tests of the console is waiting for that.
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

hypothesis.settings.register_profile("line", deadline=None)  # a busy machine takes longer, which is no fault
hypothesis.settings.load_profile("line")

gc.set_threshold(50_000, 20, 20)
"""For cycles that nobody needs Python looks after each 700 new objects, again and again through the 400,000 that live
as long as the tests: a quarter of their time."""

QUICK, SLOW = 0.1, 5.0
"""Seconds that a test takes where nothing tells more."""


def pytest_configure(config: pytest.Config) -> None:
    """Groups begin in the order of their tests, not by how many they are."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: no search goes through it."""
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no process is left over with it at the end, and what
    waits does so beside all else; tests of one `xdist_group`, which go to one process, count as one.

    pytest-xdist 3.8 means to see to groups itself, by the end of a test's name, but pytest 9.2
    keeps the name elsewhere (pytest-dev/pytest-xdist#1386); where it does so again, nothing is
    done here.
    """
    takes: dict[str, float] = defaultdict(float)
    for item in items:
        takes[_group(item)] += _seconds(item)
    items.sort(key=lambda item: (-takes[_group(item)], _group(item) if item.get_closest_marker("xdist_group") else ""))
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        group = item.get_closest_marker("xdist_group")
        if group and not item.nodeid.endswith(name := f"@{group.args[0]}"):
            item._id = type(item._id).parse(item.nodeid + name)


def _group(item: pytest.Item) -> str:
    """The tests that are run one after another with this one: its group, or itself."""
    group = item.get_closest_marker("xdist_group")
    return str(group.args[0]) if group else item.nodeid


def _seconds(item: pytest.Item) -> float:
    """About how long it takes: `slow(20)` tells, on one quiet core."""
    slow = item.get_closest_marker("slow")
    if slow is None:
        return QUICK
    return float(slow.args[0]) if slow.args else SLOW


@pytest.fixture(autouse=True)
def _set_the_clock() -> None:
    """Whatever a test did to it, the next one finds it at MOMENT."""
    WALL.now = MOMENT


@pytest.fixture(scope="session")
def line() -> Line:
    return read(PROMPTS)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


@pytest.fixture
def app(settings: Settings) -> Flask:
    return create_app(settings)


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application for all tests of a process that only ring it."""
    return create_app(settings_for(tmp_path_factory.mktemp("standing")))


@pytest.fixture
def ring(app: Flask, line: Line) -> Callable[..., Handset]:
    """Ring the line: ``ring()`` on a working day, ``ring("2026-12-29 11:00")`` at a time of one's own."""

    def rings(at: str = TUESDAY_11, path: str = "/voice") -> Handset:
        caller = Handset(Wsgi(app, SIGNER, ORIGIN), at=moment(at, line))
        caller.dial(path)
        return caller

    return rings


@pytest.fixture
def caller(ring: Callable[..., Handset]) -> Handset:
    return ring()


@pytest.fixture(params=BOTH_KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind in turn."""
    return new_database(request.param, tmp_path)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A database with its tables, of each kind in turn."""
    made = Database(url)
    made.upgrade()
    yield made
    made.close()


@pytest.fixture
def city(url: str, tmp_path: Path) -> Iterator[City]:
    """A city hall over each kind of database."""
    with open_city(url, tmp_path) as made:
        yield made


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A city hall with its console; no voice is made beside the tests."""
    with open_town(tmp_path) as made:
        yield made
