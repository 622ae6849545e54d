"""Facts that somebody must make sure of: when they are due, who is reminded, and how they are approved in one go."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ivr.editions.draft import Status
from ivr.editions.facts import FactKey, Keeper, facts, to_remind
from ivr.line.values import Confirmation, Line
from ivr.people import trail
from ivr.people.refusals import NotAllowed, NotFound, Refused
from tests.support.stores import APPROVER, BOTH, EDITOR, City

CITY, MAIL, FAX = FactKey("desk", "city"), FactKey("text", "mail"), FactKey("contact", "fax")
TODAY = date(2026, 11, 24)
TOLD = ("確認した日", "聞こえる言葉は変わりません")


def confirmed(line: Line, key: str, day: date | None) -> Line:
    """The line with the facts of a desk confirmed on a day."""
    desk = replace(line.desks[key], confirmation=Confirmation("x", day))
    return replace(line, desks={**line.desks, key: desk})


@pytest.mark.parametrize(
    ("days", "due", "soon"),
    [(0, False, False), (169, False, False), (170, False, True), (183, False, True), (184, True, False)],
)
def test_a_fact_is_due_when_its_days_are_over_and_soon_before_that(
    line: Line, days: int, due: bool, soon: bool
) -> None:
    known = {each.key: each for each in facts(confirmed(line, "city", TODAY - timedelta(days=days)))}
    assert (known[CITY].due(TODAY), known[CITY].soon(TODAY)) == (due, soon)


def test_what_was_never_confirmed_comes_first_and_nobody_is_reminded_of_it(line: Line) -> None:
    made = confirmed(confirmed(line, "city", None), "ppc", TODAY - timedelta(days=180))
    assert facts(made)[0].until is None and CITY in {each.key for each in facts(made) if each.due(TODAY)}
    reminded = [each.key for each in to_remind(made, TODAY)]
    assert FactKey("desk", "ppc") in reminded and CITY not in reminded


def test_facts_are_confirmed_one_by_one_and_approved_in_one_go(town: City) -> None:
    rooms = town.office
    rooms.facts.confirm([CITY], TODAY, *TOLD, EDITOR, town.now)
    draft = rooms.facts.confirm([MAIL, FAX], TODAY, *TOLD, BOTH, town.now)
    assert draft.status is Status.SUBMITTED and len(rooms.drafts.all()) == 1
    assert set(rooms.facts.gathered(draft.id)) == {CITY, MAIL, FAX}
    assert draft.digest is not None
    with pytest.raises(NotAllowed):
        rooms.approval.approve(draft.id, draft.digest, BOTH, town.now)
    rooms.approval.approve(draft.id, draft.digest, APPROVER, town.now)
    rooms.publishing.publish(draft.id, APPROVER, town.now)
    line = rooms.library.live(town.now).line
    days = [line.desks["city"].confirmation.day, line.texts["mail"].confirmation.day, line.contacts[0].confirmation.day]
    assert days == [TODAY] * 3 and rooms.facts.waiting() is None


def test_a_draft_that_changes_words_is_left_alone_and_one_that_is_behind_is_brought_up_to_date(town: City) -> None:
    rooms = town.office
    other = rooms.drafts.start("ほかの下書き", EDITOR, town.now)
    place = FactKey("desk", "ppc").place
    rooms.drafts.save_all(other.id, {place: "2026-11-24"}, {}, EDITOR, town.now, "save")
    words = next(place for place in rooms.drafts.words(other.id) if place.prompt)
    rooms.drafts.save(other.id, words, "ほかの文です。", 0, EDITOR, town.now)
    first = rooms.facts.confirm([CITY], TODAY, *TOLD, EDITOR, town.now)
    assert first.id != other.id
    made = rooms.approval.submit(other.id, "x", EDITOR, town.now)
    rooms.approval.approve(other.id, str(made.digest), APPROVER, town.now)
    rooms.publishing.publish(other.id, APPROVER, town.now)
    second = rooms.facts.confirm([MAIL], TODAY, *TOLD, EDITOR, town.now)
    assert second.id == first.id and not rooms.approval.outdated(second.id, town.now)
    assert set(rooms.facts.gathered(second.id)) == {CITY, MAIL}


def test_a_press_twice_confirms_once(town: City) -> None:
    drafts = {town.office.facts.confirm([CITY], TODAY, *TOLD, EDITOR, town.now).version for _ in range(2)}
    assert len(drafts) == 1


def test_what_is_confirmed_already_or_was_sent_back_is_left_alone(town: City) -> None:
    facts, approval = town.office.facts, town.office.approval
    known = town.office.library.live(town.now).line.desks["ppc"].confirmation.day
    assert known is not None
    with pytest.raises(Refused, match="already"):
        facts.confirm([FactKey("desk", "ppc")], known, *TOLD, EDITOR, town.now)
    assert not town.office.drafts.all(), "no empty draft is left behind"
    first = facts.confirm([CITY], TODAY, *TOLD, EDITOR, town.now)
    approval.send_back(first.id, "出典は?", APPROVER, town.now)
    assert facts.waiting() is None
    assert facts.confirm([MAIL], TODAY, *TOLD, EDITOR, town.now).id != first.id


def test_somebody_looks_after_facts_and_the_trail_says_who_said_so(town: City) -> None:
    rooms = town.office
    rooms.facts.give([CITY, MAIL], Keeper("e2", "蛯名"), EDITOR, town.now)
    rooms.facts.give([CITY], None, EDITOR, town.now)
    assert rooms.facts.keepers() == {MAIL: Keeper("e2", "蛯名")}
    last = trail.search(rooms.database)[0].act
    assert (last.act, last.what, last.before, last.after) == ("fact.keeper", "fact desk.city", "蛯名", "")


def test_nothing_and_nobodys_facts_are_refused(town: City) -> None:
    with pytest.raises(Refused, match="at least one"):
        town.office.facts.confirm([], TODAY, *TOLD, EDITOR, town.now)
    for strange in (FactKey("desk", "moon"), FactKey("contact", "pigeon")):
        with pytest.raises(NotFound):
            town.office.facts.confirm([strange], TODAY, *TOLD, EDITOR, town.now)
    with pytest.raises(NotFound):
        FactKey.read("menu.main")
    with pytest.raises(NotAllowed):
        town.office.facts.give([CITY], None, APPROVER, town.now)
