"""Keeps what calls do: into the journal while the caller waits, from there into the database by a thread.

recorder = Recorder(database, folder, zone, Kept(90, 24), health, utc_now)
recorder.begin()                       # once, in a process that answers calls
recorder.note("CA...", step, now)      # in a step: a few microseconds, and never an error
recorder.ended("CA...", "completed", 61, now)
"""

import errno
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from threading import Event, Lock, Thread
from weakref import finalize, ref

from ivr.records import entries
from ivr.records.day_keys import DayKeys, Names
from ivr.records.journal import (
    MOST_BYTES,
    TURN_BYTES,
    FoundJournal,
    Journal,
    Unreadable,
    left_journals,
    other_journals,
)
from ivr.records.steps import Step
from ivr.records.takeover import take_over, taken_of
from ivr.records.upkeep import keep_up
from ivr.store.database import Database, DatabaseGone
from ivr.store.health import Health, Part, Trouble

log = logging.getLogger(__name__)

ROUND_SECONDS = 1.0
"""How often the journal is taken over [own value]."""

LOOK_EVERY = 10
"""Rounds after which journals are looked for that a process has left, and the own one is looked through [own value]."""

TURN_EVERY = timedelta(hours=1)
"""After which a journal gives way to another, so that no deleted record stands in one for longer [own value]."""

HELP_AFTER = timedelta(seconds=45)
"""How long a process that is helped waits for that before it takes its journal over itself [own value]: longer than it
takes until one that hangs is replaced. What it does itself holds its calls up; what waits is safe."""

MOST_WAITING = MOST_BYTES // 4
"""Bytes of a journal that wait for help at most; more are taken over by whose they are [own value]: some 120,000 steps,
as where many processes answer calls and the one that helps has too little of the processor."""

PATIENCE = timedelta(minutes=1)
"""How long entries may wait before it is told [own value]: a database that is started anew takes less."""

_TROUBLES = {errno.ENOSPC: Trouble.FULL, errno.EDQUOT: Trouble.FULL, errno.EROFS: Trouble.READ_ONLY}


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days records are kept singly, and for how many months their counts."""

    days: int
    months: int


class Recorder:
    """The records of one process. `folder`: where journals are; `zone`: the line's; `now`: the time (aware)."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        zone: tzinfo,
        kept: Kept,
        health: Health,
        now: Callable[[], datetime],
    ):
        self.journal = Journal(folder)
        self._database = database
        self._keys = DayKeys(database, folder, zone)
        self._zone = zone
        self._kept = kept
        self._health = health
        self._now = now
        self._taken = ("", 0)  # of which journal, and how far
        self._begun = datetime.max.replace(tzinfo=UTC)  # that journal
        self._helped = self._helping = False
        self._got_help = datetime.min.replace(tzinfo=UTC)
        self._helped_to = ("", 0)  # of which journal, and how far
        self._others: dict[str, int] = {}  # bytes of journals of others when they were taken over
        self._waits_since: datetime | None = None
        self._rounds = 0
        self._failed = False
        self._complained: set[str] = set()  # names of journals
        self._thread: Thread | None = None
        self._starting = Lock()
        self._taking = Lock()
        self._stop = Event()
        finalize(self, _end, self._stop, self.journal).atexit = False

    def note(self, call: str, step: Step, now: datetime, address: str = "", talked: int | None = None) -> None:
        """Record a step of a call (by the carrier's name for it) at `now` (aware). Where the carrier asks an
        `address` twice, since it had no answer, the step is kept once. `talked`: the seconds of a transfer that has
        ended, None where the carrier tells none."""
        self._append(call, now, address, lambda at, names: entries.step_line(at, names, step, talked))

    def ended(self, call: str, status: str, seconds: int | None, now: datetime, address: str = "") -> None:
        """Record that a call has ended, how (a carrier's word for it), and after how many seconds, if that is known."""
        if status in entries.ENDS:
            self._append(call, now, address, lambda at, names: entries.end_line(at, names, status, seconds))

    def named(self, call: str, now: datetime) -> Mapping[str, str]:
        """By which names a call (by the carrier's name for it) is known in its records at `now` (aware): `call`, and
        `before` as long as it may have begun on the day before, whose name its records then get."""
        names = self._keys.names(call, now.timestamp())
        return {"call": names.call, **({"before": names.before} if names.before else {})}

    def begin(self, helped: bool = False, helping: bool = False) -> None:
        """In a process that answers calls: know the keys of the day before the first one, and take up what
        others have left. `helping`: journals of processes that live are taken over here as well; `helped`: that is
        done for this one, which has nothing to do but to answer, unless nobody does it."""
        self._helped, self._helping, self._got_help = helped, helping, self._now()
        with suppress(DatabaseGone):
            self._keys.share(self._now())
        self._start()

    def take_all(self) -> None:
        """Take over what is there now, of this process and of those that are no more. DatabaseGone."""
        now = self._now()
        self._take_own(now)
        self._take_left(now)

    # --- while a caller waits ------------------------------------------------------------------

    def _append(self, call: str, now: datetime, address: str, line: Callable[[float, Names], bytes]) -> None:
        if not call:
            return
        try:
            at = now.timestamp()
            self.journal.append(line(at, self._keys.names(call, at, address)))
            if self._thread is None:
                self._start()
        except Exception as error:  # no record is worth a call
            if not self._failed:
                self._failed = True
                log.error("a step of a call cannot be recorded: %s", type(error).__name__)

    # --- beside ----------------------------------------------------------------------------------

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                thread = Thread(target=_rounds, args=(ref(self), self._stop), daemon=True, name="records")
                thread.start()
                self._thread = thread

    def round(self) -> None:
        """What the thread does again and again."""
        now = self._now()
        trouble: tuple[Trouble, str] | None = None
        try:
            self._do(now)
        except DatabaseGone as gone:
            trouble = gone.trouble, "The database takes no records of calls."
        except Exception as error:
            trouble = Trouble.DAMAGED, f"Records of calls cannot be taken over ({type(error).__name__})."
        self._tell(now, trouble)
        self._rounds += 1

    def _do(self, now: datetime) -> None:
        self._keys.forget(now)
        self._keys.share(now)
        looks = self._rounds % LOOK_EVERY == 0
        if looks:  # a backup may have been put in the place of the database, which does not have all that it had
            self._taken = self._taken[0], -1
            self._others = {}
        self._take_own(now)
        if self._helping:
            self._take_others(now)
        if looks and not self._is_helped(now):
            self._take_left(now)
            keep_up(self._database, now, self._zone, self._kept.days, self._kept.months)

    def _take_own(self, now: datetime) -> None:
        with self._taking:
            if self._waiting():
                name = self.journal.name
                if name != self._taken[0]:
                    self._begun = now
                self._taken = name, self._took(name, now)
            else:
                self._got_help = now
            if spare := self.journal.spare:
                self.journal.end_spare(take_over(self._database, spare, now, self._zone))
            name, taken = self._taken
            if name and name == self.journal.name and self._is_old(taken, now):
                self.journal.leave(taken)
                if self.journal.name != name and not self._is_helped(now):
                    self._take_left(now)  # what came in since

    def _took(self, name: str, now: datetime) -> int:
        """How far the journal is taken over now: by who helps, or here."""
        if self._helped:
            taken = taken_of(self._database, name)
            if (name, taken) != self._helped_to:
                self._helped_to, self._got_help = (name, taken), now
            if self._is_helped(now) and self.journal.size - taken < MOST_WAITING and self.journal.is_there():
                return taken
        taken = take_over(self._database, self.journal, now, self._zone)
        self._helped_to = name, taken
        return taken

    def _is_helped(self, now: datetime) -> bool:
        """Whether another process takes over what is written here: it did lately, or nothing was to be done."""
        return self._helped and now - self._got_help < HELP_AFTER

    def _take_others(self, now: datetime) -> None:
        """What processes have written that live."""
        there = {}
        for other in other_journals(self.journal.folder, self.journal.name):
            there[other.name] = size = other.size
            if self._others.get(other.name) != size:
                self._take(other, now)
        self._others = there

    def _take_left(self, now: datetime) -> None:
        for left in left_journals(self.journal.folder):
            self._take(left, now, left=True)

    def _take(self, other: FoundJournal, now: datetime, left: bool = False) -> None:
        """Take over a journal of another process, and throw it away where that has left it. What cannot be is tried
        again, and none behind it waits."""
        try:
            take_over(self._database, other, now, self._zone, left)
            if left:
                other.throw_away()
        except (Unreadable, OSError) as error:
            if other.name not in self._complained:
                self._complained.add(other.name)
                log.error("journal %s cannot be taken over or thrown away: %s", other.path, error)

    def _is_old(self, taken: int, now: datetime) -> bool:
        """Whether the journal should give way to another."""
        return taken >= TURN_BYTES or now - self._begun >= TURN_EVERY or not self.journal.is_there()

    def _waiting(self) -> bool:
        """Whether the journal holds what the database has not taken."""
        return bool(self.journal.name) and (self.journal.name, self.journal.size) != self._taken

    def _tell(self, now: datetime, trouble: tuple[Trouble, str] | None) -> None:
        """Tell the health of the line what is lost, or has waited for long."""
        self._waits_since = (self._waits_since or now) if trouble else None
        if refused := self.journal.refused:
            why = f"The journal of calls in {self.journal.folder} takes nothing ({refused.strerror})."
            kept = "is not recorded" if self.journal.left_out else "is kept in memory until the database has it,"
            told = f"{why} Calls go on; what they do {kept} until there is room."
            self._health.ill(Part.RECORDS, _TROUBLES.get(refused.errno or 0, Trouble.SILENT), told)
        elif trouble and self._waits_since and now - self._waits_since >= PATIENCE:
            told = f"{trouble[1]} They wait in {self.journal.folder}, where there is room for many hours."
            self._health.ill(Part.RECORDS, trouble[0], told)
        elif trouble is None:
            self._health.well(Part.RECORDS)


def _end(stop: Event, journal: Journal) -> None:
    """What is left to do of a recorder that is no more."""
    stop.set()
    journal.close()


def _rounds(of: "ref[Recorder]", stop: Event) -> None:
    """Rounds until the recorder is no more."""
    while not stop.wait(ROUND_SECONDS):
        recorder = of()
        if recorder is None:
            return
        recorder.round()
        del recorder
