"""A position as a webhook's address, and back.

    /voice/1/<edition>/<language>/<trail>/<event>?speed=slow&tries=1&run=3&offers=police.join

The address is all the memory that a call has, so any process can take any step. It is
versioned: a later form of it can be told from this one.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from ivr.call.positions import Position
from ivr.line.speeds import Speed
from ivr.line.tree import Place

VERSION = 1
KEY, SILENCE, DIALLED, RECORDED = "key", "silence", "dialled", "recorded"
"""What can happen to a call; `RECORDED` to the staff's alone."""

WHISPER = "whisper"
"""Where a desk is told what a call is about, before it is joined."""

_BETWEEN = "-"
_LARGEST_COUNT = 20


def address(position: Position, event: str) -> str:
    """The path and query that the carrier calls when `event` happens at `position`."""
    trail = _BETWEEN.join(str(place) for place in position.trail)
    path = f"/voice/{VERSION}/{position.edition}/{position.language}/{trail}/{event}"
    query = {
        "speed": "" if position.speed is Speed.NORMAL else position.speed.value,
        "tries": position.tries or "",
        "run": position.run or "",
        "offers": _BETWEEN.join(str(place) for place in position.offers),
    }
    query = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(query)}" if query else path


def whisper_address(edition: str, language: str, about: str) -> str:
    """The path that the carrier calls when a desk has answered: only what the call is about and in which language."""
    return f"/voice/{VERSION}/{edition}/{language}/{about}/{WHISPER}"


def position(edition: str, language: str, trail: str, query: Mapping[str, str]) -> Position:
    """The position in an address. ValueError where it is none."""
    return Position(
        edition=edition,
        language=language,
        trail=_places(trail),
        speed=Speed(query.get("speed", Speed.NORMAL.value)),
        tries=_count(query.get("tries", "0"), most=2),
        run=_count(query.get("run", "0"), most=_LARGEST_COUNT),
        offers=_places(query.get("offers", "")),
    )


def _places(text: str) -> tuple[Place, ...]:
    return tuple(Place.parse(part) for part in text.split(_BETWEEN)) if text else ()


def _count(text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) > most:
        raise ValueError(f"{text!r} is no count from 0 to {most}")
    return int(text)
