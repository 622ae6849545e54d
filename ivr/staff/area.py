"""The one blueprint of the console: each page is a function under one of its decorators.

    @area.post("/drafts/<int:draft>/approve")
    @needs(Right.APPROVE)
    def approve(draft: int) -> ResponseReturnValue: ...

`needs` says what one must be trusted with to come in, which the door (`ivr.staff.guard`) asks before
it reads the request; pages without it are open to everybody who has signed in, and `unlocked` ones
to everybody. Pages belong to no application. What they need of the one that is asked they get by
`ivr.staff.context.console`, so that several may live in one process.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint

from ivr.pages.sending import serve_files
from ivr.people.rights import Right

View = TypeVar("View", bound=Callable[..., Any])

area = Blueprint(
    "staff",
    "ivr.staff",
    url_prefix="/staff",
    template_folder="templates",
)

serve_files(area, Path(__file__).parent / "static", "/static")


@dataclass(frozen=True, slots=True)
class Need:
    """What it takes to come in at an endpoint: a right, how many bytes one may bring (None: as
    many as a form has at most), and whether one must have shown just now who one is."""

    right: Right = Right.LOOK
    largest: int | None = None
    fresh: bool = False


NEEDS: dict[str, Need] = {}
"""By endpoint. Pages that are not here need what every role has."""

QUIET: set[str] = set()
"""The endpoints that a page asks by itself, so that nobody seems to be at work who has gone."""

UNLOCKED = {f"{area.name}.static"}
"""The endpoints at which nobody has to have signed in."""


def needs(right: Right, largest: int | None = None, fresh: bool = False) -> Callable[[View], View]:
    """A page for people with this right, who may bring `largest` bytes; `fresh`: who have shown just now that it is
    they."""

    def noted(view: View) -> View:
        needs_at(view.__name__, right, largest, fresh)
        return view

    return noted


def needs_at(name: str, right: Right, largest: int | None = None, fresh: bool = False) -> None:
    """The same for an endpoint of the console by its name, whose page stands in another room."""
    NEEDS[f"{area.name}.{name}"] = Need(right, largest, fresh)


def quiet(view: View) -> View:
    """A page that another one asks for by itself, again and again."""
    QUIET.add(f"{area.name}.{view.__name__}")
    return view


def unlocked(view: View) -> View:
    """A page for whoever has not signed in, too."""
    UNLOCKED.add(f"{area.name}.{view.__name__}")
    return view
