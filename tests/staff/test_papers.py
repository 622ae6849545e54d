"""A PDF never makes anybody wait in a request: the page says that it is being made, and then gives it."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from ivr.paper.papers import KEPT, MADE, PATIENCE, Papers, Sheet
from ivr.people.rights import Right
from ivr.store.leased_work import Attempt
from ivr.store.leases import LEASE, Leases
from tests.support.town import Town, Visitor, begun

PRINTED = b"%PDF-1.7 of this page"


@pytest.fixture
def papers(town: Town) -> Papers:
    """The papers of the town; what is printed is not looked at here (tests/whole/test_paper.py)."""
    found: Papers = town.app.extensions["ivr.console"].papers
    found.printed, found.today = (lambda _html: PRINTED), lambda: town.visitor().now
    return found


@pytest.fixture
def waiting(papers: Papers) -> list[Attempt]:
    """What is to be printed and is not yet."""
    found: list[Attempt] = []
    papers.work.begin, papers.work.leases = found.append, Leases(papers.today, every=1_000)
    return found


def sheet(visitor: Visitor) -> str:
    return f"{begun(visitor)}/sheet.pdf"


def test_the_page_tells_that_it_is_being_made_and_then_gives_it(town: Town, waiting: list[Attempt]) -> None:
    editor, other = town.who("eto"), town.who("abe")
    wanted = sheet(editor)
    assert "PDFを作っています" in editor.get(wanted) and editor.status == 202
    assert '<meta http-equiv="refresh"' in editor.html and 'role="status"' in editor.html
    here = editor.path
    editor.get(wanted)
    other.get(wanted)
    assert editor.path == other.path == here and len(waiting) == 1, "pressed twice, and by two, one is made"
    assert waiting.pop()()
    assert "PDFができました" in editor.get(here) and "autofocus" in editor.html
    answer = editor.client.get(f"{here}/file")
    assert answer.data == PRINTED and answer.mimetype == "application/pdf"
    later = other.later(hours=1)
    later.sign_in("abe")
    assert later.client.get(wanted).data == PRINTED and not waiting, "kept while it is up to date"


def test_what_has_changed_is_printed_anew(town: Town, waiting: list[Attempt]) -> None:
    editor = town.who("eto")
    wanted = sheet(editor)
    editor.get(wanted)
    waiting.pop()()
    town.office.drafts.rename(1, "別の件名", town.accounts.get("eto").person, editor.now)
    editor.get(wanted)
    assert editor.status == 202 and "別の件名" in editor.html and len(waiting) == 1


def test_what_a_dead_process_left_is_taken_up_by_whoever_looks(
    town: Town, papers: Papers, waiting: list[Attempt]
) -> None:
    editor = town.who("eto")
    editor.get(sheet(editor))
    waiting.clear()
    here = editor.path
    for after, taken in ((LEASE - timedelta(seconds=1), 0), (LEASE + timedelta(seconds=1), 1)):
        papers.look(1, editor.now + after)
        assert len(waiting) == taken
    assert waiting.pop()() and "PDFができました" in editor.get(here)


def test_what_cannot_be_made_says_how_to_print_and_can_be_asked_for_again(
    town: Town, papers: Papers, waiting: list[Attempt]
) -> None:
    def broken(_html: str) -> bytes:
        raise RuntimeError("no font")

    editor = town.who("eto")
    wanted, late = sheet(editor), editor.now + PATIENCE + timedelta(seconds=1)
    for printed, today in ((broken, editor.now), (papers.printed, late)):
        editor.get(wanted)
        here = editor.path
        papers.printed, papers.today = printed, partial(datetime.fromtimestamp, today.timestamp(), UTC)
        assert waiting.pop()()
        assert "印刷" in editor.get(here) and editor.status == 409
        assert '<a class="button" href="/staff/drafts/1/sheet"' in editor.html, "the way to print"


def test_nobody_reads_one_by_its_number_who_may_not_read_its_page(town: Town, papers: Papers) -> None:
    editor = town.who("eto")
    made = papers.ask(Sheet("<title>x</title>", "", "x", "x", Right.KEEP_ACCOUNTS, "/staff/accounts"), editor.now)
    for path in (f"/staff/papers/{made.id}", f"/staff/papers/{made.id}/file"):
        editor.get(path)
        assert editor.status == 403


def test_papers_go_after_a_week(town: Town, papers: Papers) -> None:
    editor = town.who("eto")
    editor.get(sheet(editor))
    later = editor.later(seconds=KEPT.total_seconds() + 1)
    later.sign_in("eto")
    later.get("/staff/reports/2026-10/calls.pdf")
    later.get("/staff/papers/1")
    assert later.status == 404 and "もう一度" in later.text


def test_nothing_that_somebody_types_stands_for_the_mark(town: Town, papers: Papers) -> None:
    """MADE is replaced in the page; a title that looks like it stays what it is."""
    seen: list[str] = []
    papers.printed = lambda html: seen.append(html) or PRINTED  # type: ignore[func-returns-value]
    editor = town.who("eto")
    draft = begun(editor)
    town.office.drafts.rename(1, MADE, town.accounts.get("eto").person, editor.now)
    editor.get(f"{draft}/sheet.pdf")
    [html] = seen
    assert MADE not in html and "江藤" in html and "&lt;span id=" in html
