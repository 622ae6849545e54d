"""What the rules say of an edition: once a day, known to every worker, never waited for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from queue import Queue

import pytest

from ivr.checking import Apart
from ivr.editions.checks import CLAIM, STEPS, Asked, Checks, Unchecked
from ivr.people.refusals import Later, Refused
from ivr.store.leases import LEASE, Leases
from tests.support.stores import NOON, City


class Worker:
    """A worker that shares the database with others, and what its rules have yet to do."""

    def __init__(self, city: City, *problems: str, fails: bool = False):
        self.asked: list[Asked] = []
        self.waiting: list[Callable[[], None]] = []
        self.problems, self.fails = problems, fails
        self.checks = Checks(city.office.database, self._rules, self._begin)

    def _begin(self, work: Callable[[], None]) -> bool:
        self.waiting.append(work)
        return True

    def _rules(self, asked: Asked) -> tuple[str, ...]:
        self.asked.append(asked)
        if self.fails:
            raise RuntimeError("the child died")
        return self.problems


def test_one_worker_finds_what_all_know_and_a_restart_forgets_nothing(city: City) -> None:
    edition = city.office.drafts.edition(city.draft(ja="一").id)
    one, other = Worker(city, "R13 too long"), Worker(city, "never asked")
    assert one.checks.of(edition, city.now).problems is None
    assert other.checks.of(edition, city.later(seconds=4).now) == one.checks.of(edition, city.now)
    with pytest.raises(Unchecked) as unchecked:
        other.checks.problems(edition, city.now)
    assert unchecked.value.since == city.now
    one.waiting.pop()()
    assert not other.waiting
    for worker in (one, other, Worker(city)):
        assert worker.checks.problems(edition, city.later(hours=1).now) == ("R13 too long",)
    assert len(one.asked) == 1


def test_the_day_in_the_line_s_zone_counts(town: City) -> None:
    edition = town.office.drafts.edition(town.draft(ja="一").id)
    worker = Worker(town)
    worker.checks.of(edition, town.now)  # noon in Tokyo
    worker.waiting.pop()()
    assert worker.checks.of(edition, town.later(hours=11).now).problems == ()
    assert worker.checks.of(edition, town.later(hours=13).now).problems is None


def test_what_a_dead_worker_had_begun_is_begun_anew(town: City) -> None:
    edition = town.office.drafts.edition(town.draft(ja="一").id)
    Worker(town).checks.of(edition, town.now)
    heir = Worker(town)
    late = town.now + CLAIM
    assert heir.checks.of(edition, late - timedelta(seconds=1)).problems is None and not heir.waiting
    assert heir.checks.of(edition, late).problems is None and heir.waiting


def test_what_a_worker_leaves_that_said_it_lives_is_taken_up_within_seconds(town: City) -> None:
    edition = town.office.drafts.edition(town.draft(ja="一").id)
    worker, heir = Worker(town), Worker(town)
    worker.checks.leases = Leases(lambda: town.now, every=1_000)
    worker.checks.of(edition, town.now)
    late = town.now + LEASE
    assert heir.checks.of(edition, late - timedelta(seconds=1)).problems is None and not heir.waiting
    assert heir.checks.of(edition, late).problems is None and heir.waiting
    worker.waiting.pop()()


def test_a_lease_is_renewed_until_it_is_released() -> None:
    renewed: Queue[datetime] = Queue()
    leases = Leases(lambda: NOON, every=0.001)
    leases.hold("this", renewed.put)
    assert [renewed.get(timeout=5) for _ in range(3)] == [NOON + LEASE] * 3
    leases.release("this")
    leases.hold("that", lambda _until: None)
    leases.release("that")


def test_the_steps_that_the_rules_come_to_are_told(town: City) -> None:
    edition = town.office.drafts.edition(town.draft(ja="一").id)
    one, other = Worker(town), Worker(town)
    seen: list[str] = []

    def rules(asked: Asked) -> tuple[str, ...]:
        for step in STEPS:
            asked.told(step)
            seen.append(other.checks.of(edition, town.now).step)
        return ()

    one.checks.rules = rules
    assert one.checks.of(edition, town.now).step == ""
    one.waiting.pop()()
    assert seen == list(STEPS)


def test_a_failure_is_told_once_and_then_begun_anew(town: City) -> None:
    edition = town.office.drafts.edition(town.draft(ja="一").id)
    worker = Worker(town, fails=True)
    worker.checks.of(edition, town.now)
    worker.waiting.pop()()
    with pytest.raises(Refused, match="could not be checked"):
        worker.checks.of(edition, town.now)
    assert worker.checks.of(edition, town.now).problems is None and worker.waiting


def test_where_too_much_waits_nothing_is_claimed(town: City) -> None:
    edition = town.office.drafts.edition(town.draft(ja="一").id)
    full = Checks(town.office.database, lambda _asked: (), lambda _work: False)
    for _ in range(2):
        with pytest.raises(Later):
            full.of(edition, town.now)


def test_what_makes_no_line_is_known_at_once(town: City) -> None:
    edition = town.office.drafts.edition(town.draft(ja="{読み").id)
    worker = Worker(town)
    assert worker.checks.problems(edition, town.now) and not worker.waiting


@pytest.mark.slow
def test_the_rules_themselves_are_asked_in_a_process_apart(town: City, tmp_path: Path) -> None:
    from ivr.voice.audio import Audio
    from ivr.voice.recorded import Recorded
    from ivr.voice.sounds import Sounds
    from ivr.voice.store import Store
    from ivr.voice.voices import DEFAULT_CHOICE

    nothing = Recorded(lambda *_: None, lambda _at: None, lambda _at: None)
    sounds = Sounds(Audio(Store(tmp_path / "audio"), DEFAULT_CHOICE), nothing)
    rules = Apart(sounds, tmp_path)
    long = "横浜市のマイナンバー案内です。" * 6
    steps: list[str] = []
    found = rules(Asked(town.office.drafts.edition(town.draft(ja=long).id), town.now, steps.append))
    assert steps == list(STEPS)
    assert any("R13" in problem for problem in found)
    assert rules.sound, "but for its words the line is in order, and is not walked again"
    other, steps = Apart(sounds, tmp_path), []
    edition = town.office.drafts.edition(town.draft(ja="こちらは、横浜市です。").id)
    assert other(Asked(edition, town.now, steps.append)) == ()
    assert steps == ["words"] and dict(other.sound) == dict(rules.sound), "nor by another worker, nor after a restart"
