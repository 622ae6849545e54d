"""The line as it is shipped, and callers who ring it at any hour they like."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from ivr.carrier.handset import Handset, Wsgi
from ivr.config import Settings, from_environment
from ivr.line.loading import read
from ivr.line.values import Line
from ivr.wiring import create_app
from tests import compiled  # noqa: F401 (templates are compiled once)
from tests.clock import MOMENT, WALL

os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
"""For the processes that tests kill or starve of disk: half a .pyc would break those after them."""

PROMPTS = Path(__file__).parent.parent / "prompts"
ORIGIN = "https://line.example.jp"
TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
"""A token of Twilio's form, which only the tests know."""

ACCOUNT = "AC" + "1" * 32
TUESDAY_11 = "2026-11-24 11:00"
"""An ordinary working day: every desk that can be rung is open."""

SUNDAY_NIGHT = "2026-11-22 23:00"
"""Every desk is closed."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no process is left over with it at the end; and tests
    of one `xdist_group` go to one process.

    pytest-xdist 3.8 means to see to groups itself, by the end of a test's name, but pytest 9.2
    keeps the name elsewhere (pytest-dev/pytest-xdist#1386); where it does so again, nothing is
    done here.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        group = item.get_closest_marker("xdist_group")
        if group and not item.nodeid.endswith(name := f"@{group.args[0]}"):
            item._id = type(item._id).parse(item.nodeid + name)


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


def settings_for(data_dir: Path, **more: str) -> Settings:
    return from_environment(
        {
            "DATA_DIR": str(data_dir),
            "PUBLIC_URL": ORIGIN,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            **more,
        }
    )


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
        caller = Handset(Wsgi(app, TOKEN, ORIGIN), at=moment(at, line))
        caller.dial(path)
        return caller

    return rings


@pytest.fixture
def caller(ring: Callable[..., Handset]) -> Handset:
    return ring()


def moment(text: str, line: Line) -> datetime:
    """A time in the line's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=line.zone)
