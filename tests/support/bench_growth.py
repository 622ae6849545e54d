"""What grows with the years, and what must not: the cost of a step, of a change, and of a start."""

import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType

from rich.table import Table

from ivr.call.acts import Key, Ring
from ivr.call.conversation import step
from ivr.call.positions import start
from ivr.carrier.front import Asked, Front
from ivr.carrier.wire import CarrierFields
from ivr.editions import library
from ivr.editions.edition import Edition
from ivr.editions.shelf import Shelf
from ivr.editions.snapshot import Snapshot
from ivr.editions.timeline import PublicationKind
from ivr.line.speeds import Speed
from ivr.line.values import Line
from ivr.voice import mulaw
from ivr.voice.audio import items
from ivr.voice.store import Store, address
from ivr.voice.voices import voice_for
from ivr.wiring import create_app
from tests.support.given import settings_for
from tests.support.stores import APPROVER, EDITOR, NOON, City, city_hall, shipped

PUBLICATIONS = (1, 10, 100, 1000)
LOOK_UPS, STEPS, CHANGES = 20_000, 300, 5


def publications() -> Table:
    """What a step, a change and a start cost after so many publications."""
    table = Table(title="With the number of publications")
    for column in ("publications", "µs a step", "ms a change", "ms of the first look", "files on disk"):
        table.add_column(column, justify="right")
    for many in PUBLICATIONS:
        with tempfile.TemporaryDirectory() as folder:
            city = city_hall(f"sqlite:///{folder}/line.db", Path(folder) / "live")
            _publish(city, many)
            now = NOON + timedelta(days=3 * many)
            shelf = Shelf(city.office.library, Snapshot(city.folder), today=partial(_at, now))
            first = _seconds(shelf.refresh)
            shelf.line("", now)
            step = _seconds(lambda: shelf.at_hand("", now), LOOK_UPS)  # noqa: B023
            change = _seconds(lambda: _change(city, shelf, now), CHANGES)  # noqa: B023
            files = len(list(city.folder.glob("*.json")))
            city.office.database.close()
        table.add_row(str(many), f"{step * 1e6:.2f}", f"{change * 1e3:.0f}", f"{first * 1e3:.0f}", str(files))
    return table


def _at(now: datetime) -> datetime:
    return now


def _publish(city: City, many: int) -> None:
    """So many editions, one every three days, each with another greeting."""
    with city.office.database.writing() as connection:
        for number in range(many):
            at = NOON + timedelta(days=3 * number)
            files = {**shipped(), "ja.toml": shipped()["ja.toml"] + f"# {number}\n".encode()}
            edition = Edition(MappingProxyType(files))
            library.keep(connection, edition, library.DRAFTED, at)
            library.append(connection, PublicationKind.PUBLISH, APPROVER, at, at, edition=edition.id)


def _change(city: City, shelf: Shelf, now: datetime) -> None:
    city.office.announcements.warn({"ja": "注意です。", "en": "Take care."}, now, now + timedelta(hours=1), EDITOR, now)
    shelf.refresh()
    shelf.line("", now)


def own_voice() -> Table:
    """What a step costs that is made anew, where the carrier speaks and where sounds of our own are played."""
    table = Table(title="A step that is not remembered, by who speaks (times the carrier's)")
    for column in ("who speaks", "times"):
        table.add_column(column, justify="right" if column == "times" else "left")
    found = {}
    for speech in ("carrier", "local"):
        with tempfile.TemporaryDirectory() as folder:
            app = create_app(settings_for(Path(folder), SPEECH=speech))
            front: Front = app.extensions["ivr.webhooks"].front
            line = app.extensions["ivr.office"].shelf.line("", NOON)
            _make_sounds(line, Store(Path(folder) / "audio"))
            position = step(line, start(line), Ring(), NOON).position
            asked = Asked(line, position, Key("1"), CarrierFields(call="CA1", called="+815012345678"), NOON)
            assert (b"<Play>" in front.answer(asked)) == (speech == "local")
            found[speech] = _seconds(lambda: front.answer(asked), STEPS)  # noqa: B023
    for speech, seconds in found.items():
        table.add_row(speech, f"{seconds / found['carrier']:.2f}")
    return table


def _make_sounds(line: Line, store: Store) -> None:
    """A sound for everything that is said at normal speed, of no length: what it says does not matter here."""
    store.folder.mkdir(parents=True, exist_ok=True)
    silence = mulaw.written(mulaw.silence(0.01))
    for item in items(line, line.languages, [Speed.NORMAL]):
        at = address(voice_for(item.spoken), item.text, item.speed)
        store.path(at).write_bytes(silence)


def _seconds(act: Callable[[], object], times: int = 1) -> float:
    began = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - began) / times
