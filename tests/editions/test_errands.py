"""What was asked for by a press is carried out once, beside the request, whatever becomes of the process."""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.editions.checks import STEPS
from ivr.editions.draft import Status
from ivr.editions.errand import Act, Errand, Outcome
from ivr.editions.errands import PATIENCE
from ivr.people.refusals import NotAllowed, Refused
from ivr.people.trail import search
from ivr.staff.errand_pages import DONE, LATER, NOW, steps_of
from ivr.store.leased_work import Attempt, beside, once
from ivr.store.leases import LEASE, Leases
from tests.support.given import ROOT
from tests.support.stores import APPROVER, EDITOR, WRITER, City

REASON = {"reason": "短く"}


def asked(city: City, draft: int) -> Errand:
    return city.office.errands.ask(draft, (Act.SUBMIT,), REASON, EDITOR, city.now)


def status(city: City, draft: int) -> Status:
    return city.office.drafts.get(draft).status


def test_what_is_asked_for_is_done_and_told(city: City) -> None:
    draft = city.draft(ja="一").id
    assert asked(city, draft).outcome is Outcome.DONE and status(city, draft) is Status.SUBMITTED
    digest = {"digest": city.office.drafts.get(draft).digest or ""}
    both = (Act.APPROVE, Act.PUBLISH)
    with pytest.raises(NotAllowed):
        city.office.errands.ask(draft, both, digest, EDITOR, city.now)
    assert city.office.errands.ask(draft, both, digest, APPROVER, city.now).outcome is Outcome.DONE
    assert city.heard() == "一"
    again = city.office.errands.ask(draft, (Act.PUBLISH,), digest, APPROVER, city.now)
    assert again.outcome is Outcome.REFUSED and len(city.office.library.publications()) == 1


def test_a_double_press_is_one_errand_and_another_waits(town: City) -> None:
    draft, waiting = town.draft(ja="一").id, list[Attempt]()
    town.office.errands.work.begin = waiting.append
    assert asked(town, draft) == asked(town, draft) and len(waiting) == 1
    with pytest.raises(Refused, match="under way"):
        town.office.errands.ask(draft, (Act.SUBMIT,), {"reason": "other"}, WRITER, town.now)
    assert waiting[0]() and status(town, draft) is Status.SUBMITTED


def test_what_a_dead_process_left_is_taken_up_by_whoever_looks(town: City) -> None:
    draft, lost, found = town.draft(ja="一").id, list[Attempt](), list[Attempt]()
    rooms = town.office.errands
    rooms.work.begin, rooms.work.leases = lost.append, Leases(lambda: town.now, every=1_000)
    asked(town, draft)
    rooms.work.begin = found.append  # another process
    rooms.look(draft, town.now + LEASE - timedelta(seconds=1))
    assert not found, "the first may still be at it"
    rooms.look(draft, town.now + LEASE + timedelta(seconds=1))
    [heir] = found
    assert heir() and status(town, draft) is Status.SUBMITTED
    assert lost[0](), "and the first, were it alive, does nothing twice"
    assert [entry.act.act for entry in search(town.office.database)].count("draft.submit") == 1


DYING = """
import os, sys
from pathlib import Path
from threading import Event
from tests.support.given import ROOT
from tests.support.stores import EDITOR, NOON, city_hall
from ivr.editions.errand import Act
from ivr.store.leased_work import beside
from ivr.store.leases import Leases

city = city_hall(sys.argv[1], Path(sys.argv[2]))
begun = Event()
city.office.checks.rules = lambda _asked: begun.set() or Event().wait()
city.office.errands.work.begin, city.office.errands.work.leases = beside, Leases(lambda: NOON)
city.office.checks.leases = city.office.errands.work.leases
city.office.errands.ask(int(sys.argv[3]), (Act.SUBMIT,), {"reason": "x"}, EDITOR, NOON)
begun.wait(60)
os.kill(os.getpid(), 9)
"""


@pytest.mark.slow
def test_a_process_that_is_killed_while_the_rules_are_at_it_keeps_nobody_waiting(town: City, tmp_path: Path) -> None:
    draft = town.draft(ja="一").id
    url = town.office.database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", DYING, url, str(tmp_path), str(draft)]
    dying = subprocess.run(command, check=False, cwd=ROOT, timeout=120)
    assert dying.returncode == -9
    rooms = town.office.errands
    assert not (found := rooms.look(draft, town.now + LEASE - timedelta(seconds=1))) or found.outcome is None
    rooms.today = lambda: town.now + LEASE + timedelta(seconds=1)
    ended = rooms.look(draft, rooms.today())
    assert ended and ended.outcome is Outcome.DONE and status(town, draft) is Status.SUBMITTED


def test_what_waited_for_too_long_is_not_done_and_says_so(town: City) -> None:
    draft, waiting = town.draft(ja="一").id, list[Attempt]()
    rooms = town.office.errands
    rooms.work.begin, rooms.today = waiting.append, lambda: town.now + PATIENCE + timedelta(seconds=1)
    errand = asked(town, draft)
    assert waiting[0]() and status(town, draft) is Status.OPEN
    told = rooms.get(errand.id).told
    assert told and "Ask for it again" in told[0]
    rooms.work.begin = once
    assert asked(town, draft).id != errand.id, "it can be asked for again"


def test_what_breaks_is_told_and_what_the_rules_are_against_is_not_even_approved(town: City) -> None:
    nothing = town.draft().id
    found = asked(town, nothing)
    assert found.outcome is Outcome.REFUSED and found.told and "changes nothing" in found.told[0]
    draft = town.draft(ja="一").id
    asked(town, draft)
    town.office.checks.rules = lambda _asked: ("takes 9 s",)
    digest = {"digest": town.office.drafts.get(draft).digest or ""}
    later = town.now + timedelta(days=1)
    broken = town.office.errands.ask(draft, (Act.APPROVE, Act.PUBLISH), digest, APPROVER, later)
    assert broken.problems == ("takes 9 s",) and status(town, draft) is Status.SUBMITTED
    town.office.errands._carry_out = None  # type: ignore[assignment, method-assign]  # nobody foresaw this
    odd = town.office.errands.ask(draft, (Act.APPROVE,), digest, APPROVER, later)
    assert odd.outcome is Outcome.REFUSED and odd.told and "tell whoever runs" in odd.told[0]


def test_in_a_server_a_thread_of_its_own_carries_it_out(town: City) -> None:
    draft = town.draft(ja="一").id
    town.office.errands.work.begin = beside
    asked(town, draft)
    until = time.monotonic() + 20
    while status(town, draft) is not Status.SUBMITTED:
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("step", "checked", "at"), [("", False, 0), ("walk", False, 0), ("words", False, 2), ("words", True, 3)]
)
def test_a_step_is_done_once_the_next_has_begun(step: str, checked: bool, at: int, town: City) -> None:
    errand = Errand(1, 1, (Act.PUBLISH,), {}, APPROVER, town.now)
    found = steps_of(errand, step, checked)
    assert [each.name for each in found] == [*STEPS, "publish"]
    assert [each.state for each in found] == [DONE] * at + [NOW] + [LATER] * (3 - at)
    approval = Errand(1, 1, (Act.APPROVE,), {}, APPROVER, town.now, Outcome.DONE)
    assert [(each.name, each.state) for each in steps_of(approval, "", False)] == [("approve", DONE)]
