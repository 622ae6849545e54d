"""What callers hear: at once everywhere, and with the database gone all the same."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
import tomlkit
from sqlalchemy import text

from ivr.editions import library
from ivr.editions.edition import Edition, Piece
from ivr.editions.library import Library
from ivr.editions.office import office, open_office
from ivr.editions.shelf import HANGS, LOOK_EVERY, PATIENCE, Shelf
from ivr.editions.snapshot import VIEWS, Snapshot
from ivr.editions.timeline import PublicationKind, Timeline
from ivr.line.values import Line
from ivr.store.database import DatabaseGone
from ivr.store.health import Health, Part, Trouble
from tests.support.server import wait_for
from tests.support.stores import (
    APPROVER,
    EDITOR,
    GREETING,
    NOON,
    City,
    Losing,
    Server,
    city_hall,
    greeting_with,
    kept,
    server,
    shipped,
)

ALERT = {"ja": "注意です。", "en": "Take care."}


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def greeting(shelf: Shelf, now: datetime, edition: str = "") -> str:
    return shelf.line(edition, now).languages["ja"].prompts[GREETING.key].chunks()[0].written


def lost(city: City) -> City:
    """The same city hall with a shelf of a new process that cannot reach the database."""
    nowhere = office("sqlite:////proc/nowhere/line.db", shipped(), lambda line: [], "secret", city.folder, lambda: NOON)
    assert not open_office(nowhere, city.now)
    return City(nowhere, city.folder, city.now)


def test_a_change_is_heard_within_the_time_of_a_look(city: City) -> None:
    clock = Clock()
    shelf = Shelf(city.office.library, Snapshot(city.folder / "other worker"), clock, lambda: NOON)
    before = greeting(shelf, city.now)
    city.publish(ja="一")
    city.office.announcements.warn(ALERT, city.now, city.now + timedelta(hours=1), EDITOR, city.now)
    clock.seconds += LOOK_EVERY - 0.1
    assert greeting(shelf, city.now) == before
    clock.seconds += 0.1
    assert greeting(shelf, city.now) == "一"
    assert len(shelf.line("", city.now).alerts) == 1
    assert LOOK_EVERY + PATIENCE < 5


def test_what_an_earlier_release_published_is_heard_after_an_upgrade(town: City) -> None:
    """It lacks prompts that have come since: they are the new release's, and all else stays staff's."""
    earlier = Edition(MappingProxyType(_before_hours_were_made()))
    with town.office.database.writing() as connection:
        library.keep(connection, earlier, library.DRAFTED, town.now)
        library.append(connection, PublicationKind.PUBLISH, APPROVER, town.now, town.now, edition=earlier.id)
    town.office.shelf.refresh()
    for city in (town, lost(town)):  # from the database, and from the disk where that is gone
        line = city.office.shelf.line("", town.now)
        assert line.edition == earlier.id
        assert greeting(city.office.shelf, town.now) == "一"
        assert line.desks.keys() == town.office.library.shipped.line.desks.keys()
    draft = town.office.drafts.start("次の版", EDITOR, town.now)
    assert town.office.drafts.edition(draft.id).line.languages["ja"].prompts["hours.daily"]


def _before_hours_were_made() -> dict[str, bytes]:
    files = dict(shipped())
    for name in ("ja.toml", "en.toml"):
        document = tomlkit.parse(files[name].decode())
        del document["hours"]
        document["say"]["greeting"] = "一"
        files[name] = tomlkit.dumps(document).encode()
    return files


def test_an_unknown_edition_is_the_live_one_and_a_draft_is_for_staff_alone(town: City) -> None:
    draft = town.draft(ja="一")
    edition = town.office.drafts.preview(draft.id, town.now)
    shelf = town.office.shelf
    live = shelf.line("", town.now).edition
    for name in ("0123456789", edition.id, "../../etc/passwd", "x" * 999):
        assert shelf.line(name, town.now).edition == live
    assert greeting_of(shelf.draft_line(edition.id, town.now)) == "一"
    assert shelf.draft_line("0123456789", town.now).edition == live


def greeting_of(line) -> str:  # type: ignore[no-untyped-def]
    return str(line.languages["ja"].prompts[GREETING.key].chunks()[0].written)


def test_nobody_looks_between_two_looks(town: City) -> None:
    clock = Clock()
    shelf = Shelf(town.office.library, Snapshot(town.folder), clock, lambda: NOON)
    shelf.line("", town.now)
    town.office.database.engine.dispose()
    start = time.thread_time()
    for _ in range(2000):
        shelf.line("", town.now)
    assert (time.thread_time() - start) / 2000 < 0.001


def test_after_a_restart_without_the_database_callers_hear_the_same(city: City) -> None:
    draft = city.draft(ja="一")
    kept(city.office, draft.id, Piece("ja", "say.greeting"), "一", b"sound", "browser", EDITOR, city.now)
    first = city.approve(draft)
    city.office.publishing.publish(first.id, APPROVER, city.now)
    second = city.approve(city.draft(ja="二"))
    city.office.publishing.publish_at(second.id, city.now + timedelta(hours=2), APPROVER, city.now)
    city.office.announcements.warn(ALERT, city.now, city.now + timedelta(hours=1), EDITOR, city.now)
    city.office.announcements.close("city", city.now, city.now + timedelta(hours=1), EDITOR, city.now)
    city.office.shelf.refresh()
    alone = lost(city)
    line = alone.office.shelf.line("", city.now)
    assert (line.edition, greeting_of(line)) == (first.edition, "一")
    assert len(line.alerts_at(city.now)) == 1
    assert not line.desks["city"].hours.is_open(city.now)
    assert alone.later(hours=3).heard() == "二", "what was scheduled comes all the same"
    at = alone.office.shelf.sound(line.edition, "ja", line.languages["ja"].prompts[GREETING.key].chunks()[0])
    assert alone.office.shelf.audio(at or "") == b"sound"
    assert not alone.office.shelf.fresh()
    assert city.office.shelf.fresh()


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"stamp": 1', "[" * 99999, '{"stamp": "\udc80"}', "\x00" * 99])
def test_a_damaged_view_is_read_from_its_copy_and_without_one_there_is_no_snapshot(town: City, damage: str) -> None:
    before = town.heard()
    town.publish(ja="一")
    town.office.shelf.refresh()
    for file, heard in zip(VIEWS, ("一", before), strict=True):
        (town.folder / file).write_text(damage, errors="surrogateescape")
        assert greeting(lost(town).office.shelf, town.now) == heard


def test_a_snapshot_that_somebody_took_away_or_damaged_is_written_again(town: City) -> None:
    draft = town.publish(ja="一")
    town.office.shelf.refresh()
    for harm in (
        lambda: shutil.rmtree(town.folder),
        lambda: (town.folder / "live.json").write_text("{"),
        (town.folder / "live.copy.json").unlink,
        lambda: (town.folder / f"{draft.edition}.json").write_text("{}"),
    ):
        harm()
        town.office.shelf.refresh()
        assert greeting(lost(town).office.shelf, town.now) == "一"
        assert {path.stat().st_mode & 0o777 for path in town.folder.iterdir()} == {0o600}
        assert town.folder.stat().st_mode & 0o777 == 0o700


def test_what_is_kept_already_is_not_written_at_every_look(town: City) -> None:
    town.publish(ja="一")
    other = Shelf(town.office.library, Snapshot(town.folder), today=lambda: NOON)
    for shelf in (town.office.shelf, other, town.office.shelf, other):
        shelf.refresh()
    before = {path.name: path.stat().st_mtime_ns for path in town.folder.iterdir() if path.name != "databases"}
    for shelf in (town.office.shelf, other) * 3:
        shelf.refresh()
    assert before == {path.name: path.stat().st_mtime_ns for path in town.folder.iterdir() if path.name != "databases"}


def test_an_altered_edition_on_the_disk_is_not_heard(town: City) -> None:
    before = town.heard()
    draft = town.publish(ja="一")
    town.office.shelf.refresh()
    kept = town.folder / f"{draft.edition}.json"
    kept.write_text(kept.read_text().replace("一", "悪"))
    assert greeting(lost(town).office.shelf, town.now) == before, "the one before it"


def test_an_altered_edition_in_the_database_is_not_heard(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/line.db"
    city = city_hall(url, tmp_path / "live")
    before = city.heard()
    city.publish(ja="一")
    with city.office.database.writing() as connection:
        connection.execute(
            text(
                "UPDATE blob SET content = X'00' WHERE hash NOT IN (SELECT value FROM edition, "
                "json_each(edition.files) WHERE origin = 'shipped')"
            )
        )
    other = city_hall(url, tmp_path / "other worker")
    assert greeting(other.office.shelf, city.now) == before
    for each in (city, other):
        each.office.database.close()


def test_a_full_disk_hinders_no_caller(town: City) -> None:
    town.publish(ja="一")
    blocked = town.folder / "file"
    town.folder.mkdir(exist_ok=True)
    blocked.write_text("a file, where a folder would have to be")
    shelf = Shelf(town.office.library, Snapshot(blocked / "folder"))
    assert greeting(shelf, town.now) == "一"


class Stuck(Library):
    """A library whose database neither answers nor refuses."""

    def __init__(self, books: Library):
        super().__init__(books.database, books.shipped)
        self.free = threading.Event()
        self.database = self  # type: ignore[assignment]

    @contextmanager
    def reading(self):  # type: ignore[no-untyped-def]
        self.free.wait(20)
        raise DatabaseGone
        yield


def test_a_database_that_hangs_costs_a_call_half_a_second_at_most_and_only_one(town: City) -> None:
    town.publish(ja="一")
    town.office.shelf.refresh()
    stuck = Stuck(town.office.library)
    shelf = Shelf(stuck, Snapshot(town.folder))
    start = time.perf_counter()
    assert greeting(shelf, town.now) == "一"
    waited = time.perf_counter() - start
    for _ in range(20):
        assert greeting(shelf, town.now) == "一"
    assert waited < 20 * PATIENCE, "it does not wait for the database, which hangs for twice as long"
    assert time.perf_counter() - start < waited + 10 * PATIENCE, "nor do twenty more for their patience each"
    stuck.free.set()


def test_a_database_that_hangs_is_told_to_whoever_asks(town: City) -> None:
    clock, stuck, snapshot = Clock(), Stuck(town.office.library), Snapshot(town.folder)
    shelf = Shelf(stuck, snapshot, clock, lambda: NOON)
    with watching(shelf):
        assert not shelf.fresh()
        assert snapshot.health.ills == {}
        clock.seconds += HANGS
        assert not shelf.fresh()
        assert snapshot.health.trouble(Part.DATABASE) is Trouble.SILENT
        stuck.free.set()


def test_an_older_program_s_edition_goes_on_for_its_calls(tmp_path: Path) -> None:
    url, old = f"sqlite:///{tmp_path}/line.db", shipped()
    older = office(url, old, lambda line: [], "s", tmp_path / "live")
    open_office(older, NOON)
    new = old | {"ja.toml": old["ja.toml"] + b"# a new release\n"}
    newer = office(url, new, lambda line: [], "s", tmp_path / "live")
    open_office(newer, NOON)
    assert newer.shelf.line("", NOON).edition == newer.library.shipped.id
    assert newer.shelf.line(older.library.shipped.id, NOON).edition == older.library.shipped.id
    for rooms in (older, newer):
        rooms.database.close()


def test_a_call_that_began_with_the_next_release_goes_on_where_that_is_not_installed_yet(tmp_path: Path) -> None:
    url, old = f"sqlite:///{tmp_path}/line.db", shipped()
    older = office(url, old, lambda line: [], "s", tmp_path / "a replica")
    open_office(older, NOON)
    older.shelf.refresh()
    new = old | {"ja.toml": old["ja.toml"] + b"# a new release\n"}
    newer = office(url, new, lambda line: [], "s", tmp_path / "another")
    open_office(newer, NOON)
    older.shelf.refresh()
    assert older.shelf.line(newer.library.shipped.id, NOON).edition == newer.library.shipped.id
    for rooms in (older, newer):
        rooms.database.close()


PUBLISH = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.support.stores import City, city_hall
city = city_hall({url!r}, Path({folder!r}))
for number in range(3):
    city = city.later(minutes=1)
    city.publish(ja=sys.argv[1] + str(number))
"""


def test_two_processes_at_once_lose_nothing(city: City, tmp_path: Path) -> None:
    """Each publishes three times; whoever comes second is told, never silently overwritten."""
    root = str(Path(__file__).parents[2])
    url = city.office.database.engine.url.render_as_string(hide_password=False)
    program = PUBLISH.format(root=root, url=url, folder=str(tmp_path / "live"))
    running = [
        subprocess.Popen([sys.executable, "-c", program, name], cwd=root, stderr=subprocess.PIPE) for name in "ab"
    ]
    errors = [process.communicate(timeout=60)[1].decode() for process in running]
    for error in errors:
        assert not error or "Refused" in error, error
    later = city.later(hours=1)
    rows = later.office.library.publications()
    assert len({row.seq for row in rows}) == len(rows) >= 3
    assert later.office.library.live(later.now).id == rows[-1].edition
    for row in rows:
        assert row.draft is not None
        assert later.office.drafts.get(row.draft).edition == row.edition


@pytest.fixture(name="own_server")
def a_server_to_kill() -> Server:
    return server()


@pytest.mark.xdist_group("postgresql")
def test_a_killed_server_is_not_noticed_and_comes_back(own_server: Server, tmp_path: Path) -> None:
    clock = Clock()
    city = city_hall(own_server.database(f"killed{time.monotonic_ns()}"), tmp_path / "live")
    shelf = Shelf(city.office.library, Snapshot(city.folder), clock, lambda: NOON)
    city.publish(ja="一")
    assert greeting(shelf, city.now) == "一"
    assert on_disk(city, "一")
    own_server.stop()
    try:
        clock.seconds += LOOK_EVERY
        assert greeting(shelf, city.now) == "一"
        with pytest.raises(DatabaseGone):
            city.draft(ja="二")
        assert greeting(lost(city).office.shelf, city.now) == "一"
    finally:
        own_server.start()
    city.later(minutes=1).publish(ja="二")
    clock.seconds += LOOK_EVERY
    assert soon(lambda: greeting(shelf, city.now + timedelta(minutes=1)) == "二", clock)
    city.office.database.close()


def on_disk(city: City, words: str) -> bool:
    """Whether a process without the database says these words, within ten seconds."""
    for _ in range(100):
        if greeting(lost(city).office.shelf, city.now) == words:
            return True
        time.sleep(0.1)
    return False


def soon(true: Callable[[], bool], clock: Clock) -> bool:
    """Whether it becomes so within a few looks."""
    for _ in range(10):
        if true():
            return True
        clock.seconds += LOOK_EVERY
    return False


# --- a server's shelf -----------------------------------------------------------------------


def put(town: City, words: str, after: timedelta = timedelta(0)) -> Edition:
    """An edition with another greeting is live, or will be after so long, without the ways of staff to it."""
    edition = greeting_with(words)
    with town.office.database.writing() as connection:
        library.keep(connection, edition, library.DRAFTED, town.now)
        library.append(connection, PublicationKind.PUBLISH, APPROVER, town.now, town.now + after, edition=edition.id)
    return edition


@contextmanager
def watching(shelf: Shelf) -> Iterator[Shelf]:
    end = shelf.watch()
    try:
        yield shelf
    finally:
        end()


def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Wait until it holds, and fail where it does not in time."""
    over = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < over, "it did not come to pass"
        time.sleep(0.005)


def test_a_server_s_calls_hear_a_change_that_none_of_them_looked_for(
    town: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.editions.shelf.WATCH_EVERY", 0.02)
    with watching(Shelf(town.office.library, Snapshot(town.folder), today=lambda: NOON)) as shelf:
        until(lambda: shelf.at_hand("", town.now) is not None)
        edition = put(town, "一").id
        until(lambda: (line := shelf.at_hand("", town.now)) is not None and line.edition == edition)
        line = shelf.at_hand("", town.now)
        assert line is not None and greeting_of(line) == "一"
        assert shelf.line("", town.now) is line, "one value, by which answers are remembered"
        assert shelf.line(edition, town.now) is line


def test_what_is_not_at_hand_is_not_fetched_for_who_cannot_wait(town: City) -> None:
    shelf = Shelf(Stuck(town.office.library), Snapshot(town.folder))
    assert shelf.at_hand("", town.now) is None
    other = Shelf(town.office.library, Snapshot(town.folder / "other worker"), today=lambda: NOON)
    other.refresh()
    line = other.at_hand("", town.now)
    assert line is not None and line is other.line("", town.now)
    assert other.at_hand("0123456789", town.now) is line


class Slow(Library):
    """A library whose editions take until they are `free`."""

    def __init__(self, books: Library):
        super().__init__(books.database, books.shipped)
        self.asked, self.free = threading.Event(), threading.Event()

    def edition(self, name: str) -> Edition:
        self.asked.set()
        assert self.free.wait(20)
        return super().edition(name)


def test_what_was_heard_stays_at_hand_until_what_follows_is(town: City) -> None:
    slow = Slow(town.office.library)
    shelf = Shelf(slow, Snapshot(town.folder / "other worker"), today=lambda: NOON)
    shelf.refresh()
    before = shelf.at_hand("", town.now)
    assert before is not None
    edition = put(town, "一").id
    looking = threading.Thread(target=shelf.refresh)
    looking.start()
    assert slow.asked.wait(20)
    assert shelf.at_hand("", town.now) is before, "no call finds nothing, and begins to compose it as all others do"
    slow.free.set()
    looking.join()
    after = shelf.at_hand("", town.now)
    assert after is not None and after.edition == edition
    under_way = shelf.at_hand(before.edition, town.now)
    assert under_way is before, "nothing changed for the calls that hear it: what they are answered is remembered by it"


def test_an_alert_changes_the_lines_of_all_calls_and_a_publication_no_other(town: City) -> None:
    shelf = Shelf(town.office.library, Snapshot(town.folder / "other worker"), today=lambda: NOON)
    shelf.refresh()
    before = shelf.at_hand("", town.now)
    assert before is not None
    town.office.announcements.warn(ALERT, town.now, town.now + timedelta(hours=1), EDITOR, town.now)
    shelf.refresh()
    warned = shelf.at_hand(before.edition, town.now)
    assert warned is not None and warned is not before and warned.alerts
    put(town, "一")
    shelf.refresh()
    assert shelf.at_hand(before.edition, town.now) is warned
    town.office.announcements.warn(ALERT, town.now, town.now + timedelta(hours=2), EDITOR, town.now, practice=True)
    shelf.refresh()
    assert shelf.at_hand(before.edition, town.now) is warned, "no caller hears an alert of practice"
    assert len(shelf.draft_line(before.edition, town.now).alerts) == 2


class Meanwhile(Library):
    """A library in whose midst something else is done, once, when it is asked for an edition."""

    def __init__(self, books: Library):
        super().__init__(books.database, books.shipped)
        self.meanwhile: Callable[[], object] | None = None

    def edition(self, name: str) -> Edition:
        if (act := self.meanwhile) is not None:
            self.meanwhile = None
            act()
        return super().edition(name)


def test_a_look_that_another_one_has_overtaken_takes_nobody_back(town: City) -> None:
    books = Meanwhile(town.office.library)
    shelf = Shelf(books, Snapshot(town.folder / "other worker"), today=lambda: NOON)
    shelf.refresh()

    def warn() -> None:
        town.office.announcements.warn(ALERT, town.now, town.now + timedelta(hours=1), EDITOR, town.now)
        shelf.refresh()  # as for whoever warned, while the server's own thread is at work

    books.meanwhile = warn
    put(town, "一")
    shelf.refresh()
    line = shelf.at_hand("", town.now)
    assert line is not None and line.alerts


def test_a_draft_that_is_rung_while_a_publication_is_made_ready_hinders_it_not(
    town: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = [town.office.drafts.preview(town.draft(ja=words).id, town.now).id for words in "一二"]
    health = Health()
    shelf = Shelf(town.office.library, Snapshot(town.folder / "other worker", health), today=lambda: NOON)
    for words in "三四":
        put(town, words)
        shelf.refresh()
    was_heard = Timeline.was_heard

    def rung(timeline: Timeline, edition: str, now: datetime) -> bool:
        if drafts:
            shelf.draft_line(drafts.pop(), town.now)
        return was_heard(timeline, edition, now)

    monkeypatch.setattr(Timeline, "was_heard", rung)
    edition = put(town, "五").id
    shelf.refresh()
    assert not drafts and health.ills == {}
    line = shelf.at_hand("", town.now)
    assert line is not None and line.edition == edition


def test_many_publications_leave_the_live_line_at_hand_and_those_before_it_as_they_were(
    town: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.editions.shelf._SHELVES", 4)
    shelf = Shelf(town.office.library, Snapshot(town.folder / "other worker"), today=lambda: NOON)
    lines: list[Line] = []
    for number in range(8):
        edition = put(town, str(number)).id
        shelf.refresh()
        line = shelf.at_hand("", town.now)
        assert line is not None and line.edition == edition
        lines.append(line)
        assert [shelf.at_hand(each.edition, town.now) is each for each in lines[-4:]] == [True] * len(lines[-4:])
    drafts = [town.office.drafts.preview(town.draft(ja=words).id, town.now).id for words in "一二三四五"]
    for draft in drafts:
        shelf.draft_line(draft, town.now)
        assert shelf.at_hand("", town.now) is lines[-1], "staff who ring drafts take nothing from callers"
    town.office.announcements.warn(ALERT, town.now, town.now + timedelta(hours=1), EDITOR, town.now)
    put(town, "八")
    shelf.refresh()
    line = shelf.at_hand("", town.now)
    assert line is not None and greeting_of(line) == "八" and line.alerts


def test_of_many_scheduled_editions_the_next_one_is_at_hand_before_its_moment_and_stays(
    town: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.editions.shelf._SHELVES", 4)
    monkeypatch.setattr("ivr.editions.shelf.WATCH_EVERY", 0.01)
    moment, looks = NOON + timedelta(hours=1), 0

    def today() -> datetime:
        nonlocal looks
        looks += 1
        return moment - timedelta(seconds=30)

    coming = [put(town, str(number), timedelta(hours=number)).id for number in range(1, 9)]
    with watching(Shelf(town.office.library, Snapshot(town.folder / "other worker"), today=today)) as shelf:
        wait_for(lambda: shelf.at_hand("", moment) is not None)
        line, looked = shelf.at_hand("", moment), looks
        assert line is not None and line.edition == coming[0]
        wait_for(lambda: looks > looked + 30)
        assert shelf.at_hand("", moment) is line, "one value, by which answers are remembered"


def test_what_no_call_can_need_any_more_is_not_kept_at_hand(town: City) -> None:
    later = NOON + timedelta(days=2)
    today = [NOON]
    shelf = Shelf(town.office.library, Snapshot(town.folder / "other worker"), today=lambda: today[0])
    old = [put(town, words).id for words in "一二三"]
    for name in old:
        shelf.refresh()
        shelf.line(name, NOON)
    today[0] = later
    shelf.refresh()
    assert shelf.at_hand(old[0], later) is None
    assert shelf.line(old[0], later).edition == old[0], "whoever asks for it all the same hears it"
    assert shelf.at_hand(old[2], later) is not None


def test_an_edition_that_cannot_be_had_is_told_until_it_can_be_or_is_live_no_more(town: City) -> None:
    books, health = Losing(town.office.library), Health()
    shelf = Shelf(books, Snapshot(town.folder / "other worker", health), today=lambda: NOON)
    shelf.refresh()
    books.lost = put(town, "一").id
    shelf.refresh()
    assert shelf.line("", town.now).edition == books.shipped.id
    assert health.trouble(Part.LIVE) is Trouble.DAMAGED
    shelf.refresh()
    assert health.trouble(Part.LIVE) is Trouble.DAMAGED
    with town.office.database.writing() as connection:
        library.append(connection, PublicationKind.ROLL_BACK, APPROVER, town.now, town.now, edition=books.shipped.id)
    shelf.refresh()
    assert shelf.line("", town.now).edition == books.shipped.id
    assert health.trouble(Part.LIVE) is None


def test_an_edition_that_is_lost_keeps_no_alert_from_the_disk(town: City) -> None:
    books = Losing(town.office.library)
    shelf = Shelf(books, Snapshot(town.folder), today=lambda: NOON)
    books.lost = put(town, "一").id
    shelf.refresh()
    town.office.announcements.warn(ALERT, town.now, town.now + timedelta(hours=1), EDITOR, town.now)
    shelf.refresh()
    line = lost(town).office.shelf.line("", town.now)
    assert line.edition == books.shipped.id and line.alerts


def test_a_server_s_call_waits_for_no_database(town: City) -> None:
    put(town, "一")
    town.office.shelf.refresh()
    stuck = Stuck(town.office.library)
    shelf = Shelf(stuck, Snapshot(town.folder))
    end = shelf.watch()
    assert greeting(shelf, town.now) == "一"
    start = time.perf_counter()
    for _ in range(50):
        assert greeting(shelf, town.now) == "一"
    assert time.perf_counter() - start < PATIENCE
    stuck.free.set()
    end()


def test_what_no_call_can_need_is_cleared_from_the_disk_and_not_read_again(
    town: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [put(town, words).id for words in "一二三"]
    town.office.shelf.refresh()
    assert all((town.folder / f"{name}.json").exists() for name in old)
    later = NOON + timedelta(days=2)
    part = town.folder / "x.part"
    part.write_bytes(b"of a writer that was killed")
    for file in town.folder.iterdir():
        os.utime(file, (later.timestamp() - 7200,) * 2)
    town.folder.joinpath("0123456789.json").write_text("young")
    shelf = Shelf(town.office.library, Snapshot(town.folder), today=lambda: later)
    shelf.refresh()
    assert {name for name in old if (town.folder / f"{name}.json").exists()} == {*old[-2:]}, "live, and the one below"
    assert not part.exists()
    assert (town.folder / "0123456789.json").exists(), "of another worker, perhaps"
    town.office.announcements.warn(ALERT, later, later + timedelta(hours=1), EDITOR, later)
    read: list[str] = []
    monkeypatch.setattr(Library, "edition", lambda _books, name: read.append(name))
    shelf.refresh()
    assert greeting(shelf, later) == "三" and len(shelf.line("", later).alerts_at(later)) == 1
    assert read == []
