"""The tree of a line: what stands where, where keys lead, and how one gets there."""

import re
from pathlib import Path

import pytest

import ivr
from ivr.line import tree
from ivr.line.loading import load
from ivr.line.tree import Place
from ivr.line.values import Kind, Line
from tests.support.languages import ELEVEN, with_languages

pytestmark = pytest.mark.timeless


@pytest.mark.parametrize(
    ("node", "kind"),
    [
        ("main", Kind.MENU),
        ("mail", Kind.TEXT),
        ("city", Kind.DESK),
        ("help", Kind.HELP),
        ("pause", Kind.PAUSE),
        ("language", Kind.LANGUAGES),
    ],
)
def test_every_name_is_of_one_kind(line: Line, node: str, kind: Kind) -> None:
    assert tree.kind_of(line, node) is kind


def test_what_no_line_has_is_of_no_kind(line: Line) -> None:
    with pytest.raises(KeyError):
        tree.kind_of(line, "nowhere")
    assert not tree.exists(line, "ja", Place("nowhere"))


def test_keys_lead_into_menus_to_the_beginning_of_texts_and_through_to_desks(line: Line) -> None:
    assert tree.choices(line, "ja", Place("fraud"))[0] == Place("mail", "0")
    assert tree.choices(line, "ja", Place("fraud"))[3] == Place("tricks")
    assert tree.choices(line, "ja", Place("mail", "2"))[0] == Place("police", "join")
    assert tree.choices(line, "ja", Place("main"))[3] == Place("language", "en")
    assert tree.choices(line, "ja", Place("city", "0")) == ()


def test_the_way_to_a_node_names_the_menus_above_it(line: Line) -> None:
    assert tree.way_to(line, "trick_mail") == ("main", "fraud", "tricks", "trick_mail")
    assert tree.way_to(line, "main") == ("main",)
    assert tree.way_to(line, "nowhere") == () == tree.way_to(line, "help")


def test_the_languages_come_page_by_page() -> None:
    many = load(with_languages(ELEVEN))
    pages = list(tree.language_pages(many, "ja"))
    assert [len(page) for page in pages] == [4, 4, 2]
    named = [place.step for page in pages for place in page if place.step in many.languages]
    assert named == [code for code in many.languages if code != "ja"]


def test_two_languages_need_no_page(line: Line) -> None:
    assert list(tree.language_pages(line, "ja")) == []


def test_nobody_else_asks_what_kind_a_node_is() -> None:
    """Elsewhere the menus, texts and desks are gone through, or looked up by the name of one: nobody
    searches them for a name that may be something else."""
    asks = re.compile(r"\b(?:if|elif|and|or|not|else) [\w.\[\]-]+ (?:not )?in [\w.]*line\.(?:menus|texts|desks)\b")
    rooms = Path(ivr.__file__).parent
    found = [
        f"{path.relative_to(rooms)}:{number}: {text.strip()}"
        for path in rooms.rglob("*.py")
        if path.name != "tree.py"
        for number, text in enumerate(path.read_text().splitlines(), 1)
        if asks.search(text)
    ]
    assert found == []
