"""The guide: how the console is used, on one page, with pictures.

The pictures are made by `python -m tests.screenshots --guide`.
"""

from datetime import timedelta
from functools import cache
from pathlib import Path

from flask.typing import ResponseReturnValue

from ivr.editions.announcements import LONGEST_ALERT
from ivr.editions.closures import LONGEST_CLOSURE
from ivr.editions.codes import LIFE
from ivr.people.attempts import LOCKED, TRIES
from ivr.people.links import LINK_LIFE
from ivr.people.passwords import SHORTEST
from ivr.people.persons import Role
from ivr.staff.area import area
from ivr.staff.context import console, me, office, page
from ivr.staff.sessions import IDLE, WHOLE
from ivr.voice import intake

PICTURES = Path(__file__).parent / "static" / "guide"

_MINUTE = timedelta(minutes=1)


@area.get("/guide")
def guide() -> ResponseReturnValue:
    return page(
        "guide.html",
        me=me(),
        sizes=_sizes(),
        roles=tuple(Role),
        names={role: _names(role) for role in Role},
        idle=IDLE // _MINUTE,
        whole=WHOLE // timedelta(hours=1),
        code_minutes=LIFE // _MINUTE,
        alert_days=LONGEST_ALERT.days,
        closure_days=LONGEST_CLOSURE.days,
        unapproved=office().announcements.unapproved // timedelta(hours=1),
        link_hours=LINK_LIFE // timedelta(hours=1),
        least=SHORTEST,
        tries=TRIES,
        locked=LOCKED // _MINUTE,
        megabytes=intake.LARGEST // intake.MEGABYTE,
        seconds=intake.LONGEST,
    )


def _names(role: Role) -> tuple[str, ...]:
    """Who may sign in with that role: somebody whom one can ask."""
    return tuple(
        each.name for each in console().accounts.all() if role in each.roles and each.ready and not each.stopped_at
    )


@cache
def _sizes() -> dict[str, tuple[int, int]]:
    """How wide and high each picture is, as PNG files tell, so that no page jumps while it loads."""
    found = {}
    for path in PICTURES.glob("*.png"):
        head = path.read_bytes()[:24]
        found[path.stem] = (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))
    return found
