"""To submit, to approve and to publish never make anybody wait in a request: the page says what is being done."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from ivr.clock import NOW
from ivr.editions import errands
from ivr.editions.checks import STEPS, Asked
from ivr.editions.draft import Status
from ivr.editions.errands import Act, Attempt, Errand, Outcome, beside
from ivr.people.persons import Person
from ivr.people.trail import search
from ivr.staff.errand_pages import DONE, LATER, steps_of
from ivr.staff.errand_pages import NOW as GOING_ON
from tests.support.clock import MOMENT
from tests.support.town import GREETING, Town, Visitor, begun

NEW = "新しいあいさつです。"
OLD = "横浜市のマイナンバー案内です。"


@pytest.fixture
def rules_at_work(town: Town) -> list[Callable[[], None]]:
    """What the rules have to do and have not done yet."""
    waiting: list[Callable[[], None]] = []

    def begin(work: Callable[[], None]) -> bool:
        waiting.append(work)
        return True

    town.office.checks.begin = begin
    return waiting


def written(visitor: Visitor) -> str:
    """A draft with another greeting."""
    draft = begun(visitor)
    visitor.get(f"{draft}/prompts/{GREETING}")
    visitor.send(**{"text-ja": NEW})
    return draft


def submitted(town: Town, waiting: list[Callable[[], None]]) -> tuple[str, Visitor]:
    """A draft that the rules have looked at, submitted, and its approver."""
    editor = town.who("eto")
    draft = written(editor)
    editor.get(f"{draft}/submit")
    waiting.pop()()
    editor.send("/submit", reason="短く")
    return draft, town.who("abe")


def tomorrow(approver: Visitor) -> Visitor:
    """The same, on a day on which the rules must look again."""
    later = approver.later(days=1)
    later.sign_in("abe")
    return later


def acts(town: Town) -> list[str]:
    """What was done, the newest first."""
    return [each.act.act for each in search(town.office.database)]


def test_one_may_write_the_reason_while_the_rules_are_at_it(
    town: Town, rules_at_work: list[Callable[[], None]]
) -> None:
    editor = town.who("eto")
    draft = written(editor)
    assert "ここに出ます" in editor.get(f"{draft}/submit")
    assert "変更の理由" in editor.text and 'http-equiv="refresh"' not in editor.html
    assert editor.client.get(f"{draft}/checked").status_code == 202
    rules_at_work.pop()()
    answer = editor.client.get(f"{draft}/checked")
    assert answer.status_code == 200 and "問題はありません" in answer.get_data(as_text=True)


def test_a_submission_waits_for_the_rules_and_tells_what_they_are_at(
    town: Town, rules_at_work: list[Callable[[], None]]
) -> None:
    editor = town.who("eto")
    draft = written(editor)
    editor.get(f"{draft}/submit")
    shown = editor.send("/submit", reason="短く")
    assert editor.path == f"{draft}/going-on" and "江藤さん" in shown
    assert '<meta http-equiv="refresh"' in editor.html and 'role="status"' in editor.html
    assert 'aria-current="step"' in editor.html
    assert editor.client.get(f"{draft}/going-on/steps").status_code == 200
    assert "進めています" in editor.get(draft), "from the draft one comes back to it"
    rules_at_work.pop()()
    assert editor.client.get(f"{draft}/going-on/steps").status_code == 204
    assert "承認を申請しました" in editor.get(f"{draft}/going-on")
    assert "承認を申請しました" not in editor.get(f"{draft}/going-on"), "it is told once"
    assert town.office.drafts.get(1).status is Status.SUBMITTED


def test_a_reason_is_not_lost_where_nothing_is_submitted(town: Town) -> None:
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/submit")
    assert "変わるところがありません" in editor.send("/submit", reason="理由はこれです") and editor.status == 409
    assert "理由はこれです" in editor.get(f"{draft}/submit")


def test_a_double_press_is_done_once(town: Town, rules_at_work: list[Callable[[], None]]) -> None:
    draft, approver = submitted(town, rules_at_work)
    approver.get(f"{draft}/approve")
    approver.send("/approve")
    approver = tomorrow(approver)
    approver.get(f"{draft}/publish")
    target, fields = approver.form("/publish")
    for _ in range(2):
        approver.page = approver.client.post(target, data=fields, environ_overrides={NOW: approver.now})
        assert approver.status == 303
        approver._follow()
    assert approver.path == f"{draft}/going-on" and town.ring(approver.now).heard(OLD)
    [work] = rules_at_work
    work()
    assert "公開しました" in approver.get(f"{draft}/going-on")
    assert town.ring(approver.now).heard(NEW)
    approver.page = approver.client.post(target, data=fields, environ_overrides={NOW: approver.now})
    assert "もう公開されています" in approver._follow()
    assert len(town.office.library.publications()) == 1


def test_one_press_approves_and_publishes(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = written(editor)
    editor.get(f"{draft}/submit")
    editor.send("/submit", reason="短く")
    approver.get(f"{draft}/approve")
    assert "公開しました" in approver.send("/approve", then="publish")
    assert town.ring().heard(NEW)
    assert acts(town)[:2] == ["edition.publish", "draft.approve"]


def test_what_the_rules_are_against_is_neither_approved_nor_published_by_that_press(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = written(editor)
    town.office.checks.rules = lambda _asked: ("takes 9 s",)
    editor.get(f"{draft}/submit")
    assert "1件" in editor.send("/submit", reason="短く"), "it may be talked of, but not published"
    approver.get(f"{draft}/approve")
    assert "takes 9 s" in approver.send("/approve", then="publish") and approver.status == 409
    assert town.office.drafts.get(1).status is Status.SUBMITTED
    assert f'href="{draft}/approve"' in approver.html, "the way back"


def test_others_see_that_something_is_under_way_and_cannot_do_another_thing(
    town: Town, rules_at_work: list[Callable[[], None]]
) -> None:
    editor, other = town.who("eto"), town.who("ebina")
    draft = written(editor)
    editor.get(f"{draft}/submit")
    editor.send("/submit", reason="短く")
    assert "江藤さん" in other.get(draft)
    other.get(f"{draft}/submit")
    assert "終わるまでお待ちください" in other.send("/submit", reason="別の理由") and "別の理由" in other.html


def test_rules_that_fail_are_told_and_asked_again(town: Town) -> None:
    def broken(_asked: Asked) -> tuple[str, ...]:
        raise RuntimeError("the child died")

    town.office.checks.rules = broken
    editor = town.who("eto")
    draft = begun(editor)
    editor.get(f"{draft}/submit")
    assert "もう一度" in editor.get(f"{draft}/submit")
    town.office.checks.rules = lambda _asked: ()
    assert "問題はありません" in editor.get(f"{draft}/submit")


def test_too_many_checks_at_once_are_told_in_words(town: Town) -> None:
    town.office.checks.begin = lambda _work: False
    editor = town.who("eto")
    draft = begun(editor)
    assert "しばらくしてから" in editor.get(f"{draft}/submit") and editor.status == 200


def test_what_a_dead_process_left_is_taken_up_by_whoever_looks(town: Town) -> None:
    editor = town.who("eto")
    draft = written(editor)
    lost: list[Attempt] = []
    town.office.errands.begin = lost.append
    editor.get(f"{draft}/submit")
    editor.send("/submit", reason="短く")
    assert town.office.drafts.get(1).status is Status.OPEN and len(lost) == 2, "asked for, and looked at"
    town.office.errands.begin = errands.once  # another process
    assert "承認を申請しました" in editor.get(f"{draft}/going-on")
    assert lost[0](), "and the first, were it alive, does nothing twice"
    assert acts(town).count("draft.submit") == 1


def test_what_waited_for_too_long_is_not_done_and_says_so(town: Town, rules_at_work: list[Callable[[], None]]) -> None:
    editor = town.who("eto")
    draft = written(editor)
    editor.get(f"{draft}/submit")
    editor.send("/submit", reason="短く")
    rules_at_work.pop()()
    town.office.errands.today = lambda: MOMENT + errands.PATIENCE + timedelta(seconds=1)
    assert "もう一度" in editor.get(f"{draft}/going-on") and editor.status == 409
    assert town.office.drafts.get(1).status is Status.OPEN


def test_in_a_server_a_thread_of_its_own_carries_it_out(town: Town) -> None:
    town.office.errands.begin = beside
    editor = town.who("eto")
    draft = written(editor)
    editor.get(f"{draft}/submit")
    editor.send("/submit", reason="短く")
    until = time.monotonic() + 20
    while town.office.drafts.get(1).status is not Status.SUBMITTED:
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("step", "checked", "at"), [("", False, 0), ("walk", False, 0), ("words", False, 2), ("words", True, 3)]
)
def test_a_step_is_done_once_the_next_has_begun(step: str, checked: bool, at: int) -> None:
    person = Person("a", "安部", frozenset())
    errand = Errand(1, 1, (Act.PUBLISH,), {}, person, MOMENT)
    found = steps_of(errand, step, checked)
    assert [each.name for each in found] == [*STEPS, "publish"]
    assert [each.state for each in found] == [DONE] * at + [GOING_ON] + [LATER] * (3 - at)
    approval = Errand(1, 1, (Act.APPROVE,), {}, person, MOMENT, Outcome.DONE)
    assert [(each.name, each.state) for each in steps_of(approval, "", False)] == [("approve", DONE)]
