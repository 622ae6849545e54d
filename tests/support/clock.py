"""The clock of the tests: it stands at one moment for every test, unless that test turns it.

The program reads one clock, `ivr.clock`, and in tests that is this one, for all applications and
threads of a process: pages, calls, console, commands. So no test depends on the day on which it
runs. `WALL.now` turns it for everybody; a request rings, or looks, at a time of its own by `NOW`
in its environ, which the handset and the visitors of the console put there.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr import clock

MOMENT = datetime(2026, 11, 24, 11, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
"""An ordinary Tuesday morning: every desk that can be rung is open."""


@dataclass
class Clock:
    """What it shows, and shows on until it is turned."""

    now: datetime = MOMENT


WALL = Clock()
"""The one clock of this process."""

MACHINE = clock._machine
"""The machine's own clock: for tests/whole/test_any_instant.py, and for what others go by, such as TLS and tokens."""

clock._machine = lambda: WALL.now


def real_time() -> dict[str, str]:
    """The environment for programs of others, databases and browsers: they keep the machine's
    time where tests run under another (tests/whole/test_any_day.py)."""
    return {name: text for name, text in os.environ.items() if name != "LD_PRELOAD" and not name.startswith("FAKETIME")}
