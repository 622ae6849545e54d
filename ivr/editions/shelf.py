"""What callers hear now, in memory: the only door between calls and the work of staff.

Every worker has a shelf, which asks the database for one short word, the stamp; only where that has
changed does it read on. A server has it look from a thread of its own (`watch`), so that a call reads what
lies there and waits for nothing. Elsewhere a call that comes when the last look is more than LOOK_EVERY old
has it look beside the call, which waits PATIENCE for it at most. With the database slow or gone, the call
hears what was last known, from memory or, after a restart, from disk.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from operator import attrgetter
from threading import Event, Lock, Thread
from typing import NamedTuple

from cachetools import LRUCache, cachedmethod
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from ivr.clock import utc_now
from ivr.editions import library
from ivr.editions.announcements import recent_with_practice
from ivr.editions.closures import intervals, recent_closures
from ivr.editions.edition import Edition
from ivr.editions.library import Library
from ivr.editions.snapshot import Signature, Snapshot, View
from ivr.editions.timeline import Timeline
from ivr.line import values
from ivr.line.loading import LineError
from ivr.line.values import Line
from ivr.line.words import Chunk
from ivr.people.refusals import NotFound
from ivr.store import blobs
from ivr.store.database import DatabaseGone
from ivr.store.files import disk
from ivr.store.health import Part, Trouble
from ivr.store.tables import pulse

log = logging.getLogger(__name__)

WATCH_EVERY = 1.0
"""Seconds between two looks of a server's own thread."""

LOOK_EVERY = 2.0
"""Seconds. With PATIENCE, and the time that a call needs, far under the five after which an
alert must be heard."""

PATIENCE = 0.5
"""Seconds that a call waits for a look at most."""

HANGS = 10.0
"""Seconds after which a database that neither answers nor refuses is told to be silent [own value]."""

_SHELVES = 32  # editions in memory, about 1 MB each with their lines
_RENEW = timedelta(hours=6)  # so often a view is read whole though nothing changed: alerts grow old

_CALLS_LAST = timedelta(days=1)
"""So long an edition is kept that was live: far longer than calls that began with it last."""

_SOON = timedelta(minutes=1)  # so long before its moment a scheduled edition is composed: all at once find no room

_LEFT_ALONE = timedelta(hours=1)  # so young files are not cleared away: another worker may just have put them there

_IN_DATABASE = "in the database"


class _Current(NamedTuple):
    """A view, what is live by it when, and lines that are composed with its alerts and closures."""

    view: View
    timeline: Timeline
    lines: dict[str, Line]


class Shelf:
    """The live line, and those of calls under way. `clock` counts seconds (time.monotonic);
    by `today` (aware) it forgets what is long over, whatever time a call is rung at."""

    def __init__(
        self,
        books: Library,
        snapshot: Snapshot,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], datetime] = utc_now,
    ):
        self._library = books
        self._today = today
        self._snapshot = snapshot
        self._clock = clock
        self._current: _Current | None = None
        self._watched = False
        self._looked = self._answered = float("-inf")
        self._began = clock()
        self._looking: Event | None = None
        self._lock = Lock()
        self._editions: LRUCache[str, Edition] = LRUCache(_SHELVES)
        self._shelving = Lock()  # two calls may load the same edition at once: the worst is that it is done twice
        self._missed: set[str] = set()  # live, and not to be had when it was last asked for
        self._saved: str | None = None  # the stamp of the view that is kept
        self._kept: Signature | None = None  # the files of the snapshot, as they were when all was there

    def line(self, edition: str, now: datetime) -> Line:
        """The line of a call: of `edition` where callers ever heard it, else (also for "") of the
        live one at `now` (aware); with the alerts and closures of now."""
        current = self._look()
        if edition and self._was_heard(current, edition, now):
            with suppress(_Missing):
                return self._composed(edition, current)
        return self._live(current, now)

    def at_hand(self, edition: str, now: datetime) -> Line | None:
        """The same where it is composed already, else None. Neither looks nor reads: whoever answers many calls
        at once may ask."""
        current = self._current
        if current is None:
            return None
        heard = edition and self._was_heard(current, edition, now)
        return current.lines.get(edition if heard else current.timeline.top(now).edition)

    def draft_line(self, edition: str, now: datetime) -> Line:
        """The same for the telephones of staff, which may ring any stored edition, drafts too, and hear the
        alerts of practice."""
        current = self._look()
        with suppress(_Missing):
            return self._composed(edition or self._live(current, now).edition, current, practice=True)
        return self._live(current, now)

    def sound(self, edition: str, language: str, chunk: Chunk) -> str | None:
        """The address of the recording to play for a chunk of that edition (a Line's
        `edition`); None where its words are spoken."""
        with suppress(_Missing):
            return self._edition(edition).sound(language, chunk)
        return None

    def audio(self, at: str) -> bytes | None:
        """The audio at an address, None where there is none: then the words are spoken."""
        kept = self._snapshot.audio(at)
        if kept is not None:
            return kept
        try:
            with self._library.database.reading() as connection:
                found = blobs.fetch(connection, (at,))[at]
        except (DatabaseGone, blobs.Spoilt, SQLAlchemyError):
            return None
        if self._snapshot.has_audio(at):  # damaged there
            self._snapshot.keep_audio(at, found)
        return found

    def audio_mark(self, at: str) -> object:
        """Changes where the audio at an address may have become another; None: it must be looked
        for. Asked in every call, so it reads nothing."""
        mark = self._snapshot.audio_mark(at)
        if mark is None and self._answers():
            return _IN_DATABASE
        return mark

    def fresh(self) -> bool:
        """Whether the database answered lately; callers do not depend on it. The health of the line is told of one
        that hangs, since whoever asks that one cannot tell."""
        self._look()
        silent = self._clock() - max(self._answered, self._began)
        if silent >= HANGS and self._snapshot.health.trouble(Part.DATABASE) is None:
            told = f"The database has said nothing for {HANGS:.0f} seconds. Calls hear what was last known."
            self._snapshot.health.ill(Part.DATABASE, Trouble.SILENT, told)
        return self._answers()

    def refresh(self) -> None:
        """Look now and wait for it: for whoever has just changed something."""
        self._refresh(Event())

    def watch(self) -> Callable[[], None]:
        """Look from a thread of its own from now on, so that no call ever waits for a look. What is given back
        ends that."""
        over = Event()
        self._watched = True
        watcher = Thread(target=self._keep_looking, args=[over], daemon=True, name="shelf")
        watcher.start()

        def end() -> None:
            over.set()
            watcher.join()
            self._watched = False

        return end

    # --- looking -----------------------------------------------------------------------------

    def _keep_looking(self, over: Event) -> None:
        while not over.is_set():
            try:
                self._refresh(Event())
                self._compose_what_comes()
            except Exception:
                log.exception("what is live was not looked at to the end; it is looked again")
            over.wait(WATCH_EVERY)

    def _compose_what_comes(self) -> None:
        """Have what is live, and what will be soon, at hand before somebody asks."""
        current, now = self._current, self._today()
        if current is not None:
            for name in current.timeline.needed(now, now + _SOON):
                with suppress(_Missing):
                    self._composed(name, current)

    def _look(self) -> _Current:
        if self._current is None or not (self._watched or self._clock() - self._looked < LOOK_EVERY):
            self._look_beside()
        if self._current is None:
            with self._lock:
                self._current = self._current or self._shown(self._snapshot.view())
        return self._current

    def _shown(self, view: View) -> _Current:
        return _Current(view, Timeline.of(view.publications, self._library.shipped.id), {})

    def _ready(self, view: View, known: _Current | None) -> _Current:
        """What is shown from now on, with the lines composed that calls ask for: thousands of them would else find
        none, each begin to compose it, and all be held up. A line of which nothing changed stays the same value, by
        which its answers are remembered: a publication changes nothing for the calls of other editions."""
        shown, now = self._shown(view), self._today()
        live = shown.timeline.top(now).edition
        lines = known.lines.copy() if known else {}  # others add to it at any moment
        needed = shown.timeline.needed(now - _CALLS_LAST) | view.shipped
        under_way = [name for name in lines if name in needed - {live} and self._was_heard(shown, name, now)]
        names = (*under_way[1 - _SHELVES :], live)
        if known and _beside(view) == _beside(known.view):
            shown.lines.update((name, lines[name]) for name in names if name in lines)
        for name in names:
            with suppress(_Missing):
                self._composed(name, shown)
        return shown

    def _look_beside(self) -> None:
        """One look at a time; a call that finds one going on since long does not wait for it."""
        with self._lock:
            mine = self._looking is None
            if self._looking is None:
                self._looking = Event()
                Thread(target=self._refresh, args=[self._looking], daemon=True, name="shelf").start()
            seen = self._looking
        if mine or self._current is None:
            seen.wait(PATIENCE)

    def _refresh(self, seen: Event) -> None:
        try:
            while not self._catch_up():
                pass
            self._answered = self._clock()
            if self._current is not None and self._has_live(self._current):
                self._missed.clear()
                self._snapshot.health.well(Part.LIVE)
            self._library.database.look_after()
        except DatabaseGone:
            pass  # the database has told the health of the line
        except Exception as error:
            why = f"What is live cannot be read ({type(error).__name__}). Calls hear what was last known."
            self._snapshot.health.ill(Part.LIVE, Trouble.DAMAGED, why)
        finally:
            self._looked = self._clock()
            with self._lock:
                self._looking = None
            seen.set()
        if self._current is not None:
            self._keep(self._current)
            self._see_to_disk()

    def _catch_up(self) -> bool:
        """Show what the database has, and tell whether it is shown: not where another look has shown something
        meanwhile. What this one read may be older than that, and callers would be taken back."""
        known = self._current
        view = self._read(known and known.view)
        if known is not None and view is known.view:
            return True
        ready = self._ready(view, known)
        with self._lock:
            if self._current is not known:
                return False
            self._current = ready
            return True

    def _read(self, known: View | None) -> View:
        now = self._today()
        with self._library.database.reading() as connection:
            stamp = _stamp(connection, now)
            if known is not None and known.stamp == stamp:
                return known
            return View(
                stamp,
                library.publications(connection),
                library.shipped_ids(connection),
                recent_with_practice(connection, now),
                recent_closures(connection, now),
            )

    def _keep(self, current: _Current) -> None:
        """Onto the disk: what calls can need, and its sounds; the rest is cleared away. Again where somebody
        took it away or damaged it.

        A view goes there only after all that it names: one that is ahead of its editions, as when
        the database goes in between, would take the line back to an older one. It does not wait for an
        edition that is lost: calls do without that as it is, and alerts must outlive the database."""
        now, view = self._today(), current.view
        needed = sorted(current.timeline.needed(now - _CALLS_LAST))
        others = [name for name in needed if name != self._library.shipped.id]
        signature = self._snapshot.signature(others)
        if signature is not None and signature == self._kept and self._saved == view.stamp:
            return
        try:
            editions = list(self._left_of(needed))
        except _Missing:
            return
        audio = {recording.audio for each in editions for recording in each.recordings.values()}
        done = [self._snapshot.keep_edition(edition) for edition in editions]
        done += [self._keep_audio(at) for at in sorted(audio)]
        if all([*done, self._snapshot.keep_view(view)]):
            self._snapshot.clear({*needed, *audio}, now - _LEFT_ALONE)
            self._kept = self._snapshot.signature(others)
            self._saved = view.stamp
            self._snapshot.health.well(Part.SNAPSHOT)

    def _left_of(self, names: Iterable[str]) -> Iterator[Edition]:
        """Those of these editions that are not lost. _Missing."""
        for name in names:
            with suppress(_Lost):
                yield self._edition(name)

    def _keep_audio(self, at: str) -> bool:
        """Whether the audio is kept, as far as it can be had."""
        if self._snapshot.has_audio(at) or not self._answers():
            return True
        content = self.audio(at)
        return content is None or self._snapshot.keep_audio(at, content)

    def _see_to_disk(self) -> None:
        health, found = self._snapshot.health, disk(self._snapshot.folder.parent)
        if found is None:
            health.well(Part.DISK)
        else:
            health.ill(Part.DISK, *found)

    def _answers(self) -> bool:
        return self._clock() - self._answered < 2 * LOOK_EVERY

    # --- composing ---------------------------------------------------------------------------

    def _was_heard(self, current: _Current, edition: str, now: datetime) -> bool:
        shipped = edition in current.view.shipped or edition == self._library.shipped.id
        return shipped or current.timeline.was_heard(edition, now)

    def _live(self, current: _Current, now: datetime) -> Line:
        """The live edition; where it cannot be had, the one before it, and so on down."""
        for name in chain(current.timeline.top(now).down(), (self._library.shipped.id,)):
            with suppress(_Missing):
                return self._composed(name, current)
            self._is_missed(name)
        raise AssertionError("the shipped edition was loaded when the program started")

    def _is_missed(self, name: str) -> None:
        self._missed.add(name)
        why = f"Edition {name} is live and cannot be loaded. Calls hear the one before it."
        self._snapshot.health.ill(Part.LIVE, Trouble.DAMAGED, why)

    def _has_live(self, current: _Current) -> bool:
        """Whether the live edition can be had, or nobody has asked for it since it is live."""
        live = current.timeline.top(self._today()).edition
        return live in current.lines or live not in self._missed

    def _composed(self, name: str, current: _Current, practice: bool = False) -> Line:
        """The line of an edition with the alerts and closures of a view: always the same value, which lies at hand
        from then on. `practice`: with the alerts that only staff hear; their lines have names of their own."""
        view = current.view
        practice = practice and any(alert.practice for alert in view.alerts)
        kept = f"{name}/practice" if practice else name
        if (line := current.lines.get(kept)) is not None:
            return line
        edition = self._edition(name)
        plain = _line(edition)
        made = plain.live(_alerts(view, edition, practice), intervals(view.closures, plain.zone))
        if len(current.lines) >= _SHELVES:
            self._make_room(current)
        return current.lines.setdefault(kept, made)

    def _make_room(self, current: _Current) -> None:
        """The line that was composed first goes, but never the live one: thousands of calls ask for it."""
        live = current.timeline.top(self._today()).edition
        current.lines.pop(next((name for name in tuple(current.lines) if name != live), ""), None)

    def _edition(self, name: str) -> Edition:
        return self._library.shipped if name == self._library.shipped.id else self._stored(name)

    @cachedmethod(attrgetter("_editions"), key=lambda _self, name: name, lock=attrgetter("_shelving"))
    def _stored(self, name: str) -> Edition:
        if (edition := self._from_disk(name)) is not None:
            return edition
        try:
            return self._library.edition(name)
        except (NotFound, blobs.Spoilt) as error:
            raise _Lost(name) from error
        except (DatabaseGone, SQLAlchemyError) as error:
            raise _Missing(name) from error

    def _from_disk(self, name: str) -> Edition | None:
        found = self._snapshot.edition(name)
        return replace(found, lent=self._library.shipped.files) if found else None


class _Missing(Exception):
    """An edition that cannot be had just now."""


class _Lost(_Missing):
    """One that the database, which answers, does not have any more as it was stored."""


def _line(edition: Edition) -> Line:
    try:
        return edition.line
    except LineError as error:
        raise _Missing(edition.id) from error


def _beside(view: View) -> tuple[object, ...]:
    """What callers hear beside the editions."""
    return tuple(alert for alert in view.alerts if not alert.practice), view.closures


def _alerts(view: View, edition: Edition, practice: bool) -> tuple[values.Alert, ...]:
    """The alerts as the line has them, with those of practice where staff ring it. One that cannot be read, such
    as of an older program, is left out: it must not silence the line."""
    found = []
    for alert in view.alerts:
        try:
            if alert.start < alert.until and (practice or not alert.practice):
                found.append(alert.value(edition.readings, edition.line.languages))
        except Exception:
            log.exception("alert %s cannot be read; callers do not hear it", alert.id)
    return tuple(found)


def _stamp(connection: Connection, now: datetime) -> str:
    """The database's stamp; with the time of day cut into pieces, so that old rows go."""
    return f"{connection.execute(select(pulse.c.stamp)).scalar_one()}:{int(now.timestamp() // _RENEW.total_seconds())}"
