"""A position as a webhook's address, and back.

    /voice/1/<edition>/<language>/<trail>/<event>?speed=slow&tries=1&offers=police.join
    ... &run=3&typed=3&keyed=7205&from=ja~normal~main&heard=pQE&repeats=2&began=120

The address is all the memory that a call has, so any process can take any step. It is
versioned: a later form of it can be told from this one.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ivr.call.positions import LONGEST_HEARD, MOST_DIGITS, BeforeDigits, Position
from ivr.carrier.form import pairs_in
from ivr.line.speeds import Speed
from ivr.line.tree import Place

VERSION = 1
RING = "ring"
"""What happens first, at an address of its own."""

KEY, SILENCE, DIALLED, RECORDED = "key", "silence", "dialled", "recorded"
"""What can happen to a call; `RECORDED` to the staff's alone."""

STATUS = "/voice/status"
"""Where a carrier tells what became of a call."""

WHISPER = "whisper"
"""Where a desk is told what a call is about, before it is joined."""

_BETWEEN = "-"
_ORIGIN = "~"  # stands in no code of a language, no name and no speed
_MOST_REPEATS = 9999
_SECONDS, _MINUTES = 86_400, 1440  # of a day
_BITS = re.compile(r"[A-Za-z0-9_-]*")
_CALL = re.compile(rf"/voice/{VERSION}/([^/?]+)/[^/?]+/[^/?]+/({KEY}|{SILENCE}|{DIALLED})(?:\?.*)?")
_PLAIN = re.compile(
    rf"/voice(?:/{VERSION}/([\w.~-]+)/([\w.~-]+)/([\w.~-]+)/({KEY}|{SILENCE}|{DIALLED}))?(?:\?([\w.~=&-]*))?", re.ASCII
)
_RING = re.compile(r"/voice(?:\?language=[A-Za-z-]+)?")
_KEYED, _BEGAN = (re.compile(rf"(?<=[?&]{name}=)[0-9]{{1,5}}(?=&|$)") for name in ("keyed", "began"))


class Parts(NamedTuple):
    """What stands in the address of a ring or of a step; "" and no query where nothing does."""

    edition: str = ""
    language: str = ""
    trail: str = ""
    event: str = ""
    query: Mapping[str, str] = MappingProxyType({})


def parts(target: str) -> Parts | None:
    """What stands in a path and query that are written in letters which mean themselves, as all are that `address`
    writes; None of others, which whoever knows more of addresses may read."""
    found = _PLAIN.fullmatch(target)
    if found is None:
        return None
    edition, language, trail, event, query = found.groups(default="")
    asked = dict(reversed(pairs_in(query)))
    return Parts(edition, language, trail, event, asked) if event else Parts("", asked.get("language", ""), "", RING)


class Timeless(NamedTuple):
    """An address as the carrier calls it, less the two figures in it that are times: addresses that differ
    in these alone are of one step. `edition` is "" where a call begins, `event` what happened; `keyed` and
    `began` are those of the position."""

    text: str
    edition: str
    event: str
    keyed: int = 0
    began: int | None = None


def timeless(target: str) -> Timeless | None:
    """A path and query without its times; None where it is none that `address` writes, nor that of a ring. Of some
    that it does not write there is a text too, but one that none of its own has."""
    call = _CALL.fullmatch(target)
    if call is None:
        return Timeless(target, "", RING) if _RING.fullmatch(target) else None
    text, keyed = _cut(target, _KEYED)
    text, began = _cut(text, _BEGAN)
    if keyed == 0 or (keyed or 0) >= _SECONDS or (began or 0) >= _MINUTES:
        return None
    return Timeless(text, call[1], call[2], keyed or 0, began)


def _cut(text: str, time: re.Pattern[str]) -> tuple[str, int | None]:
    """A text without a time in it, and that time."""
    found = time.search(text)
    return (text[: found.start()] + text[found.end() :], int(found[0])) if found else (text, None)


def address(position: Position, event: str) -> str:
    """The path and query that the carrier calls when `event` happens at `position`."""
    trail = _BETWEEN.join(str(place) for place in position.trail)
    path = f"/voice/{VERSION}/{position.edition}/{position.language}/{trail}/{event}"
    query = {
        "speed": "" if position.speed is Speed.NORMAL else position.speed.value,
        "tries": position.tries or "",
        "run": position.run or "",
        "offers": _BETWEEN.join(str(place) for place in position.offers),
        "typed": position.typed or "",
        "keyed": position.keyed or "",
        "from": _origin(position.origin) if position.origin else "",
        "heard": _bits(position.heard),
        "repeats": position.repeats or "",
        "unbroken": position.unbroken or "",
        "began": "" if position.began is None else str(position.began),
    }
    written = "&".join([f"{name}={value}" for name, value in query.items() if value])  # all of it letters of URLs
    return f"{path}?{written}" if written else path


def whisper_address(edition: str, language: str, about: str) -> str:
    """The path that the carrier calls when a desk has answered: only what the call is about and in which language."""
    return f"/voice/{VERSION}/{edition}/{language}/{about}/{WHISPER}"


def position(edition: str, told: Parts) -> Position:
    """The position of an edition in the address of a step. ValueError where it is none."""
    query = told.query
    return Position(
        edition=edition,
        language=told.language,
        trail=_places(told.trail),
        speed=Speed(query.get("speed", Speed.NORMAL.value)),
        tries=_count(query.get("tries", "0"), most=2),
        run=_count(query.get("run", "0"), most=MOST_DIGITS),
        offers=_places(query.get("offers", "")),
        typed=_count(query.get("typed", "0"), most=MOST_DIGITS),
        keyed=_count(query.get("keyed", "0"), most=_SECONDS - 1),
        origin=_origin_of(query["from"]) if query.get("from") else None,
        heard=_bits_of(query.get("heard", "")),
        repeats=_count(query.get("repeats", "0"), most=_MOST_REPEATS),
        unbroken=_count(query.get("unbroken", "0"), most=MOST_DIGITS),
        began=_count(query["began"], most=_MINUTES - 1) if query.get("began") else None,
    )


def _origin(origin: BeforeDigits) -> str:
    trail = _BETWEEN.join(str(place) for place in origin.trail)
    return _ORIGIN.join((origin.language, origin.speed.value, trail))


def _origin_of(text: str) -> BeforeDigits:
    language, speed, trail = text.split(_ORIGIN)
    return BeforeDigits(language, _places(trail), Speed(speed))


def _bits(bits: int) -> str:
    return urlsafe_b64encode(bits.to_bytes(-(-bits.bit_length() // 8), "little")).decode().rstrip("=")


def _bits_of(text: str) -> int:
    if len(text) * 6 > LONGEST_HEARD or not _BITS.fullmatch(text):
        raise ValueError("the places heard are written in no way that is known")
    return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)), "little")


def _places(text: str) -> tuple[Place, ...]:
    return tuple(Place.parse(part) for part in text.split(_BETWEEN)) if text else ()


def _count(text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) > most:
        raise ValueError(f"{text!r} is no count from 0 to {most}")
    return int(text)
