"""To submit, to approve and to publish never make anybody wait in a request: the page says what is being done."""

from collections.abc import Callable

import pytest

from ivr.clock import NOW
from ivr.editions.checks import Asked
from ivr.editions.draft import Status
from ivr.people.trail import search
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


def test_the_page_tells_what_is_being_done_and_then_the_result(
    town: Town, rules_at_work: list[Callable[[], None]]
) -> None:
    editor, other = town.who("eto"), town.who("ebina")
    draft = written(editor)
    assert "ここに出ます" in editor.get(f"{draft}/submit"), "the rules are at it, and the reason can be written"
    assert "変更の理由" in editor.text and 'http-equiv="refresh"' not in editor.html
    assert editor.client.get(f"{draft}/checked").status_code == 202
    shown = editor.send("/submit", reason="短く")
    assert editor.path == f"{draft}/going-on" and "江藤さん" in shown
    assert '<meta http-equiv="refresh"' in editor.html and 'role="status"' in editor.html
    assert 'aria-current="step"' in editor.html
    assert editor.client.get(f"{draft}/going-on/steps").status_code == 200
    assert "進めています" in other.get(draft), "others see it, and come to it from the draft"
    other.get(f"{draft}/submit")
    assert "終わるまでお待ちください" in other.send("/submit", reason="別の理由") and "別の理由" in other.html
    rules_at_work.pop()()
    answer = editor.client.get(f"{draft}/checked")
    assert answer.status_code == 200 and "問題はありません" in answer.get_data(as_text=True)
    assert editor.client.get(f"{draft}/going-on/steps").status_code == 204
    assert "承認を申請しました" in editor.get(f"{draft}/going-on")
    assert "承認を申請しました" not in editor.get(f"{draft}/going-on"), "it is told once"
    assert town.office.drafts.get(1).status is Status.SUBMITTED


def test_one_press_approves_and_publishes_and_a_second_does_nothing(
    town: Town, rules_at_work: list[Callable[[], None]]
) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = written(editor)
    editor.get(f"{draft}/submit")
    rules_at_work.pop()()
    editor.send("/submit", reason="短く")
    tomorrow = approver.later(days=1)
    tomorrow.sign_in("abe")
    tomorrow.get(f"{draft}/approve")
    rules_at_work[:-1] = []
    target, fields = tomorrow.form("/approve")
    for _ in range(2):
        answer = tomorrow.client.post(target, data={**fields, "then": "publish"}, environ_overrides={NOW: tomorrow.now})
        assert answer.status_code == 303
    assert "承認します" in tomorrow.get(f"{draft}/going-on") and town.ring(tomorrow.now).heard(OLD)
    [work] = rules_at_work
    work()
    assert "公開しました" in tomorrow.get(f"{draft}/going-on")
    assert town.ring(tomorrow.now).heard(NEW)
    acts = [each.act.act for each in search(town.office.database, act="")]
    assert acts.count("draft.approve") == acts.count("edition.publish") == 1


def test_what_cannot_be_done_says_why_and_loses_no_word(town: Town) -> None:
    editor, approver = town.who("eto"), town.who("abe")
    draft = begun(editor)
    editor.get(f"{draft}/submit")
    assert "変わるところがありません" in editor.send("/submit", reason="理由はこれです") and editor.status == 409
    assert "できませんでした" in editor.get(draft), "whoever left the page finds it at the draft"
    assert "理由はこれです" in editor.get(f"{draft}/submit")
    editor.get(f"{draft}/prompts/{GREETING}")
    editor.send(**{"text-ja": NEW})
    town.office.checks.rules = lambda _asked: ("takes 9 s",)
    editor.get(f"{draft}/submit")
    assert "1件" in editor.send("/submit", reason="短く"), "it may be talked of, but not published"
    approver.get(f"{draft}/approve")
    assert "takes 9 s" in approver.send("/approve", then="publish") and approver.status == 409
    assert f'href="{draft}/approve"' in approver.html, "the way back"


def test_rules_that_fail_or_have_too_much_to_do_are_told_in_words(town: Town) -> None:
    def broken(_asked: Asked) -> tuple[str, ...]:
        raise RuntimeError("the child died")

    editor = town.who("eto")
    draft = written(editor)
    town.office.checks.rules = broken
    editor.get(f"{draft}/submit")
    assert "もう一度" in editor.get(f"{draft}/submit") and editor.status == 200
    begin, town.office.checks.begin = town.office.checks.begin, lambda _work: False
    assert "しばらくしてから" in editor.get(f"{draft}/submit") and editor.status == 200
    town.office.checks.rules, town.office.checks.begin = (lambda _asked: ()), begin
    assert "問題はありません" in editor.get(f"{draft}/submit")
